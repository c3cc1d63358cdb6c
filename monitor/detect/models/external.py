"""Whether a model's file is whole and wants no other files: read from its bytes, before any runtime opens it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from monitor.core.errors import DetectorError

_WITHIN: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        "model": {7: "graph", 20: "training", 25: "function"},
        "training": {1: "graph", 2: "graph"},
        "function": {7: "node", 11: "attribute"},
        "graph": {1: "node", 5: "tensor", 15: "sparse"},
        "node": {5: "attribute"},
        "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
        "sparse": {1: "tensor", 2: "tensor"},
    }
)
"""Fields of onnx.proto that lead to tensors, by kind of message."""
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_DEEPEST = 64


def check_whole(path: Path) -> None:
    """Refuse a ``.pt`` or ``.onnx`` that is damaged, or an ONNX file that would read other files.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DetectorError
        As of `check_self_contained`, or a ``.pt`` is no archive of torch.
    """
    if path.suffix == ".onnx":
        check_self_contained(path.read_bytes(), str(path))
    elif not zipfile.is_zipfile(path):
        raise DetectorError(
            f"{path}: damaged, or no checkpoint of ultralytics; copy it again, or use an exported .onnx"
        )


def check_self_contained(content: bytes, name: str) -> None:
    """Refuse an ONNX file that would read other files, or that is no whole protobuf.

    Parameters
    ----------
    content : bytes
        Of the file.
    name : str
        Begins the message.

    Raises
    ------
    DetectorError
        A tensor lies in another file, or the file ends before it is whole.
    """
    try:
        graphs = _walk(memoryview(content), "model", name, 0)
    except (IndexError, ValueError) as error:
        raise DetectorError(f"{name}: not a whole ONNX file ({error}); copy or export it again") from None
    if not graphs:
        raise DetectorError(f"{name}: no ONNX model; use a .pt of ultralytics or an exported .onnx")


def _walk(message: memoryview, kind: str, name: str, depth: int) -> int:
    """How many messages below this one lead to tensors."""
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    count = 0
    for number, value in _fields(message):
        if kind == "tensor":
            if number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value):
                raise DetectorError(
                    f"{name}: keeps its weights in another file, which is not read; save it as one file "
                    "(onnx.save_model with save_as_external_data=False)"
                )
        elif isinstance(value, memoryview) and number in _WITHIN[kind]:
            count += 1 + _walk(value, _WITHIN[kind][number], name, depth + 1)
    return count


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Number and value of each field of a message: bytes of a nested one, or a number."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield number, value
        elif wire == 2:
            size, at = _varint(message, at)
            if at + size > len(message):
                raise ValueError("it ends too early")
            yield number, message[at : at + size]
            at += size
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
            if at > len(message):
                raise ValueError("it ends too early")
        else:
            raise ValueError("its bytes are no protobuf")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value, at, shift = value | (byte & 0x7F) << shift, at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("its bytes are no protobuf")
