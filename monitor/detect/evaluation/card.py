"""The card of a model: what was measured of it, on what, with intervals; for people and for briefs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.detect.evaluation.evaluate import Evaluation

Figure = tuple[str, str, str]
_BY_CLASS = ("zone", "length_from_m", "length_to_m", "vessels", "recall", "predicted", "precision", "f1")
_OF_OTHERS = ("class_name", "labelled", "found", "false_alarms", "precision", "recall", "f1", "f1_low", "f1_high")
_BY_SCENE = ("scene", "vessels", "found", "false_alarms", "precision", "recall", "f1", "length_error_m")


@dataclass(frozen=True, slots=True)
class Card:
    """What was measured of weights.

    Attributes
    ----------
    name, sha256 : str
        Of the weights, and of their file.
    on : str
        Name of the labelled set.
    measured : tuple of tuple of str
        Lines of what, value with its 90 % interval, and sample, as briefs print them.
    text : str
        The same and more in Markdown.
    """

    name: str
    sha256: str
    on: str
    measured: tuple[Figure, ...]
    text: str

    def as_json(self) -> dict[str, object]:
        """What is written beside the weights."""
        return {"weights": self.name, "weights_sha256": self.sha256, "on": self.on, "measured": list(self.measured)}


def model_card(result: Evaluation, *, name: str, sha256: str, on: str) -> Card:
    """The card that an evaluation gives.

    Parameters
    ----------
    result : Evaluation
    name : str
        Of the weights.
    sha256 : str
        Of their file.
    on : str
        Name of the labelled set.
    """
    measured = tuple(_measured(result, on))
    return Card(name, sha256, on, measured, _text(result, name=name, sha256=sha256, on=on, measured=measured))


def _measured(result: Evaluation, on: str) -> list[Figure]:
    pooled, bounds = result.figures(), result.intervals()
    seen = f"; {len(result.trained_on)} of the scenes were trained on" if result.trained_on else ""
    where = f"{len(result.scores)} labelled scenes of {on}{seen}"
    hulls = f"vessels of {result.floor_m:g} m and more" if result.floor_m else "vessels"
    found, labelled = pooled["found"] + pooled["false_alarms"], pooled["vessels"]
    lines = [
        (f"precision, {hulls}", _share(pooled, bounds, "precision"), f"{found:.0f} detections, {where}"),
        (f"recall, {hulls}", _share(pooled, bounds, "recall"), f"{labelled:.0f} vessels, {where}"),
        (f"F1, {hulls}", _share(pooled, bounds, "f1"), where),
        ("recall at berth", _share(pooled, bounds, "recall_at_berth"), where),
        ("error of length", _metres(pooled, bounds, "length_error_m"), f"{pooled['found']:.0f} vessels found, {where}"),
        ("length interval holds", _share(pooled, bounds, "length_interval_holds"), where),
        ("overlap of container stacks", _share(pooled, bounds, "stack_iou"), where),
    ]
    lines = [line for line in lines if line[1]]
    for row in result.others().itertuples():
        sample = f"{row.labelled} labelled, {row.found + row.false_alarms} detected, {where}"
        for what in ("precision", "recall"):
            value = float(getattr(row, what))
            if math.isfinite(value):
                held = float(getattr(row, f"{what}_low")), float(getattr(row, f"{what}_high"))
                text = _value(value, held, "{:.2f}")
                text = text if len(result.scores) > 1 else f"{text} (one scene: no interval)"
                lines.append((f"{what}, {row.class_name}", text, sample))
    return lines


def _share(pooled: Mapping[str, float], bounds: Mapping[str, tuple[float, float]], name: str) -> str:
    return _value(pooled[name], bounds.get(name), "{:.2f}")


def _metres(pooled: Mapping[str, float], bounds: Mapping[str, tuple[float, float]], name: str) -> str:
    text = _value(pooled[name], bounds.get(name), "{:.1f}")
    return text.replace(" (", " m (") if " (" in text else f"{text} m" if text else ""


def _value(value: float, bounds: tuple[float, float] | None, form: str) -> str:
    """A figure with its interval; "" where it was not measured, without the interval where one scene gives none."""
    if not math.isfinite(value):
        return ""
    if bounds is None or not all(math.isfinite(bound) for bound in bounds):
        return form.format(value)
    return f"{form.format(value)} ({form.format(bounds[0])}–{form.format(bounds[1])})"


def _text(result: Evaluation, *, name: str, sha256: str, on: str, measured: Sequence[Figure]) -> str:
    lines = [
        f"# {name}",
        "",
        f"What `monitor evaluate` measured of `{result.detector}` (sha256 {sha256}) on {on}:",
        f"{len(result.scores)} labelled scenes. Intervals are of 90 %, by drawing scenes with replacement; those of",
        "shares are never narrower than as many trials allow, and one scene gives none of lengths, overlaps and",
        "classes other than vessels.",
        "",
        "| what | value | sample |",
        "|---|---|---|",
        *(f"| {what} | {value} | {sample} |" for what, value, sample in measured),
        "",
        "## By zone and length",
        _markdown(result.by_class()[list(_BY_CLASS)]),
        "## By score",
        "The share that was right should be near the score.",
        "",
        _markdown(result.by_score()),
        "## By scene",
        _markdown(result.by_scene()[list(_BY_SCENE)]),
    ]
    if len(result.others()):
        lines += ["## Other classes", _markdown(result.others()[list(_OF_OTHERS)])]
    if result.trained_on:
        lines += ["", f"Trained on {', '.join(result.trained_on)}: these are no figures of new scenes."]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(table: pd.DataFrame) -> str:
    head = ["", "| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
    return "\n".join([*head, *("| " + " | ".join(_cell(v) for v in row) + " |" for row in table.to_numpy(object)), ""])


def _cell(value: object) -> str:
    if isinstance(value, float | np.floating):
        return "–" if not np.isfinite(value) else f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)
