"""Tables made from scenes: objects, coverage, berths, stacks and passes."""

from __future__ import annotations

from monitor.core.geo.geodesy import WGS84
from monitor.core.schema import UTC, Column, Schema

DETECTIONS = Schema(
    name="detections",
    text=(
        "Objects found in scenes, one row each; empty when nothing was found. Whether an object is fixed is "
        "judged for each sensor over the whole archive; a fixed object is no ship that came, and is left out of "
        "counts."
    ),
    columns={
        "detection_id": Column("str", "", "Id, made of the scene, the class and the pixel."),
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "sensor": Column("str", "", "Sensor of the scene: s2 | s1 | planet | hires | a free name."),
        "class_name": Column("str", "", "vessel | container_stack | container, or a name of the model's own."),
        "score": Column("float64", "", "Score of the detector, 0–1."),
        "length_m": Column("float64", "m", "Estimated length of the long side."),
        "length_low_m": Column("float64", "m", "Lower bound of the 90 % interval of the length."),
        "length_high_m": Column("float64", "m", "Upper bound of the 90 % interval of the length."),
        "width_m": Column("float64", "m", "Estimated length of the short side, NaN where the detector gives none."),
        "abreast_low": Column("int64", "", "Fewest hulls side by side that it may stand for, its own among them."),
        "abreast_high": Column("int64", "", "Most hulls side by side that it may stand for; 1 for a hull alone."),
        "axis_deg": Column("float64", "°", "Direction of the long side, 0–180 clockwise from north, NaN for none."),
        "area_m2": Column("float64", "m²", "Area of a stack's outline, NaN for all else."),
        "zone": Column("str", "", 'berth (at a drawn berth or alongside a shore) | inshore | open | "" (cannot tell).'),
        "zone_id": Column("str", "", 'Berth, anchorage, yard, pier, tracks or storage that it lies in, "" for none.'),
        "detector": Column("str", "", "Key of the detector that found it."),
        "weights_sha256": Column("str", "", 'Hash of the detector\'s weights file, "" where it has none.'),
        "motion": Column("str", "", 'From the lag between bands: moving | not moving (under 2 kn) | "" (cannot tell).'),
        "speed_low_kn": Column("float64", "kn", "Lower bound of the 90 % interval of the speed, NaN without one."),
        "speed_high_kn": Column("float64", "kn", "Upper bound of the 90 % interval of the speed, NaN without one."),
        "is_fixed": Column("bool", "", "Whether it is a fixed object, found again and again in one place."),
        "fixed_observations": Column("int64", "", "Observations by this sensor that found it in this place."),
        "clear_observations": Column("int64", "", "Clear observations of it, first find to last; 0: not judged yet."),
        "size_class": Column("str", "", 'Class by length and beam: "Panamax, full"; "" where they do not tell one.'),
        "same_ship": Column("str", "", 'Another detection of the hour that stands for the same ship, "" for none.'),
        "past_observations": Column("int64", "", "Earlier observations of the place compared with; 0: none was."),
        "geometry": Column("geometry", "", "Box of an object, oriented where it has an axis, or outline of a stack."),
    },
    key=("detection_id",),
    crs=f"EPSG:{WGS84}",
    time=("acquired_at", "acquired_at"),
    absent={
        "width_m": float("nan"),
        "abreast_low": 1,
        "abreast_high": 1,
        "weights_sha256": "",
        "motion": "",
        "speed_low_kn": float("nan"),
        "speed_high_kn": float("nan"),
        "is_fixed": False,
        "fixed_observations": 0,
        "clear_observations": 0,
        "size_class": "",
        "same_ship": "",
        "past_observations": 0,
    },
)

COVERAGE = Schema(
    name="coverage",
    text=(
        "What each scene showed of the AOI's water and of each watched zone: berths, yards and anchorages, tracks, "
        "storage and tanks. An AOI without water has a row of its whole area instead of one of its water. A pass that "
        "was searched for without a scene has rows too, under the id of the pass."
    ),
    columns={
        "scene_id": Column("str", "", "Id of the scene, or of the pass that has none."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired, or the pass was due."),
        "sensor": Column("str", "", "Sensor of the scene: s2 | s1 | planet | hires | a free name."),
        "zone_id": Column("str", "", "Id of the zone; of the AOI for its water or its whole area."),
        "kind": Column(
            "str",
            "",
            "Kind of zone: water | aoi (the whole of a place without water) | berth | oil_berth | yard | anchorage | "
            "rail | storage | open_storage | tank.",
        ),
        "state": Column("str", "", "observed (90 % or more of it) | partly (50 % or more) | not observed."),
        "observed_fraction": Column("float64", "", "Share of the zone that was seen clear and free of sea ice, 0–1."),
        "reason": Column(
            "str",
            "",
            'What hid most of it: "" | cloud | no data | outside | sea ice | not acquired | late | '
            "not looked for (the model marks nothing that lies there).",
        ),
    },
    key=("scene_id", "zone_id"),
    time=("acquired_at", "acquired_at"),
)

BERTH_STATES = Schema(
    name="berth_states",
    text=(
        "Whether each berth was occupied, at each observation of its AOI. Not observed says nothing either way. Where "
        "radar and optics observed it within a day of each other, each state is by both: the other's evidence counts "
        "less the more hours lie between, by how long ships stay at the berth."
    ),
    columns={
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "berth_id": Column("str", "", "Id of the berth."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "sensor": Column("str", "", "Sensor of the scene: s2 | s1 | planet | hires | a free name."),
        "state": Column("str", "", "occupied | empty | not observed."),
        "probability": Column("float64", "", "Probability that the berth is occupied, NaN when not observed."),
        "alone": Column("float64", "", "The same by this scene and its sensor's past alone, NaN when not observed."),
        "combined_with": Column(
            "str", "", 'Scene of the other kind of sensor, within a day, that the state takes in; "" for none.'
        ),
        "observations": Column("int64", "", "Other observations of the berth that the probability rests on."),
        "method": Column("str", "", "What decided: detector | baseline (the berth's past) | both."),
        "detection_ids": Column("str", "", "Ids of the vessels detected in the berth, separated by spaces."),
    },
    key=("scene_id", "berth_id"),
    time=("acquired_at", "acquired_at"),
    absent={"alone": float("nan"), "combined_with": ""},
)

STACKS = Schema(
    name="stacks",
    text=(
        "Container stacks of each yard at each optical observation: zero length and area when none stands "
        "there, NaN when not observed. Bounds are 90 % intervals by how far outlines were off in rendered scenes."
    ),
    columns={
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "yard_id": Column("str", "", "Id of the yard."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "sensor": Column("str", "", "Sensor of the scene: s2 | s1 | planet | hires | a free name."),
        "state": Column("str", "", "What the scene showed of the yard: observed | partly | not observed."),
        "length_m": Column("float64", "m", "Sum of the lengths of the stacks."),
        "length_low_m": Column("float64", "m", "Lower bound of the length."),
        "length_high_m": Column("float64", "m", "Upper bound of the length."),
        "area_m2": Column("float64", "m²", "Sum of the areas of the stacks inside the yard."),
        "area_low_m2": Column("float64", "m²", "Lower bound of the area."),
        "area_high_m2": Column("float64", "m²", "Upper bound of the area."),
        "share": Column("float64", "", "Share of the yard that stacks cover, 0–1."),
        "share_low": Column("float64", "", "Lower bound of the share."),
        "share_high": Column("float64", "", "Upper bound of the share."),
        "change_m2": Column("float64", "m²", "Area less that of the previous scene, NaN unless both were observed."),
        "previous_scene_id": Column("str", "", 'Last scene by the sensor that showed the whole yard, "" for none.'),
        "teu_low": Column("float64", "", "Lower bound of the 20-ft boxes; no count stands between the bounds."),
        "teu_high": Column("float64", "", "Upper bound of the 20-ft boxes."),
    },
    key=("scene_id", "yard_id"),
    time=("acquired_at", "acquired_at"),
    absent=dict.fromkeys(("share", "share_low", "share_high"), float("nan")),
)

CONTAINER_COUNTS = Schema(
    name="container_counts",
    text=(
        "Single container boxes seen from above, by yard and by stack, at each observation with pixels of 1 m or "
        "finer by a detector that marks them: missing, never zero, where the yard was not observed. Tiers below "
        "the top one cannot be seen, so boxes bound the containers from below."
    ),
    columns={
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "yard_id": Column("str", "", "Id of the yard."),
        "place_id": Column("str", "", "Id of the stack, made of where it was first seen; of the yard for its sum."),
        "kind": Column("str", "", "yard (all of its boxes) | stack (boxes that stand together)."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "sensor": Column("str", "", "Sensor of the scene."),
        "state": Column("str", "", "What the scene showed of the yard: observed | partly | not observed."),
        "boxes_seen": Column("Int64", "", "Boxes marked, missing when not observed."),
        "long_boxes": Column("Int64", "", "Of those, boxes of 9 m and longer: 40 ft and more."),
        "boxes_low": Column("float64", "", "Least boxes on top: without the detector's false ones where measured."),
        "boxes_high": Column(
            "float64", "", "Most boxes on top: slots that show none and, where measured, missed ones too."
        ),
        "containers_high": Column("float64", "", "Most containers: `boxes_high` times the most tiers held possible."),
        "error": Column("str", "", "Whether the detector's own error is in the bounds: measured | not measured."),
        "previous_scene_id": Column("str", "", 'Last scene by the sensor that showed the whole yard, "" for none.'),
        "change": Column("Int64", "", "Boxes seen less those of that scene, missing unless both saw all of the yard."),
        "change_low": Column("float64", "", "Lower bound of the change of boxes on top."),
        "change_high": Column("float64", "", "Upper bound of the change of boxes on top."),
        "geometry": Column("geometry", "", "Outline of the stack, or the yard."),
    },
    key=("scene_id", "place_id"),
    crs=f"EPSG:{WGS84}",
    time=("acquired_at", "acquired_at"),
)

PASSES = Schema(
    name="passes",
    text=(
        "Overpasses of each AOI: those with an archived scene, those without, and those that repeat cycles "
        "predict. Empty when nothing is known of the period."
    ),
    columns={
        "pass_id": Column("str", "", "Id of the scene or of the search result; else platform, orbit, time and AOI."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "at": Column(UTC, "UTC", "When the AOI was passed over, or will be."),
        "sensor": Column("str", "", "Sensor of the satellite, as in the scenes."),
        "platform": Column("str", "", "Name of the satellite."),
        "relative_orbit": Column("Int64", "", "Number of the relative orbit, missing when unknown."),
        "orbit_state": Column("str", "", 'ascending | descending | "" when unknown.'),
        "state": Column("str", "", "seen | no data | late | not acquired | not looked for | expected."),
        "uncertainty_s": Column("float64", "s", "How far from `at` the true instant may lie."),
        "scene_id": Column("str", "", 'Id of the archived scene, "" unless seen.'),
        "reason": Column("str", "", 'Why it has this state, "" when seen.'),
    },
    key=("pass_id",),
    time=("at", "at"),
)
