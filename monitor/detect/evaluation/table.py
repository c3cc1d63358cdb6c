"""An evaluation as a table to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from monitor.detect.evaluation.matching import SCORING

if TYPE_CHECKING:
    from monitor.detect.evaluation.evaluate import Evaluation


def _berth_lines(pooled: Mapping[str, float]) -> list[str]:
    """Occupied and empty berths by label and prediction, and scenes without vessels."""
    return [
        f"{'berths, predicted as:':<27}{'occupied':>12} {'empty':>12}",
        f"  a vessel lies there      {pooled['occupied_found']:>12.0f} {pooled['occupied_missed']:>12.0f}",
        f"  empty                    {pooled['claimed_empty']:>12.0f} {pooled['empty_left']:>12.0f}",
        f"scenes without vessels: {pooled['null_scenes']:.0f}, false alarms in them: {pooled['null_false_alarms']:.0f}",
    ]


def _class_lines(classes: pd.DataFrame) -> list[str]:
    """Zone and length class: recall by true length, precision by predicted length."""
    lines = [f"{'zone':<12}{'length m':<12}{'n':>5}{'R':>6}{'pred':>6}{'P':>6}{'F1':>6}"]
    lines += [
        f"{row.zone:<12}{f'{row.length_from_m:.0f}-{row.length_to_m:.0f}':<12}{row.vessels:>5}{row.recall:>6.2f}"
        f"{row.predicted:>6}{row.precision:>6.2f}{row.f1:>6.2f}"
        for row in classes.itertuples()
    ]
    return lines


def table(result: Evaluation) -> str:
    """The figures of an evaluation for people: one line a scene, the pool, and its intervals."""
    least = f"unmatched predictions under {SCORING.unmatched_floor_m:g} m dropped"
    floor = f"; vessels of {result.floor_m:g} m and more, {least}"
    heads = ("n", 5), ("found", 6), ("false", 6), ("P", 6), ("R", 6), ("F1", 6), ("empty", 8), ("stack", 7), ("len", 6)
    lines = [
        f"detector {result.detector}{floor if result.floor_m else ''}",
        f"{'scene':<24}" + "".join(f"{name:>{width}}" for name, width in heads) + f"{'axis':>6}",
    ]
    rows = [*result.by_scene().to_dict("records"), {"scene": "all", **result.figures()}]
    for row in rows:
        lines.append(
            f"{row['scene']!s:<24}{row['vessels']:>5.0f}{row['found']:>6.0f}{row['false_alarms']:>6.0f}"
            f"{row['precision']:>6.2f}{row['recall']:>6.2f}{row['f1']:>6.2f}"
            f"{row['claimed_empty']:>5.0f}/{row['empty_berths']:<2.0f}{row['stack_iou']:>7.2f}"
            f"{row['length_error_m']:>6.0f}{row['axis_error_deg']:>6.1f}"
        )
    lines += [*_berth_lines(result.figures()), *_class_lines(result.by_class())]
    pooled = result.figures()
    right, wrong = pooled["small_craft_right"], pooled["small_craft_wrong"]
    if right + wrong:
        lines.append(f"at small craft (marinas): {right:.0f} vessels right, {wrong:.0f} wrong")
    for other in result.others().itertuples():
        lines.append(
            f"{other.class_name}: {other.labelled} labelled, {other.found} found, {other.false_alarms} false; "
            f"P {other.precision:.2f}, R {other.recall:.2f}, F1 {other.f1:.2f}"
        )
    if result.trained_on:
        lines.append(f"trained on {', '.join(result.trained_on)}: no figures of new ports")
    lines.append("90 % intervals (scenes drawn with replacement):")
    lines += [f"  {key:<24}{low:>8.2f} to {high:.2f}" for key, (low, high) in result.intervals().items()]
    return "\n".join(lines)
