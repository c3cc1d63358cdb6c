"""An ONNX file that wants other files is refused before any runtime opens it."""

from pathlib import Path

import numpy as np
import pytest

from monitor.core.errors import DetectorError
from monitor.detect.models.external import check_self_contained

onnx = pytest.importorskip("onnx")


def model(tensor: "onnx.TensorProto", *, nested: bool = False) -> "onnx.ModelProto":
    """A model that adds a tensor to its input, or holds it in the attribute of a node of a subgraph."""
    helper = onnx.helper
    image = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [4])
    out = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [4])
    if not nested:
        graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", [image], [out], [tensor])
    else:
        held = helper.make_node("Constant", [], ["c"], value=tensor)
        inner = helper.make_graph([held], "inner", [], [helper.make_tensor_value_info("c", 1, [4])])
        branch = helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)
        graph = helper.make_graph([branch], "g", [image], [out])
    return helper.make_model(graph)


def tensor(*, external: bool) -> "onnx.TensorProto":
    made = onnx.numpy_helper.from_array(np.arange(4, dtype=np.float32), "w")
    if external:
        made.ClearField("raw_data")
        made.data_location = onnx.TensorProto.EXTERNAL
        made.external_data.add(key="location", value="../../secret.bin")
    return made


@pytest.mark.parametrize("nested", [False, True])
def test_a_whole_model_passes_and_one_with_a_tensor_elsewhere_does_not(nested: bool) -> None:
    check_self_contained(model(tensor(external=False), nested=nested).SerializeToString(), "a.onnx")
    with pytest.raises(DetectorError, match=r"a\.onnx: keeps its weights in another file"):
        check_self_contained(model(tensor(external=True), nested=nested).SerializeToString(), "a.onnx")


def test_a_location_without_the_flag_is_refused_too() -> None:
    sly = tensor(external=True)
    sly.data_location = onnx.TensorProto.DEFAULT
    with pytest.raises(DetectorError, match="another file"):
        check_self_contained(model(sly).SerializeToString(), "a.onnx")


def test_what_is_cut_off_or_is_no_model_is_said_to_be_so() -> None:
    whole = model(tensor(external=False)).SerializeToString()
    for cut in (whole[:-3], whole[: len(whole) // 2]):
        with pytest.raises(DetectorError, match="not a whole ONNX file"):
            check_self_contained(cut, "a.onnx")
    for other in (b"", b"hello, this is text\n" * 20, b"\x89PNG\r\n\x1a\n" + bytes(100)):
        with pytest.raises(DetectorError, match=r"a\.onnx: (not a whole ONNX file|no ONNX model)"):
            check_self_contained(other, "a.onnx")


def test_the_shipped_network_is_self_contained(repository: Path) -> None:
    check_self_contained((repository / "weights" / "harbour26.onnx").read_bytes(), "harbour26.onnx")
