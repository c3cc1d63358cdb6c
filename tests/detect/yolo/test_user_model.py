"""Models of ultralytics' own families, opened safely and run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FAMILIES = ("yolov8n", "yolo11n", "yolo26n")
CONFIGURATIONS = tuple(family + task for family in FAMILIES for task in ("", "-obb", "-seg"))

MAKE = """
import sys
from pathlib import Path
import monitor.detect.yolo.ultralytics_env
from ultralytics import YOLO
for name in sys.argv[2:]:
    made = YOLO(name + ".yaml")
    made.ckpt = {}
    made.save(str(Path(sys.argv[1]) / (name + ".pt")))
"""
EXPORT = """
import sys
import monitor.detect.yolo.ultralytics_env
from ultralytics import YOLO
YOLO(sys.argv[1]).export(format="onnx", imgsz=64, dynamic=len(sys.argv) < 3, simplify=False, opset=17)
"""
RUN = """
import sys
from pathlib import Path
import numpy as np
from monitor.detect.yolo.user_model import open_model
image = (np.random.default_rng(0).random((3, 64, 96)) * 255).astype(np.uint8)
for path in map(Path, sys.argv[1:]):
    model = open_model(path, path.name)
    window = image[:, :, :64] if model.fixed_px else image
    found = model.find(window, least_score=1e-7, iou=0.5)
    masks = len(found.masks) == len(found.score)
    print(path.name, model.task, len(model.names), model.channels, model.fixed_px, len(found.score) > 0, masks)
"""
DOUBLES = """
import torch
import monitor.detect.yolo.user_model as user_model
across = [(0.0, 0.9, 0), (4.0, 0.8, 0), (8.0, 0.7, 0), (8.0, 0.6, 1)]
rows = torch.tensor([[x, 0.0, 10.0, 5.0, score, label, 0.0] for x, score, label in across])
print(user_model.suppressed(rows, 0.3).tolist(), user_model.suppressed(rows[:0], 0.3).tolist())
"""
HALF = """
import sys
import numpy as np
import onnx
from onnxruntime.transformers import float16
from pathlib import Path
from monitor.detect.yolo.user_model import open_model
whole, half = map(Path, sys.argv[1:])
onnx.save(float16.convert_float_to_float16(onnx.load(whole), keep_io_types=False), half)
image = (np.random.default_rng(0).random((3, 64, 64)) * 255).astype(np.uint8)
one, other = (open_model(path, path.name).forward(image[None].astype(np.float32) / 255)[0] for path in (whole, half))
print(other.dtype, other.shape == one.shape, bool(((one - other).abs() <= 0.02 * one.abs().max()).all()))
"""
OPEN = """
import sys
from pathlib import Path
from monitor.core.errors import DetectorError
from monitor.detect.yolo.user_model import open_model
try:
    open_model(Path(sys.argv[1]), "x")
except DetectorError as error:
    print(error)
"""
EVIL = """
import os, pickle, sys
import torch
class Opened:
    def __reduce__(self):
        return (os.system, ("touch " + sys.argv[1] + "/opened",))
torch.save({"model": Opened()}, sys.argv[1] + "/evil.pt")
open(sys.argv[1] + "/raw.pt", "wb").write(pickle.dumps(Opened()))
"""


def run(code: str, *arguments: object, cwd: Path) -> str:
    """What a script of its own prints: torch and ultralytics warn while they are imported, which ends a test."""
    cache = cwd / "cache"
    cache.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "YOLO_CONFIG_DIR": str(cache), "OMP_NUM_THREADS": "1"},
        cwd=cwd,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One untrained checkpoint of each configuration."""
    folder = tmp_path_factory.mktemp("models")
    run(MAKE, folder, *CONFIGURATIONS, cwd=folder)
    return folder


@pytest.mark.slow
def test_checkpoints_of_every_family_and_task_are_opened_by_weights_alone(models: Path) -> None:
    lines = run(RUN, *(models / f"{name}.pt" for name in CONFIGURATIONS), cwd=models).splitlines()
    tasks = {"obb": "obb", "seg": "segment"}
    for name, line in zip(CONFIGURATIONS, lines, strict=True):
        task = tasks.get(name.partition("-")[2], "detect")
        masks = task == "segment"
        assert line == f"{name}.pt {task} 80 3 () True {masks}"


def test_a_double_removes_no_further_box_and_classes_stay_apart(tmp_path: Path) -> None:
    """Four boxes in a row, each half over the next: the second is a double of the first, the third of the second."""
    assert run(DOUBLES, cwd=tmp_path).strip() == "[0, 2, 3] []"


@pytest.mark.slow
def test_an_exported_file_says_task_and_classes_itself_and_may_have_one_size(models: Path) -> None:
    pytest.importorskip("onnx")
    run(EXPORT, models / "yolo26n-seg.pt", cwd=models)
    run(EXPORT, models / "yolo11n-obb.pt", "fixed", cwd=models)
    lines = run(RUN, models / "yolo26n-seg.onnx", models / "yolo11n-obb.onnx", cwd=models).splitlines()
    assert lines[0] == "yolo26n-seg.onnx segment 80 3 () True True"
    assert lines[1] == "yolo11n-obb.onnx obb 80 3 (64, 64) True False"
    said = run(HALF, models / "yolo11n-obb.onnx", models / "half.onnx", cwd=models)
    assert said.split() == ["torch.float32", "True", "True"]


@pytest.mark.slow
def test_a_file_that_holds_more_than_weights_runs_nothing_and_names_the_way_out(tmp_path: Path) -> None:
    run(EVIL, tmp_path, cwd=tmp_path)
    said = run(OPEN, tmp_path / "evil.pt", cwd=tmp_path)
    assert "holds more than weights" in said
    assert "yolo export model=FILE.pt format=onnx" in said
    assert "no checkpoint of ultralytics" in run(OPEN, tmp_path / "raw.pt", cwd=tmp_path)
    assert not (tmp_path / "opened").exists()
