"""Tiles: pictures of a scene with furniture outside the pixels."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.patheffects import withStroke
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Zone
from monitor.core.grid import Grid
from monitor.core.scene import Raster
from monitor.report.blocks import Picture
from monitor.report.furniture import DPI, PT, Sheet, graticule, legend, north_arrow, scale_bar
from monitor.report.marks import Mark, outline_of, place_labels
from monitor.report.stretch import Stretch
from monitor.report.style import BLUE, INK, QUIET, STATUS_COLOUR, STATUS_MARKER, Rgb, drawable, lossless, rc, webp
from monitor.report.wording import SIMULATED, SIMULATED_LINE, lonlat

LONG_SIDE = 1200
CHIP_SIDE = 512
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 26, 92, 296
_LINE_CHARS = 118


@dataclass(frozen=True, slots=True)
class TileText:
    """The words around a tile: what, when, and lines of where it came from."""

    title: str
    when: str
    lines: tuple[str, ...]
    credit: str
    alt: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn on the pixels: numbered marks, zones with labels, and the AOI's outline."""

    marks: tuple[Mark, ...] = ()
    zones: tuple[Zone, ...] = ()
    aoi: BaseGeometry | None = None


def draw_tile(raster: Raster, stretch: Stretch, text: TileText, overlay: Overlay) -> Picture:
    """An annotated tile as lossy WebP: the pixels at 1200 px along the longer side, the furniture around them."""
    with mpl.rc_context(rc()):
        return webp(compose(raster, stretch, text, overlay), text.alt)


def plain_tile(raster: Raster, stretch: Stretch, text: TileText) -> Picture:
    """The tile's plain twin: the same stretch, one picture pixel a ground pixel, lossless, nothing drawn on it.

    Simulated pixels alone carry the word across, since no pixel of theirs may travel without it.
    """
    colour = stretch.colour(raster)
    alt = text.alt.split(";")[0] + "; plain pixels without annotation"
    return lossless(stamp(colour) if text.simulated else colour, alt)


def draw_chip(raster: Raster, stretch: Stretch, text: TileText, shown: tuple[Mark, ...]) -> Picture:
    """A small cut-out at 512 px with instant, scale bar and north, for a card; the card says the rest."""
    rows, cols = raster.grid.shape
    zoom = CHIP_SIDE / max(rows, cols)
    with mpl.rc_context(rc()):
        sheet = _sheet(CHIP_SIDE + 16, CHIP_SIDE + 84)
        axes = sheet.figure.add_axes((8 / sheet.width, 76 / sheet.height, cols * zoom / sheet.width,
                                      rows * zoom / sheet.height))  # fmt: skip
        axes.set_xlim(0, cols)
        axes.set_ylim(rows, 0)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.imshow(stretch.colour(raster), extent=(0, cols, rows, 0), interpolation="nearest", aspect="auto")
        _hatches(axes, raster)
        _boxes(axes, shown, raster.grid.shape, zoom)
        if text.simulated:
            _watermark(axes, cols, rows, repeat=1)
        sheet.text(8, 44, text.when, px=17, weight="bold")
        sheet.text(8, 20, fit(SIMULATED if text.simulated else text.credit, 60), px=13, colour=QUIET)
        scale_bar(sheet, CHIP_SIDE - 178, 24, px_per_m=zoom / raster.grid.gsd_m, room_px=110)
        sheet.text(CHIP_SIDE - 12, 24, "N ↑", px=16, weight="bold", align="center")
        return webp(_pixels(sheet.figure), text.alt)


def compose(raster: Raster, stretch: Stretch, text: TileText, overlay: Overlay) -> Rgb:
    """(row, col, 3) uint8 of the whole tile with its furniture; matplotlib's settings must be `style.rc`."""
    rows, cols = raster.grid.shape
    zoom = LONG_SIDE / max(rows, cols)
    width, height = round(cols * zoom), round(rows * zoom)
    # a narrow frame still needs room for the lines of text
    sheet = _sheet(max(width, 900) + _LEFT + _RIGHT, height + _TOP + _BOTTOM)
    place = ((_LEFT) / sheet.width, _BOTTOM / sheet.height, width / sheet.width, height / sheet.height)
    axes = sheet.figure.add_axes(place)
    axes.set_xlim(0, cols)
    axes.set_ylim(rows, 0)
    smooth = "antialiased" if zoom < 1 else "nearest"
    axes.imshow(stretch.colour(raster), extent=(0, cols, rows, 0), interpolation=smooth, aspect="auto")
    hatched = _hatches(axes, raster)
    graticule(axes, raster.grid)
    _outlines(axes, overlay, raster.grid)
    _boxes(axes, overlay.marks, raster.grid.shape, zoom)
    if text.simulated:
        _watermark(axes, cols, rows)
    _head(sheet, text)
    _foot(sheet, raster, stretch, text, overlay, zoom, hatched)
    return _pixels(sheet.figure)


def stamp(colour: Rgb) -> Rgb:
    """A copy of small plain pixels with SIMULATED across, as matplotlib draws it."""
    rows, cols = colour.shape[:2]
    with mpl.rc_context(rc()):
        figure = Figure(figsize=(cols / DPI, rows / DPI), dpi=DPI)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.imshow(colour, extent=(0, cols, rows, 0), interpolation="nearest", aspect="auto")
        _watermark(axes, cols, rows, repeat=1)
        return _pixels(figure)


def _sheet(width: int, height: int) -> Sheet:
    return Sheet(Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white"), width, height)


def _pixels(figure: Figure) -> Rgb:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])


def _hatches(axes: Axes, raster: Raster) -> tuple[str, ...]:
    """Draw no-data and cloud hatches; which of the two there were."""
    drawn = []
    cloud = None if raster.cloud is None else raster.cloud & raster.valid
    for kind, mask, hatch, colour in (
        ("nodata", ~raster.valid, "////", "#7b8794"), ("cloud", cloud, "...", "#ffffff"),
    ):  # fmt: skip
        if mask is None or not mask.any():
            continue
        drawn.append(kind)
        field = np.pad(mask.astype(float), 1)
        x, y = np.arange(-0.5, mask.shape[1] + 1), np.arange(-0.5, mask.shape[0] + 1)
        with mpl.rc_context({"hatch.color": colour}):
            axes.contourf(x, y, field, levels=[0.5, 1.5], colors="none", hatches=[hatch])
        axes.contour(x, y, field, levels=[0.5], colors=[colour], linewidths=0.8)
    return tuple(drawn)


def _outlines(axes: Axes, overlay: Overlay, grid: Grid) -> None:
    if overlay.aoi is not None:
        axes.plot(*outline_of(overlay.aoi, grid).T, color="white", linewidth=2.2)
        axes.plot(*outline_of(overlay.aoi, grid).T, color="#111111", linewidth=1.2, linestyle=(0, (6, 4)))
    for zone in overlay.zones:
        ring = outline_of(zone.geometry, grid)
        axes.plot(*ring.T, color="white", linewidth=2.4, alpha=0.8)
        axes.plot(*ring.T, color=BLUE, linewidth=1.2)
    axes.set_xlim(0, grid.shape[1])
    axes.set_ylim(grid.shape[0], 0)


def _boxes(axes: Axes, marks: tuple[Mark, ...], shape: tuple[int, int], zoom: float) -> None:
    px = 15.0 if len(marks) <= 40 else 12.5
    spots = place_labels(marks, shape, char_px=0.7 * px / zoom, line_px=1.25 * px / zoom)
    for mark, (col, row) in zip(marks, spots, strict=True):
        colour = STATUS_COLOUR[mark.status]
        style = (0, (3, 2)) if mark.is_low else "-"
        axes.add_patch(Polygon(mark.outline, closed=True, fill=False, edgecolor="black", linewidth=2.8, alpha=0.75))
        axes.add_patch(Polygon(mark.outline, closed=True, fill=False, edgecolor=colour, linewidth=1.5, linestyle=style))
        x, y = mark.centre
        axes.plot([x, col], [y, row], color=colour, linewidth=0.6, alpha=0.8, zorder=1.5)
        letters = px * 0.66 / zoom
        left = col - letters * len(mark.label) / 2
        axes.plot([left], [row], marker=STATUS_MARKER[mark.status], markersize=0.75 * px * PT, markerfacecolor=colour,
                  markeredgecolor="black", markeredgewidth=0.8, zorder=5)  # fmt: skip
        axes.text(
            col + letters * 0.6, row, mark.label, fontsize=px * PT, color="white", fontweight="bold", ha="center",
            va="center",
            clip_on=True, path_effects=[withStroke(linewidth=2.6, foreground="black")], zorder=6,
        )  # fmt: skip


def _watermark(axes: Axes, cols: int, rows: int, *, repeat: int = 3) -> None:
    span = axes.get_window_extent().width
    for index in range(repeat):
        axes.text(
            cols / 2, rows * (index + 0.5) / repeat, SIMULATED, fontsize=span / repeat**0.5 / 7.2 * PT, color="white",
            alpha=0.3, rotation=18, ha="center", va="center", fontweight="bold", zorder=8, clip_on=True,
            path_effects=[withStroke(linewidth=1.2, foreground="#00000066")],
        )  # fmt: skip


def _head(sheet: Sheet, text: TileText) -> None:
    sheet.text(_LEFT, sheet.height - 40, text.title, px=27, weight="bold")
    sheet.text(_LEFT, sheet.height - 72, text.when, px=19)
    if text.simulated:
        sheet.text(sheet.width - _RIGHT, sheet.height - 40, SIMULATED, px=27, weight="bold", align="right",
                   colour="#a11d00")  # fmt: skip


def _foot(sheet: Sheet, raster: Raster, stretch: Stretch, text: TileText, overlay: Overlay, zoom: float,
          hatched: tuple[str, ...]) -> None:  # fmt: skip
    top = _BOTTOM - 72
    gsd = raster.grid.gsd_m
    scale_bar(sheet, _LEFT + 6, top - 14, px_per_m=zoom / gsd, room_px=250)
    north_arrow(sheet, _LEFT + 340, top - 30, raster.grid)
    present = [s for s in STATUS_COLOUR if any(m.status == s for m in overlay.marks)]
    extras = [(kind, {"nodata": "no data", "cloud": "cloud or shadow"}[kind]) for kind in hatched]
    if any(m.is_low for m in overlay.marks):
        extras.append(("low", "dashed box: score < 0.5"))
    if overlay.aoi is not None and not overlay.aoi.contains(raster.grid.footprint()):
        extras.append(("aoi", "area of interest"))
    if overlay.zones:
        extras.append(("zone", "berth, yard or anchorage"))
    legend(sheet, _LEFT + 420, top + 6, statuses=present, extras=extras)
    rows, cols = raster.grid.shape
    lon, lat = (float(v) for v in raster.grid.lonlat(rows / 2, cols / 2))
    shown = f"shown ×{zoom:.1f}, nearest neighbour" if zoom >= 1 else f"shown ×{zoom:.2f}, averaged"
    lines = (
        f"Centre {lonlat(lon, lat)} (WGS 84) · EPSG:{raster.grid.epsg} · ground pixel {gsd:g} m, {shown}",
        f"{stretch.name}, linear stretch fixed for this site: {stretch.text}", *text.lines,
    )  # fmt: skip
    for index, line in enumerate(lines):
        sheet.text(_LEFT, top - 108 - 19 * index, fit(line), px=14.5, colour=QUIET)
    sheet.text(_LEFT, 12, SIMULATED_LINE if text.simulated else text.credit, px=15, weight="bold", colour=INK)


def fit(line: str, limit: int = _LINE_CHARS) -> str:
    """The line, cut with an ellipsis where it would leave the tile."""
    line = drawable(line)
    return line if len(line) <= limit else line[: limit - 1] + "…"
