"""The detector of each sensor; imports only what that one needs, as a single image should not wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.core.errors import SettingsError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from monitor.core.aoi import Aoi
    from monitor.detect.base import Detector
    from monitor.detect.yolo.weights import Weights

DETECTED = ("s2", "s1", "landsat")
"""The sensors that there is a detector for without weights of one's own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What settings choose for a sensor, as `make_detector` takes it.

    Attributes
    ----------
    weights : str, optional
        Name, file or folder of weights; those that come with monitor when None.
    threshold : float, optional
        Least score; the detector's own when None.
    keys : mapping of str to object
        What is said of a model of one's own, over its description.
    past : str
        As of `YoloDetector`; models of one's own and radar take none.
    """

    weights: str | None = None
    threshold: float | None = None
    keys: Mapping[str, object] = field(default_factory=dict)
    past: str = ""


def make_detector(
    sensor: str,
    weights: str | None = None,
    threshold: float | None = None,
    *,
    keys: Mapping[str, object] | None = None,
    home: Path | None = None,
    aois: tuple[Aoi, ...] = (),
    land: BaseGeometry | None = None,
    opened: bool = False,
) -> Detector:
    """The detector that processes scenes of a sensor.

    Parameters
    ----------
    sensor : str
        ``s2``, ``s1``, or any other that weights are given for.
    weights : str, optional
        Name, file or folder of weights; those that come with monitor when None.
    threshold : float, optional
        Least score; the detector's own when None.
    keys : mapping of str to object, optional
        Of `models.description.ModelKeys`: what is said of a model of one's own, over its description.
    home : Path, optional
        Where relative paths begin; the current folder by default.
    aois : tuple of Aoi
        Radar takes the water of those that a scene shows.
    land : BaseGeometry, optional
        Longitude/latitude polygons taken away from radar's water.
    opened : bool
        Whether a weights file is opened at once, so that a wrong one stops before any pixel is read.

    Raises
    ------
    DetectorError
        There are no weights of that name, or the file is not what it should be.
    SettingsError
        There is no detector for the sensor.
    """
    if not weights:
        if keys or sensor not in DETECTED:
            lacks = f"keys of a model ({', '.join(keys)}) but no weights" if keys else "no detector"
            raise SettingsError(
                f"sensor {sensor!r}: {lacks}; name the model's file: --weights FILE, or weights in [detector.{sensor}]"
            )
        if sensor == "s1":
            from monitor.detect.sar.detector import RadarDetector

            return RadarDetector(aois, land) if threshold is None else RadarDetector(aois, land, threshold)
        if sensor == "landsat":
            from monitor.detect.coarse import CoarseDetector

            return CoarseDetector()
        from monitor.detect.yolo.weights import DEFAULT, read_weights

        return _dense(read_weights(DEFAULT), threshold, opened=opened)
    from monitor.detect.models.find import find_weights
    from monitor.detect.yolo.weights import Weights

    named = find_weights(weights, home=home, keys=keys)
    if isinstance(named, Weights):
        return _dense(named, threshold, opened=opened)
    from monitor.detect.models.detector import OwnDetector

    found = OwnDetector(named, threshold)
    if opened:
        found.open()
    return found


def with_past(detector: Detector, past: str) -> Detector:
    """The detector as it compares a scene with the port's own past; itself where it cannot, or "" is asked for.

    Parameters
    ----------
    detector : Detector
    past : str
        "" | ``before`` | ``hindsight``, as of `YoloDetector`.
    """
    if not past:
        return detector
    from monitor.detect.yolo.detector import YoloDetector

    return replace(detector, past=past) if isinstance(detector, YoloDetector) else detector


def _dense(weights: Weights, threshold: float | None, *, opened: bool) -> Detector:
    from monitor.detect.yolo.detector import YoloDetector

    found = YoloDetector(weights, threshold)
    if opened:
        found.open()
    return found
