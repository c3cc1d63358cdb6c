"""Tables as map layers: geometry in EPSG:4326, and the two instants between which a row holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.schema import UTC
from monitor.core.tables import (
    BERTH_STATES,
    CHAIN_LINKS,
    CHAINS,
    CHANGES,
    CONTAINER_COUNTS,
    COUNTS,
    COVERAGE,
    DARK_EVENTS,
    DETECTIONS,
    GAP_CANDIDATES,
    GAPS,
    LAND_CHANGES,
    LAND_STATES,
    MATCHES,
    SHUTTLES,
    STACKS,
    VESSELS,
    VISITS,
    VOYAGE_LINKS,
    VOYAGES,
)
from monitor.core.tableset import TableSet
from monitor.core.wording import is_of_day
from monitor.report.map.reach import REACH_KN, Silence, at_sea, reach
from monitor.report.page.wording import STATUS
from monitor.report.tiles.marks import status_of

SPATIAL = (
    "detections",
    "dark_events",
    "gaps",
    "open_gaps",
    "gap_reach",
    "visits",
    "voyages",
    "berth_states",
    "container_counts",
    "land_changes",
    "scenes",
    "zones",
    "gates",
    "reference_points",
)
_PARTS = {"MultiPolygon": MultiPolygon, "MultiLineString": MultiLineString, "MultiPoint": MultiPoint}
PLAIN = (
    COUNTS,
    COVERAGE,
    MATCHES,
    STACKS,
    SHUTTLES,
    VOYAGE_LINKS,
    GAP_CANDIDATES,
    CHANGES,
    VESSELS,
    LAND_STATES,
    CHAINS,
    CHAIN_LINKS,
)


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What an export holds: ports, acquisitions, those of them whose pixels are archived (`scenes`), and tables."""

    aois: tuple[Aoi, ...]
    acquisitions: tuple[Acquisition, ...]
    tables: TableSet
    software: str
    simulated: bool = False
    scenes: tuple[Scene, ...] = ()

    @property
    def is_simulated(self) -> bool:
        """Whether any of it is made up."""
        return self.simulated or any(a.simulated for a in self.acquisitions)


def spatial_layers(content: Content) -> dict[str, gpd.GeoDataFrame]:
    """Every layer of `SPATIAL` by name, empty ones too, each with `t_start` and `t_end` (UTC) and `simulated`.

    Where rows have `acquired_at`, `day_only` says that its day alone is known.
    """
    tables = content.tables
    silent = _timed(tables[GAPS], "start", "end")
    closed, open_ = silent[silent["is_closed"]], silent[~silent["is_closed"]]
    outlines = zones_layer(content.aois)
    outlines["geometry"] = [multi(shape) for shape in outlines["geometry"]]
    shapes = [shape.geom_type for shape in outlines["geometry"]]
    of_shape = {name: outlines[[shape == name for shape in shapes]] for name in _PARTS}
    made = {
        "detections": detections_layer(tables),
        "dark_events": _timed(tables[DARK_EVENTS], "acquired_at", "acquired_at"),
        "gaps": _lines(closed),
        "open_gaps": _last_position(open_),
        "gap_reach": reach_layer(gaps_behind_events(tables)),
        "visits": _at_zones(_timed(tables[VISITS], "arrived_not_after", "departed_not_before"), content.aois),
        "voyages": _between_ports(_timed(tables[VOYAGES], "departed_at", "arrived_at"), content.aois),
        "berth_states": _at_zones(_timed(tables[BERTH_STATES], "acquired_at", "acquired_at"), content.aois),
        "container_counts": _outlines(_timed(tables[CONTAINER_COUNTS], "acquired_at", "acquired_at")),
        "land_changes": _outlines(_timed(tables[LAND_CHANGES], "began_before", "last_seen")),
        "scenes": scenes_layer(content.acquisitions),
        "zones": of_shape["MultiPolygon"],
        "gates": of_shape["MultiLineString"],
        "reference_points": of_shape["MultiPoint"],
    }
    return {name: _frame(_with_day_only(table).assign(simulated=content.is_simulated)) for name, table in made.items()}


def plain_tables(content: Content) -> dict[str, pd.DataFrame]:
    """Every table of `PLAIN` by name, with `simulated`, and `day_only` where rows have `acquired_at`."""
    tables = {schema.name: content.tables[schema] for schema in PLAIN}
    return {name: _with_day_only(table).assign(simulated=content.is_simulated) for name, table in tables.items()}


def detections_layer(tables: TableSet) -> pd.DataFrame:
    """DETECTIONS with `status` (a key of `report.page.wording.STATUS`) and its instants."""
    status = status_of(tables[DETECTIONS], tables[MATCHES], tables[DARK_EVENTS])
    known = tables[DETECTIONS].assign(status=[status[str(d)] for d in tables[DETECTIONS]["detection_id"]])
    known["status_text"] = [STATUS[s][1] for s in known["status"]]
    known["status_text"] = known["status_text"].astype("str")
    return _timed(known, "acquired_at", "acquired_at")


def scenes_layer(acquisitions: Sequence[Acquisition]) -> pd.DataFrame:
    """One row an acquisition with its footprint and the facts of its orbit."""
    rows = [
        {
            "scene_id": a.id,
            "aoi_id": a.aoi_id,
            "sensor": a.sensor,
            "platform": a.platform,
            "level": a.level or "",
            "relative_orbit": a.relative_orbit,
            "orbit_state": a.orbit_state or "",
            "cloud_cover": a.cloud_cover,
            "source": a.source,
            "hour_known": a.is_exact,
            "product_ids": " ".join(a.product_ids),
            "t_start": pd.Timestamp(a.start),
            "t_end": pd.Timestamp(a.end),
            "geometry": a.footprint,
        }
        for a in acquisitions
    ]
    kinds = {
        "scene_id": "str",
        "aoi_id": "str",
        "sensor": "str",
        "platform": "str",
        "level": "str",
        "relative_orbit": "Int64",
        "orbit_state": "str",
        "cloud_cover": "float64",
        "source": "str",
        "hour_known": "bool",
        "product_ids": "str",
        "t_start": UTC,
        "t_end": UTC,
    }
    return pd.DataFrame(rows, columns=[*kinds, "geometry"]).astype(kinds)


def zones_layer(aois: Sequence[Aoi]) -> pd.DataFrame:
    """Every zone of every place with its source and uncertainty; tracks and roads as the ground along their lines."""
    rows = [
        {
            "zone_id": z.id,
            "aoi_id": aoi.id,
            "kind": z.kind,
            "name": z.name,
            "source": z.source,
            "uncertainty_m": z.uncertainty_m,
            "confidence": z.confidence,
            "attribution": aoi.attribution,
            "geometry": z.geometry if z.kind == "gate" else z.outline,
        }
        for aoi in aois
        for z in aoi.zones
    ]
    kinds = {
        "zone_id": "str",
        "aoi_id": "str",
        "kind": "str",
        "name": "str",
        "source": "str",
        "uncertainty_m": "float64",
        "confidence": "str",
        "attribution": "str",
    }
    return pd.DataFrame(rows, columns=[*kinds, "geometry"]).astype(kinds)


def _timed(table: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    """The table with its two instants; a whole day where one of them stands for a day."""
    first = pd.Series([_day_bounds(t)[0] for t in table[start]], index=table.index, dtype=UTC)
    last = pd.Series([_day_bounds(t)[1] for t in table[end]], index=table.index, dtype=UTC)
    timed = pd.DataFrame(table).assign(t_start=first, t_end=last)
    timed["t_start"] = timed["t_start"].fillna(timed["t_end"])
    return timed


def _day_bounds(instant: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    if pd.isna(instant) or not is_of_day(instant):
        return instant, instant
    return instant.floor("D"), instant.ceil("D") - pd.Timedelta(seconds=1)


def _with_day_only(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `day_only`: whether `acquired_at` is the middle of a day of which no hour is known."""
    if "acquired_at" not in table:
        return table
    of_day = [not pd.isna(at) and is_of_day(at) for at in table["acquired_at"]]
    return pd.DataFrame(table).assign(day_only=pd.Series(of_day, index=table.index, dtype="bool"))


def _frame(table: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


def gaps_behind_events(tables: TableSet) -> pd.DataFrame:
    """The gaps that could explain a dark event, all with a known last place."""
    named = {gap for ids in tables[DARK_EVENTS]["gap_ids"] for gap in str(ids).split()}
    placed = tables[GAPS][["start_lon", "start_lat"]].notna().all(axis=1)
    return tables[GAPS][placed & tables[GAPS]["gap_id"].isin(list(named))]


def reach_layer(gaps: pd.DataFrame) -> pd.DataFrame:
    """The area in which each silent ship could have been at `speed_kn`, land taken out where the coast is known."""
    shapes = [
        multi(at_sea(reach(Silence(r.start_lon, r.start_lat, r.end_lon, r.end_lat, r.duration_h))))
        for r in gaps.itertuples()
    ]
    made = _timed(gaps, "start", "end").assign(speed_kn=REACH_KN)
    return made.assign(geometry=gpd.GeoSeries(shapes, index=gaps.index, crs=4326))


def _lines(gaps: pd.DataFrame) -> pd.DataFrame:
    """A line from the last position to the next; nothing where one of them has no place."""
    ends = gaps[["start_lon", "start_lat", "end_lon", "end_lat"]].to_numpy()
    shapes = [LineString([row[:2], row[2:]]) if np.isfinite(row).all() else None for row in ends]
    return gaps.assign(geometry=gpd.GeoSeries(shapes, index=gaps.index, crs=4326))


def _last_position(gaps: pd.DataFrame) -> pd.DataFrame:
    """The last position of ships that are still silent."""
    ends = gaps[["start_lon", "start_lat"]].to_numpy()
    shapes = [Point(row) if np.isfinite(row).all() else None for row in ends]
    return gaps.assign(geometry=gpd.GeoSeries(shapes, index=gaps.index, crs=4326))


def _at_zones(table: pd.DataFrame, aois: Sequence[Aoi]) -> pd.DataFrame:
    places = {z.id: z.geometry for aoi in aois for z in aoi.zones}
    shapes = [multi(places.get(str(berth))) for berth in table["berth_id"]]
    return table.assign(geometry=gpd.GeoSeries(shapes, index=table.index, crs=4326))


def _outlines(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with each outline as a multipolygon."""
    return table.assign(geometry=gpd.GeoSeries([multi(s) for s in table["geometry"]], index=table.index, crs=4326))


def multi(shape: BaseGeometry | None) -> BaseGeometry | None:
    """A polygon, line or point as one of several, so that a layer holds one kind; others as they are."""
    made = None if shape is None else _PARTS.get(f"Multi{shape.geom_type}")
    return shape if made is None else made([shape])


def _between_ports(voyages: pd.DataFrame, aois: Sequence[Aoi]) -> pd.DataFrame:
    """A straight line between two ports: that they are linked, not the way that was sailed."""
    ports = {aoi.id: aoi.geometry.centroid for aoi in aois}
    shapes = [
        LineString([ports[a], ports[b]]) if a in ports and b in ports and a != b else None
        for a, b in zip(voyages["from_port"], voyages["to_port"], strict=True)
    ]
    return voyages.assign(geometry=gpd.GeoSeries(shapes, index=voyages.index, crs=4326))
