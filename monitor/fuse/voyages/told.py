"""What drawn paths let one say: links between visits, and ships that go to and fro."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.fuse.voyages.named import NamedShip
from monitor.fuse.voyages.nameless.evidence import Evidence
from monitor.fuse.voyages.pair import Pair
from monitor.fuse.voyages.paths import ShipPaths, legs, visits_of
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sightings import steps_of

SHOWN, CANDIDATE, WITHHELD = "shown", "candidate", "withheld"


@dataclass(frozen=True, slots=True)
class Link:
    """A passage straight from one visit (by its place in VISITS) to another.

    Attributes
    ----------
    from_visit, to_visit : int
    probability : float
    left_h, came_h : float
        Expected hours, from the beginning of the grid, of leaving and of coming.
    by_chance : float
        The probability that the moved ports would give, NaN for a ship that AIS names.
    mmsi : int
        By which AIS names the ship; 0: none.
    ship : int
        Which of the ships most likely made it.
    """

    from_visit: int
    to_visit: int
    probability: float
    left_h: float
    came_h: float
    by_chance: float
    mmsi: int
    ship: int


@dataclass(frozen=True, slots=True, eq=False)
class Shuttle:
    """One ship that goes to and fro.

    Attributes
    ----------
    ports : tuple of str
    mmsi : int
        By which AIS names it; 0: none.
    probability : float
        That it crossed `LinkRule.least_legs` times and more.
    crossings : array of int
        (draws,) how often it crossed, in draws with so many crossings.
    visits : list of int
        Likely its own, in order of time.
    hours : tuple of float
        Expected hours, from the beginning of the grid, of its first departure and last arrival.
    period_h : float
        Mean hours from one departure to the next from the same port, by the draws.
    prior, by_chance : float
        NaN for a ship that AIS names.
    is_withheld : bool
        Whether the chains that drew its paths differ too much for any of it to be told.
    effective_draws : float
        How many independent draws of its crossings those that were made are worth.
    """

    ports: tuple[str, str]
    mmsi: int
    probability: float
    crossings: npt.NDArray[np.int64]
    visits: list[int]
    hours: tuple[float, float]
    period_h: float
    prior: float
    by_chance: float
    is_withheld: bool
    effective_draws: float


def links(
    pair: Pair, drawn: Sequence[Sequence[ShipPaths]], *, exists: float, by_chance: float, mmsi: int, rule: LinkRule
) -> list[Link]:
    """The links that drawn paths hold, each with the share of the draws.

    Parameters
    ----------
    pair : Pair
    drawn : sequence of sequence of ShipPaths
        Sets of draws; the ships of one set share their draws.
    exists, by_chance : float
        Probability that there are such ships, and the same with one port moved in time.
    mmsi : int
        By which AIS names the ship; 0: none.
    rule : LinkRule
        Step of the grid, and the least probability.
    """
    steps = tuple(steps_of(seen, rule.motion.step_h, pair.steps) for seen in pair.seen)
    times: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    draws = sum(len(ships[0].place) for ships in drawn if ships)
    for ships in drawn:
        for which, ship in enumerate(ships):
            for one in legs(ship, pair.seen, steps):
                for leg in one:
                    times.setdefault((leg.from_visit, leg.to_visit), []).append((leg.left, leg.came, which))
    found = []
    for (left, came), hours in sorted(times.items()):
        share = min(len(hours) / draws, 1.0)
        if exists * share >= rule.least_link:
            out, back, ship = np.mean(hours, axis=0)
            out_h, back_h = float(out) * rule.motion.step_h, float(back) * rule.motion.step_h
            found.append(Link(left, came, exists * share, out_h, back_h, by_chance * share, mmsi, round(float(ship))))
    return found


def nameless(
    pair: Pair, drawn: Sequence[Sequence[ShipPaths]], known: Evidence, prior: float, rule: LinkRule
) -> list[Shuttle]:
    """The ships without a name that likely go to and fro: one, or two when two are likelier.

    Parameters
    ----------
    pair : Pair
    drawn : sequence of sequence of ShipPaths
        For one ship and for two, as `drawing.draw` gives them.
    known : Evidence
    prior : float
        Probability before any evidence.
    rule : LinkRule
    """
    ships = drawn[1] if known.two > 0.5 else drawn[0]
    found = []
    for n, ship in enumerate(ships):
        exists = min(known.probability * (known.two if n else 1.0), rule.most_probability)
        found.append(_shuttle(pair, ship, exists, prior=prior, by_chance=known.by_chance, others=ships, rule=rule))
    return found


def named(pair: Pair, ship: NamedShip, rule: LinkRule) -> Shuttle:
    """A ship that AIS names as one that goes to and fro.

    Parameters
    ----------
    pair : Pair
    ship : NamedShip
        Its draws, and how far the chains that made them differ.
    rule : LinkRule
    """
    exists = 1.0 if ship.is_received else rule.most_probability
    is_withheld = ship.r_hat > rule.most_r_hat
    told = _shuttle(pair, ship.paths, exists, mmsi=ship.mmsi, is_withheld=is_withheld, rule=rule)
    return replace(told, effective_draws=ship.effective_draws)


def _shuttle(
    pair: Pair,
    ship: ShipPaths,
    exists: float,
    *,
    mmsi: int = 0,
    is_withheld: bool = False,
    prior: float = np.nan,
    by_chance: float = np.nan,
    others: Sequence[ShipPaths] = (),
    rule: LinkRule,
) -> Shuttle:
    """A ship that goes to and fro."""
    crossings = ship.crossings
    often = crossings >= rule.least_legs
    count = visits_of(ship, pair.seen)
    own = [visit for visit, hits in count.items() if hits >= rule.claimed * len(crossings)]
    first, last = (step * rule.motion.step_h for step in ship.active(often))
    period = 2.0 * (last - first) / float(crossings[often].mean()) if often.any() else np.nan
    likely = exists * float((often & _one_ships(others or [ship], own, pair)).mean())
    hours, draws = (first, last), float(len(crossings))
    return Shuttle(pair.ports, mmsi, likely, crossings[often], own, hours, period, prior, by_chance, is_withheld, draws)


def _one_ships(ships: Sequence[ShipPaths], visits: Sequence[int], pair: Pair) -> npt.NDArray[np.bool_]:
    """(draws,) whether more than half of some visits are one ship's."""
    held = []
    for ship in ships:
        mine = np.zeros(len(ship.place))
        for seen, own in zip(pair.seen, (ship.at_a, ship.at_b), strict=True):
            for visit in np.intersect1d(seen.visit, visits):
                mine += own[:, seen.visit == visit].mean(axis=1) >= 0.5
        held.append(mine)
    return np.asarray(np.max(held, axis=0) > 0.5 * len(visits))


def shuttle_row(
    shuttle: Shuttle, which: int, visits: pd.DataFrame, legs_: pd.DataFrame, zero: pd.Timestamp
) -> dict[str, object]:
    """A row of SHUTTLES.

    Parameters
    ----------
    shuttle : Shuttle
    which : int
        Tells the nameless ships of a pair of ports apart, from 0.
    visits : VISITS table
    legs_ : VOYAGES table
        Its own, in order of departure.
    zero : Timestamp
        From when the grid is counted.
    """
    a, b = sorted(shuttle.ports)
    own = visits.loc[shuttle.visits].sort_values("arrived_not_after", kind="stable")
    numbers = np.quantile(shuttle.crossings, (0.05, 0.25, 0.5, 0.75, 0.95), method="closest_observation")
    low_90, low_50, middle, high_50, high_90 = (np.nan if shuttle.is_withheld else float(v) for v in numbers)
    status = WITHHELD if shuttle.is_withheld else SHOWN if len(legs_) else CANDIDATE
    first, last = ((zero + timedelta(hours=hours)).floor("min") for hours in shuttle.hours)
    lengths = own["length_m"].dropna()
    anchor = f"mmsi {shuttle.mmsi}" if shuttle.mmsi else f"ship {which + 1}"
    return {
        "shuttle_id": f"shuttle|{a}|{b}|{anchor}",
        "port_a": a,
        "port_b": b,
        "mmsi": shuttle.mmsi or pd.NA,
        "legs": len(legs_),
        "legs_low": 0 if shuttle.is_withheld else int(low_90),
        "legs_high": pd.NA if shuttle.is_withheld else int(high_90),
        "first": first,
        "last": last,
        "period_days": np.nan if shuttle.is_withheld else shuttle.period_h / 24.0,
        "length_m": float(lengths.median()) if len(lengths) else np.nan,
        "voyage_ids": " ".join(legs_["voyage_id"]),
        "status": status,
        "probability": np.nan if shuttle.is_withheld else shuttle.probability,
        "visit_ids": " ".join(own["visit_id"]),
        "crossings_median": middle,
        "crossings_low_50": low_50,
        "crossings_high_50": high_50,
        "crossings_low_90": low_90,
        "crossings_high_90": high_90,
        "prior": shuttle.prior,
        "by_chance": shuttle.by_chance,
        "effective_draws": shuttle.effective_draws,
    }
