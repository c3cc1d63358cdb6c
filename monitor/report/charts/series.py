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
        "Every satellite pass over the port in the period, by what it showed of the port's water. "
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
    share = f", {observation.fraction:.0%} of the water seen" if observation.state == PARTLY else ""
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
        ("Instant", "Port", "Sensor", "State", "Why", "Water seen", "Scene"),
        rows,
        numeric=(5,),
        empty="No pass in this period: not observed.",
        compact=True,
    )


def weekly_series(id: str, rates: pd.DataFrame, changes: pd.DataFrame, name: str) -> Chart:  # noqa: A002
    """Vessels per clear observation by week with 95 % intervals, the exposure beneath, unobserved weeks left open.

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
    rows = rates.sort_values("start").reset_index(drop=True)
    period = TimeRange(rows["start"].iloc[0].to_pydatetime(), rows["end"].iloc[-1].to_pydatetime())
    top, bottom, base = 30.0, 210.0, 262.0
    tops = rows.loc[rows["observations"] > 0, ["rate_high", "expected_high"]].to_numpy(dtype=float)
    most = _ceiling(float(tops[np.isfinite(tops)].max()) if np.isfinite(tops).any() else 1.0)

    def height(value: float) -> float:
        return bottom - (bottom - top) * min(value, most) / most

    parts = _time_axis(period, top, base)
    for value in np.linspace(0, most, 5):
        parts += [
            line(_LEFT, height(value), _WIDTH - _RIGHT, height(value), colour=RULE),
            text(_LEFT - 8, height(value) + 4, f"{value:g}", anchor="end"),
        ]
    parts += [
        text(8, top + 8, "Vessels per", weight="600"),
        text(8, top + 24, "clear observation", weight="600"),
        text(8, base - 18, "Clear observations", weight="600"),
    ]
    limit = max(float(rows["exposure"].max()), 1.0)
    for row in rows.to_dict("records"):
        parts.append(_week(row, period, height, (bottom, base), limit))
    for change in changes.to_dict("records"):
        if change["changed_at"].to_pydatetime() in period:
            x = _place(change["changed_at"].to_pydatetime(), period)
            words = f"Change: {change['rate_before']:.1f} to {change['rate_after']:.1f} an observation"
            parts.append(
                tag(
                    "g",
                    {},
                    title(words),
                    line(x, top, x, base, colour=VERMILLION, width=1.6, dash="5 3"),
                    text(x + 4, top + 10, "change", size=11, colour="#8f3300"),
                )
            )
    seen = rows[rows["observations"] > 0]
    alt = f"{name}: vessels per clear observation in {len(rows)} weeks, {len(seen)} of them observed; " + (
        f"last observed week {seen['rate'].iloc[-1]:.1f} per observation" if len(seen) else "not observed throughout"
    )
    return Chart(
        id,
        document(_WIDTH, base + 30, parts, alt=alt),
        alt,
        f"{name}: vessels per clear observation by week. Dots are sums over the observations divided by their "
        "clear share, bars 95 % "
        "Poisson intervals, the pale band what the port's own past lets expect (95 % prediction). "
        "Red: a change, which is rarer than a dot outside the band. "
        "Open marks: week not observed. The grey bars show how many clear observations a week had.",
        _series_table(rows, name),
    )


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
        mark = text(x, bottom - 4, "?", anchor="middle", colour=QUIET, weight="600")
        return tag("g", {}, title(f"{week}: not observed"), mark)
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
