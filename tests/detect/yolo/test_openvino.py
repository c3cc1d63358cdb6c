"""OpenVINO in place of ONNX Runtime: the same maps, from several threads too."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from monitor.core.errors import DetectorError
from monitor.detect.yolo import openvino
from monitor.detect.yolo.runtime import onnx_network
from monitor.detect.yolo.weights import read_weights


def images(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.random((7, 64, 96), dtype=np.float32) for _ in range(count)]


def test_without_openvino_the_network_runs_by_onnx_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = read_weights("harbour26")
    monkeypatch.setattr(openvino, "find_spec", lambda name: None)
    image = images(1)[0]
    plain = onnx_network(weights.path, weights.sha256)(image)
    assert (openvino.installed_network(weights.path, weights.sha256)(image) == plain).all()


def test_openvino_gives_the_maps_of_onnx_runtime_from_every_thread() -> None:
    pytest.importorskip("openvino")
    weights = read_weights("harbour26")
    plain = onnx_network(weights.path, weights.sha256)
    other = openvino.installed_network(weights.path, weights.sha256, cores=1)
    several = images(6)
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(other, several))
    for image, maps in zip(several, made, strict=True):
        assert np.abs(maps - plain(image)).max() < 1e-3


def test_a_file_that_openvino_cannot_read_is_named(tmp_path: Path) -> None:
    pytest.importorskip("openvino")
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(DetectorError, match=r"broken\.onnx"):
        openvino.openvino_network(broken, "x")
