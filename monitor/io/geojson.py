"""Rows as GeoJSON features."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

import pandas as pd
from shapely import set_precision
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from monitor.core.wording import iso


def feature(layer: str, row: Mapping[str, object]) -> dict[str, object]:
    """A GeoJSON feature (RFC 7946) of a row with a shape in `geometry`; coordinates to 7 decimals."""
    shape = set_precision(cast("BaseGeometry", row["geometry"]), 1e-7)
    shape = orient(shape) if shape.geom_type == "Polygon" else shape
    properties = {"layer": layer, **{key: json_value(value) for key, value in row.items() if key != "geometry"}}
    return {"type": "Feature", "geometry": mapping(shape), "properties": properties}


def json_value(value: object) -> object:
    """The value as JSON has it: instants as ISO 8601 in UTC (the date where no hour is known), missing ones null."""
    if isinstance(value, datetime) and pd.notna(value):
        return iso(value)
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value
