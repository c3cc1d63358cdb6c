"""Tiles: pictures of a scene with furniture outside the pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from monitor.core.geo.mgrs import mgrs
from monitor.core.scenes.scene import Raster
from monitor.core.wording import coordinates
from monitor.report.page.blocks import Picture
from monitor.report.page.style import INK, QUIET, STATUS_COLOUR, ZONE_SIGNS, Rgb, drawable, lossless, rc, webp
from monitor.report.page.wording import SIMULATED, SIMULATED_LINE
from monitor.report.tiles.annotations import DPI, Sheet, graticule, legend, north_arrow, scale_bar
from monitor.report.tiles.hulls import View, draw_marks
from monitor.report.tiles.marks import NUMBERED_M, Mark, is_numbered, is_ship
from monitor.report.tiles.overlay import Overlay, hatches, letters, outlines, watermark, zone_sign
from monitor.report.tiles.patches import CHANGE_SIGN
from monitor.report.tiles.stretch import Stretch

LONG_SIDE = 1200
CHIP_SIDE = 512
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 26, 92, 182
_LINE = 19
_LINE_CHARS = 130


@dataclass(frozen=True, slots=True)
class TileText:
    """The words around a tile: what, when, and lines of where it came from."""

    title: str
    when: str
    lines: tuple[str, ...]
    credit: str
    alt: str
    simulated: bool = False


def draw_tile(raster: Raster, stretch: Stretch, text: TileText, overlay: Overlay) -> Picture:
    """An annotated tile as lossy WebP: the pixels at 1200 px along the longer side, the furniture around them.

    Parameters
    ----------
    raster : Raster
        Its pixels.
    stretch : Stretch
        How values become colours.
    text : TileText
        What is written around the picture.
    overlay : Overlay
        What is drawn on it.
    """
    with mpl.rc_context(rc()):
        picture = webp(compose(raster, stretch, text, overlay), text.alt)
    zoom = LONG_SIDE / max(raster.grid.shape)
    return replace(picture, credit=_credit(text), notes=_lines(raster, stretch, text, overlay, zoom))


def plain_tile(raster: Raster, stretch: Stretch, text: TileText) -> Picture:
    """The tile's plain twin: the same stretch, one picture pixel a ground pixel, lossless, nothing drawn on it.

    Simulated pixels alone carry the word across, since no pixel of theirs may travel without it.

    Parameters
    ----------
    raster : Raster
        Its pixels.
    stretch : Stretch
        How values become colours.
    text : TileText
        What is written around the picture.
    """
    colour = stretch.colour(raster)
    alt = text.alt.split(";")[0] + "; plain pixels without annotation"
    return lossless(stamp(colour) if text.simulated else colour, alt)


def draw_chip(raster: Raster, stretch: Stretch, text: TileText, shown: tuple[Mark, ...]) -> Picture:
    """A small cut-out at 512 px with instant, scale bar and north, for a card; the card states the rest.

    Parameters
    ----------
    raster : Raster
        Its pixels.
    stretch : Stretch
        How values become colours.
    text : TileText
        What is written around the picture.
    shown : tuple of Mark
        Marks to draw.
    """
    rows, cols = raster.grid.shape
    zoom = CHIP_SIDE / max(rows, cols)
    with mpl.rc_context(rc()):
        sheet = _sheet(CHIP_SIDE + 16, CHIP_SIDE + 84)
        axes = sheet.figure.add_axes(
            (8 / sheet.width, 76 / sheet.height, cols * zoom / sheet.width, rows * zoom / sheet.height)
        )
        axes.set_xlim(0, cols)
        axes.set_ylim(rows, 0)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.imshow(stretch.colour(raster), extent=(0, cols, rows, 0), interpolation="nearest", aspect="auto")
        hatches(axes, raster)
        draw_marks(axes, shown, View(raster.grid.shape, zoom, raster.grid.gsd_m))
        if text.simulated:
            watermark(axes, cols, rows, repeat=1, share=0.82)
        sheet.text(8, 44, text.when, px=17, weight="bold")
        sheet.text(8, 20, fit(SIMULATED if text.simulated else text.credit, 60), px=13, colour=QUIET)
        scale_bar(sheet, CHIP_SIDE - 178, 24, px_per_m=zoom / raster.grid.gsd_m, room_px=110)
        sheet.text(CHIP_SIDE - 12, 24, "N ↑", px=16, weight="bold", align="center")
        return webp(_pixels(sheet.figure), text.alt)


def compose(raster: Raster, stretch: Stretch, text: TileText, overlay: Overlay) -> Rgb:
    """(row, col, 3) uint8 of the whole tile with its furniture; matplotlib's settings must be `report.page.style.rc`.

    Parameters
    ----------
    raster : Raster
        Its pixels.
    stretch : Stretch
        How values become colours.
    text : TileText
        What is written around the picture.
    overlay : Overlay
        What is drawn on it.
    """
    rows, cols = raster.grid.shape
    zoom = LONG_SIDE / max(rows, cols)
    width, height = round(cols * zoom), round(rows * zoom)
    # a narrow frame still needs room for the lines of text
    lines = _lines(raster, stretch, text, overlay, zoom)
    bottom = _BOTTOM + _LINE * (len(lines) + 1)
    sheet = _sheet(max(width, 900) + _LEFT + _RIGHT, height + _TOP + bottom)
    place = (_LEFT / sheet.width, bottom / sheet.height, width / sheet.width, height / sheet.height)
    axes = sheet.figure.add_axes(place)
    axes.set_xlim(0, cols)
    axes.set_ylim(rows, 0)
    smooth = "antialiased" if zoom < 1 else "nearest"
    axes.imshow(stretch.colour(raster), extent=(0, cols, rows, 0), interpolation=smooth, aspect="auto")
    hatched = hatches(axes, raster)
    graticule(axes, raster.grid)
    outlines(axes, overlay, raster.grid)
    letters(axes, overlay, raster.grid, zoom)
    draw_marks(axes, overlay.marks, View(raster.grid.shape, zoom, raster.grid.gsd_m))
    if text.simulated:
        watermark(axes, cols, rows)
    _head(sheet, text)
    _foot(sheet, raster, text, overlay, zoom, hatched, bottom - 72)
    for index, line in enumerate(lines):
        sheet.text(_LEFT, bottom - 180 - _LINE * index, line, px=14.5, colour=QUIET)
    return _pixels(sheet.figure)


def stamp(colour: Rgb) -> Rgb:
    """A copy of small plain pixels with SIMULATED across, as matplotlib draws it."""
    rows, cols = colour.shape[:2]
    with mpl.rc_context(rc()):
        figure = Figure(figsize=(cols / DPI, rows / DPI), dpi=DPI)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.imshow(colour, extent=(0, cols, rows, 0), interpolation="nearest", aspect="auto")
        watermark(axes, cols, rows, repeat=1)
        return _pixels(figure)


def _sheet(width: int, height: int) -> Sheet:
    return Sheet(Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white"), width, height)


def _pixels(figure: Figure) -> Rgb:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])


def _head(sheet: Sheet, text: TileText) -> None:
    sheet.text(_LEFT, sheet.height - 40, text.title, px=27, weight="bold")
    sheet.text(_LEFT, sheet.height - 72, text.when, px=19)
    if text.simulated:
        sheet.text(
            sheet.width - _RIGHT, sheet.height - 40, SIMULATED, px=27, weight="bold", align="right", colour="#a11d00"
        )


def _foot(
    sheet: Sheet, raster: Raster, text: TileText, overlay: Overlay, zoom: float, hatched: tuple[str, ...], top: float
) -> None:
    gsd = raster.grid.gsd_m
    scale_bar(sheet, _LEFT + 6, top - 14, px_per_m=zoom / gsd, room_px=250)
    north_arrow(sheet, _LEFT + 340, top - 30, raster.grid)
    present = [s for s in STATUS_COLOUR if any(m.status == s for m in overlay.marks)]
    extras = [(kind, {"nodata": "no data", "cloud": "cloud or shadow"}[kind]) for kind in hatched]
    if any(m.is_low for m in overlay.marks):
        extras.append(("low", "dashed line: score < 0.5"))
    if any(is_ship(m) and not is_numbered(m, gsd / zoom) for m in overlay.marks):
        extras.append(("tick", f"tick: hull under {NUMBERED_M:.0f} m"))
    if overlay.aoi is not None and not overlay.aoi.contains(raster.grid.footprint()):
        extras.append(("aoi", "area of interest"))
    present_zones = {zone_sign(zone) for zone in overlay.zones}
    extras += [(sign, words) for sign, (words, _, _) in ZONE_SIGNS.items() if sign in present_zones]
    if overlay.changes:
        extras.append((CHANGE_SIGN, "lasting change, by number"))
    if overlay.details:
        extras.append(("detail", "frame of the detail tile"))
    if overlay.boxes:
        extras.append(("box", "single container box"))
    legend(sheet, _LEFT + 420, top + 6, statuses=present, extras=extras)
    sheet.text(_LEFT, 12, _credit(text), px=17, weight="bold", colour=INK)


def _credit(text: TileText) -> str:
    return SIMULATED_LINE if text.simulated else text.credit


def _lines(raster: Raster, stretch: Stretch, text: TileText, overlay: Overlay, zoom: float) -> tuple[str, ...]:
    """The small print under a tile: where, how it is shown, what it is made from, the zones' letters."""
    grid = raster.grid
    lon, lat = (float(v) for v in grid.lonlat(grid.shape[0] / 2, grid.shape[1] / 2))
    shown = f"shown ×{zoom:.1f}, nearest" if zoom >= 1 else f"shown ×{zoom:.2f}, averaged"
    lines = (
        f"Centre {coordinates(lon, lat)} (WGS 84), MGRS {mgrs(lon, lat)} · EPSG:{grid.epsg} · ground pixel "
        f"{grid.gsd_m:g} m",
        f"{stretch.name}, {shown} · stretch {stretch.scope}: {stretch.text}",
        *text.lines,
    )
    ground = grid.footprint()
    key = [f"{letter} {zone.name}" for letter, zone in overlay.lettered(grid)]
    changed = [f"{patch.label} {patch.words}" for patch in overlay.changes if patch.geometry.intersects(ground)]
    return (*(fit(line) for line in lines), *wrapped(key, "Zones: "), *wrapped(changed, "Changes: "))


def wrapped(parts: Sequence[str], opening: str) -> tuple[str, ...]:
    """The parts, separated by dots, on as many lines as they need; none without parts."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]} · {part}" if lines else f"{opening}{part}"
        if lines and len(joined) > _LINE_CHARS:
            lines.append(fit(part))
        else:
            lines[-1:] = [fit(joined)]
    return tuple(lines)


def fit(line: str, limit: int = _LINE_CHARS) -> str:
    """The line, cut with an ellipsis where it would leave the tile."""
    line = drawable(line)
    return line if len(line) <= limit else line[: limit - 1] + "…"
