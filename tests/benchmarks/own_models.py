"""A model of one's own on a large picture: ``python -m tests.benchmarks.own_models MODEL [SIDE] [SEED]``.

Makes a picture of 8192 x 8192 pixels of 8 bits with oriented ships on noisy water, and runs three ways over it, each
in a process of its own: monitor's detector, ultralytics' own predictor on the very slices that monitor cuts (nothing
merged), and SAHI's sliced prediction with the same slices and its own merging (extra ``bench``). Prints seconds, the
peak of memory, and how many of the ships each found, how many twice. The model is a file of the task obb.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SIDE, SHIPS = 8192, 1500


def picture(side: int, seed: int) -> tuple[np.ndarray, list[tuple[float, float, float]]]:
    """(row, col, 3) of 8 bits, and column, row and length of each ship."""
    import cv2

    rng = np.random.default_rng(seed)
    image = np.empty((side, side, 3), dtype=np.uint8)
    for row in range(0, side, 512):
        noise = rng.normal(0, 4, (min(512, side - row), side, 1))
        image[row : row + 512] = np.clip(np.array([60, 70, 30]) + noise, 0, 255)
    taken, ships = np.zeros((side, side), dtype=np.uint8), []
    for _ in range(round(SHIPS * (side / SIDE) ** 2)):
        length, angle = rng.uniform(20, 60), rng.uniform(0, 180)
        x, y = rng.uniform(70, side - 70, 2)
        around = np.round(cv2.boxPoints(((x, y), (length + 8, length / 5 + 8), angle))).astype(np.int32)
        reach = (slice(int(y) - 45, int(y) + 45), slice(int(x) - 45, int(x) + 45))
        mask = np.zeros((90, 90), dtype=np.uint8)
        cv2.fillPoly(mask, [around - np.array([int(x) - 45, int(y) - 45], dtype=np.int32)], 1)
        if (mask & taken[reach]).any():
            continue
        taken[reach] |= mask
        corners = cv2.boxPoints(((x, y), (length, length / rng.uniform(4, 6.5)), angle))
        colour = rng.uniform(120, 250, 3)
        cv2.fillPoly(image, [np.round(corners * 16).astype(np.int32)], colour.tolist(), shift=4, lineType=cv2.LINE_AA)
        ships.append((float(x), float(y), float(length)))
    return image, ships


def run_monitor(model: str, image: np.ndarray) -> np.ndarray:
    """Centres that monitor's detector finds."""
    from affine import Affine

    from monitor.core.geo.grid import Grid
    from monitor.core.scenes.scene import Raster
    from monitor.detect.models.detector import OwnDetector
    from monitor.detect.models.find import find_weights

    grid = Grid(32652, Affine(1, 0, 500_000, 0, -1, 4_600_000), image.shape[:2])
    data = image.transpose(2, 0, 1)
    raster = Raster(data, ("B04", "B03", "B02"), np.ones(image.shape[:2], dtype=bool), grid)
    found = OwnDetector(find_weights(model, keys={"gsd_m": 1.0, "image_px": 640}))(raster)
    return np.array([ring.mean(axis=0) for ring in found.rings]).reshape(-1, 2)


def run_ultralytics(model: str, image: np.ndarray) -> np.ndarray:
    """Centres that ultralytics finds on the same slices, doubles and all."""
    import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
    import torch
    from ultralytics import YOLO

    from monitor.detect.models.windows import cut_evenly
    from monitor.detect.yolo.runtime import threads

    network, centres = YOLO(model), []
    for rows, cols in cut_evenly(image.shape[:2], (640, 640)):
        part = np.ascontiguousarray(image[rows, cols, ::-1])
        result = network.predict(part, imgsz=640, conf=0.25, iou=0.5, device="cpu", verbose=False)[0]
        torch.set_num_threads(threads())
        centres.append(result.obb.xywhr[:, :2].numpy() + np.array([cols.start, rows.start]))
    return np.concatenate(centres)


def run_sahi(model: str, image: np.ndarray) -> np.ndarray:
    """Centres that SAHI's sliced prediction finds."""
    import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
    import torch
    from sahi import AutoDetectionModel
    from sahi.predict import get_sliced_prediction

    from monitor.detect.yolo.runtime import threads

    network = AutoDetectionModel.from_pretrained(
        "ultralytics", model_path=model, confidence_threshold=0.25, device="cpu", image_size=640
    )
    torch.set_num_threads(threads())
    overlap = {"overlap_height_ratio": 0.2, "overlap_width_ratio": 0.2}
    size = {"slice_height": 640, "slice_width": 640}
    found = get_sliced_prediction(image, network, **size, **overlap, perform_standard_pred=False, verbose=0)
    boxes = [one.bbox.to_xyxy() for one in found.object_prediction_list]
    return np.array([[(west + east) / 2, (north + south) / 2] for west, north, east, south in boxes]).reshape(-1, 2)


RUNS = {"monitor": run_monitor, "ultralytics": run_ultralytics, "sahi": run_sahi}


def measure(name: str, model: str, folder: Path) -> None:
    """Run one way and print its line."""
    image, ships = np.load(folder / "image.npy", mmap_mode="r"), json.loads((folder / "ships.json").read_text())
    whole = np.ascontiguousarray(image)
    RUNS[name](model, whole[:640, :640])  # opens and warms what is opened once
    began, used = time.perf_counter(), time.process_time()
    centres = RUNS[name](model, whole)
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    far = np.hypot(*(centres[None] - np.array(ships)[:, None, :2]).transpose(2, 0, 1))
    near = (far < 10).sum(axis=1)
    lone = int((far.min(axis=0) >= 10).sum()) if len(centres) else 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{name:12} {wall:7.1f} s wall {cpu:7.1f} s processor {peak:5.2f} GB peak; of {len(ships)} ships found "
        f"{int((near > 0).sum())}, twice {int((near > 1).sum())}, false {lone}"
    )


def main() -> None:
    """Run the three ways one after the other."""
    if sys.argv[1] == "--one":
        measure(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
        return
    side = int(sys.argv[2]) if len(sys.argv) > 2 else SIDE
    with tempfile.TemporaryDirectory() as name:
        image, ships = picture(side, int(sys.argv[3]) if len(sys.argv) > 3 else 5)
        np.save(Path(name) / "image.npy", image)
        (Path(name) / "ships.json").write_text(json.dumps(ships))
        del image
        for way in RUNS:
            command = [sys.executable, "-m", "tests.benchmarks.own_models", "--one", way, sys.argv[1], name]
            subprocess.run(command, check=False, env=dict(os.environ))


if __name__ == "__main__":
    main()
