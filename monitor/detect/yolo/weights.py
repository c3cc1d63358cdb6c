"""Registered weights with their bands, scale, threshold and sha256."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path

from monitor.core.errors import DetectorError
from monitor.detect.chance import Chance, read_chance
from monitor.detect.yolo.rules import DecodeRule

REGISTRY = "weights.toml"
DEFAULT = "harbour26"
"""The weights that are used where none are named."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One entry of ``weights.toml``.

    Attributes
    ----------
    name : str
    path : Path
    sha256 : str
        Checked before the file is loaded.
    classes : tuple of str
    bands : tuple of str
        In the order of the network's band channels.
    scale : float
        Turns stored numbers into reflectance.
    gsd_m : float
    threshold : float
        Least score of a vessel.
    stack_threshold : float
        Least probability of a stack pixel.
    normalisation : str
        For readers.
    trained_on : tuple of str
        Names of the labelled scenes.
    rule : DecodeRule
    length_gain, length_low, length_high : float
        A hull of network length x is given as `length_gain` x, within `length_low` and `length_high` times that.
    views_px : int
        Rasters small enough for so many pixels in all are processed in two or four mirror images.
    measured : tuple of tuple of str
        What was measured of them: what, value with its interval, sample.
    chance : Chance
        Turns score, zone and length into the chance that a detection is right.
    """

    name: str
    path: Path
    sha256: str
    classes: tuple[str, ...]
    bands: tuple[str, ...]
    scale: float
    gsd_m: float
    threshold: float
    stack_threshold: float
    normalisation: str
    trained_on: tuple[str, ...]
    rule: DecodeRule
    length_gain: float = 1.0
    length_low: float = 0.8
    length_high: float = 1.2
    views_px: int = 0
    measured: tuple[tuple[str, str, str], ...] = ()
    chance: Chance = field(default_factory=Chance)


def weights_folder() -> Path:
    """The folder of weights: inside an installed package, or at the root of a source checkout.

    Raises
    ------
    DetectorError
        There is neither.
    """
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_weights", package.parent / "weights"):
        if (folder / REGISTRY).is_file():
            return folder
    raise DetectorError(f"{package / '_weights'}: no {REGISTRY} there; install monitor again, or name your own folder")


def read_weights(name: str, folder: Path | None = None) -> Weights:
    """One entry of a folder's ``weights.toml`` (ours by default).

    Raises
    ------
    DetectorError
        The registry is missing or broken, has no such name, or an entry lacks a field.
    """
    home = weights_folder() if folder is None else folder
    entries = read_registry(home)
    if name not in entries:
        raise DetectorError(f"{home / REGISTRY}: no weights named {name!r}; there are {', '.join(sorted(entries))}")
    return entry_weights(name, entries[name], home)


def read_registry(folder: Path) -> dict[str, dict[str, object]]:
    """The entries of a folder's ``weights.toml`` by name, unchecked.

    Raises
    ------
    DetectorError
        The file is missing or is no TOML of tables.
    """
    registry = folder / REGISTRY
    try:
        entries = tomllib.loads(registry.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DetectorError(f"{registry}: cannot be read ({error}); restore it, or train again") from error
    if not all(isinstance(entry, dict) for entry in entries.values()):
        raise DetectorError(f"{registry}: no table for each name; write [NAME] above its keys")
    return entries


def entry_weights(name: str, entry: Mapping[str, object], home: Path) -> Weights:
    """The weights that an entry of a registry describes.

    Parameters
    ----------
    name : str
    entry : mapping of str to object
    home : Path
        The registry's folder.

    Raises
    ------
    DetectorError
        The entry lacks a field.
    """
    known = {each.name for each in fields(Weights)} - {"name", "path", "rule", "chance"}
    values = {key: _frozen(value) for key, value in entry.items() if key in known}
    rule = {key: _frozen(value) for key, value in dict(entry.get("decode") or {}).items()}  # type: ignore[call-overload]
    try:
        chance = read_chance(dict(entry.get("chance") or {}))  # type: ignore[call-overload]
        path = home / str(entry["file"])
        return Weights(name=name, path=path, rule=DecodeRule(**rule), chance=chance, **values)  # type: ignore[arg-type]
    except (TypeError, KeyError) as error:
        raise DetectorError(f"{home / REGISTRY}: the entry {name!r} is not complete ({error})") from error


def _frozen(value: object) -> object:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value


@lru_cache(maxsize=8)
def _digest(path: Path, _size: int, _modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def file_sha256(path: Path) -> str:
    """The sha256 of a weights file; read once while the file stays the same.

    Raises
    ------
    DetectorError
        The file is missing.
    """
    if not path.is_file():
        raise DetectorError(f"{path}: the weights file is missing; restore it, or name another")
    stat = path.stat()
    return _digest(path, stat.st_size, stat.st_mtime_ns)


def check_sha256(path: Path, expected: str) -> None:
    """Refuse a weights file that is not the one registered.

    Raises
    ------
    DetectorError
        The file is missing or its sha256 differs.
    """
    found = file_sha256(path)
    if found != expected:
        raise DetectorError(
            f"{path}: sha256 is {found[:12]}…, {REGISTRY} has {expected[:12]}…; "
            "the file is damaged or was replaced: restore it, or register the new one with its own sha256"
        )
