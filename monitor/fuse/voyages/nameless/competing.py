"""Nameless ships between many ports: what several pairs of ports would explain is explained by one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logit

from monitor.core.arrays import Floats
from monitor.fuse.voyages.nameless.drawing import draw
from monitor.fuse.voyages.nameless.evidence import Evidence, evidence
from monitor.fuse.voyages.pair import Pair, Shares
from monitor.fuse.voyages.paths import ShipPaths
from monitor.fuse.voyages.rules import LinkRule


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A pair of ports, how free each sighting is of ships that AIS names, and the evidence for nameless ships in it."""

    pair: Pair
    free: Shares
    alone: Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """A pair of ports between which nameless ships may go to and fro.

    Attributes
    ----------
    pair : Pair
    known : Evidence
        Its probability is that against no such ship, and against the pairs that would explain the same visits.
    drawn : list of list of ShipPaths
        As `drawing.draw` gives them.
    """

    pair: Pair
    known: Evidence
    drawn: list[list[ShipPaths]]


def explained(pairs: Sequence[Weighed], *, prior: float, rule: LinkRule) -> Iterator[Explained]:
    """The pairs of ports with nameless ships, the likeliest first.

    Parameters
    ----------
    pairs : sequence of Weighed
    prior : float
        Probability of each pair before any evidence.
    rule : LinkRule
        Pairs below its least link are left out.

    Notes
    -----
    A visit belongs to one ship. So pairs that share a port are weighed against one another as explanations of the same
    visits, by their odds; and a pair that is less likely than another is weighed once more without the visits that the
    other explains, for there may be ships between both.
    """
    log_odds = np.array([one.alone.log_factor for one in pairs]) + logit(prior)
    left: dict[str, Floats] = {}
    sure: dict[str, float] = {}
    for k in np.argsort(-log_odds, kind="stable"):
        pair, free, alone = pairs[k].pair, pairs[k].free, pairs[k].alone
        if not _counts(alone, rule):
            continue
        sharing = [n for n, other in enumerate(pairs) if set(other.pair.ports) & set(pair.ports)]
        known = replace(alone, probability=float(np.exp(log_odds[k] - np.logaddexp.reduce([0.0, *log_odds[sharing]]))))
        taken = max(sure.get(port, 0.0) for port in pair.ports)
        if taken:
            rest = _less(pair, free, left)
            beside = evidence(pair, prior=prior, free=rest, rule=rule)
            both = known.probability + taken * beside.probability
            if taken * beside.probability > known.probability:
                known, free = beside, rest
            known = replace(known, probability=min(both, 1.0))
        if not _counts(known, rule):
            continue
        drawn = draw(pair, known, free=free, rule=rule)
        for n, port in enumerate(pair.ports):
            left[port] = left.get(port, 1.0) * (1.0 - _own(drawn, n))
            sure[port] = min(sure.get(port, 0.0) + known.probability, 1.0)
        yield Explained(pair, known, drawn)


def _counts(known: Evidence, rule: LinkRule) -> bool:
    return known.probability >= rule.least_link


def _less(pair: Pair, free: Shares, left: Mapping[str, Floats]) -> Shares:
    """What is free of a pair's sightings without those that other pairs explain."""
    a, b = (share * left.get(port, 1.0) for port, share in zip(pair.ports, free, strict=True))
    return a, b


def _own(drawn: Sequence[Sequence[ShipPaths]], port: int) -> Floats:
    """(sightings,) share of the draws in which each sighting at A (0) or at B (1) was one of the ships'."""
    found = [np.any([(ship.at_a, ship.at_b)[port] for ship in ships], axis=0) for ships in drawn if ships]
    return np.asarray(np.concatenate(found).mean(axis=0))
