"""One port through a season: ships on roads, at anchor and at berths, and who of them sends AIS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HALF_M = 15_000.0
"""Half the side of the picture; traffic and its AIS go on outside of it."""

SMALL, COASTER, HANDY, LARGE = 0, 1, 2, 3
_LENGTHS_M = {SMALL: (22.0, 50.0), COASTER: (58.0, 115.0), HANDY: (115.0, 190.0), LARGE: (190.0, 330.0)}


@dataclass(frozen=True, slots=True)
class Nuisance:
    """What differs from port to port and nobody states; drawn once a seed."""

    days_between: float
    moving: float
    anchored: float
    berths: int
    berth_stay_d: float
    anchor_stay_d: float
    small: float
    small_without: float
    recall: float
    ship_score: float
    false_score: float
    false_per_scene: float
    spots: int
    length_error: float
    place_error_m: float
    silent: float
    late: float
    never: float
    class_b: float
    reception: float
    bad_length: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Nuisance:
        """Values in the ranges that real ports show."""
        u = rng.uniform
        return cls(
            days_between=float(u(2.5, 5.0)),
            moving=float(u(2.0, 8.0)),
            anchored=float(u(1.0, 6.0)),
            berths=int(rng.integers(4, 13)),
            berth_stay_d=float(u(1.0, 4.0)),
            anchor_stay_d=float(u(0.5, 3.0)),
            small=float(u(0.0, 0.2)),
            small_without=float(u(0.0, 0.4)),
            recall=float(u(0.85, 1.0)),
            ship_score=float(u(0.68, 0.82)),
            false_score=float(u(0.45, 0.62)),
            false_per_scene=float(u(0.0, 6.0)),
            spots=int(rng.integers(0, 4)),
            length_error=float(u(0.10, 0.25)),
            place_error_m=float(u(15.0, 40.0)),
            silent=float(u(0.0, 0.10)),
            late=float(u(0.0, 0.03)),
            never=float(u(0.0, 0.01)),
            class_b=float(u(0.05, 0.3)),
            reception=float(u(0.85, 1.0)),
            bad_length=float(u(0.0, 0.08)),
        )


@dataclass(slots=True)
class Ships:
    """One row a ship of one scene, in metres from the port's middle; velocity in m/s, heading in degrees."""

    mmsi: np.ndarray
    x: np.ndarray
    y: np.ndarray
    vx: np.ndarray
    vy: np.ndarray
    heading: np.ndarray
    length: np.ndarray
    berth: np.ndarray
    sends: np.ndarray
    class_b: np.ndarray
    stated_length: np.ndarray
    antenna: np.ndarray

    def __len__(self) -> int:
        return len(self.mmsi)


class Port:
    """Roads, anchorages and berths of one seed, and its ships scene by scene."""

    def __init__(self, rng: np.random.Generator, nuisance: Nuisance, without: float) -> None:
        self.rng, self.n, self.without = rng, nuisance, without
        self._next = 200_000_000 + int(rng.integers(1, 90)) * 1_000_000
        angles = rng.uniform(0, 2 * np.pi, int(rng.integers(2, 4)))
        self.roads = [self._road(float(a)) for a in angles]
        self.anchorages = rng.uniform(-9_000, 9_000, (int(rng.integers(1, 3)), 2))
        along = rng.uniform(0, np.pi)
        step = np.arange(nuisance.berths) * 280.0
        self.berths = np.stack([step * np.cos(along), step * np.sin(along)], 1)
        self.berth_heading = float(np.degrees(np.pi / 2 - along) % 360)
        self.days = np.cumsum(rng.uniform(0.7, 1.3, 24) * nuisance.days_between)
        self.stays = self._berth_stays() + self._anchor_stays()

    def _road(self, angle: float) -> tuple[np.ndarray, np.ndarray]:
        start = np.array([np.cos(angle), np.sin(angle)]) * 42_000.0
        return start, self.rng.uniform(-3_000, 3_000, 2)

    def _ship(self, kind: int | None = None) -> dict[str, float]:
        rng, n = self.rng, self.n
        if kind is None:
            kind = SMALL if rng.random() < n.small else int(rng.choice([COASTER, HANDY, LARGE], p=[0.4, 0.4, 0.2]))
        length = float(rng.uniform(*_LENGTHS_M[kind]))
        without = max(self.without, n.small_without) if kind == SMALL else self.without
        self._next += 1
        stated = length if rng.random() >= n.bad_length else float(rng.choice([np.nan, rng.uniform(10, 350)]))
        return {
            "mmsi": self._next,
            "length": length,
            "sends": float(rng.random() >= without),
            "class_b": float(rng.random() < (0.7 if kind == SMALL else n.class_b * 0.2)),
            "stated_length": stated,
            "antenna": float(rng.choice([-0.35, 0.0, 0.25]) + rng.normal(0, 0.06)),
        }

    def _berth_stays(self) -> list[dict[str, float]]:
        stays: list[dict[str, float]] = []
        for number, place in enumerate(self.berths):
            t = -8.0 + float(self.rng.exponential(4.0))
            while t < self.days[-1]:
                last = t + float(self.rng.gamma(2.0, self.n.berth_stay_d / 2.0))
                off = self.rng.normal(0, 8.0, 2)
                spot = {"x": place[0] + off[0], "y": place[1] + off[1], "heading": self.berth_heading}
                stays.append(self._ship() | spot | {"from": t, "to": last, "berth": float(number)})
                t = last + float(self.rng.exponential(2.0)) + 0.1
        return stays

    def _anchor_stays(self) -> list[dict[str, float]]:
        stays = []
        span = self.days[-1] + 8.0
        for _ in range(self.rng.poisson(self.n.anchored * span / self.n.anchor_stay_d)):
            t = float(self.rng.uniform(-8.0, self.days[-1]))
            middle = self.anchorages[int(self.rng.integers(len(self.anchorages)))]
            x, y = middle + self.rng.normal(0, 900.0, 2)
            stay = {"from": t, "to": t + float(self.rng.exponential(self.n.anchor_stay_d)), "berth": -1.0}
            stays.append(self._ship() | stay | {"x": x, "y": y, "heading": float(self.rng.uniform(0, 360))})
        return stays

    def scene(self, day: float) -> Ships:
        """Every ship in or near the picture at an instant, in days."""
        rows = [s | {"vx": 0.0, "vy": 0.0} for s in self.stays if s["from"] <= day < s["to"]]
        for _ in range(self.rng.poisson(self.n.moving * 2.2)):
            start, end = self.roads[int(self.rng.integers(len(self.roads)))]
            way = end - start
            way = way / np.linalg.norm(way)
            inbound = float(self.rng.choice([-1.0, 1.0]))
            side = np.array([-way[1], way[0]]) * (self.rng.normal(0, 250.0) + 300.0 * inbound)
            place = end - way * self.rng.uniform(0, 42_000) + side
            speed = float(self.rng.uniform(4.0, 16.0)) * 0.5144 * inbound
            vx, vy = way * speed
            heading = float(np.degrees(np.arctan2(vx, vy)) % 360)
            motion = {"x": place[0], "y": place[1], "vx": vx, "vy": vy, "heading": heading, "berth": -1.0}
            rows.append(self._ship() | motion)
        names = ("mmsi", "x", "y", "vx", "vy", "heading", "length", "berth", "sends", "class_b", "stated_length")
        columns = {name: np.array([row[name] for row in rows], dtype=float) for name in (*names, "antenna")}
        columns["mmsi"] = columns["mmsi"].astype(np.int64)
        columns["sends"], columns["class_b"] = columns["sends"] > 0, columns["class_b"] > 0
        return Ships(**columns)
