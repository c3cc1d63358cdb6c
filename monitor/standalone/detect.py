"""Vessels and stacks in standalone images, written as GeoJSON."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from shapely import union_all
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import ArchiveError, DataError, MonitorError
from monitor.core.parallel import each
from monitor.core.scenes.sensors import sensor as sensor_of
from monitor.detect.base import CONTAINER_STACK, VESSEL, Detector
from monitor.detect.registry import make_detector
from monitor.sources.imagery.local.image import image_sensor, read_image
from monitor.sources.imagery.local.reading import AS_STATED, Reading


@dataclass(frozen=True, slots=True)
class ImagesFound:
    """What was found in images, and the images that failed.

    Attributes
    ----------
    out : Path
        The file written.
    images : int
        How many images were processed.
    found : mapping of str to int
        How many of each class; vessels and container stacks always.
    failures : tuple of tuple of str
        Path and reason.
    """

    out: Path
    images: int
    found: Mapping[str, int]
    failures: tuple[tuple[str, str], ...]

    @property
    def failed(self) -> bool:
        """Whether any image could not be processed."""
        return bool(self.failures)

    def text(self) -> str:
        """A line, and one for each failure."""
        each_class = ", ".join(f"{count} {name.replace('_', ' ')}s" for name, count in self.found.items())
        found = f"{self.out}: {each_class} in {self.images} images"
        first = found if self.images else f"{self.out}: not written, since no image could be processed"
        return "\n".join([first, *(f"  failed {path}: {why}" for path, why in self.failures)])

    def as_json(self) -> dict[str, object]:
        """The same for scripts."""
        failures = [{"path": path, "error": why} for path, why in self.failures]
        written = {"out": str(self.out) if self.images else None, "images": self.images}
        counts = {"vessels": self.found[VESSEL], "stacks": self.found[CONTAINER_STACK], "found": dict(self.found)}
        return {**written, **counts, "failures": failures}


def detect_images(
    files: Sequence[Path],
    *,
    out: Path,
    reading: Reading = AS_STATED,
    land: Path | None = None,
    weights: str | None = None,
    threshold: float | None = None,
) -> ImagesFound:
    """Vessels and stacks of standalone images, written as GeoJSON (RFC 7946); how many.

    An image that cannot be processed stops no other; when all fail, nothing is written.

    Parameters
    ----------
    files : sequence of Path
        GeoTIFF, JPEG 2000, PNG or JPEG, each one scene; or folders with one file of each band.
    out : Path
        The file to write.
    reading : Reading, optional
        What the user states of the images; all of it is taken from them by default.
    land : Path, optional
        GeoJSON of land polygons; without it water is found in each image.
    weights : str, optional
        Name, file or folder of the detector's weights.
    threshold : float, optional
        Least score.

    Raises
    ------
    DataError
        The land file is no GeoJSON, or `out` cannot be written.
    DetectorError
        The weights are missing or not what they should be.
    """
    ashore = None if land is None else _land(land)
    with ThreadPoolExecutor(1) as aside:
        ahead = {path: aside.submit(read_image, path, reading) for path in files[:1]}
        # loaded while the first file is read
        images = importlib.import_module("monitor.standalone.geojson")
        detectors = _detectors(files, reading, weights, threshold, land=ashore)

        def observation(path: Path) -> dict[str, object]:
            read = ahead.pop(path, None)
            one = read_image(path, reading) if read is None else read.result()
            detector = detectors[one[0].sensor]
            if isinstance(detector, MonitorError):
                raise detector
            sha256 = getattr(getattr(detector, "weights", None), "sha256", "")
            made: dict[str, object] = images.collection([one], detector, land=ashore, weights_sha256=sha256)
            return made

        outcomes = each(observation, list(files))
    made = [o.value for o in outcomes if o.value is not None]
    if made:
        try:
            images.write_collection(_joined(made), out)
        except ArchiveError as error:
            raise DataError(f"{error}, or choose another place") from error
    classes = [f["properties"]["class_name"] for part in made for f in part["features"]]  # type: ignore[attr-defined]
    failures = tuple((str(o.item), _reason(o.item, o.error)) for o in outcomes if o.error is not None)
    found = {VESSEL: 0, CONTAINER_STACK: 0} | dict(sorted(Counter(classes).items()))
    return ImagesFound(out=out, images=len(made), found=found, failures=failures)


def _detectors(
    files: Sequence[Path], reading: Reading, weights: str | None, threshold: float | None, *, land: BaseGeometry | None
) -> dict[str, Detector | MonitorError]:
    """The detector of each sensor that the images are of, or why there is none; raised where there is none at all."""
    sensors: dict[str, None] = {} if reading.sensor is None else {reading.sensor: None}
    for outcome in each(lambda path: image_sensor(path, reading), [] if sensors else list(files)):
        if outcome.value is not None:
            sensors[outcome.value] = None
    made: dict[str, Detector | MonitorError] = {}
    for sensor in [sensor_of(name).id for name in sensors or ("s2",)]:
        try:
            made[sensor] = make_detector(sensor, weights, threshold, land=land, opened=True)
        except MonitorError as error:
            made[sensor] = error
    wrong = [found for found in made.values() if isinstance(found, MonitorError)]
    if len(wrong) == len(made):
        raise wrong[0]
    return made


def _reason(path: Path, error: MonitorError) -> str:
    return str(error).removeprefix(f"{path}: ")


def _joined(parts: Sequence[dict[str, object]]) -> dict[str, object]:
    """One collection of several; observed areas are united, fractions weighted by area."""
    if len(parts) == 1:
        return parts[0]
    areas = [shape(part["observed"]) for part in parts]
    shares = [float(str(part["observed_fraction"])) for part in parts]
    whole = sum(area.area / share for area, share in zip(areas, shares, strict=True) if share > 0)
    features = [feature for part in parts for feature in part["features"]]  # type: ignore[attr-defined]
    fraction = sum(area.area for area in areas) / whole if whole else 0.0
    return {
        **parts[0],
        "features": features,
        "observed": mapping(union_all(areas)),
        "observed_fraction": round(fraction, 6),
    }


def _land(path: Path) -> BaseGeometry:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        features = document.get("features", [document])
        return union_all([shape(feature.get("geometry", feature)) for feature in features])
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise DataError(f"{path}: not a readable GeoJSON file of land polygons ({error})") from error
