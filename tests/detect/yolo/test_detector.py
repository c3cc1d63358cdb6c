"""The network as a detector: what it refuses, and that both ways of running it agree."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from monitor.core.errors import DetectorError
from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.evaluation.reader import read_scene
from monitor.detect.yolo.checks import check_scale
from monitor.detect.yolo.detector import YoloDetector
from monitor.detect.yolo.preprocess import first_pixel
from monitor.detect.yolo.weights import read_weights, weights_folder
from tests.detect import harbour


def changed(raster: Raster, data: np.ndarray, **parts: object) -> Raster:
    return replace(raster, data=data, valid=(data > 0).any(axis=0), **parts)  # type: ignore[arg-type]


def test_weights_are_found_and_small() -> None:
    weights = read_weights("harbour26")
    assert weights.path.stat().st_size < 8_000_000
    assert weights.bands == harbour.BANDS


def test_weights_that_differ_from_their_sha256_are_refused(tmp_path: Path) -> None:
    weights = read_weights("harbour26")
    other = tmp_path / "harbour26.onnx"
    other.write_bytes(weights.path.read_bytes()[:-1] + b"x")
    with pytest.raises(DetectorError, match="sha256"):
        YoloDetector(replace(weights, path=other))(harbour.raster())


def test_missing_weights_are_named(tmp_path: Path) -> None:
    weights = replace(read_weights("harbour26"), path=tmp_path / "gone.onnx")
    with pytest.raises(DetectorError, match="gone"):
        YoloDetector(weights)(harbour.raster())


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(DetectorError, match="harbour26"):
        read_weights("other")


def test_a_broken_registry_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "weights.toml").write_text("[harbour26\n", encoding="utf-8")
    with pytest.raises(DetectorError, match="cannot be read"):
        read_weights("harbour26", tmp_path)
    (tmp_path / "weights.toml").write_text("[harbour26]\nfile = 'x'\n", encoding="utf-8")
    with pytest.raises(DetectorError, match="not complete"):
        read_weights("harbour26", tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lambda dn: dn.astype(np.float32) / 10_000, "float reflectance"),
        (lambda dn: (dn / 10_000 * 255).astype(np.uint8).clip(1), "8-bit"),
        (lambda dn: dn.astype(np.float32) * 100, "reflectance up to"),
    ],
)
def test_numbers_of_another_scale_are_refused(data: object, message: str) -> None:
    scene = harbour.raster()
    with pytest.raises(DetectorError, match=message):
        YoloDetector()(changed(scene, data(scene.data)))  # type: ignore[operator]


def test_a_dark_sea_of_named_integers_is_looked_at_and_the_doubt_is_said(caplog: pytest.LogCaptureFixture) -> None:
    scene = harbour.raster()
    dark = changed(scene, (scene.data // 40).clip(1).astype(np.uint16))
    YoloDetector()(dark)
    assert "open sea, or not reflectance" in caplog.text
    with pytest.raises(DetectorError, match="no higher than"):
        YoloDetector()(replace(dark, tags={"bands": "by number"}))


def test_swapped_bands_are_refused() -> None:
    scene = harbour.raster()
    with pytest.raises(DetectorError, match="swapped"):
        YoloDetector()(changed(scene, scene.data[[3, 1, 2, 0, 4]]))


def test_a_scene_that_is_all_cloud_says_nothing_of_the_order_of_its_bands() -> None:
    scene = harbour.raster()
    thick = np.random.default_rng(1).normal(0.0, 1.0, scene.grid.shape)
    levels, varies = (2500, 2400, 2400, 2500, 1500), (250, 240, 220, 150, 90)
    white = np.stack([level + part * thick for level, part in zip(levels, varies, strict=True)]).astype(np.uint16)
    everywhere = np.ones(scene.grid.shape, dtype=bool)
    with pytest.raises(DetectorError, match="swapped"):
        check_scale(changed(scene, white), read_weights("harbour26"))
    check_scale(changed(scene, white, cloud=everywhere), read_weights("harbour26"))


def test_a_raster_without_infrared_is_refused() -> None:
    scene = harbour.raster()
    with pytest.raises(DetectorError, match="B08"):
        YoloDetector()(changed(scene, scene.data[:3], bands=harbour.BANDS[:3]))


def test_a_raster_of_another_pixel_size_is_refused() -> None:
    scene = harbour.raster()
    transform = scene.grid.transform @ scene.grid.transform.scale(3)
    with pytest.raises(DetectorError, match="30 m"):
        YoloDetector()(replace(scene, grid=replace(scene.grid, transform=transform)))


def test_a_missing_band_degrades_and_does_not_break() -> None:
    scene = harbour.raster()
    found = YoloDetector()(changed(scene, scene.data[:4], bands=harbour.BANDS[:4]))
    assert isinstance(found, Boxes)


def test_a_scene_of_no_data_holds_nothing() -> None:
    scene = harbour.raster()
    assert len(YoloDetector()(changed(scene, np.zeros_like(scene.data)))) == 0


def test_hulls_far_from_a_seam_are_found_the_same_however_the_raster_is_cut(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, scene = read_scene(shared_data / "s2_ports" / "busan")
    part = scene.window(slice(0, 512), slice(80, 848))
    detector = YoloDetector(replace(read_weights("harbour26"), views_px=0))
    whole = detector(part)
    monkeypatch.setattr("monitor.detect.yolo.detector.CORE_PX", (512, 384))
    cut = detector(part)
    seam = 384
    for one, other in ((whole, cut), (cut, whole)):
        far = [
            index
            for index, name in enumerate(one.class_name)
            if name == VESSEL and abs(one.rings[index].mean(axis=0)[0] - seam) > 96 and one.score[index] > 0.4
        ]
        assert len(far) > 5
        for index in far:
            gaps = [np.abs(one.rings[index] - ring).max() for ring in other.rings if ring.shape == (4, 2)]
            assert min(gaps) < 1.0


@pytest.mark.parametrize("cut", [(1, 2), (3, 7)])
def test_a_crop_of_a_few_pixels_finds_the_same_hulls(shared_data: Path, cut: tuple[int, int]) -> None:
    _, scene = read_scene(shared_data / "s2_ports" / "busan")
    part, (row, col) = scene.window(slice(150, 406), slice(350, 670)), cut
    detector = YoloDetector(replace(read_weights("harbour26"), views_px=0), threshold=0.3)
    whole = inner_hulls(detector(part))
    crop = inner_hulls(detector(part.window(slice(row, 256), slice(col, 320))), shift=(col, row))
    for one, other in ((whole, crop), (crop, whole)):
        clear = one[one[:, 2] > 0.5]
        assert len(clear) > 6
        assert max(np.hypot(*(other - hull)[:, :2].T).min() for hull in clear) < 0.3


def inner_hulls(boxes: Boxes, *, shift: tuple[int, int] = (0, 0)) -> np.ndarray:
    """(n, 3) column, row and score of the vessels 48 pixels within a raster of 256 by 320 pixels."""
    vessels = [index for index, name in enumerate(boxes.class_name) if name == VESSEL]
    middle = np.array([boxes.rings[index].mean(axis=0) for index in vessels]) + shift
    inner = ((middle > 48) & (middle < np.array([272, 208]))).all(axis=1)
    return np.column_stack([middle, boxes.score[vessels]])[inner]


def test_the_key_names_weights_and_threshold() -> None:
    assert YoloDetector().key != YoloDetector(threshold=0.9).key
    assert read_weights("harbour26").sha256[:8] in YoloDetector().key


def test_detection_loads_neither_torch_nor_ultralytics() -> None:
    code = (
        "import sys; from tests.detect import harbour; from monitor.detect.yolo.detector import YoloDetector; "
        "YoloDetector()(harbour.raster()); "
        "assert not {'torch', 'ultralytics'} & set(sys.modules), 'loaded'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_onnx_and_ultralytics_agree_on_the_same_weights(shared_data: Path) -> None:
    _, scene = read_scene(shared_data / "s2_ports" / "busan")
    part = scene.window(slice(155, 411), slice(354, 674))
    assert [at % 16 for at in first_pixel(part.grid)] == [0, 0]  # ultralytics pads nothing that we do not
    ours = YoloDetector()
    theirs = replace(ours, checkpoint=weights_folder() / "harbour26.pt")
    one, other = ours(part), theirs(part)
    assert one.class_name == other.class_name
    assert one.class_name.count(VESSEL) > 0
    vessels = [index for index, name in enumerate(one.class_name) if name == VESSEL]
    for index in vessels:
        assert np.abs(one.rings[index] - other.rings[index]).max() < 1.0
    assert np.abs(one.score - other.score).max() < 0.02


def test_a_checkpoint_is_opened_only_when_asked_for_and_must_exist(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match="no such checkpoint"):
        YoloDetector(checkpoint=tmp_path / "x.pt")(harbour.raster())
