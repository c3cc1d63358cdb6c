"""What scenes show: objects, coverage, berths and stacks."""

from __future__ import annotations

from monitor.core.schema import UTC, WGS84, Column, Schema

DETECTIONS = Schema(
    name="detections",
    text=(
        "One row an object. `class_name` vessel | container_stack; `zone` berth | inshore | open; `zone_id` the "
        'berth, anchorage, yard or pier it lies in, else "". `axis_deg` 0–180 clockwise from true north. `area_m2` '
        "is NaN for vessels; `length_low_m` and `length_high_m` bound a 90 % interval. `motion` moving | not "
        'moving | "" (not measurable), from the lag between bands; `speed_low_kn` and `speed_high_kn` bound a 90 % '
        "interval, NaN when not measurable. `is_fixed`: found again and again at one place, in "
        "`fixed_observations` of the `clear_observations` that showed the place, and so no ship that came (0 of 0: "
        "not compared yet); it is filled over the whole archive by `detect.fixed`, and counts for nothing else."
    ),
    columns={
        "detection_id": Column("str", "", ""),
        "scene_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "acquired_at": Column(UTC, "UTC", ""),
        "sensor": Column("str", "", ""),
        "class_name": Column("str", "", ""),
        "score": Column("float64", "", ""),
        "length_m": Column("float64", "m", ""),
        "length_low_m": Column("float64", "m", ""),
        "length_high_m": Column("float64", "m", ""),
        "axis_deg": Column("float64", "°", ""),
        "area_m2": Column("float64", "m²", ""),
        "zone": Column("str", "", ""),
        "zone_id": Column("str", "", ""),
        "detector": Column("str", "", ""),
        "motion": Column("str", "", ""),
        "speed_low_kn": Column("float64", "kn", ""),
        "speed_high_kn": Column("float64", "kn", ""),
        "is_fixed": Column("bool", "", ""),
        "fixed_observations": Column("int64", "", ""),
        "clear_observations": Column("int64", "", ""),
        "geometry": Column("geometry", "", ""),
    },
    key=("detection_id",),
    crs=WGS84,
    time=("acquired_at", "acquired_at"),
    absent={
        "motion": "",
        "speed_low_kn": float("nan"),
        "speed_high_kn": float("nan"),
        "is_fixed": False,
        "fixed_observations": 0,
        "clear_observations": 0,
    },
)

COVERAGE = Schema(
    name="coverage",
    text=(
        "What a scene showed of the AOI's water (`kind` water, `zone_id` = the AOI's id), of each berth, yard and "
        'anchorage. `state` observed | partly | not observed; `reason` "" or cloud | no data | outside | sea ice | '
        "not acquired | late."
    ),
    columns={
        "scene_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "acquired_at": Column(UTC, "UTC", ""),
        "sensor": Column("str", "", ""),
        "zone_id": Column("str", "", ""),
        "kind": Column("str", "", ""),
        "state": Column("str", "", ""),
        "observed_fraction": Column("float64", "", ""),
        "reason": Column("str", "", ""),
    },
    key=("scene_id", "zone_id"),
    time=("acquired_at", "acquired_at"),
)

BERTH_STATES = Schema(
    name="berth_states",
    text=(
        "`state` occupied | empty | not observed; `probability` that it is occupied (NaN when not observed); "
        "`observations` the past observations it rests on; `method` detector | baseline | both; `detection_ids` "
        "separated by spaces."
    ),
    columns={
        "scene_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "berth_id": Column("str", "", ""),
        "acquired_at": Column(UTC, "UTC", ""),
        "sensor": Column("str", "", ""),
        "state": Column("str", "", ""),
        "probability": Column("float64", "", ""),
        "observations": Column("int64", "", ""),
        "method": Column("str", "", ""),
        "detection_ids": Column("str", "", ""),
    },
    key=("scene_id", "berth_id"),
    time=("acquired_at", "acquired_at"),
)

STACKS = Schema(
    name="stacks",
    text=(
        "Container stacks of a yard at one observation; zero length and area when none stands there, NaN when not "
        "observed. `change_m2` against the last clear observation `previous_scene_id`; `teu_low`–`teu_high` bounds "
        "20-ft boxes, never a count."
    ),
    columns={
        "scene_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "yard_id": Column("str", "", ""),
        "acquired_at": Column(UTC, "UTC", ""),
        "sensor": Column("str", "", ""),
        "state": Column("str", "", ""),
        "length_m": Column("float64", "m", ""),
        "length_low_m": Column("float64", "m", ""),
        "length_high_m": Column("float64", "m", ""),
        "area_m2": Column("float64", "m²", ""),
        "area_low_m2": Column("float64", "m²", ""),
        "area_high_m2": Column("float64", "m²", ""),
        "change_m2": Column("float64", "m²", ""),
        "previous_scene_id": Column("str", "", ""),
        "teu_low": Column("float64", "", ""),
        "teu_high": Column("float64", "", ""),
    },
    key=("scene_id", "yard_id"),
    time=("acquired_at", "acquired_at"),
)

PASSES = Schema(
    name="passes",
    text=(
        "One row an overpass. `state` seen | no data | late | not acquired | not looked for | expected; `at` is "
        'predicted to within `uncertainty_s` unless seen; `scene_id` is "" unless seen.'
    ),
    columns={
        "pass_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "at": Column(UTC, "UTC", ""),
        "sensor": Column("str", "", ""),
        "platform": Column("str", "", ""),
        "relative_orbit": Column("Int64", "", ""),
        "orbit_state": Column("str", "", ""),
        "state": Column("str", "", ""),
        "uncertainty_s": Column("float64", "s", ""),
        "scene_id": Column("str", "", ""),
        "reason": Column("str", "", ""),
    },
    key=("pass_id",),
    time=("at", "at"),
)
