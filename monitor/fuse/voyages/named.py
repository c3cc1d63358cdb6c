"""Ships that AIS names and that go between two ports: where they were received, and which visits were theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.fuse.voyages.at_sea import UnderwayFix
from monitor.fuse.voyages.filtering import sample_known
from monitor.fuse.voyages.motion import AT_A
from monitor.fuse.voyages.pairs import Pair, Shares
from monitor.fuse.voyages.paths import ShipPaths
from monitor.fuse.voyages.received import PLACES, Rates, Received, received
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sightings import claimed, log_weights, on_grid, steps_of


@dataclass(frozen=True, slots=True, eq=False)
class NamedShip:
    """A ship that AIS names, and its drawn paths between two ports."""

    mmsi: int
    paths: ShipPaths


def between(
    ports: tuple[str, str],
    visits: pd.DataFrame,
    calls: pd.DataFrame,
    legs: pd.DataFrame | None,
    fixes: Collection[UnderwayFix],
) -> list[int]:
    """MMSI of the ships that may have gone between two ports.

    They have visits or calls at both, a leg on AIS, or were received on their way more than once.

    Parameters
    ----------
    ports : tuple of str
        Their ids.
    visits : VISITS table
    calls : PORT_CALLS table
    legs : VOYAGES table, optional
        From AIS.
    fixes : collection of UnderwayFix
    """
    named = visits[visits["mmsi"].notna()]
    at = [
        {int(m) for m in (*named.loc[named["aoi_id"] == port, "mmsi"], *calls.loc[calls["port_id"] == port, "mmsi"])}
        for port in ports
    ]
    found = at[0] & at[1]
    under_way = Counter(fix.mmsi for fix in fixes if {fix.from_port, fix.to_port} == set(ports))
    found |= {mmsi for mmsi, times in under_way.items() if times > 1}
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
    rng = np.random.default_rng(rule.seed)
    own = positions[positions["mmsi"].isin(list(ships))] if positions is not None and len(ships) else None
    on_air: dict[int, Received] = {}
    hides: dict[int, float] = {}
    rates: dict[int, Rates] = {}
    for mmsi in sorted(ships):
        on_air[mmsi] = received(
            mmsi, pair.ports, pair.steps, positions=own, calls=calls, fixes=fixes, places=places, zero=zero, rule=rule
        )
        is_named = on_air[mmsi].in_port or any(bool((seen.mmsi == mmsi).any()) for seen in pair.seen)
        rates[mmsi] = Rates(
            rule.received_at_sea, rule.received if is_named else 1.0 - rule.received, rule.received_elsewhere
        )
        hides[mmsi] = np.exp(-rule.hidden) if is_named else 1.0
    found: dict[int, ShipPaths] = {}
    for _ in range(rule.named_rounds):
        for mmsi, fixes_ in on_air.items():
            free = _free(pair, [ship for other, ship in found.items() if other != mmsi])
            habit = _habit(pair, found.get(mmsi), rule)
            worth = (free[0] * habit[0] * hides[mmsi], free[1] * habit[1] * hides[mmsi])
            found[mmsi] = _paths(pair, mmsi, fixes_.weight(rates[mmsi]), worth, rng, rule)
    return [NamedShip(mmsi, ship) for mmsi, ship in found.items()], _free(pair, found.values())


def _free(pair: Pair, ships: Iterable[ShipPaths]) -> Shares:
    """(sightings,) at A and B, the probability that each is none of these ships'."""
    a, b = (np.ones(len(seen.visit)) for seen in pair.seen)
    for ship in ships:
        a, b = a * (1.0 - ship.at_a.mean(axis=0)), b * (1.0 - ship.at_b.mean(axis=0))
    return a, b


def _habit(pair: Pair, ship: ShipPaths | None, rule: LinkRule) -> Shares:
    """(sightings,) at A and B, how much likelier the ship lies at each one's berth than others do, from its own."""
    if ship is None:
        return np.ones(len(pair.seen[0].visit)), np.ones(len(pair.seen[1].visit))
    found = []
    for seen, own in zip(pair.seen, (ship.at_a, ship.at_b), strict=True):
        usual = np.bincount(seen.berth, weights=seen.share, minlength=1)
        mine = np.bincount(seen.berth, weights=seen.share * own.mean(axis=0), minlength=1)
        usual = usual / max(usual.sum(), 1.0)
        share = (mine + rule.habit * usual) / (mine.sum() + rule.habit)
        found.append((share / np.maximum(usual, 1e-9))[seen.berth])
    return found[0], found[1]


def _paths(pair: Pair, mmsi: int, known: Floats, free: Shares, rng: np.random.Generator, rule: LinkRule) -> ShipPaths:
    made = []
    for seen, odds, share in zip(pair.seen, pair.known, free, strict=True):
        mine = seen.mmsi == mmsi
        claim = odds.by_case * share[None, :]
        made.append(np.where(mine[None, :], np.exp(rule.matched), claim))
    moves = pair.motion_named
    habits, cases = len(moves.step), len(made[0])
    weight = np.zeros((cases, pair.steps, PLACES)) + known[None]
    for port, (seen, odds, claim) in enumerate(zip(pair.seen, pair.known, made, strict=True)):
        at = steps_of(seen, rule.motion.step_h, pair.steps)
        weight[:, :, AT_A + port] += on_grid(log_weights(seen, odds, claim)[0], at, pair.steps)
    which = np.repeat(np.arange(habits), cases)
    _, total = sample_known(moves, np.tile(weight, (habits, 1, 1)), which, rng)
    kinds = len(rule.motion.elsewhere_named)
    before = np.full(kinds, np.log(rule.prior_named / (kinds - 1)))
    before[-1] = np.log1p(-rule.prior_named)
    before = np.repeat(before, len(total) // kinds)
    share = np.exp(total + before - (total + before).max())
    flat = rng.choice(len(share), size=rule.draws, p=share / share.sum())
    case = flat % cases
    path, _ = sample_known(moves, weight[case], which[flat], rng)
    place = moves.place[path]
    own = []
    for port, (seen, odds, claim) in enumerate(zip(pair.seen, pair.known, made, strict=True)):
        present = place[None][:, :, steps_of(seen, rule.motion.step_h, pair.steps)] == AT_A + port
        own.append(claimed(seen, odds, claim[case], present, rng)[0])
    return ShipPaths(place, own[0], own[1])
