"""Tables about aircraft: positions, calls at airfields, legs, reception and published claims."""

from __future__ import annotations

from monitor.core.schema import UTC, Column, Schema

AIRFIELDS = Schema(
    name="airfields",
    text="Airfields at which aircraft may call. A list has no time.",
    columns={
        "airfield_id": Column("str", "", "Id of the airfield, its ICAO code where it has one."),
        "name": Column("str", "", "Name of the airfield."),
        "city": Column("str", "", 'City that it serves, "" when not given.'),
        "country": Column("str", "", 'Country, ISO 3166 code of two letters, "" when not given.'),
        "lon": Column("float64", "°", "Longitude of the reference point."),
        "lat": Column("float64", "°", "Latitude of the reference point."),
        "elevation_m": Column("float64", "m", "Height above sea level."),
        "radius_m": Column("float64", "m", "An aircraft on the ground within this radius is at the field."),
        "timezone": Column("str", "", "IANA name of the time zone."),
        "closed": Column("bool", "", "Whether it lies in closed airspace, where few receivers stand."),
        "source": Column("str", "", "Where this is published."),
    },
    key=("airfield_id",),
)

AIRCRAFT_WATCHLIST = Schema(
    name="aircraft_watchlist",
    text="Aircraft to follow. A list has no time.",
    columns={
        "icao24": Column("str", "", 'Address, six hexadecimal digits in lower case; "" when only the tail is known.'),
        "registration": Column("str", "", 'Registration (tail), "" when unknown.'),
        "type": Column("str", "", "ICAO type designator, such as IL62."),
        "description": Column("str", "", "Type in words."),
        "operator": Column("str", "", "Who operates it."),
        "military": Column("bool", "", "Whether it is a military or state aircraft."),
        "source": Column("str", "", "Where this is published."),
    },
    key=("icao24", "registration"),
)

AIR_POSITIONS = Schema(
    name="air_positions",
    text="Positions of aircraft, one row each. Unknown numbers are NaN, an unknown `on_ground` is missing.",
    columns={
        "icao24": Column(
            "str", "", 'Address, six hexadecimal digits in lower case; "~" and the call sign where only that is known.'
        ),
        "t": Column(UTC, "UTC", "When the position was measured."),
        "lon": Column("float64", "°", "Longitude on WGS 84, east positive."),
        "lat": Column("float64", "°", "Latitude on WGS 84, north positive."),
        "altitude_m": Column("float64", "m", "Height, of the kind that the next column names."),
        "altitude_kind": Column("str", "", 'barometric (against 1013.25 hPa) | geometric (WGS 84) | "".'),
        "on_ground": Column("boolean", "", "Whether the aircraft is on the ground, missing when unknown."),
        "speed_kn": Column("float64", "kn", "Speed over the ground."),
        "track_deg": Column("float64", "°", "Course over the ground from true north."),
        "climb_ms": Column("float64", "m/s", "Vertical speed, up positive."),
        "is_stale": Column("bool", "", "Whether no position came in the 20 s before."),
        "new_leg": Column("bool", "", "Whether the source begins a new leg here."),
        "registration": Column("str", "", 'Registration (tail), "" when unknown.'),
        "callsign": Column("str", "", 'Call sign, "" when unknown.'),
        "position_type": Column("str", "", 'How the position was obtained, as the source has it; "" when unknown.'),
        "clock": Column("str", "", "Clock: utc | stated (a zone stood in the file) | unstated (taken as UTC)."),
        "citation": Column("str", "", 'Where it is published, "" for a trace.'),
        "source_file": Column("str", "", "Name of the file that it was read from."),
    },
    key=(),
    time=("t", "t"),
)

AIR_TRACKS = Schema(
    name="air_tracks",
    text="Positions after cleaning, each assigned to one aircraft; what was dropped is counted elsewhere.",
    columns={
        **AIR_POSITIONS.columns,
        "body": Column("int64", "", "0 has most positions on the address; 1, 2, … cannot be the same aircraft."),
        "flags": Column("str", "", "registration-differs, clock-unstated, other-body, address-shared; or none."),
    },
    key=("icao24", "body", "t"),
    time=("t", "t"),
)

AIR_CALLS = Schema(
    name="air_calls",
    text=(
        "What traces show of airfields: landings, what is consistent with one, overflights, and where a trace "
        "ends or begins. Landed: low and slow there, or at rest; consistent: the field was within reach in a "
        "silence; contested: another track on the address contradicts it. Bounds are NaT where nothing bounds "
        "them; empty without tracks."
    ),
    columns={
        "call_id": Column("str", "", "Id, made of the address, the body, the instant and the kind."),
        "icao24": Column("str", "", "Address of the aircraft, six hexadecimal digits in lower case."),
        "registration": Column("str", "", 'Registration (tail), "" when unknown.'),
        "body": Column("int64", "", "Number of the track on its address; 0 has the most positions."),
        "status": Column("str", "", "landed | consistent | overflight | track ends | track begins | contested."),
        "airfield_id": Column("str", "", 'Id of the likeliest field, "" for one that is not listed.'),
        "candidates": Column("str", "", "Ids of fields that the claim names, likeliest first, separated by spaces."),
        "lon": Column("float64", "°", "Longitude of the field, or where the trace begins or ends."),
        "lat": Column("float64", "°", "Latitude of the field, or where the trace begins or ends."),
        "arrived_not_before": Column(UTC, "UTC", "Earliest arrival that the trace allows."),
        "arrived_not_after": Column(UTC, "UTC", "Latest arrival that the trace allows."),
        "departed_not_before": Column(UTC, "UTC", "Earliest departure that the trace allows."),
        "departed_not_after": Column(UTC, "UTC", "Latest departure that the trace allows."),
        "ground_low_h": Column("float64", "h", "Shortest time on the ground, NaN when a bound is missing."),
        "ground_high_h": Column("float64", "h", "Longest time on the ground, NaN when a bound is missing."),
        "sun_deg": Column("float64", "°", "Elevation of the sun in the middle of the arrival's bounds, else NaN."),
        "light": Column("str", "", 'day | twilight | night at arrival, "" when the bounds span more than one.'),
        "closest_km": Column("float64", "km", "Distance from the field to the nearest position."),
        "weight": Column("float64", "", "Share of the first candidate, 0–1."),
        "reception": Column("str", "", "What was received of other aircraft there and then, in words."),
        "evidence": Column("str", "", 'What the call rests on, separated by "; ".'),
        "alternatives": Column("str", "", 'What else could explain it, separated by "; ".'),
        "flags": Column("str", "", "Flags of the positions of the track, separated by spaces."),
        "claim": Column("str", "", "Sentence that may be stated."),
    },
    key=("call_id",),
    time=("arrived_not_before", "departed_not_after"),
)

AIR_LEGS = Schema(
    name="air_legs",
    text="Flights from one call to the next of one aircraft. No leg bridges a hole in the trace or a contested call.",
    columns={
        "leg_id": Column("str", "", "Id, made of that of the first call."),
        "icao24": Column("str", "", "Address of the aircraft, six hexadecimal digits in lower case."),
        "registration": Column("str", "", 'Registration (tail), "" when unknown.'),
        "body": Column("int64", "", "Number of the track on its address; 0 has the most positions."),
        "from_field": Column("str", "", 'Id of the field that it left, "" when the trace does not name one.'),
        "from_status": Column("str", "", "Status of the call that it left."),
        "to_field": Column("str", "", 'Id of the field that it reached, "" when the trace does not name one.'),
        "to_status": Column("str", "", "Status of the call that it reached."),
        "departed_not_before": Column(UTC, "UTC", "Earliest departure that the trace allows."),
        "departed_not_after": Column(UTC, "UTC", "Latest departure that the trace allows."),
        "arrived_not_before": Column(UTC, "UTC", "Earliest arrival that the trace allows."),
        "arrived_not_after": Column(UTC, "UTC", "Latest arrival that the trace allows."),
        "distance_km": Column("float64", "km", "Distance along the positions, from call to call."),
        "positions": Column("int64", "", "Positions on the way."),
        "highest_m": Column("float64", "m", "Greatest height on the way, NaN when unknown."),
        "longest_silence_h": Column("float64", "h", "Longest time without a position on the way."),
        "from_call": Column("str", "", "Id of the call that it left."),
        "to_call": Column("str", "", "Id of the call that it reached."),
    },
    key=("leg_id",),
    time=("departed_not_before", "arrived_not_after"),
)

AIR_TRIPS = Schema(
    name="air_trips",
    text="Round trips: two consecutive legs of one aircraft, there and back between the same two fields.",
    columns={
        "trip_id": Column("str", "", "Id, made of that of the first leg."),
        "icao24": Column("str", "", "Address of the aircraft, six hexadecimal digits in lower case."),
        "registration": Column("str", "", 'Registration (tail), "" when unknown.'),
        "home_field": Column("str", "", "Id of the field that it left and came back to."),
        "away_field": Column("str", "", 'Id of the field in between, "" when the trace does not name one.'),
        "left_at": Column(UTC, "UTC", "Earliest departure from home."),
        "returned_at": Column(UTC, "UTC", "Latest return to home."),
        "away_h": Column("float64", "h", "Time from departure to return."),
        "out_leg": Column("str", "", "Id of the leg out."),
        "back_leg": Column("str", "", "Id of the leg back."),
        "call_id": Column("str", "", "Id of the call in between."),
    },
    key=("trip_id",),
    time=("left_at", "returned_at"),
)

AIR_REPEATS = Schema(
    name="air_repeats",
    text="Aircraft that called at a field more than once.",
    columns={
        "icao24": Column("str", "", "Address of the aircraft, six hexadecimal digits in lower case."),
        "registration": Column("str", "", 'Registration (tail), "" when unknown.'),
        "airfield_id": Column("str", "", "Id of the field; of several candidates the likeliest."),
        "calls": Column("int64", "", "Calls at the field, landed or consistent."),
        "landed": Column("int64", "", "Calls with a landing that was seen."),
        "first": Column(UTC, "UTC", "Earliest bound of the first call."),
        "last": Column(UTC, "UTC", "Earliest bound of the last call."),
        "median_days": Column("float64", "d", "Median time from one call to the next."),
    },
    key=("icao24", "airfield_id"),
    time=("first", "last"),
)

AIR_RECEPTION = Schema(
    name="air_reception",
    text=(
        "Aircraft received, by half-degree cell and hour. No row means that nothing was received there: silence "
        "then proves nothing."
    ),
    columns={
        "cell": Column("str", "", "Latitude and longitude of the middle of the cell."),
        "hour": Column(UTC, "UTC", "Beginning of the hour."),
        "lon": Column("float64", "°", "Longitude of the middle of the cell."),
        "lat": Column("float64", "°", "Latitude of the middle of the cell."),
        "aircraft": Column("int64", "", "Different aircraft received."),
        "positions": Column("int64", "", "Positions received in that hour."),
        "lowest_m": Column("float64", "m", "Least height received, 0 on the ground, NaN when none is known."),
    },
    key=("cell", "hour"),
    time=("hour", "hour"),
)

AIR_CLAIMS = Schema(
    name="air_claims",
    text=(
        "What somebody published of a flight. The bounds are as wide as the statement: a local day without a "
        "zone spans the zones of both ends. A leg does not state which end was meant. Claims are never merged."
    ),
    columns={
        "claim_id": Column("str", "", "Id of the claim in its file, or made of what it states."),
        "icao24": Column("str", "", 'Address of the aircraft, "" when not given.'),
        "registration": Column("str", "", 'Registration (tail), "" when unknown.'),
        "type": Column("str", "", "Type of aircraft as the source has it."),
        "operator": Column("str", "", "Operator as the source has it."),
        "from_place": Column("str", "", "Place of departure as the source names it."),
        "to_place": Column("str", "", "Place of arrival as the source names it."),
        "from_field": Column("str", "", 'Id of the one field that this names, "" when it may be several.'),
        "to_field": Column("str", "", 'Id of the one field that this names, "" when it may be several.'),
        "event": Column(
            "str", "", "departed | arrived | seen on the ground | signal lost | first seen | last seen | leg."
        ),
        "date_local": Column("str", "", "Local date, or two with a slash, as the source has it."),
        "time_zone": Column("str", "", 'IANA name of the time zone stated, "" when none is.'),
        "not_before": Column(UTC, "UTC", "Beginning of the time that the statement allows."),
        "not_after": Column(UTC, "UTC", "End of that time, exclusive."),
        "statement": Column("str", "", "What the source states, in short."),
        "transponder": Column("str", "", 'What the source reports of the transponder, "" when nothing.'),
        "citation": Column("str", "", "Where it is published."),
        "confidence": Column("str", "", "Confidence in words of whoever wrote the row."),
        "note": Column("str", "", "Anything else in words."),
        "source_file": Column("str", "", "Name of the file that it was read from."),
    },
    key=("claim_id",),
    time=("not_before", "not_after"),
)

AIR_CONFLICTS = Schema(
    name="air_conflicts",
    text=(
        "Pairs of claims on one leg that bear different dates; both are kept. Possibly: neither source states "
        "of which end its date is. Rows have no instants: the dates are local, and are text."
    ),
    columns={
        "conflict_id": Column("str", "", "Id, made of those of the two claims."),
        "registration": Column("str", "", 'Registration (tail), "" when unknown.'),
        "about": Column("str", "", "The leg, as the first claim names its ends."),
        "claim_a": Column("str", "", "Id of the claim with the earlier date."),
        "claim_b": Column("str", "", "Id of the claim with the later date."),
        "date_a": Column("str", "", "Local date of the first claim."),
        "date_b": Column("str", "", "Local date of the second claim."),
        "citation_a": Column("str", "", "Where the first claim is published."),
        "citation_b": Column("str", "", "Where the second claim is published."),
        "days_apart": Column("int64", "d", "Days between the two dates."),
        "explained": Column("str", "", "Whether local dates explain it: time zone | possibly | no."),
        "wording": Column("str", "", "Sentence that may be stated."),
    },
    key=("conflict_id",),
)

AIR_EVENTS = Schema(
    name="air_events",
    text=(
        "The user's dated events, such as visits and votes. A row does not state that an event has to do with a flight."
    ),
    columns={
        "event": Column("str", "", "The event in words."),
        "start": Column(UTC, "UTC", "Beginning of the event."),
        "end": Column(UTC, "UTC", "End of the event, exclusive."),
    },
    key=(),
    time=("start", "end"),
)

TIMELINE = Schema(
    name="timeline",
    text=(
        "Rows of several tables on one time axis. That two stand near each other is no evidence that one caused "
        "the other."
    ),
    columns={
        "row_id": Column("str", "", "Id of the row in its own table."),
        "start": Column(UTC, "UTC", "Beginning of the row, at the earliest."),
        "end": Column(UTC, "UTC", "End of the row, at the latest; NaT while open."),
        "lane": Column(
            "str", "", "flight | published flight | visit | oil stay | shuttle | stack | ground | chain | event."
        ),
        "place": Column("str", "", 'Id of the airfield, AOI or both ports, "" for an event.'),
        "subject": Column("str", "", "Aircraft, berth, shuttle, yard or event."),
        "status": Column("str", "", "Status of the call, event of the claim, or how a visit or stack is."),
        "claim": Column("str", "", "What is stated, in a sentence."),
        "evidence": Column("str", "", "Ids or words of what it rests on."),
        "alternatives": Column("str", "", 'What else could explain it, "" when not given.'),
    },
    key=("row_id",),
    time=("start", "end"),
)
