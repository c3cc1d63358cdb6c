"""Slices of Sentinel-1 GRD in a catalog: sigma nought on a map grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import rasterio
import requests
from rasterio.control import GroundControlPoint
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.transform import GCPTransformer
from rasterio.warp import reproject
from rasterio.windows import Window

from monitor.core.arrays import Pixels
from monitor.core.geo.geodesy import WGS84
from monitor.core.geo.grid import Grid
from monitor.core.limits import Limits
from monitor.core.scenes.sensors import S1_BANDS
from monitor.core.text import public_url
from monitor.io.rasters import check_window
from monitor.sources.answers import BoundedAdapter, bounded_session
from monitor.sources.errors import BadResponse, NoData, Unavailable
from monitor.sources.imagery.stac.grd import Calibration, Points, read_calibration, read_points

NUMBERS = "sigma nought by the product's table, linear power, noise not taken out; placed at the ellipsoid's height"
_RETRIES = 3
_OTHER = "use a catalog that serves Sentinel-1 to anyone, such as planetarycomputer.microsoft.com"
REMOTE = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_HTTP_TIMEOUT": "60", "GDAL_HTTP_CONNECTTIMEOUT": "20"}
"""For GDAL behind http: no listing of folders, and an end to waiting."""
_MARGIN_PX = 20


def is_usable(feature: Mapping[str, Any]) -> bool:
    """Whether an item is of the wide swath mode and has VV: polar and wave modes are of no use here."""
    mode = (feature.get("properties") or {}).get("sar:instrument_mode", "IW")
    return mode == "IW" and "vv" in (feature.get("assets") or {})


def read_slice(
    item: Mapping[str, Any], grid: Grid, *, timeout_s: float, limits: Limits, where: str
) -> tuple[Pixels, float]:
    """(band, row, col) sigma nought of VV and VH on a grid, and the beam's incidence there in degrees.

    Linear power; 0 outside the product, and all of VH where the product has none.

    Parameters
    ----------
    item : mapping
        The STAC item, with addresses that can be read.
    grid : Grid
        What is wanted.
    timeout_s : float
        Longest wait for an answer.
    limits : Limits
        What may be read at once.
    where : str
        Names the item in errors.

    Raises
    ------
    NoData
        The product does not reach the grid.
    Unavailable, BadResponse
        An asset cannot be read, or lacks what is needed.
    """
    assets, data = item["assets"], np.zeros((len(S1_BANDS), *grid.shape), np.float32)
    lon, lat = grid.lonlat(grid.shape[0] / 2, grid.shape[1] / 2)
    with requests.Session() as session:
        bounded_session(session, BoundedAdapter(limits, _RETRIES))
        points = read_points(_fetched(session, _annotation(assets, where), timeout_s), where)
        near = points.near(float(lon), float(lat))
        for k, band in enumerate(S1_BANDS):
            if band.lower() not in assets:
                continue
            href = _href(assets, f"schema-calibration-{band.lower()}", where)
            calibration = read_calibration(_fetched(session, href, timeout_s), where)
            try:
                with rasterio.Env(**REMOTE):
                    data[k] = read_amplitude(
                        _href(assets, band.lower(), where), calibration, near.at_sea_level(), grid, limits
                    )
            except (RasterioError, OSError) as error:
                raise Unavailable(
                    f"{where}: {band} cannot be read to the end ({type(error).__name__}); run again", transient=True
                ) from error
    return data, float(near.incidence_deg.mean())


def _annotation(assets: Mapping[str, Any], where: str) -> str:
    """The address of the annotation; some catalogs name that of interference in its place."""
    return _href(assets, "schema-product-vv", where).replace("/rfi/rfi-", "/")


def _href(assets: Mapping[str, Any], name: str, where: str) -> str:
    href = str((assets.get(name) or {}).get("href") or "")
    if urlsplit(href).scheme not in ("http", "https"):
        raise BadResponse(f"{where}: asset {name} is not behind http or https ({public_url(href)}); {_OTHER}")
    return href


def _fetched(session: requests.Session, href: str, timeout_s: float) -> bytes:
    try:
        response = session.get(href, timeout=timeout_s)
        response.raise_for_status()
    except requests.RequestException as error:
        raise Unavailable(
            f"{public_url(href)}: cannot be fetched ({type(error).__name__}); run again", transient=True
        ) from error
    return response.content


def read_amplitude(href: str, calibration: Calibration, points: Points, grid: Grid, limits: Limits) -> Pixels:
    """Sigma nought of one polarisation on a grid, float32 linear power; 0 outside the product.

    Parameters
    ----------
    href : str
        The GeoTIFF's address.
    calibration : Calibration
        Of the polarisation.
    points : Points
        Around the grid, at the height that the grid's ground has.
    grid : Grid
        What is wanted.
    limits : Limits
        What may be read at once.

    Raises
    ------
    NoData
        The product does not reach the grid.
    RasterioError, OSError
        It cannot be read.
    """
    with rasterio.open(href, driver="GTiff") as source:
        window = _window(points, grid, source.height, source.width)
        check_window(source, window, limits=limits)
        amplitude = source.read(1, window=window)
    power = calibration.sigma_nought(amplitude, int(window.row_off), int(window.col_off))
    made = np.zeros(grid.shape, np.float32)
    reproject(
        power,
        made,
        gcps=_control(points, window),
        src_crs=f"EPSG:{WGS84}",
        src_nodata=0.0,
        dst_transform=grid.transform,
        dst_crs=f"EPSG:{grid.epsg}",
        dst_nodata=0.0,
        resampling=Resampling.bilinear,
    )
    return made


def _window(points: Points, grid: Grid, lines: int, samples: int) -> Window:
    """The part of a product under a grid, and a margin."""
    rows, cols = grid.shape
    lon, lat = grid.lonlat(np.array([0.0, 0.0, rows, rows]), np.array([0.0, cols, cols, 0.0]))
    with GCPTransformer(_control(points, Window(0, 0, 0, 0))) as placed:
        row, col = (np.asarray(v, np.float64) for v in placed.rowcol(lon, lat, op=float))
    top, left = max(int(row.min()) - _MARGIN_PX, 0), max(int(col.min()) - _MARGIN_PX, 0)
    bottom, right = min(int(row.max()) + _MARGIN_PX, lines), min(int(col.max()) + _MARGIN_PX, samples)
    if bottom - top < 2 or right - left < 2:
        raise NoData("the product does not reach the area of interest; not observed")
    return Window(left, top, right - left, bottom - top)


def _control(points: Points, window: Window) -> list[GroundControlPoint]:
    """The points as GDAL takes them: from the window's first corner, half a pixel from the centre."""
    rows, cols = points.line.ravel() + 0.5 - window.row_off, points.sample.ravel() + 0.5 - window.col_off
    placed: Sequence[tuple[float, ...]] = list(zip(rows, cols, points.lon.ravel(), points.lat.ravel(), strict=True))
    return [GroundControlPoint(row=row, col=col, x=lon, y=lat) for row, col, lon, lat in placed]
