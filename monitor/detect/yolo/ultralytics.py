"""The network through ultralytics' own predictor."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
import numpy as np
import torch
from ultralytics import YOLO
from ultralytics.models.yolo.semantic import SemanticSegmentationPredictor

from monitor.core.arrays import Pixels
from monitor.core.errors import DetectorError
from monitor.detect.yolo.runtime import Network
from monitor.detect.yolo.user_model import check_weights_only

_STRIDE = 32
"""Pixels of which ultralytics takes multiples."""
_UNPICKLING = (
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ImportError,
    OSError,
    pickle.UnpicklingError,
)


class MapsPredictor(SemanticSegmentationPredictor):  # type: ignore[misc]
    """ultralytics' semantic predictor, giving the dense maps instead of a class map."""

    def postprocess(self, preds: Any, img: torch.Tensor, orig_imgs: Any) -> list[Any]:
        """What ultralytics makes of a prediction; the maps as they leave the network are stored in `maps`.

        Parameters
        ----------
        preds : torch.Tensor
            The network's output.
        img, orig_imgs : torch.Tensor or list
            Its input, before and after ultralytics' own preparation.
        """
        self.maps = preds.detach().cpu().numpy()
        return super().postprocess(preds, img, orig_imgs)  # type: ignore[no-any-return]


def predictor_network(path: Path) -> Network:
    """The network of a checkpoint, run by ultralytics' predictor.

    Raises
    ------
    DetectorError
        The checkpoint cannot be opened by weights-only rules.
    """
    try:
        check_weights_only(path)
        model = YOLO(str(path), task="semantic")
    except _UNPICKLING as error:
        raise DetectorError(f"{path}: not a checkpoint of weights alone ({error})") from error
    predictor = MapsPredictor(
        overrides={"device": "cpu", "verbose": False, "save": False, "mode": "predict", "imgsz": 32, "rect": False}
    )
    predictor.setup_model(model.model, verbose=False)

    def run(image: Pixels) -> Pixels:
        rows, cols = image.shape[1:]
        whole = np.pad(image, ((0, 0), (0, -rows % _STRIDE), (0, -cols % _STRIDE)))
        predictor(torch.from_numpy(np.ascontiguousarray(whole))[None])
        return np.asarray(predictor.maps[0], dtype=np.float32)[:, : rows // 2, : cols // 2]

    return run
