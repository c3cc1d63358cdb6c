"""Checkpoints for release: the network as ONNX, and the file without what training left in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
import torch
from ultralytics.nn.tasks import load_checkpoint
from ultralytics.utils.torch_utils import strip_optimizer

from monitor.training.onnx_optimize import tighten


def export_onnx(checkpoint: Path, out: Path) -> Path:
    """Write a checkpoint's network as ONNX with free height and width, made lean by `tighten`; returns its path."""
    model, _ = load_checkpoint(str(checkpoint))
    model = model.float().eval().fuse(verbose=False)
    example = torch.zeros(1, 7, 128, 160)
    axes = {2: "rows", 3: "cols"}
    torch.onnx.export(
        model,
        (example,),
        str(out),
        input_names=["image"],
        output_names=["maps"],
        opset_version=17,
        dynamo=False,
        dynamic_axes={"image": axes, "maps": {2: "half_rows", 3: "half_cols"}},
    )
    tighten(out)
    return out


def ship_checkpoint(checkpoint: Path, out: Path) -> Path:
    """The path of a copy of a checkpoint for release.

    Without the optimizer's state, and without where and from what it was made.
    """
    shutil.copyfile(checkpoint, out)
    strip_optimizer(str(out))
    content = torch.load(out, map_location="cpu", weights_only=False)  # written above by this process
    model = content["model"]
    model.args, model.yaml = _placeless(model.args), _placeless(model.yaml)
    kept = {key: value for key, value in content.items() if key not in ("git", "train_results")}
    torch.save({**kept, "train_args": _placeless(content["train_args"])}, out)
    return out


def _placeless(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings with paths cut down to their last part, and without folders."""
    folders = ("project", "save_dir")
    return {
        key: Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value
        for key, value in settings.items()
        if key not in folders
    }
