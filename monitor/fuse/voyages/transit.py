"""Whether a leg between two stays is possible, and when it most likely took place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.fuse.stays.port_stays import PortStay
from monitor.fuse.voyages.rules import LinkRule

Distances = Mapping[frozenset[str], float]

_INSTANTS = 24
"""Into how many instants an interval is divided."""


def likeliest(left: PortStay, came: PortStay, way_m: float, rule: LinkRule) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Departure and arrival to be expected, to the minute, within the two intervals and by the passage they allow.

    Parameters
    ----------
    left : PortStay
        Whose departure begins the leg.
    came : PortStay
        Whose arrival ends it.
    way_m : float
        Distance by water.
    rule : LinkRule
        Speeds and waits.

    Returns
    -------
    tuple of Timestamp
        The widest bounds when no passage fits.
    """
    latest_out = min(left.departed[1] or came.arrived[1], came.arrived[1])
    earliest_in = max(came.arrived[0] or left.departed[0], left.departed[0])
    grid = (np.arange(_INSTANTS) + 0.5) / _INSTANTS
    start = (earliest_in - left.departed[0]) / timedelta(hours=1)
    out_h = grid * ((latest_out - left.departed[0]) / timedelta(hours=1))
    in_h = start + grid * ((came.arrived[1] - earliest_in) / timedelta(hours=1))
    out_h, in_h = (values.ravel() for values in np.meshgrid(out_h, in_h))
    nmi = way_m / METRES_PER_NAUTICAL_MILE
    fastest, usual = np.array([nmi / rule.fastest_kn]), np.array([nmi / rule.usual_kn])
    weight = passage_density((in_h - out_h)[None, :], fastest, usual, rule)[0]
    if not weight.sum() > 0:
        return left.departed[0], came.arrived[1]
    hours = (float(np.average(values, weights=weight)) for values in (out_h, in_h))
    out, back = (left.departed[0] + timedelta(minutes=round(60.0 * value)) for value in hours)
    return out, back


def passage_density(hours: Floats, fastest: Floats, usual: Floats, rule: LinkRule) -> Floats:
    """(pairs, instants) density an hour of a passage that took so long; nothing is faster than the fastest.

    Parameters
    ----------
    hours : array of float
        (pairs, instants) duration of the passage.
    fastest, usual : array of float
        (pairs,) hours at the greatest and at the usual speed.
    rule : LinkRule
        Shares and means of the time lost on the way.
    """
    waited = np.maximum(hours - usual[:, None], 0.0)
    spread = (usual - fastest)[:, None]
    weight = sum(share * np.exp(-waited / wait) / (wait + spread) for share, wait in rule.waits)
    return np.where(hours >= fastest[:, None], np.asarray(weight), 0.0)
