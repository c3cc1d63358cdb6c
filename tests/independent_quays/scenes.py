"""One scene a seed: quays, basins, an anchorage and a fairway; what the image shows, what AIS says, and the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Polygon, box

from monitor.core.scenes.scene import Acquisition
from tests.independent_quays import orbit

AT = datetime(2024, 6, 11, 9, 41, 33, tzinfo=UTC)


@dataclass
class Ship:
    """A hull: centre in metres east and north of the port, and all that is true of it."""

    x: float
    y: float
    length: float
    beam: float
    heading: float
    knots: float = 0.0
    kind: str = "berth"
    ais: bool = True
    mmsi: int = 0
    forward: float = 0.0
    right: float = 0.0


@dataclass(frozen=True)
class Port:
    """What `match` is given, and the MMSI (or none) that each detection truly is."""

    seed: int
    scene: Acquisition
    detections: gpd.GeoDataFrame
    positions: pd.DataFrame
    truth: dict[str, int | None]
    kind: dict[str, str] = field(default_factory=dict)


def unit(degrees: float) -> np.ndarray:
    """East and north of a bearing."""
    return np.array([np.sin(np.radians(degrees)), np.cos(np.radians(degrees))])


def port(seed: int, *, sensor: str = "s2", dimensions: bool = True) -> Port:
    """The scene of a seed; without `dimensions` no ship says where its antenna stands."""
    rng = np.random.default_rng([seed, 77, sensor == "s1"])
    lat0, lon0 = rng.uniform(-38.0, 58.0), rng.uniform(-170.0, 170.0)
    ships = _ships(rng)
    for number, ship in enumerate(ships):
        ship.mmsi = 210_000_000 + 1000 * seed + number
    without = rng.uniform(0.04, 0.25)
    aft = rng.random() < 0.5
    for ship in ships:
        ship.ais = rng.random() > without * (2.0 if ship.length < 80 else 1.0)
        _antenna(rng, ship, aft=aft)
    ascending = bool(rng.random() < 0.5)
    moved = _radar(rng, ships, lat0, ascending=ascending) if sensor == "s1" else [np.zeros(2)] * len(ships)
    found, truth, kind = _found(rng, ships, moved, lon0, lat0, sensor)
    positions = _broadcast(rng, ships, lon0, lat0, dimensions=dimensions)
    reach = 0.12
    scene = Acquisition(
        f"{sensor}-{seed}",
        "made-up",
        sensor,
        "made up",
        AT,
        AT,
        box(lon0 - 2 * reach, lat0 - reach, lon0 + 2 * reach, lat0 + reach),
        orbit_state="ascending" if ascending else "descending",
    )
    return Port(seed, scene, found, positions, truth, kind)


def _ships(rng: np.random.Generator) -> list[Ship]:
    ships: list[Ship] = []
    for basin in range(rng.integers(2, 5)):
        bearing, corner = rng.uniform(0, 360), unit(rng.uniform(0, 360)) * (300 + 1500 * basin)
        longest = rng.choice([140.0, 220.0, 330.0])
        for side in range(rng.integers(1, 3)):
            along, across = unit(bearing), unit(bearing + 90.0)
            at, end = 0.0, rng.uniform(500.0, 1800.0)
            width = rng.uniform(110.0, 260.0) * side
            while at < end:
                if rng.random() < 0.12:
                    at += rng.uniform(80.0, 250.0)
                length = float(np.clip(rng.lognormal(np.log(0.55 * longest), 0.45), 60.0, longest))
                beam = length / rng.uniform(5.8, 7.6)
                centre = corner + along * (at + length / 2) + across * (width + (beam / 2 if not side else -beam / 2))
                ahead = bearing + (180.0 if rng.random() < 0.5 else 0.0) + rng.normal(0, 1.0)
                ships.append(Ship(*centre, length, beam, ahead % 360.0))
                at += length + rng.uniform(15.0, 40.0)
    for _ in range(rng.integers(0, 10)):
        place = unit(rng.uniform(0, 360)) * rng.uniform(5000.0, 9000.0)
        length = rng.uniform(70.0, 280.0)
        ships.append(Ship(*place, length, length / 6.5, rng.uniform(0, 360), 0.0, "anchor"))
    for _ in range(rng.integers(2, 9)):
        place = unit(rng.uniform(0, 360)) * rng.uniform(3500.0, 9000.0)
        length = rng.uniform(60.0, 250.0)
        ships.append(Ship(*place, length, length / 6.5, rng.uniform(0, 360), rng.uniform(5.0, 17.0), "fairway"))
    return ships


def _antenna(rng: np.random.Generator, ship: Ship, *, aft: bool) -> None:
    share = rng.uniform(-0.48, 0.48)
    if aft:
        share = rng.choice([rng.normal(-0.33, 0.08), rng.normal(0.36, 0.06), share], p=[0.7, 0.15, 0.15])
    ship.forward = float(np.clip(share, -0.49, 0.49)) * ship.length
    ship.right = rng.uniform(-0.35, 0.35) * ship.beam


def _radar(rng: np.random.Generator, ships: list[Ship], lat: float, *, ascending: bool) -> list[np.ndarray]:
    """How far the image of each ship lies off it, east and north."""
    course, ray, reach, speed = orbit.view(lat, ascending=ascending, incidence_deg=rng.uniform(31.0, 46.0))
    east, north, _ = orbit.axes(0.0, lat)
    out = []
    for ship in ships:
        way = unit(ship.heading) * ship.knots * 0.514444
        receding = ray @ (way[0] * east + way[1] * north)
        out.append(-reach * receding / np.linalg.norm(speed) * unit(course))
    return out


def _found(
    rng: np.random.Generator, ships: list[Ship], moved: list[np.ndarray], lon0: float, lat0: float, sensor: str
) -> tuple[gpd.GeoDataFrame, dict[str, int | None], dict[str, str]]:
    error = rng.uniform(0.08, 0.16) if sensor == "s2" else rng.uniform(0.12, 0.25)
    bias, turned = rng.normal(0.0, 0.04), rng.uniform(2.0, 7.0)
    jitter = rng.uniform(4.0, 12.0) if sensor == "s2" else rng.uniform(6.0, 18.0)
    off = rng.normal(0.0, 5.0, 2)
    stated, zones, told = rng.random() < 0.6, rng.random() < 0.7, error * rng.uniform(0.8, 1.3)
    rows, truth, kinds = [], {}, {}

    def add(place: np.ndarray, length: float, beam: float, axis: float, kind: str, mmsi: int | None) -> None:
        name = f"d{len(rows)}"
        a, b = unit(axis) * length / 2, unit(axis + 90.0) * beam / 2
        ring = [place + a + b, place + a - b, place - a - b, place - a + b]
        east = 111_320.0 * np.cos(np.radians(lat0))
        shape = Polygon([(lon0 + x / east, lat0 + y / 111_132.0) for x, y in ring])
        zone = {"berth": "berth", "anchor": "open", "fairway": "open"}[kind] if zones else ""
        row = {"detection_id": name, "class_name": "vessel", "acquired_at": pd.Timestamp(AT), "geometry": shape}
        row |= {"length_m": length, "axis_deg": axis % 180.0, "zone": zone, "score": rng.uniform(0.4, 0.98)}
        if stated:
            row |= {"length_low_m": length * np.exp(-1.645 * told), "length_high_m": length * np.exp(1.645 * told)}
        rows.append(row)
        truth[name], kinds[name] = mmsi, kind

    for ship, shift in zip(ships, moved, strict=True):
        if rng.random() > 0.8:
            continue
        wrong = rng.normal(bias, error)
        length = ship.length * np.exp(wrong)
        slip = unit(ship.heading) * rng.normal(0.0, 0.3 * abs(length - ship.length) + 2.0)
        place = np.array([ship.x, ship.y]) + shift + off + rng.normal(0.0, jitter, 2) + slip
        axis = ship.heading + (rng.normal(0, turned) if rng.random() > 0.03 else rng.uniform(0, 180))
        add(place, length, ship.beam * rng.uniform(0.8, 1.6), axis, ship.kind, ship.mmsi if ship.ais else None)
    berthed = [s for s in ships if s.kind == "berth"]
    for _ in range(rng.poisson(rng.uniform(0.02, 0.08) * len(berthed))):
        near = berthed[rng.integers(len(berthed))]
        side = unit(near.heading + 90.0) * rng.choice([-1, 1]) * rng.uniform(0.8, 1.5) * near.beam
        place = np.array([near.x, near.y]) + unit(near.heading) * rng.uniform(-0.8, 0.8) * near.length + side
        length = float(rng.lognormal(np.log(90.0), 0.5))
        add(place, length, length / 5, near.heading + rng.normal(0, 8), "berth", None)
    for _ in range(rng.poisson(1.5)):
        place = unit(rng.uniform(0, 360)) * rng.uniform(3000.0, 9000.0)
        length = float(rng.lognormal(np.log(70.0), 0.4))
        add(place, length, length / 4, rng.uniform(0, 180), "anchor", None)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326"), truth, kinds


def _broadcast(
    rng: np.random.Generator, ships: list[Ship], lon0: float, lat0: float, *, dimensions: bool
) -> pd.DataFrame:
    known = rng.uniform(0.7, 0.9)
    east, parts = 111_320.0 * np.cos(np.radians(lat0)), []
    for ship in ships:
        if not ship.ais:
            continue
        every = rng.choice([180.0, rng.uniform(10.0, 360.0)]) if not ship.knots else rng.uniform(10.0, 360.0)
        t = np.arange(-2400.0 + rng.uniform(0, every), 2400.0, every)
        t = t[rng.random(len(t)) < rng.uniform(0.5, 1.0)]
        if rng.random() < 0.04 and not ship.knots:
            t = t[t < 0] - rng.uniform(600.0, 9000.0)
        bias, noise = rng.normal(0.0, 2.5, 2), rng.uniform(1.0, 4.0)
        ahead, right = unit(ship.heading), unit(ship.heading + 90.0)
        antenna = np.array([ship.x, ship.y]) + ahead * ship.forward + right * ship.right
        speed = ship.knots * 0.514444
        wander = ahead * (speed * t)[:, None] + right * (rng.normal(0.0, 2e-5) * speed * t**2 / 2)[:, None]
        place = antenna + wander + bias + rng.normal(0.0, noise, (len(t), 2))
        silent_gyro, no_static = rng.random() < 0.1, rng.random() < 0.08
        along, across = ship.length / 2, ship.beam / 2
        a_d = np.round([along - ship.forward, along + ship.forward, across + ship.right, across - ship.right])
        if rng.random() < 0.02:
            a_d = a_d[[1, 0, 2, 3]]
        if not dimensions or no_static or rng.random() > known:
            a_d = np.full(4, np.nan)
        misstated = 1.0 if rng.random() > 0.02 else rng.uniform(0.6, 1.4)
        length = np.nan if no_static else np.round(ship.length * misstated)
        rows = {
            "mmsi": ship.mmsi,
            "t": pd.Timestamp(AT) + pd.to_timedelta(np.round(t), unit="s"),
            "lon": lon0 + place[:, 0] / east,
            "lat": lat0 + place[:, 1] / 111_132.0,
            "sog_kn": np.round(np.maximum(ship.knots + rng.normal(0, 0.1, len(t)), 0.0), 1),
            "cog_deg": (ship.heading + rng.normal(0, 1.5, len(t))) % 360 if ship.knots else rng.uniform(0, 360, len(t)),
            "heading_deg": np.nan if silent_gyro else np.round(ship.heading + rng.normal(0, 1.0)) % 360,
            "length_m": length,
        }
        rows |= dict(zip(("to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m"), a_d, strict=True))
        parts.append(pd.DataFrame(rows))
    return pd.concat(parts, ignore_index=True)
