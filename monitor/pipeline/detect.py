"""Look at archived scenes that were not looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

from monitor.core.aoi import Aoi
from monitor.core.errors import DetectorError
from monitor.core.parallel import Outcome, each
from monitor.core.scene import Scene
from monitor.detect import Detector, detect
from monitor.detect.berths.profiles import berth_profiles
from monitor.detect.context.coverage import coverage
from monitor.pipeline.freshness import table_key
from monitor.store.archive import Archive


def detect_scenes(
    archive: Archive, detectors: Mapping[str, Detector], work: Sequence[tuple[Scene, Aoi]], pool: Executor | None = None
) -> list[Outcome[tuple[Scene, Aoi], str]]:
    """Detections and coverage of scenes, into the archive; outcomes carry scene ids."""
    return each(partial(_detect_one, archive, detectors), work, pool)


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
