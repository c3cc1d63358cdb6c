"""Points where the counts of a port changed, with a rate of false alarms that its user sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats, stamp
from monitor.core.tables import CHANGES
from monitor.fuse.series.counts import observations_with
from monitor.fuse.series.dependence import Dependence, StayPrior, learn

_YEAR_DAYS = 365.25
_SHARE = 0.5
"""Of the false alarms that a user allows: what change points may take. Weeks that stand out take a fifth; the rest is
kept for ports whose ships come and stay otherwise than the model has it. Chosen."""


_ANSCOMBE = 0.375
"""What is added to a count before its root is taken, so that small ones scatter evenly too (Anscombe 1948)."""


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """When a series of counts changed.

    Attributes
    ----------
    false_alarms_per_year : float
        How many changes a year a port may show in which nothing changes, all its counts together. Set by the user:
        half of ``[alerts] false_alarms_per_year``.
    shortest_segment : int
        Observations on either side. Chosen.
    stays : StayPrior
        What is held of stays before the series is looked at.
    series : int
        Series without a change that are drawn to know what chance gives. Chosen.
    seed : int
        Of these: the same counts give the same changes.
    """

    false_alarms_per_year: float = 0.25
    shortest_segment: int = 5
    stays: StayPrior = field(default_factory=StayPrior)
    series: int = 999
    seed: int = 1

    @classmethod
    def of(cls, false_alarms_per_year: float) -> ChangeRule:
        """The rule of a port that may have so many false alarms a year, weeks that stand out included."""
        return cls(false_alarms_per_year=_SHARE * false_alarms_per_year)


class _Series(NamedTuple):
    """Counts in order of time."""

    days: Floats
    seen: Floats
    exposure: Floats

    def since(self, first: int) -> _Series:
        return _Series(self.days[first:], self.seen[first:], self.exposure[first:])

    @property
    def years(self) -> float:
        return float(self.days[-1] - self.days[0]) / _YEAR_DAYS


class _Alarm(NamedTuple):
    """A change: the observations that it was raised at and that it began with, and what chance gives."""

    raised: int
    first: int
    p_value: float
    per_year: float
    stay_d: float


def change_points(
    counts: pd.DataFrame, *, what: tuple[str, ...] = ("vessels", "berth", "stacks"), rule: ChangeRule | None = None
) -> pd.DataFrame:
    """CHANGES of each AOI's counts per clear observation.

    Parameters
    ----------
    counts : COUNTS table
        In any order. Observations with a missing count are none; one seen in part counts with the share seen.
    what : tuple of str
        Columns of COUNTS. The rate of false alarms is that of all of them together that have a count.
    rule : ChangeRule, optional

    Returns
    -------
    CHANGES table
        In order of port, count and time; empty where nothing changed.

    Notes
    -----
    A series is followed from observation to observation, as a watch does: at each, the rate since one of the earlier
    observations is set against the rate before it, in units of what a series without a change scatters there. An alarm
    is due when the largest rise or fall passes what series without a change reach as seldom as `false_alarms_per_year`
    allows, rises and falls alike. It is dated to where the rates part best; what comes after the alarm is a series of
    its own, so that a false one brings no second one with it. Series without a change are drawn with the stays and
    the scatter that the series itself shows (`monitor.fuse.series.dependence`), since ships that stay make neighbouring
    counts alike: change detectors for independent counts find a "change" in most such series.
    """
    rows, rule = [], rule or ChangeRule()
    for aoi, group in counts.groupby("aoi_id", sort=True):
        known = {name: observations_with(group, name) for name in what if group[name].notna().any()}
        for name, table in known.items():
            rows += _changes(str(aoi), name, table, len(known), rule)
    return CHANGES.conform(pd.DataFrame(rows)) if rows else CHANGES.empty()


def _changes(aoi: str, what: str, known: pd.DataFrame, together: int, rule: ChangeRule) -> list[dict[str, object]]:
    days = (known["acquired_at"] - known["acquired_at"].min()).dt.total_seconds().to_numpy() / 86400.0
    series = _Series(days, known[what].to_numpy(np.float64), floats(known, "exposure"))
    alarms: list[_Alarm] = []
    while (alarm := _next(series, alarms[-1].raised if alarms else 0, together, rule)) is not None:
        alarms.append(alarm)
    cuts = [0, *(alarm.first for alarm in alarms), len(known)]
    return [
        _row(aoi, what, known, alarm, (cuts[n], cuts[n + 1], cuts[n + 2]), together) for n, alarm in enumerate(alarms)
    ]


def _row(
    aoi: str, what: str, known: pd.DataFrame, alarm: _Alarm, cuts: tuple[int, int, int], together: int
) -> dict[str, object]:
    before, after = known.iloc[cuts[0] : cuts[1]], known.iloc[cuts[1] : cuts[2]]
    at = (before["acquired_at"].iloc[-1], after["acquired_at"].iloc[0])
    return {
        "change_id": f"change|{aoi}|{what}|{stamp(known['acquired_at'].iloc[alarm.raised])}",
        "aoi_id": aoi,
        "what": what,
        "changed_at": at[0] + (at[1] - at[0]) / 2,
        "not_before": at[0],
        "not_after": at[1],
        "raised_at": known["acquired_at"].iloc[alarm.raised],
        "rate_before": before[what].sum() / before["exposure"].sum(),
        "rate_after": after[what].sum() / after["exposure"].sum(),
        "observations_before": len(before),
        "observations_after": len(after),
        "mean_stay_d": alarm.stay_d,
        "p_value": alarm.p_value,
        "false_alarms_per_year": alarm.per_year * together,
    }


def _next(series: _Series, start: int, together: int, rule: ChangeRule) -> _Alarm | None:
    """The first alarm of a series that begins anew at one of its observations."""
    rest = series.since(start)
    least = rule.shortest_segment
    if len(rest.days) < 2 * least or not rest.seen.any() or not rest.years:
        return None
    stays = learn(*rest, prior=rule.stays)
    top, seen = _scan(rest, stays, rule)
    allowed = rule.false_alarms_per_year / together * rest.years
    height = np.quantile(top, np.exp(-allowed / 2.0), axis=1)
    over = np.flatnonzero((seen > height[:, None]).any(axis=0))
    if not len(over):
        return None
    raised = int(over[0])
    side = int(np.argmax(seen[:, raised] - height))
    chance = (1 + int((top[side] >= seen[side].max()).sum())) / (1 + rule.series)
    per_year = -2.0 * np.log1p(-min(chance, 1.0 - 1e-9)) / rest.years
    first = _best_split(rest, raised + 1, least)
    return _Alarm(start + raised, start + first, min(1.0, 2.0 * chance), float(per_year), stays.mean_stay_d)


def _scan(series: _Series, stays: Dependence, rule: ChangeRule) -> tuple[Floats, Floats]:
    """The largest rise and fall of each series without a change, and those of the series at each observation."""
    level = float((series.seen.sum() + 0.5) / series.exposure.sum())
    drawn = stays.draw(series.days, series.exposure, level, rule.series, np.random.default_rng(rule.seed))
    top, seen = np.zeros((2, rule.series)), np.zeros((2, len(series.days)))
    spread = np.sqrt(stays.dispersion)
    for length in _lengths(rule.shortest_segment, len(series.days) - rule.shortest_segment):
        chance = _contrast(drawn, series.exposure, length, rule.shortest_segment)
        mean, scale = chance.mean(axis=0), np.maximum(chance.std(axis=0), 1e-9)
        mine = _contrast(series.seen[None], series.exposure, length, rule.shortest_segment)[0]
        for side, sign in enumerate((1.0, -1.0)):
            top[side] = np.maximum(top[side], (sign * (chance - mean) / scale).max(axis=1))
            late = seen[side, -len(mine) :]
            np.maximum(late, sign * (mine - mean) / scale / spread, out=late)
    return top, seen


def _lengths(least: int, most: int) -> list[int]:
    """How many of the last observations are set against those before: each length some two fifths above the last."""
    steps = int(np.ceil(np.log(most / least) / np.log(1.4))) if most > least else 0
    return sorted({min(round(least * 1.4**n), most) for n in range(steps + 1)})


def _contrast(count: Floats, exposure: Floats, length: int, least: int) -> Floats:
    """Root of the rate of the last `length` observations less that of all before; a row a series.

    Roots of counts scatter evenly, whatever the rate.
    """
    seen, shown = np.cumsum(count, axis=1), np.cumsum(exposure)
    after = (seen[:, length:] - seen[:, :-length] + _ANSCOMBE) / (shown[length:] - shown[:-length])
    before = (seen[:, :-length] + _ANSCOMBE) / shown[:-length]
    return np.asarray(np.sqrt(after) - np.sqrt(before))[:, least - 1 :]


def _best_split(series: _Series, end: int, least: int) -> int:
    """The observation from which on the rate differs most, by the likelihood of two Poisson rates."""
    seen, shown = np.cumsum(series.seen[:end]), np.cumsum(series.exposure[:end])
    cut = np.arange(least, end - least + 1)
    parts = ((seen[cut - 1], shown[cut - 1]), (seen[-1] - seen[cut - 1], shown[-1] - shown[cut - 1]))
    gain = sum(np.where(n > 0, n * np.log(np.maximum(n, 1.0) / e), 0.0) for n, e in parts)
    return int(cut[np.argmax(gain)])
