"""Rates per clear observation against what the past lets expect, and the points where they changed.

The one file that uses statsmodels and ruptures, which take seconds to load: only when there is something to compute.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats, stamp
from monitor.core.statistics import (
    binomial_two_sided,
    negative_binomial_cdf,
    negative_binomial_quantile,
    poisson_interval,
)
from monitor.core.tables import CHANGES, RATES
from monitor.core.timerange import TimeRange
from monitor.fuse.series.counts import exposure

WHAT = ("vessels", "berth", "anchorage", "open", "under_way", "stacks")
_YEAR_DAYS = 365.25
_AS_POISSON = 1e6
"""Size from which a negative binomial is a Poisson distribution for our counts."""


@dataclass(frozen=True, slots=True)
class RateRule:
    """How a week is weighed against its past. Chosen, but for the level.

    Attributes
    ----------
    fewest_past : int
        Past observations without which nothing is expected.
    season_days : float
        Length of the past from which a yearly harmonic is fitted.
    overdispersion : float
        Pearson chi-squared per degree of freedom from which the model is negative binomial.
    tail : float
        Of the prediction interval, on either side: 95 % lie within.
    """

    fewest_past: int = 8
    season_days: float = 365.0
    overdispersion: float = 1.5
    tail: float = 0.025


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """When a series of counts changed. Chosen.

    Attributes
    ----------
    p_value : float
        Exact conditional p below which a change is kept.
    shortest_segment : int
        Observations on either side.
    penalty : float
        Of PELT, in noise variances times the log of the number of observations.
    least_noise : float
        Least standard deviation of the square roots of counts.
    """

    p_value: float = 0.01
    shortest_segment: int = 5
    penalty: float = 3.0
    least_noise: float = 0.3


class Expected(NamedTuple):
    """What the past lets expect of a period's exposure: mean and 95 % prediction interval of the sum."""

    mean: float
    low: float
    high: float
    model: str
    size: float


def rates(
    counts: pd.DataFrame, *, period: TimeRange, every: timedelta = timedelta(days=7), rule: RateRule | None = None
) -> pd.DataFrame:
    """RATES of each AOI, kind of count and week of a period, against all observations before that week.

    Parameters
    ----------
    counts : COUNTS table
        History before the period makes the baseline. Observations with a missing count are no observations; an
        observation seen in part counts with the share seen of the water (of the berths, anchorages or yards, for what
        lies there) as exposure.

    period : TimeRange
        Whose weeks are compared.
    every : timedelta
        Length of a week.
    rule : RateRule, optional

    Returns
    -------
    RATES table
        A row for each week, also for those without an observation (then the rate is NaN). Expected values are NaN until
        eight past observations exist.

    Notes
    -----
    Baseline: Poisson regression (statsmodels) with the log of exposure as offset, a yearly harmonic once the past is a
    year long; negative binomial when the past scatters more than Poisson (Pearson chi² per degree of freedom over
    1.5). A change is a sum outside the 95 % prediction interval: one calm week in twenty is one too.
    """
    rows, rule = [], rule or RateRule()
    for aoi, group in counts.groupby("aoi_id", sort=True):
        for what in WHAT:
            if group[what].isna().all():
                continue
            known = _known(group, what)
            rows += [_week(str(aoi), what, known, span, rule) for span in _weeks(period, every)]
    return RATES.conform(pd.DataFrame(rows)) if rows else RATES.empty()


def _known(counts: pd.DataFrame, what: str) -> pd.DataFrame:
    """The observations that have a count, in order of time, with the exposure of that count."""
    table = counts.assign(exposure=exposure(counts, what))
    return table[table[what].notna() & (table["exposure"] > 0)].sort_values("acquired_at")


def _weeks(period: TimeRange, every: timedelta) -> list[TimeRange]:
    starts = [period.start + every * i for i in range(int(np.ceil(period.duration / every)))]
    return [TimeRange(start, min(start + every, period.end)) for start in starts]


def _week(aoi: str, what: str, known: pd.DataFrame, span: TimeRange, rule: RateRule) -> dict[str, object]:
    start, end = pd.Timestamp(span.start), pd.Timestamp(span.end)
    now = known[(known["acquired_at"] >= start) & (known["acquired_at"] < end)]
    past = known[known["acquired_at"] < start]
    seen, shown = int(now[what].sum()), float(now["exposure"].sum())
    low, high = poisson_interval(seen, shown)
    row: dict[str, object] = {
        "aoi_id": aoi,
        "what": what,
        "start": start,
        "end": end,
        "observations": len(now),
        "exposure": shown,
        "seen": seen,
        "rate": seen / shown if shown else np.nan,
        "rate_low": low,
        "rate_high": high,
        "model": "",
        "expected": np.nan,
        "expected_low": np.nan,
        "expected_high": np.nan,
        "p_value": np.nan,
        "is_change": False,
    }
    if len(past) < rule.fewest_past or not shown:
        return row
    expected = _expect(past, what, now, rule)
    row |= {
        "model": expected.model,
        "expected": expected.mean / shown,
        "expected_low": expected.low / shown,
        "expected_high": expected.high / shown,
        "p_value": _two_sided(seen, expected),
        "is_change": not expected.low <= seen <= expected.high,
    }
    return row


def _design(at: pd.Series, *, season: bool) -> Floats:
    ones = np.ones((len(at), 1))
    if not season:
        return ones
    days = (at - pd.Timestamp("2020-01-01", tz="UTC")).dt.total_seconds().to_numpy() / 86400.0
    angle = 2.0 * np.pi * days / _YEAR_DAYS
    return np.column_stack([ones, np.cos(angle), np.sin(angle)])


def _expect(past: pd.DataFrame, what: str, now: pd.DataFrame, rule: RateRule) -> Expected:
    count, shown = past[what].to_numpy(np.float64), past["exposure"].to_numpy(np.float64)
    if count.sum() == 0:
        top = poisson_interval(0, float(shown.sum()))[1] * float(now["exposure"].sum())
        most = negative_binomial_quantile(1.0 - rule.tail, _AS_POISSON, _AS_POISSON / (_AS_POISSON + top))
        return Expected(0.0, 0.0, float(most), "poisson", np.inf)
    season = past["acquired_at"].max() - past["acquired_at"].min() >= timedelta(days=rule.season_days)
    design = _design(past["acquired_at"], season=season)
    sm = importlib.import_module("statsmodels.api")
    fit = sm.GLM(count, design, family=sm.families.Poisson(), offset=np.log(shown)).fit()
    ahead = fit.get_prediction(
        _design(now["acquired_at"], season=season), offset=np.log(now["exposure"].to_numpy(np.float64))
    )
    mean = float(np.sum(ahead.predicted_mean))
    doubt = float(np.sum(ahead.se_mean))
    scatter = float(fit.pearson_chi2 / max(fit.df_resid, 1.0))
    typical = float(np.mean(fit.fittedvalues))
    spread = (
        mean + doubt**2 + (mean**2 / len(now) * (scatter - 1.0) / typical if scatter > rule.overdispersion else 0.0)
    )
    size = mean**2 / max(spread - mean, 1e-9)
    model = "negative binomial" if scatter > rule.overdispersion else "poisson"
    low, high = (float(negative_binomial_quantile(q, size, size / (size + mean))) for q in (rule.tail, 1.0 - rule.tail))
    return Expected(mean, low, high, model, size)


def _two_sided(seen: int, expected: Expected) -> float:
    if not np.isfinite(expected.size):
        return float("nan")
    success = expected.size / (expected.size + expected.mean)
    at_most = negative_binomial_cdf(seen, expected.size, success)
    at_least = 1.0 - negative_binomial_cdf(seen - 1, expected.size, success)
    return min(1.0, 2.0 * min(at_most, at_least))


def change_points(
    counts: pd.DataFrame, *, what: tuple[str, ...] = ("vessels", "berth", "stacks"), rule: ChangeRule | None = None
) -> pd.DataFrame:
    """CHANGES of each AOI's counts per clear observation.

    Parameters
    ----------
    counts : COUNTS table
    what : tuple of str
        Columns of COUNTS.
    rule : ChangeRule, optional

    Notes
    -----
    Candidates come from PELT (ruptures) on the square roots of the counts, whose scatter is even; one is kept when the
    observations on both sides differ by an exact conditional test.
    """
    rows, rule = [], rule or ChangeRule()
    for aoi, group in counts.groupby("aoi_id", sort=True):
        for name in what:
            known = _known(group, name)
            if len(known) >= 2 * rule.shortest_segment:
                rows += _changes(str(aoi), name, known.reset_index(drop=True), rule)
    return CHANGES.conform(pd.DataFrame(rows)) if rows else CHANGES.empty()


def _changes(aoi: str, what: str, known: pd.DataFrame, rule: ChangeRule) -> list[dict[str, object]]:
    signal = np.sqrt(known[what].to_numpy(np.float64) / floats(known, "exposure") + 0.375)
    steps = np.diff(signal)
    noise = max(float(np.median(np.abs(steps))) / 0.954, rule.least_noise) ** 2
    finder = importlib.import_module("ruptures").Pelt(model="l2", min_size=rule.shortest_segment, jump=1).fit(signal)
    ends = [0, *finder.predict(pen=rule.penalty * noise * np.log(len(signal)))]
    found = []
    for left, middle, right in zip(ends, ends[1:], ends[2:], strict=False):
        before, after = known.iloc[left:middle], known.iloc[middle:right]
        number = [int(part[what].sum()) for part in (before, after)]
        shown = [float(part["exposure"].sum()) for part in (before, after)]
        if sum(number) == 0:
            continue
        p_value = binomial_two_sided(number[1], sum(number), shown[1] / sum(shown))
        if p_value < rule.p_value:
            at = (before["acquired_at"].iloc[-1], after["acquired_at"].iloc[0])
            found.append(
                {
                    "change_id": f"change|{aoi}|{what}|{stamp(at[1])}",
                    "aoi_id": aoi,
                    "what": what,
                    "changed_at": at[0] + (at[1] - at[0]) / 2,
                    "not_before": at[0],
                    "not_after": at[1],
                    "rate_before": number[0] / shown[0],
                    "rate_after": number[1] / shown[1],
                    "observations_before": len(before),
                    "observations_after": len(after),
                    "p_value": p_value,
                }
            )
    return found
