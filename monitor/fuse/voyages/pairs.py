"""Whether nameless ships go to and fro between two ports: the evidence for one and for two, and against chance.

The null is made by the ports themselves: one port's observations are moved in time, all else kept, so that each port
keeps its ships, their lengths and how regularly they come, and only what links the two ports is lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, logsumexp

from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.fuse.voyages.filtering import log_evidence, sample_paths
from monitor.fuse.voyages.motion import AT_A, Motion, motion
from monitor.fuse.voyages.paths import ShipPaths
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sightings import Odds, Sightings, claimed, log_weights, odds, on_grid, steps_of

Shares = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two ports, what was seen in each, and how a ship moves between them.

    Attributes
    ----------
    seen : tuple of Sightings
        At A and at B.
    known : tuple of Odds
        What they say of a ship of each length.
    motion, motion_named : Motion
        Of a shuttle, and of a ship that AIS names.
    lengths : array of float
        (lengths,) natural logs of metres.
    steps : int
        Length of the grid.
    """

    seen: tuple[Sightings, Sightings]
    known: tuple[Odds, Odds]
    motion: Motion
    motion_named: Motion
    lengths: Floats
    steps: int

    @property
    def ports(self) -> tuple[str, str]:
        """Their ids."""
        return self.seen[0].port, self.seen[1].port


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
    weight : array of float
        (ships, stays, cases) posterior weight of each number of ships, pair of mean stays, length and rate of others.
    """

    log_factor: float
    by_chance: float
    probability: float
    two: float
    weight: Floats


def pair_of(seen: tuple[Sightings, Sightings], *, way_m: float, steps: int, rule: LinkRule) -> Pair:
    """The model of two ports.

    Parameters
    ----------
    seen : tuple of Sightings
        Of the two.
    way_m : float
        Distance by water.
    steps : int
        Length of the grid.
    rule : LinkRule
    """
    nmi, numbers = way_m / METRES_PER_NAUTICAL_MILE, rule.sightings
    lengths = np.concatenate([port.log_length[port.mmsi == 0] for port in seen])
    known = lengths[np.isfinite(lengths)]
    grid = np.linspace(known.min(), known.max(), numbers.length_steps) if len(known) else np.log([numbers.typical_m])
    return Pair(
        seen,
        (odds(seen[0], grid, numbers), odds(seen[1], grid, numbers)),
        motion(nmi / rule.fastest_kn, nmi / rule.usual_kn, (rule.motion.elsewhere,), rule.motion),
        motion(nmi / rule.fastest_kn, nmi / rule.usual_kn, rule.motion.elsewhere_named, rule.motion),
        grid,
        steps,
    )


def _claims(pair: Pair, free: Shares | None) -> Shares:
    """(cases, sightings) at A and B: by length and rate of others, less what is another ship's."""
    made = [known.by_case for known in pair.known]
    if free is not None:
        made = [claim * share[None, :] for claim, share in zip(made, free, strict=True)]
    return made[0], made[1]


def _weights(pair: Pair, claims: Shares) -> Shares:
    """(2, cases, observations) at A and B."""
    both = zip(pair.seen, pair.known, claims, strict=True)
    made = [log_weights(seen, known, claim) for seen, known, claim in both]
    return made[0], made[1]


def _gridded(pair: Pair, claims: Shares, rule: LinkRule) -> Shares:
    """(2, cases, steps) at A and B."""
    both = zip(_weights(pair, claims), pair.seen, strict=True)
    made = [on_grid(weight, steps_of(seen, rule.motion.step_h, pair.steps), pair.steps) for weight, seen in both]
    return made[0], made[1]


def _moved(pair: Pair, rule: LinkRule) -> tuple[list[npt.NDArray[np.int64]], Floats]:
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
        nameless ship, or the null is not needed to tell that there is none.
    """
    claims = _claims(pair, free)
    rates = sum(known.log_rate for known in pair.known)
    log_rate = np.tile(np.asarray(rates), len(pair.lengths))
    none = Evidence(-np.inf, 0.0, 0.0, 0.0, np.zeros((2, len(pair.motion.step), len(log_rate))))
    enough = pair.steps * rule.motion.step_h >= 4.0 * 24.0 * rule.least_shift_days
    if not all((seen.mmsi == 0).any() for seen in pair.seen) or not enough:
        return none
    at_a, at_b = _gridded(pair, claims, rule)
    plain = _log_evidence(pair, at_a, at_b[:, :, None], log_rate)
    here = float(_total(plain)[0])
    if expit(logit(prior) + here) < rule.negligible:
        return none
    seen_b, (moved, share) = _weights(pair, claims)[1], _moved(pair, rule)
    others = np.stack([on_grid(seen_b, at, pair.steps) for at in moved], axis=2)
    nulls = _total(_log_evidence(pair, at_a, others, log_rate))
    null = _null(float(logsumexp(nulls, b=share)), rule)
    weight = np.exp(plain[:, :, :, 0] - logsumexp(plain))
    by_chance = float(expit(logit(prior) + nulls - null) @ share)
    factor = here - null
    return Evidence(factor, by_chance, float(expit(logit(prior) + factor)), float(weight[1].sum()), weight)


def _null(moved: float, rule: LinkRule) -> float:
    """Log evidence of the null: ships that come once (0), or ports whose ships are unrelated."""
    return float(np.logaddexp(np.log1p(-rule.mixed_null), np.log(rule.mixed_null) + moved))


def _log_evidence(pair: Pair, at_a: Floats, at_b: Floats, log_rate: Floats) -> Floats:
    """(ships, stays, cases, nulls) log evidence; A's weights are (2, cases, steps), B's (2, cases, nulls, steps)."""
    _, cases, count, steps = at_b.shape
    a = np.repeat(at_a[:, :, None], count, axis=2).reshape(2, -1, steps)
    b = at_b.reshape(2, -1, steps)
    made = [log_evidence(pair.motion, a[:ships], b[:ships]).reshape(-1, cases, count) for ships in (1, 2)]
    return np.asarray(np.array(made) + log_rate[None, None, :, None])


def _total(log_z: Floats) -> Floats:
    """(shifts,) log evidence over numbers of ships, stays, lengths and rates, each as likely as the others."""
    return np.asarray(logsumexp(log_z, axis=(0, 1, 2)) - np.log(np.prod(log_z.shape[:3])))


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
        How many draws, and the seed.
    """
    rng = np.random.default_rng(rule.seed)
    claims = _claims(pair, free)
    found: list[list[ShipPaths]] = []
    for ships in (1, 2):
        share = known.weight[ships - 1]
        count = round(float(rule.draws * share.sum() / known.weight.sum()))
        if not count:
            found.append([])
            continue
        flat = rng.choice(share.size, size=count, p=(share / share.sum()).ravel())
        stays, cases = np.unravel_index(flat, share.shape)
        mine = (claims[0][cases], claims[1][cases])
        at_a, at_b = _gridded(pair, mine, rule)
        path = sample_paths(pair.motion, at_a[:ships], at_b[:ships], stays, rng)
        place = pair.motion.place[path]
        own = [
            claimed(seen, odds_, claim, _present(place, port, seen, pair, rule), rng)
            for port, (seen, odds_, claim) in enumerate(zip(pair.seen, pair.known, mine, strict=True))
        ]
        found.append(_aligned([ShipPaths(place[n], own[0][n], own[1][n]) for n in range(ships)]))
    return found


def _present(
    place: npt.NDArray[np.int64], port: int, seen: Sightings, pair: Pair, rule: LinkRule
) -> npt.NDArray[np.bool_]:
    """(ships, rows, observations) whether each ship was in a port when it was observed."""
    return np.asarray(place[:, :, steps_of(seen, rule.motion.step_h, pair.steps)] == AT_A + port)


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
