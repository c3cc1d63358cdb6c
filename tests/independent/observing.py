"""What satellites and a fallible detector make of a season: when they look, what is hidden, which hulls are found."""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma

import numpy as np

from tests.independent.ports import Port
from tests.independent.traffic import Moored, World


@dataclass(frozen=True, slots=True)
class Look:
    """One observation of one port: the hour, the sensor, and the share of each berth that it shows."""

    port: int
    at: float
    sensor: str
    ascending: bool
    shown: tuple[float, ...]

    @property
    def water(self) -> float:
        """The share of the port that it shows."""
        return float(np.mean(self.shown))


@dataclass(frozen=True, slots=True)
class Found:
    """One detection; `ship` is 0 for what is none, `berth` -1 in the open."""

    look: int
    berth: int
    ship: int
    east_m: float
    north_m: float
    length_m: float
    axis_deg: float
    score: float


@dataclass(frozen=True, slots=True)
class Eye:
    """How well the detector of a season sees.

    Attributes
    ----------
    recall_logit, per_log_length, berth_spread : float
        Of a hull of 90 m; how that grows with length; how berths differ.
    false_rate : float
        Of false hulls a berth and observation.
    place_m : float
        Standard deviation of a place on either axis.
    length : mapping of str to float
        Standard deviation of the log of a length, by sensor.
    """

    recall_logit: float
    per_log_length: float
    berth_spread: float
    false_rate: float
    place_m: float
    length: dict[str, float]


def draw_eye(rng: np.random.Generator, *, perfect: bool) -> Eye:
    """A detector of recall 0.75 to 0.85 and about 0.03 false hulls a berth and observation, or one without fault."""
    if perfect:
        return Eye(50.0, 0.0, 0.0, 0.0, 4.0, {"s2": 0.03, "s1": 0.03})
    optical = float(rng.uniform(0.08, 0.16))
    return Eye(
        recall_logit=float(rng.uniform(1.3, 2.1)),
        per_log_length=float(rng.uniform(0.8, 2.0)),
        berth_spread=0.4,
        false_rate=float(rng.uniform(0.02, 0.045)),
        place_m=float(rng.uniform(12, 24)),
        length={"s2": optical, "s1": float(min(optical * rng.uniform(1.0, 1.5), 0.2))},
    )


def looks(world: World) -> list[Look]:
    """The observations of every port in order of time, clouds included; ports are seen hours to days apart."""
    rng, case = world.rng, world.case
    mood = _clouds(len(world.ports), case.days, rng)
    found = []
    for n, port in enumerate(world.ports):
        kinds = [("s2", 5.0, rng.uniform(0, 5), rng.uniform(9.5, 11.5))]
        if case.every_days <= 2.5:
            kinds.append(("s1", 5.0, (kinds[0][2] + rng.uniform(1.5, 3.5)) % 5, rng.choice([6.0, 18.0])))
        if case.every_days <= 1.0:
            kinds.append(("s2", 1.0, 0.0, rng.uniform(8, 14)))
        for sensor, every, phase, hour in kinds:
            first = int(phase) * 24.0 + hour
            for at in np.arange(first, world.end_h, every * 24.0):
                shown = _shown(port, mood[n, int(at // 24)] if sensor == "s2" else -9.0, rng)
                moment = float(at + rng.uniform(-0.3, 0.3))
                found.append(Look(n, moment, sensor, hour > 12, shown))
    return sorted(found, key=lambda look: (look.at, look.port))


def _clouds(ports: int, days: int, rng: np.random.Generator) -> np.ndarray:
    """Standard normal by port and day, 0.5 alike between ports, a little from day to day."""
    raw = np.sqrt(0.5) * rng.normal(size=(1, days + 1)) + np.sqrt(0.5) * rng.normal(size=(ports, days + 1))
    for day in range(1, days + 1):
        raw[:, day] = 0.3 * raw[:, day - 1] + np.sqrt(1 - 0.3**2) * raw[:, day]
    return raw


def _shown(port: Port, mood: float, rng: np.random.Generator) -> tuple[float, ...]:
    """The share shown of each berth: none under thick cloud, of some berths part of it under broken cloud."""
    count = len(port.berths)
    if mood > 0.84:
        return (0.0,) * count
    if mood > 0.25:
        return tuple(float(rng.uniform(0, 1)) if rng.random() < 0.5 else 1.0 for _ in range(count))
    return (1.0,) * count


def detect(world: World, seen: list[Look], eye: Eye) -> tuple[list[Found], list[list[Moored]]]:
    """The detections of each observation, and which ships really lay there."""
    rng = world.rng
    there: list[list[Moored]] = [[] for _ in seen]
    at = np.array([look.at for look in seen])
    port = np.array([look.port for look in seen])
    for m in world.moored:
        if m.port >= 0:
            for k in np.flatnonzero((port == m.port) & (at >= m.start) & (at < m.end)):
                there[k].append(m)
    berth_effect = [rng.normal(0, eye.berth_spread, len(p.berths)) for p in world.ports]
    piers = [_look_alikes(world, n) for n in range(len(world.ports))]
    found: list[Found] = []
    for k, look in enumerate(seen):
        for m in there[k]:
            hull = _hull(world, look, k, m, berth_effect[look.port], eye)
            if hull is not None:
                found.append(hull)
        found += _false(world, look, k, there[k], piers[look.port], eye)
    return found, there


def _hull(world: World, look: Look, k: int, m: Moored, effect: np.ndarray, eye: Eye) -> Found | None:
    rng, ship = world.rng, world.ships[m.ship - 1]
    if rng.random() >= (look.shown[m.berth] if m.berth >= 0 else look.water):
        return None
    logit = eye.recall_logit + eye.per_log_length * np.log(ship.length_m / 90)
    logit += ship.hard_to_see * (eye.berth_spread > 0) + (effect[m.berth] if m.berth >= 0 else 0.0)
    logit -= 1.0 * (m.rafted and eye.berth_spread > 0) + 0.3 * (look.sensor == "s1")
    if rng.random() >= 1 / (1 + np.exp(-logit)):
        return None
    place = rng.normal((m.east_m, m.north_m), eye.place_m)
    error = eye.length[look.sensor] * (0.95 * rng.normal() + ship.length_bias)
    axis = world.ports[look.port].berths[m.berth].azimuth if m.berth >= 0 else rng.uniform(0, 180)
    score = rng.beta(4.0 + 2.0 * np.clip(logit, -1, 2.5), 2.5)
    length = ship.length_m * np.exp(error)
    return Found(k, m.berth, m.ship, *map(float, place), float(length), float(axis + rng.normal(0, 5)) % 180, score)


def _look_alikes(world: World, n: int) -> list[tuple[int, float, float, float, float]]:
    """Piers taken for a ship: berth, place along it and off its face, length, and how often."""
    rng, port = world.rng, world.ports[n]
    return [
        (
            int(rng.integers(len(port.berths))),
            float(rng.uniform(-0.3, 0.3)),
            float(rng.uniform(0, 20)),
            float(rng.uniform(50, 130)),
            float(rng.uniform(0.15, 0.8)),
        )
        for _ in range(rng.binomial(3, world.case.look_alikes / 3))
    ]


def _false(
    world: World, look: Look, k: int, there: list[Moored], piers: list[tuple[int, float, float, float, float]], eye: Eye
) -> list[Found]:
    """Piers, chance finds at berths, and chance finds in the open."""
    rng, port = world.rng, world.ports[look.port]
    made = []

    def add(berth: int, place: tuple[float, float], length: float, score: float) -> None:
        axis = port.berths[berth].azimuth if berth >= 0 else rng.uniform(0, 180)
        made.append(Found(k, berth, 0, *place, length, float(axis + rng.normal(0, 12)) % 180, score))

    for berth, along, off, length, often in piers:
        east, north = port.along(port.berths[berth], along * port.berths[berth].length_m, off)
        hidden = any(m.berth == berth and np.hypot(m.east_m - east, m.north_m - north) < 80 for m in there)
        if not hidden and rng.random() < often * look.shown[berth]:
            place = (float(east + rng.normal(0, 8)), float(north + rng.normal(0, 8)))
            add(berth, place, float(length * np.exp(rng.normal(0, 0.1))), float(rng.beta(4.0, 4.0)))
    for n, berth_ in enumerate(port.berths):
        if rng.random() < eye.false_rate * look.shown[n]:
            half = berth_.length_m / 2
            place = port.along(berth_, float(rng.uniform(-half, half)), float(rng.uniform(-10, 40)))
            add(n, place, float(np.clip(70 * np.exp(rng.normal(0, 0.35)), 30, 180)), float(rng.beta(2.5, 3.5)))
    for _ in range(rng.poisson(0.3 * look.water) if eye.false_rate else 0):
        add(-1, (float(rng.uniform(-5000, 5000)), float(rng.uniform(-5500, -2000))), 50.0, float(rng.beta(2.0, 4.0)))
    return made


def ship_odds(score: float) -> float:
    """How much likelier a score is of a ship than of a false hull."""
    return float(np.exp(_log_beta(score, 7.0, 2.5) - _log_beta(score, 2.5, 3.5)))


def _log_beta(x: float, a: float, b: float) -> float:
    x = float(np.clip(x, 1e-3, 1 - 1e-3))
    return float((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - lgamma(a) - lgamma(b) + lgamma(a + b))
