"""Weights on the command line: what is known, what is refused, and a model from training to a card."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.detect.yolo import ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.warp import transform as warp_points
from ultralytics.nn.tasks import load_checkpoint

from monitor.cli.app import run

SIDE, GSD = 160, 0.5


@dataclass(frozen=True)
class Done:
    """What a command left."""

    code: int
    out: str
    err: str


Shell = Callable[..., Done]


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A command line in an empty folder."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    def run_it(*arguments: object) -> Done:
        capsys.readouterr()
        code = run([str(each) for each in arguments])
        left = capsys.readouterr()
        return Done(code, left.out, left.err)

    return run_it


def ship_at(x: float, y: float, length: float, width: float, angle: float) -> np.ndarray:
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    upright = np.array([[-length, -width], [length, -width], [length, width], [-length, width]]) / 2
    return np.array([x, y]) + upright @ turn


def write_yard(folder: Path, seed: int) -> Path:
    """A labelled folder of a picture of 0.5 m: bright vessels of 40 px and red containers of 12 px on dark ground."""
    rng = np.random.default_rng(seed)
    image = np.clip(np.array([300, 500, 700, 200])[:, None, None] + rng.normal(0, 20, (4, SIDE, SIDE)), 1, None)
    rows, cols = np.mgrid[:SIDE, :SIDE] + 0.5
    features, transform = [], Affine(GSD, 0, 500_000 + 200 * seed, 0, -GSD, 4_600_000)
    for number, (x, y) in enumerate((x, y) for x in (30, 80, 130) for y in (30, 80, 130)):
        kind, length = ("vessel", 40.0) if number % 2 == 0 else ("container", 12.0)
        angle = rng.uniform(0, np.pi)
        ring = ship_at(x, y, length, length / 4 if kind == "vessel" else 5.0, angle)
        away = np.stack([cols - x, rows - y], axis=-1)
        along = away @ np.array([np.cos(angle), np.sin(angle)])
        across = away @ np.array([-np.sin(angle), np.cos(angle)])
        inside = (np.abs(along) <= length / 2) & (np.abs(across) <= (length / 4 if kind == "vessel" else 5.0) / 2)
        image[:, inside] = np.array([2500, 2500, 2500, 2500] if kind == "vessel" else [2500, 400, 300, 900])[:, None]
        xs, ys = transform @ (ring[:, 0], ring[:, 1])
        lon, lat = warp_points("EPSG:32652", "EPSG:4326", list(xs), list(ys))
        corners = [[float(a), float(b)] for a, b in zip(lon, lat, strict=True)]
        said = {"kind": kind, "sure": "high"}
        if kind == "vessel":
            axis = float(np.degrees(np.pi / 2 + angle) % 180)
            said |= {"situation": "open", "length_m": length * GSD, "axis_deg": axis}
        geometry = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
        features.append({"type": "Feature", "geometry": geometry, "properties": said})
    folder.mkdir(parents=True)
    profile = {"driver": "GTiff", "width": SIDE, "height": SIDE, "count": 4, "dtype": "uint16", "crs": "EPSG:32652"}
    with rasterio.open(folder / f"{folder.name}.tif", "w", transform=transform, **profile) as sink:
        sink.write(image.astype(np.uint16))
        sink.descriptions = ("B04", "B03", "B02", "B08")
    (folder / "labels.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return folder


def monitor(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own: torch and ultralytics warn while they are imported."""
    cache = cwd / "cache"
    cache.mkdir(exist_ok=True)
    code = "from monitor.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "YOLO_CONFIG_DIR": str(cache), "OMP_NUM_THREADS": "1"},
        cwd=cwd,
    )


@pytest.mark.slow
def test_from_labels_to_a_model_its_detections_and_its_card(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx")
    monkeypatch.chdir(tmp_path)
    for seed in range(4):
        write_yard(tmp_path / "yards" / f"yard{seed}", seed)
    (tmp_path / "keys.toml").write_text('image_px = 160\nstretch = "fixed"\nstretch_range = [0.0, 0.25]\n')
    train = ("train", "yards", "--model", "yolo11n-obb.yaml", "--keys", "keys.toml", "--epochs", 2, "--out", "mine")
    done = monitor(*train, "--leave-out", "yard2", "--leave-out", "yard3", cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    text = (tmp_path / "mine" / "weights.toml").read_text()
    assert "# fitted to yard2, yard3: " in text
    assert 'task = "obb"' in text
    assert "gsd_m = 0.5" in text
    assert "recall, vessel" in text
    image = tmp_path / "yards" / "yard3" / "yard3.tif"
    detect = ("detect", "--image", image, "--weights", "mine", "--threshold", 0.0, "--out", "found.geojson", "--json")
    done = shell(*detect)
    assert done.code == 0, done.err
    found = json.loads((tmp_path / "found.geojson").read_text())
    assert len(found["weights_sha256"]) == 64
    assert {"vessel", "container"} >= {each["properties"]["class_name"] for each in found["features"]}
    assert all(each["properties"]["weights_sha256"] == found["weights_sha256"] for each in found["features"])
    done = shell("evaluate", "yards", "--weights", "mine", "--floor", 0, "--json")
    assert done.code == 0, done.err
    scores = json.loads(done.out)
    assert scores["pooled"]["vessels"] == 20
    assert [row["labelled"] for row in scores["others"]] == [16]
    assert scores["trained_on"] == ["yard0", "yard1"]
    assert "| recall, vessels |" in (tmp_path / "mine" / "mine.md").read_text()
    known = json.loads(shell("weights", "--json").out)["weights"]
    mine = next(row for row in known if row["name"] == "mine")
    assert mine["measured"][0]["sample"].endswith("4 labelled scenes of yards; 2 of the scenes were trained on")
    more = ("train", "yards/yard0", "--model", "mine/mine.pt", "--keys", "keys.toml", "--epochs", 1, "--out", "more")
    done = monitor(*more, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    files = tmp_path / "mine" / "mine.pt", tmp_path / "more" / "more.pt"
    one, other = (load_checkpoint(path)[0].float().state_dict()["model.0.conv.weight"] for path in files)
    moved = float((one - other).abs().mean() / one.abs().mean())
    assert 0 < moved < 0.1, "the first weights of two networks from scratch differ by 1.4 of their size"


@pytest.mark.slow
def test_without_anything_left_out_the_identity_is_written_and_said(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    write_yard(tmp_path / "yard0", 0)
    (tmp_path / "keys.toml").write_text("image_px = 96\n")
    train = ("train", "yard0", "--model", "yolo26n-seg.yaml", "--keys", "keys.toml", "--epochs", 1, "--out", "mine")
    done = monitor(*train, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    text = (tmp_path / "mine" / "weights.toml").read_text()
    assert "# nothing was left out: threshold, chances and lengths are the identity, and nothing was measured" in text
    assert "calibration = [0.0, 1.0]" in text
    assert "measured = []" in text
    assert 'task = "segment"' in text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.onnx", None, "no weights named"),
        ("text.onnx", b"this is no model", "not a whole ONNX file"),
        ("empty.onnx", b"", "no ONNX model"),
        ("notes.txt", b"hello", "no weights; use a .pt of ultralytics"),
    ],
)
def test_a_wrong_file_is_one_line_and_exit_2(
    shell: Shell, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    image = write_yard(tmp_path / "yard", 1) / "yard.tif"
    for command in (
        ("detect", "--image", image, "--weights", tmp_path / name, "--out", tmp_path / "o.geojson"),
        ("evaluate", tmp_path / "yard", "--weights", tmp_path / name),
    ):
        done = shell(*command)
        assert done.code == 2
        assert message in done.err
        assert len(done.err.strip().splitlines()) == 1
    assert not (tmp_path / "o.geojson").exists()


def test_a_truncated_network_is_one_line_and_exit_2(shell: Shell, tmp_path: Path, repository: Path) -> None:
    whole = (repository / "weights" / "harbour26.onnx").read_bytes()
    (tmp_path / "cut.onnx").write_bytes(whole[: len(whole) // 2])
    done = shell("evaluate", write_yard(tmp_path / "yard", 1), "--weights", tmp_path / "cut.onnx")
    assert done.code == 2
    assert "cut.onnx: not a whole ONNX file" in done.err


def test_weights_lists_ours_with_its_errors_and_hash(shell: Shell) -> None:
    done = shell("weights")
    assert done.code == 0
    assert "harbour26  s2, B02 B03 B04 B08 B11, pixels of 8–12 m" in done.out
    assert "recall, hulls of 60 m and more: 0.82" in done.out


def test_a_damaged_file_is_listed_with_what_is_wrong(shell: Shell, repository: Path) -> None:
    whole = (repository / "weights" / "harbour26.onnx").read_bytes()
    Path("cut.onnx").write_bytes(whole[: len(whole) // 2])
    Path("empty.pt").write_bytes(b"")
    rows = {row["name"]: row["problem"] for row in json.loads(shell("weights", "--json").out)["weights"]}
    assert rows["harbour26"] == ""
    assert "not a whole ONNX file" in rows["cut"]
    assert "damaged" in rows["empty"]
    assert "cannot be used: " in shell("weights").out


def test_weights_of_a_workspace_are_named_in_its_settings_not_on_the_line(shell: Shell) -> None:
    done = shell("detect", "--weights", "mine.onnx")
    assert done.code == 2
    assert "set weights in [detector] of monitor.toml" in done.err


@pytest.mark.slow
def test_decisions_of_a_workspace_train_a_model_that_it_then_detects_with(
    tmp_path: Path, season_workspace: Path
) -> None:
    pytest.importorskip("onnx")
    home = tmp_path / "season"
    shutil.copytree(season_workspace, home)
    listed = json.loads(monitor("review", "--all", "--json", "--aoi", "rajin", cwd=home).stdout)["items"]
    found = [row["subject"] for row in listed if row["subject"].startswith("s2_") and "-v" in row["subject"]]
    scenes = sorted({subject.rpartition("-v")[0] for subject in found})[:2]
    for scene in scenes:
        here = [subject for subject in found if subject.startswith(scene)]
        for subject, decision in zip(here, ("keep", "reject"), strict=False):
            assert monitor("review", subject, decision, cwd=home).returncode == 0
    (home / "keys.toml").write_text('image_px = 96\nstretch = "percentile"\n[training]\nmosaic = 0.0\n')
    train = ("train", "--reviews", "--model", "yolo11n-obb.yaml", "--keys", "keys.toml", "--epochs", 1)
    done = monitor(*train, "--leave-out", scenes[0], "--out", "learnt", cwd=home)
    assert done.returncode == 0, done.stderr[-2000:]
    assert sorted(path.name for path in (home / "learnt" / "reviews").iterdir()) == scenes
    text = (home / "learnt" / "weights.toml").read_text()
    assert f'trained_on = ["{scenes[1]}"]' in text
    assert "recall, vessel" in text
    image = next((home / "learnt" / "reviews" / scenes[0]).glob("*.tif"))
    for weights in ("learnt", "learnt/learnt.pt"):
        done = monitor("detect", "--image", image, "--weights", weights, "--out", "found.geojson", cwd=home)
        assert done.returncode == 0, done.stderr[-2000:]
