"""Vessels and stacks in standalone images, written as GeoJSON."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from shapely import union_all
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import ArchiveError, DataError, MonitorError
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.parallel import each
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.detect.registry import make_detector
from monitor.io.documents import read_json
from monitor.sources.imagery.local.image import read_image


@dataclass(frozen=True, slots=True)
class ImagesFound:
    """What was found in images, and the images that failed.

    Attributes
    ----------
    out : Path
        The file written.
    images : int
        How many images were processed.
    vessels, stacks : int
        How many were found.
    failures : tuple of tuple of str
        Path and reason.
    """

    out: Path
    images: int
    vessels: int
    stacks: int
    failures: tuple[tuple[str, str], ...]

    @property
    def failed(self) -> bool:
        """Whether any image could not be processed."""
        return bool(self.failures)

    def text(self) -> str:
        """A line, and one for each failure."""
        found = f"{self.out}: {self.vessels} vessels and {self.stacks} container stacks in {self.images} images"
        first = found if self.images else f"{self.out}: not written, since no image could be processed"
        return "\n".join([first, *(f"  failed {path}: {why}" for path, why in self.failures)])

    def as_json(self) -> dict[str, object]:
        """The same for scripts."""
        failures = [{"path": path, "error": why} for path, why in self.failures]
        written = {"out": str(self.out) if self.images else None, "images": self.images}
        return {**written, "vessels": self.vessels, "stacks": self.stacks, "failures": failures}


@dataclass(frozen=True, slots=True)
class Reading:
    """How standalone images are read.

    Attributes
    ----------
    sensor : str
        ``s2`` or ``s1``.
    bands : tuple of str
        Names of the bands in order, for files that do not name them; ``-`` for one that is none.
    unit : str, optional
        ``linear`` or ``db``, for radar that does not state it.
    limits : Limits
        What one file may take.
    """

    sensor: str = "s2"
    bands: tuple[str, ...] = ()
    unit: str | None = None
    limits: Limits = DEFAULT_LIMITS

    def image(self, path: Path) -> tuple[Acquisition, Raster]:
        """The image in a file."""
        return read_image(path, sensor=self.sensor, bands=self.bands, unit=self.unit, limits=self.limits)


AS_STATED = Reading()


def detect_images(
    files: Sequence[Path],
    *,
    out: Path,
    reading: Reading = AS_STATED,
    land: Path | None = None,
    weights: str | None = None,
    threshold: float | None = None,
) -> ImagesFound:
    """Vessels and stacks of standalone GeoTIFFs, written as GeoJSON (RFC 7946); how many.

    An image that cannot be processed stops no other; when all fail, nothing is written.

    Parameters
    ----------
    files : sequence of Path
        GeoTIFFs, each one scene.
    out : Path
        The file to write.
    reading : Reading, optional
        As Sentinel-2 with the file's own names by default.
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
    ashore = None if land is None else _land(land, reading.limits)
    with ThreadPoolExecutor(1) as aside:
        ahead = {path: aside.submit(reading.image, path) for path in files[:1]}
        # loaded while the first file is read
        images = importlib.import_module("monitor.standalone.geojson")
        detector = make_detector(reading.sensor, weights, threshold, land=ashore)
        sha256 = getattr(getattr(detector, "weights", None), "sha256", "")

        def observation(path: Path) -> dict[str, object]:
            read = ahead.pop(path, None)
            one = reading.image(path) if read is None else read.result()
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
    vessels, stacks = classes.count("vessel"), classes.count("container_stack")
    return ImagesFound(out=out, images=len(made), vessels=vessels, stacks=stacks, failures=failures)


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


def _land(path: Path, limits: Limits) -> BaseGeometry:
    try:
        document = cast("Mapping[str, Any]", read_json(path, limits=limits))
        features = document.get("features", [document])
        return union_all([shape(feature.get("geometry", feature)) for feature in features])
    except DataError:
        raise
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise DataError(f"{path}: not a readable GeoJSON file of land polygons ({error})") from error
