"""Rates per clear observation against what the past lets expect.

The one file that uses statsmodels, which takes seconds to load: only when there is something to compute.
"""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats
from monitor.core.statistics import negative_binomial_cdf, negative_binomial_quantile, poisson_interval
from monitor.core.tables import RATES
from monitor.core.timerange import TimeRange
from monitor.fuse.series.counts import observations_with
from monitor.fuse.series.dependence import Dependence, StayPrior, learn

WHAT = ("vessels", "berth", "anchorage", "open", "under_way", "stacks")
_YEAR_DAYS = 365.25
_SHARE = 0.2
"""Of the false alarms that a user allows: what weeks may take. Chosen."""
_AS_POISSON = 1e6
"""Size from which a negative binomial is a Poisson distribution for our counts."""


@dataclass(frozen=True, slots=True)
class RateRule:
    """How a week is weighed against its past.

    Attributes
    ----------
    false_alarms_per_year : float
        How many weeks a year a port may show as a change in which nothing changes, all its counts together. Set by the
        user: a fifth of ``[alerts] false_alarms_per_year``.
    fewest_past : int
        Past observations without which nothing is expected. Chosen.
    season_days : float
        Length of the past from which a yearly harmonic is fitted. Chosen.
    overdispersion : float
        Pearson chi-squared per degree of freedom from which the model is negative binomial. Chosen.
    tail : float
        Of the prediction interval, on either side: 95 % lie within.
    stays : StayPrior
        What is held of stays before a series is looked at.
    """

    false_alarms_per_year: float = 0.1
    fewest_past: int = 8
    season_days: float = 365.0
    overdispersion: float = 1.5
    tail: float = 0.025
    stays: StayPrior = field(default_factory=StayPrior)

    @classmethod
    def of(cls, false_alarms_per_year: float) -> RateRule:
        """The rule of a port that may have so many false alarms a year, change points included."""
        return cls(false_alarms_per_year=_SHARE * false_alarms_per_year)


class _Expected(NamedTuple):
    """What the past lets expect of the sum of a week's counts: a negative binomial of this mean and variance."""

    mean: float
    variance: float
    model: str

    @property
    def _size(self) -> float:
        return min(self.mean**2 / max(self.variance - self.mean, 1e-9), _AS_POISSON)

    def quantile(self, probability: float) -> float:
        return float(negative_binomial_quantile(probability, self._size, self._size / (self._size + self.mean)))

    def p_value(self, seen: int) -> float:
        success = self._size / (self._size + self.mean)
        at_most = negative_binomial_cdf(seen, self._size, success)
        at_least = 1.0 - negative_binomial_cdf(seen - 1, self._size, success)
        return min(1.0, 2.0 * min(at_most, at_least))


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
    1.5). Ships that stay are counted again: the variance of a week's sum and the doubt of the baseline grow by what
    observations share, as the series itself shows (`monitor.fuse.series.dependence`). One calm week in twenty lies
    outside the 95 % interval; a change is a week whose p-value is so small that `false_alarms_per_year` holds for all
    weeks and counts of a port together.
    """
    rows, rule = [], rule or RateRule()
    for aoi, group in counts.groupby("aoi_id", sort=True):
        kinds = [what for what in WHAT if group[what].notna().any()]
        level = rule.false_alarms_per_year / max(len(kinds), 1) * every.total_seconds() / (_YEAR_DAYS * 86400.0)
        for what in kinds:
            known = observations_with(group, what)[["acquired_at", what, "exposure"]]
            stays = learn(_days(known), *_counted(known, what), prior=rule.stays) if len(known) > 1 else None
            rows += [_week(str(aoi), what, known, span, stays, rule, level) for span in _weeks(period, every)]
    return RATES.conform(pd.DataFrame(rows)) if rows else RATES.empty()


def _days(known: pd.DataFrame) -> Floats:
    since = pd.Timestamp("2020-01-01", tz="UTC")
    return np.asarray((known["acquired_at"] - since).dt.total_seconds().to_numpy() / 86400.0)


def _counted(known: pd.DataFrame, what: str) -> tuple[Floats, Floats]:
    return known[what].to_numpy(np.float64), floats(known, "exposure")


def _weeks(period: TimeRange, every: timedelta) -> list[TimeRange]:
    starts = [period.start + every * i for i in range(int(np.ceil(period.duration / every)))]
    return [TimeRange(start, min(start + every, period.end)) for start in starts]


def _week(
    aoi: str, what: str, known: pd.DataFrame, span: TimeRange, stays: Dependence | None, rule: RateRule, level: float
) -> dict[str, object]:
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
    if stays is None or len(past) < rule.fewest_past or not shown:
        return row
    expected = _expect(past, what, now, stays, rule)
    mean = expected.mean if past[what].sum() else 0.0
    p_value = expected.p_value(seen)
    row |= {
        "model": expected.model,
        "expected": mean / shown,
        "expected_low": expected.quantile(rule.tail) / shown,
        "expected_high": expected.quantile(1.0 - rule.tail) / shown,
        "p_value": p_value,
        "is_change": p_value < level,
    }
    return row


def _design(known: pd.DataFrame, *, season: bool) -> Floats:
    ones = np.ones((len(known), 1))
    if not season:
        return ones
    angle = 2.0 * np.pi * _days(known) / _YEAR_DAYS
    return np.column_stack([ones, np.cos(angle), np.sin(angle)])


def _expect(past: pd.DataFrame, what: str, now: pd.DataFrame, stays: Dependence, rule: RateRule) -> _Expected:
    """Of a past without any sighting, the mean is that of half a sighting."""
    (count, shown), ahead = _counted(past, what), _counted(now, what)[1]
    shared = [stays.inflation(_days(part), floats(part, "exposure")) / stays.dispersion for part in (now, past)]
    if count.sum() == 0:
        mean = 0.5 * float(ahead.sum() / shown.sum())
        return _Expected(mean, mean * shared[0] + 2.0 * mean**2, "poisson")
    season = past["acquired_at"].max() - past["acquired_at"].min() >= timedelta(days=rule.season_days)
    sm = importlib.import_module("statsmodels.api")
    model = sm.GLM(count, _design(past, season=season), family=sm.families.Poisson(), offset=np.log(shown))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Perfect separation")  # of yes and no; of counts, all were alike
        fit = model.fit()
    predicted = fit.get_prediction(_design(now, season=season), offset=np.log(ahead))
    mean, doubt = float(np.sum(predicted.predicted_mean)), float(np.sum(predicted.se_mean))
    scatter = float(fit.pearson_chi2 / max(fit.df_resid, 1.0))
    wild = scatter > rule.overdispersion
    extra = mean**2 / len(now) * (scatter - 1.0) / float(np.mean(fit.fittedvalues)) if wild else 0.0
    variance = mean * shared[0] + doubt**2 * shared[1] + extra
    return _Expected(mean, variance, "negative binomial" if wild else "poisson")
