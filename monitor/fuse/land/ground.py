"""The ground of a place and its surroundings as one set of cells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import ndimage
from shapely import box, contains_xy, prepare, union_all
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, Zone
from monitor.core.arrays import Bools, Floats, Ints, Pixels
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.detect.land.layout import AROUND, GROUND, ground_zones, layout
from monitor.fuse.land.series import LandSeries, land_series


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The watched cells of a place over time, and a sample of the cells around.

    Attributes
    ----------
    series : LandSeries
        Of the watched cells, then those around.
    values : Pixels
        (time, band, cell) reflectance.
    clear : Bools
        (time, cell) where the ground was seen.
    xy : Floats
        (cell, 2) centres in metres of the AOI's UTM zone.
    side_m : float
        Of a cell.
    zone : Ints
        (cell,) number of the smallest zone that it lies in, −1 for none.
    zones : tuple of Zone
        The watched ones.
    around : Bools
        (cell,) those of the sample around.
    epsg : int
        Of `xy`.
    """

    series: LandSeries
    values: Pixels
    clear: Bools
    xy: Floats
    side_m: float
    zone: Ints
    zones: tuple[Zone, ...]
    around: Bools
    epsg: int

    @property
    def ij(self) -> Ints:
        """(cell, 2) row and column in a grid of cells."""
        x, y = self.xy[:, 0], self.xy[:, 1]
        made: Ints = np.floor(np.column_stack([-y, x]) / self.side_m).astype(np.int64)
        return made

    @property
    def cell_m2(self) -> float:
        """Area of a cell."""
        return self.side_m**2

    @property
    def years(self) -> float:
        """From the first observation to the last."""
        days = self.series.days
        return float(days[-1]) / 365.25 if len(days) else 0.0

    def without(self, hidden: Bools) -> Cells:
        """The cells with some of the observations left out.

        Parameters
        ----------
        hidden : Bools
            (time, cell) those left out.
        """
        return replace(self, clear=self.clear & ~hidden)

    def is_compact(self, cells: Ints) -> bool:
        """Whether at least half of some cells lie in squares of two by two of them: no edge of a field does.

        Parameters
        ----------
        cells : Ints
            Their numbers.
        """
        at = self.ij[cells] - self.ij[cells].min(axis=0)
        there = np.zeros(at.max(axis=0) + 1, dtype=bool)
        there[tuple(at.T)] = True
        return bool(ndimage.binary_opening(there, np.ones((2, 2), dtype=bool)).sum() >= 0.5 * len(cells))

    def outline(self, cells: Ints) -> BaseGeometry:
        """The outline of some cells in longitude and latitude.

        Parameters
        ----------
        cells : Ints
            Their numbers.
        """
        half = self.side_m / 2
        x, y = self.xy[cells, 0], self.xy[cells, 1]
        return reproject(union_all(box(x - half, y - half, x + half, y + half)), self.epsg, WGS84)


def cells_of(aoi: Aoi, profiles: pd.DataFrame) -> Cells | None:
    """The ground cells of a place, by the sensor that observed it most often; None without any.

    Parameters
    ----------
    aoi : Aoi
    profiles : LAND_PROFILES table
        Of the AOI.
    """
    zones = ground_zones(aoi)
    parts = {places.part: places for places in layout(aoi) if places.part in (GROUND, AROUND)}
    every = land_series(profiles, GROUND)
    if not zones or not every or GROUND not in parts:
        return None
    ground = max(every, key=lambda one: len(one.times))
    chosen = profiles[profiles["scene_id"].isin(ground.scene_ids)]
    others = land_series(chosen, AROUND)
    xy, values, flags = parts[GROUND].xy, ground.values, ground.flags
    if others and others[0].scene_ids == ground.scene_ids and others[0].bands == ground.bands:
        xy = np.concatenate([xy, parts[AROUND].xy])
        values = np.concatenate([values, others[0].values], axis=2)
        flags = np.concatenate([flags, others[0].flags], axis=1)
    series = replace(ground, values=values, flags=flags)
    return Cells(
        series=series,
        values=series.values,
        clear=series.clear,
        xy=xy,
        side_m=parts[GROUND].side_m,
        zone=_smallest(zones, xy, aoi.epsg),
        zones=zones,
        around=np.arange(len(xy)) >= len(parts[GROUND].xy),
        epsg=aoi.epsg,
    )


def _smallest(zones: tuple[Zone, ...], xy: Floats, epsg: int) -> Ints:
    local = [reproject(zone.geometry, WGS84, epsg) for zone in zones]
    made = np.full(len(xy), -1, dtype=np.int64)
    for number in sorted(range(len(zones)), key=lambda n: -local[n].area):
        prepare(local[number])
        made[contains_xy(local[number], xy[:, 0], xy[:, 1])] = number
    return made
