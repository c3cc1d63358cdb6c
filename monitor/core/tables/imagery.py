"""What scenes show: objects, coverage, berths and stacks."""

from __future__ import annotations

from monitor.core.schema import UTC, WGS84, Schema

DETECTIONS = Schema(
    "detections",
    {
        "detection_id": "str",
        "scene_id": "str",
        "aoi_id": "str",
        "acquired_at": UTC,
        "sensor": "str",
        "class_name": "str",
        "score": "float64",
        "length_m": "float64",
        "length_low_m": "float64",
        "length_high_m": "float64",
        "axis_deg": "float64",
        "area_m2": "float64",
        "zone": "str",
        "zone_id": "str",
        "detector": "str",
        "motion": "str",
        "speed_low_kn": "float64",
        "speed_high_kn": "float64",
        "is_fixed": "bool",
        "fixed_observations": "int64",
        "clear_observations": "int64",
        "geometry": "geometry",
    },
    ("detection_id",),
    WGS84,
    {
        "motion": "",
        "speed_low_kn": float("nan"),
        "speed_high_kn": float("nan"),
        "is_fixed": False,
        "fixed_observations": 0,
        "clear_observations": 0,
    },
)
"""One row an object. `class_name` vessel | container_stack; `zone` berth | inshore | open; `zone_id` the berth,
anchorage, yard or pier it lies in, else "". `axis_deg` 0–180 clockwise from true north. `area_m2` is NaN for
vessels; `length_low_m` and `length_high_m` bound a 90 % interval. `motion` moving | not moving | "" (not
measurable), from the lag between bands; `speed_low_kn` and `speed_high_kn` bound a 90 % interval, NaN when not
measurable. `is_fixed`: found again and again at one place, in `fixed_observations` of the `clear_observations` that
showed the place, and so no ship that came (0 of 0: not compared yet); it is filled over the whole archive by
`detect.fixed`, and counts for nothing else."""

COVERAGE = Schema(
    "coverage",
    {
        "scene_id": "str",
        "aoi_id": "str",
        "acquired_at": UTC,
        "sensor": "str",
        "zone_id": "str",
        "kind": "str",
        "state": "str",
        "observed_fraction": "float64",
        "reason": "str",
    },
    ("scene_id", "zone_id"),
)
"""What a scene showed of the AOI's water (`kind` water, `zone_id` = the AOI's id), of each berth, yard and anchorage.
`state` observed | partly | not observed; `reason` "" or cloud | no data | outside | sea ice | not acquired | late."""

BERTH_STATES = Schema(
    "berth_states",
    {
        "scene_id": "str",
        "aoi_id": "str",
        "berth_id": "str",
        "acquired_at": UTC,
        "sensor": "str",
        "state": "str",
        "probability": "float64",
        "observations": "int64",
        "method": "str",
        "detection_ids": "str",
    },
    ("scene_id", "berth_id"),
)
"""`state` occupied | empty | not observed; `probability` that it is occupied (NaN when not observed);
`observations` the past observations it rests on; `method` detector | baseline | both; `detection_ids` separated by
spaces."""

STACKS = Schema(
    "stacks",
    {
        "scene_id": "str",
        "aoi_id": "str",
        "yard_id": "str",
        "acquired_at": UTC,
        "sensor": "str",
        "state": "str",
        "length_m": "float64",
        "length_low_m": "float64",
        "length_high_m": "float64",
        "area_m2": "float64",
        "area_low_m2": "float64",
        "area_high_m2": "float64",
        "change_m2": "float64",
        "previous_scene_id": "str",
        "teu_low": "float64",
        "teu_high": "float64",
    },
    ("scene_id", "yard_id"),
)
"""Container stacks of a yard at one observation; zero length and area when none stands there, NaN when not
observed. `change_m2` against the last clear observation `previous_scene_id`; `teu_low`–`teu_high` bounds 20-ft
boxes, never a count."""
