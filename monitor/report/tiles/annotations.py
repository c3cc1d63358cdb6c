"""What stands around the pixels of a tile: ticks, scale bar, true north, legend, lines of text.

All positions are in pixels of the figure, from its lower left corner; the dots per inch are fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from monitor.core.geo.geodesy import convergence_deg
from monitor.core.geo.grid import Grid
from monitor.report.page.style import INK, PURPLE, QUIET, STATUS_COLOUR, STATUS_MARKER, VERMILLION, ZONE_SIGNS, drawable
from monitor.report.page.wording import STATUS

DPI = 100
PT = 72.0 / DPI


@dataclass(frozen=True, slots=True)
class Sheet:
    """A figure and helpers to put things at its pixels."""

    figure: Figure
    width: int
    height: int

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        px: float = 17,
        colour: str = INK,
        weight: str = "normal",
        align: str = "left",
        rotation: float = 0.0,
    ) -> None:
        """A line of text whose baseline starts (or ends, or is centred) at a pixel.

        Parameters
        ----------
        x : float
            In pixels of the drawing, from the left.
        y : float
            In pixels of the drawing, from the top.
        text : str
            What is written around the picture.
        px : float, optional
            Height of a letter, in pixels.
        colour : str, optional
            As #rrggbb.
        weight : str, optional
            Of the font.
        align : str, optional
            Horizontal alignment.
        rotation : float, optional
            In degrees, counterclockwise.
        """
        self.figure.text(
            x / self.width,
            y / self.height,
            drawable(text),
            fontsize=px * PT,
            color=colour,
            fontweight=weight,
            ha=align,
            va="baseline",
            rotation=rotation,
        )

    def box(self, x: float, y: float, width: float, height: float, *, face: str, edge: str = INK) -> None:
        """A filled rectangle.

        Parameters
        ----------
        x : float
            In pixels of the drawing, from the left.
        y : float
            In pixels of the drawing, from the top.
        width : float
            In pixels.
        height : float
            In pixels.
        face : str
            Fill colour.
        edge : str, optional
            Line colour.
        """
        self.figure.add_artist(
            Rectangle(
                (x / self.width, y / self.height),
                width / self.width,
                height / self.height,
                facecolor=face,
                edgecolor=edge,
                linewidth=0.8,
                transform=self.figure.transFigure,
            )
        )

    def outline(self, points: Sequence[tuple[float, float]], *, face: str) -> None:
        """A filled polygon."""
        scaled = [(x / self.width, y / self.height) for x, y in points]
        self.figure.add_artist(
            Polygon(
                scaled, closed=True, facecolor=face, edgecolor=INK, linewidth=0.8, transform=self.figure.transFigure
            )
        )

    def marker(self, x: float, y: float, shape: str, colour: str, *, size: float = 11) -> None:
        """One symbol.

        Parameters
        ----------
        x : float
            In pixels of the drawing, from the left.
        y : float
            In pixels of the drawing, from the top.
        shape : str
            Name of the marker.
        colour : str
            As #rrggbb.
        size : float, optional
            In pixels.
        """
        self.figure.add_artist(
            Line2D(
                [x / self.width],
                [y / self.height],
                marker=shape,
                markersize=size * PT,
                markerfacecolor=colour,
                markeredgecolor=INK,
                markeredgewidth=0.8,
                linestyle="none",
                transform=self.figure.transFigure,
            )
        )


def round_length(limit_m: float) -> float:
    """The longest of 1, 2 or 5 times a power of ten metres that does not pass `limit_m`."""
    power = 10.0 ** floor(log10(limit_m))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= limit_m * (1 + 1e-9))


def scale_bar(sheet: Sheet, x: float, y: float, *, px_per_m: float, room_px: float) -> None:
    """A bar of four alternating parts with its length; `px_per_m` is figure pixels a metre on the ground.

    Parameters
    ----------
    sheet : Sheet
        The drawing.
    x : float
        In pixels of the drawing, from the left.
    y : float
        In pixels of the drawing, from the top.
    px_per_m : float
        Scale of the picture.
    room_px : float
        Longest that the bar may be.
    """
    metres = round_length(room_px / px_per_m)
    part = metres * px_per_m / 4
    for index in range(4):
        sheet.box(x + index * part, y, part, 9, face=INK if index % 2 == 0 else "white")
    sheet.text(x, y + 16, "0", px=15, align="center")
    named = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    sheet.text(x + 4 * part, y + 16, named, px=15, align="center")


def north_arrow(sheet: Sheet, x: float, y: float, grid: Grid, *, length: float = 46) -> None:
    """An arrow to true north at the tile's centre, from the pixels' own grid, with the convergence beneath.

    Parameters
    ----------
    sheet : Sheet
        The drawing.
    x : float
        In pixels of the drawing, from the left.
    y : float
        In pixels of the drawing, from the top.
    grid : Grid
        Of the pixels.
    length : float, optional
        In pixels.
    """
    rows, cols = grid.shape
    lon, lat = (float(v) for v in grid.lonlat(rows / 2, cols / 2))
    row, col = grid.rowcol(lon, lat + 0.01)
    up = np.array([float(col) - cols / 2, rows / 2 - float(row)])
    up /= np.hypot(*up)
    side = np.array([-up[1], up[0]])
    foot = np.array([x, y])
    tip = foot + up * length
    left, right = foot + side * 11, foot - side * 11
    notch = foot + up * 11
    sheet.outline([tuple(left), tuple(tip), tuple(notch)], face="white")
    sheet.outline([tuple(right), tuple(tip), tuple(notch)], face=INK)
    label = foot + up * (length + 8)
    sheet.text(float(label[0]), float(label[1]), "N", px=17, weight="bold", align="center")
    bend = convergence_deg(lon, lat, grid.epsg)
    sheet.text(x, y - 20, "true north", px=13, colour=QUIET, align="center")
    sheet.text(x, y - 36, f"grid {bend:+.2f}°", px=13, colour=QUIET, align="center")


def graticule(axes: Axes, grid: Grid) -> None:
    """Ticks of longitude along the bottom and of latitude along the left edge, outside the pixels."""
    rows, cols = grid.shape
    along = np.linspace(0, cols, 65)
    lons = grid.lonlat(np.full_like(along, rows), along)[0]
    down = np.linspace(0, rows, 65)
    lats = grid.lonlat(down, np.zeros_like(down))[1]
    values, text = nice_degrees(float(lons.min()), float(lons.max()), "EW")
    axes.set_xticks(np.interp(values, lons, along), text)
    values, text = nice_degrees(float(lats.min()), float(lats.max()), "NS")
    axes.set_yticks(np.interp(values, lats[::-1], down[::-1]), text, rotation=90, va="center")
    axes.tick_params(length=6, width=0.9, labelsize=14 * PT, pad=3, colors=INK)


def nice_degrees(low: float, high: float, letters: str) -> tuple[list[float], list[str]]:
    """Three to six round values between two angles and their labels, such as ``130.28° E``.

    Parameters
    ----------
    low : float
        Degrees.
    high : float
        Degrees.
    letters : str
        The two letters for positive and negative degrees.
    """
    steps = [s * 10.0**p for p in range(-5, 3) for s in (1.0, 2.0, 5.0)]
    step = next(s for s in steps if (high - low) / s <= 6.0)
    digits = max(-floor(log10(step) + 1e-9), 0)
    values = [round(n * step, 8) for n in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
    inner = 0.03 * (high - low)
    values = [value for value in values if low + inner <= value <= high - inner] or values
    return values, [f"{abs(v):.{digits}f}° {letters[0] if v >= 0 else letters[1]}" for v in values]


def legend(sheet: Sheet, x: float, y: float, *, statuses: Sequence[str], extras: Sequence[tuple[str, str]]) -> None:
    """Symbols, codes and first words of the statuses on the tile, then hatches and outlines; two columns.

    Parameters
    ----------
    sheet : Sheet
        The drawing.
    x : float
        In pixels of the drawing, from the left.
    y : float
        In pixels of the drawing, from the top.
    statuses : sequence of str
        Those that the picture holds.
    extras : sequence of tuple
        Further signs that the picture holds.
    """
    entries = [(STATUS_MARKER[s], STATUS_COLOUR[s], f"{STATUS[s][0]}  {STATUS[s][1].split(':')[0]}") for s in statuses]
    width, line = 230, 24
    for index, (shape, colour, text) in enumerate(entries):
        left, top = x + (index // 4) * width, y - (index % 4) * line
        sheet.marker(left, top + 5, shape, colour, size=14)
        sheet.text(left + 16, top, text, px=15)
    start = x + -(-len(entries) // 4) * width
    for index, (kind, text) in enumerate(extras):
        left, top = start + (index // 4) * 250, y - (index % 4) * line
        _swatch(sheet, left - 8, top - 2, kind)
        sheet.text(left + 26, top, text, px=15)


def _swatch(sheet: Sheet, x: float, y: float, kind: str) -> None:
    hatch, face, style = {
        "nodata": ("////", "#e2e5e9", "-"),
        "cloud": ("....", "white", "-"),
        "aoi": ("", "none", "--"),
        **{sign: ("", "none", style) for sign, (_, _, style) in ZONE_SIGNS.items()},
        "low": ("", "none", ":"),
        "tick": ("", "none", "-"),
        "detail": ("", "none", "-"),
        "box": ("", "none", "-"),
        "change": ("", "none", "--"),
    }[kind]
    zones = {sign: colour for sign, (_, colour, _) in ZONE_SIGNS.items()}
    colour = {"aoi": "#111111", "detail": "#c9b800", "box": PURPLE, "change": VERMILLION, **zones}.get(kind, QUIET)
    if kind == "tick":
        sheet.box(x, y + 6, 20, 2, face=INK)
        sheet.marker(x + 22, y + 7, "D", QUIET, size=7)
        return
    sheet.figure.add_artist(
        Rectangle(
            (x / sheet.width, y / sheet.height),
            26 / sheet.width,
            14 / sheet.height,
            facecolor=face,
            edgecolor=colour,
            hatch=hatch,
            linewidth=1.4,
            linestyle=style,
            transform=sheet.figure.transFigure,
        )
    )
