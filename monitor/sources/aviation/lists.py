"""The lists that come with the package, or a user's own: airfields, aircraft to follow, dated events."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import cast

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.tables.aviation import AIRCRAFT_WATCHLIST, AIRFIELDS
from monitor.core.timerange import TimeRange
from monitor.io.documents import read_document, read_json

_DATA = files("monitor.aviation") / "data"


@dataclass(frozen=True, slots=True, eq=False)
class AirLists:
    """The lists that flights are compared with.

    Attributes
    ----------
    watchlist : AIRCRAFT_WATCHLIST table
        Aircraft to follow.
    airfields : AIRFIELDS table
        Where they may land.
    events : DataFrame
        Dated events, columns ``start, end, event``.
    """

    watchlist: pd.DataFrame
    airfields: pd.DataFrame
    events: pd.DataFrame

    @property
    def closed(self) -> frozenset[str]:
        """The identifiers of the fields in closed airspace."""
        return frozenset(self.airfields.loc[self.airfields["closed"], "airfield_id"])

    def digest(self, *names: str) -> str:
        """Sixteen hexadecimal digits that change with any of the lists named."""
        made = hashlib.sha256()
        for name in names:
            made.update(getattr(self, name).to_csv(index=False).encode())
        return made.hexdigest()[:16]


def read_lists(*, watchlist: Path | None = None, airfields: Path | None = None, events: Path | None = None) -> AirLists:
    """The lists of a user's files, or those that are shipped; no events unless a file is given.

    A user's watch list replaces the shipped one. A user's airfields are added to those that are shipped, and
    one with the same identifier replaces the shipped one.

    Parameters
    ----------
    watchlist, airfields, events : Path, optional
        CSV, GeoJSON and CSV.

    Raises
    ------
    DataError
        A file is not what it should be.
    """
    fields = read_airfields()
    if airfields is not None:
        own = read_airfields(airfields)
        fields = pd.concat([own, fields[~fields["airfield_id"].isin(own["airfield_id"])]], ignore_index=True)
    dated = _no_events() if events is None else read_events(events)
    return AirLists(read_aircraft_watchlist(watchlist), fields, dated)


def write_lists(folder: Path) -> list[Path]:
    """Copy the shipped ``watchlist.csv`` and ``airfields.geojson`` into a folder, to be edited; the files written.

    Raises
    ------
    DataError
        A file of that name exists, or the folder cannot be written.
    """
    written = []
    for name in ("watchlist.csv", "airfields.geojson"):
        path = folder / name
        if path.exists():
            raise DataError(f"{path}: is there already; remove it or choose another folder")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes((_DATA / name).read_bytes())
        except OSError as error:
            raise DataError(f"{path}: cannot be written ({error.strerror}); choose another folder") from error
        written.append(path)
    return written


def read_airfields(path: Path | None = None) -> pd.DataFrame:
    """AIRFIELDS of a GeoJSON file of points with ``kind`` ``airfield``; without a path, those that are shipped.

    Raises
    ------
    DataError
        The file is not readable, or a feature is not an airfield; the message names it.
    """
    if path is None:
        with as_file(_DATA / "airfields.geojson") as shipped:
            return read_airfields(shipped)
    try:
        features = [*cast("Mapping[str, Sequence[object]]", read_json(path))["features"]]
    except (KeyError, TypeError) as error:
        raise DataError(f"{path}: not a readable GeoJSON FeatureCollection of airfields ({error})") from error
    return AIRFIELDS.conform(pd.DataFrame([_airfield(f, n, path) for n, f in enumerate(features, 1)]))


def _airfield(feature: object, number: int, path: Path) -> dict[str, object]:
    try:
        properties = feature["properties"]  # type: ignore[index]
        lon, lat = (float(degrees) for degrees in feature["geometry"]["coordinates"][:2])  # type: ignore[index]
        made = {
            "airfield_id": str(properties["id"]),
            "name": str(properties["name"]),
            "lon": lon,
            "lat": lat,
            "city": str(properties.get("city") or ""),
            "country": str(properties.get("country") or ""),
            "elevation_m": float(properties.get("elevation_m") or 0.0),
            "radius_m": float(properties.get("radius_m") or 5000.0),
            "timezone": str(properties.get("timezone") or "UTC"),
            "closed": bool(properties.get("closed")),
            "source": str(properties.get("source") or ""),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{path}: feature {number} is not an airfield: it needs a Point, id and name ({error})"
        ) from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise DataError(f"{path}: airfield {made['airfield_id']} is at ({lon}, {lat}); GeoJSON has longitude first")
    return made


def read_aircraft_watchlist(path: Path | None = None) -> pd.DataFrame:
    """AIRCRAFT_WATCHLIST of a CSV file with ``icao24`` or ``registration``; without a path, the one that is shipped.

    Raises
    ------
    DataError
        The file is not readable, has neither column, or an address is not six hexadecimal digits.
    """
    if path is None:
        with as_file(_DATA / "watchlist.csv") as shipped:
            return read_aircraft_watchlist(shipped)
    rows = csv_rows(path)
    if rows and not {"icao24", "registration"} & set(rows[0]):
        raise DataError(f"{path}: a watch list needs a column icao24 or registration; there are {', '.join(rows[0])}")
    made = []
    for number, row in enumerate(rows, 2):
        icao24 = row.get("icao24", "").lower()
        if icao24 and not re.fullmatch("[0-9a-f]{6}|~.+", icao24):
            raise DataError(
                f"{path}, line {number}: icao24 {icao24!r} is not six hexadecimal digits, nor ~ and a call sign"
            )
        made.append(
            {
                "icao24": icao24,
                "registration": row.get("registration", ""),
                "type": row.get("type", ""),
                "description": row.get("description", row.get("desc", "")),
                "operator": row.get("operator", ""),
                "military": row.get("military", "").lower() in ("true", "1", "yes")
                or row.get("db_flags", "").startswith("1"),
                "source": row.get("source", ""),
            }
        )
    return AIRCRAFT_WATCHLIST.conform(pd.DataFrame(made)) if made else AIRCRAFT_WATCHLIST.empty()


def read_events(path: Path) -> pd.DataFrame:
    """Dated events, columns start, end, event, of a CSV with ``date`` (day, month, week, ``start/end``), ``event``.

    Raises
    ------
    DataError
        The file is not readable, lacks a column, or a date is none.
    """
    rows = csv_rows(path)
    if not rows:
        return _no_events()
    if not {"date", "event"} <= set(rows[0]):
        raise DataError(f"{path}: dated events need the columns date and event; there are {', '.join(rows[0])}")
    try:
        periods = [TimeRange.parse(row["date"]) for row in rows]
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    table = pd.DataFrame({"event": pd.Series([row["event"] for row in rows], dtype="str")})
    for column, values in (("start", [p.start for p in periods]), ("end", [p.end for p in periods])):
        table[column] = pd.to_datetime(pd.Series(values, dtype="object"), utc=True).astype("datetime64[us, UTC]")
    return table


def _no_events() -> pd.DataFrame:
    instants = pd.Series([], dtype="datetime64[us, UTC]")
    return pd.DataFrame({"event": pd.Series([], dtype="str"), "start": instants, "end": instants})


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a small CSV file, names lower case, cells stripped; "" where a row ends early.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    try:
        reader = csv.reader(io.StringIO(read_document(path).decode("utf-8"), newline=""))
        header = [name.strip().lower() for name in next(reader, [])]
        whole = ([*row, *[""] * (len(header) - len(row))] for row in reader if any(row))
        return [dict(zip(header, (cell.strip() for cell in row), strict=False)) for row in whole]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not a readable CSV file ({error})") from error
