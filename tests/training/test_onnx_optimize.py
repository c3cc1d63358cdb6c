"""An exported network rewritten to copy less."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from monitor.training.onnx_optimize import tighten


def maps(path: Path, image: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    return session.run(None, {"image": image})[0]


def kinds(path: Path) -> list[str]:
    return [node.op_type for node in onnx.load(path).graph.node]


def conv(name: str, read: str, *, shape: tuple[int, ...]) -> tuple[onnx.NodeProto, list[onnx.TensorProto]]:
    rng = np.random.default_rng(len(name) + shape[0])
    arrays = {f"{name}.w": rng.normal(size=shape), f"{name}.b": rng.normal(size=shape[0])}
    pad = shape[2] // 2
    node = helper.make_node("Conv", [read, *arrays], [name], name=name, pads=[pad] * 4, kernel_shape=shape[2:])
    return node, [numpy_helper.from_array(array.astype(np.float32), key) for key, array in arrays.items()]


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A network as it is exported: a halved convolution, a branch added to one half, both joined; then repeated."""
    whole, one = conv("whole", "image", shape=(12, 7, 3, 3))
    branch, two = conv("branch", "upper", shape=(6, 6, 3, 3))
    joined, three = conv("joined", "parts", shape=(5, 18, 1, 1))
    last, four = conv("maps", "both", shape=(4, 11, 1, 1))
    bounds = {"zero": [0], "half": [6], "end": [12], "channel": [1]}
    nodes = [
        whole,
        helper.make_node("Sigmoid", ["whole"], ["gate"], name="gate"),
        helper.make_node("Mul", ["whole", "gate"], ["active"], name="active"),
        helper.make_node("Slice", ["active", "zero", "half", "channel"], ["lower"], name="lower"),
        helper.make_node("Slice", ["active", "half", "end", "channel"], ["upper"], name="upper"),
        branch,
        helper.make_node("Add", ["upper", "branch"], ["added"], name="added"),
        helper.make_node("Concat", ["lower", "upper", "added"], ["parts"], name="parts", axis=1),
        joined,
        helper.make_node("MaxPool", ["joined"], ["small"], name="small", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node(
            "Resize",
            ["small", "", "twice"],
            ["repeated"],
            name="repeated",
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        ),
        helper.make_node("Concat", ["repeated", "lower"], ["both"], name="both", axis=1),
        last,
    ]
    arrays = [numpy_helper.from_array(np.array(value, dtype=np.int64), name) for name, value in bounds.items()]
    arrays.append(numpy_helper.from_array(np.array([1, 1, 2, 2], dtype=np.float32), "twice"))
    ends = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, width, "rows", "cols"])]
        for name, width in (("image", 7), ("maps", 4))
    ]
    graph = helper.make_graph(nodes, "made", *ends, [*arrays, *one, *two, *three, *four])
    path = tmp_path / "made.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def test_a_tightened_network_gives_the_same_maps_without_slices(exported: Path) -> None:
    image = np.random.default_rng(1).random((1, 7, 32, 48), dtype=np.float32)
    before = maps(exported, image)
    tighten(exported)
    assert np.abs(maps(exported, image) - before).max() < 1e-4 * np.abs(before).max()
    assert {"Slice", "Shape"}.isdisjoint(kinds(exported))
    assert kinds(exported).count("Conv") == 8


def test_tightening_twice_changes_nothing_more(exported: Path) -> None:
    tighten(exported)
    once = exported.read_bytes()
    assert tighten(exported) == 0
    assert exported.read_bytes() == once


def test_the_shipped_network_keeps_its_maps(tmp_path: Path) -> None:
    from monitor.detect.yolo.weights import read_weights

    path = tmp_path / "shipped.onnx"
    path.write_bytes(read_weights("harbour26").path.read_bytes())
    image = np.random.default_rng(2).random((1, 7, 64, 96), dtype=np.float32)
    before = maps(path, image)
    tighten(path)
    assert np.abs(maps(path, image) - before).max() < 1e-3
    assert "Slice" not in kinds(path)
