"""What aircraft traces in the archive say of closed airfields: made once, kept, and told in a brief."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pandas as pd

from monitor.aviation import (
    CleanReport,
    air_timeline,
    calls_at,
    clean,
    find_calls,
    find_conflicts,
    find_legs,
    find_reception,
    repeated_tails,
    round_trips,
)
from monitor.core.tables import aviation as air
from monitor.core.version import VERSION
from monitor.pipeline.aviation.ingest import CLAIMS, FILES, POSITIONS, AirIntake, take_files
from monitor.pipeline.freshness import AIR_NOTE
from monitor.sources.aviation.lists import AirLists, read_lists
from monitor.store.archive import Archive

WITHIN = timedelta(days=3)
"""A call this near to a dated event counts as beside it, unless the settings say otherwise."""
_CLEANED = "air_cleaned"


@dataclass(frozen=True, slots=True, eq=False)
class Flights:
    """What the traces say: tables of `core.air_tables`, by the lists that they were made with.

    `events` has ``event, start, end``; `within` is how near to one a call counts as beside it.
    """

    airfields: pd.DataFrame = field(default_factory=air.AIRFIELDS.empty)
    tracks: pd.DataFrame = field(default_factory=air.AIR_TRACKS.empty)
    calls: pd.DataFrame = field(default_factory=air.AIR_CALLS.empty)
    legs: pd.DataFrame = field(default_factory=air.AIR_LEGS.empty)
    trips: pd.DataFrame = field(default_factory=air.AIR_TRIPS.empty)
    repeats: pd.DataFrame = field(default_factory=air.AIR_REPEATS.empty)
    claims: pd.DataFrame = field(default_factory=air.AIR_CLAIMS.empty)
    conflicts: pd.DataFrame = field(default_factory=air.AIR_CONFLICTS.empty)
    reception: pd.DataFrame = field(default_factory=air.AIR_RECEPTION.empty)
    events: pd.DataFrame = field(default_factory=air.AIR_EVENTS.empty)
    within: timedelta = WITHIN
    cleaned: CleanReport = field(default_factory=CleanReport)

    @property
    def closed(self) -> frozenset[str]:
        """The identifiers of the fields in closed airspace."""
        return frozenset(self.airfields.loc[self.airfields["closed"], "airfield_id"])

    @property
    def nothing(self) -> bool:
        """Whether neither traces nor claims were read in."""
        return bool(self.tracks.empty and self.claims.empty)


_KEPT = {
    "airfields": air.AIRFIELDS,
    "tracks": air.AIR_TRACKS,
    "calls": air.AIR_CALLS,
    "legs": air.AIR_LEGS,
    "trips": air.AIR_TRIPS,
    "repeats": air.AIR_REPEATS,
    "conflicts": air.AIR_CONFLICTS,
    "reception": air.AIR_RECEPTION,
    "events": air.AIR_EVENTS,
}


def take_flights(
    archive: Archive,
    paths: Sequence[Path],
    lists: AirLists,
    *,
    time_zone: str | None = None,
    within: timedelta = WITHIN,
) -> AirIntake:
    """Read traces and published claims into the archive, and find the calls of all that is in.

    A file that is in already is not read again; a file of no known layout stops no other.
    """
    took = take_files(archive, paths, lists, time_zone=time_zone)
    refresh_flights(archive, lists, within=within)
    return replace(took, cleaned=_cleaned(archive))


def refresh_flights(archive: Archive, lists: AirLists, *, within: timedelta = WITHIN) -> bool:
    """Make the tables of flights anew where files, lists or software have changed; whether anything was written."""
    told = archive.read_note(FILES)
    parts = (VERSION, told, lists.digest("watchlist", "airfields", "events"), str(within))
    current = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    if not told or archive.read_note(AIR_NOTE).strip() == current:
        return False
    made = derive(archive, lists, within=within)
    for name, schema in _KEPT.items():
        archive.write_table(f"air_{name}", schema.conform(getattr(made, name)))
    done = made.cleaned
    shifted = [[*key, hours] for key, hours in done.shifted.items()]
    kept = {
        "dropped": dict(done.dropped),
        "flagged": dict(done.flagged),
        "shifted": shifted,
        "within_s": within.total_seconds(),
    }
    archive.write_note(_CLEANED, json.dumps(kept, sort_keys=True) + "\n")
    archive.write_note(AIR_NOTE, current)
    return True


def _cleaned(archive: Archive) -> CleanReport:
    note = archive.read_note(_CLEANED)
    if not note:
        return CleanReport()
    kept = json.loads(note)
    return CleanReport(kept["dropped"], kept["flagged"], {(a, b): hours for a, b, hours in kept["shifted"]})


def flights(archive: Archive, lists: AirLists | None = None) -> Flights:
    """Calls, legs, round trips and conflicts of everything that was read in; empty when nothing was.

    Those that are kept in the archive; with `lists`, made now by these.
    """
    if lists is not None:
        return derive(archive, lists)
    if not archive.read_note(AIR_NOTE):
        return derive(archive, read_lists())
    kept = {name: archive.read_table(f"air_{name}", schema) for name, schema in _KEPT.items()}
    within = timedelta(seconds=json.loads(archive.read_note(_CLEANED))["within_s"])
    return Flights(**kept, claims=archive.read_table(CLAIMS, air.AIR_CLAIMS), within=within, cleaned=_cleaned(archive))


def derive(archive: Archive, lists: AirLists, *, within: timedelta = WITHIN) -> Flights:
    """The same, made from the positions and claims that are in."""
    positions = archive.read_table(POSITIONS, air.AIR_POSITIONS)
    claims = archive.read_table(CLAIMS, air.AIR_CLAIMS)
    events = air.AIR_EVENTS.conform(lists.events)
    base = Flights(
        lists.airfields, claims=claims, conflicts=find_conflicts(claims, lists.airfields), events=events, within=within
    )
    if positions.empty:
        return base
    tracks, cleaned = clean(positions, watchlist=lists.watchlist)
    heard = find_reception(positions, without=frozenset(lists.watchlist["icao24"]))
    calls = find_calls(tracks, lists.airfields, reception=heard, watchlist=lists.watchlist)
    legs = find_legs(tracks, calls)
    return replace(
        base,
        tracks=tracks,
        calls=calls,
        legs=legs,
        trips=round_trips(legs, away=lists.closed),
        repeats=repeated_tails(calls),
        reception=heard,
        cleaned=cleaned,
    )


def flight_rows(found: Flights) -> pd.DataFrame:
    """TIMELINE rows of calls at closed airfields, of published flights and of dated events."""
    return air_timeline(calls_at(found.calls, found.closed), found.claims, events=found.events)
