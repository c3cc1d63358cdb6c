"""Day, twilight and night at an airfield, by the sun's elevation (`core.geo.solar`)."""

from __future__ import annotations

import numpy as np

HORIZON_DEG = -0.833
"""Upper limb on the horizon with mean refraction: sunrise and sunset."""
CIVIL_DEG = -6.0
"""End of civil twilight."""


def light(elevation_deg: float) -> str:
    """``day``, ``twilight`` (civil) or ``night`` at a solar elevation; "" for NaN."""
    if np.isnan(elevation_deg):
        return ""
    if elevation_deg >= HORIZON_DEG:
        return "day"
    return "twilight" if elevation_deg >= CIVIL_DEG else "night"
