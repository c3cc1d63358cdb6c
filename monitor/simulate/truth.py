"""The true tables of a season, which outputs are scored against.

``vessels``
    One row a vessel whose centre lies in the AOI at an acquisition: ``scene_id, aoi_id, acquired_at, sensor, mmsi,
    sent_mmsi, name, kind, role, length_m, width_m, lon, lat, axis_deg, heading_deg, sog_kn, cog_deg, berth_id,
    zone_id``; ``sent_mmsi``: the number in its messages, which two ships may send, 0 without a transponder;
    ``situation`` berthed | anchored | open; ``on_ais``: its transponder was on and its place true; ``heard``: a
    position was received within 30 minutes either way; ``visible``: inside the swath and not under cloud;
    ``geometry``: its oriented box.
``berths``
    Every berth at every acquisition: ``berth_id, occupied`` (by a hull of 45 m or more), ``observed`` (share not
    hidden), ``mmsis``.
``stacks``
    Every yard at every acquisition: ``yard_id, length_m`` (of the stacks, end to end), ``area_m2, observed,
    geometry``.
``containers``
    Every yard in every fine picture (``hires``): ``yard_id, seen_from_above`` (uppermost containers), ``containers``
    (those under them included), ``observed``.
``visits``
    Stays at a berth by ships of 45 m or more: ``aoi_id, berth_id, mmsi, role, length_m, arrived_at, departed_at, dark,
    observations`` (acquisitions within), ``clear_observations`` (those that show it).
``voyages``
    Legs between consecutive berths in the two ports: ``mmsi, role, from_port, to_port, from_berth, to_berth,
    departed_at, arrived_at``.
``dark_intervals``
    When transponders were off: ``mmsi, start, end``.
``clouds``
    ``share`` drawn for the day, ``hidden_fraction`` of the AOI's water inside the swath; ``ais_vessels``: how many
    ships were received within 40 km and an hour, ``ais_before``, ``ais_after``: whether any was on either side of the
    instant.
``deliveries``
    AIS that arrives late: ``start, end`` of what is late, ``arrives_at, positions`` (how many), ``mmsis``. The other
    tables hold all of it.
``registration``
    Every acquisition: ``shift_rows_px, shift_cols_px`` (south, east), by which all that its pixels show lies off the
    map. All other tables hold true places.
``fixtures``
    Fixed objects that are no ships: ``fixture_id, aoi_id, kind`` (islet | breakwater end | floating dock), ``lon, lat,
    length_m, width_m, axis_deg, geometry``. No row where the scenario has none.
``outages``
    When nothing of the AIS feed arrived: ``station, start, end``; ``*`` is the whole feed.

A season with made-up places beyond the quay has those of `land.truth` as well.
"""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import pandas as pd

from monitor.core.geo.geodesy import WGS84
from monitor.simulate.land.truth import land_tables
from monitor.simulate.season import Season
from monitor.simulate.truth_of_scenes import (
    RULE,
    Row,
    berth_rows,
    cloud_row,
    container_rows,
    received_times,
    reception_row,
    registration_row,
    shown_in,
    stack_rows,
    vessel_rows,
)


def truth_tables(season: Season) -> dict[str, pd.DataFrame]:
    """All truth tables of a season, by name; see the module."""
    observations = [(aoi, item, shown_in(season, item, aoi)) for aoi in season.aois for item in season.passes(aoi)]
    positions = season.positions()
    times = received_times(positions, season.world.ships)
    vessels = _geo(
        [row for aoi, item, shown in observations for row in vessel_rows(season, aoi, item, shown, times)], _VESSELS
    )
    berths = _plain(
        [row for aoi, item, shown in observations for row in berth_rows(aoi, item, shown, vessels)], _BERTHS
    )
    return {
        "vessels": vessels,
        "berths": berths,
        "stacks": _geo(
            [row for aoi, item, shown in observations for row in stack_rows(season, aoi, item, shown)], _STACKS
        ),
        "containers": _plain(
            [row for aoi, item, shown in observations for row in container_rows(season, aoi, item, shown)], _CONTAINERS
        ),
        "visits": _plain(_visits(season, vessels), _VISITS),
        "voyages": _plain(_voyages(season), _VOYAGES),
        "dark_intervals": _plain(
            [{"mmsi": s.mmsi, "start": _at(a), "end": _at(b)} for s in season.world.ships for a, b in s.silent], _DARK
        ),
        "clouds": _plain(
            [
                {**cloud_row(season, aoi, item, shown), **reception_row(positions, aoi, item)}
                for aoi, item, shown in observations
            ],
            _CLOUDS,
        ),
        "outages": _plain(
            [{"station": n, "start": _at(a), "end": _at(b)} for n, a, b in season.world.outages], _OUTAGES
        ),
        "deliveries": _plain(_deliveries(season), _DELIVERIES),
        "registration": _plain([registration_row(season, aoi, item) for aoi, item, _ in observations], _REGISTRATION),
        "fixtures": _geo(_fixtures(season), _FIXTURES),
        **land_tables(season.seed, season.world, season.aois, season.period, observations),
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
_CONTAINERS = [*_OBSERVATION, "yard_id", "seen_from_above", "containers", "observed"]
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


_FLAGS = frozenset(("on_ais", "heard", "visible", "occupied", "dark", "ais_before", "ais_after"))
"""Columns that are true or false in a table without rows as well: rows are chosen by them."""


def _plain(rows: list[Row], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns).astype({name: bool for name in columns if name in _FLAGS})


def _geo(rows: list[Row], columns: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(_plain(rows, columns), geometry="geometry", crs=f"EPSG:{WGS84}")


def _at(t_s: float) -> pd.Timestamp:
    return pd.Timestamp(round(t_s), unit="s", tz="UTC")


def _visits(season: Season, vessels: pd.DataFrame) -> list[Row]:
    rows = []
    for ship in season.world.ships:
        if ship.length_m < RULE.counted_m:
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


def _voyages(season: Season) -> list[Row]:
    rows = []
    for ship in season.world.ships:
        calls = [stay for stay in ship.itinerary.stays if stay.place.kind == "berth"]
        for a, b in pairwise(calls):
            inside = season.period.overlaps(a.departed, b.arrived)
            if ship.length_m >= RULE.counted_m and a.place.port != b.place.port and inside:
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


def _deliveries(season: Season) -> list[Row]:
    return [
        {
            "start": _at(delivery.start_s),
            "end": _at(delivery.end_s),
            "arrives_at": _at(delivery.arrives_s),
            "positions": len(late),
            "mmsis": " ".join(str(m) for m in sorted(late["mmsi"].unique())),
        }
        for delivery, late in zip(season.deliveries(), season.late_positions(), strict=True)
    ]


def _fixtures(season: Season) -> list[Row]:
    facts = _FIXTURES[:-1]
    return [{**{key: getattr(f, key) for key in facts}, "geometry": f.outline} for f in season.world.fixtures]
