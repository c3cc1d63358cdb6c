"""Made-up ports in the open Atlantic: quays, roads and a yard, and the AOI that describes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from monitor.core.aoi import Aoi, Zone

EARTH_M, NMI_M = 6_371_000.0, 1852.0


@dataclass(frozen=True, slots=True)
class Berth:
    """A quay face: its middle and direction, in metres east and north of the port's centre, and its length."""

    id: str
    east_m: float
    north_m: float
    azimuth: float
    length_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Port:
    """A port, its berths, and where ships anchor."""

    id: str
    lon: float
    lat: float
    berths: tuple[Berth, ...]
    roads: tuple[float, float]
    yards: tuple[str, ...]

    def lonlat(self, east_m: np.ndarray, north_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Degrees of places given in metres east and north of the centre."""
        degree = np.radians(1.0) * EARTH_M
        return self.lon + east_m / (degree * np.cos(np.radians(self.lat))), self.lat + north_m / degree

    def along(self, berth: Berth, along_m: float, off_m: float = 0.0) -> tuple[float, float]:
        """Metres east and north of a place along a quay, from its middle, and off its face."""
        a = np.radians(berth.azimuth)
        east = berth.east_m + along_m * np.sin(a) + off_m * np.cos(a)
        return float(east), float(berth.north_m + along_m * np.cos(a) - off_m * np.sin(a))

    def box(self, east_m: float, north_m: float, azimuth: float, sides_m: tuple[float, float]) -> shapely.Polygon:
        """A rectangle around a place, its long side along an azimuth, in degrees."""
        a, (long, wide) = np.radians(azimuth), sides_m
        u = np.array([1, 1, -1, -1]) * long / 2
        v = np.array([1, -1, -1, 1]) * wide / 2
        lon, lat = self.lonlat(east_m + u * np.sin(a) + v * np.cos(a), north_m + u * np.cos(a) - v * np.sin(a))
        return shapely.Polygon(np.column_stack([lon, lat]))

    @property
    def aoi(self) -> Aoi:
        """The port as the package describes one."""
        area = self.box(0.0, 0.0, 0.0, (12_000.0, 12_000.0))
        zones = [Zone(self.id, "aoi", self.id, area), Zone(f"{self.id}-water", "water", "water", area)]
        for b in self.berths:
            place = self.box(*self.along(b, 0.0, 15.0), b.azimuth, (b.length_m + 30.0, 80.0))
            zones.append(Zone(b.id, "berth", b.id, place, azimuth_deg=b.azimuth, length_m=b.length_m))
        zones.append(Zone(f"{self.id}-roads", "anchorage", "roads", self.box(*self.roads, 0.0, (2500.0, 2500.0))))
        for n, yard in enumerate(self.yards):
            b = self.berths[n]
            yard_box = self.box(*self.along(b, 0.0, -120.0), b.azimuth, (180.0, 90.0))
            zones.append(Zone(yard, "yard", yard, yard_box))
        return Aoi(self.id, self.id, area, tuple(zones), 32601 + int((self.lon + 180) // 6))


def make_ports(count: int, rng: np.random.Generator) -> tuple[Port, ...]:
    """Ports some hundred nautical miles apart, each with three to five berths, some long enough for two hulls."""
    lon, lat = rng.uniform(-40, -22), rng.uniform(33, 47)
    first = rng.uniform(0, 360)
    places = [(lon, lat)]
    for n in range(1, count):
        way, bearing = rng.uniform(80, 130) * NMI_M, np.radians(first + 60 * n)
        degree = np.radians(1.0) * EARTH_M
        places.append(
            (lon + way * np.sin(bearing) / (degree * np.cos(np.radians(lat))), lat + way * np.cos(bearing) / degree)
        )
    return tuple(_port(f"port-{chr(ord('a') + n)}", *place, rng) for n, place in enumerate(places))


def _port(name: str, lon: float, lat: float, rng: np.random.Generator) -> Port:
    berths = []
    for n in range(int(rng.integers(3, 6))):
        length = rng.uniform(240, 340) if n == 0 or rng.random() < 0.25 else rng.uniform(120, 210)
        berths.append(Berth(f"{name}-{n + 1}", 700.0 * n - 1400.0, rng.uniform(-200, 200), rng.uniform(0, 180), length))
    yards = tuple(f"{name}-yard-{n + 1}" for n in range(int(rng.integers(1, 3))))
    return Port(name, float(lon), float(lat), tuple(berths), (float(rng.uniform(-1500, 1500)), -3800.0), yards)


def between_m(a: Port, b: Port) -> float:
    """Great-circle distance between two ports on a sphere, in metres."""
    p, q = np.radians(a.lat), np.radians(b.lat)
    h = np.sin((q - p) / 2) ** 2 + np.cos(p) * np.cos(q) * np.sin(np.radians(b.lon - a.lon) / 2) ** 2
    return float(2 * EARTH_M * np.arcsin(np.sqrt(h)))
