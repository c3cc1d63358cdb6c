"""Surface reflectance × 10 000 of land, in B02 B03 B04 B08 B11.

Woods, ballast, roofs, bare soil and coal are rounded from medians of a real Sentinel-2 L2A scene of Gdynia in summer
(its woods, main line, marshalling yard, warehouses and coal quay); crops, leafless woods and burnt ground are chosen to
lie between published reflectances of such surfaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from monitor.core.arrays import Pixels


def _s(*values: float) -> Pixels:
    made = np.array(values, dtype=np.float32)
    made.setflags(write=False)
    return made


WOOD_GREEN = _s(300, 500, 270, 3900, 1800)
WOOD_AUTUMN = _s(400, 600, 750, 2400, 1900)
WOOD_BARE = _s(480, 600, 720, 1500, 1800)
CONIFER = _s(260, 390, 250, 2300, 1050)
MEADOW_GREEN = _s(450, 760, 560, 3400, 2100)
MEADOW_DRY = _s(750, 1000, 1250, 2200, 2900)
CROP_GREEN = _s(380, 700, 420, 4300, 1900)
CROP_RIPE = _s(850, 1200, 1600, 2700, 3100)
STUBBLE = _s(1000, 1300, 1750, 2550, 3300)
PLOUGHED = _s(700, 880, 1080, 1500, 2200)
BARE_GROUND = _s(1150, 1450, 1850, 2500, 3200)
GRAVEL = _s(1150, 1320, 1460, 1850, 2250)
BALLAST = _s(800, 950, 1130, 1400, 1600)
BALLAST_NEW = _s(1350, 1530, 1640, 1950, 2150)
ROOF_GREY = _s(1500, 1600, 1650, 1850, 1850)
ROOF_RUST = _s(950, 1080, 1400, 1800, 1950)
ROOF_NEW = _s(2300, 2400, 2450, 2700, 2500)
BURNT = _s(420, 450, 500, 750, 1500)
FELLED = _s(720, 920, 1150, 2000, 2700)
TANK = _s(2900, 3000, 3000, 3100, 2700)
SMOKE = _s(2500, 2350, 2200, 2300, 900)

WAGONS: Mapping[str, tuple[Pixels, ...]] = MappingProxyType(
    {
        "covered": (_s(750, 800, 1150, 1500, 1650), _s(1500, 1550, 1560, 1750, 1700), _s(2000, 2050, 2050, 2250, 2050)),
        "open": (_s(430, 460, 500, 620, 800), _s(560, 600, 680, 850, 1050), _s(900, 960, 1050, 1250, 1450)),
        "tank": (_s(560, 600, 640, 800, 850), _s(1100, 1150, 1180, 1300, 1250)),
        "flat": (
            _s(650, 700, 1900, 2250, 2300),
            _s(1500, 1250, 1150, 1700, 1950),
            _s(750, 1250, 2000, 2300, 2300),
            _s(2300, 2350, 2350, 2500, 2250),
        ),
    }
)
"""Roofs and loads of wagons by kind, one drawn for each wagon; containers on flat wagons as in yards.

Chosen, for want of pixels in which wagons are known; the brown roofs are hardly to be told from brown ballast.
"""
