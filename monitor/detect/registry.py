"""The detector of each sensor; imports only what that one needs, as a single image should not wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.errors import SettingsError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from monitor.core.aoi import Aoi
    from monitor.detect.base import Detector

DETECTED = ("s2", "s1")
"""The sensors that there is a detector for."""


def make_detector(
    sensor: str,
    weights: str | None = None,
    threshold: float | None = None,
    *,
    aois: tuple[Aoi, ...] = (),
    land: BaseGeometry | None = None,
) -> Detector:
    """The detector that processes scenes of a sensor.

    Parameters
    ----------
    sensor : str
        ``s2`` or ``s1``.
    weights : str, optional
        Name of the weights of the optical detector; the default ones when None. Radar needs none.
    threshold : float, optional
        Least score; the detector's own when None.
    aois : tuple of Aoi
        Radar takes the water of those that a scene shows.
    land : BaseGeometry, optional
        Longitude/latitude polygons taken away from radar's water.

    Raises
    ------
    DetectorError
        There are no weights of that name, or the file is not what it should be.
    SettingsError
        There is no detector for the sensor.
    """
    if sensor == "s2":
        from monitor.detect.yolo.detector import DEFAULT, YoloDetector
        from monitor.detect.yolo.weights import read_weights

        return YoloDetector(read_weights(weights or DEFAULT), threshold)
    if sensor == "s1":
        from monitor.detect.sar.detector import RadarDetector

        return RadarDetector(aois, land) if threshold is None else RadarDetector(aois, land, threshold)
    raise SettingsError(f"no detector for sensor {sensor!r}; use s2 or s1")
