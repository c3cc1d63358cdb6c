"""What really happened: the tables that outputs are scored against.

``vessels``
    One row a vessel whose centre lies in the AOI at an acquisition: ``scene_id, aoi_id, acquired_at, sensor, mmsi,
    sent_mmsi, name, kind, role, length_m, width_m, lon, lat, axis_deg, heading_deg, sog_kn, cog_deg, berth_id,
    zone_id``; ``sent_mmsi``: the number in its messages, which two ships may send, 0 without a transponder;
    ``situation`` berthed | anchored | open; ``on_ais``: its transponder was on and told the truth; ``heard``: a
    position was received within 30 minutes either way; ``visible``: inside the swath and not under cloud;
    ``geometry``: its oriented box.
``berths``
    Every berth at every acquisition: ``berth_id, occupied`` (by a hull of 45 m or more), ``observed`` (share not
    hidden), ``mmsis``.
``stacks``
    Every yard at every acquisition: ``yard_id, length_m`` (of the stacks laid end to end), ``area_m2, observed,
    geometry``.
``visits``
    Stays at a berth by ships of 45 m or more: ``aoi_id, berth_id, mmsi, role, length_m, arrived_at, departed_at, dark,
    looks`` (acquisitions within), ``clear_observations`` (those that show it).
``voyages``
    Legs between consecutive berths in the two ports: ``mmsi, role, from_port, to_port, from_berth, to_berth,
    departed_at, arrived_at``.
``dark_intervals``
    When transponders were off: ``mmsi, start, end``.
``clouds``
    ``share`` drawn for the day, ``hidden_fraction`` of the AOI's water inside the swath; ``ais_vessels``: how many
    ships were heard within 40 km and an hour, ``ais_before``, ``ais_after``: whether any was on either side of the
    instant.
``deliveries``
    AIS that arrives late: ``start, end`` of what is late, ``arrives_at, positions`` (how many), ``mmsis``. The other
    tables know all of it.
``registration``
    Every acquisition: ``shift_rows_px, shift_cols_px`` (south, east), by which all that its pixels show lies off the
    map. All other tables tell true places.
``fixtures``
    Fixed objects that are no ships: ``fixture_id, aoi_id, kind`` (islet | breakwater end | floating dock), ``lon, lat,
    length_m, width_m, axis_deg, geometry``. No row where the scenario has none.
``outages``
    When nothing of the AIS feed arrived: ``station, start, end``; ``*`` is the whole feed.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely import contains_xy
from shapely.geometry import Polygon
from shapely.ops import unary_union

from monitor.core.aoi import Aoi
from monitor.core.geodesy import WGS84, destination, distance_m
from monitor.core.grid import Grid
from monitor.simulate.orbits import Pass
from monitor.simulate.render.scene import inside_swath, sky_at
from monitor.simulate.render.stacks import SLOT_M, outline_lonlat, stacks_at
from monitor.simulate.traffic.fleet import Ship
from monitor.simulate.traffic.itinerary import PlannedStay

if TYPE_CHECKING:
    from monitor.simulate.season import Season

Mask = npt.NDArray[np.bool_]
LEAST_M = 45.0
_HEARD = pd.Timedelta(minutes=30)
_HEARING_M, _HEARING = 40_000.0, pd.Timedelta(hours=1)
_SEEN_SHARE = 0.7
_OWN_M = 3_000.0


def truth_tables(season: Season) -> dict[str, pd.DataFrame]:
    """All truth tables of a season, by name; see the module."""
    observations = [(aoi, item, _shown(season, item, aoi)) for aoi in season.aois for item in season.passes(aoi)]
    positions = season.positions()
    times = _times(positions, season.world.ships)
    vessels = _geo(
        [row for aoi, item, shown in observations for row in _vessels(season, aoi, item, shown, times)], _VESSELS
    )
    berths = _plain([row for aoi, item, shown in observations for row in _berths(aoi, item, shown, vessels)], _BERTHS)
    return {
        "vessels": vessels,
        "berths": berths,
        "stacks": _geo(
            [row for aoi, item, shown in observations for row in _stacks(season, aoi, item, shown)], _STACKS
        ),
        "visits": _plain(_visits(season, vessels), _VISITS),
        "voyages": _plain(_voyages(season), _VOYAGES),
        "dark_intervals": _plain(
            [{"mmsi": s.mmsi, "start": _at(a), "end": _at(b)} for s in season.world.ships for a, b in s.silent], _DARK
        ),
        "clouds": _plain(
            [
                {**_cloud(season, aoi, item, shown), **_hearing(positions, aoi, item)}
                for aoi, item, shown in observations
            ],
            _CLOUDS,
        ),
        "outages": _plain(
            [{"station": n, "start": _at(a), "end": _at(b)} for n, a, b in season.world.outages], _OUTAGES
        ),
        "deliveries": _plain(_deliveries(season), _DELIVERIES),
        "registration": _plain([_shift(season, aoi, item) for aoi, item, _ in observations], _REGISTRATION),
        "fixtures": _geo(_fixtures(season), _FIXTURES),
    }


_OBSERVATION = ["scene_id", "aoi_id", "acquired_at", "sensor"]
_VESSELS = [
    *_OBSERVATION,
    "mmsi",
    "sent_mmsi",
    "name",
    "kind",
    "role",
    "length_m",
    "width_m",
    "lon",
    "lat",
    "axis_deg",
    "heading_deg",
    "sog_kn",
    "cog_deg",
    "berth_id",
    "zone_id",
    "situation",
    "on_ais",
    "heard",
    "visible",
    "geometry",
]
_BERTHS = [*_OBSERVATION, "berth_id", "occupied", "observed", "mmsis"]
_STACKS = [*_OBSERVATION, "yard_id", "length_m", "area_m2", "observed", "geometry"]
_VISITS = [
    "aoi_id",
    "berth_id",
    "mmsi",
    "role",
    "length_m",
    "arrived_at",
    "departed_at",
    "dark",
    "observations",
    "clear_observations",
]
_VOYAGES = ["mmsi", "role", "from_port", "to_port", "from_berth", "to_berth", "departed_at", "arrived_at"]
_DARK = ["mmsi", "start", "end"]
_CLOUDS = [*_OBSERVATION, "share", "hidden_fraction", "ais_vessels", "ais_before", "ais_after"]
_DELIVERIES = ["start", "end", "arrives_at", "positions", "mmsis"]
_REGISTRATION = [*_OBSERVATION, "shift_rows_px", "shift_cols_px"]
_FIXTURES = ["fixture_id", "aoi_id", "kind", "lon", "lat", "length_m", "width_m", "axis_deg", "geometry"]
_OUTAGES = ["station", "start", "end"]


@lru_cache(maxsize=8)
def _grid(aoi: Aoi) -> Grid:
    return Grid.covering(aoi.geometry, epsg=aoi.epsg)


@lru_cache(maxsize=256)
def _inside(aoi: Aoi, zone_id: str) -> Mask:
    return _grid(aoi).mask(aoi.zone(zone_id).geometry)


@lru_cache(maxsize=8)
def _wet(aoi: Aoi) -> Mask:
    return _grid(aoi).mask(aoi.water if aoi.water is not None else aoi.geometry)


def _plain(rows: list[dict[str, object]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns)


def _geo(rows: list[dict[str, object]], columns: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=f"EPSG:{WGS84}")


def _at(t_s: float) -> pd.Timestamp:
    return pd.Timestamp(round(t_s), unit="s", tz="UTC")


def _observation(aoi: Aoi, item: Pass) -> dict[str, object]:
    return {"scene_id": item.id, "aoi_id": aoi.id, "acquired_at": pd.Timestamp(item.at), "sensor": item.track.sensor}


def _shown(season: Season, item: Pass, aoi: Aoi) -> Mask:
    """(row, col) bool: inside the swath and, for optics, not hidden by cloud."""
    grid = _grid(aoi)
    shown = inside_swath(grid, item)
    if item.track.sensor == "s2":
        shown &= ~sky_at(season.seed, item, aoi, season.cloud_share(item)).hidden
    return shown


def _times(positions: pd.DataFrame, ships: tuple[Ship, ...]) -> dict[int, pd.Series]:
    """When each ship was heard, by its own number; of a number that two send, what was sent from near the ship."""
    sent = {int(number): part for number, part in positions.groupby("mmsi")}
    senders = Counter(ship.sent_mmsi for ship in ships if ship.ais_class)
    times = {}
    for ship in ships:
        part = sent.get(ship.sent_mmsi)
        if part is None or not ship.ais_class:
            continue
        if senders[ship.sent_mmsi] > 1:
            way = ship.itinerary.at(part["t"].astype("datetime64[us, UTC]").astype("int64") / 1e6)
            part = part[distance_m(part["lon"], part["lat"], way.lon, way.lat) < _OWN_M]
        times[ship.mmsi] = part["t"]
    return times


def _vessels(season: Season, aoi: Aoi, item: Pass, shown: Mask, times: dict[int, pd.Series]) -> list[dict[str, object]]:
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
                **_observation(aoi, item),
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
                "heard": _was_heard(times.get(ship.mmsi), item),
                "visible": _share(shown, outline, grid) >= _SEEN_SHARE,
                "geometry": outline,
            }
        )
    return rows


def _whereabouts(stay: PlannedStay | None) -> dict[str, object]:
    if stay is None or stay.place.kind == "sea":
        return {"berth_id": "", "zone_id": "", "situation": "open"}
    place = stay.place
    if place.kind == "berth":
        return {"berth_id": place.zone_id, "zone_id": place.zone_id, "situation": "berthed"}
    return {"berth_id": "", "zone_id": place.zone_id, "situation": "anchored"}


def _was_heard(times: pd.Series | None, item: Pass) -> bool:
    if times is None:
        return False
    at = pd.Timestamp(item.at)
    return bool(((times >= at - _HEARD) & (times <= at + _HEARD)).any())


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


def _berths(aoi: Aoi, item: Pass, shown: Mask, vessels: pd.DataFrame) -> list[dict[str, object]]:
    here = vessels[(vessels["scene_id"] == item.id) & (vessels["length_m"] >= LEAST_M)]
    rows = []
    for zone in aoi.of_kind("berth"):
        inside = _inside(aoi, zone.id)
        moored = here[here["berth_id"] == zone.id]
        rows.append(
            {
                **_observation(aoi, item),
                "berth_id": zone.id,
                "occupied": len(moored) > 0,
                "observed": float(shown[inside].mean()) if inside.any() else 0.0,
                "mmsis": " ".join(str(m) for m in moored["mmsi"]),
            }
        )
    return rows


def _stacks(season: Season, aoi: Aoi, item: Pass, shown: Mask) -> list[dict[str, object]]:
    standing = stacks_at(season.world, aoi, item.at.timestamp())
    rows = []
    for zone in aoi.of_kind("yard"):
        mine = [s for s in standing if s.yard_id == zone.id]
        inside = _inside(aoi, zone.id)
        area = sum(s.area_m2 for s in mine)
        rows.append(
            {
                **_observation(aoi, item),
                "yard_id": zone.id,
                "length_m": area / SLOT_M[1],
                "area_m2": area,
                "observed": float(shown[inside].mean()) if inside.any() else 0.0,
                "geometry": unary_union([outline_lonlat(s, aoi) for s in mine]) if mine else Polygon(),
            }
        )
    return rows


def _visits(season: Season, vessels: pd.DataFrame) -> list[dict[str, object]]:
    rows = []
    for ship in season.world.ships:
        if ship.length_m < LEAST_M:
            continue
        for stay in ship.itinerary.stays:
            if stay.place.kind != "berth" or not season.period.overlaps(stay.arrived, stay.departed):
                continue
            seen = vessels[
                (vessels["mmsi"] == ship.mmsi)
                & (vessels["acquired_at"] >= stay.arrived)
                & (vessels["acquired_at"] < stay.departed)
            ]
            rows.append(
                {
                    "aoi_id": stay.place.port,
                    "berth_id": stay.place.zone_id,
                    "mmsi": ship.mmsi,
                    "role": ship.role,
                    "length_m": ship.length_m,
                    "arrived_at": _at(stay.start_s),
                    "departed_at": _at(stay.end_s),
                    "dark": not bool(ship.sends((stay.start_s + stay.end_s) / 2)[0]),
                    "observations": len(seen),
                    "clear_observations": int(seen["visible"].sum()),
                }
            )
    return rows


def _voyages(season: Season) -> list[dict[str, object]]:
    rows = []
    for ship in season.world.ships:
        calls = [stay for stay in ship.itinerary.stays if stay.place.kind == "berth"]
        for a, b in pairwise(calls):
            inside = season.period.overlaps(a.departed, b.arrived)
            if ship.length_m >= LEAST_M and a.place.port != b.place.port and inside:
                rows.append(
                    {
                        "mmsi": ship.mmsi,
                        "role": ship.role,
                        "from_port": a.place.port,
                        "to_port": b.place.port,
                        "from_berth": a.place.zone_id,
                        "to_berth": b.place.zone_id,
                        "departed_at": _at(a.end_s),
                        "arrived_at": _at(b.start_s),
                    }
                )
    return rows


def _deliveries(season: Season) -> list[dict[str, object]]:
    return [
        {
            "start": _at(told.start_s),
            "end": _at(told.end_s),
            "arrives_at": _at(told.arrives_s),
            "positions": len(late),
            "mmsis": " ".join(str(m) for m in sorted(late["mmsi"].unique())),
        }
        for told, late in zip(season.deliveries(), season.late_positions(), strict=True)
    ]


def _shift(season: Season, aoi: Aoi, item: Pass) -> dict[str, object]:
    rows, cols = season.shift_px(item)
    return {**_observation(aoi, item), "shift_rows_px": rows, "shift_cols_px": cols}


def _fixtures(season: Season) -> list[dict[str, object]]:
    facts = _FIXTURES[:-1]
    return [{**{key: getattr(f, key) for key in facts}, "geometry": f.outline} for f in season.world.fixtures]


def _cloud(season: Season, aoi: Aoi, item: Pass, shown: Mask) -> dict[str, object]:
    inside = _wet(aoi) & inside_swath(_grid(aoi), item)
    optical = item.track.sensor == "s2"
    return {
        **_observation(aoi, item),
        "share": season.cloud_share(item) if optical else 0.0,
        "hidden_fraction": float((~shown[inside]).mean()) if inside.any() else 1.0,
    }


def _hearing(positions: pd.DataFrame, aoi: Aoi, item: Pass) -> dict[str, object]:
    at = pd.Timestamp(item.at)
    about = positions[(positions["t"] >= at - _HEARING) & (positions["t"] <= at + _HEARING)]
    centre = aoi.geometry.centroid
    near = about[distance_m(about["lon"], about["lat"], centre.x, centre.y) <= _HEARING_M]
    return {
        "ais_vessels": int(near["mmsi"].nunique()),
        "ais_before": bool((near["t"] <= at).any()),
        "ais_after": bool((near["t"] >= at).any()),
    }
