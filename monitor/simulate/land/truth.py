"""The true tables of the made-up places beyond the quay; none of them is there in a season without these places.

``land_states``
    Every rail and open-storage zone at every optical acquisition: ``zone_id, kind, share`` (of the length of its
    tracks, or of its area, on which wagons or goods stand), ``area_m2`` (of goods; missing for rail), ``wagons,
    observed`` (share of the zone not hidden), ``snow`` (share of open ground under it).
``land_changes``
    What changed and lasts: ``change_id, aoi_id, zone_id, kind`` (bare ground | structure | burnt | cleared),
    ``began_at, ended_at`` (when half of it is grown over; missing for what stays), ``area_m2, upon`` (id of the
    earlier change on which it stands), ``clear_before, clear_after`` (observations that show its ground without
    cloud and snow before it, and while it lasts), ``geometry``.
``land_nuisances``
    What looks like a change and is none: ``aoi_id, kind`` (harvest | snow | flood | smoke), ``start, end, geometry``;
    of a harvest both are its day.
``trains``
    Wagons on tracks: ``aoi_id, zone_id, track, from_m, length_m, wagons, kind, came_at, left_at, cargo``; the last is
    "" for what belongs to no shipment.
``chain_links``
    Every departure of a shipment with each later arrival of the same one, and with none where nothing came:
    ``cargo, from_aoi, from_zone, from_kind, left_at, to_aoi, to_zone, to_kind, came_at, travel_days``.
``zones``
    The zones of the made-up places: ``aoi_id, zone_id, kind``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.arrays import Mask
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.sensors import SENSORS
from monitor.core.timerange import TimeRange
from monitor.simulate.land.ground import fields_of
from monitor.simulate.land.growth import harvest_day
from monitor.simulate.land.layout import EPSG, Layout
from monitor.simulate.land.places import layouts
from monitor.simulate.land.storage import goods_at
from monitor.simulate.land.trains import occupied_share
from monitor.simulate.land.weather import covered, plume
from monitor.simulate.land.world import LandWorld
from monitor.simulate.orbits import Pass
from monitor.simulate.traffic.fleet import World

Row = dict[str, object]
Observations = Sequence[tuple[Aoi, Pass, Mask]]
"""Each acquisition with what it shows of its AOI, as `truth_of_scenes.shown_in` gives it."""
_SNOWED, _SHOWN = 0.2, 0.7
"""Ground counts as seen below this share of snow, and from this share not hidden (chosen)."""
_ZONE_M = 12.0
"""To either side of a track: what must be seen of it (chosen; a pixel and what blurs into it)."""

_OBSERVATION = ["scene_id", "aoi_id", "acquired_at", "sensor"]
_COLUMNS: Mapping[str, list[str]] = {
    "land_states": [*_OBSERVATION, "zone_id", "kind", "share", "area_m2", "wagons", "observed", "snow"],
    "land_changes": [
        *("change_id", "aoi_id", "zone_id", "kind", "began_at", "ended_at", "area_m2", "upon"),
        *("clear_before", "clear_after", "geometry"),
    ],
    "land_nuisances": ["aoi_id", "kind", "start", "end", "geometry"],
    "trains": [*("aoi_id", "zone_id", "track", "from_m", "length_m", "wagons", "kind", "came_at", "left_at", "cargo")],
    "chain_links": [
        *("cargo", "from_aoi", "from_zone", "from_kind", "left_at"),
        *("to_aoi", "to_zone", "to_kind", "came_at", "travel_days"),
    ],
    "zones": ["aoi_id", "zone_id", "kind"],
}
MAPPED = ("land_changes", "land_nuisances")
"""The tables that have a geometry."""


def land_tables(
    seed: int, world: World, aois: Sequence[Aoi], period: TimeRange, observations: Observations
) -> dict[str, pd.DataFrame]:
    """The truth of the made-up places by table; see the module. Empty where the scenario has none.

    Parameters
    ----------
    seed : int
    world : World
    aois : sequence of Aoi
        Others than the made-up places are passed over.
    period : TimeRange
        Of the season.
    observations : sequence of tuple
        AOI, pass, and what of the AOI it shows.
    """
    land = world.land
    if land is None:
        return {}
    here = [aoi for aoi in aois if aoi.id in layouts()]
    seen = [item for item in observations if item[0].id in layouts() and SENSORS[item[1].track.sensor].optical]
    ids = {aoi.id for aoi in here}
    rows: dict[str, list[Row]] = {
        "land_states": [row for item in seen for row in _states(world, land, *item)],
        "land_changes": _changes(land, seen, ids),
        "land_nuisances": [row for aoi in here for row in _nuisances(seed, land, aoi, period)],
        "trains": _trains(land, period, ids),
        "chain_links": _links(land),
        "zones": [{"aoi_id": aoi.id, "zone_id": zone.id, "kind": zone.kind} for aoi in here for zone in aoi.zones],
    }
    return {name: _table(name, rows[name]) for name in _COLUMNS}


def _table(name: str, rows: list[Row]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=_COLUMNS[name])
    for column in ("began_at", "ended_at", "start", "end", "came_at", "left_at", "acquired_at"):
        if column in table:
            table[column] = pd.to_datetime(table[column], utc=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=f"EPSG:{WGS84}") if name in MAPPED else table


def _states(world: World, land: LandWorld, aoi: Aoi, item: Pass, shown: Mask) -> list[Row]:
    t_s, lines = item.at.timestamp(), layouts()[aoi.id].tracks()
    snow = covered(land.spells, "snow", t_s)
    rows = []
    for zone in (z for z in aoi.zones if z.kind in ("rail", "open_storage")):
        shape = reproject(zone.geometry, WGS84, EPSG)
        area, wagons = float("nan"), 0
        if zone.kind == "rail":
            share, wagons = occupied_share(land.trains, zone.id, lines[zone.id], t_s)
            shape = shape.buffer(_ZONE_M)
        else:
            area = sum(float(outline.area) for outline in goods_at(world.flows, aoi, zone.id, t_s))
            share = area / float(shape.area)
        rows.append(
            {
                "scene_id": item.id,
                "aoi_id": aoi.id,
                "acquired_at": item.at,
                "sensor": item.track.sensor,
                "zone_id": zone.id,
                "kind": zone.kind,
                "share": share,
                "area_m2": area,
                "wagons": wagons,
                "observed": _observed(shown, shape, aoi),
                "snow": snow,
            }
        )
    return rows


def _observed(shown: Mask, shape: BaseGeometry, aoi: Aoi) -> float:
    """Share of a geometry in metres that an acquisition shows."""
    inside = Grid.covering(aoi.geometry, epsg=aoi.epsg).mask(reproject(shape, EPSG, WGS84))
    return float(shown[inside].mean()) if inside.any() else 0.0


def _changes(land: LandWorld, seen: Observations, ids: set[str]) -> list[Row]:
    rows = []
    for patch in (p for p in land.patches if p.aoi_id in ids):
        half = (patch.began_s + patch.recovers_s) / 2
        clear = [
            item.at.timestamp()
            for aoi, item, shown in seen
            if aoi.id == patch.aoi_id
            and covered(land.spells, "snow", item.at.timestamp()) < _SNOWED
            and _observed(shown, patch.outline, aoi) >= _SHOWN
        ]
        rows.append(
            {
                "change_id": patch.id,
                "aoi_id": patch.aoi_id,
                "zone_id": patch.zone_id,
                "kind": patch.kind,
                "began_at": _at(patch.began_s),
                "ended_at": None if np.isinf(half) else _at(half),
                "area_m2": float(patch.outline.area),
                "upon": patch.upon,
                "clear_before": sum(t < patch.began_s for t in clear),
                "clear_after": sum(patch.began_s <= t < half for t in clear),
                "geometry": reproject(patch.outline, EPSG, WGS84),
            }
        )
    return rows


def _nuisances(seed: int, land: LandWorld, aoi: Aoi, period: TimeRange) -> list[Row]:
    layout = layouts()[aoi.id]
    low = [part.geometry for part in layout.of_kind("low ground")]
    rows: list[Row] = []
    for spell in land.spells:
        shapes = [aoi.geometry] if spell.kind == "snow" else [reproject(shape, EPSG, WGS84) for shape in low]
        rows += [_nuisance(aoi, spell.kind, _at(spell.start_s), _at(spell.end_s), shape) for shape in shapes]
    for day in range(period.duration.days + 1):
        at = period.start + timedelta(days=day)
        if plume(seed, aoi.id, at) is not None:
            rows.append(_nuisance(aoi, "smoke", at, at + timedelta(days=1), aoi.geometry))
    return [*rows, *_harvests(seed, layout, aoi, period)]


def _harvests(seed: int, layout: Layout, aoi: Aoi, period: TimeRange) -> list[Row]:
    rows = []
    for number, field in enumerate(fields_of(layout)):
        shape = reproject(field, EPSG, WGS84).intersection(aoi.geometry)
        for year in range(period.start.year, period.end.year + 1):
            at = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=harvest_day(seed, aoi.id, number, year))
            if at in period and not shape.is_empty:
                rows.append(_nuisance(aoi, "harvest", at, at, shape))
    return rows


def _nuisance(aoi: Aoi, kind: str, start: datetime, end: datetime, shape: BaseGeometry) -> Row:
    return {"aoi_id": aoi.id, "kind": kind, "start": start, "end": end, "geometry": shape}


def _trains(land: LandWorld, period: TimeRange, ids: set[str]) -> list[Row]:
    rows = []
    for train in land.trains:
        aoi_id = next(name for name in layouts() if train.zone_id.startswith(f"{name}_"))
        if aoi_id in ids and period.overlaps(_at(train.came_s), _at(train.left_s)):
            facts = ("zone_id", "track", "from_m", "length_m", "wagons", "kind", "cargo")
            times = {"came_at": _at(train.came_s), "left_at": _at(train.left_s)}
            rows.append({"aoi_id": aoi_id, **{name: getattr(train, name) for name in facts}, **times})
    return rows


def _links(land: LandWorld) -> list[Row]:
    linked = [(link.left, link.came) for link in land.links]
    alone = [(left, None) for left in land.departures if left not in {known for known, _ in linked}]
    return [
        {
            "cargo": left.cargo,
            "from_aoi": left.aoi_id,
            "from_zone": left.zone_id,
            "from_kind": left.kind,
            "left_at": _at(left.t_s),
            "to_aoi": came.aoi_id if came else "",
            "to_zone": came.zone_id if came else "",
            "to_kind": came.kind if came else "",
            "came_at": _at(came.t_s) if came else None,
            "travel_days": (came.t_s - left.t_s) / 86_400.0 if came else float("nan"),
        }
        for left, came in sorted([*linked, *alone], key=lambda pair: (pair[0].t_s, pair[1].t_s if pair[1] else 0.0))
    ]


def _at(t_s: float) -> datetime:
    return datetime.fromtimestamp(round(t_s), UTC)
