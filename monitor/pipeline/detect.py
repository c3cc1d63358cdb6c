"""Run detectors on the archived scenes that lack their detections."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

import pandas as pd

from monitor.core.aoi import BERTH_KINDS, Aoi
from monitor.core.errors import DetectorError
from monitor.core.parallel import Outcome, each
from monitor.core.scenes.scene import Scene
from monitor.core.tables import COVERAGE
from monitor.core.timerange import TimeRange
from monitor.detect import Detector, detect
from monitor.detect.base import CONTAINER, CONTAINER_STACK, VESSEL, finds
from monitor.detect.berths.profiles import berth_profiles
from monitor.detect.context.coverage import coverage
from monitor.detect.land.profiles import land_profiles
from monitor.detect.past import PAST
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import table_key, without_detections
from monitor.store.archive import Archive

log = logging.getLogger(__name__)

_LIES_THERE = {
    **dict.fromkeys(("water", "anchorage", *BERTH_KINDS), frozenset({VESSEL})),
    "yard": frozenset({CONTAINER_STACK, CONTAINER}),
}


def detect_scenes(
    context: Context, period: TimeRange | None = None, pool: Executor | None = None
) -> list[Outcome[tuple[Scene, Aoi], str]]:
    """Write detections, coverage and profiles of berths and land where scenes lack them; outcomes carry scene ids.

    Parameters
    ----------
    context : Context
        Its ports and detectors.
    period : TimeRange, optional
        Only scenes acquired in it.
    pool : Executor, optional
        Workers read the archive by its absolute path, wherever they run.
    """
    chosen = [s for s in context.scenes if period is None or s.acquisition.acquired_at in period]
    for sensor, number in Counter(s.acquisition.sensor for s in chosen).items():
        if sensor not in context.detectors:
            log.warning(
                "%d scenes of sensor %s: nothing finds ships in them; name a model's file as weights in [detector.%s]",
                number,
                sensor,
                sensor,
            )
    work = without_detections(context, chosen)
    archive = context.archive.absolute()
    used = dict(context.detectors)
    compared = {scene.id: compared_with(scene, context.scenes, used) for scene, _ in work}
    return each(partial(_detect_one, archive, used, compared), work, pool, step="detect")


def compared_with(scene: Scene, scenes: Sequence[Scene], detectors: Mapping[str, Detector]) -> tuple[str, ...]:
    """The ids of the scenes that one is compared with, the nearest in the season first.

    Parameters
    ----------
    scene : Scene
    scenes : sequence of Scene
        Of the archive.
    detectors : mapping of str to Detector
        One with ``past = "before"`` never reads what was acquired later; without `past` none is read.
    """
    of = scene.acquisition
    past = getattr(detectors.get(of.sensor), "past", "")
    if not past:
        return ()

    def apart(other: Scene) -> tuple[float, float]:
        days = abs((of.acquired_at - other.acquisition.acquired_at).total_seconds()) / 86400.0
        return min(days % 365.25, 365.25 - days % 365.25), days

    near = [
        other
        for other in scenes
        if other.acquisition.aoi_id == of.aoi_id
        and other.acquisition.sensor == of.sensor
        and other.id != scene.id
        and (past == "hindsight" or other.acquisition.acquired_at < of.acquired_at)
    ]
    return tuple(other.id for other in sorted(near, key=apart)[: PAST.most])


def looked_for(seen: pd.DataFrame, classes: Collection[str]) -> pd.DataFrame:
    """COVERAGE in which a part of the port is not observed where the detector marks nothing that lies there.

    Parameters
    ----------
    seen : COVERAGE table
        What the pixels showed.
    classes : collection of str
        What the detector marks: vessels lie in the water, at berths and at anchor; stacks and boxes in yards.
    """
    lacking = [kind for kind, wanted in _LIES_THERE.items() if not wanted & set(classes)]
    blind = seen["kind"].isin(lacking)
    if not blind.any():
        return seen
    made = seen.copy()
    made.loc[blind, ["state", "observed_fraction", "reason"]] = ["not observed", 0.0, "not looked for"]
    return COVERAGE.conform(made)


def _detect_one(
    archive: Archive, detectors: Mapping[str, Detector], compared: Mapping[str, Sequence[str]], work: tuple[Scene, Aoi]
) -> str:
    scene, aoi = work
    detector = detectors.get(scene.acquisition.sensor)
    if detector is None:
        kind = scene.acquisition.sensor
        raise DetectorError(f"{scene.id}: no detector for sensor {kind}; set weights in [detector.{kind}]")
    raster = archive.read_raster(scene.id)
    names = compared[scene.id] if raster.valid.size <= PAST.most_px else ()
    past = [archive.read_raster(name) for name in names]
    found = detect(raster, scene.acquisition, detector, aoi=aoi, past=past)
    seen = looked_for(coverage(scene.acquisition, raster, aoi), finds(detector))
    key = table_key(detector, aoi)
    archive.write_scene_table("coverage", key, scene.id, seen)
    archive.write_scene_table("berths", key, scene.id, berth_profiles(scene.acquisition, raster, aoi))
    archive.write_scene_table("land", key, scene.id, land_profiles(scene.acquisition, raster, aoi))
    archive.write_detections(key, scene.id, found)
    return scene.id
