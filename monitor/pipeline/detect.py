"""Run detectors on the archived scenes that lack their detections."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

from monitor.core.aoi import Aoi
from monitor.core.errors import DetectorError
from monitor.core.parallel import Outcome, each
from monitor.core.scenes.scene import Scene
from monitor.core.timerange import TimeRange
from monitor.detect import Detector, detect
from monitor.detect.berths.profiles import berth_profiles
from monitor.detect.context.coverage import coverage
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import table_key, without_detections
from monitor.store.archive import Archive

log = logging.getLogger(__name__)


def detect_scenes(
    context: Context, period: TimeRange | None = None, pool: Executor | None = None
) -> list[Outcome[tuple[Scene, Aoi], str]]:
    """Write detections, coverage and berth profiles of the scenes that lack them; outcomes carry scene ids.

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
    archive = replace(context.archive, root=context.archive.root.resolve())
    return each(partial(_detect_one, archive, dict(context.detectors)), work, pool)


def _detect_one(archive: Archive, detectors: Mapping[str, Detector], work: tuple[Scene, Aoi]) -> str:
    scene, aoi = work
    detector = detectors.get(scene.acquisition.sensor)
    if detector is None:
        raise DetectorError(f"{scene.id}: no detector for sensor {scene.acquisition.sensor}")
    raster = archive.read_raster(scene.id)
    found = detect(raster, scene.acquisition, detector, aoi=aoi)
    seen = coverage(scene.acquisition, raster, aoi)
    key = table_key(detector, aoi)
    archive.write_scene_table("coverage", key, scene.id, seen)
    archive.write_scene_table("berths", key, scene.id, berth_profiles(scene.acquisition, raster, aoi))
    archive.write_detections(key, scene.id, found)
    return scene.id
