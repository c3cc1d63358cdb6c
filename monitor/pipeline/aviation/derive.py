"""Tables of the aircraft traces and published flights in the archive, made again only when something changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
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
from monitor.core.schema import Schema
from monitor.core.tables import (
    AIR_CALLS,
    AIR_CLAIMS,
    AIR_CONFLICTS,
    AIR_EVENTS,
    AIR_LEGS,
    AIR_RECEPTION,
    AIR_REPEATS,
    AIR_TRACKS,
    AIR_TRIPS,
    AIRFIELDS,
)
from monitor.core.tableset import TableSet
from monitor.core.version import VERSION
from monitor.pipeline.aviation.ingest import CLAIMS, FILES, AirIntake, Reading, stored_positions, take_files
from monitor.pipeline.freshness import AIR_NOTE
from monitor.sources.aviation.lists import AirLists, read_lists
from monitor.store.archive import Archive

WITHIN = timedelta(days=3)
"""A call this near to a dated event counts as beside it, unless the settings give another time."""
_CLEANED = "air_cleaned"


KEPT = (AIRFIELDS, AIR_TRACKS, AIR_CALLS, AIR_LEGS, AIR_TRIPS, AIR_REPEATS, AIR_CONFLICTS, AIR_RECEPTION, AIR_EVENTS)
"""What is made of positions and claims: one file each."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Flights:
    """What the traces show, by the lists that it was made with.

    Attributes
    ----------
    tables : TableSet
        `KEPT`, and AIR_CLAIMS.
    within : timedelta
        How near to a dated event a call counts as beside it.
    cleaned : CleanReport
        What cleaning left out.
    """

    tables: TableSet = field(default_factory=TableSet)
    within: timedelta = WITHIN
    cleaned: CleanReport = field(default_factory=CleanReport)

    @property
    def closed(self) -> frozenset[str]:
        """The identifiers of the fields in closed airspace."""
        fields = self.tables[AIRFIELDS]
        return frozenset(fields.loc[fields["closed"], "airfield_id"])

    @property
    def nothing(self) -> bool:
        """Whether neither traces nor claims were read in."""
        return bool(self.tables[AIR_TRACKS].empty and self.tables[AIR_CLAIMS].empty)


def take_flights(
    archive: Archive,
    paths: Sequence[Path],
    lists: AirLists,
    *,
    reading: Reading | None = None,
    within: timedelta = WITHIN,
) -> AirIntake:
    """Read traces and published claims into the archive, and find the calls of all that is in.

    A file that is in already is not read again; a file of no known layout stops no other.

    Parameters
    ----------
    archive : Archive
        Where positions, claims and tables go.
    paths : sequence of Path
        Files of any supported layout.
    lists : AirLists
        Aircraft to follow, airfields, dated events.
    reading : Reading, optional
        What a user says of the files.
    within : timedelta
        How near to a dated event a call counts as beside it.
    """
    report = take_files(archive, paths, lists, reading=reading)
    refresh_flights(archive, lists, within=within)
    return replace(report, cleaned=_cleaned(archive))


def refresh_flights(archive: Archive, lists: AirLists, *, within: timedelta = WITHIN) -> bool:
    """Make the tables of flights anew where files, lists or software have changed; whether anything was written.

    Parameters
    ----------
    archive : Archive
        Its positions and claims.
    lists : AirLists
        Aircraft to follow, airfields, dated events.
    within : timedelta
        How near to a dated event a call counts as beside it.
    """
    files = archive.read_note(FILES)
    parts = (VERSION, files, lists.digest("watchlist", "airfields", "events"), str(within))
    current = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    if not files or archive.read_note(AIR_NOTE).strip() == current:
        return False
    made = derive(archive, lists, within=within)
    for schema in KEPT:
        archive.write_table(_file(schema), schema.conform(made.tables[schema]))
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

    As stored in the archive; with `lists`, made now by these.
    """
    if lists is not None:
        return derive(archive, lists)
    if not archive.read_note(AIR_NOTE):
        return derive(archive, read_lists())
    within = timedelta(seconds=json.loads(archive.read_note(_CLEANED))["within_s"])
    kept: dict[Schema, Callable[[], pd.DataFrame]] = {
        schema: partial(archive.read_table, _file(schema), schema) for schema in KEPT
    }
    claims = partial(archive.read_table, CLAIMS, AIR_CLAIMS)
    return Flights(tables=TableSet({**kept, AIR_CLAIMS: claims}), within=within, cleaned=_cleaned(archive))


def _file(schema: Schema) -> str:
    return schema.name if schema.name.startswith("air_") else f"air_{schema.name}"


def derive(archive: Archive, lists: AirLists, *, within: timedelta = WITHIN) -> Flights:
    """The same, made from the positions and claims that are in.

    Parameters
    ----------
    archive : Archive
        Its positions and claims.
    lists : AirLists
        Aircraft to follow, airfields, dated events.
    within : timedelta
        How near to a dated event a call counts as beside it.
    """
    positions, quarantined = stored_positions(archive)
    claims = archive.read_table(CLAIMS, AIR_CLAIMS)
    given = TableSet(
        {
            AIRFIELDS: lists.airfields,
            AIR_CLAIMS: claims,
            AIR_CONFLICTS: find_conflicts(claims, lists.airfields),
            AIR_EVENTS: AIR_EVENTS.conform(lists.events),
        }
    )
    if positions.empty:
        return Flights(tables=given, within=within)
    tracks, cleaned = clean(positions, watchlist=lists.watchlist)
    cleaned = replace(cleaned, dropped={**cleaned.dropped, **quarantined})
    received = find_reception(positions, without=frozenset(lists.watchlist["icao24"]))
    calls = find_calls(tracks, lists.airfields, reception=received, watchlist=lists.watchlist)
    legs = find_legs(tracks, calls)
    made = {
        AIR_TRACKS: tracks,
        AIR_CALLS: calls,
        AIR_LEGS: legs,
        AIR_TRIPS: round_trips(legs, away=lists.closed),
        AIR_REPEATS: repeated_tails(calls),
        AIR_RECEPTION: received,
    }
    return Flights(tables=given | made, within=within, cleaned=cleaned)


def flight_rows(found: Flights) -> pd.DataFrame:
    """TIMELINE rows of calls at closed airfields, of published flights and of dated events."""
    tables = found.tables
    return air_timeline(calls_at(tables[AIR_CALLS], found.closed), tables[AIR_CLAIMS], events=tables[AIR_EVENTS])
