"""What lies about each detection: how dense detections are there, and whether they lie in a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats, Mask
from monitor.core.columns import floats, lonlat, texts
from monitor.core.geo.geodesy import inverse
from monitor.fuse.matching.model import MatchModel

_LEAST_M = 50.0
"""Ships lie no denser than this far apart. Chosen."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Arrays are (detections,).

    Attributes
    ----------
    alone_m2 : float
        Density per m² of detections that are no ship on AIS, where nothing else is near.
    around_m2 : float
        Density per m² of the other detections about each.
    at_berth : bool
        Whether it lies at a berth.
    in_row : bool
        Whether it lies at a berth or in a row of others, as along a quay: then all of them lie alike.
    """

    alone_m2: Floats
    around_m2: Floats
    at_berth: Mask
    in_row: Mask

    @classmethod
    def of(cls, detections: pd.DataFrame, model: MatchModel) -> Crowd:
        """That of the DETECTIONS of one scene; zone and axis are used where present."""
        zones = texts(detections, "zone")
        by_zone = dict(model.strangers_per_km2)
        alone = np.array([by_zone.get(zone, by_zone[""]) for zone in zones], dtype=np.float64) * 1e-6
        at_berth = np.array([zone == "berth" for zone in zones], dtype=bool)
        others = min(model.crowd, len(detections) - 1)
        if others < 1:
            return cls(alone, np.zeros(len(detections)), at_berth, at_berth)
        lon, lat = lonlat(detections)
        bearing, apart = inverse(lon[:, None], lat[:, None], lon, lat)
        turned = np.radians(bearing - floats(detections, "axis_deg")[:, None])
        length, width = model.row_m
        row = (np.abs(apart * np.cos(turned)) <= length) & (np.abs(apart * np.sin(turned)) <= width)
        beside = np.maximum(row.sum(axis=1) - 1.0, 0.0)
        near = np.maximum(np.sort(apart, axis=1)[:, others], _LEAST_M)
        around = np.maximum(others / (np.pi * np.square(near)), beside / (4.0 * length * width))
        return cls(alone, around, at_berth, at_berth | (beside >= model.row_ships))

    def strangers_m2(self, share: float) -> Floats:
        """Density per m², at each detection, of those that are no ship on AIS.

        Parameters
        ----------
        share : float
            Of all detections of the scene.
        """
        return np.asarray(self.alone_m2 + share * self.around_m2)
