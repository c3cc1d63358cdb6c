"""AIS as received: what land stations and satellites heard of what the ships sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.tables import POSITIONS, VESSELS
from monitor.core.timerange import TimeRange
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import Ship, World
from monitor.simulate.traffic.itinerary import ShipMotion

Mask = npt.NDArray[np.bool_]

MOVING_S, RESTING_S = 240.0, 900.0
"""A feed thinned to a position every four minutes under way and every quarter of an hour at rest."""

RANGE_NMI: Mapping[str, float] = {"A": 32.0, "B": 16.0}
_FADE_NMI = 4.0
_HEARD = 0.93
_SATELLITE_EVERY_S, _SATELLITE_FOR_S, _SATELLITE_HEARD = 6_000.0, 600.0, {"A": 0.45, "B": 0.1}
_GPS_M = 6.0
_METRES_PER_DEGREE = 111_320.0
SPOOFED_AT = (132.905, 42.72)
"""Off Nakhodka: where the spoofer claims to lie."""


def received_positions(
    seed: int, world: World, period: TimeRange, stations: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    """POSITIONS of the whole season, in order of time; `source_file` is ``simulated``."""
    tables = [_heard(seed, ship, world, period, stations) for ship in world.ships if ship.ais_class]
    table = pd.concat([t for t in tables if len(t)] or [POSITIONS.empty()], ignore_index=True)
    return POSITIONS.conform(table.sort_values(["t", "mmsi"], kind="stable"))


def broadcast_vessels(world: World) -> pd.DataFrame:
    """VESSELS: what each ship with a transponder says of itself. IMO numbers are left out."""
    rows = [
        {
            "mmsi": s.mmsi,
            "imo": "",
            "name": s.name,
            "callsign": s.callsign,
            "ship_type": s.ship_type,
            "length_m": s.length_m,
            "width_m": s.width_m,
            "source_file": "simulated",
        }
        for s in world.ships
        if s.ais_class and not s.as_mmsi
    ]
    return VESSELS.conform(pd.DataFrame(rows))


def _heard(
    seed: int, ship: Ship, world: World, period: TimeRange, stations: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    rng = generator(seed, "ais", ship.mmsi)
    t = _instants(rng, ship, period)
    motion = ship.itinerary.at(t)
    if ship.role == "spoofer":
        motion = _spoofed(motion)
    on = ship.sends(t) & motion.present
    land = _by_land(rng, ship.ais_class, motion, world.outages, stations)
    space = (t % _SATELLITE_EVERY_S < _SATELLITE_FOR_S) & (rng.random(len(t)) < _SATELLITE_HEARD[ship.ais_class])
    keep = on & (land | space) & ~_down("*", t, world.outages)
    noise = rng.normal(0.0, _GPS_M / _METRES_PER_DEGREE, size=(2, len(t)))
    drift = np.clip(np.where(motion.sog_kn > 0.3, rng.normal(0, 0.1, len(t)), rng.exponential(0.04, len(t))), -0.2, 0.3)
    table = pd.DataFrame(
        {
            "mmsi": ship.sent_mmsi,
            "t": pd.to_datetime(np.round(t), unit="s", utc=True),
            "lon": np.round(motion.lon + noise[0] / np.cos(np.radians(motion.lat)), 5),
            "lat": np.round(motion.lat + noise[1], 5),
            "sog_kn": np.round(np.maximum(motion.sog_kn + drift, 0.0), 1),
            "cog_deg": _course(rng, motion),
            "heading_deg": np.round(motion.heading_deg) % 360.0 if ship.ais_class == "A" else np.nan,
            "nav_status": _status(motion, ship),
            "length_m": ship.length_m,
            "receiver": np.where(land, "terrestrial", "satellite"),
            "source_file": "simulated",
        }
    )
    return table[keep]


def _instants(rng: np.random.Generator, ship: Ship, period: TimeRange) -> Floats:
    start, end = period.start.timestamp(), period.end.timestamp()
    t = np.arange(start, end, MOVING_S) + float(rng.uniform(0, MOVING_S))
    t = t[t < end]
    resting = ship.itinerary.at(t).sog_kn < 0.3
    every = round(RESTING_S / MOVING_S)
    t = t[~resting | (np.arange(len(t)) % every == 0)]
    return np.asarray(np.minimum(t + rng.uniform(0, 40.0, len(t)), end - 1.0), dtype=np.float64)


def _by_land(
    rng: np.random.Generator,
    ais_class: str,
    motion: ShipMotion,
    outages: Sequence[tuple[str, float, float]],
    stations: Mapping[str, tuple[float, float]],
) -> Mask:
    heard = np.zeros(len(motion.t_s), dtype=bool)
    for name, (lon, lat) in stations.items():
        miles = distance_m(motion.lon, motion.lat, lon, lat) / METRES_PER_NAUTICAL_MILE
        chance = _HEARD / (1.0 + np.exp((miles - RANGE_NMI[ais_class]) / (_FADE_NMI / 2)))
        heard |= (rng.random(len(miles)) < chance) & ~_down(name, motion.t_s, outages)
    return heard


def _down(station: str, t: Floats, outages: Sequence[tuple[str, float, float]]) -> Mask:
    down = np.zeros(len(t), dtype=bool)
    for name, start, end in outages:
        if name == station:
            down |= (t >= start) & (t < end)
    return down


def _spoofed(motion: ShipMotion) -> ShipMotion:
    """While the ship is not at open sea its messages say that it lies off Nakhodka."""
    lie = motion.stay >= 0
    return ShipMotion(
        motion.t_s,
        np.where(lie, SPOOFED_AT[0], motion.lon),
        np.where(lie, SPOOFED_AT[1], motion.lat),
        np.where(lie, 0.0, motion.sog_kn),
        motion.cog_deg,
        motion.heading_deg,
        motion.stay,
        motion.present,
    )


def _course(rng: np.random.Generator, motion: ShipMotion) -> Floats:
    steady = motion.cog_deg + rng.normal(0, 1.5, len(motion.t_s))
    course = np.where(motion.sog_kn > 0.3, steady, rng.uniform(0, 360, len(motion.t_s)))
    return np.asarray(np.round(course, 1) % 360.0, dtype=np.float64)


def _status(motion: ShipMotion, ship: Ship) -> pd.arrays.IntegerArray:
    kinds = np.array([5 if s.place.kind == "berth" else 1 for s in ship.itinerary.stays] or [5])
    status = np.where(motion.stay >= 0, kinds[np.maximum(motion.stay, 0)], 7 if ship.kind == "fishing" else 0)
    return pd.array(status if ship.ais_class == "A" else np.full(len(status), 15), dtype="Int16")
