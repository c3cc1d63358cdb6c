"""Train weights from labelled folders, by one recipe."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from monitor.core.errors import DataError
from monitor.detect.evaluation.dataset import BANDS, LabelledPort
from monitor.detect.evaluation.reader import labelled_folders, read_port
from monitor.detect.yolo.user_model import check_weights_only
from monitor.detect.yolo.weights import REGISTRY, entry_weights
from monitor.training.augment.ground import Ground, prepare_ground
from monitor.training.export import export_onnx, ship_checkpoint
from monitor.training.fit_ours import fit_ours
from monitor.training.fit_stacks import fit_stacks
from monitor.training.hard_examples import mark_errors
from monitor.training.own.samples import Sample, read_samples
from monitor.training.recipe import Stage
from monitor.training.register import registry_text
from monitor.training.trainer import Plan, run_training

log = logging.getLogger(__name__)

NORMALISATION = (
    "reflectance = DN x 0.0001; minus the scene's 1st percentile of each band, plus 0.01; square root; "
    "NDWI and MNDWI as 0.5 + 0.5 x index; 0 where missing"
)
THRESHOLD, STACK_THRESHOLD = 0.5, 0.5
"""Least score of a vessel, and probability of a pixel of stack, where nothing was left out to fit them to."""
DECODE: Mapping[str, float] = MappingProxyType(
    {"hull": 0.4, "vote_sigma_px": 1.5, "heat": 0.45, "least_score": 0.12, "recentre": 0.8, "share": 0.5}
)
"""How maps become hulls, chosen with the recipe; threshold, chances and lengths are each network's own."""
VIEWS_PX = 2_300_000


def train(
    folders: Sequence[Path] | Path,
    *,
    out: Path,
    stages: Sequence[Stage] = (Stage(),),
    leave_out: Sequence[str] = (),
    simulated: Sequence[LabelledPort] = (),
    start: Path | None = None,
    labels: Path | None = None,
    name: str = "trained",
) -> Path:
    """The folder with weights that `YoloDetector` can use, trained on labelled scene folders.

    Parameters
    ----------
    folders : Path or sequence of Path
        Labelled scene folders, or folders of such.
    out : Path
        Where ``<name>.onnx``, ``<name>.pt`` and ``weights.toml`` go; made when missing. It comes back.
    stages : sequence of Stage
        One run after another, each from the last one's checkpoint; a stage by epochs gives the same weights again
        on the same machine with the same number of threads.
    leave_out : sequence of str
        Names of folders that are not trained on: threshold, chances and lengths are fitted to them, and without any
        are the identity.
    simulated : sequence of LabelledPort
        Mixed in by the stage's recipe.
    start : Path, optional
        A checkpoint of the same network to go on from.
    labels : Path, optional
        A folder with further labels, ``<name of the port's folder>.geojson`` where there are any.
    name : str
        Of the weights.

    Raises
    ------
    DataError
        No labelled scene is left to train on, or one that is left out is not there, or there is no stage.
    """
    if not stages:
        raise DataError("no stage to train; give at least one")
    if start is not None:
        check_weights_only(start)
    cv2.setNumThreads(1)
    sources = [folders] if isinstance(folders, Path) else folders
    real = read_grounds(sources, leave_out=leave_out, seed=stages[0].seed, labels=labels)
    held = _left_out(sources, leave_out, labels)
    rng = np.random.default_rng(stages[0].seed)
    grounds = [*real, *(replace(prepare_ground(port, rng), made_up=True) for port in simulated)]
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = start
    for number, stage in enumerate(stages, 1):
        log.info("stage %d of %d", number, len(stages))
        last = run_stage(grounds, out, stage=stage, start=checkpoint)
        checkpoint = ship_checkpoint(last, out / f"{name}.pt")
    assert checkpoint is not None
    _register(out, name, checkpoint, ports=[ground.port.name for ground in real], held=held)
    return out


def run_stage(grounds: Sequence[Ground], out: Path, *, stage: Stage, start: Path | None) -> Path:
    """The new checkpoint of one stage, in which the last checkpoint's errors on these ports are shown more often.

    Parameters
    ----------
    grounds : sequence of Ground
    out : Path
        Where the run is written.
    stage : Stage
    start : Path, optional
        The last checkpoint; without one training starts from scratch.
    """
    shown = list(grounds) if start is None else mark_errors(grounds, start)
    plan = Plan(
        minutes=stage.minutes,
        epochs=stage.epochs,
        steps=stage.steps,
        seed=stage.seed,
        rate=stage.rate,
        workers=stage.workers,
        resampled=stage.resampled,
        start=start,
    )
    return run_training(shown, out, recipe=stage.recipe, plan=plan)


def _left_out(folders: Sequence[Path], leave_out: Sequence[str], labels: Path | None) -> list[Sample]:
    paths = [path for folder in folders for path in labelled_folders(folder) if path.name in leave_out]
    return read_samples(paths, labels)


def _register(out: Path, name: str, checkpoint: Path, *, ports: Sequence[str], held: Sequence[Sample]) -> None:
    """Export the network, and write its entry with what is fitted to the scenes that were left out."""
    onnx = export_onnx(checkpoint, out / f"{name}.onnx")
    entry: dict[str, object] = {
        "file": onnx.name,
        "sha256": _sha256(onnx),
        "checkpoint_sha256": _sha256(checkpoint),
        "classes": ("vessel", "container_stack"),
        "bands": BANDS,
        "scale": 1e-4,
        "gsd_m": 10.0,
        "threshold": THRESHOLD,
        "stack_threshold": STACK_THRESHOLD,
        "normalisation": NORMALISATION,
        "trained_on": tuple(ports),
        "views_px": VIEWS_PX,
        "length_gain": 1.0,
        "length_low": math.nan,
        "length_high": math.nan,
        "decode": dict(DECODE),
    }
    found = fit_ours(entry_weights(name, entry, out), held)
    by, stacks = found.fit, fit_stacks(entry_weights(name, entry, out), held)
    fitted: dict[str, object] = {"length_gain": by.length_gain, "measured": (*found.measured, *stacks.measured)}
    fitted |= {} if stacks.threshold is None else {"stack_threshold": stacks.threshold}
    fitted |= {} if by.threshold is None else {"threshold": by.threshold}
    fitted |= {} if by.length_low is None else {"length_low": by.length_low, "length_high": by.length_high}
    rule = {**DECODE, "length_fit": found.length_fit, "calibration": by.calibration}
    text = registry_text(name, {**entry, **fitted, "decode": rule}, note=by.said)
    (out / REGISTRY).write_text(text, encoding="utf-8")


def read_grounds(
    folders: Sequence[Path], *, leave_out: Sequence[str] = (), seed: int = 7, labels: Path | None = None
) -> list[Ground]:
    """The labelled ports below some folders, ready for training.

    Parameters
    ----------
    folders : sequence of Path
    leave_out : sequence of str
        Names of folders to skip.
    seed : int
        Of the places along quays.
    labels : Path, optional
        A folder with further labels, ``<name of the port's folder>.geojson`` where there are any.

    Raises
    ------
    DataError
        No port is left, or one to skip is not there.
    """
    paths = [path for folder in folders for path in labelled_folders(folder)]
    unknown = set(leave_out) - {path.name for path in paths}
    if unknown:
        raise DataError(f"{', '.join(sorted(unknown))}: no such labelled folder to leave out")
    kept = [path for path in paths if path.name not in leave_out]
    if not kept:
        raise DataError("every labelled folder is left out; nothing is left to train on")
    rng = np.random.default_rng(seed)
    log.info("training on %s", ", ".join(path.name for path in kept))
    return [prepare_ground(read_port(path, labels), rng) for path in kept]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
