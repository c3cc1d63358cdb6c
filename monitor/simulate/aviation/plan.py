"""Where a made-up government aircraft flies, in order of time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import distance_m
from monitor.simulate.aviation.flight import Path, fly

DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stay at an airfield, Unix seconds; NaN where the season does not hold that end."""

    airfield_id: str
    arrived_s: float
    departed_s: float


class FlightPlan:
    """One aircraft's flights, in order of time, and where it stands."""

    def __init__(self, rng: np.random.Generator, fields: pd.DataFrame, now: float, until: float) -> None:
        self.rng, self.fields, self.now, self.until = rng, fields, now, until
        self.home = str(rng.choice(["UUWW", "UUMU"]))
        self.at = self.home
        self.flights: list[tuple[Path, tuple[float, float]]] = []
        self.stops: list[PlannedStop] = [PlannedStop(self.home, np.nan, np.nan)]
        self.passes: list[tuple[str, float]] = []

    def fly_season(self, style: str, pause_days: tuple[float, float], *, first: str = "") -> None:
        """Add missions until the season ends.

        Parameters
        ----------
        style : str
            ``night`` or ``any``.
        pause_days : tuple of float
            Least and most days between two.
        first : str
            Names the first one; "" draws it.
        """
        while self.now < self.until - 3.0 * DAY_S:
            names = (
                ("night", "night", "inland", "loop")
                if style == "night"
                else ("direct", "by", "loop", "across", "inland")
            )
            getattr(self, f"_{first or self.rng.choice(names)}")()
            first = ""
            self.now += self.rng.uniform(*pause_days) * DAY_S

    def _hop(
        self,
        to: str,
        ground_h: float,
        *,
        via: tuple[tuple[float, float], ...] = (),
        off: tuple[float, float] | None = None,
    ) -> None:
        a, b = self.fields.loc[self.at], self.fields.loc[to]
        rng = self.rng
        points = [(a.lon, a.lat, a.elevation_m), *((lon, lat, 0.0) for lon, lat in via), (b.lon, b.lat, b.elevation_m)]
        if not via:
            bend = rng.normal(0.0, 0.4)
            points.insert(1, ((a.lon + b.lon) / 2 + bend, (a.lat + b.lat) / 2 + rng.normal(0.0, 0.4), 0.0))
        runways = (rng.uniform(0, 180), rng.uniform(0, 180))
        path = fly(
            points, start_s=self.now, cruise_m=float(rng.choice([9100.0, 9700.0, 10300.0, 11000.0])), runway_deg=runways
        )
        landed = float(path.t_s[~path.on_ground][-1])
        self.stops[-1] = replace(self.stops[-1], departed_s=self.now)
        self.flights.append((path, off or (np.inf, -np.inf)))
        if via:
            self._note_passes(path)
        self.at = to
        self.now = landed + ground_h * 3600.0
        self.stops.append(PlannedStop(to, landed, np.nan))

    def _note_passes(self, path: Path) -> None:
        for airfield_id in self.fields.index[self.fields["closed"]]:
            field = self.fields.loc[airfield_id]
            metres = distance_m(field.lon, field.lat, path.lon, path.lat)
            k = int(metres.argmin())
            if metres[k] <= 60000.0 and path.altitude_m[k] > 3000.0:
                self.passes.append((str(airfield_id), float(path.t_s[k])))

    def _to_vladivostok(self) -> None:
        if self.at != "UHWW":
            self._hop("UHWW", self.rng.uniform(2.0, 20.0))

    def _go_home(self) -> None:
        if self.at != self.home:
            self._hop(self.home, 0.0)

    def _direct(self) -> None:
        self._hop("ZKPY", self.rng.uniform(12.0, 48.0))
        self._go_home()

    def _by(self) -> None:
        self._to_vladivostok()
        self._hop(str(self.rng.choice(["ZKPY", "ZKPY", "ZKWS"])), self.rng.uniform(0.8, 6.0))
        self._hop("UHWW", self.rng.uniform(1.0, 10.0))
        self._go_home()

    def _night(self) -> None:
        self._to_vladivostok()
        self.now += (17.0 * 3600.0 - self.now % DAY_S) % DAY_S + self.rng.uniform(-2.0, 3.0) * 3600.0
        dark = self.now + self.rng.uniform(6.0, 30.0) * 60.0
        self._hop("ZKPY", self.rng.uniform(1.0, 3.0), off=(dark, np.inf))
        back = self.now + self.rng.uniform(25.0, 50.0) * 60.0
        self._hop("UHWW", self.rng.uniform(3.0, 20.0), off=(-np.inf, back))

    def _loop(self) -> None:
        self._to_vladivostok()
        turn = (128.6 + self.rng.uniform(-0.4, 0.6), 39.2 + self.rng.uniform(-0.3, 0.4))
        back = (130.6 + self.rng.uniform(-0.4, 0.4), 40.2 + self.rng.uniform(-0.3, 0.3))
        hole = (np.inf, -np.inf)
        if self.rng.random() < 0.5:
            first = self.now + self.rng.uniform(30.0, 42.0) * 60.0
            hole = (first, first + self.rng.uniform(20.0, 75.0) * 60.0)
        waits = int(self.rng.integers(1, 3)) if self.rng.random() < 1 / 3 else 0
        self._hop("UHWW", self.rng.uniform(2.0, 20.0), via=(turn, back) * (1 + waits), off=hole)

    def _across(self) -> None:
        self._to_vladivostok()
        self._hop("ZYTX", self.rng.uniform(2.0, 8.0), via=((128.4 + self.rng.uniform(-0.4, 0.4), 41.8),))
        self._hop("UHWW", self.rng.uniform(2.0, 8.0), via=((128.6 + self.rng.uniform(-0.4, 0.4), 42.1),))

    def _inland(self) -> None:
        self._hop(str(self.rng.choice(["UHHH", "UIII", "UNNT"])), self.rng.uniform(2.0, 20.0))
        self._go_home()
