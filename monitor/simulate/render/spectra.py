"""Surface reflectance × 10 000 of what ports are made of, in B02 B03 B04 B08 B11.

Rounded from the medians and 5–95 % ranges of water, hulls, stacks, quays and land in real Sentinel-2 L2A scenes of ten
ports.
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


CLEAR_WATER = _s(300, 300, 170, 115, 70)
GREEN_WATER = _s(330, 420, 240, 130, 75)
TURBID_WATER = _s(620, 760, 560, 290, 150)
FOREST = _s(260, 440, 260, 2700, 1300)
GRASS = _s(420, 720, 560, 2900, 2000)
AUTUMN = _s(380, 560, 640, 2000, 1900)
SOIL = _s(900, 1180, 1500, 2250, 2800)
TOWN = _s(1020, 1160, 1260, 1900, 2000)
ROOF_WHITE = _s(3000, 3100, 3100, 3200, 2700)
ROOF_BLUE = _s(1900, 1700, 1300, 1800, 1900)
CONCRETE = _s(1300, 1400, 1470, 1680, 1950)
ASPHALT = _s(800, 900, 1000, 1200, 1500)
FOAM = _s(900, 880, 800, 650, 250)
SNOW = _s(7200, 7200, 7000, 6200, 900)
ICE = _s(3600, 3500, 3200, 2500, 300)
CLOUD = _s(6200, 6100, 6000, 6300, 4300)
PATH_RADIANCE = _s(420, 330, 250, 170, 60)
NOISE = _s(11, 10, 9, 9, 6)

STACK_COLOURS: tuple[Pixels, ...] = (
    _s(650, 700, 1900, 2250, 2300),
    _s(800, 780, 1750, 2050, 2200),
    _s(900, 950, 1650, 2000, 2150),
    _s(1500, 1250, 1150, 1700, 1950),
    _s(1350, 1100, 1350, 1850, 2050),
    _s(750, 1250, 2000, 2300, 2300),
    _s(1050, 1150, 1350, 1700, 1900),
    _s(2300, 2350, 2350, 2500, 2250),
)

DECKS: Mapping[str, tuple[Pixels, ...]] = MappingProxyType(
    {
        "red": (_s(620, 720, 1550, 1850, 1700), _s(800, 880, 1700, 2000, 1850)),
        "grey": (_s(900, 1040, 1260, 1500, 1300), _s(1250, 1400, 1550, 1700, 1500)),
        "green": (_s(720, 1120, 1000, 1500, 1400), _s(1000, 1300, 1350, 1700, 1500)),
        "blue": (_s(1250, 1150, 900, 1250, 1200), _s(1400, 1350, 1150, 1450, 1350)),
        "tan": (_s(1150, 1380, 1600, 1850, 1750), _s(1350, 1550, 1750, 2000, 1900)),
        "naval": (_s(950, 1050, 1100, 1150, 950), _s(1100, 1200, 1250, 1300, 1050)),
        "white": (_s(2600, 2700, 2650, 2500, 1700), _s(3000, 3100, 3050, 2900, 1900)),
    }
)
"""Deck, and hatch covers or cargo, of one livery."""

BRIDGE = _s(3300, 3400, 3350, 3250, 2400)
CRANE = _s(1700, 1700, 1500, 1800, 1700)
