"""The true outlines in one scene, as `labels.geojson`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from shapely.geometry import Polygon, box, mapping

from monitor.core.geo.geodesy import WGS84, convergence_deg, reproject
from monitor.core.scenes.scene import Raster
from monitor.simulate import Label, PortScene
from monitor.simulate.fine_ports import LEAST_SHOWN
from monitor.simulate.render.fine.containers import WIDE_M, Container, yard_blocks

BOXES_UP_TO_M = 1.0
"""Containers are labelled one by one in pixels of this size and finer; coarser ones show stacks alone."""

_LEAST_PX, _LEAST_M, _MOST_M = 8.0, 10.0, 40.0


def season_labels(
    raster: Raster, vessels: pd.DataFrame, stacks: pd.DataFrame, containers: Sequence[Container]
) -> dict[str, object]:
    """A FeatureCollection of ``vessel``, ``container_stack``, ``container`` and ``ignore``, each marked SIMULATED.

    Parameters
    ----------
    raster : Raster
        The scene's pixels.
    vessels, stacks : DataFrame
        The scene's rows of the truth tables of these names, moved to where the pixels show them.
    containers : sequence of Container
        That the scene shows; with any, stacks are the blocks that they form and not the season's slots.

    Notes
    -----
    A vessel is labelled from 8 pixels of length on, from 10 m at least and 40 m at most: shorter ones, clouded ones and
    those of which the picture shows less than 60 % are ``ignore``.
    """
    others = _containers(raster, containers) if containers else _slots(stacks)
    return _collection([*_vessels(raster, vessels), *others])


def port_labels(scene: PortScene) -> dict[str, object]:
    """The labels of a made-up port as a FeatureCollection, each marked SIMULATED."""
    return _collection([_labelled(label, scene.raster) for label in scene.labels])


def _labelled(label: Label, raster: Raster) -> dict[str, object]:
    outline = _lonlat(label.outline, raster)
    if label.kind == "ignore":
        return _feature(outline, kind="ignore")
    if label.kind == "container_stack":
        return _feature(outline, kind=label.kind, stack="yard", sure="high")
    sides = {"length_m": label.length_m, "width_m": label.width_m, "axis_deg": label.axis_deg % 180.0}
    facts = {name: round(value, 2) for name, value in sides.items()}
    situation = {"situation": label.situation} if label.situation else {}
    return _feature(outline, kind=label.kind, **situation, **facts, sure="high")


def _collection(features: list[dict[str, object]]) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": features}


def _feature(geometry: Polygon, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {**properties, "source": "SIMULATED"}, "geometry": mapping(geometry)}


def _vessels(raster: Raster, vessels: pd.DataFrame) -> list[dict[str, object]]:
    least = float(np.clip(_LEAST_PX * raster.grid.gsd_m, _LEAST_M, _MOST_M))
    features, shown = [], raster.grid.footprint()
    for row in vessels.itertuples():
        share = row.geometry.intersection(shown).area / row.geometry.area
        if share <= 0.0:
            continue
        if row.length_m < least or not row.visible or share < LEAST_SHOWN:
            features.append(_feature(row.geometry, kind="ignore"))
            continue
        features.append(
            _feature(
                row.geometry,
                kind="vessel",
                situation=row.situation,
                length_m=row.length_m,
                width_m=row.width_m,
                axis_deg=round(row.axis_deg, 2),
                sure="high",
                mmsi=int(row.mmsi),
            )
        )
    return features


def _slots(stacks: pd.DataFrame) -> list[dict[str, object]]:
    return [
        _feature(row.geometry, kind="container_stack", stack="yard", sure="high")
        for row in stacks.itertuples()
        if row.geometry is not None and not row.geometry.is_empty and row.observed > 0.7
    ]


def _containers(raster: Raster, containers: Sequence[Container]) -> list[dict[str, object]]:
    """Blocks in yards and, where the pixels are fine enough, each container."""
    features = [
        _feature(_lonlat(block, raster), kind=_kind("container_stack", block, raster), stack="yard", sure="high")
        for block in yard_blocks(containers)
        if _covered(raster).intersects(block)
    ]
    if raster.grid.gsd_m > BOXES_UP_TO_M:
        return features
    inside = [found for found in containers if _covered(raster).contains(found.outline.centroid)]
    return [*features, *(_container(found, raster) for found in inside)]


def _container(found: Container, raster: Raster) -> dict[str, object]:
    outline = _lonlat(found.outline, raster)
    corners, centre = np.asarray(found.outline.exterior.coords), outline.centroid
    east, north = corners[1] - corners[0]
    axis = float(np.degrees(np.arctan2(east, north))) + convergence_deg(centre.x, centre.y, raster.grid.epsg)
    return _feature(
        outline,
        kind=_kind("container", found.outline, raster),
        stack=found.stands_on,
        length_m=found.length_m,
        width_m=WIDE_M,
        axis_deg=round(axis % 180.0, 2),
        tiers=found.tiers,
        sure="high",
    )


def _covered(raster: Raster) -> Polygon:
    """What a raster covers, in its own CRS."""
    made: Polygon = box(*raster.grid.bounds)
    return made


def _lonlat(outline: Polygon, raster: Raster) -> Polygon:
    made = reproject(outline, raster.grid.epsg, WGS84)
    assert isinstance(made, Polygon)
    return made


def _kind(kind: str, outline: Polygon, raster: Raster) -> str:
    """The kind, or ``ignore`` under cloud."""
    if raster.cloud is None:
        return kind
    col, row = ~raster.grid.transform @ (outline.centroid.x, outline.centroid.y)
    rows, cols = raster.grid.shape
    at = min(max(int(row), 0), rows - 1), min(max(int(col), 0), cols - 1)
    return "ignore" if raster.cloud[at] else kind
