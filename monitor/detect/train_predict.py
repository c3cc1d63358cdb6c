"""The network through ultralytics' own predictor, and its export to ONNX."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import monitor.detect.train_env  # noqa: F401  isort: skip  (before ultralytics)
import numpy as np
import torch
from ultralytics import YOLO
from ultralytics.models.yolo.semantic import SemanticSegmentationPredictor
from ultralytics.nn.tasks import load_checkpoint
from ultralytics.utils.torch_utils import strip_optimizer

from monitor.core.errors import DetectorError
from monitor.detect.onnx_graph import tighten
from monitor.detect.windows import Pixels
from monitor.detect.yolo_run import Network

_UNPICKLING = (
    RuntimeError, ValueError, TypeError, KeyError, AttributeError, ImportError, OSError, pickle.UnpicklingError
)  # fmt: skip


class MapsPredictor(SemanticSegmentationPredictor):  # type: ignore[misc]
    """ultralytics' semantic predictor, giving the dense maps instead of a class map."""

    def postprocess(self, preds: Any, img: torch.Tensor, orig_imgs: Any) -> list[Any]:
        """The maps as they leave the network."""
        self.maps = preds.detach().cpu().numpy()
        return super().postprocess(preds, img, orig_imgs)  # type: ignore[no-any-return]


def predictor_network(path: Path) -> Network:
    """The network of a checkpoint, run by ultralytics' predictor.

    Raises
    ------
    DetectorError
        The checkpoint cannot be opened by weights-only rules.
    """
    if os.environ.get("ULTRALYTICS_SAFE_LOAD") != "1":
        raise DetectorError(f"{path}: set ULTRALYTICS_SAFE_LOAD=1 before opening a checkpoint")
    try:
        model = YOLO(str(path), task="semantic")
    except _UNPICKLING as error:
        raise DetectorError(f"{path}: not a checkpoint of weights alone ({error})") from error
    predictor = MapsPredictor(
        overrides={"device": "cpu", "verbose": False, "save": False, "mode": "predict", "imgsz": 32, "rect": False}
    )
    predictor.setup_model(model.model, verbose=False)

    def run(image: Pixels) -> Pixels:
        predictor(torch.from_numpy(np.ascontiguousarray(image))[None])
        return np.asarray(predictor.maps[0], dtype=np.float32)

    return run


def export_onnx(checkpoint: Path, out: Path) -> Path:
    """Write a checkpoint's network as ONNX with free height and width, made lean by `tighten`; returns its path."""
    model, _ = load_checkpoint(str(checkpoint))
    model = model.float().eval().fuse(verbose=False)
    example = torch.zeros(1, 7, 128, 160)
    axes = {2: "rows", 3: "cols"}
    torch.onnx.export(
        model, (example,), str(out), input_names=["image"], output_names=["maps"], opset_version=17, dynamo=False,
        dynamic_axes={"image": axes, "maps": {2: "half_rows", 3: "half_cols"}},
    )  # fmt: skip
    tighten(out)
    return out


def ship_checkpoint(checkpoint: Path, out: Path) -> Path:
    """Copy a checkpoint to give away: without the optimizer's state, and without where and from what it was made."""
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
