"""What is drawn on the pixels of a tile: hatches, outlines, letters, the word SIMULATED."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patheffects import Stroke, withStroke
from shapely import get_parts
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import LAND_KINDS, Zone
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.report.page.style import PURPLE, YELLOW, ZONE_SIGNS
from monitor.report.page.wording import SIMULATED
from monitor.report.tiles.annotations import PT
from monitor.report.tiles.marks import Mark, outline_of
from monitor.report.tiles.patches import Patch, draw_patches

_LETTER_PX = 17.0


def zone_sign(zone: Zone) -> str:
    """The key of `ZONE_SIGNS` of a zone, by its kind."""
    if zone.kind in ("oil_berth", "rail"):
        return zone.kind
    return "storage" if zone.kind in LAND_KINDS else "zone"


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn on the pixels: numbered marks, zones with a letter each, the AOI's and detail tiles' outlines.

    `boxes` are outlines of single containers in the tile's pixels, (n, 2) column and row, drawn without a number;
    `changes` are patches of ground that changed and stayed so.
    """

    marks: tuple[Mark, ...] = ()
    zones: tuple[Zone, ...] = ()
    aoi: BaseGeometry | None = None
    details: tuple[BaseGeometry, ...] = ()
    boxes: tuple[npt.NDArray[np.float64], ...] = ()
    changes: tuple[Patch, ...] = ()

    def lettered(self, grid: Grid) -> tuple[tuple[str, Zone], ...]:
        """The named zones that reach into a grid with their letters, north to south; the same for all dates."""
        ground = grid.footprint()
        named = [zone for zone in self.zones if zone.name and zone.outline.intersects(ground)]
        named.sort(key=lambda zone: (-round(zone.geometry.centroid.y, 5), zone.id))
        return tuple((_letter(index), zone) for index, zone in enumerate(named))


def hatches(axes: Axes, raster: Raster) -> tuple[str, ...]:
    """Draw no-data and cloud hatches; which of the two there were."""
    drawn = []
    cloud = None if raster.cloud is None else raster.cloud & raster.valid
    for kind, mask, hatch, colour in (("nodata", ~raster.valid, "////", "#7b8794"), ("cloud", cloud, "...", "#ffffff")):
        if mask is None or not mask.any():
            continue
        drawn.append(kind)
        field = np.pad(mask.astype(float), 1)
        x, y = np.arange(-0.5, mask.shape[1] + 1), np.arange(-0.5, mask.shape[0] + 1)
        with mpl.rc_context({"hatch.color": colour}):
            axes.contourf(x, y, field, levels=[0.5, 1.5], colors="none", hatches=[hatch])
        axes.contour(x, y, field, levels=[0.5], colors=[colour], linewidths=0.8)
    return tuple(drawn)


def outlines(axes: Axes, overlay: Overlay, grid: Grid) -> None:
    """Draw the area of interest, the zones, the frames of detail tiles and single boxes.

    Parameters
    ----------
    axes : Axes
        Where it is drawn.
    overlay : Overlay
        What is drawn on it.
    grid : Grid
        Of the pixels.
    """
    if overlay.aoi is not None:
        axes.plot(*outline_of(overlay.aoi, grid).T, color="white", linewidth=2.2)
        axes.plot(*outline_of(overlay.aoi, grid).T, color="#111111", linewidth=1.2, linestyle=(0, (6, 4)))
    for zone in overlay.zones:
        _, colour, style = ZONE_SIGNS[zone_sign(zone)]
        for part in get_parts(zone.outline):
            ring = outline_of(part, grid)
            axes.plot(*ring.T, color="white", linewidth=1.6, alpha=0.55)
            axes.plot(*ring.T, color=colour, linewidth=0.8, linestyle=style)
    for place in overlay.details:
        ring = outline_of(place, grid)
        axes.plot(*ring.T, color="black", linewidth=3.2, alpha=0.6)
        axes.plot(*ring.T, color=YELLOW, linewidth=1.8)
    axes.add_collection(PolyCollection(list(overlay.boxes), facecolors="none", edgecolors=PURPLE, linewidths=0.7))
    draw_patches(axes, overlay.changes, grid)
    axes.set_xlim(0, grid.shape[1])
    axes.set_ylim(grid.shape[0], 0)


def _letter(index: int) -> str:
    return ("" if index < 26 else chr(96 + index // 26)) + chr(97 + index % 26)


def letters(axes: Axes, overlay: Overlay, grid: Grid, zoom: float) -> None:
    """Write each zone's letter at the corner of its outline that is freest.

    A letter that would cover another is left out, as on an overview of close berths.

    Parameters
    ----------
    axes : Axes
        Where it is drawn.
    overlay : Overlay
        What is drawn on it.
    grid : Grid
        Of the pixels.
    zoom : float
        Tile pixels per scene pixel.
    """
    rows, cols = grid.shape
    placed: list[tuple[float, float]] = []
    for letter, zone in overlay.lettered(grid):
        ring = outline_of(zone.outline, grid)
        inside = ring[(ring[:, 0] > 0) & (ring[:, 0] < cols) & (ring[:, 1] > 0) & (ring[:, 1] < rows)]
        spots = inside if len(inside) else np.clip(ring.mean(axis=0), 0, (cols, rows))[None]
        room = [min((float(np.hypot(*(spot - at))) for at in placed), default=np.inf) for spot in spots]
        best = int(np.argmax(room))
        if room[best] * zoom < _LETTER_PX:
            continue
        placed.append((float(spots[best][0]), float(spots[best][1])))
        axes.text(
            *placed[-1],
            letter,
            fontsize=15 * PT,
            color="#cfe8ff",
            fontstyle="italic",
            fontweight="bold",
            ha="center",
            va="center",
            clip_on=True,
            zorder=4,
            path_effects=[withStroke(linewidth=2.6, foreground="#00304f")],
        )


def watermark(axes: Axes, cols: int, rows: int, *, repeat: int = 2, share: float = 0.5) -> None:
    """Write SIMULATED across the pixels in outlined letters, through which hulls stay visible.

    `repeat` times, each at that share of its part from the top.

    Parameters
    ----------
    axes : Axes
        Where it is drawn.
    cols : int
        Width of the picture, in pixels.
    rows : int
        Height of the picture, in pixels.
    repeat : int, optional
        How often it is written.
    share : float, optional
        Height of a letter as a share of the picture's.
    """
    span = axes.get_window_extent().width
    wide = float(np.clip(span / 900, 0.35, 1.0))
    for index in range(repeat):
        axes.text(
            cols / 2,
            rows * (index + share) / repeat,
            SIMULATED,
            fontsize=span / repeat**0.5 / 7.2 * PT,
            color="none",
            rotation=18,
            ha="center",
            va="center",
            fontweight="bold",
            zorder=8,
            clip_on=True,
            path_effects=[
                Stroke(linewidth=2.6 * wide, foreground="#00000073"),
                Stroke(linewidth=1.3 * wide, foreground="#ffffffb3"),
            ],
        )
