"""The recipe: chips, and a run short enough to be tested."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from monitor.core.errors import DataError
from monitor.detect.evaluation.reader import read_port, read_scene
from monitor.detect.yolo.detector import YoloDetector
from monitor.detect.yolo.weights import check_sha256, read_weights
from monitor.training.augment.canvas import Recipe
from monitor.training.augment.chips import make_chip
from monitor.training.augment.ground import hull_bank, prepare_ground
from monitor.training.augment.targets import MAPS
from monitor.training.train import read_grounds
from tests.detect import harbour


@pytest.fixture
def ground(tmp_path: Path):
    return prepare_ground(read_port(harbour.write_port(tmp_path / "port")), np.random.default_rng(0))


def test_water_and_quays_are_where_they_were_drawn(ground) -> None:
    water = ground.layers[6] > 0.5
    assert water[150, 20]
    assert not water[30, 100]
    assert len(ground.quays) > 20
    assert np.abs(ground.quays[:, 1] - 60).max() < 8
    assert ground.quays[:, 3].min() > 0.7


def test_the_same_seed_gives_the_same_chip_and_another_another(ground) -> None:
    bank, recipe = hull_bank([ground]), Recipe(size=64)
    one, truth = make_chip(ground, bank, recipe, np.random.default_rng(4))
    same, _ = make_chip(ground, bank, recipe, np.random.default_rng(4))
    other, _ = make_chip(ground, bank, recipe, np.random.default_rng(5))
    assert (one == same).all()
    assert not (one == other).all()
    assert one.shape == (7, 64, 64)
    assert truth.maps.shape == (len(MAPS), 64, 64)


def test_every_chip_is_finite_and_hulls_are_added(ground) -> None:
    bank, rng = hull_bank([ground]), np.random.default_rng(0)
    plain, rich = Recipe(size=96, add_hulls=0.0, remove_each=0.0), Recipe(size=96, add_hulls=1.0, remove_each=0.0)
    area = {}
    for recipe in (plain, rich):
        chips = [make_chip(ground, bank, recipe, rng) for _ in range(20)]
        assert all(np.isfinite(image).all() and np.isfinite(truth.maps).all() for image, truth in chips)
        assert all(image.min() >= 0 and image.max() <= 1 for image, _ in chips)
        area[recipe.add_hulls] = sum(truth.maps[0].sum() for _, truth in chips)
    assert area[1.0] > area[0.0]


def test_a_hull_taken_away_leaves_water(ground) -> None:
    rng = np.random.default_rng(1)
    gone = Recipe(size=128, add_hulls=0.0, remove_each=1.0, free_angle=0.0)
    truth = [make_chip(ground, [], gone, rng)[1] for _ in range(10)]
    assert sum(t.maps[0].sum() for t in truth) == 0


def test_leaving_out_an_unknown_port_is_an_error(tmp_path: Path) -> None:
    harbour.write_port(tmp_path / "port")
    with pytest.raises(DataError, match="leave out"):
        read_grounds([tmp_path], leave_out=["x"])


def test_two_short_stages_make_weights_that_the_detector_can_use(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    harbour.write_port(tmp_path / "ports" / "one")
    stage = "[[stage]]\nepochs = 1\nsteps = 2\nseed = {}\n[stage.recipe]\nsize = 64\n"
    recipe = "[simulated]\ncount = 1\nseed = 1003\nsize_px = 96\n" + stage.format(1) + stage.format(2)
    (tmp_path / "recipe.toml").write_text(recipe)
    code = (
        "import sys; from pathlib import Path; from monitor.standalone.tools import train\n"
        "train([Path(sys.argv[1])], out=Path(sys.argv[2]), recipe=Path('recipe.toml'))"
    )
    done = _run(code, tmp_path / "ports", tmp_path / "out")
    assert done.returncode == 0, done.stderr[-2000:]
    weights = read_weights("trained", tmp_path / "out")
    check_sha256(weights.path, weights.sha256)
    port = read_scene(tmp_path / "ports" / "one")[1]
    assert YoloDetector(weights, threshold=0.999)(port).class_name.count("vessel") == 0
    assert "simulated" not in (tmp_path / "out" / "weights.toml").read_text()
    assert (tmp_path / "out" / "trained.pt").stat().st_size < 3_000_000
    assert str(tmp_path).encode() not in (tmp_path / "out" / "trained.pt").read_bytes()


def _run(code: str, folder: Path, out: Path) -> "subprocess.CompletedProcess[str]":
    cache = out.parent / "cache"
    cache.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(folder), str(out)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "YOLO_CONFIG_DIR": str(cache), "OMP_NUM_THREADS": "1"},
        cwd=out.parent,
    )
