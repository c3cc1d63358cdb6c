"""Look at archived scenes that were not looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

from monitor.core.aoi import Aoi
from monitor.core.errors import DetectorError
from monitor.core.parallel import Outcome, each
from monitor.core.scene import Scene
from monitor.detect import Detector, detect
from monitor.detect.coverage import coverage
from monitor.detect.profiles import berth_profiles
from monitor.store.archive import Archive


def zones_digest(aoi: Aoi) -> str:
    """Eight hexadecimal digits that change with the port's outline or any of its zones."""
    parts = [aoi.geometry.wkt, *(f"{zone.id} {zone.kind} {zone.geometry.wkt}" for zone in aoi.zones)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def table_key(detector: Detector, aoi: Aoi) -> str:
    """The name under which a detector's tables of a port are kept: new weights or new zones make new tables."""
    return f"{detector.key}-{zones_digest(aoi)}"


def unseen(
    archive: Archive, aois: Sequence[Aoi], detectors: Mapping[str, Detector], scenes: Sequence[Scene]
) -> list[tuple[Scene, Aoi]]:
    """The scenes that lack detections of their sensor's detector, with their port."""
    work: list[tuple[Scene, Aoi]] = []
    for aoi in aois:
        for sensor, detector in detectors.items():
            mine = [s for s in scenes if s.acquisition.aoi_id == aoi.id and s.acquisition.sensor == sensor]
            work += [(s, aoi) for s in archive.scenes_without("detections", table_key(detector, aoi), mine)]
    return sorted(work, key=lambda pair: (pair[0].acquisition.acquired_at, pair[0].id))


def detect_scenes(
    archive: Archive,
    detectors: Mapping[str, Detector],
    work: Sequence[tuple[Scene, Aoi]],
    pool: Executor | None = None,
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
