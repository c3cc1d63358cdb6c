"""Aircraft traces into the archive, and what they say of closed airfields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from monitor.air import (
    air_timeline,
    call_rate,
    calls_at,
    clean,
    covered_days,
    find_calls,
    find_conflicts,
    find_legs,
    find_reception,
    repeated_tails,
    round_trips,
)
from monitor.core import air_tables as air
from monitor.core.instants import TimeRange
from monitor.core.tables import Schema
from monitor.report.blocks import Section
from monitor.report.flights import FlightsInput, flights_section
from monitor.report.timeline import merged
from monitor.sources.air_files import AirReport, read_air_files
from monitor.sources.air_lists import read_airfields, read_watchlist
from monitor.store.archive import Archive

POSITIONS, CLAIMS = "air_positions", "air_claims"
_AROUND_DEG = 4.0


@dataclass(frozen=True, slots=True)
class Flights:
    """What the traces say: tables of `core.air_tables`."""

    tracks: pd.DataFrame = field(default_factory=air.AIR_TRACKS.empty)
    calls: pd.DataFrame = field(default_factory=air.AIR_CALLS.empty)
    legs: pd.DataFrame = field(default_factory=air.AIR_LEGS.empty)
    trips: pd.DataFrame = field(default_factory=air.AIR_TRIPS.empty)
    repeats: pd.DataFrame = field(default_factory=air.AIR_REPEATS.empty)
    claims: pd.DataFrame = field(default_factory=air.AIR_CLAIMS.empty)
    conflicts: pd.DataFrame = field(default_factory=air.AIR_CONFLICTS.empty)
    reception: pd.DataFrame = field(default_factory=air.AIR_RECEPTION.empty)


def take_flights(
    archive: Archive, paths: Sequence[Path], *, watchlist: Path | None = None, time_zone: str | None = None
) -> list[AirReport]:
    """Read traces and published claims into the archive: watched aircraft, and anybody near closed airfields.

    Raises
    ------
    DataError
        A file cannot be opened, or its layout is not known; nothing of any file is kept then.
    """
    fields = read_airfields()
    closed = fields[fields["closed"]]
    boxes = [
        (lon - _AROUND_DEG, lat - _AROUND_DEG, lon + _AROUND_DEG, lat + _AROUND_DEG)
        for lon, lat in zip(closed["lon"], closed["lat"], strict=True)
    ]
    positions, claims, reports = read_air_files(
        paths, watchlist=read_watchlist(watchlist), around=boxes, time_zone=time_zone
    )
    _add(archive, POSITIONS, air.AIR_POSITIONS, positions, ["icao24", "registration", "t", "lon", "lat"])
    _add(archive, CLAIMS, air.AIR_CLAIMS, claims, ["claim_id"])
    return reports


def _add(archive: Archive, name: str, schema: Schema, new: pd.DataFrame, key: list[str]) -> None:
    """Join rows to a table that is kept; a row that is there stays once."""
    if new.empty:
        return
    old = archive.read_table(name, schema)
    both = pd.concat([old, new], ignore_index=True) if len(old) else new
    archive.write_table(name, schema.conform(both.drop_duplicates(key, ignore_index=True)))


def flights(archive: Archive, *, watchlist: Path | None = None) -> Flights:
    """Calls, legs, round trips and conflicts of everything that was read in; empty when nothing was."""
    watched, fields = read_watchlist(watchlist), read_airfields()
    positions = archive.read_table(POSITIONS, air.AIR_POSITIONS)
    claims = archive.read_table(CLAIMS, air.AIR_CLAIMS)
    conflicts = find_conflicts(claims, fields)
    if positions.empty:
        return Flights(claims=claims, conflicts=conflicts)
    tracks, _ = clean(positions, watchlist=watched)
    heard = find_reception(positions, without=frozenset(watched["icao24"]))
    calls = find_calls(tracks, fields, reception=heard, watchlist=watched)
    legs = find_legs(tracks, calls)
    away = frozenset(fields.loc[fields["closed"], "airfield_id"])
    return Flights(tracks, calls, legs, round_trips(legs, away=away), repeated_tails(calls), claims, conflicts, heard)


def flights_part(
    found: Flights, period: TimeRange, *, beside: Sequence[pd.DataFrame] = (), simulated: bool = False
) -> Section:
    """The part of a brief about flights; `beside` holds TIMELINE rows of visits, shuttles and stacks."""
    fields = read_airfields()
    closed = frozenset(fields.loc[fields["closed"], "airfield_id"])
    timeline = merged(air_timeline(calls_at(found.calls, closed), found.claims), *beside)
    given = FlightsInput(
        fields, period, found.tracks, found.calls, found.claims, found.conflicts, found.repeats, timeline,
        _rates(found, fields, period), simulated,
    )  # fmt: skip
    return flights_section(given)


def _rates(found: Flights, fields: pd.DataFrame, period: TimeRange) -> tuple[str, ...]:
    """A sentence on each closed field in whose reach anybody was heard: how often, against its own past."""
    told = []
    for row in fields[fields["closed"]].itertuples():
        covered = covered_days(found.reception, float(row.lon), float(row.lat))
        rate = call_rate(found.calls, str(row.airfield_id), period=period, covered=covered)
        if rate.days:
            told.append(
                f"{row.name}: {rate.calls} calls on {rate.days:.0f} covered days "
                f"({rate.rate:.2f} a day, 95 % interval {rate.low:.2f}–{rate.high:.2f}); "
                + (
                    f"its past lets expect {rate.expected:.1f} (probability of as many or more: {rate.p_value:.2f})."
                    if rate.past_days
                    else "no earlier covered day to compare with."
                )
            )
    return tuple(told)
