"""A season's truth as a good detector would give it, and the scores of what a correlation makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from monitor.core.findings import likelihood_word
from monitor.core.geo.geodesy import destination
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import (
    BERTH_STATES,
    COVERAGE,
    DARK_EVENTS,
    DETECTIONS,
    MATCHES,
    NULL_TESTS,
    POSITIONS,
    SHUTTLES,
    STACKS,
    VISITS,
    VOYAGES,
)
from monitor.core.tableset import TableSet
from monitor.fuse import azimuth_shift, latest
from monitor.fuse.matching.azimuth_shift import satellite_course_deg, slant_range_m

LEAST_M = 45.0
LIKELY = 0.55
"""From where on a statement is "likely" in the words of Intelligence Community Directive 203."""
_COLUMNS = [
    "detection_id",
    "scene_id",
    "aoi_id",
    "acquired_at",
    "sensor",
    "class_name",
    "score",
    "length_m",
    "length_low_m",
    "length_high_m",
    "axis_deg",
    "area_m2",
    "zone",
    "zone_id",
    "detector",
    "geometry",
]


@dataclass(frozen=True, slots=True)
class Eye:
    """How well the made-up detector sees.

    `false_at_berth` is the share of clear, empty berths where it sees a hull; `stacks` the share of the stacks seen,
    which are not looked for at 0.
    """

    missed: float = 0.05
    false_per_scene: float = 0.1
    place_m: float = 10.0
    length: float = 0.06
    axis_deg: float = 4.0
    false_at_berth: float = 0.0
    stacks: float = 0.0


POOR = Eye(missed=0.2, false_per_scene=1.5, place_m=15.0, length=0.23, axis_deg=6.0, false_at_berth=0.03, stacks=0.5)
"""About as the shipped detector sees: recall 0.8, lengths 25 to 30 m off, false hulls, half of the stacks."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownSeason:
    """A season's scenes and tables, and which ship each detection really is (0: none)."""

    tables: TableSet
    scenes: tuple[Acquisition, ...]
    ship: Mapping[str, int]
    truth: Mapping[str, pd.DataFrame]


def known_season(
    acquisitions: Sequence[Acquisition],
    positions: pd.DataFrame,
    truth: Mapping[str, pd.DataFrame],
    *,
    seed: int,
    eye: Eye | None = None,
) -> KnownSeason:
    """Detections, coverage and berth states of a season, with noise, misses and false alarms."""
    eye, rng = eye or Eye(), np.random.default_rng(seed)
    detections, ship = _detections(acquisitions, truth, rng, eye)
    tables = {
        DETECTIONS: detections,
        COVERAGE: _coverage(truth),
        BERTH_STATES: _states(truth["berths"], detections),
        STACKS: _stacks(truth["stacks"], rng, eye),
        POSITIONS: POSITIONS.conform(positions),
    }
    return KnownSeason(TableSet(tables), tuple(acquisitions), ship, truth)


def _detections(
    acquisitions: Sequence[Acquisition], truth: Mapping[str, pd.DataFrame], rng: np.random.Generator, eye: Eye
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    observations = {a.id: a for a in acquisitions}
    moored = truth["vessels"][truth["vessels"]["situation"] == "berthed"]
    middle = {str(b): (float(g["lon"].mean()), float(g["lat"].mean())) for b, g in moored.groupby("berth_id")}
    rows, ship = [], {}
    for v in truth["vessels"].to_dict("records"):
        if not v["visible"] or v["length_m"] < LEAST_M or rng.random() < eye.missed:
            continue
        lon, lat = _imaged(v, observations[v["scene_id"]])
        lon, lat = (float(x) for x in destination(lon, lat, rng.uniform(0, 360), abs(rng.normal(0, eye.place_m * 1.4))))
        length = v["length_m"] * float(np.exp(rng.normal(0, eye.length)))
        name = f"{v['scene_id']}-{len(rows)}"
        ship[name] = int(v["mmsi"])
        zone = "berth" if v["situation"] == "berthed" else "open"
        axis, sure = (v["axis_deg"] + rng.normal(0, eye.axis_deg)) % 180.0, float(rng.uniform(0.5, 0.98))
        rows.append(_row(v, name, (lon, lat), length, zone, str(v["zone_id"]), eye, axis, sure))
    for observation in acquisitions:
        for _ in range(rng.poisson(eye.false_per_scene)):
            west, south, east, north = observation.footprint.bounds
            place = (float(rng.uniform(west, east)), float(rng.uniform(south, north)))
            name = f"{observation.id}-{len(rows)}"
            ship[name] = 0
            base = {
                "scene_id": observation.id,
                "aoi_id": observation.aoi_id,
                "acquired_at": pd.Timestamp(observation.acquired_at),
                "sensor": observation.sensor,
            }
            rows.append(
                _row(
                    base,
                    name,
                    place,
                    float(rng.uniform(30, 90)),
                    "open",
                    "",
                    eye,
                    float(rng.uniform(0, 180)),
                    float(rng.uniform(0.2, 0.6)),
                )
            )
    empty = truth["berths"][~truth["berths"]["occupied"] & (truth["berths"]["observed"] > 0.7)]
    for berth in empty.to_dict("records") if eye.false_at_berth else ():
        place = middle.get(str(berth["berth_id"]))
        if place is None or rng.random() >= eye.false_at_berth:
            continue
        name = f"{berth['scene_id']}-{len(rows)}"
        ship[name] = 0
        rows.append(
            _row(
                berth,
                name,
                place,
                float(rng.uniform(45, 160)),
                "berth",
                str(berth["berth_id"]),
                eye,
                float(rng.uniform(0, 180)),
                float(rng.uniform(0.3, 0.8)),
            )
        )
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=_COLUMNS), crs="EPSG:4326")
    return DETECTIONS.conform(table), ship


def _stacks(truth: pd.DataFrame, rng: np.random.Generator, eye: Eye) -> pd.DataFrame:
    """Stack areas as seen, 20 % off; those not seen count as none."""
    if not eye.stacks:
        return STACKS.empty()
    seen = rng.random(len(truth)) < eye.stacks
    area = truth["area_m2"] * np.exp(rng.normal(0.0, 0.2, len(truth))) * seen
    table = truth.drop(columns="geometry").assign(
        area_m2=np.where(truth["observed"] > 0.7, area, np.nan), state="observed", previous_scene_id=""
    )
    unknown = {c: np.nan for c in STACKS.columns if c.endswith(("_low_m", "_high_m", "_m2", "_low", "_high"))}
    table = table.assign(**{c: v for c, v in unknown.items() if c != "area_m2"})
    return STACKS.conform(pd.DataFrame(table))


def _imaged(vessel: Mapping[object, object], observation: Acquisition) -> tuple[float, float]:
    lon, lat = float(str(vessel["lon"])), float(str(vessel["lat"]))
    if observation.sensor != "s1":
        return lon, lat
    incidence = {83: 37.0, 134: 34.0, 61: 34.0 if observation.aoi_id == "dunai" else 42.5, 10: 38.5}[
        observation.relative_orbit or 83
    ]
    course = satellite_course_deg(str(observation.orbit_state), lat, incidence_deg=incidence)
    shift = azimuth_shift(
        float(str(vessel["sog_kn"])),
        float(str(vessel["cog_deg"])),
        satellite_course_deg=course,
        incidence_deg=incidence,
        slant_range_m=slant_range_m(incidence),
        satellite_speed_ms=7590.0,
    )
    moved = destination(lon, lat, course, float(np.nan_to_num(shift)))
    return float(moved[0]), float(moved[1])


def _row(
    base: Mapping[object, object],
    name: str,
    place: tuple[float, float],
    length: float,
    zone: str,
    zone_id: str,
    eye: Eye,
    axis: float,
    score: float,
) -> tuple[object, ...]:
    wide = 1.645 * eye.length
    outline = shapely.Point(*place).buffer(length / 2 / 1e5)
    return (
        name,
        base["scene_id"],
        base["aoi_id"],
        base["acquired_at"],
        base["sensor"],
        "vessel",
        score,
        length,
        length * np.exp(-wide),
        length * np.exp(wide),
        axis,
        np.nan,
        zone,
        zone_id,
        "truth",
        outline,
    )


def _coverage(truth: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    water = truth["clouds"].assign(zone_id=lambda d: d["aoi_id"], kind="water", seen=lambda d: 1 - d["hidden_fraction"])
    berths = truth["berths"].assign(zone_id=lambda d: d["berth_id"], kind="berth", seen=lambda d: d["observed"])
    table = pd.concat([water, berths], ignore_index=True)
    table["state"] = np.select([table["seen"] > 0.8, table["seen"] > 0.3], ["observed", "partly"], "not observed")
    table["reason"] = np.where(table["state"] == "observed", "", "cloud")
    return COVERAGE.conform(table.assign(observed_fraction=table["seen"]))


def _states(berths: pd.DataFrame, detections: pd.DataFrame) -> pd.DataFrame:
    ids = detections[detections["zone"] == "berth"].groupby(["scene_id", "zone_id"])["detection_id"].agg(" ".join)
    names = [str(ids.get(key, "")) for key in zip(berths["scene_id"], berths["berth_id"], strict=True)]
    clear = berths["observed"] > 0.7
    state = np.where([bool(n) for n in names], "occupied", np.where(clear, "empty", "not observed"))
    table = berths.assign(
        state=state,
        probability=np.select([state == "occupied", state == "empty"], [0.95, 0.05], np.nan),
        observations=9,
        method="both",
        detection_ids=names,
    )
    return BERTH_STATES.conform(table)


@dataclass(slots=True)
class Tally:
    """Right and wrong, summed over seasons, and every stated probability with its outcome."""

    hits: dict[str, float] = field(default_factory=dict)
    judged: list[tuple[str, float, bool]] = field(default_factory=list)

    def add(self, name: str, right: float, of: float) -> None:
        """Count `right` out of `of` towards a share."""
        for key, value in ((f"{name}/right", right), (f"{name}/of", of)):
            self.hits[key] = self.hits.get(key, 0.0) + float(value)

    def say(self, kind: str, probability: float, *, so: bool) -> None:
        """Note a stated probability and whether it was so, and count it towards its word."""
        self.judged.append((kind, float(probability), bool(so)))
        self.add(f"{kind} word {likelihood_word(probability)}", float(so), 1)

    def share(self, name: str) -> float:
        """The share so far; NaN when nothing was counted."""
        of = self.hits.get(f"{name}/of", 0.0)
        return self.hits.get(f"{name}/right", 0.0) / of if of else float("nan")


def score(season: KnownSeason, made: TableSet, tally: Tally) -> None:
    """Add a correlation's scores to a tally."""
    _matching(season, made, tally)
    _darkness(season, made, tally)
    found = _visits(season, made, tally)
    _legs(season, made, found, tally)


def score_null(made: TableSet, tally: Tally) -> None:
    """Add what a correlation states at "likely" or above between ports, in a season in which no ship crosses."""
    legs = made[VOYAGES][made[VOYAGES]["evidence"] != "ais"]
    for name, table in (("false legs a null season", legs), ("false shuttles a null season", made[SHUTTLES])):
        tally.add(name, int((table["probability"] >= LIKELY).sum()), 1)


def _ships(season: KnownSeason) -> pd.DataFrame:
    """The truth of each detection that is a ship."""
    truth = season.truth["vessels"].set_index(["scene_id", "mmsi"])
    scene = season.tables[DETECTIONS].set_index("detection_id")["scene_id"]
    keys = [(scene[d], m) for d, m in season.ship.items() if m]
    table = truth.loc[keys].reset_index()
    table["detection_id"] = [d for d, m in season.ship.items() if m]
    return table.set_index("detection_id")


def _matching(season: KnownSeason, made: TableSet, tally: Tally) -> None:
    truth = _ships(season)
    now = latest(made[MATCHES])
    pairs = now[now["status"] == "matched"]
    right = [season.ship.get(d) == m for d, m in zip(pairs["detection_id"], pairs["mmsi"], strict=True)]
    tally.add("match precision", sum(right), len(right))
    wanted = truth[truth["on_ais"] & truth["heard"]]
    named = dict(zip(pairs["detection_id"], pairs["mmsi"], strict=True))
    tally.add(
        "match recall", sum(named.get(d) == m for d, m in zip(wanted.index, wanted["mmsi"], strict=True)), len(wanted)
    )
    tally.add("chance", made[NULL_TESTS]["by_chance"].sum(), made[NULL_TESTS]["detections"].sum())


def _darkness(season: KnownSeason, made: TableSet, tally: Tally) -> None:
    truth = _ships(season)
    dark = made[DARK_EVENTS][made[DARK_EVENTS]["status"] == "dark"]
    unseen = set(truth.index[~truth["on_ais"]])
    tally.add("dark precision", sum(d in unseen for d in dark["detection_id"]), len(dark))
    down = season.truth["outages"]
    down = down[down["station"] == "*"]
    in_outage = [bool(((down["start"] <= at) & (down["end"] > at)).any()) for at in dark["acquired_at"]]
    tally.add("dark in outages", sum(in_outage), max(len(dark), 1))
    wanted = truth[~truth["on_ais"] & (truth["length_m"] >= 45.0) & (truth["role"] != "laid up")]
    shown = [_received(season, row) for row in wanted.to_dict("records")]
    observable = set(wanted.index[np.array(shown, dtype=bool)])
    tally.add("dark recall", len(observable & set(dark["detection_id"])), len(observable))
    for row in dark.to_dict("records"):
        tally.say("dark", float(row["probability"]), so=row["detection_id"] in unseen)


def _received(season: KnownSeason, row: Mapping[object, object]) -> bool:
    at = row["acquired_at"]
    p = season.tables[POSITIONS]
    near = p[(p["t"] - at).abs() <= pd.Timedelta(hours=1)]
    near = near[(near["lon"] - row["lon"]).abs().lt(0.4) & (near["lat"] - row["lat"]).abs().lt(0.3)]
    return near["mmsi"].nunique() >= 2 and bool((near["t"] <= at).any()) and bool((near["t"] >= at).any())


def _visits(season: KnownSeason, made: TableSet, tally: Tally) -> dict[str, int]:
    """Which true visit (row) each visit is; adds the visits' scores."""
    truth = season.truth["visits"]
    truth = truth[truth["length_m"] >= LEAST_M].reset_index(drop=True)
    seen = {(int(v["mmsi"]), v["berth_id"]): [] for v in truth.to_dict("records")}
    scenes = season.tables[DETECTIONS].set_index("detection_id")["acquired_at"]
    for name, mmsi in season.ship.items():
        for key in seen:
            if key[0] == mmsi:
                seen[key].append(scenes[name])
    met = [
        any(v["arrived_at"] <= t < v["departed_at"] for t in seen[int(v["mmsi"]), v["berth_id"]])
        for v in truth.to_dict("records")
    ]
    found: dict[str, int] = {}
    for visit in made[VISITS].to_dict("records"):
        ships = [season.ship[d] for d in visit["detection_ids"].split()]
        here = truth[
            (truth["mmsi"] == max(set(ships), key=ships.count))
            & (truth["berth_id"] == visit["berth_id"])
            & (truth["arrived_at"] <= visit["arrived_not_after"])
            & (truth["departed_at"] >= visit["arrived_not_after"])
        ]
        right = len(here) > 0 and int(here.index[0]) not in found.values()
        tally.add("visit precision", right, 1)
        tally.say("visit", float(visit["probability"]), so=right and _one_stay(visit, here))
        if right:
            found[str(visit["visit_id"])] = int(here.index[0])
            tally.add("visit interval", _holds(visit, here.iloc[0]), 1)
    tally.add("visit recall", len(set(found.values()) & set(np.flatnonzero(met))), sum(met))
    return found


def _one_stay(visit: Mapping[object, object], here: pd.DataFrame) -> bool:
    """Whether the true stay that began it lasted until the visit's last sighting."""
    return bool((here["departed_at"] >= visit["departed_not_before"]).any())


def _holds(visit: Mapping[object, object], true: pd.Series) -> bool:
    def between(low: object, value: pd.Timestamp, high: object) -> bool:
        return not (low is not pd.NaT and value < low) and not (high is not pd.NaT and value > high)  # type: ignore[operator]

    return between(visit["arrived_not_before"], true["arrived_at"], visit["arrived_not_after"]) and between(
        visit["departed_not_before"], true["departed_at"], visit["departed_not_after"]
    )


def _legs(season: KnownSeason, made: TableSet, found: Mapping[str, int], tally: Tally) -> None:
    truth, legs = season.truth["visits"], season.truth["voyages"]
    truth = truth[truth["length_m"] >= LEAST_M].reset_index(drop=True)
    real = {(int(leg["mmsi"]), leg["departed_at"]): leg["arrived_at"] for leg in legs.to_dict("records")}
    ends = {(int(v["mmsi"]), v["departed_at"]): n for n, v in enumerate(truth.to_dict("records"))}
    starts = {(int(v["mmsi"]), v["arrived_at"]): n for n, v in enumerate(truth.to_dict("records"))}
    pairs = {(ends[k], starts[k[0], back]) for k, back in real.items() if k in ends and (k[0], back) in starts}
    have = set(found.values())
    observable = {pair for pair in pairs if set(pair) <= have}
    told_legs = made[VOYAGES][made[VOYAGES]["evidence"] != "ais"]
    got = [(found.get(leg["from_visit"], -1), found.get(leg["to_visit"], -1)) for leg in told_legs.to_dict("records")]
    tally.add("leg precision", sum(pair in pairs for pair in got), len(got))
    tally.add("leg recall", len(observable & set(got)), len(observable))
    for pair, chance in zip(got, told_legs["probability"], strict=True):
        tally.say("leg", float(chance), so=pair in pairs)
