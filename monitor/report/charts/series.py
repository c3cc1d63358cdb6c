"""The coverage strip and the weekly series, drawn from the same rows that stand in their tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from monitor.core.scenes.sensors import SENSORS, sensor
from monitor.core.timerange import TimeRange
from monitor.core.wording import minute, number, plural
from monitor.report.charts.svg import day_ticks, document, line, tag, text, title
from monitor.report.page.blocks import Cell, Chart, Table
from monitor.report.page.style import BLUE, GREEN, INK, ORANGE, QUIET, RULE, VERMILLION
from monitor.report.page.wording import when
from monitor.report.tiles.observations import NOT_OBSERVED, OBSERVED, PARTLY, Observation

_WIDTH, _LEFT, _RIGHT = 900, 168, 16
_BAND = ", the pale blue band what the port's own past lets expect (95 % prediction)"
_FEWEST_WEEKS, _ALL_NAMED = 4, 12
"""Weeks that an axis has at least; observed weeks up to which every dot has its value beside it."""


def _place(at: datetime, period: TimeRange) -> float:
    share = (at - period.start) / period.duration
    return float(_LEFT + share * (_WIDTH - _LEFT - _RIGHT))


def _time_axis(period: TimeRange, top: float, bottom: float) -> list[str]:
    parts = [line(_LEFT, bottom, _WIDTH - _RIGHT, bottom, colour=INK)]
    for at, label in day_ticks(period):
        x = _place(at, period)
        parts += [
            line(x, top, x, bottom + 5, colour=RULE),
            text(x, bottom + 19, label, anchor="end" if x > _WIDTH - 40 else "middle"),
        ]
    return parts


def coverage_strip(id: str, rows: Sequence[tuple[str, Sequence[Observation]]], period: TimeRange) -> Chart:  # noqa: A002
    """One mark a pass, a row for each port and sensor.

    Parameters
    ----------
    id : str
        Anchor in the page.
    rows : sequence of tuple
        (port's name, its observations in the period) pairs.
    period : TimeRange
        What the axis spans.
    """
    kinds = sorted({k.sensor for _, observations in rows for k in observations}, key=_in_order)
    lanes = [
        (name, kind, [k for k in observations if k.sensor == kind]) for name, observations in rows for kind in kinds
    ]
    lanes = [lane for lane in lanes if lane[2]] or [(name, "s2", []) for name, _ in rows]
    top, step = 34, 34
    bottom = top + step * len(lanes)
    parts = _key() + _time_axis(period, top, bottom)
    for index, (name, kind, observations) in enumerate(lanes):
        y = top + step * (index + 0.5)
        parts.append(line(_LEFT, y, _WIDTH - _RIGHT, y, colour=RULE))
        parts.append(text(8, y + 4, f"{name[:18]} · {kind.upper()}", size=12.5, weight="600"))
        parts += [
            _mark(_place(observation.at, period), y, observation.state, describe(observation))
            for observation in observations
        ]
    flat = [observation for _, _, observations in lanes for observation in observations]
    alt = "Coverage: " + "; ".join(f"{name}, {tally(observations)}" for name, observations in rows)
    return Chart(
        id,
        document(_WIDTH, bottom + 30, parts, alt=alt),
        alt,
        "Every satellite pass over each place in the period, by what it showed of the water, or of the area of a place "
        "without any. "
        "A pass that showed nothing is not an observation.",
        _observations_table(flat, dict(_names(rows))),
    )


def _in_order(kind: str) -> tuple[int, str]:
    """Known sensors in the order of their table, then those of free names."""
    known = list(SENSORS)
    return (known.index(kind) if kind in known else len(known), kind)


def tally(observations: Sequence[Observation]) -> str:
    """``9 passes: 5 clear, 2 partly seen, 2 not observed``."""
    count = {
        state: sum(observation.state == state for observation in observations)
        for state in (OBSERVED, PARTLY, NOT_OBSERVED)
    }
    other = len(observations) - sum(count.values())
    text_ = (
        f"{plural(len(observations), 'pass', 'passes')}: {count[OBSERVED]} clear, {count[PARTLY]} partly seen, "
        f"{count[NOT_OBSERVED]} not observed"
    )
    return text_ + (f", {other} not processed" if other else "")


def describe(observation: Observation) -> str:
    """An observation in words."""
    at = when(observation.acquisition) if observation.acquisition else minute(observation.at)
    why = f" ({observation.reason})" if observation.reason else ""
    share = f", {observation.shown_part.replace(' was', '')}" if observation.state == PARTLY else ""
    return f"{at}: {observation.state}{why}{share}"


def _names(rows: Sequence[tuple[str, Sequence[Observation]]]) -> list[tuple[str, str]]:
    return [(observations[0].aoi_id, name) for name, observations in rows if observations]


def _mark(x: float, y: float, state: str, words: str) -> str:
    ring: dict[str, str | float] = {"cx": x, "cy": y, "r": 7, "stroke": INK, "stroke-width": 1.2}
    if state == OBSERVED:
        shape = tag("circle", ring | {"fill": GREEN})
    elif state == PARTLY:
        half = tag("path", {"d": f"M{x:.2f} {y - 7:.2f}A7 7 0 0 0 {x:.2f} {y + 7:.2f}Z", "fill": ORANGE})
        shape = tag("circle", ring | {"fill": "#ffffff"}) + half
    elif state == NOT_OBSERVED:
        cross = f"M{x - 6:.2f} {y - 6:.2f}L{x + 6:.2f} {y + 6:.2f}M{x - 6:.2f} {y + 6:.2f}L{x + 6:.2f} {y - 6:.2f}"
        shape = tag("path", {"d": cross, "stroke": VERMILLION, "stroke-width": 2.4, "fill": "none"})
    else:
        box: dict[str, str | float] = {
            "x": x - 5,
            "y": y - 5,
            "width": 10.0,
            "height": 10.0,
            "fill": "#ffffff",
            "stroke": QUIET,
        }
        shape = tag("rect", box | {"stroke-dasharray": "2 2"})
    return tag("g", {}, title(words), shape)


def _key() -> list[str]:
    parts, x = [], float(_LEFT)
    for state, words in (
        (OBSERVED, "clear"),
        (PARTLY, "partly seen"),
        (NOT_OBSERVED, "not observed (cloud, no data)"),
        ("", "not processed"),
    ):
        parts += [_mark(x + 7, 14, state, words), text(x + 20, 18, words)]
        x += 40 + 6.4 * len(words)
    return parts


def _observations_table(observations: Sequence[Observation], names: dict[str, str]) -> Table:
    kinds = {OBSERVED: "present", PARTLY: "part", NOT_OBSERVED: "none"}
    rows = tuple(
        (
            Cell(when(k.acquisition) if k.acquisition else minute(k.at)),
            Cell(names.get(k.aoi_id, k.aoi_id)),
            Cell(sensor(k.sensor).name),
            Cell(k.state, kinds.get(k.state, "none")),
            Cell(k.reason or "–"),
            Cell(f"{k.fraction:.0%}"),
            Cell(k.scene_id),
        )
        for k in sorted(observations, key=lambda k: (k.at, k.scene_id))
    )
    return Table(
        "Passes and what they showed",
        ("Instant", "Place", "Sensor", "State", "Why", "Seen", "Scene"),
        rows,
        numeric=(5,),
        empty="No pass in this period: not observed.",
        compact=True,
    )


def weekly_series(id: str, rates: pd.DataFrame, changes: pd.DataFrame, name: str) -> Chart:  # noqa: A002
    """Vessels per clear observation by week with 95 % intervals, the exposure beneath.

    The axis runs from the first observed week to the last, with one week to either side; weeks in between that were
    not observed are left open, and nothing joins the dots.

    Parameters
    ----------
    id : str
        Anchor in the page.
    rates : RATES table
        Of one port and one `what`, consecutive weeks.
    changes : CHANGES table
        Of the same; each is marked with the interval in which it happened.
    name : str
        The port's name.
    """
    every = rates.sort_values("start").reset_index(drop=True)
    rows = _around_observed(every)
    period = TimeRange(rows["start"].iloc[0].to_pydatetime(), rows["end"].iloc[-1].to_pydatetime())
    top, bottom, base = 30.0, 210.0, 262.0
    tops = rows.loc[rows["observations"] > 0, ["rate_high", "expected_high"]].to_numpy(dtype=float)
    most = _ceiling(float(tops[np.isfinite(tops)].max()) if np.isfinite(tops).any() else 1.0)

    def height(value: float) -> float:
        return bottom - (bottom - top) * min(value, most) / most

    limit = max(float(rows["exposure"].max()), 1.0)
    parts = [*_gaps_between(rows, period, (top, base)), *_time_axis(period, top, base)]
    parts += _value_axis(most, height, (top, base), limit)
    parts += [_week(row, period, height, (bottom, base), limit) for row in rows.to_dict("records")]
    parts += [_change(change, period, (top, base)) for change in changes.to_dict("records")]
    parts += _labels(rows, period, height)
    seen = rows[rows["observations"] > 0]
    alt = f"{name}: vessels per clear observation in {len(every)} weeks, {len(seen)} of them observed; " + (
        f"last observed week {seen['rate'].iloc[-1]:.1f} per observation" if len(seen) else "not observed throughout"
    )
    left = len(every) - len(rows)
    return Chart(
        id,
        document(_WIDTH, base + 30, parts, alt=alt),
        alt,
        f"{name}: vessels per clear observation by week. Dots are sums over the observations divided by their "
        f"clear share, bars 95 % Poisson intervals{_BAND if np.isfinite(rows['expected_high']).any() else ''}. "
        "Red: a change, which is rarer than a dot outside the band. Beige: weeks that were not observed. "
        "The grey bars show how many clear observations a week had."
        + (f" {plural(left, 'week')} before or after were not observed and are not drawn." if left else ""),
        _series_table(every, name),
    )


def _around_observed(rows: pd.DataFrame) -> pd.DataFrame:
    """The weeks from the first observed one to the last and one to either side; the last four where none was."""
    seen = np.flatnonzero(rows["observations"] > 0)
    if not len(seen):
        return rows.tail(_FEWEST_WEEKS).reset_index(drop=True)
    first, last = max(int(seen[0]) - 1, 0), min(int(seen[-1]) + 2, len(rows))
    first = max(min(first, last - _FEWEST_WEEKS), 0)
    return rows.iloc[first : max(last, min(first + _FEWEST_WEEKS, len(rows)))].reset_index(drop=True)


def _gaps_between(rows: pd.DataFrame, period: TimeRange, span: tuple[float, float]) -> list[str]:
    """A pale block over each run of weeks that were not observed, named where there is room."""
    blind = (rows["observations"] == 0).to_numpy()
    runs = (np.diff(blind.astype(int), prepend=0) != 0).cumsum()
    parts = []
    for _, run in rows[blind].groupby(runs[blind]):
        x0, x1 = (
            _place(run["start"].iloc[0].to_pydatetime(), period),
            _place(run["end"].iloc[-1].to_pydatetime(), period),
        )
        block: dict[str, str | float] = {"x": x0, "y": span[0], "width": x1 - x0, "height": span[1] - span[0]}
        words = f"{plural(len(run), 'week')} from {run['start'].iloc[0]:%Y-%m-%d}: not observed"
        parts.append(tag("rect", block | {"fill": "#f3f0ea"}, title(words)))
        if x1 - x0 > 84:
            parts.append(text((x0 + x1) / 2, span[0] + 14, "not observed", anchor="middle", size=11, colour=QUIET))
    return parts


def _value_axis(most: float, at: Callable[[float], float], span: tuple[float, float], limit: float) -> list[str]:
    top, base = span
    parts = []
    for value in np.linspace(0, most, 5):
        parts += [
            line(_LEFT, at(value), _WIDTH - _RIGHT, at(value), colour=RULE),
            text(_LEFT - 8, at(value) + 4, f"{value:g}", anchor="end"),
        ]
    return [
        *parts,
        text(8, top + 8, "Vessels per", weight="600"),
        text(8, top + 24, "clear observation", weight="600"),
        text(8, base - 18, "Clear observations", weight="600"),
        text(8, base - 3, f"(tallest bar: {limit:.1f})", size=11, colour=QUIET),
    ]


def _change(change: dict[str, Any], period: TimeRange, span: tuple[float, float]) -> str:
    at = change["changed_at"].to_pydatetime()
    if at not in period:
        return ""
    (top, base), x = span, _place(at, period)
    words = f"Change: {change['rate_before']:.1f} to {change['rate_after']:.1f} an observation"
    return tag(
        "g",
        {},
        title(words),
        line(x, top, x, base, colour=VERMILLION, width=1.6, dash="5 3"),
        text(x + 4, top + 26, "change", size=11, colour="#8f3300"),
    )


def _labels(rows: pd.DataFrame, period: TimeRange, at: Callable[[float], float]) -> list[str]:
    """The values beside their dots, all of a few, the least, the most and the last of many; and the band's name."""
    seen = rows[rows["observations"] > 0]
    if not len(seen):
        return []
    named = (
        seen
        if len(seen) <= _ALL_NAMED
        else seen.loc[sorted({seen["rate"].idxmax(), seen["rate"].idxmin(), seen.index[-1]})]
    )
    parts = [
        text(_middle(row, period) + 8, at(row["rate"]) + 4, f"{row['rate']:.1f}", size=11, weight="600")
        for row in named.to_dict("records")
    ]
    band = seen[np.isfinite(seen["expected_high"].to_numpy(dtype=float))]
    if len(band):
        row = band.iloc[0]
        x = _place(row["start"].to_pydatetime(), period)
        parts.append(
            text(x, max(at(float(row["expected_high"])) - 4, 12.0), "expected from its past", size=11, colour="#00466e")
        )
    return parts


def _middle(row: dict[str, Any], period: TimeRange) -> float:
    return (_place(row["start"].to_pydatetime(), period) + _place(row["end"].to_pydatetime(), period)) / 2


def _ceiling(value: float) -> float:
    steps = [s * 10.0**p for p in range(-1, 4) for s in (1.0, 2.0, 4.0, 6.0, 8.0)]
    return next((s for s in steps if s >= value), value)


def _week(
    row: dict[str, Any], period: TimeRange, at: Callable[[float], float], floor: tuple[float, float], limit: float
) -> str:
    start, end = row["start"].to_pydatetime(), row["end"].to_pydatetime()
    x0, x1 = _place(start, period), _place(end, period)
    x, (bottom, base) = (x0 + x1) / 2, floor
    week = f"Week from {start:%Y-%m-%d}"
    if not row["observations"]:
        return ""
    parts = []
    if np.isfinite(float(row["expected_high"])):
        high, low = at(row["expected_high"]), at(row["expected_low"])
        parts.append(tag("rect", {"x": x0, "y": high, "width": x1 - x0, "height": low - high, "fill": "#dbe9f4"}))
    share = (base - bottom - 12) * float(row["exposure"]) / limit
    parts.append(
        tag(
            "rect", {"x": x0 + 2, "y": base - share, "width": max(x1 - x0 - 4, 1.0), "height": share, "fill": "#9aa5b1"}
        )
    )
    parts.append(line(x, at(row["rate_low"]), x, at(row["rate_high"]), colour=BLUE, width=2))
    colour = VERMILLION if row["is_change"] else BLUE
    dot: dict[str, str | float] = {"cx": x, "cy": at(row["rate"]), "r": 4.5, "fill": colour, "stroke": INK}
    words = (
        f"{week}: {row['rate']:.1f} per clear observation ({row['rate_low']:.1f}–{row['rate_high']:.1f}), "
        f"{plural(int(row['observations']), 'observation')}"
    )
    return tag("g", {}, title(words), *parts, tag("circle", dot))


def _series_table(rows: pd.DataFrame, name: str) -> Table:
    made = []
    for row in rows.itertuples():
        observed = row.observations > 0
        rate = (
            Cell(f"{row.rate:.1f} ({row.rate_low:.1f}–{row.rate_high:.1f})") if observed else Cell(NOT_OBSERVED, "none")
        )
        expected = f"{row.expected_low:.1f}–{row.expected_high:.1f}" if np.isfinite(row.expected_low) else "–"
        flag = Cell("change", "warn") if row.is_change else Cell("–")
        made.append(
            (
                Cell(f"{row.start:%Y-%m-%d}"),
                Cell(str(row.observations)),
                Cell(number(row.exposure, 1)),
                rate,
                Cell(expected),
                flag,
            )
        )
    return Table(
        f"{name}: vessels per clear observation by week",
        ("Week from", "Observations", "Exposure", "Rate (95 %)", "Expected (95 %)", "Note"),
        tuple(made),
        numeric=(1, 2),
        compact=True,
    )
