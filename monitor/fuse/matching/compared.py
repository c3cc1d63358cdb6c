"""Whether AIS can say anything of a scene: no AIS is not the same as no AIS that fits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.core.columns import floats, naive
from monitor.core.geo.geodesy import distance_m
from monitor.core.scenes.scene import Acquisition

NOT_COMPARED = "not compared"
"""Status in MATCHES of a detection that AIS says nothing of."""


@dataclass(frozen=True, slots=True)
class ComparisonRule:
    """When a scene is compared with AIS: a position of any ship within both. Chosen.

    Attributes
    ----------
    near_m : float
        From the middle of the scene; a receiver on land has 40–70 km, and ships at sea lie off their port.
    within : timedelta
        Of the scene, on either side.
    """

    near_m: float = 150_000.0
    within: timedelta = timedelta(hours=12)


COMPARISON = ComparisonRule()


def why_not_compared(positions: pd.DataFrame, scene: Acquisition, rule: ComparisonRule = COMPARISON) -> str:
    """Why a scene cannot be compared with AIS; "" when it can.

    Parameters
    ----------
    positions : POSITIONS table
        In any order.
    scene : Acquisition
        Its hour and its footprint count.
    rule : ComparisonRule, optional
    """
    if not scene.is_exact:
        return "hour unknown"
    if positions.empty:
        return "no AIS of that day"
    ends = [pd.Timestamp(scene.acquired_at + shift) for shift in (-rule.within, rule.within)]
    low, high = naive(pd.Series(ends))
    t = naive(positions["t"])
    then = positions[(t >= low) & (t <= high)]
    middle = scene.footprint.centroid
    if not np.any(distance_m(floats(then, "lon"), floats(then, "lat"), middle.x, middle.y) <= rule.near_m):
        hours, km = rule.within.total_seconds() / 3600.0, rule.near_m / 1000.0
        return f"no AIS within {km:.0f} km and {hours:.0f} h"
    return ""


def not_compared(matches: pd.DataFrame, reason: str) -> pd.DataFrame:
    """The MATCHES of a scene of which AIS says nothing: each detection `NOT_COMPARED`, with no vessel and a reason.

    Parameters
    ----------
    matches : MATCHES table
        Of one scene.
    reason : str
        As `why_not_compared` gives it.
    """
    rows = matches[matches["detection_id"] != ""]
    return rows.assign(status=NOT_COMPARED, reason=reason, probability=np.nan).reset_index(drop=True)
