"""A model of ultralytics opened safely: a checkpoint by weights alone, an exported ONNX that reads nothing else."""

from __future__ import annotations

import ast
import pickle
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors
from shapely import STRtree, points
from ultralytics.nn.tasks import _SafeLoad, load_checkpoint, torch_safe_load
from ultralytics.utils import ops
from ultralytics.utils.metrics import probiou
from ultralytics.utils.nms import non_max_suppression

from monitor.core.arrays import Floats
from monitor.core.errors import DetectorError
from monitor.detect.models.external import check_whole
from monitor.detect.yolo.runtime import threads

TASKS = ("detect", "obb", "segment")
MOST_BOXES = 1000
"""Most boxes of one window; chosen, beyond ultralytics' 300, since yards hold many containers."""
_MOST_DOUBLES = 20_000
"""Most boxes of one window before doubles are removed (chosen)."""
_ALL = 1.0
"""An overlap beyond which no two boxes lie."""
_MASKS_AT_ONCE = 16
_NUMBERS: Mapping[str, type[np.floating]] = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
"""What an ONNX file may take; one in half precision gives halves, too, which are widened."""
_ORT_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)
_TORCH_ERRORS = (
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ImportError,
    OSError,
    EOFError,
    AssertionError,
    pickle.UnpicklingError,
    zipfile.BadZipFile,
)
_WAY_OUT = "where the file can be trusted, export it there: yolo export model=FILE.pt format=onnx dynamic=True"


@dataclass(frozen=True, slots=True)
class WindowBoxes:
    """What a network found in one window, in its pixels; one entry each in every field.

    `xywhr` is (n, 5): centre, sides and angle (0 where boxes have none); `masks` has the place of each object's pixels
    as (m, 2) column and row, where the task is segment, else it is empty.
    """

    xywhr: Floats
    score: Floats
    label: npt.NDArray[np.int64]
    masks: tuple[npt.NDArray[np.int64], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenModel:
    """A model ready to run.

    Attributes
    ----------
    task : str
        detect, obb or segment.
    names : tuple of str
        Its classes in order.
    channels, stride, image_px : int
        Bands it takes, the multiple that sides of windows must have, and the side that it was trained at.
    fixed_px : tuple of int
        Rows and columns of the one shape that it takes; empty for any.
    end2end : bool
        Whether doubles are removed within.
    forward : callable
        (1, band, row, col) in 0–1 to its raw outputs.
    """

    task: str
    names: tuple[str, ...]
    channels: int
    stride: int
    image_px: int
    fixed_px: tuple[int, ...]
    end2end: bool
    forward: Callable[[npt.NDArray[np.float32]], Sequence[torch.Tensor]]

    def find(self, window: npt.NDArray[np.uint8], *, least_score: float, iou: float) -> WindowBoxes:
        """The boxes of one window.

        Parameters
        ----------
        window : array of shape (band, row, col)
        least_score : float
        iou : float
            Boxes that overlap more are one.
        """
        image = np.ascontiguousarray(window[None], dtype=np.float32)
        image /= np.float32(255)
        outputs = self.forward(image)
        turned = self.task == "obb" and not self.end2end
        found = non_max_suppression(
            outputs[0],
            least_score,
            _ALL if turned else iou,
            max_det=_MOST_DOUBLES if turned else MOST_BOXES,
            nc=len(self.names),
            rotated=self.task == "obb",
            end2end=self.end2end,
        )[0]
        if turned:
            found = found[suppressed(found, iou)[:MOST_BOXES]]
        return self._boxes(found, outputs, window.shape[1:])

    def _boxes(self, found: torch.Tensor, outputs: Sequence[torch.Tensor], shape: tuple[int, ...]) -> WindowBoxes:
        rows = found.numpy().astype(np.float64)
        score, label = rows[:, 4], rows[:, 5].astype(np.int64)
        if self.task == "obb":
            return WindowBoxes(np.concatenate([rows[:, :4], rows[:, -1:]], axis=1), score, label)
        x1, y1, x2, y2 = rows[:, :4].T
        flat = np.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, np.zeros(len(rows))], axis=1)
        if self.task == "detect":
            return WindowBoxes(flat, score, label)
        masks: list[npt.NDArray[np.int64]] = []
        for start in range(0, len(found), _MASKS_AT_ONCE):
            part = found[start : start + _MASKS_AT_ONCE]
            drawn = ops.process_mask(outputs[1][0], part[:, 6:], part[:, :4], shape, upsample=True)
            masks += [np.argwhere(mask.numpy())[:, ::-1] for mask in drawn]
        return WindowBoxes(flat, score, label, tuple(masks))


def suppressed(found: torch.Tensor, iou: float) -> torch.Tensor:
    """Places of the oriented boxes that are no doubles, the best score first.

    Parameters
    ----------
    found : Tensor
        (n, 7): centre, sides, score, class and angle, as ultralytics gives them.
    iou : float
        Of two boxes of a class that overlap more, the one of the lower score is a double.

    Notes
    -----
    One after another: a box that is a double itself removes none. Ultralytics' own way with oriented boxes lets doubles
    remove others, too, and so takes every few containers out of a tight row. Only pairs so near that they could overlap
    so much are compared.
    """
    order = torch.argsort(found[:, 4], descending=True)
    boxes, label = found[order][:, [0, 1, 2, 3, 6]], found[order, 5]
    long, short = _near(boxes.numpy().astype(np.float64), iou)
    doubles = (probiou(boxes[long], boxes[short])[:, 0] > iou) & (label[long] == label[short])
    pairs = np.sort(np.stack([long, short])[:, doubles.numpy()], axis=0)
    removed_by: list[list[int]] = [[] for _ in range(len(found))]
    for better, worse in pairs.T.tolist():
        removed_by[better].append(worse)
    left = np.ones(len(found), dtype=bool)
    for place, worse in enumerate(removed_by):
        if left[place]:
            left[worse] = False
    return order[torch.from_numpy(left)]


def _near(boxes: Floats, iou: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Places of the longer and of the other box of each pair that could overlap by more than `iou`.

    Ultralytics' measure is one less the Hellinger distance of two normal distributions, whose Bhattacharyya distance is
    at least a quarter of the squared distance of their centres over the sum of their largest variances: a twelfth of
    the squared lengths.
    """
    most = -np.log(max(1.0 - (1.0 - iou) ** 2, 1e-9))
    length, centre = boxes[:, 2:4].max(axis=1, initial=0.0), points(boxes[:, :2])
    reach = np.sqrt(2.0 / 3.0 * most) * length + 1.0
    long, other = STRtree(centre).query(centre, predicate="dwithin", distance=reach)
    once = (length[other] < length[long]) | ((length[other] == length[long]) & (other > long))
    return long[once], other[once]


@lru_cache(maxsize=4)
def open_model(path: Path, sha256: str, task: str | None = None) -> OpenModel:  # noqa: ARG001  (another file is another model)
    """The model of a ``.pt`` or ``.onnx`` file.

    Parameters
    ----------
    path : Path
    sha256 : str
        Of the file; it tells two files of one name apart.
    task : str, optional
        For an ONNX file that does not say; what the file says otherwise.

    Raises
    ------
    DetectorError
        The file is damaged, holds more than weights, reads other files, or is of another task.
    """
    model = _checkpoint(path) if path.suffix == ".pt" else _onnx(path, task)
    if model.task not in TASKS:
        raise DetectorError(f"{path}: its task is {model.task}; use one of {', '.join(TASKS)}")
    return model


def check_weights_only(path: Path) -> None:
    """Raise where a ``.pt`` holds more than the weights of a known network; nothing in the file is run.

    Ultralytics opens checkpoints by weights alone only where ``ULTRALYTICS_SAFE_LOAD`` was set before it was first
    imported, which a notebook or another library may have done without: each file is opened so once, before anything
    else opens it.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DetectorError
        torch is too old to open a file so.
    TypeError, RuntimeError and others of torch
        The file is damaged or holds more than weights.
    """
    if not _SafeLoad.SUPPORTED:
        raise DetectorError(f"{path}: a .pt is opened by weights alone, for which torch must be 2.6 or newer")
    torch_safe_load(str(path), safe_only=True)


def _checkpoint(path: Path) -> OpenModel:
    check_whole(path)
    try:
        check_weights_only(path)
        model, _ = load_checkpoint(str(path))
        model = model.float().eval().fuse(verbose=False)
    except _TORCH_ERRORS as error:
        first = str(error).replace("ERROR ❌️ ", "").strip().splitlines() or [type(error).__name__]
        raise DetectorError(
            f"{path}: not opened, since it is damaged or holds more than weights ({first[0]}); {_WAY_OUT}"
        ) from error
    torch.set_num_threads(threads())

    def forward(image: npt.NDArray[np.float32]) -> Sequence[torch.Tensor]:
        with torch.inference_mode():
            return _flat(model(torch.from_numpy(image)))

    names = model.names if isinstance(model.names, dict) else dict(enumerate(model.names))
    return OpenModel(
        task=str(model.task),
        names=tuple(str(names[index]) for index in sorted(names)),
        channels=int(model.yaml.get("channels", 3)),
        stride=max(int(model.stride.max()), 32),
        image_px=_side(model.args.get("imgsz") if isinstance(model.args, dict) else None),
        fixed_px=(),
        end2end=bool(getattr(model, "end2end", False)),
        forward=forward,
    )


def _flat(outputs: Any) -> list[torch.Tensor]:
    """Boxes and, for masks, their prototypes: a checkpoint nests what an exported file lists."""
    first = outputs[0] if isinstance(outputs, tuple | list) else outputs
    if isinstance(first, tuple | list):
        return [first[0], first[1]]
    rest = outputs[1:] if isinstance(outputs, tuple | list) else ()
    return [first, *(part for part in rest if isinstance(part, torch.Tensor))]


def _onnx(path: Path, task: str | None) -> OpenModel:
    check_whole(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except _ORT_ERRORS as error:
        raise DetectorError(f"{path}: ONNX Runtime cannot open it ({_line(error)}); export it again") from error
    said = session.get_modelmeta().custom_metadata_map
    given, *more = session.get_inputs()
    number = _NUMBERS.get(given.type)
    if more or len(given.shape) != 4 or number is None:
        raise DetectorError(f"{path}: takes no float image (batch, band, row, col); export it by ultralytics")
    names = _literal(said.get("names"), {})
    if not names:
        raise DetectorError(f"{path}: says nothing of its classes; export it by ultralytics, which writes them")
    outputs = [each.name for each in session.get_outputs()]
    shape = tuple(side if isinstance(side, int) else 0 for side in given.shape)

    def forward(image: npt.NDArray[np.float32]) -> Sequence[torch.Tensor]:
        try:
            parts = session.run(outputs, {given.name: image.astype(number, copy=False)})
            return [torch.from_numpy(part.astype(np.float32, copy=False)) for part in parts]
        except _ORT_ERRORS as error:
            raise DetectorError(
                f"{path}: cannot take a window of {image.shape[1:]} ({_line(error)}); set image_px and bands"
            ) from error

    arguments = _literal(said.get("args"), {})
    return OpenModel(
        task=str(said.get("task") or task or "").lower(),
        names=tuple(str(names[index]) for index in sorted(names)),
        channels=shape[1] or int(said.get("channels") or 3),
        stride=max(int(said.get("stride") or 32), 32),
        image_px=shape[2] or _side(_literal(said.get("imgsz"), None)),
        fixed_px=shape[2:] if all(shape[2:]) else (),
        end2end=bool(_literal(said.get("end2end"), False)) or bool(arguments.get("nms", False)),
        forward=forward,
    )


def _literal(text: str | None, otherwise: Any) -> Any:
    try:
        return otherwise if text is None else ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return otherwise


def _side(value: Any) -> int:
    side = max(value) if isinstance(value, list | tuple) and value else value
    return int(side) if isinstance(side, int | float) and side else 640


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
