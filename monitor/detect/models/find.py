"""Weights by name, path or folder: ours, what `monitor train` wrote, or any model of ultralytics."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from monitor.core.errors import DetectorError
from monitor.detect.models.description import ModelKeys, OwnModel, check_keys
from monitor.detect.yolo.weights import REGISTRY, Weights, entry_weights, file_sha256, read_registry, weights_folder

FILES = (".onnx", ".pt")
CARD = ".card.json"
"""What `evaluate` writes beside a weights file of one's own; its `measured` is printed in briefs."""
_NOT_OF_THE_MODEL = ("file", "sha256", "checkpoint_sha256", "training")
"""What a file of keys may hold beside them: the entry's file, and how `monitor train` varies chips."""


def find_weights(
    text: str, *, home: Path | None = None, keys: Mapping[str, object] | None = None
) -> Weights | OwnModel:
    """The weights of a name, a file or a folder.

    Parameters
    ----------
    text : str
        A name of ``weights.toml``; a folder that `monitor train` wrote, or ``FOLDER/NAME``; a ``.pt`` or ``.onnx`` of
        ultralytics, with what is said of it in a ``.toml`` of the same name.
    home : Path, optional
        Where relative paths begin, and whose ``weights`` folder is looked into; the current folder by default.
    keys : mapping of str to object, optional
        Keys of `ModelKeys` that replace those of the file.

    Raises
    ------
    DetectorError
        There is nothing of that name, or what is said of it is wrong.
    """
    shipped = read_registry(weights_folder())
    if text in shipped:
        return _of_entry(weights_folder(), text, shipped[text], keys or {})
    begin = Path() if home is None else home
    given = Path(text).expanduser()
    for place in (begin / given, begin / "weights" / given):
        if place.is_dir():
            return _of_folder(place, None, keys or {})
        if place.is_file():
            return _of_file(place, keys or {})
        if (place.parent / REGISTRY).is_file() and place.name in read_registry(place.parent):
            return _of_folder(place.parent, place.name, keys or {})
    raise DetectorError(
        f"no weights named {text!r}: there are {', '.join(sorted(shipped))}, and there is no such file or folder in "
        f"{begin.resolve()}"
    )


def known_weights(home: Path) -> Iterator[Weights | OwnModel]:
    """The weights that come with monitor, and those in a folder and its ``weights`` folder.

    Parameters
    ----------
    home : Path
        A workspace's folder.

    Raises
    ------
    DetectorError
        What is said of one is wrong.
    """
    for name in sorted(read_registry(weights_folder())):
        yield find_weights(name)
    for folder in (home, home / "weights"):
        inside = sorted(folder.iterdir()) if folder.is_dir() else []
        if (folder / REGISTRY).is_file() and folder.resolve() != weights_folder().resolve():
            for name in sorted(read_registry(folder)):
                yield _of_folder(folder, name, {})
        else:
            for path in inside:
                if path.is_dir() and (path / REGISTRY).is_file() and path.resolve() != weights_folder().resolve():
                    for name in sorted(read_registry(path)):
                        yield _of_folder(path, name, {})
                elif path.is_file() and path.suffix in FILES:
                    yield _of_file(path, {})


def _of_folder(folder: Path, name: str | None, keys: Mapping[str, object]) -> Weights | OwnModel:
    if not (folder / REGISTRY).is_file():
        raise DetectorError(
            f"{folder}: no {REGISTRY} there; name a folder that monitor train wrote, or the file itself"
        )
    entries = read_registry(folder)
    if name is None and len(entries) != 1:
        raise DetectorError(f"{folder}: {len(entries)} weights there; name one as {folder}/NAME: {', '.join(entries)}")
    chosen = next(iter(entries)) if name is None else name
    return _of_entry(folder, chosen, entries[chosen], keys)


def _of_entry(folder: Path, name: str, entry: Mapping[str, object], keys: Mapping[str, object]) -> Weights | OwnModel:
    """An entry of a registry: dense maps of our own network, or (where it has a task) a model of ultralytics."""
    if "task" not in entry:
        if keys:
            raise DetectorError(f"{name}: takes no keys of a model ({', '.join(keys)}); remove them from its section")
        ours = entry_weights(name, entry, folder)
        return replace(ours, measured=read_measured(ours.path, ours.sha256) or ours.measured)
    said = {key: value for key, value in entry.items() if key not in _NOT_OF_THE_MODEL}
    return _own(folder / str(entry.get("file", "")), name, {**said, **keys}, where=folder / REGISTRY, entry=entry)


def _of_file(path: Path, keys: Mapping[str, object]) -> Weights | OwnModel:
    if path.suffix not in FILES:
        raise DetectorError(
            f"{path}: no weights; use a .pt of ultralytics, an exported .onnx, or a folder of monitor train"
        )
    registry = path.parent / REGISTRY
    for name, entry in (read_registry(path.parent) if registry.is_file() else {}).items():
        if entry.get("file") == path.name:
            return _of_entry(path.parent, name, entry, keys)
        if path.suffix == ".pt" and entry.get("checkpoint_sha256") == file_sha256(path):
            return _of_checkpoint(path, name, entry, keys)
    beside = path.with_suffix(".toml")
    entry = _read_toml(beside) if beside.is_file() else {}
    said = {key: value for key, value in entry.items() if key not in _NOT_OF_THE_MODEL}
    return _own(path, path.stem, {**said, **keys}, where=beside, entry=entry)


def _of_checkpoint(
    path: Path, name: str, entry: Mapping[str, object], keys: Mapping[str, object]
) -> Weights | OwnModel:
    """The checkpoint from which an entry's file was exported, with what is said of that; of ours the file itself."""
    if "task" not in entry:
        return _of_entry(path.parent, name, entry, keys)
    said = {key: value for key, value in entry.items() if key not in _NOT_OF_THE_MODEL}
    return _own(path, name, {**said, **keys}, where=path.parent / REGISTRY, entry={})


def _own(path: Path, name: str, said: Mapping[str, object], *, where: Path, entry: Mapping[str, object]) -> OwnModel:
    sha256 = file_sha256(path)
    expected = entry.get("sha256")
    if expected is not None and expected != sha256:
        raise DetectorError(
            f"{path}: sha256 is {sha256[:12]}…, {where.name} has {str(expected)[:12]}…; the file was replaced or "
            f"damaged: restore it, or correct sha256 in {where}"
        )
    keys = check_keys(said, str(where))
    return OwnModel(name, path, sha256, keys, read_measured(path, sha256) or keys.measured)


def card_path(path: Path) -> Path:
    """Where the figures of a weights file lie."""
    return path.with_name(path.stem + CARD)


def read_measured(path: Path, sha256: str) -> tuple[tuple[str, str, str], ...]:
    """What the card beside a weights file says was measured of it; empty without one of the very file.

    Parameters
    ----------
    path : Path
        The weights file.
    sha256 : str
        Of the weights file.

    Raises
    ------
    DetectorError
        The card cannot be read.
    """
    card = card_path(path)
    if not card.is_file():
        return ()
    try:
        content = json.loads(card.read_text(encoding="utf-8"))
        if content["weights_sha256"] != sha256:
            return ()
        return tuple((str(what), str(value), str(sample)) for what, value, sample in content["measured"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DetectorError(
            f"{card}: not a readable card ({error!r}); run monitor evaluate again, or delete it"
        ) from error


def read_keys(path: Path) -> ModelKeys:
    """The keys of a TOML file.

    Raises
    ------
    DetectorError
        The file cannot be read, or a key or a value in it is wrong.
    """
    said = {key: value for key, value in _read_toml(path).items() if key not in _NOT_OF_THE_MODEL}
    return check_keys(said, str(path))


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DetectorError(f"{path}: not readable TOML ({error}); correct it, or delete it") from error
