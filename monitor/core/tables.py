"""The columns of every table that crosses a room's wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from monitor.core.errors import DataError

UTC = "datetime64[us, UTC]"
WGS84 = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns with their dtypes, the key that is unique, and the CRS where a table has geometry.

    Units stand in the names. A column of dtype ``geometry`` is in `crs`. Columns in `absent` may be missing, as tables
    that older versions wrote lack them; they are filled with what stands there.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    crs: str | None = None
    absent: Mapping[str, object] = field(default_factory=dict)

    def empty(self) -> pd.DataFrame:
        """The table without rows, with every column and dtype."""
        return self.conform(pd.DataFrame({column: [] for column in self.columns}))

    def conform(self, df: pd.DataFrame) -> pd.DataFrame:
        """The table's columns in order and cast; others are dropped. The argument stays as it is.

        Raises
        ------
        DataError
            A column is missing, a value does not fit its dtype, an instant has no zone, or a key repeats.
        """
        lacking = [column for column in self.columns if column not in df]
        missing = [column for column in lacking if column not in self.absent]
        if missing:
            raise DataError(f"{self.name}: column {', '.join(missing)} missing; there are {', '.join(map(str, df))}")
        df = df.assign(**{column: self.absent[column] for column in lacking}) if lacking else df
        holes = {column: value for column, value in self.absent.items() if value == value and df[column].isna().any()}
        df = df.assign(**{column: df[column].fillna(value) for column, value in holes.items()}) if holes else df
        cast = {column: self._cast(df[column], dtype) for column, dtype in self.columns.items()}
        table = pd.DataFrame(cast).reset_index(drop=True)
        if self.crs:
            table = gpd.GeoDataFrame(table, geometry="geometry", crs=self.crs)
        if self.key and table.duplicated(list(self.key)).any():
            first = table.loc[table.duplicated(list(self.key)), list(self.key)].iloc[0].to_dict()
            raise DataError(f"{self.name}: key {first} appears twice")
        return table

    def _cast(self, values: pd.Series, dtype: str) -> pd.Series:
        if dtype == "geometry":
            return values
        if dtype == UTC and len(values) and getattr(values.dtype, "tz", None) is None and values.notna().any():
            raise DataError(f"{self.name}.{values.name}: instants without a time zone; localise them to UTC")
        try:
            if dtype == UTC and len(values) and values.notna().any():
                return values.dt.tz_convert("UTC").astype(UTC)
            return values.astype(dtype)
        except (TypeError, ValueError) as error:
            raise DataError(f"{self.name}.{values.name}: {error}") from error


DETECTIONS = Schema(
    "detections",
    {
        "detection_id": "str", "scene_id": "str", "aoi_id": "str", "acquired_at": UTC, "sensor": "str",
        "class_name": "str", "score": "float64",
        "length_m": "float64", "length_low_m": "float64", "length_high_m": "float64",
        "axis_deg": "float64", "area_m2": "float64",
        "zone": "str", "zone_id": "str", "detector": "str",
        "motion": "str", "speed_low_kn": "float64", "speed_high_kn": "float64",
        "is_fixed": "bool", "fixed_looks": "int64", "clear_looks": "int64", "geometry": "geometry",
    },
    ("detection_id",),
    WGS84,
    {
        "motion": "", "speed_low_kn": float("nan"), "speed_high_kn": float("nan"), "is_fixed": False,
        "fixed_looks": 0, "clear_looks": 0,
    },
)  # fmt: skip
"""One row an object. `class_name` vessel | container_stack; `zone` berth | inshore | open; `zone_id` the berth,
anchorage, yard or pier it lies in, else "". `axis_deg` 0–180 clockwise from true north. `area_m2` is NaN for vessels;
`length_low_m` and `length_high_m` bound a 90 % interval. `motion` moving | not moving | "" (not measurable), from the
lag between bands; `speed_low_kn` and `speed_high_kn` bound a 90 % interval, NaN when not measurable. `is_fixed`: found
again and again at one place, in `fixed_looks` of the `clear_looks` that showed the place, and so no ship that came
(0 of 0: not compared yet); it is filled over the whole archive by `detect.fixed`, and counts for nothing else."""

COVERAGE = Schema(
    "coverage",
    {
        "scene_id": "str", "aoi_id": "str", "acquired_at": UTC, "sensor": "str", "zone_id": "str", "kind": "str",
        "state": "str", "observed_fraction": "float64", "reason": "str",
    },
    ("scene_id", "zone_id"),
)  # fmt: skip
"""What a scene showed of the AOI's water (`kind` water, `zone_id` = the AOI's id), of each berth, yard and anchorage.
`state` observed | partly | not observed; `reason` "" or cloud | no data | outside | sea ice | not acquired | late."""

BERTH_STATES = Schema(
    "berth_states",
    {
        "scene_id": "str", "aoi_id": "str", "berth_id": "str", "acquired_at": UTC, "sensor": "str",
        "state": "str", "probability": "float64", "looks": "int64", "method": "str", "detection_ids": "str",
    },
    ("scene_id", "berth_id"),
)  # fmt: skip
"""`state` occupied | empty | not observed; `probability` that it is occupied (NaN when not observed); `looks` the past
looks it rests on; `method` detector | baseline | both; `detection_ids` separated by spaces."""

STACKS = Schema(
    "stacks",
    {
        "scene_id": "str", "aoi_id": "str", "yard_id": "str", "acquired_at": UTC, "sensor": "str", "state": "str",
        "length_m": "float64", "length_low_m": "float64", "length_high_m": "float64",
        "area_m2": "float64", "area_low_m2": "float64", "area_high_m2": "float64",
        "change_m2": "float64", "previous_scene_id": "str", "teu_low": "float64", "teu_high": "float64",
    },
    ("scene_id", "yard_id"),
)  # fmt: skip
"""Container stacks of a yard at one look; zero length and area when none stands there, NaN when not observed.
`change_m2` against the last clear look `previous_scene_id`; `teu_low`–`teu_high` bounds 20-ft boxes, never a count."""

POSITIONS = Schema(
    "positions",
    {
        "mmsi": "int64", "t": UTC, "lon": "float64", "lat": "float64", "sog_kn": "float64", "cog_deg": "float64",
        "heading_deg": "float64", "nav_status": "Int16", "length_m": "float64", "receiver": "str",
        "source_file": "str",
    },
    (),
)  # fmt: skip
"""One row an AIS position. Not-available values of ITU-R M.1371 are NaN. `receiver` terrestrial | satellite | "" when
not said."""

VESSELS = Schema(
    "vessels",
    {
        "mmsi": "int64", "imo": "str", "name": "str", "callsign": "str", "ship_type": "Int16",
        "length_m": "float64", "width_m": "float64", "source_file": "str",
    },
    ("mmsi",),
)  # fmt: skip
"""Static data as last broadcast; it is what the ship says of itself."""

TRACK_POINTS = Schema(
    "track_points",
    {
        "mmsi": "int64", "t": UTC, "lon": "float64", "lat": "float64", "sog_kn": "float64", "cog_deg": "float64",
        "heading_deg": "float64", "length_m": "float64", "r50_m": "float64", "r90_m": "float64", "method": "str",
        "before_s": "float64", "after_s": "float64", "segment": "int64",
    },
    ("mmsi", "t"),
)  # fmt: skip
"""Where a vessel was at an instant: `method` interpolated | dead reckoned; `r50_m` and `r90_m` hold 50 % and 90 %;
`before_s`, `after_s` seconds to the fixes on either side (NaN when there is none)."""

GAPS = Schema(
    "gaps",
    {
        "gap_id": "str", "mmsi": "int64", "start": UTC, "end": UTC, "is_closed": "bool", "duration_h": "float64",
        "distance_m": "float64", "implied_kn": "float64", "start_lon": "float64", "start_lat": "float64",
        "end_lon": "float64", "end_lat": "float64", "positions_before_12h": "int64",
    },
    ("gap_id",),
)  # fmt: skip
"""Silences of one MMSI. An open gap has no `end` (NaT); its `duration_h` runs to the instant asked for."""

GAP_RULES = Schema(
    "gap_rules",
    {
        "gap_id": "str", "mmsi": "int64", "open_sea": "str", "coastal": "str", "reasons": "str",
        "shore_nmi": "float64", "others_before": "int64", "others_during": "int64", "own_per_hour": "float64",
    },
    ("gap_id",),
)  # fmt: skip
"""What speaks for a silence being more than bad reception: `open_sea` and `coastal` met | not met | cannot say;
`reasons` separated by "; "."""

GAP_CALLS = Schema(
    "gap_calls",
    {
        "gap_id": "str", "mmsi": "int64", "port_id": "str", "rank": "int64", "is_feasible": "bool",
        "there_m": "float64", "back_m": "float64", "by_water": "bool", "speed_kn": "float64", "needed_kn": "float64",
        "travel_h": "float64", "spare_h": "float64",
    },
    ("gap_id", "port_id"),
)  # fmt: skip
"""Whether a silence left time to call at a port: `spare_h` is left after `travel_h` at `speed_kn`; `needed_kn` leaves
none. `by_water` False: the distances are geodesic, a lower bound."""

RECEPTION = Schema(
    "reception",
    {
        "cell": "str", "hour": UTC, "lon": "float64", "lat": "float64", "vessels": "int64", "positions": "int64",
    },
    ("cell", "hour"),
)  # fmt: skip
"""What was heard, by place and hour. No row means nothing was heard: silence there proves nothing."""

TRACK_FLAGS = Schema(
    "track_flags",
    {
        "mmsi": "int64", "segment": "int64", "flag": "str", "start": UTC, "end": UTC, "positions": "int64",
        "of": "int64", "lon": "float64", "lat": "float64",
    },
    ("mmsi", "segment", "flag"),
)  # fmt: skip
"""Segments of tracks in which something is odd: `flag` shared mmsi | jump | frozen | speed mismatch | clock, held by
`positions` of the `of` that the segment has, from `start` to `end`; `lon`, `lat` is where it begins."""

RADAR_PRESENCE = Schema(
    "radar_presence",
    {"t": UTC, "lon": "float64", "lat": "float64", "detections": "int64", "mmsi": "Int64", "name": "str"},
    (),
)
"""Radar detections that others published, by cell and hour; `mmsi` missing where they matched no AIS."""

MATCHES = Schema(
    "matches",
    {
        "match_id": "str", "scene_id": "str", "aoi_id": "str", "acquired_at": UTC, "detection_id": "str",
        "mmsi": "Int64", "status": "str", "distance_m": "float64", "dt_s": "float64", "cost": "float64",
        "cost_position": "float64", "cost_length": "float64", "cost_heading": "float64", "cost_berth": "float64",
        "margin": "float64",
        "runner_up_mmsi": "Int64", "reason": "str", "probability": "float64", "ais_lon": "float64",
        "ais_lat": "float64", "version": "int64", "as_of": UTC,
    },
    ("match_id", "version"),
)  # fmt: skip
"""`status` matched | potential | unmatched | ais_only | superseded. `mmsi` is missing when unmatched, `detection_id` is
"" when ais_only. `margin` is the cost (natural log odds) by which the best other explanation loses, NaN when there is
none; `probability` that the pair belongs together. `ais_lon`, `ais_lat`: where the image should show the vessel.
`version` 1 is the first answer; a later one holds from `as_of` on, because AIS came late (NaT: not recorded)."""

NULL_TESTS = Schema(
    "null_tests",
    {
        "scene_id": "str", "aoi_id": "str", "acquired_at": UTC, "shift_h": "float64", "detections": "int64",
        "matched": "int64", "by_chance": "int64", "chance_rate": "float64",
    },
    ("scene_id", "shift_h"),
)  # fmt: skip
"""Matching against AIS shifted in time: `matched` pairs, `by_chance` those that are not the same ship still lying
there, `chance_rate` of `detections` (NaN without any)."""

DARK_EVENTS = Schema(
    "dark_events",
    {
        "event_id": "str", "detection_id": "str", "scene_id": "str", "aoi_id": "str", "acquired_at": UTC,
        "status": "str", "score": "float64", "length_m": "float64", "length_low_m": "float64",
        "length_high_m": "float64", "zone": "str", "zone_id": "str", "reception_vessels": "float64",
        "reasons": "str", "alternatives": "str", "gap_ids": "str", "likelihood": "str", "probability": "float64",
        "geometry": "geometry",
    },
    ("event_id",),
    WGS84,
)  # fmt: skip
"""`status` dark | unmatched, reception unknown. `gap_ids`: gaps that could explain it, best first, separated by
spaces; `reasons` and `alternatives` separated by "; ". `probability` that a vessel which AIS does not show lay
there, and `likelihood` its word; NaN and "" where reception is unknown."""

GAP_CANDIDATES = Schema(
    "gap_candidates",
    {
        "event_id": "str", "gap_id": "str", "mmsi": "int64", "rank": "int64", "required_in_kn": "float64",
        "required_out_kn": "float64", "spare_h": "float64", "length_m": "float64", "length_fits": "boolean",
        "weight": "float64", "reason": "str", "by_water": "bool",
    },
    ("event_id", "gap_id"),
    absent={"by_water": False},
)  # fmt: skip
"""Silent ships that could be a dark event, best first; none is picked. Speeds are the least needed; `spare_h` is what
the silence leaves after sailing there and on at a common speed (NaN for an open gap), at most so unless `by_water`;
`length_m` what the ship says, `length_fits` missing when it says nothing; `weight` is relative among the candidates of
one event."""

VISITS = Schema(
    "visits",
    {
        "visit_id": "str", "aoi_id": "str", "berth_id": "str", "arrived_not_before": UTC, "arrived_not_after": UTC,
        "departed_not_before": UTC, "departed_not_after": UTC, "looks": "int64", "mmsi": "Int64",
        "length_m": "float64", "length_low_m": "float64", "length_high_m": "float64", "is_open": "bool",
        "detection_ids": "str", "evidence": "str", "probability": "float64",
    },
    ("visit_id",),
)  # fmt: skip
"""Stays at a berth, interval-censored. A missing bound (NaT) means nothing bounds it on that side. `is_open`: present
in the last clear look. `evidence` imagery | ais | both; `probability` that it is one unbroken stay of one ship."""

CATCHABLE = Schema(
    "catchable",
    {
        "aoi_id": "str", "berth_id": "str", "start": UTC, "end": UTC, "looks": "int64", "stay_h": "float64",
        "share": "float64",
    },
    ("aoi_id", "berth_id", "stay_h"),
)  # fmt: skip
"""Share of the stays of `stay_h` hours, begun at any instant of the period, that the clear looks would have met."""

PORT_CALLS = Schema(
    "port_calls",
    {
        "mmsi": "int64", "port_id": "str", "arrived_at": UTC, "departed_at": UTC, "confidence": "int64",
        "has_gap": "bool", "silent_h": "float64", "silent_after_h": "float64",
    },
    ("mmsi", "port_id", "arrived_at"),
)  # fmt: skip
"""Stays in a port from AIS; `confidence` 1–4; `departed_at` NaT while still there. `silent_h` is the longest silence in
port, `silent_after_h` the longest between the departure and the next call (NaN when there is none)."""

VOYAGES = Schema(
    "voyages",
    {
        "voyage_id": "str", "mmsi": "Int64", "from_port": "str", "to_port": "str", "departed_at": UTC,
        "arrived_at": UTC, "duration_h": "float64", "evidence": "str", "probability": "float64",
        "shuttle_id": "str", "from_visit": "str", "to_visit": "str", "silent_h": "float64",
    },
    ("voyage_id",),
)  # fmt: skip
"""Between two calls. `evidence` ais | imagery | both; `shuttle_id` "" unless the pair repeats; `silent_h` the longest
silence within, NaN when unknown. Imagery's instants are the middle of their intervals."""

VOYAGE_LINKS = Schema(
    "voyage_links",
    {
        "link_id": "str", "from_visit": "str", "to_visit": "str", "from_port": "str", "to_port": "str",
        "is_chosen": "bool", "probability": "float64", "cost": "float64", "shortest_h": "float64",
        "longest_h": "float64", "distance_m": "float64", "required_kn": "float64", "reason": "str",
    },
    ("link_id",),
)  # fmt: skip
"""Every feasible pair of a stay that ended and a stay that began elsewhere; those not chosen compete. `shortest_h` and
`longest_h` bound the passage, `required_kn` is the least speed over the water distance `distance_m`."""

SHUTTLES = Schema(
    "shuttles",
    {
        "shuttle_id": "str", "port_a": "str", "port_b": "str", "mmsi": "Int64", "legs": "int64", "legs_low": "int64",
        "legs_high": "Int64", "first": UTC, "last": UTC, "period_days": "float64", "length_m": "float64",
        "voyage_ids": "str", "status": "str", "probability": "float64", "visit_ids": "str",
    },
    ("shuttle_id",),
    absent={"status": "shown", "probability": float("nan"), "visit_ids": ""},
)  # fmt: skip
"""The same pair of ports again and again. `legs` at least were seen; `legs_low`–`legs_high` bounds, at 90 %, the legs
that took place, by the share of stays of one to three days that the looks could have caught, by however many ships.
`status` shown: its legs are told one by one | candidate: that some ship went to and fro is likely, which stays it made
is not; then `legs` is the fewest crossings that the stays and AIS allow with 95 %, and `probability` that there was
one. `visit_ids`: stays it rests on."""

IDENTITY = Schema(
    "identity",
    {
        "subject_id": "str", "candidate": "str", "imo": "str", "mmsi": "Int64", "role": "str", "rank": "int64",
        "probability": "float64", "likelihood": "str", "length_ratio": "float64", "reasons": "str", "wording": "str",
    },
    ("subject_id", "candidate"),
)  # fmt: skip
"""Who a visit or dark event may have been, of a watch list and "another ship"; the probabilities of a subject add to
one. `wording` is all that may be said: a name needs AIS or a reviewer."""

COUNTS = Schema(
    "counts",
    {
        "aoi_id": "str", "scene_id": "str", "acquired_at": UTC, "sensor": "str", "state": "str",
        "observed_fraction": "float64", "berth_fraction": "float64", "anchorage_fraction": "float64",
        "yard_fraction": "float64", "vessels": "Int64", "berth": "Int64", "anchorage": "Int64", "open": "Int64",
        "under_way": "Int64", "stacks": "Int64", "unmatched": "Int64",
    },
    ("scene_id",),
    absent={
        "berth_fraction": float("nan"), "anchorage_fraction": float("nan"), "yard_fraction": float("nan"),
        "under_way": float("nan"),
    },
)  # fmt: skip
"""Vessels per look; missing, not zero, where the look was not observed. Detections that are no fixed objects, and
berths that their past alone says are occupied; `berth` and `anchorage` lie in one, `open` in
open water away from them; what is in none of these lies inshore. `under_way` are those that AIS or the lag between
bands shows moving, of all: at least so many. `stacks` counts the yards that hold any. Exposures: `observed_fraction`
of the water, and the mean over the port's berths, anchorages and yards (NaN when there are none)."""

RATES = Schema(
    "rates",
    {
        "aoi_id": "str", "what": "str", "start": UTC, "end": UTC, "looks": "int64", "exposure": "float64",
        "seen": "int64", "rate": "float64", "rate_low": "float64", "rate_high": "float64",
        "expected": "float64", "expected_low": "float64", "expected_high": "float64", "model": "str",
        "p_value": "float64", "is_change": "bool",
    },
    ("aoi_id", "what", "start"),
)  # fmt: skip
"""Vessels per clear look in a period with a 95 % interval, NaN without looks, beside what the past lets expect. `what`
vessels | berth | anchorage | open | under_way | stacks; `model` poisson | negative binomial | "" (too little past)."""

CHANGES = Schema(
    "changes",
    {
        "change_id": "str", "aoi_id": "str", "what": "str", "changed_at": UTC, "not_before": UTC, "not_after": UTC,
        "rate_before": "float64", "rate_after": "float64", "looks_before": "int64", "looks_after": "int64",
        "p_value": "float64",
    },
    ("change_id",),
)  # fmt: skip
"""Change points of counts per clear look; `changed_at` lies between the looks `not_before` and `not_after`."""

SHIPS_AND_STACKS = Schema(
    "ships_and_stacks",
    {
        "aoi_id": "str", "scene_id": "str", "start": UTC, "end": UTC, "yards": "int64", "before_m2": "float64",
        "after_m2": "float64", "change_m2": "float64", "berth": "Int64", "visit_ids": "str", "reading": "str",
    },
    ("scene_id",),
)  # fmt: skip
"""Stacks and ships together, from one clear look at a port's yards to the next: the area of the `yards` seen in both
looks, the vessels at berths in the later one (`berth`, missing when not seen), and the stays that lay there at some
time between (`visit_ids`, separated by spaces). `reading` less, ship there | less, no ship seen | more, ship there |
more, no ship seen | steady: what was seen, not what caused it."""

ALERTS = Schema(
    "alerts",
    {
        "alert_id": "str", "rule": "str", "aoi_id": "str", "subject": "str", "finding_id": "str", "start": UTC,
        "end": UTC, "raised_at": UTC, "quiet_until": UTC, "claim": "str", "likelihood": "str", "confidence": "str",
        "reasons": "str", "alternatives": "str", "is_simulated": "bool", "state": "str", "attempts": "int64",
        "sent_at": UTC, "sent_to": "str", "error": "str",
    },
    ("alert_id",),
)  # fmt: skip
"""One row a thing worth telling. `state` new | quiet (same rule and `subject`, inside the cool-down that ended at
`quiet_until`) | old (long past when it was first found) | sent | failed (tried `attempts` times, again at the next
run) | withdrawn (what it said ceased to hold; one with `sent_at` is taken back by an alert of the rule correction).
`alert_id` comes from the rule and from what it is about, so running again raises nothing twice. `sent_to` holds the
keys of the targets that took it, separated by spaces; `error` why the last one did not, without any secret. `aoi_id` is
"" for what concerns all ports; `reasons` and `alternatives` are separated by "; "."""

OBSERVATIONS = Schema(
    "observations",
    {
        "observation_id": "str", "origin": "str", "start": UTC, "end": UTC, "port": "str", "berth": "str",
        "vessel": "str", "event": "str", "containers_low": "float64", "containers_high": "float64",
        "ais_status": "str", "source": "str", "confidence": "str", "note": "str",
    },
    ("observation_id",),
)  # fmt: skip
"""What others published (`origin` published) or an analyst saw (own): evidence beside ours, never mixed with it.
`berth` as the source names it. ``[start, end)`` is as wide as the source leaves it. `confidence` in the words of
whoever wrote the row down."""

LEDGER = Schema(
    "ledger",
    {
        "entry_id": "str", "observation_id": "str", "visit_id": "str", "origin": "str", "port": "str", "berth": "str",
        "start": UTC, "end": UTC, "event": "str", "vessel": "str", "verdict": "str", "cause": "str", "reason": "str",
        "looks": "int64", "source": "str", "confidence": "str",
    },
    ("entry_id",),
)  # fmt: skip
"""What others saw (`origin` published | own) against what we did (ours). `verdict` both | only there | only here | not
observable | not comparable; `cause` of what was not observable: before archive | after archive | no look | cloud or
another word of COVERAGE | too small; `reason` in a sentence, `looks` the clear looks we had in that time. `visit_id`:
our stays that may be the same, separated by spaces."""

REVIEWS = Schema(
    "reviews",
    {
        "review_id": "str", "at": UTC, "subject": "str", "decision": "str", "who": "str", "note": "str",
        "detection_ids": "str", "undoes": "str", "stands": "bool",
    },
    ("review_id",),
)  # fmt: skip
"""Who decided what of a detection or finding `subject`, oldest first; rows are only added. `decision` keep | reject |
fixed | unsure | undo (then `undoes` names the review that was taken back). `detection_ids`, separated by spaces, are
the detections it holds for; `stands` whether it is what now holds of its subject."""

QUEUE = Schema(
    "queue",
    {
        "subject": "str", "kind": "str", "aoi_id": "str", "at": UTC, "claim": "str", "likelihood": "str",
        "confidence": "str", "detection_id": "str", "scene_id": "str", "score": "float64", "decision": "str",
        "who": "str",
    },
    ("subject",),
)  # fmt: skip
"""What there is to review: findings (`kind` as theirs), then each detection that is no finding of its own (`kind`
detection), then what was decided and is stated no more (`kind` withdrawn). `detection_id` and `scene_id` say what to
look at, "" where no one detection is meant; `score` is NaN then. `decision` is what now stands, "" while nobody
decided."""
