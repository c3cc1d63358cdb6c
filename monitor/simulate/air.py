"""A season of flights with known truth: into closed airspace, past it, and as if into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.air_tables import AIR_POSITIONS, WATCHLIST
from monitor.core.geodesy import KNOT_MS, destination, distance_m
from monitor.core.instants import utc
from monitor.core.tables import UTC, Schema
from monitor.simulate.air_flight import Path, Receiver, fly, heard_by

AIR_TRUTH = Schema(
    "air_truth",
    {
        "icao24": "str", "kind": "str", "airfield_id": "str", "arrived": UTC, "departed": UTC, "observable": "bool",
        "heard_before_km": "float64", "heard_after_km": "float64",
    },
    ("icao24", "kind", "arrived"),
)  # fmt: skip
"""`kind` landing | overflight | spoof. A landing is observable when its aircraft was heard within 800 km of the field
before and after it, with no other landing in the same silence."""

OBSERVABLE_M = 800000.0
DAY_S = 86400.0
_RECEIVERS = (
    (132.15, 43.40), (135.19, 48.53), (127.41, 50.43), (104.39, 52.27), (82.65, 55.01), (92.5, 56.17), (60.80, 56.74),
    (49.28, 55.61), (37.26, 55.59), (38.06, 55.88), (30.26, 59.80), (142.72, 46.89), (129.45, 42.88), (123.48, 41.64),
    (116.59, 40.08), (139.1, 37.9),
)  # fmt: skip
_SOMETIMES = ((126.45, 37.47), (128.9, 37.75), (124.4, 40.1), (73.4, 55.0), (113.5, 52.0))
"""Each season has some of these: Seoul, Gangneung, Dandong, Omsk, Chita. None stands in the closed airspace."""
_OTHERS = (
    (116.585, 40.080), (126.451, 37.469), (123.483, 41.640), (129.451, 42.883), (132.148, 43.399), (135.188, 48.528),
    (140.39, 35.76), (121.80, 31.14), (37.415, 55.973), (104.389, 52.268),
)  # fmt: skip
_FLEET = (
    ("15521f", "RA-86559", "IL62"), ("155221", "RA-86561", "IL62"), ("15406e", "RA-82030", "A124"),
    ("154073", "RA-82035", "A124"), ("15770e", "RA-96014", "IL96"), ("154f53", "RA-85843", "T154"),
    ("14fc12", "RA-64530", "T204"), ("15770c", "RA-96012", "IL96"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AirSeason:
    """Positions as they would be heard (watched aircraft and others), the truth, and the watched aircraft."""

    positions: pd.DataFrame
    truth: pd.DataFrame
    watchlist: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Stop:
    airfield_id: str
    arrived_s: float
    departed_s: float


def make_air_season(
    airfields: pd.DataFrame,
    *,
    seed: int,
    start: str | datetime = "2024-09-01",
    days: int = 30,
    others_per_day: int = 15,
) -> AirSeason:
    """A season of eight watched aircraft, ordinary traffic, receivers with outages, decoys and spoofed positions.

    Parameters
    ----------
    airfields : AIRFIELDS table
        Must hold ZKPY, ZKWS, UHWW, UHHH, UUWW, UUMU and ZYTX.
    seed : int
        The same seed makes the same season.

    Notes
    -----
    Each aircraft stands at home when the season begins and somewhere when it ends: those two landings are open (NaT).
    Missions: Moscow to Pyongyang and back without a stop; by Vladivostok to Pyongyang or Wonsan; by night with the
    transponder off after take-off; a loop over the sea past Wonsan, half of them through a hole in coverage;
    Vladivostok to Shenyang over the north of the closed airspace; inland flights through the holes of Siberia. A third
    of the loops wait over the sea. One aircraft gets positions at Pyongyang that it did not fly, one gets stray single
    positions. Every season lacks some stations, and all stations fail now and then.
    """
    rng = np.random.default_rng(seed)
    begin = utc(start).timestamp()
    receivers = _receivers(rng, begin, days)
    fields = airfields.set_index("airfield_id")
    heard, truth = [], []
    for k, (icao24, tail, kind) in enumerate(_FLEET):
        plan = _Plan(rng, fields, begin + rng.uniform(0.0, 1.0) * DAY_S, begin + days * DAY_S)
        plan.fly_season("night" if kind == "A124" else "any")
        parts = [_hear(path, off, receivers, rng) for path, off in plan.flights]
        rows = _rows(parts, icao24, tail, rng)
        truth += _landings(plan.stops, rows, icao24, fields) + _overflights(plan.passes, icao24)
        if k == 0:
            rows, spoofed = _spoof(rows, fields, rng)
            truth += [(icao24, "spoof", "ZKPY", spoofed[0], spoofed[1], False, np.nan, np.nan)]
        if k == 4:
            rows = _stray(rows, rng)
        heard.append(rows)
    heard.append(_others(rng, receivers, begin, days, others_per_day))
    table = pd.DataFrame(truth, columns=list(AIR_TRUTH.columns))
    for column in ("arrived", "departed"):
        table[column] = pd.to_datetime(table[column], unit="s", utc=True).astype("datetime64[us, UTC]")
    watch = pd.DataFrame(_FLEET, columns=["icao24", "registration", "type"])
    watch = watch.assign(description="", operator="", military=True, source="made up")
    positions = pd.concat(heard, ignore_index=True).sort_values(["t", "icao24"], kind="stable")
    return AirSeason(
        AIR_POSITIONS.conform(positions),
        AIR_TRUTH.conform(table.sort_values(["icao24", "arrived"])),
        WATCHLIST.conform(watch),
    )


def _receivers(rng: np.random.Generator, begin: float, days: int) -> list[Receiver]:
    places = [p for p in _RECEIVERS if rng.random() < 0.85] + [p for p in _SOMETIMES if rng.random() < 0.5]
    made = []
    for lon, lat in places:
        starts = begin + rng.uniform(0, days, rng.poisson(days / 8)) * DAY_S
        made.append(Receiver(lon, lat, outages=tuple((s, s + rng.uniform(1.0, 16.0) * 3600.0) for s in sorted(starts))))
    return made


class _Plan:
    """One aircraft's flights in order of time; it remembers where it stands."""

    def __init__(self, rng: np.random.Generator, fields: pd.DataFrame, now: float, until: float) -> None:
        self.rng, self.fields, self.now, self.until = rng, fields, now, until
        self.home = str(rng.choice(["UUWW", "UUMU"]))
        self.at = self.home
        self.flights: list[tuple[Path, tuple[float, float]]] = []
        self.stops: list[_Stop] = [_Stop(self.home, np.nan, np.nan)]
        self.passes: list[tuple[str, float]] = []

    def fly_season(self, style: str) -> None:
        """Missions until the season ends."""
        while self.now < self.until - 3.0 * DAY_S:
            names = (
                ("night", "night", "inland", "loop")
                if style == "night"
                else ("direct", "by", "loop", "across", "inland")
            )
            getattr(self, f"_{self.rng.choice(names)}")()
            self.now += self.rng.uniform(1.0, 4.0) * DAY_S

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
        self.stops.append(_Stop(to, landed, np.nan))

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


def _hear(path: Path, off: tuple[float, float], receivers: list[Receiver], rng: np.random.Generator) -> Path:
    """The instants that are heard: transponder on, some receiver in reach, thinned to what feeds keep."""
    first, last = off
    silent = (path.t_s >= first) & (path.t_s < last) if first < last else np.zeros(len(path.t_s), dtype=bool)
    if not np.isfinite(first) and first < 0:
        silent = path.t_s < last
    every = np.where(path.altitude_m > 5000.0, 1.0 / 4.0, 1.0)
    keep = heard_by(path, receivers) & ~silent & (rng.random(len(path.t_s)) < 0.9 * every)
    return Path(*(getattr(path, name)[keep] for name in path.__slots__))


def _rows(paths: list[Path], icao24: str | npt.NDArray[np.str_], tail: str, rng: np.random.Generator) -> pd.DataFrame:
    whole = {name: np.concatenate([getattr(p, name) for p in paths]) for name in Path.__slots__}
    n = len(whole["t_s"])
    lon, lat = destination(whole["lon"], whole["lat"], rng.uniform(0, 360, n), np.abs(rng.normal(0, 30.0, n)))
    feet = np.round(whole["altitude_m"] / 0.3048 / 25.0) * 25.0
    table = pd.DataFrame(
        {
            "icao24": icao24, "lon": np.round(lon, 5), "lat": np.round(lat, 5),
            "altitude_m": np.where(whole["on_ground"] | (rng.random(n) < 0.01), np.nan, feet * 0.3048),
            "altitude_kind": "barometric", "on_ground": whole["on_ground"],
            "speed_kn": np.where(rng.random(n) < 0.01, np.nan, np.round(whole["speed_ms"] / KNOT_MS, 1)),
            "track_deg": np.round(np.mod(whole["track_deg"] + rng.normal(0, 0.5, n), 360.0), 1),
            "climb_ms": np.round(whole["climb_ms"], 1), "is_stale": False, "new_leg": False, "registration": tail,
            "callsign": "", "position_type": "adsb_icao", "clock": "utc", "citation": "", "source_file": "simulated",
        }
    )  # fmt: skip
    table["t"] = pd.to_datetime(np.round(whole["t_s"], 1), unit="s", utc=True)
    return AIR_POSITIONS.conform(table)


def _landings(stops: list[_Stop], rows: pd.DataFrame, icao24: str, fields: pd.DataFrame) -> list[tuple[object, ...]]:
    t = rows["t"].astype("int64").to_numpy() / 1e6
    lon, lat = rows["lon"].to_numpy(), rows["lat"].to_numpy()
    made: list[tuple[object, ...]] = []
    gaps = []
    for stop in stops:
        k = int(np.searchsorted(t, np.nanmean([stop.arrived_s, stop.departed_s])))
        gaps.append((k, stop))
    for n, (k, stop) in enumerate(gaps):
        field = fields.loc[stop.airfield_id]
        before = float(distance_m(field.lon, field.lat, lon[k - 1], lat[k - 1])) if k > 0 else np.inf
        after = float(distance_m(field.lon, field.lat, lon[k], lat[k])) if k < len(t) else np.inf
        alone = all(k != other for m, (other, _) in enumerate(gaps) if m != n)
        seen = before <= OBSERVABLE_M and after <= OBSERVABLE_M and alone
        made.append(
            (icao24, "landing", stop.airfield_id, stop.arrived_s, stop.departed_s, seen, before / 1e3, after / 1e3)
        )
    return made


def _overflights(passes: list[tuple[str, float]], icao24: str) -> list[tuple[object, ...]]:
    return [(icao24, "overflight", place, t, t, False, np.nan, np.nan) for place, t in passes]


def _spoof(
    rows: pd.DataFrame, fields: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, tuple[float, float]]:
    """Adds a false landing at Pyongyang in the middle of a flight far away."""
    t = rows["t"].astype("int64").to_numpy() / 1e6
    far = distance_m(125.67, 39.22, rows["lon"].to_numpy(), rows["lat"].to_numpy()) > 2.5e6
    flying = np.flatnonzero(far & ~rows["on_ground"].to_numpy(dtype=bool))
    at = float(t[rng.choice(flying)])
    field = fields.loc["ZKPY"]
    n = int(rng.integers(12, 30))
    clock = at + np.arange(n) * 12.0
    lon, lat = destination(field.lon, field.lat, 20.0, np.linspace(6000.0, 0.0, n))
    false = rows.iloc[[0] * n].assign(
        t=pd.to_datetime(clock, unit="s", utc=True), lon=lon, lat=lat, altitude_m=np.linspace(350.0, 40.0, n),
        speed_kn=np.linspace(150.0, 20.0, n), track_deg=200.0, climb_ms=-3.0, on_ground=False,
    )  # fmt: skip
    return pd.concat([rows, AIR_POSITIONS.conform(false)], ignore_index=True), (float(clock[0]), float(clock[-1]))


def _stray(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Moves a few single positions far off, as a garbled message does."""
    hit = rng.choice(len(rows), size=min(10, len(rows)), replace=False)
    lon, lat = rows["lon"].to_numpy().copy(), rows["lat"].to_numpy().copy()
    lon[hit], lat[hit] = rng.uniform(20.0, 140.0, len(hit)), rng.uniform(35.0, 60.0, len(hit))
    return rows.assign(lon=lon, lat=lat)


def _others(rng: np.random.Generator, receivers: list[Receiver], begin: float, days: int, per_day: int) -> pd.DataFrame:
    parts, names = [], []
    for k in range(days * per_day):
        a, b = rng.choice(len(_OTHERS), size=2, replace=False)
        points = [(*_OTHERS[a], 50.0), (*_OTHERS[b], 50.0)]
        path = fly(points, start_s=begin + rng.uniform(0, days) * DAY_S, cruise_m=10700.0,
                   runway_deg=(rng.uniform(0, 180), rng.uniform(0, 180)), step_s=60.0, every_m=12000.0)  # fmt: skip
        heard = _hear(path, (np.inf, -np.inf), receivers, rng)
        if len(heard.t_s):
            parts.append(heard)
            names.append(np.full(len(heard.t_s), f"{0x780000 + k:06x}"))
    return _rows(parts, np.concatenate(names), "", rng) if parts else AIR_POSITIONS.empty()


def without_spoof(season: AirSeason) -> AirSeason:
    """The season's truth without its spoofs: what a scorer counts as landings and overflights."""
    return replace(season, truth=season.truth[season.truth["kind"] != "spoof"].reset_index(drop=True))
