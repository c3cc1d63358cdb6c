"""What a workspace holds, as tables of `monitor.core.tables`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import geopandas as gpd
import pandas as pd

from monitor import pipeline
from monitor.core.errors import DataError
from monitor.core.scenes.scene import Scene
from monitor.core.tables import TABLES
from monitor.core.timerange import TimeRange
from monitor.core.wording import iso
from monitor.pipeline.context import Context
from monitor.pipeline.outcome import Table

Period = str | TimeRange | None
"""A period, its text (2023-08-01/2023-11-01, 2023-10, 2023-W41), or None for all time."""

_SCENE_COLUMNS = (
    "scene_id",
    "aoi_id",
    "sensor",
    "platform",
    "acquired_at",
    "is_exact",
    "relative_orbit",
    "cloud_cover",
    "valid_fraction",
    "simulated",
    "geometry",
)


def as_period(period: Period) -> TimeRange | None:
    """The period of a text; None stays None."""
    return TimeRange.parse(period) if isinstance(period, str) else period


def read_table(context: Context, name: str, period: Period = None) -> pd.DataFrame:
    """A stored table of the context's ports, with the rows that share an instant with a period.

    Parameters
    ----------
    context : Context
        Its ports.
    name : str
        A key of `monitor.core.tables.TABLES`.
    period : Period
        Unknown ends of rows are open; all rows without one.

    Raises
    ------
    DataError
        No table of that name is stored.
    """
    tables = pipeline.snapshot.current(pipeline.snapshot.read(context))
    if name not in TABLES or TABLES[name] not in tables:
        raise DataError(f"no stored table {name!r}; there are {', '.join(schema.name for schema in tables)}")
    return tables.of(context.ids).within(as_period(period))[TABLES[name]]


def scene_table(scenes: Iterable[Scene]) -> gpd.GeoDataFrame:
    """What is archived: a row a scene, with its footprint."""
    rows = [
        {
            "scene_id": scene.id,
            "aoi_id": a.aoi_id,
            "sensor": a.sensor,
            "platform": a.platform,
            "acquired_at": pd.Timestamp(a.acquired_at),
            "is_exact": a.is_exact,
            "relative_orbit": a.relative_orbit,
            "cloud_cover": a.cloud_cover,
            "valid_fraction": scene.valid_fraction,
            "simulated": a.simulated,
            "geometry": a.footprint,
        }
        for scene in scenes
        for a in (scene.acquisition,)
    ]
    return gpd.GeoDataFrame(rows, columns=list(_SCENE_COLUMNS), geometry="geometry", crs="EPSG:4326")


def status_table(context: Context, sensors: Iterable[str], title: str) -> Table:
    """What is there: a row a port and sensor, and the positions.

    Parameters
    ----------
    context : Context
        Its ports, scenes and positions.
    sensors : iterable of str
        A row of each port for each, and for any other sensor that scenes of the port are of.
    title : str
        Of the table.
    """
    rows: list[dict[str, object]] = []
    for aoi in context.aois:
        there = [a for a in context.acquisitions if a.aoi_id == aoi.id]
        for sensor in dict.fromkeys([*sensors, *(a.sensor for a in there)]):
            mine = [a for a in there if a.sensor == sensor]
            rows.append(_row(aoi.id, sensor, len(mine), [a.acquired_at for a in mine]))
    files = context.positions.ingested()
    instants = [instant for done in files for first, last, _ in done.spans for instant in (first, last)]
    rows.append(_row("", "positions", sum(done.positions for done in files), instants))
    return Table(title, tuple(rows))


def summary_table(there: Table, names: Mapping[str, str]) -> Table:
    """What is there at a glance: a row a port and sensor with scenes, first and last day; positions in the title.

    Parameters
    ----------
    there : Table
        As `status_table` makes it.
    names : mapping of str to str
        Name of each port by its id.
    """
    rows = tuple(
        {
            "port": row["port"],
            "name": names.get(str(row["port"]), ""),
            "sensor": row["what"],
            "scenes": row["number"],
            "first": str(row["first"])[:10] or "–",
            "last": str(row["last"])[:10] or "–",
        }
        for row in there.rows
        if row["port"]
    )
    positions = sum(int(str(row["number"])) for row in there.rows if not row["port"])
    return Table(f"{there.title}, {positions:,} AIS positions", rows)


def _row(port: str, what: str, number: int, instants: Sequence[datetime]) -> dict[str, object]:
    first, last = (iso(min(instants)), iso(max(instants))) if instants else ("", "")
    return {"port": port, "what": what, "number": number, "first": first, "last": last}
