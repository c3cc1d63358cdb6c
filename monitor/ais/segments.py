"""One MMSI, one ship? Positions that no ship could have sent one after the other go to different segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.ais.sorting import Ordered, in_order
from monitor.core.arrays import Floats, Ints
from monitor.core.geo.geodesy import KNOT_MS

_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """Which positions one ship could have sent one after the other.

    Attributes
    ----------
    fastest_kn, buffer_h : float
        Speed limit, and the time added to every interval (gpsdio-segment).
    own_factor : float
        A ship may go this many times the speed that it reports (chosen, for fast craft).
    open_segments : int
        Segments of one MMSI that a position may join; older ones are closed (chosen).
    """

    fastest_kn: float = 25.0
    buffer_h: float = 0.25
    own_factor: float = 1.3
    open_segments: int = 20


RULE = SegmentRule()


def segments(positions: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The segment of each row, in the order of the rows given: 0, 1, … within an MMSI, by first appearance.

    A position joins the open segment it could have been reached from with the least speed; when none allows it, a new
    one begins. Nothing is left out.

    Parameters
    ----------
    positions : DataFrame
        `mmsi`, `t`, `lon`, `lat`; `sog_kn` where known.

    Notes
    -----
    The limit is ``25 kn × hypot(hours, 0.25)`` as in gpsdio-segment, raised to 1.3 times the ship's own speed for fast
    craft. Duplicates in time at two places are two segments.
    """
    rows = in_order(positions)
    own = np.zeros(len(rows.t), dtype=np.int64)
    if len(own):
        lon, lat = rows.given_lon[rows.order], rows.given_lat[rows.order]
        limit = _limits(positions, rows)
        for first, last, breaks in _suspects(rows, lon, lat, limit):
            stretch = slice(first, last)
            own[stretch] = _split(rows.t[stretch], lon[stretch], lat[stretch], limit[stretch], breaks=breaks)
    out = np.empty_like(own)
    out[rows.order] = own
    return out


def _limits(positions: pd.DataFrame, rows: Ordered) -> Floats:
    if "sog_kn" not in positions:
        return np.full(len(rows.t), RULE.fastest_kn)
    sog = positions["sog_kn"].to_numpy(np.float64, na_value=np.nan)[rows.order]
    return np.asarray(np.maximum(RULE.fastest_kn, RULE.own_factor * np.nan_to_num(sog)))


def _suspects(rows: Ordered, lon: Floats, lat: Floats, limit: Floats) -> list[tuple[int, int, Ints]]:
    """Stretches of single MMSI in which two consecutive positions are too far apart, and where, within each."""
    same = rows.mmsi[1:] == rows.mmsi[:-1]
    hours = np.diff(rows.t) / 3.6e9
    far = same & (_metres(lon[:-1], lat[:-1], lon[1:], lat[1:]) > _reach(hours, np.maximum(limit[1:], limit[:-1])))
    if not far.any():
        return []
    heads = np.flatnonzero(np.append(True, ~same))
    ends = np.append(heads[1:], len(rows.t))
    breaks = np.flatnonzero(far) + 1
    vessel = np.searchsorted(heads, breaks, side="right") - 1
    return [(int(heads[i]), int(ends[i]), breaks[vessel == i] - heads[i]) for i in np.unique(vessel)]


def _split(t: Ints, lon: Floats, lat: Floats, limit: Floats, *, breaks: Ints) -> Ints:
    """Segments of one MMSI, run by run; within a run, from break to break, each position follows from the last."""
    out = np.zeros(len(t), dtype=np.int64)
    heads: list[tuple[int, int]] = []
    count = 0
    starts = [0, *breaks.tolist()]
    for i, end in zip(starts, [*starts[1:], len(t)], strict=True):
        best, least = -1, np.inf
        if heads:
            index = np.array([row for _, row in heads])
            hours = (t[i] - t[index]) / 3.6e9
            apart = _metres(lon[index], lat[index], lon[i], lat[i])
            share = apart / _reach(hours, np.maximum(limit[index], limit[i]))
            share = np.where(np.isnan(share), 0.0, share)
            share = np.where((hours == 0) & (apart > 1000.0), np.inf, share)
            best = int(np.argmin(share))
            least = float(share[best])
        if least <= 1.0:
            out[i:end] = heads[best][0]
            heads[best] = (heads[best][0], end - 1)
            continue
        out[i:end] = count
        heads.append((count, end - 1))
        count += 1
        if len(heads) > RULE.open_segments:
            heads.sort(key=lambda head: head[1])
            heads = heads[-RULE.open_segments :]
    return out


def _reach(hours: Floats, knots: Floats) -> Floats:
    return np.hypot(hours, RULE.buffer_h) * knots * KNOT_MS * 3600.0


def _metres(lon0: Floats, lat0: Floats, lon1: npt.ArrayLike, lat1: npt.ArrayLike) -> Floats:
    """Great-circle distance on the mean sphere: a fast first test, good to half a per cent."""
    a, b = np.radians(lat0), np.radians(lat1)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(np.asarray(lon1) - lon0) / 2) ** 2
    return np.asarray(2 * _RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))
