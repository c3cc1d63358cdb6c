"""Models of ultralytics' own families, opened safely and run."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from ultralytics.utils.metrics import batch_probiou

from monitor.core.errors import DataError, DetectorError
from monitor.detect.yolo.detector import checkpoint_network
from monitor.detect.yolo.user_model import open_model, suppressed
from monitor.training.own.run import task_of

FAMILIES = ("yolov8n", "yolo11n", "yolo26n")
CONFIGURATIONS = tuple(family + task for family in FAMILIES for task in ("", "-obb", "-seg"))

MAKE = """
import sys
from pathlib import Path
import monitor.detect.yolo.ultralytics_env
import onnx
from onnxruntime.transformers import float16
from ultralytics import YOLO
folder = Path(sys.argv[1])
for name in sys.argv[2:]:
    made = YOLO(name + ".yaml")
    made.ckpt = {}
    made.save(str(folder / (name + ".pt")))
for name, dynamic in (("yolo26n-seg", True), ("yolo11n-obb", False)):
    YOLO(folder / (name + ".pt")).export(format="onnx", imgsz=64, dynamic=dynamic, simplify=False, opset=17)
half = float16.convert_float_to_float16(onnx.load(folder / "yolo11n-obb.onnx"), keep_io_types=False)
onnx.save(half, folder / "half.onnx")
"""


def said_of(path: Path) -> tuple[object, ...]:
    """Task, classes, bands and shape of a model, whether it found anything, and whether each find has a mask."""
    image = (np.random.default_rng(0).random((3, 64, 96)) * 255).astype(np.uint8)
    model = open_model(path, path.name)
    window = image[:, :, :64] if model.fixed_px else image
    found = model.find(window, least_score=1e-7, iou=0.5)
    masks = len(found.masks) == len(found.score)
    return model.task, len(model.names), model.channels, model.fixed_px, len(found.score) > 0, masks


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One untrained checkpoint of each configuration, two of them exported; made elsewhere, since exports warn."""
    pytest.importorskip("onnx")
    folder = tmp_path_factory.mktemp("models")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MAKE, str(folder), *CONFIGURATIONS],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "YOLO_CONFIG_DIR": str(folder), "OMP_NUM_THREADS": "1"},
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.mark.slow
def test_checkpoints_of_every_family_and_task_are_opened_by_weights_alone(models: Path) -> None:
    tasks = {"obb": "obb", "seg": "segment"}
    for name in CONFIGURATIONS:
        task = tasks.get(name.partition("-")[2], "detect")
        assert said_of(models / f"{name}.pt") == (task, 80, 3, (), True, task == "segment"), name


def test_a_double_removes_no_further_box_and_classes_stay_apart() -> None:
    """Four boxes in a row, each half over the next: the second is a double of the first, the third of the second."""
    across = [(0.0, 0.9, 0), (4.0, 0.8, 0), (8.0, 0.7, 0), (8.0, 0.6, 1)]
    rows = torch.tensor([[x, 0.0, 10.0, 5.0, score, label, 0.0] for x, score, label in across])
    assert suppressed(rows, 0.3).tolist() == [0, 2, 3]
    assert suppressed(rows[:0], 0.3).tolist() == []


@pytest.mark.parametrize("iou", [0.1, 0.3, 0.5])
def test_doubles_are_those_of_a_comparison_of_all_boxes_with_all(iou: float) -> None:
    rng = np.random.default_rng(3)
    length = np.where(rng.random(200) < 0.2, rng.uniform(60, 300, 200), rng.uniform(1, 40, 200))
    place, turn = rng.uniform(0, 80, (2, 200)), rng.uniform(-0.7, 2.3, 200)
    label = rng.integers(0, 2, 200)
    rows = [*place, length / rng.uniform(1, 6, 200), length, rng.random(200), label, turn]
    found = torch.tensor(np.stack(rows, axis=1), dtype=torch.float32)
    share = batch_probiou(found[:, [0, 1, 2, 3, 6]], found[:, [0, 1, 2, 3, 6]])
    kept: list[int] = []
    for box in torch.argsort(found[:, 4], descending=True).tolist():
        if not any(share[box, other] > iou and label[box] == label[other] for other in kept):
            kept.append(box)
    assert len(kept) < 195
    assert suppressed(found, iou).tolist() == kept


@pytest.mark.slow
def test_an_exported_file_says_task_and_classes_itself_and_may_have_one_size(models: Path) -> None:
    assert said_of(models / "yolo26n-seg.onnx") == ("segment", 80, 3, (), True, True)
    assert said_of(models / "yolo11n-obb.onnx") == ("obb", 80, 3, (64, 64), True, False)


@pytest.mark.slow
def test_an_exported_file_in_half_precision_gives_nearly_the_same(models: Path) -> None:
    image = np.random.default_rng(0).random((1, 3, 64, 64), dtype=np.float32)
    paths = models / "yolo11n-obb.onnx", models / "half.onnx"
    whole, half = (open_model(path, path.name).forward(image)[0] for path in paths)
    assert (half.dtype, half.shape) == (torch.float32, whole.shape)
    assert bool(((whole - half).abs() <= 0.02 * whole.abs().max()).all())


class Opened:
    """Unpickled, it runs a program."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.mark}",)


def test_a_file_that_holds_more_than_weights_runs_nothing_and_names_the_way_out(tmp_path: Path) -> None:
    mark = tmp_path / "opened"
    torch.save({"model": Opened(mark)}, tmp_path / "evil.pt")
    with pytest.raises(DetectorError, match=r"holds more than weights.*yolo export model=FILE\.pt format=onnx"):
        open_model(tmp_path / "evil.pt", "x")
    (tmp_path / "raw.pt").write_bytes(pickle.dumps(Opened(mark)))
    with pytest.raises(DetectorError, match="no checkpoint of ultralytics"):
        open_model(tmp_path / "raw.pt", "x")
    assert not mark.exists()


@pytest.mark.parametrize(
    "door",
    [lambda path: open_model(path, "y"), checkpoint_network, lambda path: task_of(str(path))],
    ids=["own model", "checkpoint", "training"],
)
def test_a_checkpoint_runs_nothing_where_ultralytics_was_imported_before_monitor(
    door: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ULTRALYTICS_SAFE_LOAD", raising=False)
    monkeypatch.setattr("ultralytics.nn.tasks.SAFE_LOAD", False, raising=False)
    mark = tmp_path / "opened"
    torch.save({"model": Opened(mark)}, tmp_path / "evil.pt")
    with pytest.raises((DetectorError, DataError)):
        door(tmp_path / "evil.pt")
    assert not mark.exists()
