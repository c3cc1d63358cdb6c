"""Where the numbers of a brief come from: software, weights, scenes with their requests, AIS files, thresholds."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from monitor.core.scenes.sensors import sensor
from monitor.core.timerange import TimeRange
from monitor.core.version import VERSION
from monitor.detect.base import Detector
from monitor.pipeline.context import Context
from monitor.pipeline.correlate import measured
from monitor.report.page.model import ErrorFigure, InputFile, Provenance, SceneRecord

UNMEASURED = (
    "no error was measured for this model: what it counts and how long it takes ships to be is not verified; "
    "`monitor evaluate` on labelled scenes measures it"
)
SOFTWARE = f"maritime-monitor {VERSION}"


def provenance(context: Context, period: TimeRange | None) -> Provenance:
    """The chain behind the numbers of a period, which rest on earlier scenes too; of none without a period.

    Raises
    ------
    ArchiveError
        A scene's file is missing, or is not what was written.
    """
    records = tuple(
        SceneRecord(
            scene_id=scene.id,
            request_sha256=sha256(context.archive.scene_file(scene.id, "request.json")),
            pixels_sha256=sha256(context.archive.scene_file(scene.id, "pixels.tif")),
            detector=_key(context.detectors, scene.acquisition.sensor),
        )
        for scene in context.scenes
        if period is not None and scene.acquisition.start < period.end
    )
    ingested = context.positions.ingested() if period is not None else []
    return Provenance(
        software=SOFTWARE,
        weights=_weights(context.detectors),
        scenes=records,
        inputs=tuple(InputFile(done.file, done.key, f"{done.positions} positions") for done in ingested),
        thresholds=_thresholds(context.detectors),
        errors=_errors(context.detectors, {scene.acquisition.sensor for scene in context.scenes}),
    )


def sha256(content: bytes) -> str:
    """The hash of a file's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _key(detectors: Mapping[str, Detector], sensor: str) -> str:
    return detectors[sensor].key if sensor in detectors else ""


def _weights(detectors: Mapping[str, Detector]) -> tuple[InputFile, ...]:
    """The model files in use, with their hashes."""
    found = [(detector.key, getattr(detector, "weights", None)) for detector in detectors.values()]
    return tuple(InputFile(entry.path.name, entry.sha256, key) for key, entry in found if entry is not None)


def _errors(detectors: Mapping[str, Detector], observed: Collection[str]) -> tuple[ErrorFigure, ...]:
    """What was measured of the model of each sensor that has scenes, or that nothing was."""
    made: list[ErrorFigure] = []
    for kind, detector in detectors.items():
        if kind not in observed:
            continue
        entry = getattr(detector, "weights", None)
        name = detector.key if entry is None else entry.name
        figures = measured(detector)
        made += [ErrorFigure(f"{name}: {what}", value, sample) for what, value, sample in figures]
        if not figures:
            made.append(ErrorFigure(f"{name} on {sensor(kind).name}", "not measured", UNMEASURED))
    return tuple(made)


def _thresholds(detectors: Mapping[str, Detector]) -> tuple[tuple[str, str], ...]:
    """Each detector's least score."""
    return tuple((d.key, f"least score {getattr(d, 'least_score', float('nan')):.2f}") for d in detectors.values())
