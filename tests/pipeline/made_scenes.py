"""Archived scenes with made tables, so that nothing has to be detected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from monitor.core.aoi import Aoi
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tables import COVERAGE, DETECTIONS
from monitor.core.tableset import TableSet
from monitor.detect.berths.profiles import BERTH_PROFILES
from monitor.detect.land.profiles import LAND_PROFILES
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import table_key
from monitor.store.archive import Archive
from tests.pipeline import contexts

TABLES = {"coverage": COVERAGE, "berths": BERTH_PROFILES, "land": LAND_PROFILES, "detections": DETECTIONS}


@dataclass(frozen=True, slots=True)
class Marker:
    """A detector by its name alone."""

    key: str = "made"


def context_of(folder: Path, ports: tuple[Aoi, ...]) -> Context:
    """A context whose detector of Sentinel-2 is a `Marker`."""
    return replace(contexts.context(Archive(folder), *ports), detectors={"s2": Marker()})


def write(context: Context, acquisition: Acquisition, like: str, tables: TableSet) -> None:
    """Archive a scene of one grey pixel a kilometre, with the rows that tables have of the scene `like`."""
    aoi = next(aoi for aoi in context.aois if aoi.id == acquisition.aoi_id)
    grid = Grid.covering(aoi.geometry, epsg=aoi.epsg, gsd_m=1000.0)
    pixels = Raster(np.full((1, *grid.shape), 600, np.uint16), ("B03",), np.ones(grid.shape, bool), grid, scale=1e-4)
    context.archive.write_scene(acquisition, pixels)
    for kind, schema in TABLES.items():
        rows = tables[schema][tables[schema]["scene_id"] == like]
        rows = rows.assign(scene_id=acquisition.id, acquired_at=acquisition.acquired_at)
        if schema is DETECTIONS:
            rows["detection_id"] = [f"{acquisition.id}_{n}" for n in range(len(rows))]
        context.archive.write_scene_table(kind, table_key(Marker(), aoi), acquisition.id, schema.conform(rows))
