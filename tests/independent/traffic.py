"""Ships' movements, event by event: arrivals, berths and the roads, departures."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace

import numpy as np

from tests.independent.cases import Case
from tests.independent.ports import NMI_M, Berth, Port, between_m

BURN_IN_H = 24.0 * 30
AWAY = -1
"""Index that stands for a port that nobody watches."""


@dataclass(slots=True)
class Ship:
    """A ship and its habits; hours throughout."""

    id: int
    kind: str
    length_m: float
    mmsi: int
    speed_kn: float
    stay_h: tuple[float, float, float, float]
    ports: tuple[int, ...]
    berths: dict[int, tuple[int, ...]]
    away_h: tuple[float, float] = (0.0, 0.0)
    elsewhere: float = 0.0
    sea_fixes: float = 0.0
    hard_to_see: float = 0.0
    length_bias: float = 0.0
    calls: int = 0
    last_port: int = AWAY


@dataclass(frozen=True, slots=True)
class Moored:
    """A ship in one place from `start` to `end`, in hours; `berth` -1 is the roads, `port` -1 is elsewhere."""

    ship: int
    call: int
    port: int
    berth: int
    start: float
    end: float
    east_m: float = 0.0
    north_m: float = 0.0
    span_m: tuple[float, float] = (0.0, 0.0)
    rafted: bool = False


@dataclass(frozen=True, slots=True)
class Sailed:
    """A passage straight from one watched port to another."""

    ship: int
    origin: int
    target: int
    start: float
    end: float


@dataclass(slots=True)
class World:
    """Everything that moves in one season, with the nuisances drawn for it."""

    case: Case
    ports: tuple[Port, ...]
    rng: np.random.Generator
    ships: list[Ship] = field(default_factory=list)
    moored: list[Moored] = field(default_factory=list)
    sailed: list[Sailed] = field(default_factory=list)

    @property
    def end_h(self) -> float:
        """Length of the season."""
        return 24.0 * self.case.days


def make_world(case: Case, ports: tuple[Port, ...], rng: np.random.Generator) -> World:
    """Ships of all kinds, moved through the season and some time before it."""
    world = World(case, ports, rng)
    arrivals = _fleet(world)
    _run(world, arrivals)
    return world


def _fleet(world: World) -> list[tuple[float, int, int]]:
    """Draw the ships; the first arrival (hour, ship, port) of each."""
    case, rng = world.case, world.rng
    span = (-BURN_IN_H, world.end_h)
    size = float(rng.uniform(80, 150))
    like, on_ais = rng.uniform(0.25, 0.6), rng.uniform(0.25, 0.8)
    median, shape = rng.uniform(24, 60), rng.uniform(1.5, 6.0)
    first: list[tuple[float, int, int]] = []

    def near(length: float, spread: float = 0.08) -> float:
        return float(np.clip(length * np.exp(rng.normal(0, spread)), 45, 200))

    def length() -> float:
        return near(size) if rng.random() < like else float(np.clip(90 * np.exp(rng.normal(0, 0.4)), 40, 200))

    def add(kind: str, long: float, ports: tuple[int, ...], at: float, *, ais: bool, **habits: object) -> None:
        first.append((at, len(world.ships), int(rng.choice(ports))))
        world.ships.append(_ship(world, kind, long, ports, ais=ais, stay=(median, shape), **habits))

    def home(port: int, long: float, *, ais: bool) -> None:
        mean = rng.uniform(4, 16) * 24
        away = (mean, rng.choice([rng.uniform(0.05, 0.15), rng.uniform(0.3, 0.7)]))
        add("home", long, (port,), span[0] + rng.uniform(0, mean), ais=ais, away_h=away)

    for n, _ in enumerate(world.ports):
        rate = case.busy * rng.uniform(0.1, 0.25) / 24
        for at in np.sort(rng.uniform(*span, rng.poisson(rate * (span[1] - span[0])))):
            add("visitor", length(), (n,), float(at), ais=bool(rng.random() < on_ais))
        for _ in range(rng.binomial(3, min(0.35 * case.busy, 0.9))):
            home(n, length(), ais=bool(rng.random() < on_ais))
        for _ in range(rng.binomial(3, case.laid_up / 3)):
            at = float(rng.uniform(span[0], world.end_h * 0.6))
            add("laid up", length(), (n,), at, ais=bool(rng.random() < 0.3))
        for _ in range(case.stand_ins):
            long = near(size)
            if rng.random() < 0.5:
                home(n, long, ais=False)
                continue
            times = rng.uniform(*span, rng.poisson((span[1] - span[0]) / (24 * rng.uniform(5, 9))))
            for at in np.sort(times):
                add("visitor", near(long), (n,), float(at), ais=False)
    seen_at_sea = float(rng.uniform(0.1, 0.5)) if rng.random() < 0.4 else 0.0
    for kind, count in (
        ("shuttle", case.shuttles),
        ("honest liner", int(rng.integers(case.honest_liners[0], case.honest_liners[1] + 1))),
    ):
        for _ in range(count):
            at = span[0] + float(rng.uniform(0, 200))
            away = float(rng.uniform(0.0, 0.08))
            add(kind, near(size), (0, 1), at, ais=kind != "shuttle", elsewhere=away, sea_fixes=seen_at_sea)
    return first


def _ship(
    world: World,
    kind: str,
    long: float,
    ports: tuple[int, ...],
    *,
    ais: bool,
    stay: tuple[float, float],
    away_h: tuple[float, float] = (0.0, 0.0),
    elsewhere: float = 0.0,
    sea_fixes: float = 0.0,
) -> Ship:
    rng, number = world.rng, len(world.ships)
    mean = float(stay[0] * np.exp(rng.normal(0, 0.25)))
    limits = {"laid up": (24 * 30.0, 24 * 400.0), "shuttle": (0.7 * 24, 5 * 24.0)}.get(kind, (8.0, 24 * 12.0))
    if kind == "laid up":
        mean = float(rng.uniform(40, 150) * 24)
    berths = {}
    for n in ports:
        fitting = [k for k, berth in enumerate(world.ports[n].berths) if berth.length_m >= long + 10]
        count = len(fitting) if kind == "visitor" else int(rng.integers(1, 4))
        berths[n] = tuple(int(k) for k in rng.permutation(fitting)[:count])
    mmsi = 700_000_000 + 1000 * number + int(rng.integers(0, 1000)) if ais or sea_fixes > 0 else 0
    return Ship(
        id=number + 1,
        kind=kind,
        length_m=long,
        mmsi=mmsi,
        speed_kn=float(rng.uniform(8.5, 13.0)),
        stay_h=(mean, stay[1], *limits),
        ports=ports,
        berths=berths,
        away_h=away_h,
        elsewhere=elsewhere,
        sea_fixes=sea_fixes if kind == "shuttle" else 0.0,
        hard_to_see=float(rng.normal(0, 0.5)),
        length_bias=float(rng.normal(0, 0.3)),
    )


def _run(world: World, first: list[tuple[float, int, int]]) -> None:
    """Move every ship from arrival to arrival until the season is over."""
    rng = world.rng
    taken: dict[tuple[int, int], list[Moored]] = {}
    queue = [(at, n, ship, port, at) for n, (at, ship, port) in enumerate(first)]
    heapq.heapify(queue)
    ticket, shift = len(queue), float(rng.uniform(0.0, 0.06))
    detour = {frozenset((a, b)): rng.uniform(1.0, 1.25) for a in range(len(world.ports)) for b in range(a)}
    while queue:
        at, _, index, port, since = heapq.heappop(queue)
        ship = world.ships[index]
        if at > world.end_h + 24 * 10:
            continue
        place = _moor(world, ship, port, at, taken)
        if place is None:
            if at - since < 72 or ship.kind in ("shuttle", "honest liner"):
                ticket += 1
                heapq.heappush(queue, (at + float(rng.uniform(2, 5)), ticket, index, port, since))
                continue
            left = at
        else:
            if at > since:
                world.moored.append(_in_roads(world, ship, port, since, at))
            left = place.end
            if rng.random() < shift and ship.kind != "laid up":
                left = _shift(world, ship, place, taken)
        ship.calls, ship.last_port = ship.calls + 1, port
        following = _next(world, ship, port, left, detour)
        if following is not None:
            ticket += 1
            heapq.heappush(queue, (following[0], ticket, index, following[1], following[0]))


def _moor(world: World, ship: Ship, port: int, at: float, taken: dict[tuple[int, int], list[Moored]]) -> Moored | None:
    """The place that a ship takes on arrival; None when every berth of its choice is full."""
    rng, mean, shape = world.rng, ship.stay_h[0], ship.stay_h[1]
    stay = float(np.clip(rng.gamma(shape, mean / shape), *ship.stay_h[2:]))
    choice = ship.berths[port]
    order = list(rng.permutation(choice)) if len(choice) else []
    for raft in (False, True):
        for number in order:
            key = (port, int(number))
            taken[key] = [m for m in taken.get(key, []) if m.end > at]
            span = _gap(world.ports[port].berths[number], ship.length_m, taken[key], rng)
            if raft and rng.random() < 0.25 and not any(m.rafted for m in taken[key]):
                inner = max(taken[key], key=lambda m: m.end)
                span = inner.span_m if ship.length_m <= (inner.span_m[1] - inner.span_m[0]) * 1.3 else None
            elif raft:
                span = None
            if span is None:
                continue
            berth = world.ports[port].berths[number]
            middle = (span[0] + span[1]) / 2 - berth.length_m / 2
            east, north = world.ports[port].along(berth, middle, 32.0 if raft else 12.0)
            made = Moored(ship.id, ship.calls, port, int(number), at, at + stay, east, north, span, raft)
            taken[key].append(made)
            world.moored.append(made)
            return made
    return None


def _gap(berth: Berth, length_m: float, moored: list[Moored], rng: np.random.Generator) -> tuple[float, float] | None:
    """Where along a quay a hull fits, by metres from its beginning; None when nowhere."""
    edges = [0.0, *(x for m in sorted(moored, key=lambda m: m.span_m) for x in m.span_m), berth.length_m]
    free = [(low + 5, high - 5) for low, high in zip(edges[::2], edges[1::2], strict=True)]
    free = [(low, high) for low, high in free if high - low >= length_m]
    if not free:
        return None
    low, high = free[int(rng.integers(len(free)))]
    start = low + (high - low - length_m) * float(rng.choice([rng.uniform(0, 0.1), rng.uniform(0.9, 1), rng.random()]))
    return (start, start + length_m)


def _shift(world: World, ship: Ship, place: Moored, taken: dict[tuple[int, int], list[Moored]]) -> float:
    """Move a ship to another berth within its call where one is free; the hour at which it leaves the port."""
    others = [k for k in ship.berths[place.port] if k != place.berth]
    at = place.start + (place.end - place.start) * float(world.rng.uniform(0.3, 0.7))
    for number in others:
        held = [m for m in taken.get((place.port, number), []) if m.end > at]
        span = _gap(world.ports[place.port].berths[number], ship.length_m, held, world.rng)
        if span is None:
            continue
        berth = world.ports[place.port].berths[number]
        east, north = world.ports[place.port].along(berth, (span[0] + span[1]) / 2 - berth.length_m / 2, 12.0)
        world.moored[world.moored.index(place)] = replace(place, end=at)
        moved = Moored(ship.id, place.call, place.port, number, at + 2.0, place.end + 2.0, east, north, span)
        taken.setdefault((place.port, number), []).append(moved)
        world.moored.append(moved)
        return moved.end
    return place.end


def _in_roads(world: World, ship: Ship, port: int, start: float, end: float) -> Moored:
    east, north = world.ports[port].roads
    rng = world.rng
    where = (east + rng.uniform(-1000, 1000), north + rng.uniform(-1000, 1000))
    return Moored(ship.id, ship.calls, port, -1, start, end, *where)


def _next(
    world: World, ship: Ship, port: int, left: float, detour: dict[frozenset[int], float]
) -> tuple[float, int] | None:
    """When and where a ship that leaves a port arrives next; None for one that does not come back."""
    rng = world.rng
    if ship.kind in ("visitor", "laid up"):
        return None
    if ship.kind == "home":
        away = float(max(ship.away_h[0] * np.exp(rng.normal(0, ship.away_h[1])), 20.0))
        _elsewhere(world, ship, left, away)
        return left + away, port
    other = ship.ports[1] if port == ship.ports[0] else ship.ports[0]
    if rng.random() < ship.elsewhere:
        away = float(rng.uniform(7, 21) * 24)
        _elsewhere(world, ship, left, away)
        return left + away, int(rng.choice(ship.ports))
    way = between_m(world.ports[port], world.ports[other]) * detour[frozenset((port, other))]
    hours = way / NMI_M / (ship.speed_kn * np.exp(rng.normal(0, 0.06)))
    hours += rng.exponential(8.0) if rng.random() < 0.5 else 0.0
    hours += rng.uniform(24, 72) if rng.random() < 0.05 else 0.0
    world.sailed.append(Sailed(ship.id, port, other, left, left + float(hours)))
    return left + float(hours), other


def _elsewhere(world: World, ship: Ship, left: float, away: float) -> None:
    """Note a call at a port that nobody watches."""
    world.moored.append(Moored(ship.id, ship.calls, AWAY, -1, left + 0.3 * away, left + 0.7 * away))
    ship.calls += 1
