"""Documents that are read in one piece, JSON, TOML and XML, each only after a look at the memory that it would take."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS, Limits


def read_document(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The bytes of a document, without its byte-order mark.

    Parameters
    ----------
    path : Path
        The file.
    limits : Limits, optional
        What it may take in memory.

    Raises
    ------
    DataError
        The file cannot be read, or would take too much memory once it is parsed.
    """
    try:
        limits.check_size(path, path.stat().st_size)
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from error
    limits.check_document(path, content)
    return content.removeprefix(b"\xef\xbb\xbf")


def read_json(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> object:
    """The value in a JSON file.

    Parameters
    ----------
    path : Path
        The file, in UTF-8.
    limits : Limits, optional
        What it may take in memory.

    Raises
    ------
    DataError
        The file cannot be read, is too large, no JSON, or nested too deep.
    """
    content = read_document(path, limits=limits)
    try:
        value = json.loads(content.decode("utf-8"))
        return _whole(value) if b"\\ud" in content.lower() else value
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: not readable JSON ({error}); correct it or export it again") from error


def _whole(value: object) -> object:
    """The same, with a question mark for half a character, which an escape may spell and no file can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_whole(name): _whole(part) for name, part in value.items()}
    return [_whole(part) for part in value] if isinstance(value, list) else value


def read_toml(path: Path) -> dict[str, Any]:
    """The tables and values in a TOML file.

    Raises
    ------
    DataError
        The file cannot be read, is too large, no TOML, or nested too deep.
    """
    try:
        return tomllib.loads(read_document(path).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{path}: not readable TOML ({error}); correct it") from error


def parse_xml(content: bytes, where: object) -> ElementTree.Element:
    """The root of an XML document without entities of its own.

    Parameters
    ----------
    content : bytes
        The document.
    where : object
        Names the file in errors.

    Raises
    ------
    DataError
        It is no XML, or declares entities, which may swell or name other files.
    """
    if b"<!ENTITY" in content:
        raise DataError(f"{where}: it declares entities, which may name other files; export it again without them")
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # a wrong encoding, too
        raise DataError(f"{where}: not readable XML ({error}); fetch or export it again") from error
