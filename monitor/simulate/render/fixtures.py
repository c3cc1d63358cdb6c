"""Fixed objects drawn into the ground of a port."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from monitor.core.aoi import Aoi
from monitor.simulate.render import spectra
from monitor.simulate.render.ground import PortGround, ground_of
from monitor.simulate.render.rasterize import cover
from monitor.simulate.traffic.fixtures import Fixture


@lru_cache(maxsize=4)
def ground_with(aoi: Aoi, seed: int, fixtures: tuple[Fixture, ...]) -> PortGround:
    """The ground of a port with its fixed objects in it; without any, `ground_of` itself.

    Parameters
    ----------
    aoi : Aoi
    seed : int
    fixtures : tuple of Fixture
        Those of other ports are passed over.
    """
    ground = ground_of(aoi, seed)
    for fixture in fixtures:
        if fixture.aoi_id == aoi.id:
            ground = _with_fixture(ground, fixture)
    return ground


def _with_fixture(ground: PortGround, fixture: Fixture) -> PortGround:
    share = cover(fixture.outline, ground.grid)
    colour: npt.NDArray[np.float32] = spectra.CONCRETE * np.float32(1.25)
    if fixture.kind == "islet":
        colour = 0.65 * spectra.SOIL + 0.35 * spectra.GRASS
    inside = share > 0
    land = np.where(inside[None], colour[:, None, None], ground.land).astype(np.float32)
    built = share if fixture.kind != "islet" else np.zeros_like(share)
    return replace(
        ground,
        land=land,
        water=np.minimum(ground.water, 1.0 - share).astype(np.float32),
        pier=np.maximum(ground.pier, built),
        leaf=np.where(inside, 0.0, ground.leaf).astype(np.float32),
    )
