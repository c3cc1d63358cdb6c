"""The same network through OpenVINO, where it is installed; measured at 0.9 to 1.35 times the speed of ONNX Runtime."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import local
from typing import Any

import numpy as np

from monitor.core.arrays import Pixels
from monitor.core.errors import DetectorError
from monitor.detect.yolo.runtime import Network, onnx_network, threads


def installed() -> bool:
    """Whether OpenVINO can be imported (``pip install 'maritime-monitor[openvino]'``)."""
    return find_spec("openvino") is not None


def installed_network(path: Path, sha256: str, *, cores: int | None = None) -> Network:
    """The network by OpenVINO when it is installed, else by ONNX Runtime.

    Parameters
    ----------
    path : Path
        The ONNX file.
    sha256 : str
        Of the file: another one opens another session.
    cores : int, optional
        Threads that one call uses, all of `threads()` when None; the function may be called from several.
    """
    run = openvino_network if installed() else onnx_network
    return run(path, sha256, cores=cores)


def openvino_network(path: Path, sha256: str, *, cores: int | None = None) -> Network:
    """The network as a function of (channel, row, col) input in 0–1, sides multiples of 16, to packed maps.

    Parameters
    ----------
    path : Path
        The ONNX file.
    sha256 : str
        Of the file: another one opens another session.
    cores : int, optional
        Threads that one call uses, all of `threads()` when None; the function may be called from several.

    Raises
    ------
    DetectorError
        OpenVINO cannot read the file.

    Notes
    -----
    Single precision, as ONNX Runtime computes: OpenVINO's own choice would be bfloat16 on some processors, and the same
    scene would get other scores on other machines. Nothing is cached on disk.
    """
    compiled = _compiled(path, sha256, threads() if cores is None else cores)
    mine = local()

    def run(image: Pixels) -> Pixels:
        if not hasattr(mine, "request"):
            mine.request = compiled.create_infer_request()
        return np.asarray(mine.request.infer({0: image[None]})[0][0], dtype=np.float32)

    return run


@lru_cache(maxsize=4)
def _compiled(path: Path, _sha256: str, cores: int) -> Any:
    import openvino

    whole = threads()
    settings = {
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": whole,
        "NUM_STREAMS": max(whole // cores, 1),
        "ENABLE_CPU_PINNING": False,
    }
    core = openvino.Core()
    try:
        return core.compile_model(core.read_model(path), "CPU", settings)
    except RuntimeError as error:
        raise DetectorError(f"{path}: OpenVINO cannot open it ({error}); restore it from the release") from error
