"""The columns of the tables about aircraft."""

from __future__ import annotations

from monitor.core.schema import UTC, Schema

AIRFIELDS = Schema(
    "airfields",
    {
        "airfield_id": "str",
        "name": "str",
        "city": "str",
        "country": "str",
        "lon": "float64",
        "lat": "float64",
        "elevation_m": "float64",
        "radius_m": "float64",
        "timezone": "str",
        "closed": "bool",
        "source": "str",
    },
    ("airfield_id",),
)
"""Reference points, WGS 84. An aircraft on the ground within `radius_m` is at the field; `closed`: its airspace
publishes no surveillance and few receivers stand there. `timezone` is an IANA name."""

WATCHLIST = Schema(
    "watchlist",
    {
        "icao24": "str",
        "registration": "str",
        "type": "str",
        "description": "str",
        "operator": "str",
        "military": "bool",
        "source": "str",
    },
    ("icao24", "registration"),
)
"""Aircraft to follow. `icao24` six hexadecimal digits in lower case, "" where only the tail is known."""

AIR_POSITIONS = Schema(
    "air_positions",
    {
        "icao24": "str",
        "t": UTC,
        "lon": "float64",
        "lat": "float64",
        "altitude_m": "float64",
        "altitude_kind": "str",
        "on_ground": "boolean",
        "speed_kn": "float64",
        "track_deg": "float64",
        "climb_ms": "float64",
        "is_stale": "bool",
        "new_leg": "bool",
        "registration": "str",
        "callsign": "str",
        "position_type": "str",
        "clock": "str",
        "citation": "str",
        "source_file": "str",
    },
    (),
)
"""One row a position. `altitude_kind` barometric (against 1013.25 hPa) | geometric (WGS 84) | ""; `speed_kn` over the
ground; `climb_ms` metres a second, up positive. `is_stale`: no position in the 20 s before. `clock` utc | stated (a
zone stood in the file) | unstated (taken as UTC). Unknown numbers are NaN, an unknown `on_ground` is missing."""

AIR_TRACKS = Schema("air_tracks", {**AIR_POSITIONS.columns, "body": "int64", "flags": "str"}, ("icao24", "body", "t"))
"""Cleaned positions. `body` 0 is the track with the most positions on an address; 1, 2, … cannot be the same aircraft.
`flags` words separated by spaces: registration-differs, clock-unstated, other-body, address-shared."""

AIR_CALLS = Schema(
    "air_calls",
    {
        "call_id": "str",
        "icao24": "str",
        "registration": "str",
        "body": "int64",
        "status": "str",
        "airfield_id": "str",
        "candidates": "str",
        "lon": "float64",
        "lat": "float64",
        "arrived_not_before": UTC,
        "arrived_not_after": UTC,
        "departed_not_before": UTC,
        "departed_not_after": UTC,
        "ground_low_h": "float64",
        "ground_high_h": "float64",
        "sun_deg": "float64",
        "light": "str",
        "closest_km": "float64",
        "weight": "float64",
        "reception": "str",
        "evidence": "str",
        "alternatives": "str",
        "flags": "str",
        "claim": "str",
    },
    ("call_id",),
)
"""What a trace says of an airfield. `status` landed (seen low and slow there, or at rest) | consistent (the trace
ends, begins again, and the field was within reach in between) | overflight | track ends | track begins | contested
(another track on the same address contradicts it). `candidates`: the fields the claim names, most likely first; more
than one when the trace does not choose. Bounds are NaT where nothing bounds them. `light` day | twilight | night at
arrival, "" when the interval spans more than one. `closest_km`: nearest seen position. `weight`: share of the first
candidate (0-1)."""

AIR_LEGS = Schema(
    "air_legs",
    {
        "leg_id": "str",
        "icao24": "str",
        "registration": "str",
        "body": "int64",
        "from_field": "str",
        "from_status": "str",
        "to_field": "str",
        "to_status": "str",
        "departed_not_before": UTC,
        "departed_not_after": UTC,
        "arrived_not_before": UTC,
        "arrived_not_after": UTC,
        "distance_km": "float64",
        "positions": "int64",
        "highest_m": "float64",
        "longest_silence_h": "float64",
        "from_call": "str",
        "to_call": "str",
    },
    ("leg_id",),
)
"""From one call to the next of one aircraft. A field is "" where the trace does not name it."""

AIR_TRIPS = Schema(
    "air_trips",
    {
        "trip_id": "str",
        "icao24": "str",
        "registration": "str",
        "home_field": "str",
        "away_field": "str",
        "left_at": UTC,
        "returned_at": UTC,
        "away_h": "float64",
        "out_leg": "str",
        "back_leg": "str",
        "call_id": "str",
    },
    ("trip_id",),
)
"""There and back: two consecutive legs between the same two fields. Instants are the earliest departure and the latest
return."""

AIR_REPEATS = Schema(
    "air_repeats",
    {
        "icao24": "str",
        "registration": "str",
        "airfield_id": "str",
        "calls": "int64",
        "landed": "int64",
        "first": UTC,
        "last": UTC,
        "median_days": "float64",
    },
    ("icao24", "airfield_id"),
)
"""Aircraft that called at a field more than once; `median_days` between calls."""

AIR_RECEPTION = Schema(
    "air_reception",
    {
        "cell": "str",
        "hour": UTC,
        "lon": "float64",
        "lat": "float64",
        "aircraft": "int64",
        "positions": "int64",
        "lowest_m": "float64",
    },
    ("cell", "hour"),
)
"""What was heard of anyone, by half-degree cell and hour. No row: nothing was heard, and silence proves nothing."""

AIR_CLAIMS = Schema(
    "air_claims",
    {
        "claim_id": "str",
        "icao24": "str",
        "registration": "str",
        "type": "str",
        "operator": "str",
        "from_place": "str",
        "to_place": "str",
        "from_field": "str",
        "to_field": "str",
        "event": "str",
        "date_local": "str",
        "time_zone": "str",
        "not_before": UTC,
        "not_after": UTC,
        "statement": "str",
        "transponder": "str",
        "citation": "str",
        "confidence": "str",
        "note": "str",
        "source_file": "str",
    },
    ("claim_id",),
)
"""What somebody published. `event` departed | arrived | seen on the ground | signal lost | first seen | leg (a dated
leg, its end unsaid). ``[not_before, not_after)`` is as wide as the statement: a local day without a zone spans the
zones of both ends. Claims are never merged."""

AIR_CONFLICTS = Schema(
    "air_conflicts",
    {
        "conflict_id": "str",
        "registration": "str",
        "about": "str",
        "claim_a": "str",
        "claim_b": "str",
        "date_a": "str",
        "date_b": "str",
        "citation_a": "str",
        "citation_b": "str",
        "days_apart": "int64",
        "explained": "str",
        "wording": "str",
    },
    ("conflict_id",),
)
"""Two claims on one leg that bear different dates. `explained` time zone | possibly (neither source says of
which end its date is) | no."""

AIR_EVENTS = Schema("air_events", {"event": "str", "start": UTC, "end": UTC}, ())
"""The user's dated events, such as visits and votes; ``[start, end)``. That one has to do with a flight is not said."""

TIMELINE = Schema(
    "timeline",
    {
        "row_id": "str",
        "start": UTC,
        "end": UTC,
        "lane": "str",
        "place": "str",
        "subject": "str",
        "status": "str",
        "claim": "str",
        "evidence": "str",
        "alternatives": "str",
    },
    ("row_id",),
)
"""Rows that stand on one time axis, whatever room they come from. `lane` flight | published flight | visit | shuttle |
stack | event. `end` is NaT while open."""
