"""A run of ultralytics' own trainers on chips: offline, silent, and judged by nothing that it was trained with."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
import matplotlib
import torch
from ultralytics import YOLO
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.models.yolo.obb import OBBTrainer
from ultralytics.models.yolo.segment import SegmentationTrainer
from ultralytics.utils import USER_CONFIG_DIR

from monitor.core.errors import DataError
from monitor.detect.yolo.user_model import check_weights_only
from monitor.training.export import ship_checkpoint
from monitor.training.own.variation import Variation

log = logging.getLogger(__name__)

_TASKS = {"obb": OBBTrainer, "detect": DetectionTrainer, "segment": SegmentationTrainer}

MOST_ZOOM = 0.5
"""Ultralytics' own, and what the pixel sizes ask for that a model takes where nothing is said."""


@dataclass(frozen=True, slots=True)
class Base:
    """What training starts from.

    Attributes
    ----------
    model : str
        A configuration of ultralytics (``yolo26n-obb.yaml``), a path to one, or to a checkpoint.
    epochs : int, optional
        Passes over all chips.
    minutes : float
        Length of the run where `epochs` is not given.
    seed : int
    variation : Variation
        How chips are cut, varied and put into batches.
    """

    model: str
    epochs: int | None = None
    minutes: float = 60.0
    seed: int = 7
    variation: Variation = field(default_factory=Variation)


def task_of(model: str) -> str:
    """The task of a configuration or a checkpoint: obb, detect or segment.

    Raises
    ------
    DataError
        There is no such file, or its task is another.
    """
    task = str(_open(model).task)
    if task not in _TASKS:
        raise DataError(f"{model}: its task is {task}; use one of {', '.join(_TASKS)}")
    return task


def _open(model: str) -> Any:
    path = Path(model)
    if path.suffix not in (".yaml", ".yml", ".pt"):
        raise DataError(f"{model}: name a configuration such as yolo26n-obb.yaml, or a checkpoint .pt")
    if path.suffix == ".pt" and not path.is_file():
        raise DataError(f"{model}: no such file, and nothing is downloaded; put it there, or use {path.stem}.yaml")
    try:
        if path.suffix == ".pt":
            check_weights_only(path)
        return YOLO(model, verbose=False)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError) as error:
        first = str(error).replace("ERROR ❌️ ", "").strip().splitlines() or [type(error).__name__]
        raise DataError(f"{model}: cannot be opened as a model ({first[0]}); check the name") from error


def train_network(base: Base, data: Path, out: Path, *, task: str, side: int, zoom: float = MOST_ZOOM) -> Path:
    """The checkpoint of a run on chips, ready for release.

    Parameters
    ----------
    base : Base
    data : Path
        The ``data.yaml`` of the chips.
    out : Path
        Where the run is written; a folder ``run`` is made in it.
    task : str
        obb, detect or segment.
    side : int
        Pixels of a chip's side.
    zoom : float, optional
        Chips are made larger and smaller by up to this share, so that the network meets the pixel sizes that it is to
        take.
    """
    _place_font()
    length = {"epochs": base.epochs} if base.epochs else {"epochs": 1000, "time": base.minutes / 60}
    settings: dict[str, Any] = {
        "model": base.model,
        "data": str(data),
        "task": task,
        "imgsz": max(32, -(-side // 32) * 32),
        "batch": base.variation.batch,
        "nbs": base.variation.batch,  # a step each batch: ultralytics would wait for 64 chips
        "seed": base.seed,
        "lr0": base.variation.rate,
        "optimizer": "AdamW",
        "warmup_epochs": 1.0,
        "warmup_bias_lr": 0.0,  # as ultralytics itself has it with Adam
        "device": "0" if torch.cuda.is_available() else "cpu",
        "amp": False,
        "plots": False,
        "verbose": False,
        "workers": 0,
        "val": False,
        "degrees": base.variation.turn_deg,
        "mosaic": base.variation.mosaic,
        "cos_lr": True,
        "scale": min(zoom, MOST_ZOOM),
        "flipud": 0.5,
        "project": str(out.resolve()),
        "name": "run",
        "exist_ok": True,
        **length,
    }
    trainer = _quiet(_TASKS[task])(overrides=settings)
    trainer.add_callback("on_train_start", _set_up)
    trainer.add_callback("on_train_epoch_end", _log_epoch)
    trainer.train()
    return ship_checkpoint(Path(trainer.last), out / "run" / "shipped.pt")


def _quiet(kind: type) -> type:
    """The trainer without any validation: what is left out is scored afterwards, on whole pictures."""

    class Quiet(kind):  # type: ignore[misc]
        def validate(self) -> tuple[dict[str, float], float]:
            return {}, 0.0

        def final_eval(self) -> None:
            return None

        def plot_training_labels(self) -> None:
            return None

    return Quiet


def export(checkpoint: Path, side: int) -> Path:
    """Write a checkpoint's network as ONNX beside it, for windows of any size; its path.

    Parameters
    ----------
    checkpoint : Path
    side : int
        Pixels of a window's side, a multiple of 32.
    """
    model = YOLO(str(checkpoint))
    return Path(model.export(format="onnx", imgsz=side, dynamic=True, simplify=False, opset=17, device="cpu"))


def _has_halves() -> bool:
    """Whether training runs on a processor with units for bfloat16, which halve its time."""
    units = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return not torch.cuda.is_available() and bool(units)


def _widened(preds: Any) -> Any:
    if isinstance(preds, torch.Tensor):
        return preds.float()
    if isinstance(preds, dict):
        return {name: _widened(part) for name, part in preds.items()}
    return type(preds)(_widened(part) for part in preds) if isinstance(preds, list | tuple) else preds


def _halved(predict: Callable[..., Any]) -> Callable[..., Any]:
    """A network's forward pass in 16 bits, its results in 32: a loss needs places finer than bfloat16 tells them."""

    def run(*args: Any, **settings: Any) -> Any:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return _widened(predict(*args, **settings))

    return run


def _set_up(trainer: Any) -> None:
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1))
    if _has_halves():
        trainer.model = trainer.model.to(memory_format=torch.channels_last)
        trainer.model.predict = _halved(trainer.model.predict)


def _log_epoch(trainer: Any) -> None:
    parts = ", ".join(f"{name} {float(value):.3f}" for name, value in (trainer.tloss or {}).items())
    log.info("epoch %d: %s", trainer.epoch + 1, parts)


def _place_font() -> None:
    """Put a font where ultralytics looks for one, so that it does not ask the network for it."""
    wanted = Path(USER_CONFIG_DIR) / "Arial.ttf"
    if not wanted.is_file():
        wanted.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", wanted)
