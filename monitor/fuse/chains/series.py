"""Departures and arrivals out of the tables of a workspace: stacks, trains, oil, ships, storage, ground, flights."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.columns import floats
from monitor.core.tables import (
    AIR_CALLS,
    AIR_RECEPTION,
    BERTH_STATES,
    COVERAGE,
    LAND_CHANGES,
    LAND_STATES,
    SHIPS_AND_STACKS,
    VISITS,
)
from monitor.core.tableset import TableSet
from monitor.fuse.chains.events import Arrivals, Departure, Departures, Watched, in_days, watched
from monitor.fuse.chains.rule import (
    CHANGED,
    FILLED,
    LANDED,
    OIL_BEGAN,
    OIL_ENDED,
    SHIP_LEFT,
    STACKS_LEFT,
    TRAIN_CAME,
    TRAIN_LEFT,
    ChainRule,
)

Event = tuple[float, float, str]
"""Last observation before and first after, in days since 1970, and the ids of what shows it."""
Of = TypeVar("Of")
_LANDINGS = ("landed", "consistent")
_COVERED_DAY = 1.0
"""Longest interval, in days, between two covered instants of an airfield: reception is known by the day."""


def departures(tables: TableSet, aois: Collection[Aoi], *, rule: ChainRule) -> tuple[Departures, ...]:
    """What left each place, kind by kind; in order of place and kind, without those of which nothing left.

    Parameters
    ----------
    tables : TableSet
        SHIPS_AND_STACKS, LAND_STATES and VISITS.
    aois : collection of Aoi
        Name the oil berths.
    rule : ChainRule
        Longest interval.
    """
    oil = oil_berths(aois)
    found: dict[tuple[str, str], dict[str, list[Event]]] = {}
    for aoi, event in _stacks(tables[SHIPS_AND_STACKS]):
        found.setdefault((aoi, STACKS_LEFT), {}).setdefault("", []).append(event)
    for (aoi, zone), states in _zones(tables[LAND_STATES], "rail"):
        found.setdefault((aoi, TRAIN_LEFT), {})[zone] = list(changes_of(states, rises=False))
    ended = tables[VISITS][tables[VISITS]["departed_not_after"].notna()]
    for row, after, before in _bounded(ended, "departed_not_before", "departed_not_after"):
        is_oil = row["berth_id"] in oil
        kinds = found.setdefault((str(row["aoi_id"]), OIL_ENDED if is_oil else SHIP_LEFT), {})
        kinds.setdefault(str(row["berth_id"]) if is_oil else "", []).append((after, before, str(row["visit_id"])))
    made = [
        Departures(name, aoi, _only(some), kind, tuple(_departed(some, rule.longest_interval_days)))
        for (aoi, kind), zones in sorted(found.items())
        for name, some in _whole_and_named(aoi, zones, rule)
    ]
    return tuple(one for one in made if one.events)


def arrivals(tables: TableSet, aois: Collection[Aoi], *, rule: ChainRule) -> tuple[Arrivals, ...]:
    """What came to each place, kind by kind; in order of place and kind, without those to which nothing came.

    Parameters
    ----------
    tables : TableSet
        LAND_STATES, LAND_CHANGES, COVERAGE, VISITS, BERTH_STATES, AIR_CALLS and AIR_RECEPTION.
    aois : collection of Aoi
        Name the oil berths.
    rule : ChainRule
        Longest interval.
    """
    longest = rule.longest_interval_days
    found: dict[tuple[str, str], dict[str, Watched]] = {}
    for kind, name in (("rail", TRAIN_CAME), ("open_storage", FILLED)):
        for (aoi, zone), states in _zones(tables[LAND_STATES], kind):
            rises = list(changes_of(states, rises=True))
            found.setdefault((aoi, name), {})[zone] = watched(in_days(states["acquired_at"]), rises, longest)
    for aoi, zone, held in _ground(tables, longest):
        found.setdefault((aoi, CHANGED), {})[zone] = held
    for aoi, zone, held in _oil(tables, oil_berths(aois), longest):
        found.setdefault((aoi, OIL_BEGAN), {})[zone] = held
    for field, held in _flights(tables):
        found.setdefault((field, LANDED), {})[""] = held
    made = [
        Arrivals(name, aoi, _only(some), kind, tuple(some.values()))
        for (aoi, kind), zones in sorted(found.items())
        for name, some in _whole_and_named(aoi, zones, rule)
    ]
    return tuple(one for one in made if one.number)


def oil_berths(aois: Collection[Aoi]) -> frozenset[str]:
    """Ids of the oil berths."""
    return frozenset(zone.id for aoi in aois for zone in aoi.of_kind("oil_berth"))


def changes_of(states: pd.DataFrame, *, rises: bool) -> Iterator[Event]:
    """When a zone's share rose, or fell, by more than both intervals allow.

    Parameters
    ----------
    states : LAND_STATES table
        Observed rows of one zone, in order of time.
    rises : bool
        Whether rises are asked for, else falls.

    Notes
    -----
    Each observation is compared with the emptiest since the last event (for falls the fullest), so that a zone that
    fills by and by is found too, with a wider interval.
    """
    low, high = floats(states, "share_low"), floats(states, "share_high")
    low, high = (low, high) if rises else (-high, -low)
    at, scenes, zones = in_days(states["acquired_at"]), states["scene_id"].tolist(), states["zone_id"].tolist()
    least = 0
    for k in range(1, len(at)):
        if low[k] > high[least]:
            yield float(at[least]), float(at[k]), f"{scenes[least]}|{zones[k]} {scenes[k]}|{zones[k]}"
            least = k
        elif high[k] <= high[least]:
            least = k


def _stacks(table: pd.DataFrame) -> Iterator[tuple[str, Event]]:
    """Drops of a port's stacks whose interval excludes zero."""
    fell = table[table["change_high_m2"] < 0].sort_values("end", kind="stable")
    for row, after, before in _bounded(fell, "start", "end"):
        yield str(row["aoi_id"]), (after, before, str(row["scene_id"]))


def _zones(states: pd.DataFrame, kind: str) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    seen = states[(states["kind"] == kind) & states["share_low"].notna() & states["share_high"].notna()]
    seen = seen.sort_values(["aoi_id", "zone_id", "acquired_at", "scene_id"], kind="stable")
    for (aoi, zone), rows in seen.groupby(["aoi_id", "zone_id"], sort=True):
        yield (str(aoi), str(zone)), rows


def _ground(tables: TableSet, longest: float) -> Iterator[tuple[str, str, Watched]]:
    """Lasting changes of each zone; observed when its land, or some of it, was."""
    lasting = tables[LAND_CHANGES][~tables[LAND_CHANGES]["ended"]]
    seen = tables[COVERAGE][tables[COVERAGE]["state"] != "not observed"]
    states = tables[LAND_STATES][tables[LAND_STATES]["share_low"].notna()]
    for (aoi, zone), rows in lasting.groupby(["aoi_id", "zone_id"], sort=True):
        own = seen.loc[seen["zone_id"] == zone, "acquired_at"]
        at = own if len(own) else states.loc[states["aoi_id"] == aoi, "acquired_at"]
        began = _bounded(rows, "began_after", "began_before")
        events = [(after, before, str(row["change_id"])) for row, after, before in began]
        yield str(aoi), str(zone), watched(in_days(at), _merged(events), longest)


def _oil(tables: TableSet, oil: frozenset[str], longest: float) -> Iterator[tuple[str, str, Watched]]:
    states = tables[BERTH_STATES][tables[BERTH_STATES]["state"].isin(["occupied", "empty"])]
    stays = tables[VISITS][tables[VISITS]["berth_id"].isin(oil) & tables[VISITS]["arrived_not_before"].notna()]
    for (aoi, berth), rows in stays.groupby(["aoi_id", "berth_id"], sort=True):
        came = _bounded(rows, "arrived_not_before", "arrived_not_after")
        events = [(after, before, str(row["visit_id"])) for row, after, before in came]
        at = in_days(states.loc[states["berth_id"] == berth, "acquired_at"])
        yield str(aoi), str(berth), watched(at, _merged(events), longest)


def _flights(tables: TableSet) -> Iterator[tuple[str, Watched]]:
    calls = tables[AIR_CALLS]
    calls = calls[calls["status"].isin(_LANDINGS) & calls["arrived_not_before"].notna() & (calls["airfield_id"] != "")]
    covered = np.unique(np.floor(in_days(tables[AIR_RECEPTION]["hour"])))
    for field, rows in calls.groupby("airfield_id", sort=True):
        came = _bounded(rows, "arrived_not_before", "arrived_not_after")
        events = [(after, before, str(row["call_id"])) for row, after, before in came]
        yield str(field), watched(np.concatenate([covered, covered + 1.0]), _merged(events), _COVERED_DAY)


def _bounded(table: pd.DataFrame, after: str, before: str) -> Iterator[tuple[dict[object, object], float, float]]:
    """The rows that have both bounds, with them in days since 1970."""
    known = table[table[after].notna() & table[before].notna()]
    bounds = zip(in_days(known[after]).tolist(), in_days(known[before]).tolist(), strict=True)
    for row, (low, high) in zip(known.to_dict("records"), bounds, strict=True):
        yield row, min(low, high), high


def _merged(events: list[Event]) -> list[Event]:
    """Events in order, those between the same two observations as one: they are not independent."""
    made: dict[tuple[float, float], list[str]] = {}
    for after, before, evidence in sorted(events):
        made.setdefault((after, before), []).append(evidence)
    return [(after, before, " ".join(names)) for (after, before), names in made.items()]


def _departed(zones: dict[str, list[Event]], longest: float) -> Iterator[Departure]:
    for after, before, evidence in _merged([event for events in zones.values() for event in events]):
        if before - after <= longest:
            yield Departure(after, before, evidence)


def _whole_and_named(aoi: str, zones: dict[str, Of], rule: ChainRule) -> Iterator[tuple[str, dict[str, Of]]]:
    """All zones under the id of their AOI, and each that the rule names by itself under its own."""
    yield aoi, zones
    for zone, held in zones.items():
        if any(zone in ends for ends in rule.places):
            yield zone, {zone: held}


def _only(zones: Collection[str]) -> str:
    """The zone where there is one, "" for several."""
    return next(iter(zones)) if len(zones) == 1 else ""
