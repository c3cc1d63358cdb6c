"""What a detector and an AIS feed make of a port: tables as users hold them, with the truth of each find beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Polygon, box

from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import DETECTIONS, POSITIONS
from tests.independent_dark.port import HALF_M, Nuisance, Port, Ships

_BEGIN = datetime(2024, 3, 1, 2, 30, tzinfo=UTC)
_LAT_M = 111_200.0
_CELL_M = 8_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """Scenes, their finds and the AIS; `without` and `ship_length_m` are the truth by detection id.

    `without` is True for a ship that carries no AIS, False for one that does; false hulls are in neither.
    """

    scenes: tuple[Acquisition, ...]
    detections: gpd.GeoDataFrame
    positions: pd.DataFrame
    without: dict[str, bool]
    ship_length_m: dict[str, float]
    nuisance: Nuisance


class _Maker:
    def __init__(self, seed: int, share: float, scenes: int) -> None:
        self.rng = np.random.default_rng([seed, round(share * 100), 77])
        fixed = np.random.default_rng([seed, 77])
        self.n = Nuisance.draw(fixed)
        self.lat, self.lon = float(fixed.uniform(-35, 55)), float(fixed.uniform(-120, 150))
        self.port = Port(self.rng, self.n, share)
        self.days = self.port.days[:scenes]
        self.spots = self.rng.uniform(-6_000, 6_000, (self.n.spots, 2))
        self.spot_rate = self.rng.uniform(0.2, 0.8, self.n.spots)
        self.spot_length = self.rng.uniform(60.0, 150.0, self.n.spots)
        self.found: list[dict[str, object]] = []
        self.fixes: list[pd.DataFrame] = []
        self.without: dict[str, bool] = {}
        self.length: dict[str, float] = {}

    def degrees(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.lon + x / (_LAT_M * np.cos(np.radians(self.lat))), self.lat + y / _LAT_M

    def make(self) -> Season:
        corner = [self.degrees(np.array(s * HALF_M), np.array(s * HALF_M)) for s in (-1.0, 1.0)]
        area = box(float(corner[0][0]), float(corner[0][1]), float(corner[1][0]), float(corner[1][1]))
        scenes = []
        for number, day in enumerate(self.days):
            at = _BEGIN + timedelta(days=float(day))
            scenes.append(Acquisition(f"N2_{number}", "north", "s2", "Sentinel-2A", at, at, area))
            ships = self.port.scene(float(day))
            self._look(ships, scenes[-1])
            self._listen(ships, at)
        table = gpd.GeoDataFrame(pd.DataFrame(self.found), geometry="geometry", crs=4326)
        positions = pd.concat(self.fixes, ignore_index=True).sort_values(["t", "mmsi"], ignore_index=True)
        return Season(
            tuple(scenes), DETECTIONS.conform(table), POSITIONS.conform(positions), self.without, self.length, self.n
        )

    def _look(self, ships: Ships, scene: Acquisition) -> None:
        rng, n = self.rng, self.n
        inside = (np.abs(ships.x) < HALF_M) & (np.abs(ships.y) < HALF_M)
        recall = n.recall * np.interp(ships.length, [20, 45, 60, 100, 200], [0.15, 0.45, 0.6, 0.8, 0.96])
        for i in np.flatnonzero(inside & (rng.random(len(ships)) < recall)):
            length, mean = float(ships.length[i]), n.ship_score + 0.08 * (ships.length[i] > 120) - 0.04
            score = float(rng.beta(mean * 9.0, (1.0 - mean) * 9.0))
            axis = float((ships.heading[i] + rng.normal(0, 7.0)) % 180)
            zone = "berth" if ships.berth[i] >= 0 else "open"
            name = self._find(scene, (ships.x[i], ships.y[i]), length, axis, zone, score)
            if name:
                self.without[name], self.length[name] = not bool(ships.sends[i]), length
        for _ in range(rng.poisson(n.false_per_scene)):
            place = rng.normal(0, 5_000, 2) if rng.random() < 0.5 else rng.uniform(-HALF_M, HALF_M, 2)
            self._false(scene, place, float(rng.uniform(45, 170)))
        for spot, rate, length in zip(self.spots, self.spot_rate, self.spot_length, strict=True):
            if rng.random() < rate:
                self._false(scene, spot, float(length))

    def _false(self, scene: Acquisition, place: np.ndarray, length: float) -> None:
        mean = self.n.false_score
        score = float(self.rng.beta(mean * 8.0, (1.0 - mean) * 8.0))
        at_berth = len(self.port.berths) and np.min(np.linalg.norm(self.port.berths - place, axis=1)) < 120
        axis = float(self.rng.uniform(0, 180))
        self._find(scene, (place[0], place[1]), length, axis, "berth" if at_berth else "open", score)

    def _find(
        self, scene: Acquisition, place: tuple[float, float], length: float, axis: float, zone: str, score: float
    ) -> str:
        if score < 0.35:
            return ""
        rng, n = self.rng, self.n
        x, y = np.array(place) + rng.normal(0, n.place_error_m / np.sqrt(2.0), 2)
        seen = length * float(np.exp(rng.normal(0, n.length_error)))
        name = f"{scene.id}-{len(self.found)}"
        a = np.radians(90.0 - axis)
        u, v = np.array([np.cos(a), np.sin(a)]) * seen / 2, np.array([-np.sin(a), np.cos(a)]) * seen / 12
        ring = [(x + s * u[0] + t * v[0], y + s * u[1] + t * v[1]) for s, t in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
        lon, lat = self.degrees(np.array([p[0] for p in ring]), np.array([p[1] for p in ring]))
        self.found.append(
            {
                "detection_id": name,
                "scene_id": scene.id,
                "aoi_id": scene.aoi_id,
                "acquired_at": pd.Timestamp(scene.acquired_at),
                "sensor": "s2",
                "class_name": "vessel",
                "score": score,
                "length_m": seen,
                "length_low_m": seen * 0.76,
                "length_high_m": seen * 1.32,
                "axis_deg": axis,
                "area_m2": np.nan,
                "zone": zone,
                "zone_id": "",
                "detector": "made",
                "geometry": Polygon(zip(lon, lat, strict=True)),
            }
        )
        return name

    def _listen(self, ships: Ships, at: datetime) -> None:
        """Fixes of each ship that sends, three hours on both sides, where and when they were received."""
        rng, n = self.rng, self.n
        cells = np.clip(rng.normal(n.reception, 0.12, (12, 12, 13)), 0.0, 1.0)
        for i in np.flatnonzero(ships.sends & (rng.random(len(ships)) >= n.never)):
            moving = np.hypot(ships.vx[i], ships.vy[i]) > 0.5
            every = rng.uniform(60, 180) if moving else rng.uniform(170, 400)
            s = np.arange(-10_800 + rng.uniform(0, every), 10_800, every)
            x, y = ships.x[i] + ships.vx[i] * s, ships.y[i] + ships.vy[i] * s
            cell = [np.clip(((v + 48_000) / _CELL_M).astype(int), 0, 11) for v in (x, y)]
            hour = np.clip(((s + 11_700) / 1_800).astype(int), 0, 12)
            kept = rng.random(len(s)) < cells[cell[0], cell[1], hour] * (0.6 if ships.class_b[i] else 1.0)
            if rng.random() < n.silent:
                middle, half = rng.uniform(-1_200, 1_200), rng.uniform(1_500, 6_500)
                kept &= np.abs(s - middle) > half
            if rng.random() < n.late:
                kept &= s < -rng.uniform(600, 5_400)
            if moving and rng.random() < 0.5:
                turn = rng.normal(0, 0.0002)
                x, y = x - turn * ships.vy[i] * s * np.abs(s) / 2, y + turn * ships.vx[i] * s * np.abs(s) / 2
            if not kept.any():
                continue
            h = np.radians(ships.heading[i])
            off = ships.antenna[i] * ships.length[i]
            x, y = x + off * np.sin(h) + rng.normal(0, 6, len(s)), y + off * np.cos(h) + rng.normal(0, 6, len(s))
            lon, lat = self.degrees(x[kept], y[kept])
            self.fixes.append(
                pd.DataFrame(
                    {
                        "mmsi": int(ships.mmsi[i]),
                        "t": pd.to_datetime([at + timedelta(seconds=float(v)) for v in s[kept]], utc=True),
                        "lon": lon,
                        "lat": lat,
                        "sog_kn": np.hypot(ships.vx[i], ships.vy[i]) / 0.5144,
                        "cog_deg": ships.heading[i],
                        "heading_deg": ships.heading[i],
                        "nav_status": 0,
                        "length_m": ships.stated_length[i],
                        "receiver": "terrestrial",
                        "source_file": "made",
                    }
                )
            )


def make(seed: int, share: float, *, scenes: int = 24) -> Season:
    """The season of one seed with a share of ships without AIS."""
    return _Maker(seed, share, scenes).make()
