"""AIS of a season: positions as received, and which detection they explain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from monitor.core.schema import UTC
from monitor.core.tables import MATCHES, POSITIONS
from tests.independent.observing import Found, Look
from tests.independent.ports import NMI_M, Port
from tests.independent.traffic import Moored, Ship, World


def hear(world: World, zero: pd.Timestamp) -> pd.DataFrame:
    """POSITIONS of the ships with AIS on, as thinned by reception, and of shuttles now and then at sea."""
    rng = world.rng
    near_port = rng.uniform(0.4, 0.95, len(world.ports))
    rate = float(rng.uniform(0.3, 1.0))
    of_ship: dict[int, list[Moored]] = {}
    for m in world.moored:
        of_ship.setdefault(m.ship, []).append(m)
    parts = []
    for ship in world.ships:
        if ship.mmsi and ship.kind != "shuttle":
            parts.append(_always_on(world, ship, of_ship.get(ship.id, []), near_port, rate))
    parts += _at_sea(world)
    parts = [part for part in parts if len(part)]
    if not parts:
        return POSITIONS.empty()
    table = pd.DataFrame(np.concatenate(parts), columns=["mmsi", "h", "lon", "lat", "sog_kn", "cog_deg", "length_m"])
    table = table.sort_values("h", kind="stable", ignore_index=True)
    table = table[(table["h"] >= 0) & (table["h"] < world.end_h)]
    table = table.assign(
        t=zero + pd.to_timedelta(table["h"].to_numpy(), unit="h").round("s"),
        heading_deg=np.nan,
        nav_status=pd.NA,
        receiver="",
        source_file="",
    )
    return POSITIONS.conform(table)


def _always_on(world: World, ship: Ship, stops: list[Moored], near_port: np.ndarray, rate: float) -> np.ndarray:
    """Fixes of one ship along its whole way: mmsi, hour, place, speed, course and length by row."""
    rng = world.rng
    h, lon, lat = _way(world, ship, stops)
    if not len(h):
        return np.empty((0, 7))
    low, high = max(h[0], 0.0), min(h[-1], world.end_h)
    if high <= low:
        return np.empty((0, 7))
    at = np.sort(rng.uniform(low, high, rng.poisson(rate * (high - low))))
    if rng.random() < 0.15:
        at = at[rng.random(int(world.end_h // 12) + 1)[(at // 12).astype(int)] < 0.6]
    x, y = np.interp(at, h, lon), np.interp(at, h, lat)
    heard = np.full(len(at), 0.15)
    for port, share in zip(world.ports, near_port, strict=True):
        heard = np.where(_nmi(x, y, port) < 35, share, heard)
    keep = rng.random(len(at)) < heard
    at, x, y = at[keep], x[keep], y[keep]
    ahead, behind = np.interp(at + 0.1, h, lon), np.interp(at + 0.1, h, lat)
    east, north = (ahead - x) * np.cos(np.radians(y)) * 60, (behind - y) * 60
    speed, course = np.hypot(east, north) / 0.1, np.degrees(np.arctan2(east, north)) % 360
    ones = np.ones(len(at))
    return np.column_stack([ones * ship.mmsi, at, x, y, speed, course, ones * np.round(ship.length_m)])


def _way(world: World, ship: Ship, stops: list[Moored]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Waypoints: where the ship lies, and a far place before, after and in between when it is elsewhere."""
    rng = world.rng
    bearing = np.radians(rng.uniform(0, 360))
    far = 180 * NMI_M
    points: list[tuple[float, float, float]] = []
    hours = 180 / ship.speed_kn
    for m in sorted(stops, key=lambda m: m.start):
        port = world.ports[max(m.port, 0)]
        east, north = (m.east_m, m.north_m) if m.port >= 0 else (far * np.sin(bearing), far * np.cos(bearing))
        lon, lat = port.lonlat(np.array(east), np.array(north))
        if not points:
            x, y = port.lonlat(np.array(far * np.sin(bearing)), np.array(far * np.cos(bearing)))
            points.append((m.start - hours, float(x), float(y)))
        points += [(m.start, float(lon), float(lat)), (m.end, float(lon), float(lat))]
    if points:
        points.append((points[-1][0] + hours, points[0][1], points[0][2]))
    table = np.array(points).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _nmi(lon: np.ndarray, lat: np.ndarray, port: Port) -> np.ndarray:
    east = (lon - port.lon) * np.cos(np.radians(port.lat)) * 60
    return np.hypot(east, (lat - port.lat) * 60)


def _at_sea(world: World) -> list[np.ndarray]:
    """A few fixes in the middle of some passages of the shuttles, which are else silent."""
    rng, made = world.rng, []
    for passage in world.sailed:
        ship = world.ships[passage.ship - 1]
        if ship.kind != "shuttle" or rng.random() >= ship.sea_fixes:
            continue
        a, b = world.ports[passage.origin], world.ports[passage.target]
        way = float(_nmi(np.array(b.lon), np.array(b.lat), a))
        sailing = min(way / ship.speed_kn, passage.end - passage.start)
        first = float(rng.uniform(0.3, 0.6))
        share = np.sort(rng.uniform(first, min(first + rng.uniform(0.15, 0.3), 0.8), int(rng.integers(3, 7))))
        ones = np.ones(len(share))
        course = np.degrees(np.arctan2((b.lon - a.lon) * np.cos(np.radians(a.lat)), b.lat - a.lat)) % 360
        made.append(
            np.column_stack(
                [
                    ones * ship.mmsi,
                    passage.start + share * sailing,
                    a.lon + share * (b.lon - a.lon),
                    a.lat + share * (b.lat - a.lat),
                    ones * way / sailing,
                    ones * course,
                    ones * np.nan,
                ]
            )
        )
    return made


def explain(
    world: World, seen: list[Look], found: list[Found], names: list[str], scenes: list[str], zero: pd.Timestamp
) -> pd.DataFrame:
    """MATCHES by truth with a few errors: some pairs are missed, some nameless hulls take a ship's name."""
    rng = world.rng
    wrong, missed = float(rng.uniform(0.0, 0.02)), float(rng.uniform(0.02, 0.1))
    rows = []
    by_look: dict[int, list[int]] = {}
    for n, f in enumerate(found):
        by_look.setdefault(f.look, []).append(n)
    for k, members in by_look.items():
        taken: set[int] = set()
        for n in members:
            ship = world.ships[found[n].ship - 1] if found[n].ship else None
            on_ais = ship is not None and ship.mmsi and ship.kind != "shuttle"
            named = ship.mmsi if ship is not None and on_ais and rng.random() >= missed else 0
            if not named and rng.random() < wrong:
                others = [s.mmsi for s in _in_port(world, seen[k]) if s.mmsi not in taken]
                named = others[int(rng.integers(len(others)))] if others else 0
            named = 0 if named in taken else named
            taken.add(named)
            rows.append(_match(names[n], scenes[k], world.ports[seen[k].port].id, zero, seen[k].at, named, rng))
    if not rows:
        return MATCHES.empty()
    table = pd.DataFrame(rows)
    unknown = pd.Series(pd.NaT, index=table.index, dtype=UTC)
    return MATCHES.conform(table.assign(mmsi=table["mmsi"].astype("Int64"), as_of=unknown))


def _in_port(world: World, look: Look) -> list[Ship]:
    here = {m.ship for m in world.moored if m.port == look.port and m.start <= look.at < m.end}
    return [s for s in world.ships if s.id in here and s.mmsi and s.kind != "shuttle"]


def _match(
    name: str, scene: str, aoi: str, zero: pd.Timestamp, at: float, mmsi: int, rng: np.random.Generator
) -> dict[str, object]:
    nothing = dict.fromkeys(
        [c for c in MATCHES.columns if c.startswith(("cost", "ais_")) or c in ("distance_m", "dt_s", "margin")], np.nan
    )
    return nothing | {
        "match_id": f"{scene}|{name}",
        "scene_id": scene,
        "aoi_id": aoi,
        "acquired_at": zero + pd.Timedelta(hours=at),
        "detection_id": name,
        "mmsi": mmsi or pd.NA,
        "status": "matched" if mmsi else "unmatched",
        "distance_m": abs(rng.normal(0, 60)) if mmsi else np.nan,
        "runner_up_mmsi": pd.NA,
        "reason": "" if mmsi else "no vessel on AIS fits",
        "probability": float(rng.uniform(0.9, 0.99)) if mmsi else 0.0,
        "version": 1,
    }
