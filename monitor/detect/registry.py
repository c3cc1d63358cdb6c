"""What looks at the scenes of a sensor; loads no more than that needs, since a loose image should not wait."""

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
    """What looks at scenes of a sensor; weights by name, the default when None.

    Radar needs no weights; it takes the water of those of `aois` that a scene shows, less `land`.

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
