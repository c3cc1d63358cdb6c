"""How full each zone of tracks and storage was at each clear observation, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from monitor.core.timerange import TimeRange
from monitor.report.charts.svg import Attribute, day_ticks, document, line, tag, text, title
from monitor.report.page.blocks import Chart, Table
from monitor.report.page.style import BLUE, INK, QUIET, RULE

_WIDTH, _LEFT, _RIGHT, _TOP = 900.0, 168.0, 16.0, 12.0
_ROW, _SPACE, _LABEL_CHARS = 52.0, 16.0, 24
_CAPTION = (
    "A dot is the share of the zone that is occupied at a clear observation, its line the 90 % interval; a cross is a "
    "pass that did not show the zone. Nothing is known between them."
)
Attributes: TypeAlias = dict[str, Attribute]


@dataclass(frozen=True, slots=True)
class Share:
    """What one pass showed of a zone: share and bounds, 0–1, NaN when it did not show it; and in words."""

    at: pd.Timestamp
    share: float
    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class ZoneShares:
    """One zone by name, with its passes in order of time."""

    name: str
    passes: tuple[Share, ...]


def share_chart(id: str, zones: Sequence[ZoneShares], period: TimeRange, details: Table) -> Chart:  # noqa: A002
    """One row a zone, from empty at the bottom to full at the top.

    Parameters
    ----------
    id : str
        Anchor in the page.
    zones : sequence of ZoneShares
        From top to bottom.
    period : TimeRange
        What the axis spans; passes outside it are left out.
    details : Table
        What is drawn, in numbers.
    """
    bottom = _TOP + len(zones) * (_ROW + _SPACE)
    parts = [line(_LEFT, bottom, _WIDTH - _RIGHT, bottom, colour=INK)]
    for at, label in day_ticks(period):
        x = _x(pd.Timestamp(at), period)
        anchor = "end" if x > _WIDTH - 40 else "middle"
        parts += [line(x, _TOP, x, bottom + 5, colour=RULE), text(x, bottom + 19, label, anchor=anchor)]
    for index, zone in enumerate(zones):
        parts += _zone(zone, period, _TOP + index * (_ROW + _SPACE))
    alt = "Share occupied: " + "; ".join(f"{zone.name}, {_told(zone)}" for zone in zones)
    return Chart(id, document(_WIDTH, bottom + 28, parts, alt=alt), alt, _CAPTION, details)


def _told(zone: ZoneShares) -> str:
    seen = [one.share for one in zone.passes if one.share == one.share]
    return f"{len(seen)} clear observations, {min(seen):.2f} to {max(seen):.2f}" if seen else "not observed"


def _zone(zone: ZoneShares, period: TimeRange, top: float) -> list[str]:
    name = zone.name if len(zone.name) <= _LABEL_CHARS else f"{zone.name[: _LABEL_CHARS - 1]}…"
    parts = [text(8, top + _ROW / 2 + 4, name, size=12.5, weight="600")]
    for share, label in ((0.0, "0"), (1.0, "1")):
        y = _y(share, top)
        parts.append(line(_LEFT, y, _WIDTH - _RIGHT, y, colour=RULE))
        parts.append(text(_LEFT - 6, y + 4, label, size=11, anchor="end"))
    return parts + [_mark(one, period, top) for one in zone.passes if period.start <= one.at < period.end]


def _mark(one: Share, period: TimeRange, top: float) -> str:
    x = _x(one.at, period)
    if one.share != one.share:
        y = top + _ROW
        cross = f"M{x - 3:.1f} {y - 3:.1f}L{x + 3:.1f} {y + 3:.1f}M{x - 3:.1f} {y + 3:.1f}L{x + 3:.1f} {y - 3:.1f}"
        return tag("g", {}, title(one.words), tag("path", {"d": cross, "stroke": QUIET, "stroke-width": 1.2}))
    dot: Attributes = {"cx": x, "cy": _y(one.share, top), "r": 3.4, "fill": BLUE, "stroke": INK, "stroke-width": 0.8}
    bar = line(x, _y(one.low, top), x, _y(one.high, top), colour=BLUE, width=1.6)
    return tag("g", {}, title(one.words), bar, tag("circle", dot))


def _y(share: float, top: float) -> float:
    return top + (1.0 - min(max(share, 0.0), 1.0)) * _ROW


def _x(at: pd.Timestamp, period: TimeRange) -> float:
    share = (at - pd.Timestamp(period.start)) / period.duration
    return float(_LEFT + min(max(share, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT))
