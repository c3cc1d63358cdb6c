"""Lasting changes of the ground on a tile: outlines with a number, and what each is in the lines below."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from shapely import get_parts
from shapely.geometry.base import BaseGeometry

from monitor.core.geo.grid import Grid
from monitor.core.tables import LAND_CHANGES
from monitor.core.tableset import TableSet
from monitor.core.wording import day
from monitor.fuse.findings.land.wording import hectares
from monitor.fuse.findings.rules import FindingRule
from monitor.report.page.style import VERMILLION
from monitor.report.tiles.annotations import PT
from monitor.report.tiles.marks import outline_of

CHANGE_SIGN = "change"
"""Key of the sign of a change in a tile's legend."""
_MOST = 9


@dataclass(frozen=True, slots=True)
class Patch:
    """One changed patch of ground.

    Attributes
    ----------
    label : str
        On the picture.
    words : str
        Kind, area with interval, and since when.
    geometry : BaseGeometry
        In EPSG:4326.
    """

    label: str
    words: str
    geometry: BaseGeometry


def patches(tables: TableSet, aoi_id: str, at: pd.Timestamp) -> tuple[Patch, ...]:
    """The lasting changes that stand at an instant, the largest few, numbered in order of their beginning.

    Parameters
    ----------
    tables : TableSet
        LAND_CHANGES.
    aoi_id : str
        Of the place.
    at : Timestamp
        Instant of the picture.
    """
    made = tables[LAND_CHANGES]
    made = made[(made["aoi_id"] == aoi_id) & (made["probability"] >= FindingRule().land.least_probability)]
    made = made[(made["began_before"] <= at) & (~made["ended"] | (made["last_seen"] >= at))]
    largest = made.nlargest(_MOST, "area_m2").sort_values(["began_before", "change_id"])
    return tuple(
        Patch(f"C{number}", _words(row), row["geometry"]) for number, row in enumerate(largest.to_dict("records"), 1)
    )


def _words(row: dict[str, object]) -> str:
    areas = [float(str(row[name])) for name in ("area_m2", "area_low_m2", "area_high_m2")]
    began = [pd.Timestamp(str(row[name])) for name in ("began_after", "began_before")]
    return f"{row['kind']}, {hectares((areas[0], areas[1], areas[2]))}, since {day(began[0])} to {day(began[1])}"


def draw_patches(axes: Axes, shown: tuple[Patch, ...], grid: Grid) -> None:
    """Draw the outlines of patches with their labels.

    Parameters
    ----------
    axes : Axes
        Where they are drawn.
    shown : tuple of Patch
        What is drawn.
    grid : Grid
        Of the pixels.
    """
    rows, cols = grid.shape
    for patch in shown:
        for part in get_parts(patch.geometry):
            ring = outline_of(part, grid)
            axes.plot(*ring.T, color="white", linewidth=2.6, alpha=0.7)
            axes.plot(*ring.T, color=VERMILLION, linewidth=1.5, linestyle=(0, (3, 1.5)))
        spot = outline_of(patch.geometry.envelope, grid)
        x, y = float(spot[:, 0].max()), float(spot[:, 1].min())
        if patch.geometry.intersects(grid.footprint()):
            x, y = min(x, 0.97 * cols), min(max(y, 0.04 * rows), rows)
            axes.text(
                x,
                y,
                patch.label,
                fontsize=15 * PT,
                color="#ffffff",
                fontweight="bold",
                ha="left",
                va="bottom",
                clip_on=True,
                zorder=5,
                path_effects=[withStroke(linewidth=3.0, foreground="#8c2d04")],
            )
