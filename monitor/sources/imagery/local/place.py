"""Where a picture lies: its own georeference, ground control points, a world file beside it, or corners that are given.

Files beside the picture are read here, as text of a few numbers, and never by GDAL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

import numpy as np
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.errors import CRSError, RasterioError
from rasterio.io import DatasetReader
from rasterio.transform import from_gcps
from rasterio.warp import transform as warp_points
from rasterio.warp import transform_geom
from shapely import segmentize
from shapely.geometry import Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import distance_m, utm_epsg
from monitor.sources.imagery.local.reading import Reading

_FARTHEST = 1e9
"""No coordinate on Earth reaches this, whatever the unit of the CRS."""

_RPC_ENDS = (".rpb", "_rpc.txt")
"""What the files beside a picture are called that hold its RPCs."""
_RPC_KEYS = ("long", "lat", "height")
_RPC_OFFSET = re.compile(r"\b(long|lat|height)_?off(?:set)?\s*[:=]\s*([-+]?\d+(?:\.\d+)?)", re.IGNORECASE)
_WORLD = ("w", "wx")
_MOST_TEXT = 100_000
"""Bytes of a world file or a ``.prj``; one that is longer is something else."""
_DEGREE_PX = 0.1
"""Pixels larger than this, in degrees, are of no picture of a port: a world file of them is in metres; chosen."""
_BETWEEN = 5
"""Points along each side of four corners, between which a picture is bent evenly."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture's pixels lie.

    Attributes
    ----------
    crs : CRS
        Of `transform` and `points`.
    transform : Affine
        Pixel corner to `crs`; with `points` the nearest affine one.
    points : tuple of GroundControlPoint
        What the pixels are warped by; empty where `transform` is exact.
    """

    crs: CRS
    transform: Affine
    points: tuple[GroundControlPoint, ...] = ()

    @property
    def epsg(self) -> int | None:
        """The code of the CRS; None for one without."""
        return None if (code := self.crs.to_epsg()) is None else int(code)

    @property
    def is_straight(self) -> bool:
        """Whether rows and columns run along the axes of the CRS."""
        return not self.points and self.transform.b == self.transform.d == 0

    def footprint(self, size: tuple[int, int]) -> BaseGeometry:
        """The outline in longitude and latitude of a picture of so many rows and columns."""
        rows, cols = size
        corners = [self.transform @ corner for corner in ((0, 0), (cols, 0), (cols, rows), (0, rows))]
        outline = Polygon(corners)
        outline = segmentize(outline, max(outline.length / 80.0, 1e-9))
        return shape(transform_geom(self.crs, "EPSG:4326", mapping(outline)))

    def gsd_m(self, size: tuple[int, int]) -> float:
        """Side of a pixel on the ground in the middle of the picture: the square root of its area."""
        t, (rows, cols) = self.transform, size
        x, y = t @ (cols / 2, rows / 2)
        lon, lat = warp_points(self.crs, "EPSG:4326", [x, x + t.a, x + t.b], [y, y + t.d, y + t.e])
        along = float(distance_m(lon[0], lat[0], lon[1], lat[1]))
        down = float(distance_m(lon[0], lat[0], lon[2], lat[2]))
        return float(np.sqrt(along * down))


def find_place(source: DatasetReader, path: Path, given: Reading) -> Place:
    """Where an open picture lies.

    Corners that are given win; then what the file states, then a world file beside it.

    Parameters
    ----------
    source : DatasetReader
        The picture, open.
    path : Path
        Where it is.
    given : Reading
        What the user states of it.

    Raises
    ------
    DataError
        Nothing states it, or a CRS is missing or unknown; the message says how to state it.
    """
    size = (source.height, source.width)
    if given.corners:
        return _by_corners(given.corners, _crs(given.crs, path, given) or CRS.from_epsg(4326), size)
    points, points_crs = source.gcps
    if source.transform == Affine.identity() and len(points) >= 3:
        crs = points_crs or _crs(given.crs, path, given)
        return _placed(crs, from_gcps(points), tuple(points), path=path, given=given)
    if source.transform != Affine.identity():
        crs = source.crs or _crs(given.crs, path, given) or _beside_crs(path, given)
        return _placed(crs, source.transform, (), path=path, given=given)
    world = _world_file(path)
    if world is None:
        if way := _by_rpcs(source, path):
            raise DataError(f"{path}: its place is stated by RPCs alone, which need heights; warp it first: {way}")
        raise DataError(f"{path}: nothing states its place; put a world file beside it, or give {given.words.corners}")
    crs = source.crs or _crs(given.crs, path, given) or _beside_crs(path, given) or _degrees(world, size)
    return _placed(crs, world, (), path=path, given=given)


def _by_rpcs(source: DatasetReader, path: Path) -> str:
    """The command that warps a picture by its RPCs to the plane of their mean height; "" without RPCs."""
    rpcs = source.rpcs
    if rpcs is not None:
        lon, lat, height = float(rpcs.long_off), float(rpcs.lat_off), float(rpcs.height_off)
    elif len(beside := _rpcs_beside(path)) == len(_RPC_KEYS):
        lon, lat, height = (beside[key] for key in _RPC_KEYS)
    else:
        return ""
    return (
        f"gdalwarp -rpc -to RPC_HEIGHT={height:g} -t_srs EPSG:{utm_epsg(lon, lat)} -r bilinear {_shell_pair(path)} "
        "(RPC_HEIGHT is that of the quays above the ellipsoid in metres; -to RPC_DEM=dem.tif where land rises)"
    )


def _rpcs_beside(path: Path) -> dict[str, float]:
    """The offsets that a file of RPCs beside a picture states (``.RPB`` or ``_RPC.TXT``); empty without one."""
    wanted = {f"{path.stem}{end}".lower() for end in _RPC_ENDS}
    for entry in sorted(path.parent.iterdir()):
        if entry.name.lower() in wanted and (text := _text(entry)):
            return {key.lower(): float(number) for key, number in _RPC_OFFSET.findall(text)}
    return {}


def _shell_pair(path: Path) -> str:
    return f"{quote(str(path))} {quote(str(path.with_name(path.stem + '_utm.tif')))}"


def _placed(
    crs: CRS | None, transform: Affine, points: tuple[GroundControlPoint, ...], *, path: Path, given: Reading
) -> Place:
    if not crs:
        raise DataError(f"{path}: no CRS, so its place is unknown; give it by {given.words.crs}")
    numbers = np.array(transform[:6])
    if not (np.isfinite(numbers).all() and np.abs(numbers).max() < _FARTHEST and transform.determinant):
        raise DataError(f"{path}: damaged, its place is {tuple(transform[:6])}; georeference it again")
    return Place(crs, transform, points)


def _crs(text: str, path: Path, given: Reading) -> CRS | None:
    if not text:
        return None
    try:
        return CRS.from_user_input(int(text) if text.isdigit() else text)
    except (CRSError, RasterioError) as error:
        raise DataError(f"{path}: {text!r} is no CRS that is known; give it as {given.words.crs}") from error


def _beside_crs(path: Path, given: Reading) -> CRS | None:
    """The CRS of a ``.prj`` beside the picture."""
    text = _text(path.with_suffix(".prj"))
    return None if text is None else _crs(text.strip(), path, given)


def _degrees(world: Affine, size: tuple[int, int]) -> CRS | None:
    """EPSG:4326 where all corners of a world file can be longitude and latitude, and its pixels are small enough."""
    corners = [world @ corner for corner in ((0, 0), (size[1], size[0]))]
    fits = all(abs(x) <= 180 and abs(y) <= 90 for x, y in corners)
    return CRS.from_epsg(4326) if fits and abs(world.a) + abs(world.b) < _DEGREE_PX else None


def _world_file(path: Path) -> Affine | None:
    """The transform of a world file: ``.pgw`` for ``.png``, or ``.pngw``, or ``.wld``; None without one."""
    end = path.suffix
    short = end[:2] + end[-1:] if len(end) >= 3 else end
    names = [f"{short}{w}" for w in _WORLD] + [f"{end}{w}" for w in _WORLD] + [".wld"]
    beside = {entry.name.lower(): entry for entry in path.parent.iterdir() if entry.stem == path.stem}
    for name in names:
        found = beside.get(f"{path.stem}{name}".lower())
        text = None if found is None else _text(found)
        if found is None or text is None:
            continue
        try:
            a, d, b, e, c, f = (float(part.replace(",", ".")) for part in text.split())
        except ValueError as error:
            raise DataError(f"{found}: no world file of six numbers; correct or remove it") from error
        if a * e == b * d:
            raise DataError(f"{found}: its pixels have no area; correct or remove it")
        return Affine(a, b, c, d, e, f) @ Affine.translation(-0.5, -0.5)
    return None


def _text(path: Path) -> str | None:
    if not path.is_file() or path.stat().st_size > _MOST_TEXT:
        return None
    return path.read_text(encoding="utf-8", errors="replace")


def _by_corners(corners: tuple[float, ...], crs: CRS, size: tuple[int, int]) -> Place:
    rows, cols = size
    if len(corners) == 4:
        west, south, east, north = corners
        return Place(crs, Affine((east - west) / cols, 0.0, west, 0.0, (south - north) / rows, north))
    ul, ur, lr, ll = np.array(corners, dtype=float).reshape(4, 2)
    points = []
    for v in np.linspace(0.0, 1.0, _BETWEEN):
        for u in np.linspace(0.0, 1.0, _BETWEEN):
            x, y = (1 - v) * ((1 - u) * ul + u * ur) + v * ((1 - u) * ll + u * lr)
            points.append(GroundControlPoint(row=v * rows, col=u * cols, x=x, y=y))
    transform = from_gcps(points)
    exact = all(np.allclose(transform @ (p.col, p.row), (p.x, p.y), atol=1e-3 * _side(transform)) for p in points)
    return Place(crs, transform, () if exact else tuple(points))


def _side(transform: Affine) -> float:
    """Side of a pixel in units of the CRS."""
    return float(np.hypot(transform.a, transform.d))
