"""A season as one small value: acquisitions, pixels, AIS and truth are made from its fields when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import SENSORS
from monitor.core.timerange import TimeRange
from monitor.simulate.land.places import layouts
from monitor.simulate.land.scene import land_raster, land_shift
from monitor.simulate.orbits import Pass, season_passes
from monitor.simulate.render.background import checked
from monitor.simulate.render.clouds import cloudiness
from monitor.simulate.render.fine.containers import Container
from monitor.simulate.render.fine.port import fine_grid, fine_raster, fine_view
from monitor.simulate.render.fine.surface import check_pixel
from monitor.simulate.render.registration import misplaced, shift_of
from monitor.simulate.render.scene import EDGE_LEAN, optical_raster, radar_raster
from monitor.simulate.rng import generator
from monitor.simulate.scenarios import DEFAULT_PERIOD as DEFAULT_PERIOD
from monitor.simulate.scenarios import SCENARIOS, STATIONS, build, scenario
from monitor.simulate.traffic.fleet import World
from monitor.simulate.traffic.late_delivery import Delivery, deliveries, late_in
from monitor.simulate.traffic.reception import broadcast_vessels, received_positions

PORTS = ("rajin", "dunai")
_LEVELS = {"s2": "L2A", "s1": "GRD", "hires": "SR"}


@dataclass(frozen=True, slots=True)
class Season:
    """Ten weeks or so over Rajin and Dunai with known truth; everything follows from the fields.

    Attributes
    ----------
    seed : int
        The same seed makes the same season, on any machine and in any process.
    period : TimeRange
    aois : tuple of Aoi
        The ports; those without an orbit in `simulate.orbits` (any but rajin and dunai) have no acquisitions.
    scenario : str
        A name in `simulate.SCENARIOS`.
    sensors : tuple of str
        Of ``s2``, ``s1`` and ``hires``.
    backgrounds : tuple of tuple
        AOI id and real Sentinel-2 pixels, the ground of that port's optical observations; ships in them are not in the
        truth. Ports without have the drawn ground, and so have radar and fine pictures.
    hires_gsd_m : float
        Side of a pixel of fine pictures, 0.3–5 m.
    """

    seed: int
    period: TimeRange
    aois: tuple[Aoi, ...]
    scenario: str
    sensors: tuple[str, ...]
    backgrounds: tuple[tuple[str, Raster], ...] = ()
    hires_gsd_m: float = 0.5

    @classmethod
    def make(
        cls,
        *,
        aois: tuple[Aoi, ...],
        seed: int = 7,
        period: TimeRange | None = None,
        scenario: str = "shuttle-2023",
        sensors: tuple[str, ...] = ("s2",),
        backgrounds: Mapping[str, Raster] | None = None,
        hires_gsd_m: float = 0.5,
    ) -> Season:
        """A season; nothing is computed yet.

        Parameters
        ----------
        aois : tuple of Aoi
        seed : int
        period : TimeRange, optional
            Without it the scenario's own: ten weeks of 2023 (`DEFAULT_PERIOD`) in most.
        scenario : str
        sensors : tuple of str
        backgrounds : mapping of str to Raster, optional
            Pixels on the AOIs' own grids, by AOI id.
        hires_gsd_m : float
            Side of a pixel of fine pictures.

        Raises
        ------
        DataError
            No scenario or sensor of that name, a negative seed, a pixel outside 0.3–5 m, or a background that does not
            cover its AOI.
        """
        _check(scenario, sensors, seed, hires_gsd_m)
        real = checked(backgrounds or {}, tuple(aois))
        return cls(
            seed,
            period or TimeRange.parse(SCENARIOS[scenario].period),
            tuple(aois),
            scenario,
            tuple(sensors),
            real,
            hires_gsd_m,
        )

    def acquisitions(self, aoi: Aoi, period: TimeRange | None = None) -> list[Acquisition]:
        """The overpasses of a port in the season and in `period`, in order of time."""
        found = [
            self._acquisition(item, aoi)
            for sensor in self.sensors
            for item in self._passes(aoi, sensor)
            if period is None or item.at in period
        ]
        return sorted(found, key=lambda a: (a.start, a.id))

    def render(self, acquisition: Acquisition, aoi: Aoi) -> Raster:
        """The pixels of one of the season's acquisitions, on the AOI's UTM grid; tagged SIMULATED.

        Sentinel-2: uint16 reflectance × 10 000 with a cloud mask that errs as a processor's does. Sentinel-1: float32
        linear sigma nought in VV and VH. Fine pictures: uint16 reflectance × 10 000 in blue, green, red and near
        infrared, of the piers and berths with 120 m around; snow and ice are not drawn in them.

        Raises
        ------
        DataError
            The acquisition is none of this season's.
        """
        item = self._pass(acquisition, aoi)
        tags = {"SIMULATED": "YES", "season": f"{self.scenario} seed {self.seed}", "scene": item.id}
        if aoi.id in layouts():
            made = land_raster(self.seed, self.world, item, aoi, share=self.cloud_share(item), tags=tags)
        elif item.track.sensor == "s1":
            made = radar_raster(self.seed, self.world, item, aoi, tags=tags)
        elif item.track.sensor == "hires":
            share = self.cloud_share(item)
            made = fine_raster(self.seed, self.world, item, aoi, gsd_m=self.hires_gsd_m, share=share, tags=tags)
        else:
            made = optical_raster(
                self.seed,
                self.world,
                item,
                aoi,
                share=self.cloud_share(item),
                frozen=self.is_frozen,
                tags=tags,
                background=dict(self.backgrounds).get(aoi.id),
            )
        return misplaced(made, *self.shift_px(item))

    def containers(self, acquisition: Acquisition, aoi: Aoi) -> tuple[Container, ...]:
        """The uppermost containers that a fine picture shows, in yards, on decks and on trucks; none for other sensors.

        Raises
        ------
        DataError
            The acquisition is none of this season's.
        """
        item = self._pass(acquisition, aoi)
        if item.track.sensor != "hires":
            return ()
        return fine_view(self.seed, self.world, item, aoi, gsd_m=self.hires_gsd_m).containers

    def positions(self) -> pd.DataFrame:
        """POSITIONS as received over the whole season, what arrives late included."""
        return _positions(self).copy()

    def deliveries(self) -> tuple[Delivery, ...]:
        """The parts of the AIS that arrive late; empty where the scenario has none."""
        return deliveries(self.seed, self.period) if scenario(self.scenario).late else ()

    def late_positions(self) -> list[pd.DataFrame]:
        """POSITIONS of each of `deliveries`, in their order."""
        table = _positions(self)
        return [table[late_in(table, self.seed, each)].reset_index(drop=True) for each in self.deliveries()]

    def prompt_positions(self) -> pd.DataFrame:
        """POSITIONS without what arrives late."""
        table = _positions(self)
        late = np.zeros(len(table), dtype=bool)
        for delivery in self.deliveries():
            late |= late_in(table, self.seed, delivery)
        return table[~late].reset_index(drop=True)

    def vessels(self) -> pd.DataFrame:
        """VESSELS: static data as broadcast."""
        return broadcast_vessels(self.world)

    @property
    def world(self) -> World:
        """Ships, containers and outages; made once a process."""
        return _world(self.seed, self.period, self.aois, self.scenario)

    @property
    def is_frozen(self) -> bool:
        """Whether ice lies in the harbours."""
        return scenario(self.scenario).frozen

    def passes(self, aoi: Aoi) -> list[Pass]:
        """The overpasses of a port by all of the season's sensors, in order of time."""
        found = [item for sensor in self.sensors for item in self._passes(aoi, sensor)]
        return sorted(found, key=lambda item: (item.at, item.id))

    def cloud_share(self, item: Pass) -> float:
        """Share of sky under cloud at an overpass; the two ports mostly have the same weather."""
        day = item.at.date()
        own = generator(self.seed, "cloud", day, item.track.aoi_id)
        common = generator(self.seed, "cloud", day)
        return cloudiness(common if own.random() < 0.75 else own, day.month)

    def shift_px(self, item: Pass) -> tuple[float, float]:
        """Rows and columns by which the content of a scene lies off the map; fine pictures never do.

        Scenes of made-up places beyond the quay always do, by a fifth of a pixel in most.
        """
        if item.track.aoi_id in layouts():
            return land_shift(self.seed, item.id)
        shifted = scenario(self.scenario).shifted and item.track.sensor != "hires"
        return shift_of(self.seed, item.id) if shifted else (0.0, 0.0)

    def shift_of(self, acquisition: Acquisition, aoi: Aoi) -> tuple[float, float]:
        """`shift_px` of one of the season's acquisitions."""
        return self.shift_px(self._pass(acquisition, aoi))

    def _pass(self, acquisition: Acquisition, aoi: Aoi) -> Pass:
        for item in self._passes(aoi, acquisition.sensor):
            if item.id == acquisition.id:
                return item
        raise DataError(f"{acquisition.id}: not an acquisition of {aoi.id} in season {self.scenario}, seed {self.seed}")

    def _passes(self, aoi: Aoi, sensor: str) -> list[Pass]:
        """Those of one sensor; none of a made-up place that the scenario does not watch."""
        if aoi.id in layouts() and not scenario(self.scenario).land:
            return []
        return season_passes(self.seed, aoi.id, sensor, self.period)

    def _acquisition(self, item: Pass, aoi: Aoi) -> Acquisition:
        sensor = SENSORS[item.track.sensor]
        share = self.cloud_share(item)
        tile = float(np.clip(share + generator(self.seed, "tile cloud", item.id).normal(0.0, 0.04), 0.0, 1.0))
        return Acquisition(
            id=item.id,
            aoi_id=aoi.id,
            sensor=item.track.sensor,
            platform=item.platform,
            start=item.at,
            end=item.at,
            footprint=_footprint(aoi, item),
            relative_orbit=item.track.relative_orbit or None,
            orbit_state=item.track.orbit_state,
            cloud_cover=round(tile, 3) if sensor.optical else None,
            product_ids=(f"SIMULATED_{item.id}",),
            level=_LEVELS[item.track.sensor],
            source="simulated",
            simulated=True,
        )


def _check(name: str, sensors: tuple[str, ...], seed: int, hires_gsd_m: float) -> None:
    scenario(name)
    unknown = [sensor for sensor in sensors if sensor not in _LEVELS]
    if unknown or not sensors:
        raise DataError(f"sensors {sensors!r}: use one or more of {', '.join(_LEVELS)}")
    check_pixel(hires_gsd_m)
    if seed < 0:
        raise DataError(f"seed {seed}: use a whole number from 0 up")


@lru_cache(maxsize=8)
def _world(seed: int, period: TimeRange, aois: tuple[Aoi, ...], name: str) -> World:
    return build(seed, period, aois, name)


@lru_cache(maxsize=2)
def _positions(season: Season) -> pd.DataFrame:
    return received_positions(season.seed, season.world, season.period, STATIONS)


def _footprint(aoi: Aoi, item: Pass) -> BaseGeometry:
    if item.track.sensor == "hires":
        return fine_grid(aoi, 10.0).footprint()
    seen = Grid.covering(aoi.geometry, epsg=aoi.epsg).footprint()
    if item.edge_lon is None:
        return seen
    _, south, east, north = seen.bounds
    middle = (south + north) / 2
    a, b = (item.edge_lon + EDGE_LEAN * (lat - middle) for lat in (south, north))
    kept = seen.intersection(Polygon([(a, south), (b, north), (east + 1, north), (east + 1, south)]))
    return kept if not kept.is_empty else box(east - 1e-6, south, east, north)
