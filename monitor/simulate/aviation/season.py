"""A season of flights with known truth: into closed airspace, past it, and as if into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.geo.geodesy import KNOT_MS, destination, distance_m
from monitor.core.schema import UTC, Column, Schema
from monitor.core.tables.aviation import AIR_POSITIONS, AIRCRAFT_WATCHLIST
from monitor.core.timerange import utc
from monitor.simulate.aviation.anomalies import DOUBLE_FIELDS, double_flights, spoofed, strayed
from monitor.simulate.aviation.flight import Path, Receiver, fly, received_by
from monitor.simulate.aviation.plan import DAY_S, FlightPlan, PlannedStop

AIR_TRUTH = Schema(
    name="air_truth",
    text=(
        "What each simulated aircraft did. A landing is observable when its aircraft was received within 800 km "
        "of the field before and after it, with no other landing in the same silence, and no other aircraft "
        "used its address within six hours: then it is unknown which of the two landed."
    ),
    columns={
        "icao24": Column("str", "", "Address of the aircraft, six hexadecimal digits in lower case."),
        "kind": Column("str", "", "landing | overflight | spoof | other (another aircraft with this address)."),
        "airfield_id": Column("str", "", "Id of the field."),
        "arrived": Column(UTC, "UTC", "When it arrived or passed, NaT before the season."),
        "departed": Column(UTC, "UTC", "When it departed or passed, NaT after the season."),
        "observable": Column("bool", "", "Whether the traces could show the landing."),
        "heard_before_km": Column("float64", "km", "Distance from field to position before, NaN unless a landing."),
        "heard_after_km": Column("float64", "km", "Distance from field to position after, NaN unless a landing."),
    },
    key=("icao24", "kind", "arrived"),
    time=("arrived", "departed"),
)

OBSERVABLE_M = 800000.0
SHARED_S = 6 * 3600.0
_RECEIVERS = (
    (132.15, 43.40),
    (135.19, 48.53),
    (127.41, 50.43),
    (104.39, 52.27),
    (82.65, 55.01),
    (92.5, 56.17),
    (60.80, 56.74),
    (49.28, 55.61),
    (37.26, 55.59),
    (38.06, 55.88),
    (30.26, 59.80),
    (142.72, 46.89),
    (129.45, 42.88),
    (123.48, 41.64),
    (116.59, 40.08),
    (139.1, 37.9),
)
_SOMETIMES = ((126.45, 37.47), (128.9, 37.75), (124.4, 40.1), (73.4, 55.0), (113.5, 52.0))
"""Each season has some of these: Seoul, Gangneung, Dandong, Omsk, Chita. None stands in the closed airspace."""
_OTHERS = (
    (116.585, 40.080),
    (126.451, 37.469),
    (123.483, 41.640),
    (129.451, 42.883),
    (132.148, 43.399),
    (135.188, 48.528),
    (140.39, 35.76),
    (121.80, 31.14),
    (37.415, 55.973),
    (104.389, 52.268),
)
_FLEET = (
    ("15521f", "RA-86559", "IL62"),
    ("155221", "RA-86561", "IL62"),
    ("15406e", "RA-82030", "A124"),
    ("154073", "RA-82035", "A124"),
    ("15770e", "RA-96014", "IL96"),
    ("154f53", "RA-85843", "T154"),
    ("14fc12", "RA-64530", "T204"),
    ("15770c", "RA-96012", "IL96"),
)


@dataclass(frozen=True, slots=True)
class AirSeason:
    """Positions as they would be received (watched aircraft and others), the truth, and the watched aircraft."""

    positions: pd.DataFrame
    truth: pd.DataFrame
    watchlist: pd.DataFrame


def make_air_season(
    airfields: pd.DataFrame,
    *,
    seed: int,
    start: str | datetime = "2024-09-01",
    days: int = 30,
    fleet: int = len(_FLEET),
    pause_days: tuple[float, float] = (1.0, 4.0),
    others_per_day: int = 15,
) -> AirSeason:
    """A season of watched aircraft, ordinary traffic, receivers with outages, decoys and false positions.

    Parameters
    ----------
    airfields : AIRFIELDS table
        Must hold ZKPY, ZKWS, UHWW, UHHH, UUWW, UUMU, ULLI, UWKD and ZYTX.
    seed : int
        The same seed and numbers make the same season.
    start : str or datetime
        First instant.
    days : int
    fleet : int
        How many watched aircraft, at most eight.
    pause_days : tuple of float
        Least and most days between two missions of one aircraft.
    others_per_day : int
        Flights of ordinary traffic.

    Notes
    -----
    Each aircraft stands at home when the season begins and somewhere when it ends: those two landings are open (NaT).
    Missions: Moscow to Pyongyang and back without a stop; by Vladivostok to Pyongyang or Wonsan; by night with the
    transponder off after take-off; a loop over the sea past Wonsan, half of them through a hole in coverage;
    Vladivostok to Shenyang over the north of the closed airspace; inland flights through the holes of Siberia. A third
    of the loops wait over the sea. The first aircraft gets positions at Pyongyang that it did not fly, the second
    shares its address with an aircraft elsewhere, the third gets stray single positions. Every season lacks some
    stations, and all stations fail now and then.
    """
    rng = np.random.default_rng(seed)
    begin = utc(start).timestamp()
    receivers = _receivers(rng, begin, days)
    fields = airfields.set_index("airfield_id")
    received, truth = [], []
    for k, (icao24, _, kind) in enumerate(_FLEET[:fleet]):
        plan = FlightPlan(rng, fields, begin + rng.uniform(0.0, pause_days[0]) * DAY_S, begin + days * DAY_S)
        plan.fly_season("night" if kind == "A124" else "any", pause_days, first="by" if k == 1 else "")
        rows, landings = _flown(plan, k, receivers, fields, rng)
        truth += [(icao24, *row) for row in landings]
        received.append(rows)
    received.append(_others(rng, receivers, begin, days, others_per_day))
    watch = pd.DataFrame(_FLEET[:fleet], columns=["icao24", "registration", "type"])
    watch = watch.assign(description="", operator="", military=True, source="made up")
    positions = pd.concat(received, ignore_index=True).sort_values(["t", "icao24"], kind="stable")
    return AirSeason(AIR_POSITIONS.conform(positions), _truth(truth), AIRCRAFT_WATCHLIST.conform(watch))


def _flown(
    plan: FlightPlan, number: int, receivers: list[Receiver], fields: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[tuple[object, ...]]]:
    """What is received on one aircraft's address, and the truth of it without the address."""
    icao24, tail, _ = _FLEET[number]
    rows = _rows([_receive(path, off, receivers, rng) for path, off in plan.flights], icao24, tail, rng)
    truth = _landings(plan.stops, rows, fields)
    truth += [("overflight", place, t, t, False, np.nan, np.nan) for place, t in plan.passes]
    if number == 0:
        rows, false = spoofed(rows, fields, rng)
        truth += [("spoof", "ZKPY", *false, False, np.nan, np.nan)] if false is not None else []
    if number == 1:
        doubles = double_flights([path for path, _ in plan.flights], fields, rng)
        if doubles:
            strange = _rows([_receive(p, (np.inf, -np.inf), receivers, rng) for p in doubles], icao24, tail, rng)
            truth = _beside(truth, strange) + _double_landings(doubles)
            rows = pd.concat([rows, strange], ignore_index=True)
    return (strayed(rows, rng) if number == 2 else rows), truth


def _truth(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(AIR_TRUTH.columns))
    for column in ("arrived", "departed"):
        table[column] = pd.to_datetime(table[column], unit="s", utc=True).astype("datetime64[us, UTC]")
    return AIR_TRUTH.conform(table.sort_values(["icao24", "arrived"]))


def _beside(truth: list[tuple[object, ...]], strange: pd.DataFrame) -> list[tuple[object, ...]]:
    """The truth with landings near the other aircraft's positions marked as not observable."""
    t = strange["t"].astype("int64").to_numpy() / 1e6
    made = []
    for kind, place, arrived, departed, seen, *rest in truth:
        known = np.array([arrived, departed], dtype=np.float64)
        near = bool(((t >= np.nanmin(known) - SHARED_S) & (t <= np.nanmax(known) + SHARED_S)).any())
        made.append((kind, place, arrived, departed, bool(seen) and not near, *rest))
    return made


def _double_landings(doubles: list[Path]) -> list[tuple[object, ...]]:
    made: list[tuple[object, ...]] = []
    for n, path in enumerate(doubles):
        air = path.t_s[~path.on_ground]
        ends = zip((DOUBLE_FIELDS[n % 2], DOUBLE_FIELDS[1 - n % 2]), (float(air[0]), float(air[-1])), strict=True)
        made += [("other", place, t, t, False, np.nan, np.nan) for place, t in ends]
    return made


def _receivers(rng: np.random.Generator, begin: float, days: int) -> list[Receiver]:
    places = [p for p in _RECEIVERS if rng.random() < 0.85] + [p for p in _SOMETIMES if rng.random() < 0.5]
    made = []
    for lon, lat in places:
        starts = begin + rng.uniform(0, days, rng.poisson(days / 8)) * DAY_S
        made.append(Receiver(lon, lat, outages=tuple((s, s + rng.uniform(1.0, 16.0) * 3600.0) for s in sorted(starts))))
    return made


def _receive(path: Path, off: tuple[float, float], receivers: list[Receiver], rng: np.random.Generator) -> Path:
    """The instants that are received: transponder on, some station in reach, thinned as feeds are."""
    first, last = off
    silent = (path.t_s >= first) & (path.t_s < last) if first < last else np.zeros(len(path.t_s), dtype=bool)
    if not np.isfinite(first) and first < 0:
        silent = path.t_s < last
    every = np.where(path.altitude_m > 5000.0, 1.0 / 4.0, 1.0)
    keep = received_by(path, receivers) & ~silent & (rng.random(len(path.t_s)) < 0.9 * every)
    return Path(*(getattr(path, name)[keep] for name in path.__slots__))


def _rows(paths: list[Path], icao24: str | npt.NDArray[np.str_], tail: str, rng: np.random.Generator) -> pd.DataFrame:
    if not paths:
        return AIR_POSITIONS.empty()
    whole = {name: np.concatenate([getattr(p, name) for p in paths]) for name in Path.__slots__}
    n = len(whole["t_s"])
    lon, lat = destination(whole["lon"], whole["lat"], rng.uniform(0, 360, n), np.abs(rng.normal(0, 30.0, n)))
    feet = np.round(whole["altitude_m"] / 0.3048 / 25.0) * 25.0
    table = pd.DataFrame(
        {
            "icao24": icao24,
            "lon": np.round(lon, 5),
            "lat": np.round(lat, 5),
            "altitude_m": np.where(whole["on_ground"] | (rng.random(n) < 0.01), np.nan, feet * 0.3048),
            "altitude_kind": "barometric",
            "on_ground": whole["on_ground"],
            "speed_kn": np.where(rng.random(n) < 0.01, np.nan, np.round(whole["speed_ms"] / KNOT_MS, 1)),
            "track_deg": np.round(np.mod(whole["track_deg"] + rng.normal(0, 0.5, n), 360.0), 1),
            "climb_ms": np.round(whole["climb_ms"], 1),
            "is_stale": False,
            "new_leg": False,
            "registration": tail,
            "callsign": "",
            "position_type": "adsb_icao",
            "clock": "utc",
            "citation": "",
            "source_file": "simulated",
        }
    )
    table["t"] = pd.to_datetime(np.round(whole["t_s"], 1), unit="s", utc=True)
    return AIR_POSITIONS.conform(table)


def _landings(stops: list[PlannedStop], rows: pd.DataFrame, fields: pd.DataFrame) -> list[tuple[object, ...]]:
    t = rows["t"].astype("int64").to_numpy() / 1e6
    lon, lat = rows["lon"].to_numpy(), rows["lat"].to_numpy()
    made: list[tuple[object, ...]] = []
    gaps = []
    for stop in stops:
        if np.isnan(stop.arrived_s) and np.isnan(stop.departed_s):
            continue  # it stood there all season
        k = int(np.searchsorted(t, np.nanmean([stop.arrived_s, stop.departed_s])))
        gaps.append((k, stop))
    for n, (k, stop) in enumerate(gaps):
        field = fields.loc[stop.airfield_id]
        before = float(distance_m(field.lon, field.lat, lon[k - 1], lat[k - 1])) if k > 0 else np.inf
        after = float(distance_m(field.lon, field.lat, lon[k], lat[k])) if k < len(t) else np.inf
        alone = all(k != other for m, (other, _) in enumerate(gaps) if m != n)
        seen = before <= OBSERVABLE_M and after <= OBSERVABLE_M and alone
        made.append(("landing", stop.airfield_id, stop.arrived_s, stop.departed_s, seen, before / 1e3, after / 1e3))
    return made


def _others(rng: np.random.Generator, receivers: list[Receiver], begin: float, days: int, per_day: int) -> pd.DataFrame:
    parts, names = [], []
    for k in range(days * per_day):
        a, b = rng.choice(len(_OTHERS), size=2, replace=False)
        points = [(*_OTHERS[a], 50.0), (*_OTHERS[b], 50.0)]
        path = fly(
            points,
            start_s=begin + rng.uniform(0, days) * DAY_S,
            cruise_m=10700.0,
            runway_deg=(rng.uniform(0, 180), rng.uniform(0, 180)),
            step_s=60.0,
            every_m=12000.0,
        )
        received = _receive(path, (np.inf, -np.inf), receivers, rng)
        if len(received.t_s):
            parts.append(received)
            names.append(np.full(len(received.t_s), f"{0x780000 + k:06x}"))
    return _rows(parts, np.concatenate(names), "", rng) if parts else AIR_POSITIONS.empty()
