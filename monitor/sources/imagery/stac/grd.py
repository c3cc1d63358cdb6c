"""Annotation and calibration of a Sentinel-1 GRD product; pure.

A pixel of a product has a line and a sample, and an amplitude. The annotation says where a grid of points lies, each at
the height of the ground there, and the calibration how an amplitude becomes sigma nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt
from scipy.interpolate import RegularGridInterpolator

from monitor.core.arrays import Floats, Pixels
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import destination
from monitor.io.documents import parse_xml
from monitor.sources.errors import BadResponse

_AROUND = 2
"""Points of the annotation's grid, some 10 to 20 km apart, that are taken on either side of the place."""
_LEAST_POINTS = 6
"""Below it no surface of second order can be laid through them."""


class Points(NamedTuple):
    """The annotation's grid: (line, sample) arrays of where each point lies.

    Attributes
    ----------
    line, sample : array
        Of the product, counted from its first pixel's centre.
    lon, lat : array
        Degrees.
    height_m : array
        Above the ellipsoid.
    incidence_deg : array
        Of the beam.
    """

    line: Floats
    sample: Floats
    lon: Floats
    lat: Floats
    height_m: Floats
    incidence_deg: Floats

    def near(self, lon: float, lat: float) -> Points:
        """The points around a place."""
        east = np.cos(np.deg2rad(lat))
        row, col = divmod(int(np.argmin(np.hypot((self.lon - lon) * east, self.lat - lat))), self.line.shape[1])
        part = np.s_[max(row - _AROUND, 0) : row + _AROUND + 1, max(col - _AROUND, 0) : col + _AROUND + 1]
        return Points(*(values[part] for values in self))

    def at_sea_level(self) -> Points:
        """The same pixels, where they lie if the ground there has the ellipsoid's height.

        Ground of height h is imaged nearer to the radar than it is, by h / tan(incidence): as seen from the sea, the
        points of hills lie too far away.
        """
        towards = np.gradient(self.lon, axis=1) * np.cos(np.deg2rad(self.lat)), np.gradient(self.lat, axis=1)
        away_deg = np.rad2deg(np.arctan2(*towards))
        nearer_m = self.height_m / np.tan(np.deg2rad(self.incidence_deg))
        lon, lat = destination(self.lon, self.lat, away_deg + 180.0, nearer_m)
        return self._replace(lon=lon, lat=lat, height_m=np.zeros_like(self.height_m))


def read_points(content: bytes, where: str) -> Points:
    """The grid of points in the annotation of a product.

    Parameters
    ----------
    content : bytes
        XML.
    where : str
        Names it in errors.

    Raises
    ------
    BadResponse
        It has none, or fewer than a place needs.
    """
    found = list(_xml(content, where).iter("geolocationGridPoint"))
    names = ("line", "pixel", "longitude", "latitude", "height", "incidenceAngle")
    try:
        values = np.array([[float(point.findtext(name, "")) for name in names] for point in found])
        lines, samples = np.unique(values[:, 0]), np.unique(values[:, 1])
        order = np.lexsort((values[:, 1], values[:, 0]))
        grid = values[order].reshape(len(lines), len(samples), len(names))
    except (ValueError, IndexError) as error:
        raise BadResponse(f"{where}: its grid of points cannot be read ({error}); use another catalog") from error
    if grid.shape[0] * grid.shape[1] < _LEAST_POINTS or min(grid.shape[:2]) < 2 or not np.isfinite(grid).all():
        raise BadResponse(f"{where}: its grid has {len(found)} usable points; use another catalog")
    return Points(*np.moveaxis(grid, 2, 0))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the amplitudes of a product are divided by, at a grid of lines and samples."""

    line: Floats
    sample: Floats
    factor: Floats

    def sigma_nought(self, amplitude: npt.NDArray[np.generic], line: int, sample: int) -> Pixels:
        """Linear power of a window; 0 where the product has no data.

        Parameters
        ----------
        amplitude : array
            (line, sample) numbers of the product.
        line, sample : int
            Where the window begins.
        """
        at = RegularGridInterpolator((self.line, self.sample), self.factor, bounds_error=False, fill_value=None)
        rows, cols = amplitude.shape
        lines, samples = line + np.arange(rows), sample + np.arange(cols)
        factor = at(tuple(np.meshgrid(lines, samples, indexing="ij")))
        return np.asarray((amplitude.astype(np.float64) / factor) ** 2, np.float32)


def read_calibration(content: bytes, where: str) -> Calibration:
    """The calibration of a product.

    Parameters
    ----------
    content : bytes
        XML.
    where : str
        Names it in errors.

    Raises
    ------
    BadResponse
        It has no table of sigma nought.
    """
    vectors = list(_xml(content, where).iter("calibrationVector"))
    if len(vectors) < 2:
        raise BadResponse(f"{where}: has no table of sigma nought; use another catalog")
    try:
        lines = [float(vector.findtext("line", "")) for vector in vectors]
        samples = [_numbers(vector, "pixel") for vector in vectors]
        factors = [_numbers(vector, "sigmaNought") for vector in vectors]
        table = [np.interp(samples[0], *pair) for pair in zip(samples, factors, strict=True)]
        made = Calibration(np.array(lines), samples[0], np.array(table))
        usable = len(samples[0]) > 1 and (made.factor > 0).all() and (np.diff(lines) > 0).all()
    except (ValueError, IndexError) as error:
        raise BadResponse(f"{where}: its table of sigma nought cannot be read ({error}); run again") from error
    if not usable:
        raise BadResponse(f"{where}: its table of sigma nought makes no sense; use another catalog")
    return made


def _numbers(vector: Element, name: str) -> Floats:
    return np.array(vector.findtext(name, "").split(), np.float64)


def _xml(content: bytes, where: str) -> Element:
    try:
        return parse_xml(content, where)
    except DataError as error:
        raise BadResponse(str(error)) from error
