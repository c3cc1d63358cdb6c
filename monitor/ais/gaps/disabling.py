"""Whether a silence fits a transponder switched off: two rules, each with its reasons; neither knows of intent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from monitor.ais.sea.coastline import Shore
from monitor.ais.sorting import in_order
from monitor.core.arrays import Bools, Floats, Ints
from monitor.core.errors import DataError
from monitor.core.tables import GAP_RULES

_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class DisablingRule:
    """What makes a silence more than bad reception.

    Attributes
    ----------
    open_sea_h, open_sea_nmi : float
        Least silence, and least distance from shore at its start (Welch et al. 2022, doi:10.1126/sciadv.abq2109).
    open_sea_per_day : float
        Positions a day of other vessels there that must be exceeded (the same).
    open_sea_positions : int
        Own satellite positions in the 12 hours before (the same).
    neighbours : int
        Other vessels that must be received near the place during the silence (chosen).
    own_per_hour : float
        Own positions an hour before the silence (chosen).
    usual_intervals : float
        Least length of the silence in the ship's own usual intervals (chosen).
    radius_deg : float
        What counts as near, in degrees of latitude (chosen: a coastal station reaches further).
    """

    open_sea_h: float = 12.0
    open_sea_nmi: float = 50.0
    open_sea_per_day: float = 10.0
    open_sea_positions: int = 14
    neighbours: int = 3
    own_per_hour: float = 0.5
    usual_intervals: float = 10.0
    radius_deg: float = 0.25


RULE = DisablingRule()


def gap_rules(gaps: pd.DataFrame, positions: pd.DataFrame, *, land: BaseGeometry | Shore | None = None) -> pd.DataFrame:
    """What speaks for and against each silence being more than bad reception.

    Parameters
    ----------
    gaps : GAPS table
    positions : POSITIONS table
        Everything received around the gaps, of all vessels.
    land : BaseGeometry or Shore, optional
        For the distance from shore (EPSG:4326; `ais.sea.coastline.shipped_shore` has the world's); without it the
        open-sea rule cannot decide.

    Returns
    -------
    GAP_RULES table
        One row a gap, in their order. `open_sea` and `coastal` are ``met``, ``not met`` or ``cannot say``; `reasons`
        lists every test with its number. `others_before`, `others_during` count the other vessels received within
        0.25° of where the ship fell silent, in the hour before and in the first 12 hours of the silence; `own_per_hour`
        is the ship's own rate in the 12 hours before.

    Raises
    ------
    DataError
        A column is missing.

    Notes
    -----
    Open sea: Welch et al. 2022 (doi:10.1126/sciadv.abq2109): 12 h or more, over 50 nmi from shore when it fell silent,
    more than 10 satellite positions a day of all vessels there, 14 satellite positions or more in the 12 h before.
    Their reception is a month's mean in a 1° cell; here it is that of the data at hand, around the silence.
    Coastal, for ports where the former cannot decide: 3 other vessels or more received near the place during the
    silence, the ship itself received regularly before (a position every two hours or more often), and a silence ten
    times its usual interval. It needs neighbours: off a coast where nobody is received it cannot decide.
    """
    for column in ("mmsi", "t", "lon", "lat"):
        if column not in positions:
            raise DataError(f"positions: column {column} missing; there are {', '.join(map(str, positions))}")
    if gaps.empty:
        return GAP_RULES.empty()
    received = _Received(positions)
    shores = _shores(gaps, land)
    rows = []
    for gap, shore in zip(gaps.itertuples(index=False), shores.tolist(), strict=True):
        located = bool(np.isfinite(gap.start_lon) and np.isfinite(gap.start_lat))
        place = (gap.start_lon, gap.start_lat)
        before, during, per_day = (
            received.around(gap.mmsi, gap.start, gap.duration_h, place) if located else (0, 0, 0.0)
        )
        own = received.own(int(gap.mmsi), gap.start)
        open_sea, why_open = _open_sea(gap.duration_h, shore, per_day, received.satellite(int(gap.mmsi), gap.start))
        coastal, why_coastal = _coastal(gap.duration_h, during, own)
        rows.append(
            {
                "gap_id": gap.gap_id,
                "mmsi": gap.mmsi,
                "open_sea": open_sea,
                "coastal": coastal,
                "reasons": "; ".join([*why_open, *why_coastal]),
                "shore_nmi": shore,
                "others_before": before,
                "others_during": during,
                "own_per_hour": own,
            }
        )
    return GAP_RULES.conform(pd.DataFrame(rows))


def _open_sea(hours: float, shore: float, per_day: float, positions: int | None) -> tuple[str, list[str]]:
    tests: Sequence[tuple[bool | None, str]] = (
        (hours >= RULE.open_sea_h, f"silent {hours:.1f} h (open sea: {RULE.open_sea_h:.0f} or more)"),
        (
            None if np.isnan(shore) else shore > RULE.open_sea_nmi,
            f"{'unknown' if np.isnan(shore) else f'{shore:.0f}'} nmi from shore (more than {RULE.open_sea_nmi:.0f})",
        ),
        (
            per_day > RULE.open_sea_per_day,
            f"{per_day:.0f} positions a day of other vessels there (more than {RULE.open_sea_per_day:.0f})",
        ),
        (
            None if positions is None else positions >= RULE.open_sea_positions,
            f"{'unknown' if positions is None else positions} own satellite positions before "
            f"({RULE.open_sea_positions} or more)",
        ),
    )
    return _verdict([test for test, _ in tests]), [reason for _, reason in tests]


def _coastal(hours: float, during: int, own: float) -> tuple[str, list[str]]:
    intervals = hours * own
    tests: Sequence[tuple[bool | None, str]] = (
        (
            True if during >= RULE.neighbours else None,
            f"{during} other vessels received near it meanwhile ({RULE.neighbours})",
        ),
        (own >= RULE.own_per_hour, f"{own:.1f} own positions an hour before ({RULE.own_per_hour:g} or more)"),
        (intervals >= RULE.usual_intervals, f"silence of {intervals:.0f} usual intervals ({RULE.usual_intervals:.0f})"),
    )
    return _verdict([test for test, _ in tests]), [f"coastal: {reason}" for _, reason in tests]


def _verdict(tests: Sequence[bool | None]) -> str:
    if any(test is False for test in tests):
        return "not met"
    return "met" if all(tests) else "cannot say"


class _Received:
    """Positions by time and by vessel, for counts around gaps."""

    def __init__(self, positions: pd.DataFrame) -> None:
        located = positions[positions["lon"].notna() & positions["lat"].notna()]
        rows = in_order(located)
        self._mmsi, self._t = rows.mmsi, rows.t
        by_time = np.argsort(rows.t, kind="stable")
        self._when = rows.t[by_time]
        self._who = rows.mmsi[by_time]
        self._lon, self._lat = rows.given_lon[rows.order][by_time], rows.given_lat[rows.order][by_time]
        self._satellite: Bools | None = None
        if "receiver" in located and (located["receiver"] != "").any():
            self._satellite = (located["receiver"] == "satellite").to_numpy()[rows.order]

    def around(
        self, mmsi: int, start: pd.Timestamp, duration_h: float, place: tuple[float, float]
    ) -> tuple[int, int, float]:
        """Other vessels in the hour before and in the silence's first 12 hours, and their positions a day then."""
        hours = min(duration_h, 12.0)
        first = int(start.asm8.astype("datetime64[us]").astype(np.int64))
        before = self._near(mmsi, place, first - _HOUR, first)
        during = self._near(mmsi, place, first, first + round(hours * _HOUR))
        others = len(np.unique(self._who[during]))
        return len(np.unique(self._who[before])), others, len(during) * 24.0 / max(hours, 1e-9)

    def _near(self, mmsi: int, place: tuple[float, float], start: int, end: int) -> Ints:
        a, b = np.searchsorted(self._when, [start, end])
        lon, lat = place
        apart = np.abs(np.mod(self._lon[a:b] - lon + 180.0, 360.0) - 180.0)
        near = (np.abs(self._lat[a:b] - lat) <= RULE.radius_deg) & (self._who[a:b] != mmsi)
        near &= apart <= RULE.radius_deg / max(float(np.cos(np.radians(lat))), 0.05)
        return np.asarray(np.flatnonzero(near) + a, dtype=np.int64)

    def own(self, mmsi: int, start: pd.Timestamp) -> float:
        """The vessel's positions an hour in the 12 hours up to `start`, over the time it was received in them."""
        a, b, first, end = self._window(mmsi, start)
        if b <= a:
            return 0.0
        span = max(end - max(int(self._t[a]), first), _HOUR)
        return float((b - a) * _HOUR / span)

    def satellite(self, mmsi: int, start: pd.Timestamp) -> int | None:
        """The vessel's satellite positions in the 12 hours up to `start`; None when receivers are not known."""
        if self._satellite is None:
            return None
        a, b, _, _ = self._window(mmsi, start)
        return int(self._satellite[a:b].sum())

    def _window(self, mmsi: int, start: pd.Timestamp) -> tuple[int, int, int, int]:
        low, high = np.searchsorted(self._mmsi, [mmsi, mmsi + 1])
        end = int(start.asm8.astype("datetime64[us]").astype(np.int64))
        first = end - round(timedelta(hours=12) / timedelta(microseconds=1))
        a, b = low + np.searchsorted(self._t[low:high], [first, end + 1])
        return int(a), int(b), first, end


def _shores(gaps: pd.DataFrame, land: BaseGeometry | Shore | None) -> Floats:
    """Nautical miles from where each ship fell silent to the nearest land; NaN where that is not known."""
    if land is None:
        return np.full(len(gaps), np.nan)
    shore = land if isinstance(land, Shore) else Shore.of(land)
    return shore.nmi(gaps["start_lon"].to_numpy(np.float64), gaps["start_lat"].to_numpy(np.float64))
