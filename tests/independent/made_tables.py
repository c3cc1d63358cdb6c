"""The tables that the package reads, of what was looked at and found."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS, STACKS
from tests.independent.observing import Eye, Found, Look, ship_odds
from tests.independent.ports import Port
from tests.independent.traffic import World

ZERO = pd.Timestamp("2031-03-01", tz="UTC")
"""When every season begins: after any data that the package ships."""
CLEAR, PARTLY = 0.9, 0.5
"""Shares of a zone from which it counts as observed, and as partly so."""


def instant(hours: float) -> pd.Timestamp:
    return ZERO + pd.Timedelta(seconds=round(hours * 3600))


def scene_of(look: Look, n: int, aoi: Aoi) -> Acquisition:
    at = instant(look.at).to_pydatetime()
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


def detections(
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


def coverage(ports: tuple[Port, ...], seen: list[Look], scenes: list[Acquisition]) -> pd.DataFrame:
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


def berth_states(
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


def stacks(world: World, seen: list[Look], scenes: list[Acquisition]) -> pd.DataFrame:
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
