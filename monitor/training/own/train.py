"""Train any network of ultralytics on labelled pictures, and register it with what was measured of it."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from monitor.core.errors import DataError
from monitor.detect.base import CONTAINER, CONTAINER_STACK, VESSEL
from monitor.detect.models.classes import AIRCRAFT, STORAGE_TANK, TRAIN, VEHICLE
from monitor.detect.models.description import RGB, ModelKeys, OwnModel
from monitor.detect.models.detector import OwnDetector
from monitor.detect.yolo.weights import REGISTRY
from monitor.training.fit import Fit, applied, figures, fit, fitted_alone, run_on
from monitor.training.own.chips import write_chips
from monitor.training.own.run import MOST_ZOOM, Base, export, task_of, train_network
from monitor.training.own.samples import Sample, read_samples
from monitor.training.register import registry_text

log = logging.getLogger(__name__)

SIDE_PX = 640
"""Side of chips and windows where nothing else is said: ultralytics' own."""
_FIRST = (VESSEL, CONTAINER_STACK, CONTAINER, STORAGE_TANK, AIRCRAFT, VEHICLE, TRAIN)
_LEAST_SCORE = 0.02
"""Detections from which threshold and chances are fitted."""


def train_own(
    sources: Sequence[Path],
    *,
    base: Base,
    out: Path,
    keys: ModelKeys | None = None,
    leave_out: Sequence[str] = (),
    name: str = "trained",
) -> Path:
    """The folder with weights of a network of ultralytics, trained on labelled pictures.

    Parameters
    ----------
    sources : sequence of Path
        See `read_samples`.
    base : Base
        What to start from, and for how long.
    out : Path
        Where ``<name>.onnx``, ``<name>.pt`` and ``weights.toml`` go; made when missing. It comes back.
    keys : ModelKeys, optional
        Bands, stretch and side of the windows; red, green, blue, percentiles (8-bit pictures as they are) and 640 px.
    leave_out : sequence of str
        Names of labelled folders or pictures, or of sources, that are not trained on; those of a data set's ``val``
        never are.
    name : str
        Of the weights.

    Raises
    ------
    DataError
        A source cannot be read, nothing is left to train on, or the base is no model.

    Notes
    -----
    Threshold, chances and lengths are fitted to what was left out. The figures that are written are of each picture by
    what the others gave, where there are two or more; without any, the identity is written and nothing was measured.
    """
    samples = read_samples(sources)
    unknown = set(leave_out) - {part for sample in samples for part in sample.names}
    if unknown:
        raise DataError(f"{', '.join(sorted(unknown))}: no such labelled folder or picture to leave out")
    held = [s for s in samples if s.held_out or s.names & set(leave_out)]
    shown = [s for s in samples if not (s.held_out or s.names & set(leave_out))]
    if not shown:
        raise DataError("every labelled picture is left out; nothing is left to train on")
    keys = _keys(keys or ModelKeys(), shown, task_of(base.model))
    side, chip = keys.image_px or SIDE_PX, base.variation.chip_px or keys.image_px or SIDE_PX
    classes = _classes(shown)
    log.info("training on %d pictures for %s; %d are left out", len(shown), ", ".join(classes), len(held))
    out.mkdir(parents=True, exist_ok=True)
    chips = out / "chips"
    shutil.rmtree(chips, ignore_errors=True)
    covered = base.variation.covered
    data = write_chips(shown, chips, classes=classes, keys=keys, side=chip, seed=base.seed, covered=covered)
    checkpoint = train_network(base, data, out, task=keys.task or "obb", side=chip, zoom=zoom_of(keys))
    weights = _placed(checkpoint, out, name, side)
    model = OwnModel(name, weights, _sha256(weights), keys)
    fitted, measured = _measure(model, held)
    _write(out, model, fitted, measured, sorted({s.origin for s in shown}))
    shutil.rmtree(chips)
    return out


def _keys(keys: ModelKeys, shown: Sequence[Sample], task: str) -> ModelKeys:
    """The keys with what they leave open: bands, stretch and pixel size."""
    eight_bit = all(str(sample.read().data.dtype) == "uint8" for sample in shown)
    sizes = [sample.gsd_m for sample in shown if sample.gsd_m is not None]
    said = keys.model_dump(exclude_unset=True)
    opened: dict[str, object] = {"task": task, "bands": keys.bands or RGB, "image_px": keys.image_px or SIDE_PX}
    if "stretch" not in said:
        opened["stretch"] = "none" if eight_bit else "percentile"
    if keys.gsd_m is None and len(sizes) == len(shown):
        opened["gsd_m"] = float(np.median(sizes))
        if max(sizes) > 1.5 * min(sizes):
            opened["gsd_range_m"] = (min(sizes) / 1.2, max(sizes) * 1.2)
    return ModelKeys.model_validate({**said, **opened})


def zoom_of(keys: ModelKeys) -> float:
    """The largest share by which a pixel that the model takes differs from the one that it is trained at.

    Parameters
    ----------
    keys : ModelKeys
    """
    if keys.gsd_m is None or keys.gsd_range_m is None:
        return MOST_ZOOM
    return max(abs(size / keys.gsd_m - 1.0) for size in keys.gsd_range_m)


def _classes(shown: Sequence[Sample]) -> tuple[str, ...]:
    there = {each.class_name for sample in shown for each in sample.objects if each.sure}
    if not there:
        raise DataError("no labelled object to train on; ignore areas and doubtful labels alone teach nothing")
    return tuple(name for name in _FIRST if name in there) + tuple(sorted(there - set(_FIRST)))


def _placed(checkpoint: Path, out: Path, name: str, side: int) -> Path:
    placed = out / f"{name}.pt"
    shutil.copyfile(checkpoint, placed)
    return export(placed, side)


def _measure(model: OwnModel, held: Sequence[Sample]) -> tuple[Fit, list[tuple[str, str, str]]]:
    """What is fitted to all that was left out, and the figures of each picture by what the others gave."""
    if not held:
        return Fit(), []
    plain = OwnModel(model.name, model.path, model.sha256, model.keys)
    found = run_on(held, OwnDetector(plain, _LEAST_SCORE))
    whole = fit(found)
    if len(found) < 2:
        return whole, figures(applied(found, whole), fitted_alone(whole))
    crossed = [applied([one], fit([other for other in found if other is not one]))[0] for one in found]
    return whole, figures(crossed, "threshold of each by the others")


def _write(
    out: Path, model: OwnModel, by: Fit, measured: Sequence[tuple[str, str, str]], trained_on: Sequence[str]
) -> None:
    keys = model.keys.model_dump(exclude_unset=True)
    fitted: dict[str, object] = {
        "calibration": by.calibration,
        "length_gain": by.length_gain,
        "fitted_on": by.fitted_on,
    }
    fitted |= {} if by.threshold is None else {"threshold": by.threshold, "thresholds": by.thresholds}
    fitted |= {} if by.length_low is None else {"length_low": by.length_low, "length_high": by.length_high}
    entry = {
        "file": model.path.name,
        "sha256": model.sha256,
        "checkpoint_sha256": _sha256(out / f"{model.name}.pt"),
        **keys,
        **fitted,
        "trained_on": tuple(trained_on),
        "measured": tuple(measured),
    }
    text = registry_text(model.name, entry, note=by.said)
    (out / REGISTRY).write_text(text, encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
