"""The charts' own SVG (rectangles, lines, circles and text alone) drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle

from monitor.core.errors import DataError
from monitor.report.figures.layout import Box, fitted
from monitor.report.page.style import drawable
from monitor.report.tiles.annotations import PT

_SILENT = frozenset({"title", "desc"})
_ALIGN = {"start": "left", "middle": "center", "end": "right"}


def draw_svg(axes: Axes, svg: str, region: Box) -> None:
    """Draw a chart of `report.charts.svg` as large as a region allows.

    Parameters
    ----------
    axes : Axes
        In pixels of the figure, upwards.
    svg : str
        The chart's document.
    region : Box
        Where it stands.

    Raises
    ------
    DataError
        The chart has an element that this cannot draw.
    """
    root = ElementTree.fromstring(svg)
    width, height = (float(value) for value in root.attrib["viewBox"].split()[2:])
    place = fitted(region, round(width), round(height))
    _Pen(axes, place.x, place.y + place.height, place.width / width).group(root)


class _Pen:
    """Puts elements at their places: the origin's pixel, and pixels a unit."""

    def __init__(self, axes: Axes, left: float, top: float, zoom: float) -> None:
        self.axes, self.left, self.top, self.zoom = axes, left, top, zoom

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + x * self.zoom, self.top - y * self.zoom

    def group(self, parent: ElementTree.Element) -> None:
        for element in parent:
            name = element.tag.rsplit("}", 1)[-1]
            if name in _SILENT:
                continue
            shapes = {"rect": self.rect, "line": self.line, "circle": self.circle}
            draw = (shapes | {"g": self.group, "text": self.text}).get(name)
            if draw is None or "transform" in element.attrib:
                raise DataError(f"chart element <{name}> has no place in a figure; the brief shows this chart")
            draw(element)

    def rect(self, element: ElementTree.Element) -> None:
        x, y, width, height = (float(element.get(key, 0)) for key in ("x", "y", "width", "height"))
        left, bottom = self.at(x, y + height)
        self.axes.add_patch(
            Rectangle((left, bottom), width * self.zoom, height * self.zoom, **self._ink(element.attrib))
        )

    def circle(self, element: ElementTree.Element) -> None:
        x, y, radius = (float(element.get(key, 0)) for key in ("cx", "cy", "r"))
        self.axes.add_patch(Circle(self.at(x, y), radius * self.zoom, **self._ink(element.attrib)))

    def line(self, element: ElementTree.Element) -> None:
        ends = [self.at(float(element.attrib[f"x{k}"]), float(element.attrib[f"y{k}"])) for k in (1, 2)]
        dash = element.get("stroke-dasharray")
        style = (0, [float(part) for part in dash.replace(",", " ").split()]) if dash else "-"
        width = float(element.get("stroke-width", 1)) * self.zoom * PT
        xs, ys = zip(*ends, strict=True)
        self.axes.add_line(Line2D(xs, ys, color=element.get("stroke", "black"), linewidth=width, linestyle=style))

    def text(self, element: ElementTree.Element) -> None:
        words = drawable("".join(element.itertext()))
        bold = element.get("font-weight", "400") not in ("400", "normal")
        self.axes.text(
            *self.at(float(element.attrib["x"]), float(element.attrib["y"])),
            words,
            fontsize=float(element.get("font-size", 12)) * self.zoom * PT,
            color=element.get("fill", "black"),
            fontweight="bold" if bold else "normal",
            ha=_ALIGN[element.get("text-anchor", "start")],
            va="baseline",
        )

    def _ink(self, given: Mapping[str, str]) -> dict[str, Any]:
        return {
            "facecolor": given.get("fill", "black"),
            "edgecolor": given.get("stroke", "none"),
            "linewidth": float(given.get("stroke-width", 1)) * self.zoom * PT,
            "alpha": float(given.get("opacity", given.get("fill-opacity", 1))),
        }
