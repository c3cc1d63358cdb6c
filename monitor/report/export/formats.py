"""Exports that open well where users work: GeoPackage, QGIS, GeoJSON, GeoParquet, KML, CSV, STAC."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pandas.api.types import is_datetime64_any_dtype
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from shapely import set_precision

from monitor.core.errors import ArchiveError, DataError
from monitor.core.wording import iso
from monitor.io.atomic import disk_errors, replacing, write_bytes
from monitor.io.geojson import feature, json_value
from monitor.report.export.layers import Content, multi, plain_tables, spatial_layers
from monitor.report.export.qgis import add_styles
from monitor.report.export.qgis_project import project
from monitor.report.export.stac import write_catalogue
from monitor.report.page.wording import SIMULATED_LINE

FORMATS = ("gpkg", "qgis", "geojson", "geoparquet", "kml", "csv", "stac")
_KINDS = {
    "detections": "Polygon",
    "dark_events": "Polygon",
    "gaps": "LineString",
    "open_gaps": "Point",
    "gap_reach": "MultiPolygon",
    "visits": "MultiPolygon",
    "voyages": "LineString",
    "berth_states": "MultiPolygon",
    "container_counts": "MultiPolygon",
    "land_changes": "MultiPolygon",
    "scenes": "MultiPolygon",
    "zones": "MultiPolygon",
    "gates": "MultiLineString",
    "reference_points": "MultiPoint",
}
_LEAST_FREE_BYTES = 1 << 20
"""With less free disk than this, a driver's failure is taken for a full disk; chosen."""

_FIXED_CLOCK = {"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z", "OGR_SQLITE_SYNCHRONOUS": "OFF"}


def export(content: Content, out: Path, *, format: str) -> list[Path]:  # noqa: A002
    """Write tables for other programs; the paths written, in order.

    Parameters
    ----------
    content : Content
        What is written.
    out : Path
        A file for gpkg, qgis, geojson and kml. For geoparquet and csv a folder with a file a layer, or, when it ends in
        ``.parquet`` or ``.csv``, one file with the detections. A folder for stac.
    format : str
        One of `FORMATS`.

    Raises
    ------
    DataError
        The format is not known.
    ArchiveError
        `out` cannot be written.

    Notes
    -----
    The same content gives the same bytes: GeoPackage's own time stamps are fixed at 2000-01-01.
    """
    writers = {
        "gpkg": write_geopackage,
        "qgis": write_qgis,
        "geojson": write_geojson,
        "geoparquet": write_geoparquet,
        "kml": write_kml,
        "csv": write_csv,
        "stac": write_stac,
    }
    if format not in writers:
        raise DataError(f"export format {format!r} is not known: use one of {', '.join(FORMATS)}")
    return writers[format](content, out)


def write_geopackage(content: Content, out: Path) -> list[Path]:
    """All layers and plain tables in one GeoPackage, with QGIS styles as defaults and instants in UTC."""
    with _driver_errors(out), replacing(out, ".gpkg") as part, _settings():
        for name, layer in spatial_layers(content).items():
            _write_layer(layer, part, name)
        for name, table in plain_tables(content).items():
            pyogrio.write_dataframe(_plain(table), part, layer=name, driver="GPKG", append=part.exists())
        add_styles(part)
    return [out]


def write_qgis(content: Content, out: Path) -> list[Path]:
    """A GeoPackage and a QGIS project (``.qgz``) of it, side by side under one name."""
    (geopackage,) = write_geopackage(content, out.with_suffix(".gpkg"))
    return [geopackage, write_bytes(out.with_suffix(".qgz"), project(content, geopackage.name))]


def write_geojson(content: Content, out: Path) -> list[Path]:
    """One RFC 7946 FeatureCollection; each feature names its `layer`. Detections have the names of `detect --image`."""
    features = []
    for name, layer in spatial_layers(content).items():
        features += [feature(name, row) for row in layer.to_dict("records") if row["geometry"] is not None]
    collection = {
        "type": "FeatureCollection",
        "software": content.software,
        "simulated": content.is_simulated,
        **({"note": SIMULATED_LINE} if content.is_simulated else {}),
        "features": features,
    }
    return [write_bytes(out, (json.dumps(collection, ensure_ascii=False, indent=1) + "\n").encode())]


def write_geoparquet(content: Content, out: Path) -> list[Path]:
    """A GeoParquet file a layer and a Parquet file a plain table in a folder, or the detections in one file."""
    layers = spatial_layers(content)
    if out.suffix in (".parquet", ".geoparquet"):
        return [_parquet(layers["detections"], out)]
    made = [_parquet(layer, out / f"{name}.parquet") for name, layer in layers.items()]
    return made + [_parquet(table, out / f"{name}.parquet") for name, table in plain_tables(content).items()]


def write_kml(content: Content, out: Path) -> list[Path]:
    """One KML file with a folder for each of zones, scenes, detections, dark events, gaps and voyages."""
    with _driver_errors(out), replacing(out, ".kml") as part, _settings():
        for name, layer in spatial_layers(content).items():
            shown = layer[layer.geometry.notna()]
            if name in ("visits", "berth_states") or shown.empty:
                continue
            named = shown.assign(Name=shown.iloc[:, 0].astype(str), Description=_described(shown))
            times = named.drop(columns=[c for c in ("begin", "end") if c in named])
            times = times.rename(columns={"t_start": "begin", "t_end": "end"})
            columns = [c for c in ("Name", "Description", "begin", "end", "geometry") if c in times]
            pyogrio.write_dataframe(_plain(times[columns]), part, layer=name, driver="LIBKML", append=part.exists())
        if not part.exists():
            part.write_text('<?xml version="1.0" encoding="UTF-8"?>\n<kml><Document/></kml>\n', encoding="utf-8")
    return [out]


def write_csv(content: Content, out: Path) -> list[Path]:
    """A CSV file a layer in a folder (places as lon, lat and WKT), or the detections in one file; safe to open."""
    tables = flat_tables(content)
    if out.suffix == ".csv":
        return [write_bytes(out, safe_csv(tables["detections"]))]
    return [write_bytes(out / f"{name}.csv", safe_csv(table)) for name, table in tables.items()]


def flat_tables(content: Content) -> dict[str, pd.DataFrame]:
    """Every layer, its places as lon, lat and WKT, and every plain table, by name."""
    return {name: _flat(layer) for name, layer in spatial_layers(content).items()} | plain_tables(content)


def write_stac(content: Content, out: Path) -> list[Path]:
    """A STAC catalogue in a folder: a collection a port, an item a scene, detections as an asset of their item."""
    if out.exists() and not out.is_dir():
        raise DataError(f"{out}: a STAC export is a folder, and a file of that name stands there; choose another")
    with disk_errors(out), tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "stac"
        made = [path.relative_to(folder) for path in write_catalogue(content, folder, out=out)]
        for path in sorted(made, key=lambda path: path == Path("catalog.json")):  # the catalogue last
            write_bytes(out / path, (folder / path).read_bytes())
    return [out / path for path in made]


def safe_csv(table: pd.DataFrame) -> bytes:
    """UTF-8 CSV in which no text starts a formula: ``=``, ``+``, ``-``, ``@``, tab or return get a quote before them.

    Numbers keep their sign. Instants are ISO 8601 in UTC, the date alone where no hour is known.
    """
    safe = table.copy()
    for column in safe:
        if is_datetime64_any_dtype(safe[column]):
            safe[column] = [iso(t) if pd.notna(t) else "" for t in safe[column]]
        elif not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = [_harmless(value) for value in safe[column]]
    return str(safe.to_csv(index=False, lineterminator="\r\n")).encode()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _write_layer(layer: gpd.GeoDataFrame, path: Path, name: str) -> None:
    kind = _KINDS[name]
    if kind.startswith("Multi"):
        layer = layer.set_geometry([multi(g) for g in layer.geometry], crs=4326)
    pyogrio.write_dataframe(_plain(layer), path, layer=name, driver="GPKG", append=path.exists(), geometry_type=kind)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Dtypes that GDAL takes: millisecond instants, and text where a column is empty."""
    made = table.copy()
    for column in made:
        if is_datetime64_any_dtype(made[column]):
            made[column] = made[column].dt.as_unit("ms")
    return made


class _settings:  # noqa: N801
    """Fixed GDAL settings inside a block, the former ones after it."""

    def __enter__(self) -> None:
        self._before = {key: pyogrio.get_gdal_config_option(key) for key in _FIXED_CLOCK}
        pyogrio.set_gdal_config_options(_FIXED_CLOCK)
        self._caught = warnings.catch_warnings()
        self._caught.__enter__()
        warnings.filterwarnings("ignore", message=".*is not (in|defined).*")

    def __exit__(self, *_: object) -> None:
        self._caught.__exit__(None, None, None)
        pyogrio.set_gdal_config_options(self._before)


@contextmanager
def _driver_errors(out: Path) -> Iterator[None]:
    """Turn what GDAL and SQLite make of a full or failing disk into an `ArchiveError`."""
    try:
        yield
    except (DataSourceError, DataLayerError, FeatureError, sqlite3.Error) as error:
        free = shutil.disk_usage(next(p for p in out.absolute().parents if p.is_dir())).free
        what = "the disk is full; free some space" if free < _LEAST_FREE_BYTES else f"cannot be written ({error})"
        raise ArchiveError(f"{out}: {what} and run again, nothing half-written was kept") from error


def _parquet(table: pd.DataFrame, out: Path) -> Path:
    with replacing(out) as part:
        table.to_parquet(part, index=False, compression="zstd")
    return out


def _flat(layer: gpd.GeoDataFrame) -> pd.DataFrame:
    centre = [g.envelope.centroid if g is not None else None for g in layer.geometry]
    flat = pd.DataFrame(layer.drop(columns="geometry"))
    return flat.assign(
        lon=[round(p.x, 6) if p is not None else None for p in centre],
        lat=[round(p.y, 6) if p is not None else None for p in centre],
        wkt=[set_precision(g, 1e-7).wkt if g is not None else "" for g in layer.geometry],
    )


def _described(layer: gpd.GeoDataFrame) -> list[str]:
    """The facts of each row as text; escaped, since viewers of KML take a description as HTML."""
    facts = layer.drop(columns="geometry")
    return [
        "; ".join(f"{k}: {escape(str(json_value(v)))}" for k, v in row.items() if json_value(v) not in (None, ""))
        for row in facts.to_dict("records")
    ]
