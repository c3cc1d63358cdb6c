"""Drawn paths of the nameless ships between two ports, each with a liking for its own berths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.core.arrays import Floats
from monitor.fuse.voyages.nameless.evidence import Evidence, odds_of
from monitor.fuse.voyages.nameless.moments import moments
from monitor.fuse.voyages.nameless.shown import Visit, shown
from monitor.fuse.voyages.nameless.sums import sample_paths
from monitor.fuse.voyages.pair import Pair, Shares
from monitor.fuse.voyages.paths import ShipPaths
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sightings import Flags


def draw(pair: Pair, known: Evidence, *, free: Shares | None = None, rule: LinkRule) -> list[list[ShipPaths]]:
    """Paths of the nameless ships, if there are any: by number of ships (one, two), those of each ship.

    Parameters
    ----------
    pair : Pair
    known : Evidence
        Of this pair.
    free : tuple of array, optional
        As for `evidence`.
    rule : LinkRule
        How many draws, how often each is drawn given the berths that its ship likes, and the seed.
    """
    rng = np.random.default_rng(rule.seed)
    odds = odds_of(pair, rule)
    observations, visits = shown(pair, odds, free=free, at_b=None, rule=rule)
    seen = moments(pair.motion, observations, len(odds[0].first), again=rule.sightings.again)
    whole = sum(float(share.sum()) for share in known.weight)
    found: list[list[ShipPaths]] = []
    for share, cases in zip(known.weight, known.cases, strict=True):
        ships, count = len(cases), round(float(rule.draws * share.sum() / whole))
        if not count:
            found.append([])
            continue
        flat = rng.choice(share.size, size=count, p=(share / share.sum()).ravel())
        stays, which = np.unravel_index(flat, share.shape)
        liked = np.ones((ships, count, len(visits)))
        for _ in range(rule.rounds):
            path, held = sample_paths(pair.motion, seen, stays, cases[:, which], liked=liked, steps=pair.steps, rng=rng)
            liked = _liked(pair, visits, held, rng, rule)
        place, own = pair.motion.place[path], _own(pair, visits, held)
        found.append(_aligned([ShipPaths(place[n], own[0][n], own[1][n]) for n in range(ships)]))
    return found


def _liked(pair: Pair, visits: Sequence[Visit], held: Flags, rng: np.random.Generator, rule: LinkRule) -> Floats:
    """(ships, rows, visits) how much likelier each ship lies at each visit's berth than others, drawn by its own."""
    made = np.ones(held.shape)
    for port, seen in enumerate(pair.seen):
        mine = [n for n, visit in enumerate(visits) if visit.port == port]
        berth = np.unique([seen.berth[visits[n].sightings[0]] for n in mine], return_inverse=True)[1]
        usual = np.bincount(berth) / len(berth)
        counts = held[:, :, mine].astype(np.float64) @ (berth[:, None] == np.arange(len(usual)))
        drawn = rng.standard_gamma(counts + rule.habit * usual)
        made[:, :, mine] = (drawn / drawn.sum(axis=2, keepdims=True) / usual)[:, :, berth]
    return np.maximum(made, np.finfo(np.float32).tiny)


def _own(pair: Pair, visits: Sequence[Visit], held: Flags) -> tuple[Flags, Flags]:
    """(ships, rows, sightings) at A and B, which sightings are of each ship's visits."""
    a, b = (np.zeros((*held.shape[:2], len(seen.visit)), dtype=np.bool_) for seen in pair.seen)
    for n, visit in enumerate(visits):
        (a, b)[visit.port][:, :, visit.sightings] = held[:, :, n, None]
    return a, b


def _aligned(ships: list[ShipPaths]) -> list[ShipPaths]:
    """Two ships' draws with the names of the two exchanged where that makes each ship's draws more alike."""
    if len(ships) < 2:
        return ships
    one, other = (np.concatenate([ship.at_a, ship.at_b], axis=1).astype(np.float64) for ship in ships)
    swap = np.zeros(len(one), dtype=np.bool_)
    for n in range(1, len(one)):
        usual = [np.where(swap[:n, None], b[:n], a[:n]).mean(axis=0) for a, b in ((one, other), (other, one))]
        swap[n] = usual[0] @ other[n] + usual[1] @ one[n] > usual[0] @ one[n] + usual[1] @ other[n]
    return [ships[0].mixed(ships[1], swap), ships[1].mixed(ships[0], swap)]
