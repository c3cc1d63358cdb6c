"""Dense maps of a raster by ONNX Runtime: no torch, window by window, mirrored and averaged if wanted."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from monitor.core.arrays import Pixels
from monitor.core.errors import DetectorError

Network = Callable[[Pixels], Pixels]

STRIDE = 16
CORE_PX = (768, 1536)
"""Rows and columns of the windows that large rasters are cut into. Larger ones overlap less but take more memory;
several at once keep all cores busy outside the network too, and a port of 1500 x 1500 makes two."""
_ORT_ERRORS = (ort_errors.Fail, ort_errors.InvalidArgument, ort_errors.InvalidGraph, ort_errors.InvalidProtobuf)
_DX, _DY, _SIN2 = 8, 9, 4
_VIEWS = ((False, False), (True, True), (True, False), (False, True))
"""Whether columns and rows are mirrored."""


@lru_cache(maxsize=4)
def _session(path: Path, _sha256: str, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # a plan for each shape of window takes twice the memory and saves 2 % of time
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except _ORT_ERRORS as error:
        raise DetectorError(f"{path}: ONNX Runtime cannot open it ({error}); restore it from the release") from error


def threads() -> int:
    """How many threads may be used: ``OMP_NUM_THREADS``, else as many as the machine has."""
    return int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)


def onnx_network(path: Path, sha256: str, *, cores: int | None = None) -> Network:
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
        ONNX Runtime cannot open the file.
    """
    session = _session(path, sha256, threads() if cores is None else cores)
    name = session.get_inputs()[0].name

    def run(image: Pixels) -> Pixels:
        return np.asarray(session.run(None, {name: image[None]})[0][0], dtype=np.float32)

    return run


def unpack(packed: Pixels) -> Pixels:
    """Pixel shuffle: (4 n, row, col) at half resolution to (n, 2 row, 2 col)."""
    count, rows, cols = packed.shape
    out = np.empty((count // 4, 2 * rows, 2 * cols), dtype=packed.dtype)
    for row, col in ((0, 0), (0, 1), (1, 0), (1, 1)):
        out[:, row::2, col::2] = packed[2 * row + col :: 4]
    return out


def padded(image: Pixels, first: tuple[int, int] = (0, 0)) -> Pixels:
    """The image with zeros around it, up to multiples of the network's stride.

    Parameters
    ----------
    image : Pixels
        (channel, row, col).
    first : tuple of int
        Where its first row and column lie in the network's coarsest cells.
    """
    sides = [(at % STRIDE, -(at + size) % STRIDE) for at, size in zip(first, image.shape[1:], strict=True)]
    return np.pad(image, ((0, 0), *sides))


def maps_of(network: Network, image: Pixels, *, views: int = 1, first: tuple[int, int] = (0, 0)) -> Pixels:
    """Dense maps of one image, at its resolution.

    Parameters
    ----------
    network : Network
    image : Pixels
        (channel, row, col).
    views : int
        1, 2 (turned by 180 degrees) or 4 mirror images, whose mean is taken.
    first : tuple of int
        Row and column of its first pixel on a grid that does not depend on the cut: the network's cells are laid on
        multiples of 16 there, so that a pixel gets the same maps in every image that shows it and what is around it.
    """
    total = _one_view(network, image, first, *_VIEWS[0])
    for flip_x, flip_y in _VIEWS[1:views]:
        total += _one_view(network, image, first, flip_x, flip_y)
    return total if views == 1 else total / np.float32(views)


def _one_view(network: Network, image: Pixels, first: tuple[int, int], flip_x: bool, flip_y: bool) -> Pixels:
    """The maps of one mirror image, turned back."""
    row, col, rows, cols = first[0] % STRIDE, first[1] % STRIDE, *image.shape[1:]
    whole = np.ascontiguousarray(_flip(padded(image, first), flip_x, flip_y))
    maps = _flip(unpack(network(whole)), flip_x, flip_y)[:, row : row + rows, col : col + cols]
    if flip_x:
        maps[_DX] *= -1
    if flip_y:
        maps[_DY] *= -1
    if flip_x != flip_y:
        maps[_SIN2] *= -1
    return maps


def views_for(pixels: int, views_px: int) -> int:
    """4, 2 or 1 views: as many as show the network no more than `views_px` pixels in all, and one at least."""
    return next((views for views in (4, 2) if views * pixels <= views_px), 1)


def _flip(image: Pixels, flip_x: bool, flip_y: bool) -> Pixels:
    return image[:, :: -1 if flip_y else 1, :: -1 if flip_x else 1]
