"""A season of a case: the ports, the tables that the package reads, and the truth behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS, MATCHES, POSITIONS, STACKS
from monitor.core.tableset import TableSet
from tests.independent.cases import CASES, Case
from tests.independent.observing import Eye, Found, Look, detect, draw_eye, looks, ship_odds
from tests.independent.ports import Port, make_ports
from tests.independent.radio import explain, hear
from tests.independent.traffic import World, make_world
from tests.independent.truth import Truth

ZERO = pd.Timestamp("2031-03-01", tz="UTC")
"""When every season begins: after any data that the package ships."""
CLEAR, PARTLY = 0.9, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """A season's ports, scenes and tables, and its truth."""

    case: Case
    aois: tuple[Aoi, ...]
    scenes: tuple[Acquisition, ...]
    tables: TableSet
    truth: Truth


def season(case: str | Case, seed: int) -> Season:
    """One season of a case; the same seed gives the same one, and no two cases share their draws.

    Parameters
    ----------
    case : str or Case
        Name of one of `CASES`, or a case of one's own.
    seed : int

    Returns
    -------
    Season
        Tables DETECTIONS, COVERAGE, BERTH_STATES, STACKS, POSITIONS and MATCHES (by truth, with a few errors).
    """
    kind = CASES[case] if isinstance(case, str) else case
    salt = sum(ord(letter) * 31**n for n, letter in enumerate(repr(kind))) % 2**32
    rng = np.random.default_rng([seed, salt])
    ports = make_ports(kind.ports, rng)
    world = make_world(kind, ports, rng)
    seen, eye = looks(world), draw_eye(rng, perfect=kind.perfect)
    found, _ = detect(world, seen, eye)
    aois = tuple(port.aoi for port in ports)
    scenes = [_scene(look, n, aois[look.port]) for n, look in enumerate(seen)]
    names = [f"{scenes[f.look].id}-{n}" for n, f in enumerate(found)]
    ids = [scene.id for scene in scenes]
    tables = TableSet(
        {
            DETECTIONS: _detections(world, seen, found, names, scenes, eye),
            COVERAGE: _coverage(ports, seen, scenes),
            BERTH_STATES: _states(world, seen, found, names, scenes, eye),
            STACKS: _stacks(world, seen, scenes),
            POSITIONS: hear(world, ZERO),
            MATCHES: explain(world, seen, found, names, ids, ZERO),
        }
    )
    truth = _truth(world, seen, dict(zip(names, (f.ship for f in found), strict=True)))
    return Season(kind, aois, tuple(scenes), tables, truth)


def shifted(made: Season, days: float) -> Season:
    """A season in which all ports but the first lie `days` later, as far as both are then watched: the port-shift null.

    Each port's own traffic stays as it was, while no ship can have sailed between the first and another. AIS stays,
    as it is no part of the null; so are truth's detections, while its crossings are none.
    """
    late, by = {aoi.id for aoi in made.aois[1:]}, pd.Timedelta(days=days)
    low = ZERO + max(by, pd.Timedelta(0))
    high = ZERO + pd.Timedelta(days=made.case.days) + min(by, pd.Timedelta(0))

    def moved(table: pd.DataFrame) -> pd.DataFrame:
        at = table["acquired_at"].where(~table["aoi_id"].isin(late), table["acquired_at"] + by)
        return table.assign(acquired_at=at)[(at >= low) & (at < high)].reset_index(drop=True)

    schemas = (DETECTIONS, COVERAGE, BERTH_STATES, STACKS, MATCHES)
    tables = TableSet({s: s.conform(moved(made.tables[s])) for s in schemas} | {POSITIONS: made.tables[POSITIONS]})
    stays = made.truth.stays
    there = stays["port"].isin(late)
    when = {c: stays[c].where(~there, stays[c] + by) for c in ("arrived_at", "departed_at")}
    apart = stays["call"].where(~there, -1_000 - 2 * stays["call"])
    truth = replace(made.truth, stays=stays.assign(call=apart, **when), crossings=made.truth.crossings.iloc[:0])
    kept = {str(name): truth.ship_of[str(name)] for name in tables[DETECTIONS]["detection_id"]}
    scenes = tuple(_moved(a, by) if a.aoi_id in late else a for a in made.scenes)
    here = tuple(a for a in scenes if low <= a.acquired_at < high)
    return replace(made, tables=tables, scenes=here, truth=replace(truth, ship_of=kept))


def _moved(scene: Acquisition, by: pd.Timedelta) -> Acquisition:
    delta = by.to_pytimedelta()
    return replace(scene, start=scene.start + delta, end=scene.end + delta)


def _at(hours: float) -> pd.Timestamp:
    return ZERO + pd.Timedelta(seconds=round(hours * 3600))


def _scene(look: Look, n: int, aoi: Aoi) -> Acquisition:
    at = _at(look.at).to_pydatetime()
    return Acquisition(
        id=f"{aoi.id}-{look.sensor}-{n:04d}",
        aoi_id=aoi.id,
        sensor=look.sensor,
        platform="made up",
        start=at,
        end=at,
        footprint=aoi.geometry,
        relative_orbit=1,
        orbit_state="ascending" if look.ascending else "descending",
        cloud_cover=1.0 - look.water if look.sensor == "s2" else None,
        source="independent",
        simulated=True,
    )


def _base(scene: Acquisition) -> dict[str, object]:
    at = pd.Timestamp(scene.acquired_at)
    return {"scene_id": scene.id, "aoi_id": scene.aoi_id, "acquired_at": at, "sensor": scene.sensor}


def _detections(
    world: World, seen: list[Look], found: list[Found], names: list[str], scenes: list[Acquisition], eye: Eye
) -> gpd.GeoDataFrame:
    rows = []
    for f, name in zip(found, names, strict=True):
        port = world.ports[seen[f.look].port]
        wide = 1.645 * eye.length[seen[f.look].sensor]
        rows.append(
            _base(scenes[f.look])
            | {
                "detection_id": name,
                "class_name": "vessel",
                "score": f.score,
                "length_m": f.length_m,
                "length_low_m": f.length_m * np.exp(-wide),
                "length_high_m": f.length_m * np.exp(wide),
                "axis_deg": f.axis_deg,
                "area_m2": np.nan,
                "zone": "berth" if f.berth >= 0 else "open",
                "zone_id": port.berths[f.berth].id if f.berth >= 0 else "",
                "detector": "independent",
                "geometry": port.box(f.east_m, f.north_m, f.axis_deg, (f.length_m, f.length_m / 6)),
            }
        )
    if not rows:
        return DETECTIONS.empty()
    table = gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs="EPSG:4326")
    lon, lat = shapely.get_x(c := shapely.centroid(table.geometry.to_numpy())), shapely.get_y(c)
    open_water = table["zone"] == "open"
    for port in world.ports:
        x, y = port.lonlat(*map(np.array, port.roads))
        in_roads = open_water & (np.hypot((lon - x) * 0.75, lat - y) * 111_000 < 1250)
        table.loc[in_roads, "zone_id"] = f"{port.id}-roads"
    return DETECTIONS.conform(table)


def _state(share: float) -> str:
    return "observed" if share >= CLEAR else "partly" if share >= PARTLY else "not observed"


def _coverage(ports: tuple[Port, ...], seen: list[Look], scenes: list[Acquisition]) -> pd.DataFrame:
    rows = []
    for look, scene in zip(seen, scenes, strict=True):
        port = ports[look.port]
        zones = [(port.id, "water", look.water), (f"{port.id}-roads", "anchorage", look.water)]
        zones += [(b.id, "berth", share) for b, share in zip(port.berths, look.shown, strict=True)]
        zones += [(yard, "yard", share) for yard, share in zip(port.yards, look.shown, strict=False)]
        for zone, kind, share in zones:
            state = _state(share)
            reason = "" if state == "observed" else "cloud"
            rows.append(
                _base(scene)
                | {"zone_id": zone, "kind": kind, "state": state, "observed_fraction": share, "reason": reason}
            )
    return COVERAGE.conform(pd.DataFrame(rows))


def _states(
    world: World, seen: list[Look], found: list[Found], names: list[str], scenes: list[Acquisition], eye: Eye
) -> pd.DataFrame:
    """BERTH_STATES; the probability of each follows from how often berths are taken and the best score there."""
    at: dict[tuple[int, int], list[int]] = {}
    for n, f in enumerate(found):
        if f.berth >= 0:
            at.setdefault((f.look, f.berth), []).append(n)
    recall = 1 / (1 + np.exp(-eye.recall_logit))
    taken = min(max(len(at) / max(sum(len(look.shown) for look in seen), 1) / max(recall, 0.5), 0.05), 0.9)
    rows = []
    for k, look in enumerate(seen):
        for n, share in enumerate(look.shown):
            here = at.get((k, n), [])
            if here:
                odds = max(ship_odds(found[m].score) for m in here) * taken * recall / max(eye.false_rate, 1e-3)
                state, probability = "occupied", odds / (1 + odds)
            elif share >= CLEAR:
                odds = taken * (1 - recall) / (1 - taken)
                state, probability = "empty", odds / (1 + odds)
            else:
                state, probability = "not observed", np.nan
            rows.append(
                _base(scenes[k])
                | {
                    "berth_id": world.ports[look.port].berths[n].id,
                    "state": state,
                    "probability": float(np.clip(probability, 0.005, 0.995)),
                    "observations": 9,
                    "method": "both",
                    "detection_ids": " ".join(names[m] for m in here),
                }
            )
    return BERTH_STATES.conform(pd.DataFrame(rows))


def _stacks(world: World, seen: list[Look], scenes: list[Acquisition]) -> pd.DataFrame:
    """STACKS at optical observations: calls add and take, shuttles in one direction, as far as yards show it."""
    rng, rows = world.rng, []
    flow = {s.id: int(rng.integers(2)) for s in world.ships}
    for n, port in enumerate(world.ports):
        changes: dict[str, list[tuple[float, float]]] = {yard: [] for yard in port.yards}
        for m in world.moored:
            usual = 0.5 if world.ships[m.ship - 1].kind == "shuttle" else 0.25
            if m.port == n and m.berth >= 0 and rng.random() < usual:
                sign = 1.0 if flow[m.ship] == n else -1.0
                if world.ships[m.ship - 1].kind != "shuttle":
                    sign = float(rng.choice([-1.0, 1.0]))
                yard = port.yards[int(rng.integers(len(port.yards)))]
                changes[yard].append(((m.start + m.end) / 2, sign * rng.uniform(300, 1500)))
        for y, yard in enumerate(port.yards):
            area, done, previous = float(rng.uniform(0, 3000)), 0, ("", np.nan)
            steps = sorted(changes[yard])
            for look, scene in zip(seen, scenes, strict=True):
                if look.port != n or look.sensor != "s2":
                    continue
                while done < len(steps) and steps[done][0] <= look.at:
                    area = max(area + steps[done][1], 0.0)
                    done += 1
                shown = look.shown[y] >= CLEAR
                measured = area * float(np.exp(rng.normal(0, 0.15))) if shown and rng.random() < 0.85 else np.nan
                rows.append(_base(scene) | _stack(yard, _state(look.shown[y]), measured, previous))
                if np.isfinite(measured):
                    previous = (scene.id, measured)
    return STACKS.conform(pd.DataFrame(rows)) if rows else STACKS.empty()


def _stack(yard: str, state: str, area: float, previous: tuple[str, float]) -> dict[str, object]:
    return {
        "yard_id": yard,
        "state": state if np.isfinite(area) else "not observed",
        "length_m": area / 25,
        "length_low_m": area / 30,
        "length_high_m": area / 20,
        "area_m2": area,
        "area_low_m2": area * 0.75,
        "area_high_m2": area * 1.3,
        "change_m2": area - previous[1],
        "previous_scene_id": previous[0],
        "teu_low": area / 15,
        "teu_high": area / 15 * 5,
    }


def _truth(world: World, seen: list[Look], ship_of: dict[str, int]) -> Truth:
    ships = pd.DataFrame(
        [
            {"ship": s.id, "kind": s.kind, "length_m": s.length_m, "mmsi": 0 if s.kind == "shuttle" else s.mmsi}
            for s in world.ships
        ]
    ).set_index("ship")
    clear = {(k.port, n): [] for k in seen for n in range(len(k.shown))}
    for look in seen:
        for n, share in enumerate(look.shown):
            if share >= CLEAR:
                clear[look.port, n].append(look.at)
    names = [(p.id, tuple(b.id for b in p.berths)) for p in world.ports]
    stays = [
        {
            "ship": m.ship,
            "call": m.call,
            "port": names[m.port][0] if m.port >= 0 else "",
            "berth": names[m.port][1][m.berth] if m.port >= 0 else "",
            "arrived_at": _at(m.start),
            "departed_at": _at(m.end),
            "length_m": world.ships[m.ship - 1].length_m,
            "observed": any(m.start <= at < m.end for at in clear.get((m.port, m.berth), [])),
        }
        for m in world.moored
        if (m.berth >= 0 or m.port < 0) and m.end > 0 and m.start < world.end_h
    ]
    crossings = [
        {
            "ship": c.ship,
            "from_port": names[c.origin][0],
            "to_port": names[c.target][0],
            "departed_at": _at(c.start),
            "arrived_at": _at(c.end),
        }
        for c in world.sailed
        if c.start >= 0 and c.end < world.end_h
    ]
    columns = ["ship", "from_port", "to_port", "departed_at", "arrived_at"]
    ordered = pd.DataFrame(stays).sort_values(["arrived_at", "ship"], kind="stable", ignore_index=True)
    return Truth(ships, ordered, pd.DataFrame(crossings, columns=columns), ship_of)
