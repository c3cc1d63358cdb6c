"""A first description of a model, from what its own file says; what is guessed is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import DetectorError
from monitor.detect.models.classes import class_names, looks_like_dota
from monitor.detect.models.description import IOU, RGB, THRESHOLD, OwnModel
from monitor.detect.models.external import check_whole
from monitor.detect.models.find import FILES
from monitor.detect.yolo.checks import taken_gsd_m
from monitor.detect.yolo.weights import Weights, check_sha256, file_sha256

_DOTA_GSD_M = (0.1, 1.0)
"""Pixel sizes of most of DOTA's pictures (Xia et al. 2018)."""


@dataclass(frozen=True, slots=True)
class Described:
    """The text of a TOML file, and what in it is a guess."""

    text: str
    guesses: tuple[str, ...]


def describe(path: Path) -> Described:
    """A first TOML for a ``.pt`` or ``.onnx`` of ultralytics, to be put beside it and corrected.

    Raises
    ------
    DetectorError
        The file is missing, damaged or unsafe, or is no model that finds objects.
    """
    if path.suffix not in FILES:
        raise DetectorError(f"{path}: use a .pt of ultralytics or an exported .onnx")
    sha256 = file_sha256(path)
    from monitor.detect.yolo.user_model import open_model

    model = open_model(path, sha256)
    meant = class_names(model.names, {})
    guesses = [f"{own} is {ours}" for own, ours in zip(model.names, meant, strict=True) if own != ours]
    lines = [f"# What {path.name} expects. Correct what is guessed; monitor detect --weights {path.name} reads this."]
    lines += [f'sha256 = "{sha256}"', f'task = "{model.task}"']
    if model.channels == len(RGB):
        lines.append(f"bands = {_array(RGB)}  # guessed: red, green, blue")
        guesses.insert(0, "its three bands are red, green, blue")
    else:
        lines.append(f"# bands = [{model.channels} names]  # needed: the bands in the order in which it takes them")
        guesses.insert(0, f"nothing of its {model.channels} bands: write them as bands")
    lines += [
        'stretch = "none"  # guessed: 8-bit pictures as they are; else "percentile", or "fixed" with stretch_range',
        f"image_px = {model.image_px}",
        f"threshold = {THRESHOLD}  # guessed: what ultralytics takes",
        f"iou = {IOU[model.task]}  # guessed",
    ]
    guesses += ["it takes 8-bit pictures as they are", f"a threshold of {THRESHOLD}"]
    if looks_like_dota(model.names):
        low, high = _DOTA_GSD_M
        lines.append(f"gsd_range_m = [{low}, {high}]  # guessed: its classes are those of DOTA")
        guesses.append(f"pixels of {low:g} to {high:g} m, since its classes are those of DOTA")
    else:
        lines.append("# gsd_m = 0.5  # needed: the pixel size that it was trained at; nothing tells it")
        guesses.append("nothing of its pixel size: write it as gsd_m")
    lines += ["", "[classes]  # vessel, container_stack, container, or a name of your own; empty text leaves one out"]
    lines += [f'{_quoted(own)} = "{ours}"' for own, ours in zip(model.names, meant, strict=True)]
    return Described("\n".join(lines) + "\n", tuple(guesses))


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\u{ord(c):04X}" if c in '"\\' or ord(c) < 32 else c for c in text) + '"'


def _array(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def summary(weights: Weights | OwnModel) -> dict[str, object]:
    """What is known of weights: name, sensor, bands, pixel size, classes, errors, file, hash, and what is wrong.

    The file is read and not opened: `problem` is "" where it is whole and the one registered.

    Parameters
    ----------
    weights : Weights or OwnModel
    """
    row: dict[str, object] = {"name": weights.name}
    if isinstance(weights, OwnModel):
        keys = weights.keys
        row |= {"sensor": keys.sensor, "task": keys.task or "", "bands": list(keys.bands), "threshold": keys.threshold}
        row |= {"thresholds": dict(keys.thresholds)}
        row |= {"gsd_m": keys.gsd_m, "gsd_range_m": weights.gsd_range_m, "classes": dict(keys.classes)}
    else:
        row |= {"sensor": "s2", "task": "maps", "bands": list(weights.bands), "threshold": weights.threshold}
        row |= {"gsd_m": weights.gsd_m, "gsd_range_m": taken_gsd_m(weights)}
        row |= {"classes": {name: name for name in weights.classes}}
    measured = [{"what": what, "value": value, "sample": sample} for what, value, sample in weights.measured]
    row |= {"measured": measured, "file": str(weights.path), "sha256": weights.sha256}
    return row | {"problem": _problem(weights)}


def _problem(weights: Weights | OwnModel) -> str:
    try:
        if isinstance(weights, Weights):
            check_sha256(weights.path, weights.sha256)
        check_whole(weights.path)
    except DetectorError as error:
        return str(error)
    return ""


def summary_text(row: Mapping[str, object]) -> str:
    """The same for people: a line for the model, and one for each figure.

    Parameters
    ----------
    row : mapping of str to object
        As `summary` gives it.
    """
    low_high = row["gsd_range_m"]
    sizes = f"pixels of {low_high[0]:.3g}–{low_high[1]:.3g} m" if isinstance(low_high, tuple) else "any pixel size"
    classes = row["classes"]
    assert isinstance(classes, dict)
    kept = sorted(set(classes.values()) - {""})
    bands, own = row["bands"], row.get("thresholds", {})
    assert isinstance(bands, list)
    assert isinstance(own, dict)
    least = "".join(f", {name} {value:.2f}" for name, value in own.items())
    lines = [
        f"{row['name']}  {row['sensor'] or 'any sensor'}, {' '.join(bands) or 'bands not stated'}, {sizes}",
        f"  finds {', '.join(kept) or 'the classes of its own file'} from a score of {row['threshold']:.2f}{least}",
        f"  {row['file']}  sha256 {str(row['sha256'])[:12]}…",
    ]
    lines += [f"  cannot be used: {row['problem']}"] if row["problem"] else []
    figures = row["measured"]
    assert isinstance(figures, list)
    lines += [f"  {figure['what']}: {figure['value']} ({figure['sample']})" for figure in figures]
    return "\n".join(
        lines if figures else [*lines, "  no error was measured; monitor evaluate LABELLED --weights does"]
    )
