"""A user's own list of ports: the World Port Index as it is published, or any table with the same facts."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import pandas as pd

from monitor.ais.ports.world_ports import COLUMNS, port_ids
from monitor.core.errors import DataError
from monitor.io.documents import read_document, read_json

_NAMES = {
    "name": ("main port name", "portname", "port_name", "main_port_name", "name"),
    "country": ("country code", "wpi country code", "countrycode", "country_code", "country", "wpi_country_code"),
    "lon": ("longitude", "lon", "xcoord", "x"),
    "lat": ("latitude", "lat", "ycoord", "y"),
    "wpi_number": ("world port index number", "portnumber", "index_no", "wpi_number", "world_port_index_number"),
    "unlocode": ("un/locode", "unlocode", "un_locode"),
}
_NEEDED = ("name", "lon", "lat")


def read_port_list(path: Path) -> pd.DataFrame:
    """Ports of a CSV or GeoJSON file: the columns of `ais.ports.world_ports.world_ports`.

    Column names of the World Port Index (Pub. 150) as CSV, of its older shapefiles, and plain ones are known; case does
    not matter. Rows without a place on earth are left out; 0, 0 counts as none.

    Raises
    ------
    DataError
        The file cannot be read, or has no column for the name, longitude or latitude.
    """
    table = _geojson(path) if path.suffix.lower() in (".geojson", ".json") else _csv(path)
    lower = {str(column).strip().lower(): column for column in table.columns}
    found = {field: lower[n] for field, names in _NAMES.items() for n in names[::-1] if n in lower}
    missing = [field for field in _NEEDED if field not in found]
    if missing:
        raise DataError(
            f"{path}: no column for {', '.join(missing)}; the World Port Index names them "
            f"{', '.join(_NAMES[field][0] for field in missing)}"
        )
    made = pd.DataFrame({field: table[column] for field, column in found.items()})
    for field in ("lon", "lat", "wpi_number"):
        made[field] = pd.to_numeric(made[field], errors="coerce") if field in made else float("nan")
    placed = made["lon"].between(-180, 180) & made["lat"].between(-90, 90) & ~((made["lon"] == 0) & (made["lat"] == 0))
    made = made[placed].reset_index(drop=True)
    for field in ("name", "country", "unlocode"):
        made[field] = made[field].fillna("").astype("str").str.strip() if field in made else ""
    numbers = made["wpi_number"].where(made["wpi_number"].notna(), pd.Series(made.index, dtype="float64"))
    made["port_id"] = port_ids(made["country"], made["name"], numbers.astype("int64"))
    made["wpi_number"] = made["wpi_number"].round().astype("Int64")
    return made.assign(source=path.name)[list(COLUMNS)]


def _csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(
            io.BytesIO(read_document(path)),
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            encoding_errors="replace",
        )
    except DataError:
        raise
    except ValueError as error:
        raise DataError(f"{path}: no readable CSV ({error})") from error


def _geojson(path: Path) -> pd.DataFrame:
    try:
        document = cast("Mapping[str, Sequence[Mapping[str, Mapping[str, object]]]]", read_json(path))
        features = document["features"]
        rows = []
        for feature in features:
            place = feature["geometry"]["coordinates"] if feature.get("geometry") else None
            lon, lat = (place[0], place[1]) if isinstance(place, list) and len(place) >= 2 else (None, None)
            rows.append({**feature["properties"], "longitude": lon, "latitude": lat})
    except DataError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: no readable GeoJSON of points ({error})") from error
    return pd.DataFrame(rows)
