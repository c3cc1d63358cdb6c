"""Small drawings in SVG with presentation attributes alone: no style, no script, no outside reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from monitor.core.timerange import TimeRange
from monitor.report.page.style import INK

Attribute = str | float


def tag(name: str, attributes: Mapping[str, Attribute], *inside: str) -> str:
    """An element; numbers to two decimals, text escaped; `inside` is taken as SVG.

    Parameters
    ----------
    name : str
        Of the element.
    attributes : mapping of str to Attribute
        By name; numbers are rounded.
    inside : str
        Elements within it, escaped already.
    """
    made = "".join(
        f" {key}={quoteattr(value if isinstance(value, str) else f'{value:.2f}'.rstrip('0').rstrip('.'))}"
        for key, value in attributes.items()
    )
    return f"<{name}{made}>{''.join(inside)}</{name}>" if inside else f"<{name}{made}/>"


def text(
    x: float, y: float, words: str, *, size: float = 12, anchor: str = "start", weight: str = "400", colour: str = INK
) -> str:
    """A line of text at its baseline.

    Parameters
    ----------
    x : float
        In drawing units.
    y : float
        Baseline, in drawing units.
    words : str
        Escaped here.
    size : float, optional
        Of the font, in drawing units.
    anchor : str, optional
        start, middle or end.
    weight : str, optional
        Of the font.
    colour : str, optional
        As #rrggbb.
    """
    attributes: dict[str, Attribute] = {
        "x": x,
        "y": y,
        "font-size": size,
        "text-anchor": anchor,
        "font-weight": weight,
        "fill": colour,
    }
    return tag("text", attributes, escape(words))


def title(words: str) -> str:
    """A tooltip for the element it stands in."""
    return tag("title", {}, escape(words))


def line(x0: float, y0: float, x1: float, y1: float, *, colour: str, width: float = 1.0, dash: str = "") -> str:
    """A straight line.

    Parameters
    ----------
    x0 : float
        In drawing units.
    y0 : float
        In drawing units.
    x1 : float
        In drawing units.
    y1 : float
        In drawing units.
    colour : str
        As #rrggbb.
    width : float, optional
        In drawing units.
    dash : str, optional
        As stroke-dasharray; empty for a solid line.
    """
    attributes: dict[str, Attribute] = {"x1": x0, "y1": y0, "x2": x1, "y2": y1, "stroke": colour, "stroke-width": width}
    return tag("line", attributes | ({"stroke-dasharray": dash} if dash else {}))


def document(width: float, height: float, parts: Sequence[str], *, alt: str) -> str:
    """A whole drawing that scales with its place; `alt` names it for those who cannot see it.

    Parameters
    ----------
    width : float
        In drawing units.
    height : float
        In drawing units.
    parts : sequence of str
        SVG elements, in order of drawing.
    alt : str
        Text alternative.
    """
    return tag(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "role": "img",
            "font-family": "'DejaVu Sans', 'Monitor Cyrillic', 'Monitor Hangul', system-ui, 'Segoe UI', sans-serif",
            "aria-label": alt,
            "width": width,
            "height": height,
        },
        *parts,
    )


def day_ticks(period: TimeRange, most: int = 9) -> list[tuple[datetime, str]]:
    """At most `most` round dates in a period with their labels."""
    days = period.duration / timedelta(days=1)
    step = next((s for s in (1, 2, 7, 14, 28, 56, 91, 182) if days / s <= most), 364)
    start = period.start.replace(hour=0, minute=0, second=0, microsecond=0)
    if start < period.start:
        start += timedelta(days=1)
    if step >= 7:
        start += timedelta(days=(7 - start.weekday()) % 7)
    made = []
    while start <= period.end:
        made.append((start, start.strftime("%d %b")))
        start += timedelta(days=step)
    return made
