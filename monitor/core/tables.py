"""The columns of every table that crosses a room's wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from monitor.core.errors import DataError

UTC = "datetime64[us, UTC]"
WGS84 = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns with their dtypes, the key that is unique, and the CRS where a table has geometry.

    Units stand in the names. A column of dtype ``geometry`` is in `crs`.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    crs: str | None = None

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
        missing = [column for column in self.columns if column not in df]
        if missing:
            raise DataError(f"{self.name}: column {', '.join(missing)} missing; there are {', '.join(map(str, df))}")
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
        "zone": "str", "zone_id": "str", "detector": "str", "geometry": "geometry",
    },
    ("detection_id",),
    WGS84,
)  # fmt: skip
"""One row an object. `class_name` vessel | container_stack; `zone` berth | inshore | open; `zone_id` the berth or yard
it lies in, else "". `axis_deg` 0–180 clockwise from true north. `area_m2` is NaN for vessels; `length_low_m` and
`length_high_m` bound a 90 % interval."""

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

RECEPTION = Schema(
    "reception",
    {
        "cell": "str", "hour": UTC, "lon": "float64", "lat": "float64", "vessels": "int64", "positions": "int64",
    },
    ("cell", "hour"),
)  # fmt: skip
"""What was heard, by place and hour. No row means nothing was heard: silence there proves nothing."""

MATCHES = Schema(
    "matches",
    {
        "match_id": "str", "scene_id": "str", "aoi_id": "str", "acquired_at": UTC, "detection_id": "str",
        "mmsi": "Int64", "status": "str", "distance_m": "float64", "dt_s": "float64", "cost": "float64",
        "cost_position": "float64", "cost_length": "float64", "cost_heading": "float64", "margin": "float64",
        "runner_up_mmsi": "Int64", "reason": "str",
    },
    ("match_id",),
)  # fmt: skip
"""`status` matched | potential | unmatched | ais_only. `mmsi` is missing when unmatched, `detection_id` is "" when
ais_only. `margin` is the cost by which the runner-up loses (NaN when there is none)."""

DARK_EVENTS = Schema(
    "dark_events",
    {
        "event_id": "str", "detection_id": "str", "scene_id": "str", "aoi_id": "str", "acquired_at": UTC,
        "status": "str", "score": "float64", "length_m": "float64", "length_low_m": "float64",
        "length_high_m": "float64", "zone": "str", "zone_id": "str", "reception_vessels": "float64",
        "reasons": "str", "alternatives": "str", "gap_ids": "str", "likelihood": "str", "geometry": "geometry",
    },
    ("event_id",),
    WGS84,
)  # fmt: skip
"""`status` dark | unmatched, reception unknown. `gap_ids`: gaps that could explain it, best first, separated by
spaces; `reasons` and `alternatives` separated by "; "."""

VISITS = Schema(
    "visits",
    {
        "visit_id": "str", "aoi_id": "str", "berth_id": "str", "arrived_not_before": UTC, "arrived_not_after": UTC,
        "departed_not_before": UTC, "departed_not_after": UTC, "looks": "int64", "mmsi": "Int64",
        "length_m": "float64", "length_low_m": "float64", "length_high_m": "float64", "is_open": "bool",
        "detection_ids": "str", "evidence": "str",
    },
    ("visit_id",),
)  # fmt: skip
"""Stays at a berth, interval-censored. A missing bound (NaT) means nothing bounds it on that side."""

PORT_CALLS = Schema(
    "port_calls",
    {
        "mmsi": "int64", "port_id": "str", "arrived_at": UTC, "departed_at": UTC, "confidence": "int64",
        "has_gap": "bool",
    },
    ("mmsi", "port_id", "arrived_at"),
)  # fmt: skip
"""Stays in a port from AIS; `confidence` 1–4; `departed_at` NaT while still there."""

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

COUNTS = Schema(
    "counts",
    {
        "aoi_id": "str", "scene_id": "str", "acquired_at": UTC, "sensor": "str", "state": "str",
        "observed_fraction": "float64", "vessels": "Int64", "berth": "Int64", "anchorage": "Int64",
        "open": "Int64", "stacks": "Int64", "unmatched": "Int64",
    },
    ("scene_id",),
)  # fmt: skip
"""Vessels per look; missing, not zero, where the look was not observed. `observed_fraction` is the exposure."""
