"""Loose images, outside any workspace: found, and written as GeoJSON."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from shapely import union_all
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import ArchiveError, DataError, MonitorError
from monitor.core.parallel import each
from monitor.detect.registry import make_detector
from monitor.sources.imagery.local.image import read_image


@dataclass(frozen=True, slots=True)
class ImagesFound:
    """What was found in loose images, and the images that failed."""

    out: Path
    images: int
    vessels: int
    stacks: int
    failures: tuple[tuple[str, str], ...]

    @property
    def failed(self) -> bool:
        """Whether any image could not be looked at."""
        return bool(self.failures)

    def text(self) -> str:
        """A line, and one for each failure."""
        found = f"{self.out}: {self.vessels} vessels and {self.stacks} container stacks in {self.images} images"
        first = found if self.images else f"{self.out}: not written, since no image could be looked at"
        return "\n".join([first, *(f"  failed {path}: {why}" for path, why in self.failures)])

    def as_json(self) -> dict[str, object]:
        """The same for scripts."""
        failures = [{"path": path, "error": why} for path, why in self.failures]
        written = {"out": str(self.out) if self.images else None, "images": self.images}
        return {**written, "vessels": self.vessels, "stacks": self.stacks, "failures": failures}


def detect_images(
    files: Sequence[Path],
    *,
    out: Path,
    sensor: str | None = None,
    land: Path | None = None,
    weights: str | None = None,
    threshold: float | None = None,
) -> ImagesFound:
    """Find vessels and stacks in loose GeoTIFFs and write them as GeoJSON (RFC 7946).

    An image that cannot be looked at stops no other; when all fail, nothing is written.

    Raises
    ------
    DataError
        The land file is no GeoJSON, or `out` cannot be written.
    DetectorError
        The weights are missing or not what they should be.
    """
    kind = sensor or "s2"
    ashore = None if land is None else _land(land)
    with ThreadPoolExecutor(1) as aside:
        ahead = {path: aside.submit(read_image, path, sensor=kind) for path in files[:1]}
        # loaded while the first file is read
        images = importlib.import_module("monitor.standalone.geojson")
        detector = make_detector(kind, weights, threshold, land=ashore)
        sha256 = getattr(getattr(detector, "weights", None), "sha256", "")

        def observation(path: Path) -> dict[str, object]:
            read = ahead.pop(path, None)
            one = read_image(path, sensor=kind) if read is None else read.result()
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
    return ImagesFound(out, len(made), classes.count("vessel"), classes.count("container_stack"), failures)


def _reason(path: Path, error: MonitorError) -> str:
    return str(error).removeprefix(f"{path}: ")


def _joined(parts: Sequence[dict[str, object]]) -> dict[str, object]:
    """One collection of several; observed areas are united, fractions weighed by area."""
    if len(parts) == 1:
        return parts[0]
    seen = [shape(part["observed"]) for part in parts]
    shares = [float(str(part["observed_fraction"])) for part in parts]
    whole = sum(s.area / share for s, share in zip(seen, shares, strict=True) if share > 0)
    features = [feature for part in parts for feature in part["features"]]  # type: ignore[attr-defined]
    fraction = sum(s.area for s in seen) / whole if whole else 0.0
    return {
        **parts[0],
        "features": features,
        "observed": mapping(union_all(seen)),
        "observed_fraction": round(fraction, 6),
    }


def _land(path: Path) -> BaseGeometry:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        features = document.get("features", [document])
        return union_all([shape(feature.get("geometry", feature)) for feature in features])
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise DataError(f"{path}: not a readable GeoJSON file of land polygons ({error})") from error
