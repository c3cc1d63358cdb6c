"""Chains: each kind of departure of one place beside each kind of arrival at another, with its base rate."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.arrays import Bools, Floats
from monitor.core.columns import stamp
from monitor.core.geo.geodesy import distance_m
from monitor.core.tables import CHAIN_LINKS, CHAINS
from monitor.core.tableset import TableSet
from monitor.fuse.chains.chance import as_found, chance, fits, followed, holm, moved
from monitor.fuse.chains.events import Arrivals, Departures, Watched, instant
from monitor.fuse.chains.rule import ChainRule
from monitor.fuse.chains.series import arrivals, departures

FOLLOWED, NOT_FOLLOWED, NOT_OBSERVABLE = "followed", "not followed", "not observable"
_LIKELY = 0.5
"""Probability from which a departure counts as followed in CHAIN_LINKS: more likely than not."""


def find_chains(tables: TableSet, aois: Collection[Aoi], *, rule: ChainRule | None = None) -> TableSet:
    """CHAINS and CHAIN_LINKS of all places: co-occurrence beside what chance would give, never cause.

    Parameters
    ----------
    tables : TableSet
        SHIPS_AND_STACKS, VISITS, BERTH_STATES, LAND_STATES, LAND_CHANGES and COVERAGE; AIR_CALLS and AIR_RECEPTION
        for flights. What is missing counts as empty.
    aois : collection of Aoi
        The places, for the distances between them.
    rule : ChainRule, optional

    Returns
    -------
    TableSet
        Both tables, in order of the pairs; empty without a departure at one place and an arrival at another. The same
        tables give the same numbers: draws are seeded by the place and kind of the arrival.

    Notes
    -----
    That an arrival followed a departure has the probability that the intervals of both give; a number of departures is
    the sum of theirs, each at most one. A departure after which no clear observations bracket most of the time of a
    possible arrival is not observable, and counts on neither side.
    """
    rule = rule or ChainRule()
    left, came = departures(tables, aois, rule=rule), arrivals(tables, aois, rule=rule)
    centres = {aoi.id: (aoi.geometry.centroid.x, aoi.geometry.centroid.y) for aoi in aois}
    return compare(left, came, centres=centres, rule=rule)


def compare(
    left: Iterable[Departures], came: Iterable[Arrivals], *, centres: dict[str, tuple[float, float]], rule: ChainRule
) -> TableSet:
    """CHAINS and CHAIN_LINKS of series of departures and arrivals.

    Parameters
    ----------
    left : iterable of Departures
        Of all places.
    came : iterable of Arrivals
        Of all places.
    centres : dict of str to tuple of float
        Longitude and latitude of each place; a pair without both is left out, unless the arrivals are flights.
    rule : ChainRule
    """
    sources, rows, links = list(left), list[dict[str, object]](), list[pd.DataFrame]()
    for arrived in came:
        beside = [(source, _days(source, arrived, centres, rule)) for source in sources]
        near = [(source, days) for source, days in beside if days is not None]
        seed = _seed(arrived)
        draws = moved(arrived, block_days=rule.block_days, draws=rule.draws if near else 0, seed=seed)
        for source, days in near:
            pair = _pair(source, arrived, days, rule)
            found, span = _found(pair, draws, rule)
            links.append(_links(pair, span))
            rows.append(_row(pair, found, span, links[-1]))
    if not rows:
        return TableSet({CHAINS: CHAINS.empty(), CHAIN_LINKS: CHAIN_LINKS.empty()})
    table = pd.DataFrame(rows)
    p_values = table["p_value"].to_numpy(np.float64)
    table = table.assign(p_adjusted=holm(p_values), comparisons=int((~np.isnan(p_values)).sum()))
    return TableSet({CHAINS: CHAINS.conform(table.sort_values("chain_id")), CHAIN_LINKS: CHAIN_LINKS.join(links)})


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Departures beside arrivals.

    `days` are the shortest and longest travel time, `observable` is (departures,), whether observations bracket enough
    of the time of a possible arrival.
    """

    left: Departures
    came: Arrivals
    days: tuple[float, float]
    observable: Bools

    @property
    def chain_id(self) -> str:
        return f"{self.left.id}|{self.left.kind}|{self.came.id}|{self.came.kind}"

    @property
    def bounds(self) -> Floats:
        """(departures, 2) of each."""
        return np.array([(event.after, event.before) for event in self.left.events])


def _days(
    left: Departures, came: Arrivals, centres: dict[str, tuple[float, float]], rule: ChainRule
) -> tuple[float, float] | None:
    """Shortest and longest travel time; None where the two are not compared."""
    if (left.kind, came.kind) not in rule.kinds or left.aoi == came.aoi or not rule.is_compared(left.id, came.id):
        return None
    here, there = centres.get(left.aoi), centres.get(came.aoi)
    if here is None or there is None:
        return rule.flight_days if came.aoi not in centres else None
    return rule.days((left.id, came.id), came.kind, float(distance_m(*here, *there)))


def _pair(left: Departures, came: Arrivals, days: tuple[float, float], rule: ChainRule) -> _Pair:
    low = np.array([event.after for event in left.events]) + days[0]
    high = np.array([event.before for event in left.events]) + days[1]
    shown = np.max([_bracketed(zone, low, high) for zone in came.zones], axis=0)
    return _Pair(left, came, days, shown >= rule.least_observed * (high - low))


def _bracketed(zone: Watched, low: Floats, high: Floats) -> Floats:
    """(departures,) days of each span of a possible arrival that a zone's observations bracket."""
    shared = np.minimum(zone.ends[None, :], high[:, None]) - np.maximum(zone.starts[None, :], low[:, None])
    return np.asarray(np.clip(shared, 0.0, None).sum(axis=1))


def _found(pair: _Pair, draws: Floats, rule: ChainRule) -> tuple[dict[str, object], tuple[float, float]]:
    """How many departures were followed, what chance gives, and the span of travel time that fits most."""
    left, number = pair.bounds[pair.observable], int(pair.observable.sum())
    cells = np.concatenate([np.column_stack([zone.starts, zone.ends]) for zone in pair.came.zones])
    spans = rule.spans(*pair.days)
    fitting = [fits(left, cells, *span) for span in spans]
    found, which = followed(as_found(pair.came.zones), fitting)
    made: dict[str, object] = dict.fromkeys(("chance_followed", "chance_low", "chance_high", "p_value"), float("nan"))
    if number >= rule.least_events and pair.came.number >= rule.least_events:
        by = chance(float(found[0]), followed(draws, fitting)[0])
        made = dict(zip(made, (by.mean, by.low, by.high, by.p_value), strict=True))
    return {"departures": number, "followed": float(found[0]), **made}, spans[int(which[0])]


def _seed(came: Arrivals) -> int:
    return int.from_bytes(hashlib.sha256(f"{came.id}|{came.kind}".encode()).digest()[:8], "big")


def _row(pair: _Pair, found: dict[str, object], span: tuple[float, float], links: pd.DataFrame) -> dict[str, object]:
    left, came = pair.left, pair.came
    return {
        "chain_id": pair.chain_id,
        "from_aoi": left.aoi,
        "from_zone": left.zone,
        "from_kind": left.kind,
        "to_aoi": came.aoi,
        "to_zone": came.zone,
        "to_kind": came.kind,
        **found,
        "not_observable": int((~pair.observable).sum()),
        "arrivals": came.number,
        "travel_low_days": pair.days[0],
        "travel_high_days": pair.days[1],
        "fit_low_days": span[0],
        "fit_high_days": span[1],
        "first": links["left_after"].min(),
        "last": max(links["left_before"].max(), links["came_before"].fillna(links["left_before"]).max()),
    }


def _links(pair: _Pair, span: tuple[float, float]) -> pd.DataFrame:
    """The CHAIN_LINKS of a pair, at a span of travel time; the likeliest arrival of each, of equal ones the first."""
    came = sorted((*zone.bounds(one), one.evidence) for zone in pair.came.zones for one in zone.arrivals)
    chances = fits(pair.bounds, np.array([(after, before) for after, before, _ in came]), *span)
    rows = []
    for n, event in enumerate(pair.left.events):
        after, before = instant(event.after), instant(event.before)
        best = int(np.argmax(chances[n]))
        probability = float(chances[n, best]) if pair.observable[n] else float("nan")
        state = NOT_OBSERVABLE if not pair.observable[n] else FOLLOWED if probability >= _LIKELY else NOT_FOLLOWED
        shown = came[best] if state == FOLLOWED else (float("nan"), float("nan"), "")
        rows.append(
            {
                "link_id": f"{pair.chain_id}|{stamp(after)}|{stamp(before)}",
                "chain_id": pair.chain_id,
                "left_after": after,
                "left_before": before,
                "left_evidence": event.evidence,
                "came_after": instant(shown[0]),
                "came_before": instant(shown[1]),
                "came_evidence": shown[2],
                "probability": probability,
                "state": state,
            }
        )
    table = pd.DataFrame(rows)
    for name in ("left_after", "left_before", "came_after", "came_before"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return CHAIN_LINKS.conform(table)
