"""How well passes would tell how often a ship crossed between two ports.

`crossings_width` is a bound from below: it takes each stay that was seen as known to be the ship's.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from monitor.core.arrays import Floats
from monitor.fuse.planning.passes import Passes
from monitor.fuse.planning.rule import PlanRule

_FEWEST = 20
"""Ships with a like count that an interval rests on at least."""

Width = Callable[[Passes, Passes, float, float, PlanRule], float]
"""What gives the width of the interval of crossings: passes at both ports, hours of a stay and of a passage."""


def crossings_width(here: Passes, there: Passes, stay_h: float, passage_h: float, rule: PlanRule) -> float:
    """Expected width of the 90 % interval of how often a ship crossed in a season.

    Parameters
    ----------
    here, there : Passes
        Over the two ports.
    stay_h, passage_h : float
        Times of a stay and of a passage, hours.
    rule : PlanRule
        The season, the ship, and what is thought possible beforehand.

    Notes
    -----
    Ships are made that cross every so many days, from as often as stay and passage allow to as seldom as the rule does,
    evenly on a log scale; of each, the stays that passes show are counted. The interval is that of the crossings of the
    ships with a like count, the width its mean over counts of ships that cross as the rule says.
    """
    random = np.random.default_rng(rule.seed)
    least_d = (stay_h + passage_h) / 24.0
    each_d = np.exp(random.uniform(np.log(least_d), np.log(rule.slowest_d), rule.ships))
    crossed, shown = _ships(here, there, np.append(each_d, np.full(rule.ships // 10, rule.crossing_d)), stay_h, rule)
    known, counts = crossed[: rule.ships], shown[: rule.ships]
    widths = []
    for count in shown[rule.ships :]:
        gap = np.abs(counts - count)
        low, high = np.quantile(known[gap <= np.partition(gap, _FEWEST)[_FEWEST]], (0.05, 0.95))
        widths.append(high - low)
    return float(np.mean(widths))


def _ships(here: Passes, there: Passes, each_d: Floats, stay_h: float, rule: PlanRule) -> tuple[Floats, Floats]:
    """Crossings of ships that cross every so many days, and how many of their stays passes show."""
    random, season = np.random.default_rng([rule.seed, 2]), 24.0 * rule.season_d
    most = int(np.ceil(2.0 * rule.season_d / each_d.min())) + 4
    spare = np.maximum(24.0 * each_d - stay_h, 0.0)[:, None]
    between = stay_h + spare * random.uniform(0.5, 1.5, (len(each_d), most))
    arrived = np.cumsum(between, axis=1) - between[:, :1] * random.uniform(size=(len(each_d), 1))
    inside = arrived < season
    at_first = (np.arange(most) + random.integers(2, size=(len(each_d), 1))) % 2 == 0
    ends = np.minimum(arrived + stay_h, season)
    chance = np.where(at_first, here.seen(arrived, ends), there.seen(arrived, ends))
    shown = inside & (random.uniform(size=chance.shape) < chance)
    return np.maximum(inside.sum(axis=1) - 1, 0).astype(float), shown.sum(axis=1).astype(float)
