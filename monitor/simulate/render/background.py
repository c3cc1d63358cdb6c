"""Real pixels as the ground of a season's optical observations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy import ndimage

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import S2_BANDS
from monitor.simulate.render.ground import PortGround
from monitor.simulate.render.rasterize import cover
from monitor.simulate.traffic.fixtures import Fixture

COVERED = 0.99
"""Share of a port's grid that a background must show; what it lacks is filled from the nearest pixel it shows."""


def gap_of(raster: Raster, aoi: Aoi) -> str:
    """Why a raster cannot be the ground of a port; empty when it can."""
    if raster.grid != Grid.covering(aoi.geometry, epsg=aoi.epsg):
        return "lies on another grid than the AOI's"
    missing = [band for band in S2_BANDS if not raster.has(band)]
    if missing:
        return f"has no band {', '.join(missing)}"
    if raster.valid_fraction < COVERED:
        return f"shows {raster.valid_fraction:.0%} of the AOI's grid"
    return ""


def checked(backgrounds: Mapping[str, Raster], aois: tuple[Aoi, ...]) -> tuple[tuple[str, Raster], ...]:
    """The backgrounds by AOI id, sorted.

    Raises
    ------
    DataError
        One belongs to no AOI of the season, or does not cover its grid in every band.
    """
    known = {aoi.id: aoi for aoi in aois}
    for name, raster in backgrounds.items():
        if name not in known:
            raise DataError(f"background for {name}: the season has no such AOI; it has {', '.join(known)}")
        if gap := gap_of(raster, known[name]):
            raise DataError(f"background for {name}: {name_of(raster)} {gap}; give a scene that covers the AOI")
    return tuple(sorted(backgrounds.items()))


def name_of(raster: Raster) -> str:
    """The file that a background came from, by its tags."""
    return raster.tags.get("source_file", "unnamed pixels")


def with_background(ground: PortGround, raster: Raster, fixtures: tuple[Fixture, ...]) -> PortGround:
    """The ground with a background's reflectance in place of the drawn one, and the season's fixed objects in it.

    Parameters
    ----------
    ground : PortGround
    raster : Raster
        On the ground's grid, in every band of Sentinel-2 that is drawn.
    fixtures : tuple of Fixture
        Those of the port.
    """
    seen = np.stack([raster.band(band) for band in S2_BANDS]) * np.float32(1e4)
    if not raster.valid.all():
        nearest = ndimage.distance_transform_edt(~raster.valid, return_distances=False, return_indices=True)
        seen = seen[(slice(None), *nearest)]
    for fixture in fixtures:
        share = cover(fixture.outline, ground.grid)[None]
        seen = seen * (1.0 - share) + ground.land * share
    return replace(ground, seen=seen.astype(np.float32))
