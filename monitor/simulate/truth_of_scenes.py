"""What one acquisition of a season could show: rows of vessels, berths, stacks, clouds and registration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from shapely import contains_xy
from shapely.geometry import Polygon
from shapely.ops import unary_union

from monitor.core.aoi import Aoi
from monitor.core.arrays import Mask
from monitor.core.geo.geodesy import destination, distance_m
from monitor.core.geo.grid import Grid
from monitor.core.scenes.sensors import SENSORS
from monitor.simulate.orbits import Pass
from monitor.simulate.render.fine.port import fine_containers, fine_grid
from monitor.simulate.render.scene import inside_swath, sky_at
from monitor.simulate.render.stacks import SLOT_M, outline_lonlat, stacks_at
from monitor.simulate.season import Season
from monitor.simulate.traffic.fleet import Ship
from monitor.simulate.traffic.itinerary import PlannedStay

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class TruthRule:
    """From when on something counts in the truth; all chosen.

    Attributes
    ----------
    counted_m : float
        Ships of this length and more occupy a berth and make visits and voyages.
    visible : float
        Share of a hull that must be inside the swath and not under cloud.
    received_min : float
        A ship is received at a scene when a position is within this time of it.
    near_m, near_h : float
        Other ships count as received near a scene within this distance of the AOI's middle and this time.
    own_m : float
        Of a number that two ships send, positions so near to a ship's way are its own.
    """

    counted_m: float = 45.0
    visible: float = 0.7
    received_min: float = 30.0
    near_m: float = 40_000.0
    near_h: float = 1.0
    own_m: float = 3_000.0


RULE = TruthRule()


@lru_cache(maxsize=8)
def _grid(aoi: Aoi) -> Grid:
    return Grid.covering(aoi.geometry, epsg=aoi.epsg)


@lru_cache(maxsize=256)
def _inside(aoi: Aoi, zone_id: str) -> Mask:
    return _grid(aoi).mask(aoi.zone(zone_id).geometry)


@lru_cache(maxsize=8)
def _wet(aoi: Aoi) -> Mask:
    return _grid(aoi).mask(aoi.water if aoi.water is not None else aoi.geometry)


def observed_at(aoi: Aoi, item: Pass) -> Row:
    """The columns that every row of an acquisition begins with."""
    return {"scene_id": item.id, "aoi_id": aoi.id, "acquired_at": pd.Timestamp(item.at), "sensor": item.track.sensor}


def shown_in(season: Season, item: Pass, aoi: Aoi) -> Mask:
    """(row, col) bool: inside the swath or picture and, for optics, not hidden by cloud.

    Parameters
    ----------
    season : Season
    item : Pass
    aoi : Aoi
    """
    shown = _reached(aoi, item)
    if SENSORS[item.track.sensor].optical:
        shown &= ~sky_at(season.seed, item, aoi, season.cloud_share(item)).hidden
    return shown


def _reached(aoi: Aoi, item: Pass) -> Mask:
    if item.track.sensor == "hires":
        return _grid(aoi).mask(fine_grid(aoi, _grid(aoi).gsd_m).footprint())
    return inside_swath(_grid(aoi), item)


def received_times(positions: pd.DataFrame, ships: tuple[Ship, ...]) -> dict[int, pd.Series]:
    """When each ship was received, by its own number; of a number that two send, what was sent from near the ship."""
    sent = {int(number): part for number, part in positions.groupby("mmsi")}
    senders = Counter(ship.sent_mmsi for ship in ships if ship.ais_class)
    times = {}
    for ship in ships:
        part = sent.get(ship.sent_mmsi)
        if part is None or not ship.ais_class:
            continue
        if senders[ship.sent_mmsi] > 1:
            way = ship.itinerary.at(part["t"].astype("datetime64[us, UTC]").astype("int64") / 1e6)
            part = part[distance_m(part["lon"], part["lat"], way.lon, way.lat) < RULE.own_m]
        times[ship.mmsi] = part["t"]
    return times


def vessel_rows(season: Season, aoi: Aoi, item: Pass, shown: Mask, times: Mapping[int, pd.Series]) -> list[Row]:
    """One row a ship in the AOI.

    Parameters
    ----------
    season : Season
    aoi : Aoi
    item : Pass
    shown : array of bool
        As `shown_in` gives it.
    times : mapping of int to Series
        As `received_times` gives them.
    """
    grid = _grid(aoi)
    t_s, rows = item.at.timestamp(), []
    for ship in season.world.ships:
        motion = ship.itinerary.at(t_s)
        lon, lat = float(motion.lon[0]), float(motion.lat[0])
        row, col = (int(v) for v in grid.rowcol(lon, lat))
        inside = 0 <= row < grid.shape[0] and 0 <= col < grid.shape[1]
        if not motion.present[0] or not inside or not contains_xy(aoi.geometry, lon, lat):
            continue
        stay = ship.itinerary.stays[int(motion.stay[0])] if motion.stay[0] >= 0 else None
        heading = float(motion.heading_deg[0])
        outline = _box(lon, lat, heading, ship)
        rows.append(
            {
                **observed_at(aoi, item),
                "mmsi": ship.mmsi,
                "sent_mmsi": ship.sent_mmsi if ship.ais_class else 0,
                "name": ship.name,
                "kind": ship.kind,
                "role": ship.role,
                "length_m": ship.length_m,
                "width_m": ship.width_m,
                "lon": lon,
                "lat": lat,
                "axis_deg": heading % 180.0,
                "heading_deg": heading,
                "sog_kn": float(motion.sog_kn[0]),
                "cog_deg": float(motion.cog_deg[0]),
                **_whereabouts(stay),
                "on_ais": bool(ship.sends(t_s)[0]) and (ship.role != "spoofer" or stay is None),
                "heard": _was_received(times.get(ship.mmsi), item),
                "visible": _share(shown, outline, grid) >= RULE.visible,
                "geometry": outline,
            }
        )
    return rows


def _whereabouts(stay: PlannedStay | None) -> Row:
    if stay is None or stay.place.kind == "sea":
        return {"berth_id": "", "zone_id": "", "situation": "open"}
    place = stay.place
    if place.kind == "berth":
        return {"berth_id": place.zone_id, "zone_id": place.zone_id, "situation": "berthed"}
    return {"berth_id": "", "zone_id": place.zone_id, "situation": "anchored"}


def _was_received(times: pd.Series | None, item: Pass) -> bool:
    if times is None:
        return False
    at, apart = pd.Timestamp(item.at), pd.Timedelta(minutes=RULE.received_min)
    return bool(((times >= at - apart) & (times <= at + apart)).any())


def _box(lon: float, lat: float, heading: float, ship: Ship) -> Polygon:
    half_l, half_w = ship.length_m / 2, ship.width_m / 2
    turn = float(np.degrees(np.arctan2(half_w, half_l)))
    reach = float(np.hypot(half_l, half_w))
    angles = heading + np.array([turn, 180.0 - turn, 180.0 + turn, -turn])
    xs, ys = destination(np.full(4, lon), np.full(4, lat), angles, np.full(4, reach))
    return Polygon(np.column_stack([xs, ys]))


def _share(shown: Mask, outline: Polygon, grid: Grid) -> float:
    x, y = np.asarray(outline.exterior.coords)[:4].T
    mid_x, mid_y = float(x.mean()), float(y.mean())
    xs = np.concatenate([mid_x + (x - mid_x) * f for f in (0.0, 0.5, 0.95)])
    ys = np.concatenate([mid_y + (y - mid_y) * f for f in (0.0, 0.5, 0.95)])
    row, col = grid.rowcol(xs, ys)
    r, c = np.floor(row).astype(int), np.floor(col).astype(int)
    inside = (r >= 0) & (r < grid.shape[0]) & (c >= 0) & (c < grid.shape[1])
    seen = np.zeros(len(r), dtype=bool)
    seen[inside] = shown[r[inside], c[inside]]
    return float(seen.mean())


def berth_rows(aoi: Aoi, item: Pass, shown: Mask, vessels: pd.DataFrame) -> list[Row]:
    """One row a berth.

    Parameters
    ----------
    aoi : Aoi
    item : Pass
    shown : array of bool
        As `shown_in` gives it.
    vessels : DataFrame
        As `vessel_rows` gives them.
    """
    here = vessels[(vessels["scene_id"] == item.id) & (vessels["length_m"] >= RULE.counted_m)]
    rows = []
    for zone in aoi.berths:
        inside = _inside(aoi, zone.id)
        moored = here[here["berth_id"] == zone.id]
        rows.append(
            {
                **observed_at(aoi, item),
                "berth_id": zone.id,
                "occupied": len(moored) > 0,
                "observed": float(shown[inside].mean()) if inside.any() else 0.0,
                "mmsis": " ".join(str(m) for m in moored["mmsi"]),
            }
        )
    return rows


def stack_rows(season: Season, aoi: Aoi, item: Pass, shown: Mask) -> list[Row]:
    """One row a yard.

    Parameters
    ----------
    season : Season
    aoi : Aoi
    item : Pass
    shown : array of bool
        As `shown_in` gives it.
    """
    stacks = stacks_at(season.world, aoi, item.at.timestamp())
    rows = []
    for zone in aoi.of_kind("yard"):
        mine = [s for s in stacks if s.yard_id == zone.id]
        inside = _inside(aoi, zone.id)
        area = sum(s.area_m2 for s in mine)
        rows.append(
            {
                **observed_at(aoi, item),
                "yard_id": zone.id,
                "length_m": area / SLOT_M[1],
                "area_m2": area,
                "observed": float(shown[inside].mean()) if inside.any() else 0.0,
                "geometry": unary_union([outline_lonlat(s, aoi) for s in mine]) if mine else Polygon(),
            }
        )
    return rows


def container_rows(season: Season, aoi: Aoi, item: Pass, shown: Mask) -> list[Row]:
    """One row a yard for fine pictures, none for other sensors.

    Parameters
    ----------
    season : Season
    aoi : Aoi
    item : Pass
    shown : array of bool
        As `shown_in` gives it.
    """
    if item.track.sensor != "hires":
        return []
    boxes = fine_containers(season.seed, season.world, aoi, item.at.timestamp())
    rows = []
    for zone in aoi.of_kind("yard"):
        tiers = [box.tiers for box in boxes if box.yard_id == zone.id]
        inside = _inside(aoi, zone.id)
        rows.append(
            {
                **observed_at(aoi, item),
                "yard_id": zone.id,
                "seen_from_above": len(tiers),
                "containers": sum(tiers),
                "observed": float(shown[inside].mean()) if inside.any() else 0.0,
            }
        )
    return rows


def registration_row(season: Season, aoi: Aoi, item: Pass) -> Row:
    """By how much the scene lies off the map.

    Parameters
    ----------
    season : Season
    aoi : Aoi
    item : Pass
    """
    rows, cols = season.shift_px(item)
    return {**observed_at(aoi, item), "shift_rows_px": rows, "shift_cols_px": cols}


def cloud_row(season: Season, aoi: Aoi, item: Pass, shown: Mask) -> Row:
    """How much of the water was hidden.

    Parameters
    ----------
    season : Season
    aoi : Aoi
    item : Pass
    shown : array of bool
        As `shown_in` gives it.
    """
    inside = _wet(aoi) & _reached(aoi, item)
    optical = SENSORS[item.track.sensor].optical
    return {
        **observed_at(aoi, item),
        "share": season.cloud_share(item) if optical else 0.0,
        "hidden_fraction": float((~shown[inside]).mean()) if inside.any() else 1.0,
    }


def reception_row(positions: pd.DataFrame, aoi: Aoi, item: Pass) -> Row:
    """Whether AIS was received near the scene.

    Parameters
    ----------
    positions : POSITIONS table
    aoi : Aoi
    item : Pass
    """
    at, apart = pd.Timestamp(item.at), pd.Timedelta(hours=RULE.near_h)
    about = positions[(positions["t"] >= at - apart) & (positions["t"] <= at + apart)]
    centre = aoi.geometry.centroid
    near = about[distance_m(about["lon"], about["lat"], centre.x, centre.y) <= RULE.near_m]
    return {
        "ais_vessels": int(near["mmsi"].nunique()),
        "ais_before": bool((near["t"] <= at).any()),
        "ais_after": bool((near["t"] >= at).any()),
    }
