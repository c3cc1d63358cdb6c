"""AIS as received: what land stations and satellites receive of what the ships send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats, Mask
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.tables import POSITIONS, VESSELS
from monitor.core.timerange import TimeRange
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import Ship, World
from monitor.simulate.traffic.itinerary import ShipMotion


@dataclass(frozen=True, slots=True)
class FeedRule:
    """How a feed of AIS receives; all chosen.

    Attributes
    ----------
    moving_s, resting_s : float
        The feed is thinned to one position in this time, under way and at rest.
    range_nmi : mapping of str to float
        Distance at which a land station receives half of its best share, by AIS class.
    fade_nmi : float
        Width of the fall around that distance.
    received : float
        Share of messages that a land station receives near by.
    satellite_every_s, satellite_for_s : float
        A satellite is in view once in the former time, for the latter.
    satellite_received : mapping of str to float
        Share of messages received while it is, by AIS class.
    gps_m : float
        Standard deviation of a position in each axis.
    """

    moving_s: float = 240.0
    resting_s: float = 900.0
    range_nmi: Mapping[str, float] = field(default_factory=lambda: {"A": 32.0, "B": 16.0})
    fade_nmi: float = 4.0
    received: float = 0.93
    satellite_every_s: float = 6_000.0
    satellite_for_s: float = 600.0
    satellite_received: Mapping[str, float] = field(default_factory=lambda: {"A": 0.45, "B": 0.1})
    gps_m: float = 6.0


RULE = FeedRule()
_METRES_PER_DEGREE = 111_320.0
SPOOFED_AT = (132.905, 42.72)
"""Off Nakhodka: the place that the spoofer claims."""


def received_positions(
    seed: int, world: World, period: TimeRange, stations: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    """POSITIONS of the whole season, in order of time; `source_file` is ``simulated``.

    Parameters
    ----------
    seed : int
    world : World
    period : TimeRange
    stations : mapping of str to tuple
        Longitude and latitude of the receivers on land, by name.
    """
    tables = [_received(seed, ship, world, period, stations) for ship in world.ships if ship.ais_class]
    table = pd.concat([t for t in tables if len(t)] or [POSITIONS.empty()], ignore_index=True)
    return POSITIONS.conform(table.sort_values(["t", "mmsi"], kind="stable"))


def broadcast_vessels(world: World) -> pd.DataFrame:
    """VESSELS: the static data that each ship with a transponder sends. IMO numbers are left out."""
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
    return VESSELS.conform(pd.DataFrame(rows)) if rows else VESSELS.empty()


def _received(
    seed: int, ship: Ship, world: World, period: TimeRange, stations: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    rng = generator(seed, "ais", ship.mmsi)
    t = _instants(rng, ship, period)
    motion = ship.itinerary.at(t)
    if ship.role == "spoofer":
        motion = _spoofed(motion)
    on = ship.sends(t) & motion.present
    land = _by_land(rng, ship.ais_class, motion, world.outages, stations)
    space = (t % RULE.satellite_every_s < RULE.satellite_for_s) & (
        rng.random(len(t)) < RULE.satellite_received[ship.ais_class]
    )
    keep = on & (land | space) & ~_down("*", t, world.outages)
    noise = rng.normal(0.0, RULE.gps_m / _METRES_PER_DEGREE, size=(2, len(t)))
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
    t = np.arange(start, end, RULE.moving_s) + float(rng.uniform(0, RULE.moving_s))
    t = t[t < end]
    resting = ship.itinerary.at(t).sog_kn < 0.3
    every = round(RULE.resting_s / RULE.moving_s)
    t = t[~resting | (np.arange(len(t)) % every == 0)]
    return np.asarray(np.minimum(t + rng.uniform(0, 40.0, len(t)), end - 1.0), dtype=np.float64)


def _by_land(
    rng: np.random.Generator,
    ais_class: str,
    motion: ShipMotion,
    outages: Sequence[tuple[str, float, float]],
    stations: Mapping[str, tuple[float, float]],
) -> Mask:
    received = np.zeros(len(motion.t_s), dtype=bool)
    for name, (lon, lat) in stations.items():
        miles = distance_m(motion.lon, motion.lat, lon, lat) / METRES_PER_NAUTICAL_MILE
        probability = RULE.received / (1.0 + np.exp((miles - RULE.range_nmi[ais_class]) / (RULE.fade_nmi / 2)))
        received |= (rng.random(len(miles)) < probability) & ~_down(name, motion.t_s, outages)
    return received


def _down(station: str, t: Floats, outages: Sequence[tuple[str, float, float]]) -> Mask:
    down = np.zeros(len(t), dtype=bool)
    for name, start, end in outages:
        if name == station:
            down |= (t >= start) & (t < end)
    return down


def _spoofed(motion: ShipMotion) -> ShipMotion:
    """While the ship is not at open sea its messages claim a place off Nakhodka."""
    false = motion.stay >= 0
    return replace(
        motion,
        lon=np.where(false, SPOOFED_AT[0], motion.lon),
        lat=np.where(false, SPOOFED_AT[1], motion.lat),
        sog_kn=np.where(false, 0.0, motion.sog_kn),
    )


def _course(rng: np.random.Generator, motion: ShipMotion) -> Floats:
    steady = motion.cog_deg + rng.normal(0, 1.5, len(motion.t_s))
    course = np.where(motion.sog_kn > 0.3, steady, rng.uniform(0, 360, len(motion.t_s)))
    return np.asarray(np.round(course, 1) % 360.0, dtype=np.float64)


def _status(motion: ShipMotion, ship: Ship) -> pd.arrays.IntegerArray:
    kinds = np.array([5 if s.place.kind == "berth" else 1 for s in ship.itinerary.stays] or [5])
    status = np.where(motion.stay >= 0, kinds[np.maximum(motion.stay, 0)], 7 if ship.kind == "fishing" else 0)
    return pd.array(status if ship.ais_class == "A" else np.full(len(status), 15), dtype="Int16")
