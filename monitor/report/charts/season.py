"""The season in one figure: all evidence on one time axis, place by place, with the legs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from monitor.core.timerange import TimeRange
from monitor.report.charts.svg import Attribute, day_ticks, document, line, tag, text, title
from monitor.report.page.blocks import Chart, Table
from monitor.report.page.style import BLUE, BROWN, GREEN, INK, ORANGE, PURPLE, QUIET, RULE, VERMILLION

_WIDTH, _LEFT, _RIGHT, _TOP = 900.0, 176.0, 20.0, 46.0
_LANE, _HEAD, _BAND = 19.0, 22.0, 58.0
_LEVELS = 4
"""Bars of one lane that overlap in time go under each other, at most so deep."""
_LABEL_CHARS, _MOST_TICKS = 25, 6
_COLOUR = {
    "stay": BLUE,
    "gap": QUIET,
    "flight": ORANGE,
    "published": PURPLE,
    "leg": VERMILLION,
    "change": BROWN,
    "chain": QUIET,
}
_KEY = (("clear", "seen clearly"), ("partly", "in part"), ("none", "not seen"))
_PORT_KEY = (("occupied", "berth occupied"), ("empty", "seen empty"), ("grew", "stack grew"), ("shrank", "shrank"))
_LAND_KEY = (("share", "share in use"),)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one instant showed: clear | partly | none | occupied | empty | grew | shrank | share, and in words.

    `level` is the share that is occupied, 0–1, of the last kind; else NaN.
    """

    at: pd.Timestamp
    kind: str
    words: str
    level: float = float("nan")


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted: sure from `start` to `end`, possible from `low` to `high`; `kind` chooses the colour."""

    low: pd.Timestamp
    start: pd.Timestamp
    end: pd.Timestamp
    high: pd.Timestamp
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a place; `is_deep` puts bars that overlap under each other."""

    label: str
    sights: tuple[Sight, ...] = ()
    spans: tuple[Span, ...] = ()
    is_deep: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A port, or what belongs to none, with its rows from top to bottom."""

    name: str
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """A passage from one place to another, by their positions, with the bounds of its departure and its arrival.

    `kind` is ``leg`` of a ship, or ``chain`` where something left and something came that need not be the same.
    """

    origin: int
    goal: int
    left: tuple[pd.Timestamp, pd.Timestamp]
    came: tuple[pd.Timestamp, pd.Timestamp]
    words: str
    kind: str = "leg"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A place that has been laid out: top and bottom of its rows."""

    top: float
    bottom: float


def season_chart(
    id: str,  # noqa: A002
    places: Sequence[Place],
    legs: Sequence[Leg],
    period: TimeRange,
    *,
    caption: str,
    details: Table,
) -> Chart:
    """All evidence of a period on one axis.

    Parameters
    ----------
    id : str
        Anchor in the page.
    places : sequence of Place
        From top to bottom; legs are drawn between them.
    legs : sequence of Leg
        A band stands under a place from or to which one of them goes.
    period : TimeRange
        What the axis spans; marks outside stop at its ends.
    caption : str
        Below the figure.
    details : Table
        What is drawn, in words.
    """
    kinds = {sight.kind for place in places for lane in place.lanes for sight in lane.sights}
    at_berths = _PORT_KEY if kinds & {kind for kind, _ in _PORT_KEY} else ()
    parts = _key((*_KEY, *at_berths, *(one for one in _LAND_KEY if one[0] in kinds)))
    drawn, y = list[_Drawn](), _TOP
    for index, place in enumerate(places):
        made, bottom = _place(place, period, y)
        parts += made
        drawn.append(_Drawn(y, bottom))
        crosses = any(min(leg.origin, leg.goal) <= index < max(leg.origin, leg.goal) for leg in legs)
        y = bottom + (_BAND if crosses else 8.0)
    for leg in legs:
        parts += _leg(leg, drawn, period)
    axis = [line(_LEFT, y, _WIDTH - _RIGHT, y, colour=INK)]
    for at, label in day_ticks(period, _MOST_TICKS):
        x = _x(pd.Timestamp(at), period)
        anchor = "end" if x > _WIDTH - 40 else "middle"
        axis += [line(x, _TOP, x, y + 5, colour=RULE), text(x, y + 19, label, anchor=anchor)]
    alt = f"Evidence on one time axis, {period}: {_counted(places, legs)}"
    return Chart(
        id, document(_WIDTH, y + 28, [*axis, *parts], alt=alt), alt, caption, details, details_at="season-data"
    )


def _counted(places: Sequence[Place], legs: Sequence[Leg]) -> str:
    parts = []
    for place in places:
        kinds = [sight.kind for lane in place.lanes for sight in lane.sights]
        kinds += [span.kind for lane in place.lanes for span in lane.spans]
        tally = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        parts.append(f"{place.name}: {tally or 'nothing'}")
    return "; ".join([*parts, f"{len(legs)} legs"] if legs else parts)


def _key(entries: Sequence[tuple[str, str]]) -> list[str]:
    """What the marks mean, in a row at the top."""
    parts, x = list[str](), 8.0
    for kind, label in entries:
        parts += [_sight(x + 6, 18.0, kind, "", level=0.6), text(x + 16, 22, label, size=12)]
        x += 30 + 6.6 * len(label)
    return parts


def _place(place: Place, period: TimeRange, y: float) -> tuple[list[str], float]:
    parts = [text(8, y + 15, place.name, size=14, weight="700"), line(8, y, _WIDTH - _RIGHT, y, colour=INK, width=0.6)]
    y += _HEAD
    for lane in place.lanes:
        made, y = _lane(lane, period, y)
        parts += made
    return parts, y


def _lane(lane: Lane, period: TimeRange, y: float) -> tuple[list[str], float]:
    label = lane.label if len(lane.label) <= _LABEL_CHARS else f"{lane.label[: _LABEL_CHARS - 1]}…"
    middle = y + _LANE / 2
    parts = [text(8, middle + 4, label, size=12), line(_LEFT, middle, _WIDTH - _RIGHT, middle, colour=RULE, width=0.6)]
    free = list[float]()
    for span in sorted(lane.spans, key=lambda s: (s.low, s.words)):
        level = 0
        if lane.is_deep:
            x0, x1 = _x(span.low, period), _x(span.high, period)
            level = next((k for k, edge in enumerate(free) if edge <= x0), min(len(free), _LEVELS - 1))
            free[level : level + 1] = [max(x1, x0 + 4) + 2]
        parts.append(_span(span, period, middle + 7.0 * level))
    parts += [_sight(_x(s.at, period), middle, s.kind, s.words, level=s.level) for s in lane.sights]
    return parts, y + _LANE + 7.0 * max(len(free) - 1, 0)


def _span(span: Span, period: TimeRange, y: float) -> str:
    """A thin bar for what is possible, a thick one for what is sure."""
    colour = _COLOUR[span.kind]
    low, start, end, high = (_x(at, period) for at in (span.low, span.start, span.end, span.high))
    thick = 9.0 if span.kind == "stay" else 5.0
    doubt: dict[str, Attribute] = {"x": low, "y": y - 1, "width": max(high - low, 1.0), "height": 2.0, "fill": colour}
    sure: dict[str, Attribute] = {"x": start, "y": y - thick / 2, "width": max(end - start, 3.0), "height": thick}
    return tag("g", {}, title(span.words), tag("rect", doubt), tag("rect", sure | {"fill": colour, "rx": 1.5}))


def _leg(leg: Leg, drawn: Sequence[_Drawn], period: TimeRange) -> list[str]:
    """A slanted line from shore to shore, in a wedge as wide as the bounds of its two ends."""
    down = leg.origin < leg.goal
    y0 = drawn[leg.origin].bottom if down else drawn[leg.origin].top
    y1 = drawn[leg.goal].top if down else drawn[leg.goal].bottom
    left, came = ([_x(at, period) for at in bounds] for bounds in (leg.left, leg.came))
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in ((left[0], y0), (left[1], y0), (came[1], y1), (came[0], y1)))
    colour = _COLOUR[leg.kind]
    wedge = tag("polygon", {"points": corners, "fill": colour, "fill-opacity": "0.16"}, title(leg.words))
    x0, x1 = sum(left) / 2, sum(came) / 2
    head = 4.0 if y1 > y0 else -4.0
    tip = f"M{x1 - 4:.1f} {y1 - 2 * head:.1f}L{x1:.1f} {y1:.1f}L{x1 + 4:.1f} {y1 - 2 * head:.1f}Z"
    return [wedge, line(x0, y0, x1, y1, colour=colour, width=1.6), tag("path", {"d": tip, "fill": colour})]


def _sight(x: float, y: float, kind: str, words: str, *, level: float = float("nan")) -> str:
    """A mark whose shape alone carries its meaning; colour repeats it."""
    ring: dict[str, Attribute] = {"cx": x, "cy": y, "r": 5.0, "stroke": INK, "stroke-width": 1.0}
    square: dict[str, Attribute] = {"x": x - 4.5, "y": y - 4.5, "width": 9.0, "height": 9.0, "stroke": INK}
    hollow: dict[str, Attribute] = {"x": x - 3.0, "y": y - 3.0, "width": 6.0, "height": 6.0, "stroke": QUIET}
    if kind == "clear":
        made = tag("circle", ring | {"fill": GREEN})
    elif kind == "partly":
        half = tag("path", {"d": f"M{x:.1f} {y - 5:.1f}A5 5 0 0 0 {x:.1f} {y + 5:.1f}Z", "fill": ORANGE})
        made = tag("circle", ring | {"fill": "#ffffff"}) + half
    elif kind == "none":
        cross = f"M{x - 4:.1f} {y - 4:.1f}L{x + 4:.1f} {y + 4:.1f}M{x - 4:.1f} {y + 4:.1f}L{x + 4:.1f} {y - 4:.1f}"
        made = tag("path", {"d": cross, "stroke": VERMILLION, "stroke-width": 1.8, "fill": "none"})
    elif kind == "occupied":
        made = tag("rect", square | {"fill": BLUE})
    elif kind == "empty":
        made = tag("rect", hollow | {"fill": "#ffffff"})
    elif kind == "share":
        frame: dict[str, Attribute] = {"x": x - 2.5, "y": y - 7, "width": 5.0, "height": 14.0, "fill": "#ffffff"}
        full: dict[str, Attribute] = {"x": x - 2.5, "y": y + 7 - 14 * level, "width": 5.0, "height": 14 * level}
        made = tag("rect", frame | {"stroke": QUIET, "stroke-width": 0.7}) + tag("rect", full | {"fill": BLUE})
    else:
        tip = -5.0 if kind == "grew" else 5.0
        shape = f"M{x - 5:.1f} {y - 0.8 * tip:.1f}L{x + 5:.1f} {y - 0.8 * tip:.1f}L{x:.1f} {y + tip:.1f}Z"
        made = tag("path", {"d": shape, "fill": PURPLE if kind == "grew" else "#ffffff", "stroke": PURPLE})
    return tag("g", {}, title(words), made) if words else made


def _x(at: pd.Timestamp, period: TimeRange) -> float:
    share = (at - pd.Timestamp(period.start)) / period.duration
    return float(_LEFT + min(max(share, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT))
