"""The columns of the tables about aircraft."""

from __future__ import annotations

from monitor.core.schema import UTC, Column, Schema

AIRFIELDS = Schema(
    name="airfields",
    text=(
        "Reference points, WGS 84. An aircraft on the ground within `radius_m` is at the field; `closed`: its "
        "airspace publishes no surveillance and few receivers stand there. `timezone` is an IANA name."
    ),
    columns={
        "airfield_id": Column("str", "", ""),
        "name": Column("str", "", ""),
        "city": Column("str", "", ""),
        "country": Column("str", "", ""),
        "lon": Column("float64", "°", ""),
        "lat": Column("float64", "°", ""),
        "elevation_m": Column("float64", "m", ""),
        "radius_m": Column("float64", "m", ""),
        "timezone": Column("str", "", ""),
        "closed": Column("bool", "", ""),
        "source": Column("str", "", ""),
    },
    key=("airfield_id",),
)

AIRCRAFT_WATCHLIST = Schema(
    name="aircraft_watchlist",
    text=('Aircraft to follow. `icao24` six hexadecimal digits in lower case, "" where only the tail is known.'),
    columns={
        "icao24": Column("str", "", ""),
        "registration": Column("str", "", ""),
        "type": Column("str", "", ""),
        "description": Column("str", "", ""),
        "operator": Column("str", "", ""),
        "military": Column("bool", "", ""),
        "source": Column("str", "", ""),
    },
    key=("icao24", "registration"),
)

AIR_POSITIONS = Schema(
    name="air_positions",
    text=(
        'One row a position. `altitude_kind` barometric (against 1013.25 hPa) | geometric (WGS 84) | ""; '
        "`speed_kn` over the ground; `climb_ms` metres a second, up positive. `is_stale`: no position in the 20 s "
        "before. `clock` utc | stated (a zone stood in the file) | unstated (taken as UTC). Unknown numbers are "
        "NaN, an unknown `on_ground` is missing."
    ),
    columns={
        "icao24": Column("str", "", ""),
        "t": Column(UTC, "UTC", ""),
        "lon": Column("float64", "°", ""),
        "lat": Column("float64", "°", ""),
        "altitude_m": Column("float64", "m", ""),
        "altitude_kind": Column("str", "", ""),
        "on_ground": Column("boolean", "", ""),
        "speed_kn": Column("float64", "kn", ""),
        "track_deg": Column("float64", "°", ""),
        "climb_ms": Column("float64", "m/s", ""),
        "is_stale": Column("bool", "", ""),
        "new_leg": Column("bool", "", ""),
        "registration": Column("str", "", ""),
        "callsign": Column("str", "", ""),
        "position_type": Column("str", "", ""),
        "clock": Column("str", "", ""),
        "citation": Column("str", "", ""),
        "source_file": Column("str", "", ""),
    },
    key=(),
    time=("t", "t"),
)

AIR_TRACKS = Schema(
    name="air_tracks",
    text=(
        "Cleaned positions. `body` 0 is the track with the most positions on an address; 1, 2, … cannot be the "
        "same aircraft. `flags` words separated by spaces: registration-differs, clock-unstated, other-body, "
        "address-shared."
    ),
    columns={**AIR_POSITIONS.columns, "body": Column("int64", "", ""), "flags": Column("str", "", "")},
    key=("icao24", "body", "t"),
    time=("t", "t"),
)

AIR_CALLS = Schema(
    name="air_calls",
    text=(
        "What a trace says of an airfield. `status` landed (seen low and slow there, or at rest) | consistent (the "
        "trace ends, begins again, and the field was within reach in between) | overflight | track ends | track "
        "begins | contested (another track on the same address contradicts it). `candidates`: the fields the claim "
        "names, most likely first; more than one when the trace does not choose. Bounds are NaT where nothing "
        'bounds them. `light` day | twilight | night at arrival, "" when the interval spans more than one. '
        "`closest_km`: nearest seen position. `weight`: share of the first candidate (0-1)."
    ),
    columns={
        "call_id": Column("str", "", ""),
        "icao24": Column("str", "", ""),
        "registration": Column("str", "", ""),
        "body": Column("int64", "", ""),
        "status": Column("str", "", ""),
        "airfield_id": Column("str", "", ""),
        "candidates": Column("str", "", ""),
        "lon": Column("float64", "°", ""),
        "lat": Column("float64", "°", ""),
        "arrived_not_before": Column(UTC, "UTC", ""),
        "arrived_not_after": Column(UTC, "UTC", ""),
        "departed_not_before": Column(UTC, "UTC", ""),
        "departed_not_after": Column(UTC, "UTC", ""),
        "ground_low_h": Column("float64", "h", ""),
        "ground_high_h": Column("float64", "h", ""),
        "sun_deg": Column("float64", "°", ""),
        "light": Column("str", "", ""),
        "closest_km": Column("float64", "km", ""),
        "weight": Column("float64", "", ""),
        "reception": Column("str", "", ""),
        "evidence": Column("str", "", ""),
        "alternatives": Column("str", "", ""),
        "flags": Column("str", "", ""),
        "claim": Column("str", "", ""),
    },
    key=("call_id",),
    time=("arrived_not_before", "departed_not_after"),
)

AIR_LEGS = Schema(
    name="air_legs",
    text=('From one call to the next of one aircraft. A field is "" where the trace does not name it.'),
    columns={
        "leg_id": Column("str", "", ""),
        "icao24": Column("str", "", ""),
        "registration": Column("str", "", ""),
        "body": Column("int64", "", ""),
        "from_field": Column("str", "", ""),
        "from_status": Column("str", "", ""),
        "to_field": Column("str", "", ""),
        "to_status": Column("str", "", ""),
        "departed_not_before": Column(UTC, "UTC", ""),
        "departed_not_after": Column(UTC, "UTC", ""),
        "arrived_not_before": Column(UTC, "UTC", ""),
        "arrived_not_after": Column(UTC, "UTC", ""),
        "distance_km": Column("float64", "km", ""),
        "positions": Column("int64", "", ""),
        "highest_m": Column("float64", "m", ""),
        "longest_silence_h": Column("float64", "h", ""),
        "from_call": Column("str", "", ""),
        "to_call": Column("str", "", ""),
    },
    key=("leg_id",),
)

AIR_TRIPS = Schema(
    name="air_trips",
    text=(
        "There and back: two consecutive legs between the same two fields. Instants are the earliest departure and "
        "the latest return."
    ),
    columns={
        "trip_id": Column("str", "", ""),
        "icao24": Column("str", "", ""),
        "registration": Column("str", "", ""),
        "home_field": Column("str", "", ""),
        "away_field": Column("str", "", ""),
        "left_at": Column(UTC, "UTC", ""),
        "returned_at": Column(UTC, "UTC", ""),
        "away_h": Column("float64", "h", ""),
        "out_leg": Column("str", "", ""),
        "back_leg": Column("str", "", ""),
        "call_id": Column("str", "", ""),
    },
    key=("trip_id",),
)

AIR_REPEATS = Schema(
    name="air_repeats",
    text=("Aircraft that called at a field more than once; `median_days` between calls."),
    columns={
        "icao24": Column("str", "", ""),
        "registration": Column("str", "", ""),
        "airfield_id": Column("str", "", ""),
        "calls": Column("int64", "", ""),
        "landed": Column("int64", "", ""),
        "first": Column(UTC, "UTC", ""),
        "last": Column(UTC, "UTC", ""),
        "median_days": Column("float64", "d", ""),
    },
    key=("icao24", "airfield_id"),
)

AIR_RECEPTION = Schema(
    name="air_reception",
    text=(
        "What was heard of anyone, by half-degree cell and hour. No row: nothing was heard, and silence proves nothing."
    ),
    columns={
        "cell": Column("str", "", ""),
        "hour": Column(UTC, "UTC", ""),
        "lon": Column("float64", "°", ""),
        "lat": Column("float64", "°", ""),
        "aircraft": Column("int64", "", ""),
        "positions": Column("int64", "", ""),
        "lowest_m": Column("float64", "m", ""),
    },
    key=("cell", "hour"),
)

AIR_CLAIMS = Schema(
    name="air_claims",
    text=(
        "What somebody published. `event` departed | arrived | seen on the ground | signal lost | first seen | leg "
        "(a dated leg, its end unsaid). ``[not_before, not_after)`` is as wide as the statement: a local day "
        "without a zone spans the zones of both ends. Claims are never merged."
    ),
    columns={
        "claim_id": Column("str", "", ""),
        "icao24": Column("str", "", ""),
        "registration": Column("str", "", ""),
        "type": Column("str", "", ""),
        "operator": Column("str", "", ""),
        "from_place": Column("str", "", ""),
        "to_place": Column("str", "", ""),
        "from_field": Column("str", "", ""),
        "to_field": Column("str", "", ""),
        "event": Column("str", "", ""),
        "date_local": Column("str", "", ""),
        "time_zone": Column("str", "", ""),
        "not_before": Column(UTC, "UTC", ""),
        "not_after": Column(UTC, "UTC", ""),
        "statement": Column("str", "", ""),
        "transponder": Column("str", "", ""),
        "citation": Column("str", "", ""),
        "confidence": Column("str", "", ""),
        "note": Column("str", "", ""),
        "source_file": Column("str", "", ""),
    },
    key=("claim_id",),
    time=("not_before", "not_after"),
)

AIR_CONFLICTS = Schema(
    name="air_conflicts",
    text=(
        "Two claims on one leg that bear different dates. `explained` time zone | possibly (neither source says of "
        "which end its date is) | no."
    ),
    columns={
        "conflict_id": Column("str", "", ""),
        "registration": Column("str", "", ""),
        "about": Column("str", "", ""),
        "claim_a": Column("str", "", ""),
        "claim_b": Column("str", "", ""),
        "date_a": Column("str", "", ""),
        "date_b": Column("str", "", ""),
        "citation_a": Column("str", "", ""),
        "citation_b": Column("str", "", ""),
        "days_apart": Column("int64", "", ""),
        "explained": Column("str", "", ""),
        "wording": Column("str", "", ""),
    },
    key=("conflict_id",),
)

AIR_EVENTS = Schema(
    name="air_events",
    text=(
        "The user's dated events, such as visits and votes; ``[start, end)``. That one has to do with a flight is "
        "not said."
    ),
    columns={"event": Column("str", "", ""), "start": Column(UTC, "UTC", ""), "end": Column(UTC, "UTC", "")},
    key=(),
)

TIMELINE = Schema(
    name="timeline",
    text=(
        "Rows that stand on one time axis, whatever room they come from. `lane` flight | published flight | visit "
        "| shuttle | stack | event. `end` is NaT while open."
    ),
    columns={
        "row_id": Column("str", "", ""),
        "start": Column(UTC, "UTC", ""),
        "end": Column(UTC, "UTC", ""),
        "lane": Column("str", "", ""),
        "place": Column("str", "", ""),
        "subject": Column("str", "", ""),
        "status": Column("str", "", ""),
        "claim": Column("str", "", ""),
        "evidence": Column("str", "", ""),
        "alternatives": Column("str", "", ""),
    },
    key=("row_id",),
    time=("start", "end"),
)
