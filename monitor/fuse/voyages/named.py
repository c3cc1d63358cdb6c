"""Ships that AIS names and that go between two ports: where they were received, and which visits were theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.fuse.voyages.at_sea import UnderwayFix
from monitor.fuse.voyages.convergence import effective_size, split_r_hat
from monitor.fuse.voyages.filtering import log_known, sample_known
from monitor.fuse.voyages.motion import AT_A, AT_B, ELSEWHERE, EVERY_END, TO_A, TO_B, Motion
from monitor.fuse.voyages.odds import Odds, claimed, log_weights, on_grid
from monitor.fuse.voyages.pair import Pair, Shares
from monitor.fuse.voyages.paths import ShipPaths, joined
from monitor.fuse.voyages.received import Rates, Received, received
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sightings import Indices, Sightings, steps_of


@dataclass(frozen=True, slots=True, eq=False)
class NamedShip:
    """A ship that AIS names, its drawn paths between two ports, and whether AIS shows it in one of them.

    `r_hat` says how far the chains that drew them differ (`convergence.split_r_hat`), and `effective_draws` how many
    independent draws they are worth (`convergence.effective_size`).
    """

    mmsi: int
    paths: ShipPaths
    is_received: bool
    r_hat: float
    effective_draws: float


def between(
    ports: tuple[str, str],
    visits: pd.DataFrame,
    calls: pd.DataFrame,
    legs: pd.DataFrame | None,
    fixes: Collection[UnderwayFix],
    *,
    least: int,
) -> list[int]:
    """MMSI of the ships that may have gone between two ports.

    They have visits or calls at both, a leg on AIS, or were received on their way out and back.

    Parameters
    ----------
    ports : tuple of str
        Their ids.
    visits : VISITS table
    calls : PORT_CALLS table
    legs : VOYAGES table, optional
        From AIS.
    fixes : collection of UnderwayFix
    least : int
        How often at least a ship must have been received on its way, both ways together.
    """
    named = visits[visits["mmsi"].notna()]
    at = [
        {int(m) for m in (*named.loc[named["aoi_id"] == port, "mmsi"], *calls.loc[calls["port_id"] == port, "mmsi"])}
        for port in ports
    ]
    found = at[0] & at[1]
    out, back = (
        Counter(fix.mmsi for fix in fixes if (fix.from_port, fix.to_port) == way) for way in (ports, ports[::-1])
    )
    found |= {mmsi for mmsi in out if back[mmsi] and out[mmsi] + back[mmsi] >= least}
    if legs is not None and len(legs):
        mine = legs[legs["from_port"].isin(ports) & legs["to_port"].isin(ports) & legs["mmsi"].notna()]
        found |= {int(mmsi) for mmsi in mine["mmsi"]}
    return sorted(found)


def named_ships(
    pair: Pair,
    ships: Collection[int],
    *,
    positions: pd.DataFrame | None,
    calls: pd.DataFrame,
    fixes: Collection[UnderwayFix],
    places: Mapping[str, tuple[float, float]],
    zero: pd.Timestamp,
    rule: LinkRule,
) -> tuple[list[NamedShip], Shares]:
    """The paths of ships that AIS names, and the probability that each sighting is none of theirs.

    Parameters
    ----------
    pair : Pair
    ships : collection of int
        Their MMSI.
    positions : POSITIONS table, optional
        Where they were received.
    calls : PORT_CALLS table
        When they were in port.
    fixes : collection of UnderwayFix
        Those received on their way between ports.
    places : mapping of str to tuple
        Port id to longitude and latitude in degrees.
    zero : Timestamp
        From when the grid is counted.
    rule : LinkRule
    """
    own = positions[positions["mmsi"].isin(list(ships))] if positions is not None and len(ships) else None
    known: dict[int, _Known] = {}
    for mmsi in sorted(ships):
        on_air = received(
            mmsi,
            pair.ports,
            pair.steps,
            way_m=pair.way_m,
            positions=own,
            calls=calls,
            fixes=fixes,
            places=places,
            zero=zero,
            rule=rule,
        )
        is_named = on_air.in_port or any(bool((seen.mmsi == mmsi).any()) for seen in pair.seen)
        in_port = rule.received if is_named else 1.0 - rule.received
        rates = Rates(rule.received_at_sea, in_port, rule.received_elsewhere)
        known[mmsi] = _Known(on_air, rates, np.exp(-rule.hidden) if is_named else 1.0)
    chains = [_chain(pair, known, np.random.default_rng([rule.seed, n]), rule) for n in range(rule.chains)]
    found = {mmsi: joined([chain[mmsi] for chain in chains]) for mmsi in known}
    free = _free(pair, found.values(), rule.draws)
    made = []
    for mmsi, ship in found.items():
        crossings = [chain[mmsi].crossings for chain in chains]
        is_received = bool(known[mmsi].on_air.in_port)
        made.append(NamedShip(mmsi, ship, is_received, split_r_hat(crossings), effective_size(crossings)))
    return made, (free[0].mean(axis=0), free[1].mean(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What AIS says of a ship, how often it is received, and the odds that it lies at a berth namelessly."""

    on_air: Received
    usual: Rates
    hides: float


def _chain(pair: Pair, known: Mapping[int, _Known], rng: np.random.Generator, rule: LinkRule) -> dict[int, ShipPaths]:
    """The ships' paths, each drawn given the others' again and again."""
    found: dict[int, ShipPaths] = {}
    rows, silent = rule.draws // rule.chains, sum(ship.hides == 1.0 for ship in known.values())
    for n in range(rule.named_rounds):
        for mmsi in rng.permutation(list(known)).tolist():
            ship, before = known[mmsi], found.get(mmsi)
            free = _free(pair, [path for other, path in found.items() if other != mmsi], rows)
            habit = _habit(pair, before, rule)
            odds_ = ship.hides if before is not None else ship.hides / max(silent, 1)
            left = [_left(seen, share) for seen, share in zip(pair.seen, free, strict=True)]
            worth = (free[0] * habit[0] * odds_ / left[0], free[1] * habit[1] * odds_ / left[1])
            if n + rule.named_rounds_apart < rule.named_rounds:
                worth = (_on_average(worth[0]), _on_average(worth[1]))
            rates = ship.usual if before is None else _learnt(ship.usual, before, ship.on_air, rng, rule)
            of_rate = sum(share.mean() * odds.log_rate for share, odds in zip(left, pair.known, strict=True))
            found[mmsi] = _paths(
                pair, mmsi, ship.on_air.weight(rates), worth, of_rate, rng, rule, under_way=ship.on_air.under_way
            )
    return found


def _left(seen: Sightings, free: Floats) -> Floats:
    """(draws, 1) share of a port's nameless visits that are none of the other ships', one of them at least."""
    first = seen.is_first & (seen.mmsi == 0)
    return np.asarray(np.maximum(free[:, first].sum(axis=1, keepdims=True), 1.0) / max(int(first.sum()), 1))


def _learnt(usual: Rates, ship: ShipPaths, on_air: Received, rng: np.random.Generator, rule: LinkRule) -> Rates:
    """How often the ship is received, drawn by its paths and what is usual."""

    def share(places: tuple[int, ...], before: float) -> float:
        there = np.isin(ship.place, places)
        fixed, steps = float((there & on_air.steps).sum()) / len(there), float(there.sum()) / len(there)
        weight = rule.received_weight
        return float(rng.beta(fixed + weight * before, steps - fixed + weight * (1.0 - before)))

    return Rates(
        share((TO_A, TO_B), usual.at_sea), share((AT_A, AT_B), usual.in_port), share((ELSEWHERE,), usual.elsewhere)
    )


def _on_average(share: Floats) -> Floats:
    return np.broadcast_to(share.mean(axis=0), share.shape)


def _free(pair: Pair, ships: Iterable[ShipPaths], rows: int) -> Shares:
    """(rows, sightings) at A and B, whether each is none of these ships' in each draw."""
    a, b = (np.ones((rows, len(seen.visit))) for seen in pair.seen)
    for ship in ships:
        a, b = a * ~ship.at_a, b * ~ship.at_b
    return a, b


def _habit(pair: Pair, ship: ShipPaths | None, rule: LinkRule) -> Shares:
    """(draws, sightings) at A and B, how much likelier the ship lies at each one's berth than others do, by its own."""
    if ship is None:
        return np.ones((1, len(pair.seen[0].visit))), np.ones((1, len(pair.seen[1].visit)))
    found = []
    for seen, own in zip(pair.seen, (ship.at_a, ship.at_b), strict=True):
        berths = (seen.berth[:, None] == np.unique(seen.berth)[None, :]) * seen.share[:, None]
        usual = berths.sum(axis=0) / max(berths.sum(), 1.0)
        mine = own @ berths
        share = (mine + rule.habit * usual) / (mine.sum(axis=1, keepdims=True) + rule.habit)
        found.append((share / usual)[:, np.searchsorted(np.unique(seen.berth), seen.berth)])
    return found[0], found[1]


def _paths(
    pair: Pair,
    mmsi: int,
    known: Floats,
    free: Shares,
    of_rate: Floats,
    rng: np.random.Generator,
    rule: LinkRule,
    *,
    under_way: bool,
) -> ShipPaths:
    """A ship's drawn paths: as one that goes to and fro, as one that sails by one of the ports or by both, or seldom.

    A ship on the line between two ports may call at the one and go on to a place beyond the other; only what is seen in
    the other tells the two apart. Its habits, length and the rate of others are drawn by their evidence with what is
    free on average, each path with what is free in that draw.
    """
    claims = [
        _claims(seen, odds, share, mmsi, rule) for seen, odds, share in zip(pair.seen, pair.known, free, strict=True)
    ]
    moves, cases = pair.motion_named, len(pair.known[0].by_case)
    habits, before = _habits(moves, rule, under_way=under_way)
    total = (
        before[:, None]
        + np.tile(of_rate, len(pair.lengths))
        + log_known(moves, _weight(pair, known, [claim.mean(axis=0) for claim in claims], rule), habits)
    )
    share = np.exp(total - total.max()).ravel()
    rows = len(free[0])
    which, case = np.divmod(rng.choice(len(share), size=rows, p=share / share.sum()), cases)
    drawn = [claim[np.arange(rows), case] for claim in claims]
    path = sample_known(moves, _weight(pair, known, drawn, rule), habits[which], rng)
    place = moves.place[path]
    own = []
    for port, (seen, odds, claim) in enumerate(zip(pair.seen, pair.known, drawn, strict=True)):
        present = place[:, steps_of(seen, rule.motion.step_h, pair.steps)] == AT_A + port
        own.append(claimed(seen, odds, claim, present, rng))
    return ShipPaths(place, own[0], own[1])


def _habits(moves: Motion, rule: LinkRule, *, under_way: bool) -> tuple[Indices, Floats]:
    """The habits that a ship may have, and the log of the prior of each; one never on its way does not sail by."""
    kinds = [rule.prior_named, *[rule.prior_named if under_way else 0.0] * (len(EVERY_END) - 1)]
    prior = np.repeat([*kinds, 1.0 - sum(kinds)], len(moves.step) // (len(kinds) + 1))
    habits = np.flatnonzero(prior)
    return habits, np.log(prior[habits])


def _claims(seen: Sightings, odds: Odds, free: Floats, mmsi: int, rule: LinkRule) -> Floats:
    """(draws, cases, sightings) odds that each sighting is the ship's, which it is where AIS named it."""
    nameless = odds.by_case[None, :, :] * free[:, None, :]
    return np.where((seen.mmsi == mmsi)[None, None, :], np.exp(rule.matched), nameless)


def _weight(pair: Pair, known: Floats, claims: list[Floats], rule: LinkRule) -> Floats:
    """(rows, steps, places) log of how likely all that is known is."""
    made = np.repeat(known[None], len(claims[0]), axis=0)
    for port, (seen, odds, claim) in enumerate(zip(pair.seen, pair.known, claims, strict=True)):
        at = steps_of(seen, rule.motion.step_h, pair.steps)
        made[:, :, AT_A + port] += on_grid(log_weights(seen, odds, claim), at, pair.steps)
    return made
