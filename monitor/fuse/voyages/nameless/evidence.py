"""Whether nameless ships go to and fro between two ports: the evidence for one and for two, and against chance.

The null is made by the ports themselves: one port's observations are moved in time, all else kept, so that each port
keeps its ships, their lengths and how regularly they come, and only what links the two ports is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit, logsumexp

from monitor.core.arrays import Floats
from monitor.core.schema import Column, Schema
from monitor.fuse.voyages.nameless.moments import moments
from monitor.fuse.voyages.nameless.odds import VisitOdds, visit_odds
from monitor.fuse.voyages.nameless.shown import shown
from monitor.fuse.voyages.nameless.sums import log_evidence
from monitor.fuse.voyages.pair import Pair, Shares
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sightings import Indices


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the observations say of nameless ships that go to and fro.

    Attributes
    ----------
    log_factor : float
        Natural log of the Bayes factor for such ships against the null.
    by_chance : float
        Mean probability that the moved ports would be given: what unrelated ports give.
    probability : float
        Posterior probability that there is such a ship.
    two : float
        Probability that there are two, if there is one.
    weight : tuple of array of float
        For one ship and for two, (stays, cases) posterior weight of each pair of mean stays and case.
    cases : tuple of array of int
        For one ship and for two, (ships, cases) the length of each ship, and the rate of others, in each case.
    """

    log_factor: float
    by_chance: float
    probability: float
    two: float
    weight: tuple[Floats, ...]
    cases: tuple[Indices, ...]


NONE = Evidence(-np.inf, 0.0, 0.0, 0.0, (), ())
"""Of two ports that show no such ship, or that were observed too briefly."""

EVIDENCE = Schema(
    "evidence",
    "A number of an `Evidence`: one of its own, or one of its arrays.",
    {
        "what": Column("str", "", "The attribute."),
        "ships": Column("int64", "", "Of an array, for how many ships it is; else 0."),
        "row": Column("int64", "", "Of an array; else 0."),
        "col": Column("int64", "", "Of an array; else 0."),
        "value": Column("float64", "", "The number."),
    },
    ("what", "ships", "row", "col"),
)
_NUMBERS = ("log_factor", "by_chance", "probability", "two")


def evidence_table(known: Evidence) -> pd.DataFrame:
    """EVIDENCE: an `Evidence` as rows."""
    numbers = pd.DataFrame({"what": _NUMBERS, "value": [getattr(known, name) for name in _NUMBERS]})
    rows = [numbers.assign(ships=0, row=0, col=0)]
    for what, arrays in (("weight", known.weight), ("cases", known.cases)):
        for ships, array in enumerate(arrays, 1):
            row, col = np.indices(array.shape)
            values = array.ravel().astype(np.float64)
            rows.append(
                pd.DataFrame({"what": what, "ships": ships, "row": row.ravel(), "col": col.ravel(), "value": values})
            )
    return EVIDENCE.conform(pd.concat(rows, ignore_index=True))


def evidence_of(table: pd.DataFrame) -> Evidence:
    """The `Evidence` of EVIDENCE rows.

    Parameters
    ----------
    table : EVIDENCE table
        As `evidence_table` gives it.
    """
    arrays: dict[str, list[Floats]] = {"weight": [], "cases": []}
    for (what, _), group in table[table["ships"] > 0].groupby(["what", "ships"], sort=True):
        shape = (int(group["row"].max()) + 1, int(group["col"].max()) + 1)
        arrays[str(what)].append(group["value"].to_numpy(np.float64).reshape(shape))
    numbers = table[table["ships"] == 0].set_index("what")["value"]
    cases = tuple(array.astype(np.int64) for array in arrays["cases"])
    return Evidence(
        log_factor=float(numbers["log_factor"]),
        by_chance=float(numbers["by_chance"]),
        probability=float(numbers["probability"]),
        two=float(numbers["two"]),
        weight=tuple(arrays["weight"]),
        cases=cases,
    )


def _moved(pair: Pair, rule: LinkRule) -> tuple[list[Indices], Floats]:
    """For each null, the (observations,) steps of B's observations, and its share of the null.

    Half of them are moved in time, and what runs over one end comes in at the other; half are stretched or compressed
    as well, so that two ports are not taken for unrelated only because one ship sails as regularly as a clock.
    """
    least = rule.least_shift_days * 24.0 / rule.motion.step_h
    shifts = np.linspace(least, pair.steps - least, rule.shifts)
    factors = np.where(np.arange(rule.shifts) % 2, np.resize(rule.stretched, rule.shifts), 1.0)
    at = pair.seen[1].hours / rule.motion.step_h
    moved = [
        ((at * factor + shift) % pair.steps).astype(np.int64) for factor, shift in zip(factors, shifts, strict=True)
    ]
    share = np.where(factors == 1.0, rule.rigid, 1.0 - rule.rigid)
    return moved, share / share.sum()


def evidence(pair: Pair, *, prior: float, free: Shares | None = None, rule: LinkRule) -> Evidence:
    """The evidence for nameless ships that go to and fro between two ports.

    Parameters
    ----------
    pair : Pair
    prior : float
        Probability before any evidence.
    free : tuple of array, optional
        (sightings,) at A and B, the probability that each is no ship's that AIS names.
    rule : LinkRule
        How often, and by how much at least, a port is moved.

    Returns
    -------
    Evidence
        Of probability 0, and not judged, where the season is too short to move a port's observations, a port shows no
        nameless ship, or no more of the null is needed to tell that there is none: each move can but lower the
        probability.
    """
    enough = pair.steps * rule.motion.step_h >= 4.0 * 24.0 * rule.least_shift_days
    if not enough or not may_be(pair):
        return NONE
    known = odds_of(pair, rule)
    plain, cases = _log_evidence(pair, known, free, None, rule)
    here = _total(plain)
    if expit(logit(prior) + here) < rule.negligible:
        return NONE
    moved, share = _moved(pair, rule)
    nulls, null = np.full(len(moved), -np.inf), 0.0
    for n, at in enumerate(moved):
        nulls[n] = _total(_log_evidence(pair, known, free, at, rule)[0])
        null = _null(float(logsumexp(nulls, b=share)), rule)
        if expit(logit(prior) + here - null) < rule.negligible:
            return NONE
    weight = tuple(np.exp(part - here) / 2.0 for part in plain)
    by_chance = float(expit(logit(prior) + nulls - null) @ share)
    factor = here - null
    return Evidence(factor, by_chance, float(expit(logit(prior) + factor)), float(weight[1].sum()), weight, cases)


def may_be(pair: Pair) -> bool:
    """Whether both ports show a nameless ship, without which there is nothing to weigh."""
    return all(bool((seen.mmsi == 0).any()) for seen in pair.seen)


def odds_of(pair: Pair, rule: LinkRule) -> tuple[VisitOdds, VisitOdds]:
    """What the visits at A and at B say of a ship of each length.

    Parameters
    ----------
    pair : Pair
    rule : LinkRule
    """
    a, b = (visit_odds(seen, pair.lengths, rule.sightings) for seen in pair.seen)
    return a, b


def _null(moved: float, rule: LinkRule) -> float:
    """Log evidence of the null: ships that come once (0), or ports whose ships are unrelated."""
    return float(np.logaddexp(np.log1p(-rule.mixed_null), np.log(rule.mixed_null) + moved))


def _log_evidence(
    pair: Pair, known: tuple[VisitOdds, VisitOdds], free: Shares | None, at_b: Indices | None, rule: LinkRule
) -> tuple[tuple[Floats, ...], tuple[Indices, ...]]:
    """For one ship and for two, (stays, cases) log evidence with the prior of each, and (ships, cases) cases."""
    rates, habits = len(known[0].log_rate), len(pair.motion.step)
    count = len(pair.lengths) * rates
    seen = moments(
        pair.motion, shown(pair, known, free=free, at_b=at_b, rule=rule)[0], count, again=rule.sightings.again
    )
    single, double = np.arange(count)[None], np.array(np.triu_indices(count))
    double = double[:, double[0] % rates == double[1] % rates]
    prior = known[0].log_rate + known[1].log_rate - np.log(habits * count)
    one = log_evidence(pair.motion, seen, single) + prior[single[0] % rates]
    orders = np.where(double[0] == double[1], 1.0, 2.0)
    two = log_evidence(pair.motion, seen, double) + prior[double[0] % rates] + np.log(orders / len(pair.lengths))
    return (one, two), (single, double)


def _total(log_z: Sequence[Floats]) -> float:
    """Log evidence of one ship or two, each as likely."""
    return float(np.logaddexp(*(logsumexp(part) for part in log_z)) - np.log(2.0))
