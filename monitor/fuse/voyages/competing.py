"""Nameless ships between many ports: what several pairs of ports would explain is explained by one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

from monitor.core.arrays import Floats
from monitor.fuse.voyages.pairs import Evidence, Pair, Shares, draw, evidence
from monitor.fuse.voyages.paths import ShipPaths
from monitor.fuse.voyages.rules import LinkRule


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """A pair of ports between which nameless ships may go to and fro.

    Attributes
    ----------
    pair : Pair
    known : Evidence
        Its probability is that against no such ship, and against the pairs that would explain the same visits.
    drawn : list of list of ShipPaths
        As `pairs.draw` gives them.
    """

    pair: Pair
    known: Evidence
    drawn: list[list[ShipPaths]]


def explained(pairs: Sequence[tuple[Pair, Shares]], *, prior: float, rule: LinkRule) -> Iterator[Explained]:
    """The pairs of ports with nameless ships, the likeliest first.

    Parameters
    ----------
    pairs : sequence of tuple
        Each with what `named.named_ships` left free of its sightings.
    prior : float
        Probability of each pair before any evidence.
    rule : LinkRule
        Pairs below its least link are left out.

    Notes
    -----
    A visit belongs to one ship. So a pair is weighed against the less likely ones that share a port with it, as other
    explanations of the same visits; and these are weighed again without the visits that it has explained, each as far
    as it did.
    """
    alone = [evidence(pair, prior=prior, free=free, rule=rule) for pair, free in pairs]
    order = [k for k in np.argsort([-known.log_factor for known in alone], kind="stable") if _counts(alone[k], rule)]
    left: dict[str, Floats] = {}
    for place, k in enumerate(order):
        pair, free = pairs[k]
        rest = [share * left.get(port, 1.0) for port, share in zip(pair.ports, free, strict=True)]
        shared = any(port in left for port in pair.ports)
        known = evidence(pair, prior=prior, free=(rest[0], rest[1]), rule=rule) if shared else alone[k]
        rivals = [alone[j].log_factor for j in order[place + 1 :] if set(pairs[j][0].ports) & set(pair.ports)]
        known = replace(known, probability=_among(known, rivals, prior))
        if not _counts(known, rule):
            continue
        drawn = draw(pair, known, free=(rest[0], rest[1]), rule=rule)
        for n, port in enumerate(pair.ports):
            left[port] = left.get(port, 1.0) * (1.0 - known.probability * _own(drawn, n))
        yield Explained(pair, known, drawn)


def _counts(known: Evidence, rule: LinkRule) -> bool:
    return known.probability >= rule.least_link


def _among(known: Evidence, rivals: Collection[float], prior: float) -> float:
    """Posterior probability of a pair among none and its rivals, by their log Bayes factors."""
    others = np.log1p(np.exp(np.asarray([*rivals, -np.inf]) + logit(prior)).sum())
    return float(expit(known.log_factor + logit(prior) - others))


def _own(drawn: Sequence[Sequence[ShipPaths]], port: int) -> Floats:
    """(sightings,) share of the draws in which each sighting at A (0) or at B (1) was one of the ships'."""
    found = [np.any([(ship.at_a, ship.at_b)[port] for ship in ships], axis=0) for ships in drawn if ships]
    return np.asarray(np.concatenate(found).mean(axis=0))
