"""Figures as drawings of matplotlib, one layout for pixels and vectors alike."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from monitor.report.figures.layout import Box, cells, fitted, largest, regions, wrapped
from monitor.report.figures.model import FigureContent, Panel
from monitor.report.figures.notes import draw_notes
from monitor.report.figures.vector import draw_svg
from monitor.report.page.style import INK, QUIET, STATUS_COLOUR, STATUS_MARKER
from monitor.report.page.wording import SIMULATED, STATUS
from monitor.report.tiles.annotations import DPI, Sheet, north_arrow, round_length, scale_bar
from monitor.report.tiles.hulls import View, draw_marks
from monitor.report.tiles.overlay import hatches, letters, outlines, watermark

_TITLE, _WHEN, _SMALL = 30.0, 19.0, 13.5
_BOLD = 0.68
"""Width of a bold letter as a share of its height."""
_CAPTION = (22.0, 20.0, 18.0, 16.0, 14.0, 12.0)
_RED = "#a11d00"


def draw_figure(given: FigureContent, size: tuple[int, int], panels: Sequence[Panel]) -> Figure:
    """The drawing of a figure with some of its panels; matplotlib's settings must be `report.page.style.rc`.

    Parameters
    ----------
    given : FigureContent
        What stands in it.
    size : tuple of int
        Width and height in pixels.
    panels : sequence of Panel
        Those to show: all in a still, one in a frame of an animation.
    """
    sheet = Sheet(Figure(figsize=(size[0] / DPI, size[1] / DPI), dpi=DPI, facecolor="white"), *size)
    pictures, words = regions(size, beside=given.chart is None)
    if given.chart is not None:
        _chart(sheet, pictures, given.chart.svg)
    elif panels:
        shape = panels[0].raster.grid.shape
        for panel, cell in zip(panels, cells(pictures, len(panels), shape[1] / shape[0]), strict=True):
            _panel(sheet, cell, panel, given)
    _words(sheet, words, given, panels)
    return sheet.figure


def _chart(sheet: Sheet, region: Box, svg: str) -> None:
    axes = sheet.figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, sheet.width)
    axes.set_ylim(0, sheet.height)
    draw_svg(axes, svg, region)


def _panel(sheet: Sheet, cell: Box, panel: Panel, given: FigureContent) -> None:
    grid = panel.raster.grid
    rows, cols = grid.shape
    place = fitted(cell, cols, rows)
    zoom = place.width / cols
    axes = sheet.figure.add_axes(
        (place.x / sheet.width, place.y / sheet.height, place.width / sheet.width, place.height / sheet.height)
    )
    axes.set_xlim(0, cols)
    axes.set_ylim(rows, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    smooth = "antialiased" if zoom < 1 else "nearest"
    axes.imshow(panel.colour, extent=(0, cols, rows, 0), interpolation=smooth, aspect="auto")
    hatches(axes, panel.raster)
    outlines(axes, panel.overlay, grid)
    letters(axes, panel.overlay, grid, zoom)
    draw_marks(axes, panel.overlay.marks, View(grid.shape, zoom, grid.gsd_m))
    draw_notes(axes, given.notes, grid, px=22.0 if place.width > 500 else 15.0)
    if given.simulated:
        watermark(axes, cols, rows, repeat=1)
    _furniture(sheet, place, panel, zoom)


def _furniture(sheet: Sheet, place: Box, panel: Panel, zoom: float) -> None:
    """Label, scale and north on white plates in the corners; a small picture has its label alone."""
    grid = panel.raster.grid
    small = place.width < 420
    if panel.label:
        px = min(14.0 if small else 18.0, (place.width - 16) / (_BOLD * len(panel.label)))
        width = len(panel.label) * px * _BOLD + 16
        sheet.box(place.x, place.y + place.height - px - 14, width, px + 14, face="#000000", edge="none")
        sheet.text(place.x + 8, place.y + place.height - px - 4, panel.label, px=px, colour="white", weight="bold")
    if small:
        return
    room, px_per_m = place.width * 0.2, zoom / grid.gsd_m
    sheet.box(place.x, place.y, round_length(room / px_per_m) * px_per_m + 56, 44, face="#ffffff", edge="none")
    scale_bar(sheet, place.x + 14, place.y + 8, px_per_m=px_per_m, room_px=room)
    x = place.x + place.width
    sheet.box(x - 96, place.y, 96, 124, face="#ffffff", edge="none")
    north_arrow(sheet, x - 48, place.y + 46, grid)


def _words(sheet: Sheet, region: Box, given: FigureContent, panels: Sequence[Panel]) -> None:
    """Title, instant, caption and legend from the top, source and credit at the foot."""
    foot = [*wrapped(given.source, region.width, _SMALL), *wrapped(given.last_line, region.width, _SMALL, bold=True)]
    bold = len(wrapped(given.last_line, region.width, _SMALL, bold=True))
    for index, line in enumerate(reversed(foot)):
        weight, colour = ("bold", INK) if index < bold else ("normal", QUIET)
        sheet.text(region.x, region.y + 4 + index * _SMALL * 1.4, line, px=_SMALL, weight=weight, colour=colour)
    floor = region.y + len(foot) * _SMALL * 1.4 + 16
    y = region.y + region.height
    if given.simulated:
        y = _lines(sheet, region.x, y, (SIMULATED,), 26.0, weight="bold", colour=_RED) - 8
    y = _lines(sheet, region.x, y, wrapped(given.title, region.width, _TITLE, bold=True), _TITLE, weight="bold") - 4
    y = _lines(sheet, region.x, y, wrapped(given.when, region.width, _WHEN), _WHEN, colour=QUIET) - 10
    shown = [s for s in STATUS_COLOUR if any(mark.status == s for panel in panels for mark in panel.overlay.marks)]
    key = [line for panel in panels[:1] for line in wrapped(_zones(panel), region.width, _SMALL)]
    room = y - floor - 28 * len(shown) - _SMALL * 1.36 * len(key) - 10
    px, lines = largest((given.caption,), region.width, room, sizes=_CAPTION)
    y = _lines(sheet, region.x, y, lines, px) - 10
    for status in shown:
        sheet.marker(region.x + 10, y - 12, STATUS_MARKER[status], STATUS_COLOUR[status], size=15)
        sheet.text(region.x + 28, y - 18, f"{STATUS[status][0]}  {STATUS[status][1].split(':')[0]}", px=16)
        y -= 28
    _lines(sheet, region.x, y - 4, key, _SMALL, colour=QUIET)


def _zones(panel: Panel) -> str:
    """The names behind the letters of zones."""
    named = panel.overlay.lettered(panel.raster.grid)
    return "Zones: " + " · ".join(f"{letter} {zone.name}" for letter, zone in named) if named else ""


def _lines(
    sheet: Sheet, x: float, y: float, lines: Sequence[str], px: float, *, weight: str = "normal", colour: str = INK
) -> float:
    """Write lines downwards from `y`; where the next would begin."""
    for line in lines:
        sheet.text(x, y - px, line, px=px, weight=weight, colour=colour)
        y -= px * 1.36
    return y
