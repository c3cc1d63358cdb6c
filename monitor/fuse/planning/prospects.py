"""Chances to see stays and legs, and the width of the interval of crossings, by set of satellites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.core.errors import DataError
from monitor.fuse.planning.crossings import Width, crossings_width
from monitor.fuse.planning.passes import FLEETS, Fleet, Site, passes_over
from monitor.fuse.planning.rule import PlanRule

_MONTH_H = 30.0 * 24.0


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one set of satellites would let one say.

    Attributes
    ----------
    satellites : str
        Their names.
    passes_per_month, clear_per_month : float
        Passes over the port in 30 days, and those that show it.
    seen : tuple of float
        Chance that a stay of each length of `PlanRule.stays_h` is seen.
    both_ends : float
        Chance that the stays at both ends of a leg are.
    crossings, crossings_width : float
        Crossings of the reckoned ship in a season, and the expected width of their 90 % interval.
    """

    satellites: str
    passes_per_month: float
    clear_per_month: float
    seen: tuple[float, ...]
    both_ends: float
    crossings: float
    crossings_width: float


def prospects(
    site: Site,
    partner: Site | None = None,
    *,
    stay_h: float = 24.0,
    passage_h: float | None = None,
    rule: PlanRule | None = None,
    width: Width | None = None,
) -> tuple[Prospect, ...]:
    """What Sentinel-2 alone, both Sentinels, and these with a daily constellation would let one say.

    Parameters
    ----------
    site : Site
        The port.
    partner : Site, optional
        The other end of a leg; a port like the first, with passes of its own, when not given.
    stay_h : float
        Time at each end of a leg, hours.
    passage_h : float, optional
        Time between the ends; the rule's when not given.
    rule : PlanRule, optional
    width : Width, optional
        What gives the width of the interval of crossings; `crossings_width` when not given.

    Raises
    ------
    DataError
        A time is not above 0, a stay and a passage take longer than `PlanRule.slowest_d`, or a stay than the season.
    """
    rule, passage = rule or PlanRule(), (rule or PlanRule()).passage_h if passage_h is None else passage_h
    if not (stay_h > 0.0 and passage > 0.0 and (stay_h + passage) / 24.0 < rule.slowest_d):
        raise DataError(
            f"a stay of {stay_h:g} h and a passage of {passage:g} h: both must be above 0 and together below "
            f"{rule.slowest_d:g} days; give a shorter stay"
        )
    longest = max(*rule.stays_h, stay_h) / 24.0
    if rule.season_d <= longest:
        raise DataError(f"a season of {rule.season_d:g} days: give one that is longer than {longest:g} days")
    return tuple(
        _prospect(FLEETS[:number], (site, partner or site), stay_h, passage, rule, width or crossings_width)
        for number in range(1, len(FLEETS) + 1)
    )


def _prospect(
    fleets: Sequence[Fleet], sites: tuple[Site, Site], stay_h: float, passage_h: float, rule: PlanRule, width: Width
) -> Prospect:
    season = 24.0 * rule.season_d
    hours = np.arange(0.0, season - max(*rule.stays_h, stay_h), 1.0)
    made = []
    for draw in range(rule.draws):
        here, there = (
            passes_over(fleets, site, np.random.default_rng([rule.seed, draw, n]), rule) for n, site in enumerate(sites)
        )
        months = season / _MONTH_H
        ends = [float(end.seen(hours, hours + stay_h).mean()) for end in (here[0], there[0])]
        seen = [float(here[0].seen(hours, hours + each).mean()) for each in rule.stays_h]
        wide = width(here[0], there[0], stay_h, passage_h, rule)
        made.append([len(here[0].at_h) / months, here[1] / months, ends[0] * ends[1], wide, *seen])
    passes, clear, both, wide, *seen = (float(value) for value in np.mean(made, axis=0))
    names = [fleet.name for fleet in fleets]
    return Prospect(" + ".join(names), passes, clear, tuple(seen), both, rule.season_d / rule.crossing_d, wide)
