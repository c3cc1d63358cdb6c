"""Ships in radar, without weights."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from shapely import box
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.context.water import water_mask
from monitor.detect.sar.cfar import CfarRule, as_power, bright_pixels
from monitor.detect.sar.hulls import HullRule, beside_quays, hulls

_ON = "simulated seasons of Rajin and Dunai, seeds 73 to 76, summer: 148 scenes; real quays are brighter"
MEASURED = (
    ("berths with a ship of 100 m and more, said to be occupied", "1.00 of 215 (0.73 without later scenes)", _ON),
    ("empty berths said to be occupied", "5 of 1,062", _ON),
    ("error of the count of ships of 45 m and more", "0.10 a scene at Rajin, 0.12 at Dunai", _ON),
    ("error of that count at berths", "0.05 a scene at Rajin, 0.04 at Dunai", _ON),
    ("error of that count at anchor", "0.01 a scene at Rajin, 0.11 at Dunai", _ON),
    ("error of that count elsewhere", "0.03 a scene at Rajin, 0.02 at Dunai", _ON),
)
"""What, value and sample, by ``tests.benchmarks.radar_seasons``; a brief prints them."""


@dataclass(frozen=True, slots=True)
class RadarDetector:
    """Constant-false-alarm detector for Sentinel-1, without trained weights.

    Water is that of the `aois` that the raster overlaps; without one it is read from the scene, and then hulls
    alongside are missed: a berth's own past (`berth_states`) finds those in radar.

    Attributes
    ----------
    aois : tuple of Aoi
        Ports with known water.
    land : BaseGeometry, optional
        Longitude/latitude polygons taken away from the water.
    threshold : float
        Least score.
    rule : CfarRule
    hulls : HullRule
    """

    aois: tuple[Aoi, ...] = ()
    land: BaseGeometry | None = None
    threshold: float = 0.3
    rule: CfarRule = field(default_factory=CfarRule)
    hulls: HullRule = field(default_factory=HullRule)

    @property
    def classes(self) -> tuple[str, ...]:
        """What it marks: vessels alone."""
        return (VESSEL,)

    @property
    def measured(self) -> tuple[tuple[str, str, str], ...]:
        """Its errors by zone: what, value and sample."""
        return MEASURED

    @property
    def key(self) -> str:
        """``cfar-`` and eight digits that change with any of its settings."""
        settings = f"2 {self.rule} {self.hulls} {self.threshold} {self.land.wkt if self.land is not None else ''}"
        waters = " ".join(a.water.wkt for a in self.aois if a.water is not None)
        return f"cfar-{hashlib.sha256((settings + waters).encode()).hexdigest()[:8]}"

    @property
    def least_score(self) -> float:
        """The threshold in force."""
        return self.threshold

    def __call__(self, raster: Raster) -> Boxes:
        """Hulls in a radar raster; one that holds decibels is turned to linear power first.

        Raises
        ------
        DetectorError
            No radar band.
        """
        raster = as_power(raster)
        water = water_mask(raster, water=self._water(raster), land=self.land)
        found = hulls(raster, bright_pixels(raster, water, self.rule), rule=self.hulls, least_score=self.threshold)
        return beside_quays(found, raster.valid & ~water, self.hulls, raster.grid.gsd_m)

    def _water(self, raster: Raster) -> BaseGeometry | None:
        place = box(*raster.grid.footprint().bounds)
        known = [a for a in self.aois if a.water is not None and a.geometry.intersects(place)]
        return known[0].water if known else None
