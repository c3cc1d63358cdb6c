"""What AIS says: positions, tracks, gaps, reception, port calls and voyages."""

from __future__ import annotations

from monitor.core.schema import UTC, Column, Schema

POSITIONS = Schema(
    name="positions",
    text=(
        "One row an AIS position. Not-available values of ITU-R M.1371 are NaN. `receiver` terrestrial | satellite "
        '| "" when not said.'
    ),
    columns={
        "mmsi": Column("int64", "", ""),
        "t": Column(UTC, "UTC", ""),
        "lon": Column("float64", "°", ""),
        "lat": Column("float64", "°", ""),
        "sog_kn": Column("float64", "kn", ""),
        "cog_deg": Column("float64", "°", ""),
        "heading_deg": Column("float64", "°", ""),
        "nav_status": Column("Int16", "", ""),
        "length_m": Column("float64", "m", ""),
        "receiver": Column("str", "", ""),
        "source_file": Column("str", "", ""),
    },
    key=(),
    time=("t", "t"),
)

VESSELS = Schema(
    name="vessels",
    text=("Static data as last broadcast; it is what the ship says of itself."),
    columns={
        "mmsi": Column("int64", "", ""),
        "imo": Column("str", "", ""),
        "name": Column("str", "", ""),
        "callsign": Column("str", "", ""),
        "ship_type": Column("Int16", "", ""),
        "length_m": Column("float64", "m", ""),
        "width_m": Column("float64", "m", ""),
        "source_file": Column("str", "", ""),
    },
    key=("mmsi",),
)

TRACK_POINTS = Schema(
    name="track_points",
    text=(
        "Where a vessel was at an instant: `method` interpolated | dead reckoned; `r50_m` and `r90_m` hold 50 % "
        "and 90 %; `before_s`, `after_s` seconds to the fixes on either side (NaN when there is none)."
    ),
    columns={
        "mmsi": Column("int64", "", ""),
        "t": Column(UTC, "UTC", ""),
        "lon": Column("float64", "°", ""),
        "lat": Column("float64", "°", ""),
        "sog_kn": Column("float64", "kn", ""),
        "cog_deg": Column("float64", "°", ""),
        "heading_deg": Column("float64", "°", ""),
        "length_m": Column("float64", "m", ""),
        "r50_m": Column("float64", "m", ""),
        "r90_m": Column("float64", "m", ""),
        "method": Column("str", "", ""),
        "before_s": Column("float64", "s", ""),
        "after_s": Column("float64", "s", ""),
        "segment": Column("int64", "", ""),
    },
    key=("mmsi", "t"),
    time=("t", "t"),
)

GAPS = Schema(
    name="gaps",
    text=("Silences of one MMSI. An open gap has no `end` (NaT); its `duration_h` runs to the instant asked for."),
    columns={
        "gap_id": Column("str", "", ""),
        "mmsi": Column("int64", "", ""),
        "start": Column(UTC, "UTC", ""),
        "end": Column(UTC, "UTC", ""),
        "is_closed": Column("bool", "", ""),
        "duration_h": Column("float64", "h", ""),
        "distance_m": Column("float64", "m", ""),
        "implied_kn": Column("float64", "kn", ""),
        "start_lon": Column("float64", "°", ""),
        "start_lat": Column("float64", "°", ""),
        "end_lon": Column("float64", "°", ""),
        "end_lat": Column("float64", "°", ""),
        "positions_before_12h": Column("int64", "", ""),
    },
    key=("gap_id",),
    time=("start", "end"),
)

GAP_RULES = Schema(
    name="gap_rules",
    text=(
        "What speaks for a silence being more than bad reception: `open_sea` and `coastal` met | not met | cannot "
        'say; `reasons` separated by "; ".'
    ),
    columns={
        "gap_id": Column("str", "", ""),
        "mmsi": Column("int64", "", ""),
        "open_sea": Column("str", "", ""),
        "coastal": Column("str", "", ""),
        "reasons": Column("str", "", ""),
        "shore_nmi": Column("float64", "nmi", ""),
        "others_before": Column("int64", "", ""),
        "others_during": Column("int64", "", ""),
        "own_per_hour": Column("float64", "", ""),
    },
    key=("gap_id",),
)

GAP_CALLS = Schema(
    name="gap_calls",
    text=(
        "Whether a silence left time to call at a port: `spare_h` is left after `travel_h` at `speed_kn`; "
        "`needed_kn` leaves none. `by_water` False: the distances are geodesic, a lower bound."
    ),
    columns={
        "gap_id": Column("str", "", ""),
        "mmsi": Column("int64", "", ""),
        "port_id": Column("str", "", ""),
        "rank": Column("int64", "", ""),
        "is_feasible": Column("bool", "", ""),
        "there_m": Column("float64", "m", ""),
        "back_m": Column("float64", "m", ""),
        "by_water": Column("bool", "", ""),
        "speed_kn": Column("float64", "kn", ""),
        "needed_kn": Column("float64", "kn", ""),
        "travel_h": Column("float64", "h", ""),
        "spare_h": Column("float64", "h", ""),
    },
    key=("gap_id", "port_id"),
)

RECEPTION = Schema(
    name="reception",
    text=("What was heard, by place and hour. No row means nothing was heard: silence there proves nothing."),
    columns={
        "cell": Column("str", "", ""),
        "hour": Column(UTC, "UTC", ""),
        "lon": Column("float64", "°", ""),
        "lat": Column("float64", "°", ""),
        "vessels": Column("int64", "", ""),
        "positions": Column("int64", "", ""),
    },
    key=("cell", "hour"),
    time=("hour", "hour"),
)

TRACK_FLAGS = Schema(
    name="track_flags",
    text=(
        "Segments of tracks in which something is odd: `flag` shared mmsi | jump | frozen | speed mismatch | "
        "clock, held by `positions` of the `of` that the segment has, from `start` to `end`; `lon`, `lat` is where "
        "it begins."
    ),
    columns={
        "mmsi": Column("int64", "", ""),
        "segment": Column("int64", "", ""),
        "flag": Column("str", "", ""),
        "start": Column(UTC, "UTC", ""),
        "end": Column(UTC, "UTC", ""),
        "positions": Column("int64", "", ""),
        "of": Column("int64", "", ""),
        "lon": Column("float64", "°", ""),
        "lat": Column("float64", "°", ""),
    },
    key=("mmsi", "segment", "flag"),
    time=("start", "end"),
)

PORT_CALLS = Schema(
    name="port_calls",
    text=(
        "Stays in a port from AIS; `confidence` 1–4; `departed_at` NaT while still there. `silent_h` is the "
        "longest silence in port, `silent_after_h` the longest between the departure and the next call (NaN when "
        "there is none)."
    ),
    columns={
        "mmsi": Column("int64", "", ""),
        "port_id": Column("str", "", ""),
        "arrived_at": Column(UTC, "UTC", ""),
        "departed_at": Column(UTC, "UTC", ""),
        "confidence": Column("int64", "", ""),
        "has_gap": Column("bool", "", ""),
        "silent_h": Column("float64", "h", ""),
        "silent_after_h": Column("float64", "h", ""),
    },
    key=("mmsi", "port_id", "arrived_at"),
    time=("arrived_at", "departed_at"),
)

VOYAGES = Schema(
    name="voyages",
    text=(
        'Between two calls. `evidence` ais | imagery | both; `shuttle_id` "" unless the pair repeats; `silent_h` '
        "the longest silence within, NaN when unknown. Imagery's instants are the middle of their intervals."
    ),
    columns={
        "voyage_id": Column("str", "", ""),
        "mmsi": Column("Int64", "", ""),
        "from_port": Column("str", "", ""),
        "to_port": Column("str", "", ""),
        "departed_at": Column(UTC, "UTC", ""),
        "arrived_at": Column(UTC, "UTC", ""),
        "duration_h": Column("float64", "h", ""),
        "evidence": Column("str", "", ""),
        "probability": Column("float64", "", ""),
        "shuttle_id": Column("str", "", ""),
        "from_visit": Column("str", "", ""),
        "to_visit": Column("str", "", ""),
        "silent_h": Column("float64", "h", ""),
    },
    key=("voyage_id",),
    time=("departed_at", "arrived_at"),
)
