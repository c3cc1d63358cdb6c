"""Tables made from AIS: positions, tracks, gaps, reception, port calls and voyages."""

from __future__ import annotations

from monitor.core.schema import UTC, Column, Schema

DIMENSIONS = ("to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m")
"""Columns of the distances from the AIS antenna to the ends and sides of the hull, A to D of the static message."""
_DIMENSIONS = {
    "to_bow_m": Column("float64", "m", "Distance from the antenna to the bow (A), NaN when unknown."),
    "to_stern_m": Column("float64", "m", "Distance from the antenna to the stern (B), NaN when unknown."),
    "to_port_m": Column("float64", "m", "Distance from the antenna to the port side (C), NaN when unknown."),
    "to_starboard_m": Column("float64", "m", "Distance from the antenna to the starboard side (D), NaN when unknown."),
}
_UNKNOWN = dict.fromkeys(DIMENSIONS, float("nan"))

POSITIONS = Schema(
    name="positions",
    text="AIS positions, one row each. What the sender marks as not available (ITU-R M.1371) is NaN or missing.",
    columns={
        "mmsi": Column(
            "int64", "", "MMSI as sent; two ships may share one. Above 10¹² for an id that is none; VESSELS names it."
        ),
        "t": Column(UTC, "UTC", "When the position was reported."),
        "lon": Column("float64", "°", "Longitude on WGS 84, east positive."),
        "lat": Column("float64", "°", "Latitude on WGS 84, north positive."),
        "sog_kn": Column("float64", "kn", "Speed over ground, NaN when not available."),
        "cog_deg": Column("float64", "°", "Course over ground from true north, NaN when not available."),
        "heading_deg": Column("float64", "°", "True heading, NaN when not available."),
        "nav_status": Column("Int16", "", "Navigational status 0–14 of ITU-R M.1371, missing when not available."),
        "length_m": Column("float64", "m", "Length as the ship broadcasts it, NaN when unknown."),
        "receiver": Column("str", "", 'What received it: terrestrial | satellite | "" when not stated.'),
        "source_file": Column("str", "", "Name of the file that it was read from."),
        **_DIMENSIONS,
    },
    key=(),
    time=("t", "t"),
    absent=_UNKNOWN,
)

VESSELS = Schema(
    name="vessels",
    text=(
        "Static data of each MMSI, as the ship last broadcast it of itself. Rows have no time: each value is "
        "the last one received."
    ),
    columns={
        "mmsi": Column("int64", "", "MMSI that the data was sent under."),
        "imo": Column("str", "", 'IMO number, "" when never sent.'),
        "name": Column("str", "", 'Name of the ship, "" when never sent.'),
        "callsign": Column("str", "", 'Call sign, "" when never sent.'),
        "ship_type": Column("Int16", "", "Type of ship and cargo of ITU-R M.1371, missing when never sent."),
        "length_m": Column("float64", "m", "Length of the ship, NaN when never sent."),
        "width_m": Column("float64", "m", "Width of the ship, NaN when never sent."),
        "source_file": Column("str", "", "Name of the last file that had static data of it."),
        **_DIMENSIONS,
    },
    key=("mmsi",),
    absent=_UNKNOWN,
)

TRACK_POINTS = Schema(
    name="track_points",
    text="Where each vessel was at an instant; no row where no fix is near enough in time.",
    columns={
        "mmsi": Column("int64", "", "MMSI as sent; two ships may share one."),
        "t": Column(UTC, "UTC", "Instant that was asked for."),
        "lon": Column("float64", "°", "Longitude on WGS 84, east positive."),
        "lat": Column("float64", "°", "Latitude on WGS 84, north positive."),
        "sog_kn": Column("float64", "kn", "Speed over ground: interpolated, or that of the nearer fix."),
        "cog_deg": Column("float64", "°", "Course over ground: interpolated, or that of the nearer fix."),
        "heading_deg": Column("float64", "°", "True heading of the nearer fix, NaN when not available."),
        "length_m": Column("float64", "m", "Length as the ship broadcasts it, NaN when unknown."),
        "r50_m": Column("float64", "m", "Radius that holds the vessel with a probability of 50 %."),
        "r90_m": Column("float64", "m", "Radius that holds the vessel with a probability of 90 %."),
        "method": Column("str", "", "How the place was found: interpolated | dead reckoned."),
        "before_s": Column("float64", "s", "Time since the fix before, NaN when there is none."),
        "after_s": Column("float64", "s", "Time to the fix after, NaN when there is none."),
        "segment": Column("int64", "", "Segment of the nearer fix, counted from 0 in each MMSI."),
    },
    key=("mmsi", "t"),
    time=("t", "t"),
)

GAPS = Schema(
    name="gaps",
    text=(
        "Silences of one MMSI longer than a threshold, which say nothing of intent; empty when nobody was "
        "silent that long. Rows of Global Fishing Watch (ids in gfw-) count satellite positions only."
    ),
    columns={
        "gap_id": Column("str", "", "Id, made of the MMSI and the first silent instant."),
        "mmsi": Column("int64", "", "MMSI as sent; two ships may share one."),
        "start": Column(UTC, "UTC", "Last position before the silence."),
        "end": Column(UTC, "UTC", "First position after the silence, NaT while it is open."),
        "is_closed": Column("bool", "", "Whether a later position ended the silence."),
        "duration_h": Column("float64", "h", "Length of the silence; of an open one up to the instant asked for."),
        "distance_m": Column("float64", "m", "Geodesic distance between its ends, NaN when one is not known."),
        "implied_kn": Column("float64", "kn", "Distance over duration, NaN when the distance is."),
        "start_lon": Column("float64", "°", "Longitude of the last position before, NaN when missing."),
        "start_lat": Column("float64", "°", "Latitude of the last position before, NaN when missing."),
        "end_lon": Column("float64", "°", "Longitude of the first position after, NaN when missing."),
        "end_lat": Column("float64", "°", "Latitude of the first position after, NaN when missing."),
        "positions_before_12h": Column("int64", "", "Positions in the 12 h up to `start`, that one included."),
    },
    key=("gap_id",),
    time=("start", "end"),
)

GAP_RULES = Schema(
    name="gap_rules",
    text=(
        "What speaks for a silence being more than bad reception, one row a gap. The time of a row is that of its gap."
    ),
    columns={
        "gap_id": Column("str", "", "Id of the gap."),
        "mmsi": Column("int64", "", "MMSI that was silent."),
        "open_sea": Column("str", "", "Rule for the open sea (Welch et al. 2022): met | not met | cannot say."),
        "coastal": Column("str", "", "Rule for waters near a coast: met | not met | cannot say."),
        "reasons": Column("str", "", 'Each test with its number, separated by "; ".'),
        "shore_nmi": Column("float64", "nmi", "Distance from the shore at the start, NaN when not known."),
        "others_before": Column("int64", "", "Other vessels received within 0.25° in the hour before."),
        "others_during": Column("int64", "", "Other vessels received within 0.25° in the first 12 h of the silence."),
        "own_per_hour": Column("float64", "1/h", "Positions an hour of the ship itself in the 12 h before."),
    },
    key=("gap_id",),
)

GAP_CALLS = Schema(
    name="gap_calls",
    text="Whether a silence left time to call at a port, one row a gap and port. The time of a row is that of its gap.",
    columns={
        "gap_id": Column("str", "", "Id of the gap."),
        "mmsi": Column("int64", "", "MMSI that was silent."),
        "port_id": Column("str", "", "Id of the port."),
        "rank": Column("int64", "", "Rank of the port within the gap; 1 has the most hours to spare."),
        "is_feasible": Column("bool", "", "Whether the gap is long enough for the way there and on."),
        "there_m": Column("float64", "m", "Distance from the start of the gap to the port."),
        "back_m": Column("float64", "m", "Distance from the port to the end of the gap, NaN while it is open."),
        "by_water": Column("bool", "", "Whether the distances are by water; else geodesic, a lower bound."),
        "speed_kn": Column("float64", "kn", "Speed assumed: the ship's usual one, else a common one."),
        "needed_kn": Column("float64", "kn", "Least steady speed; it leaves no time at the port."),
        "travel_h": Column("float64", "h", "Time under way at `speed_kn`."),
        "spare_h": Column("float64", "h", "Time left of the gap, negative when it is too short."),
    },
    key=("gap_id", "port_id"),
)

RECEPTION = Schema(
    name="reception",
    text="AIS received, by cell and hour. No row means that nothing was received there: silence then proves nothing.",
    columns={
        "cell": Column("str", "", "Size of the cell in degrees, column from 180° W, row from 90° S."),
        "hour": Column(UTC, "UTC", "Beginning of the hour."),
        "lon": Column("float64", "°", "Longitude of the middle of the cell."),
        "lat": Column("float64", "°", "Latitude of the middle of the cell."),
        "vessels": Column("int64", "", "Different MMSI received in that hour."),
        "positions": Column("int64", "", "Positions received in that hour."),
    },
    key=("cell", "hour"),
    time=("hour", "hour"),
)

TRACK_FLAGS = Schema(
    name="track_flags",
    text=(
        "What is odd about a segment of a track, one row a flag; empty when nothing is odd. Flagged positions "
        "stay where they are."
    ),
    columns={
        "mmsi": Column("int64", "", "MMSI as sent; two ships may share one."),
        "segment": Column("int64", "", "Segment of the track, counted from 0 in each MMSI."),
        "flag": Column("str", "", "shared mmsi | jump | frozen | speed mismatch | clock."),
        "start": Column(UTC, "UTC", "First position with the flag."),
        "end": Column(UTC, "UTC", "Last position with the flag."),
        "positions": Column("int64", "", "Positions with the flag."),
        "of": Column("int64", "", "All positions of the segment."),
        "lon": Column("float64", "°", "Longitude of the first position with the flag."),
        "lat": Column("float64", "°", "Latitude of the first position with the flag."),
    },
    key=("mmsi", "segment", "flag"),
    time=("start", "end"),
)

PORT_CALLS = Schema(
    name="port_calls",
    text=(
        "Stays of vessels in ports, from AIS. Distances and confidence are those of Global Fishing Watch, and a "
        "silence of 4 h in port counts as a stop; its own rows do not give silences (NaN)."
    ),
    columns={
        "mmsi": Column("int64", "", "MMSI as sent; two ships may share one."),
        "port_id": Column("str", "", "Id of the port."),
        "arrived_at": Column(UTC, "UTC", "First position within 3 km of one of the port's anchor points."),
        "departed_at": Column(UTC, "UTC", "First position at 4 km or more, or within a silence; NaT while there."),
        "confidence": Column("int64", "", "4: entry, exit, stop; 3: entry or exit, stop; 2: stop alone; 1: no stop."),
        "has_gap": Column("bool", "", "Whether it was silent in port for 4 h or more."),
        "silent_h": Column("float64", "h", "Longest silence in port."),
        "silent_after_h": Column("float64", "h", "Longest silence up to the next call, NaN when there is none."),
    },
    key=("mmsi", "port_id", "arrived_at"),
    time=("arrived_at", "departed_at"),
)

VOYAGES = Schema(
    name="voyages",
    text="Voyages between two port calls or visits. Instants from imagery are the expected ones within their bounds.",
    columns={
        "voyage_id": Column("str", "", "Id, made of the calls or visits at both ends."),
        "mmsi": Column("Int64", "", "MMSI of the ship, missing when AIS does not name it."),
        "from_port": Column("str", "", "Id of the port that it left."),
        "to_port": Column("str", "", "Id of the port that it reached."),
        "departed_at": Column(UTC, "UTC", "When the ship left."),
        "arrived_at": Column(UTC, "UTC", "When the ship arrived."),
        "duration_h": Column("float64", "h", "Time from departure to arrival."),
        "evidence": Column("str", "", "What shows it: ais | imagery | both."),
        "probability": Column("float64", "", "Probability that the voyage took place; 1 when AIS shows it."),
        "shuttle_id": Column("str", "", 'Id of the shuttle that it is part of, "" for none.'),
        "from_visit": Column("str", "", "Id of the visit or port call that it began with."),
        "to_visit": Column("str", "", "Id of the visit or port call that it ended with."),
        "silent_h": Column("float64", "h", "Longest silence on the way, NaN when unknown."),
        "by_chance": Column("float64", "", "`probability` with one port moved in time, NaN for a ship that AIS names."),
    },
    key=("voyage_id",),
    time=("departed_at", "arrived_at"),
    absent={"by_chance": float("nan")},
)
