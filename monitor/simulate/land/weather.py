"""What weather does to the ground of the made-up places: snow, rain, floods, smoke. All chosen, as at 41–45° N."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from monitor.simulate.rng import generator

_DAY_S = 86_400.0
_RAIN, _DRIES_DAYS, _REMEMBERED_DAYS = 0.3, 2.0, 8
"""Share of days with rain, days after which ground is 1/e as moist, days of rain that still show."""
_SMOKE = 0.07
"""Share of days with a plume over a place."""
_MELT_DAYS = 4.0


@dataclass(frozen=True, slots=True)
class Spell:
    """Snow or a flood: seconds since 1970, and how much of open ground is covered, 0–1."""

    kind: str
    start_s: float
    end_s: float
    depth: float

    def at(self, t_s: float) -> float:
        """The share of open ground covered: all of it within a day, gone over four days before the end."""
        up, down = (t_s - self.start_s) / _DAY_S, (self.end_s - t_s) / _DAY_S / _MELT_DAYS
        return self.depth * float(np.clip(min(up, down), 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Plume:
    """Smoke over a place: where it rises (0–1 of the rows and columns), where it drifts, how thick it is, 0–1."""

    row: float
    col: float
    drift_deg: float
    length_m: float
    thickness: float


def spells(seed: int, start_s: float, end_s: float) -> tuple[Spell, ...]:
    """Two spells of snow a winter and a flood each spring that begin in a period or go on in it, in order of time.

    Parameters
    ----------
    seed : int
    start_s, end_s : float
        Seconds since 1970.
    """
    first, last = (datetime.fromtimestamp(t, UTC).year for t in (start_s, end_s))
    made = []
    for year in range(first - 1, last + 1):
        rng = generator(seed, "winter", year)
        for low, high, days in ((330, 355, (16, 40)), (375, 395, (14, 42))):
            begin = _day(year, float(rng.uniform(low, high)))
            made.append(Spell("snow", begin, begin + float(rng.uniform(*days)) * _DAY_S, float(rng.uniform(0.6, 0.97))))
        begin = _day(year, float(rng.uniform(78, 112)))
        made.append(Spell("flood", begin, begin + float(rng.uniform(8, 16)) * _DAY_S, 0.9))
    return tuple(sorted((s for s in made if s.end_s > start_s and s.start_s < end_s), key=lambda s: s.start_s))


def covered(found: tuple[Spell, ...], kind: str, t_s: float) -> float:
    """Share of open ground under snow or flood at an instant.

    Parameters
    ----------
    found : tuple of Spell
    kind : str
        ``snow`` or ``flood``.
    t_s : float
        Seconds since 1970.
    """
    return max((spell.at(t_s) for spell in found if spell.kind == kind), default=0.0)


def moisture(seed: int, at: datetime) -> float:
    """How wet bare ground is, 0–1, by the rain of the days before."""
    wet = 0.0
    for ago in range(_REMEMBERED_DAYS):
        rng = generator(seed, "rain", (at - timedelta(days=ago)).date())
        if rng.random() < _RAIN:
            wet = max(wet, float(rng.uniform(0.4, 1.0)) * float(np.exp(-ago / _DRIES_DAYS)))
    return wet


def plume(seed: int, place_id: str, at: datetime) -> Plume | None:
    """The smoke over a place on a day, mostly None.

    Parameters
    ----------
    seed : int
    place_id : str
        Of the AOI.
    at : datetime
    """
    rng = generator(seed, "smoke", place_id, at.date())
    if rng.random() >= _SMOKE:
        return None
    row, col = (float(v) for v in rng.uniform(0.1, 0.9, size=2))
    return Plume(row, col, float(rng.uniform(0, 360)), float(rng.uniform(400, 1500)), float(rng.uniform(0.2, 0.7)))


def _day(year: int, day: float) -> float:
    """Seconds since 1970 of a day of a year, 0 for its first; it may exceed the year."""
    return datetime(year, 1, 1, tzinfo=UTC).timestamp() + day * _DAY_S
