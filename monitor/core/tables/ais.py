"""What AIS says: positions, tracks, gaps, reception, port calls and voyages."""

from __future__ import annotations

from monitor.core.schema import UTC, Schema

POSITIONS = Schema(
    "positions",
    {
        "mmsi": "int64",
        "t": UTC,
        "lon": "float64",
        "lat": "float64",
        "sog_kn": "float64",
        "cog_deg": "float64",
        "heading_deg": "float64",
        "nav_status": "Int16",
        "length_m": "float64",
        "receiver": "str",
        "source_file": "str",
    },
    (),
)
"""One row an AIS position. Not-available values of ITU-R M.1371 are NaN. `receiver` terrestrial | satellite | "" when
not said."""

VESSELS = Schema(
    "vessels",
    {
        "mmsi": "int64",
        "imo": "str",
        "name": "str",
        "callsign": "str",
        "ship_type": "Int16",
        "length_m": "float64",
        "width_m": "float64",
        "source_file": "str",
    },
    ("mmsi",),
)
"""Static data as last broadcast; it is what the ship says of itself."""

TRACK_POINTS = Schema(
    "track_points",
    {
        "mmsi": "int64",
        "t": UTC,
        "lon": "float64",
        "lat": "float64",
        "sog_kn": "float64",
        "cog_deg": "float64",
        "heading_deg": "float64",
        "length_m": "float64",
        "r50_m": "float64",
        "r90_m": "float64",
        "method": "str",
        "before_s": "float64",
        "after_s": "float64",
        "segment": "int64",
    },
    ("mmsi", "t"),
)
"""Where a vessel was at an instant: `method` interpolated | dead reckoned; `r50_m` and `r90_m` hold 50 % and 90 %;
`before_s`, `after_s` seconds to the fixes on either side (NaN when there is none)."""

GAPS = Schema(
    "gaps",
    {
        "gap_id": "str",
        "mmsi": "int64",
        "start": UTC,
        "end": UTC,
        "is_closed": "bool",
        "duration_h": "float64",
        "distance_m": "float64",
        "implied_kn": "float64",
        "start_lon": "float64",
        "start_lat": "float64",
        "end_lon": "float64",
        "end_lat": "float64",
        "positions_before_12h": "int64",
    },
    ("gap_id",),
)
"""Silences of one MMSI. An open gap has no `end` (NaT); its `duration_h` runs to the instant asked for."""

GAP_RULES = Schema(
    "gap_rules",
    {
        "gap_id": "str",
        "mmsi": "int64",
        "open_sea": "str",
        "coastal": "str",
        "reasons": "str",
        "shore_nmi": "float64",
        "others_before": "int64",
        "others_during": "int64",
        "own_per_hour": "float64",
    },
    ("gap_id",),
)
"""What speaks for a silence being more than bad reception: `open_sea` and `coastal` met | not met | cannot say;
`reasons` separated by "; "."""

GAP_CALLS = Schema(
    "gap_calls",
    {
        "gap_id": "str",
        "mmsi": "int64",
        "port_id": "str",
        "rank": "int64",
        "is_feasible": "bool",
        "there_m": "float64",
        "back_m": "float64",
        "by_water": "bool",
        "speed_kn": "float64",
        "needed_kn": "float64",
        "travel_h": "float64",
        "spare_h": "float64",
    },
    ("gap_id", "port_id"),
)
"""Whether a silence left time to call at a port: `spare_h` is left after `travel_h` at `speed_kn`; `needed_kn` leaves
none. `by_water` False: the distances are geodesic, a lower bound."""

RECEPTION = Schema(
    "reception",
    {"cell": "str", "hour": UTC, "lon": "float64", "lat": "float64", "vessels": "int64", "positions": "int64"},
    ("cell", "hour"),
)
"""What was heard, by place and hour. No row means nothing was heard: silence there proves nothing."""

TRACK_FLAGS = Schema(
    "track_flags",
    {
        "mmsi": "int64",
        "segment": "int64",
        "flag": "str",
        "start": UTC,
        "end": UTC,
        "positions": "int64",
        "of": "int64",
        "lon": "float64",
        "lat": "float64",
    },
    ("mmsi", "segment", "flag"),
)
"""Segments of tracks in which something is odd: `flag` shared mmsi | jump | frozen | speed mismatch | clock, held by
`positions` of the `of` that the segment has, from `start` to `end`; `lon`, `lat` is where it begins."""

RADAR_PRESENCE = Schema(
    "radar_presence",
    {"t": UTC, "lon": "float64", "lat": "float64", "detections": "int64", "mmsi": "Int64", "name": "str"},
    (),
)
"""Radar detections that others published, by cell and hour; `mmsi` missing where they matched no AIS."""

PORT_CALLS = Schema(
    "port_calls",
    {
        "mmsi": "int64",
        "port_id": "str",
        "arrived_at": UTC,
        "departed_at": UTC,
        "confidence": "int64",
        "has_gap": "bool",
        "silent_h": "float64",
        "silent_after_h": "float64",
    },
    ("mmsi", "port_id", "arrived_at"),
)
"""Stays in a port from AIS; `confidence` 1–4; `departed_at` NaT while still there. `silent_h` is the longest silence in
port, `silent_after_h` the longest between the departure and the next call (NaN when there is none)."""

VOYAGES = Schema(
    "voyages",
    {
        "voyage_id": "str",
        "mmsi": "Int64",
        "from_port": "str",
        "to_port": "str",
        "departed_at": UTC,
        "arrived_at": UTC,
        "duration_h": "float64",
        "evidence": "str",
        "probability": "float64",
        "shuttle_id": "str",
        "from_visit": "str",
        "to_visit": "str",
        "silent_h": "float64",
    },
    ("voyage_id",),
)
"""Between two calls. `evidence` ais | imagery | both; `shuttle_id` "" unless the pair repeats; `silent_h` the longest
silence within, NaN when unknown. Imagery's instants are the middle of their intervals."""
