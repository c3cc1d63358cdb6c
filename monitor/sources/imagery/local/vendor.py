"""What vendors' own metadata state of a picture: Planet's JSON and XML, Maxar's IMD and XML, Landsat's MTL.

Names and fields are those of the published product specifications: PlanetScope and SkySat (Planet Labs, "Imagery
Product Specification"), DigitalGlobe "Image Support Data", Landsat Collection 2 "Data Format Control Book".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

from monitor.core.errors import DataError
from monitor.core.timerange import utc
from monitor.sources.imagery.local.item import Sidecar, load_feature
from monitor.sources.imagery.naming import sensor_of

_PLANET = re.compile(r"(?:\d{8}_\d{6}_(?:\d{2}_)?[0-9a-f]{4}|\d{8}_\d{6}_ssc\d+(?:d\d)?_(?:u?\d{4}))(?![0-9a-f])")
"""Id of a PlanetScope or SkySat scene, with which the names of all its files begin."""
_CAMERA = re.compile(r"^(ssc\d+)d\d$", re.IGNORECASE)
"""A SkySat has three cameras side by side: one satellite, one pass."""
_TILE = re.compile(r"_R\d+C\d+", re.IGNORECASE)
_ODL = re.compile(r"^\s*(\w+)\s*=\s*\"?([^\";\r\n]*)\"?;?\s*$", re.MULTILINE)
_MOST = 20_000_000
"""Bytes of a metadata file; one that is larger is something else."""

_FOUR, _EIGHT = (("B02", "B03", "B04", "B08"), ("B01", "B02", "green_i", "B03", "yellow", "B04", "B05", "B08"))
_PLANET_BANDS: Mapping[int, tuple[str, ...]] = {4: _FOUR, 5: ("B02", "B03", "B04", "B05", "B08"), 8: _EIGHT}
"""Blue, green, red, near infrared; RapidEye's with red edge; SuperDove's eight."""
_MAXAR_BANDS = {
    "C": "B01",
    "B": "B02",
    "G": "B03",
    "Y": "yellow",
    "R": "B04",
    "RE": "B05",
    "N": "B08",
    "P": "PAN",
    "N2": "-",
}
_LANDSAT_SCALE = (2.75e-5, -0.2)
_LANDSAT = {"B05": "B08", "B06": "B11", "B07": "B12"}
_SATELLITES = {"LANDSAT_8": "landsat-8", "LANDSAT_9": "landsat-9"}


def read_vendor(image: Path, *, bands: int) -> Sidecar | None:
    """What a vendor's metadata beside a picture, or its name by a vendor's rule, state of it; None without either.

    Parameters
    ----------
    image : Path
        The picture.
    bands : int
        How many it has, the alpha band not counted.

    Raises
    ------
    DataError
        The metadata are damaged.
    """
    try:
        return _read(image, bands)
    except DataError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise DataError(
            f"{image}: the vendor's metadata beside it are damaged ({error}); replace or remove them"
        ) from error


def _read(image: Path, bands: int) -> Sidecar | None:
    if found := _PLANET.match(image.stem):
        return _planet(image, found[0], bands)
    for path in _support_data(image):
        facts, groups = _facts(path)
        if facts.get("SATID"):
            return _maxar(facts, groups, image, bands)
    if image.name.upper().startswith(("LC08_", "LC09_", "LO08_", "LO09_")):
        return _landsat(image)
    return None


def _planet(image: Path, scene: str, bands: int) -> Sidecar:
    """A PlanetScope or SkySat scene, by its metadata in JSON or XML."""
    files = [path for path in sorted(image.parent.iterdir()) if path.name.startswith(scene)]
    given: Mapping[str, object] = {}
    version, scales = "", tuple[float, ...]()
    for path in files:
        low = path.name.lower()
        if low.endswith("metadata.json") and (feature := load_feature(path)) is not None:
            given = cast("Mapping[str, object]", feature["properties"])
        elif "metadata" in low and low.endswith(".xml"):
            scales = _reflectance_coefficients(path)
    is_reflectance, is_visual = re.search(r"_sr(_|$)", image.stem.lower()), "visual" in image.stem.lower()
    masks = [path for path in files if "udm2" in path.stem.lower() and path.suffix.lower() in (".tif", ".tiff")]
    start, end = _between(given.get("acquired"), given.get("acquired"))
    cloud = given.get("cloud_percent", given.get("cloud_cover"))
    share = None if cloud is None else float(str(cloud)) / (100.0 if "cloud_percent" in given else 1.0)
    version = str(given.get("updated") or given.get("published") or "")
    kind = "SkySat" if "ssc" in scene else str(given.get("instrument") or "PlanetScope")
    return Sidecar(
        id=scene,
        start=start,
        end=end,
        platform=_CAMERA.sub(
            r"\1", str(given.get("satellite_id") or scene.split("_")[2 if "ssc" in scene else -1])
        ).lower(),
        cloud_cover=share,
        level="surface reflectance" if is_reflectance else "visual" if is_visual else None,
        bands=("B04", "B03", "B02") if is_visual and bands == 3 else _PLANET_BANDS.get(bands, ()),
        scale=1e-4 if is_reflectance else None,
        scales=scales if len(scales) == bands and not (is_reflectance or is_visual) else (),
        sensor="hires" if kind == "SkySat" else "planet",
        version=version,
        mask=masks[0] if masks else None,
        kind="vendor metadata" if given else "file name",
    )


def _reflectance_coefficients(path: Path) -> tuple[float, ...]:
    """What turns the radiance of each band into reflectance, in the order of the bands; empty where none is stated."""
    found: dict[int, float] = {}
    for element in _xml(path).iter():
        values = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in element}
        if "bandNumber" in values and "reflectanceCoefficient" in values:
            found[int(values["bandNumber"])] = float(values["reflectanceCoefficient"])
    return tuple(found[number] for number in sorted(found))


def _support_data(image: Path) -> list[Path]:
    """The IMD and XML files of a picture's name, without the number of its tile too, in any case."""
    stems = dict.fromkeys([image.stem, _TILE.sub("", image.stem)])
    names = dict.fromkeys(case(stem) for stem in stems for case in (str, str.upper, str.lower))
    paths = [image.with_name(name + end) for end in (".IMD", ".imd", ".XML", ".xml") for name in names]
    return [path for path in paths if path.is_file()]


def _maxar(facts: Mapping[str, str], groups: Sequence[str], image: Path, bands: int) -> Sidecar:
    start, end = _between(
        facts.get("FIRSTLINETIME") or facts.get("EARLIESTACQTIME"),
        facts.get("FIRSTLINETIME") or facts.get("LATESTACQTIME"),
    )
    letters = list(facts.get("BANDID", "")) if len(facts.get("BANDID", "")) == bands else list(groups)
    names = tuple(_MAXAR_BANDS.get(letter.upper(), "-") for letter in letters)
    cloud = facts.get("CLOUDCOVER")
    return Sidecar(
        id=image.stem,
        start=start,
        end=end,
        platform=facts["SATID"].lower(),
        cloud_cover=float(cloud) if cloud and 0.0 <= float(cloud) <= 1.0 else None,
        level=facts.get("PRODUCTLEVEL") or facts.get("IMAGEDESCRIPTOR"),
        bands=names if len(names) == bands else (),
        sensor=sensor_of(facts["SATID"]) or "hires",
        version=facts.get("GENERATIONTIME", ""),
        kind="vendor metadata",
    )


def _landsat(image: Path) -> Sidecar:
    """One band, or several, of a Landsat scene, by the ``_MTL.txt`` beside it."""
    scene = "_".join(image.stem.split("_")[:7])
    mtl = image.with_name(f"{scene}_MTL.txt")
    facts = _facts(mtl)[0] if mtl.is_file() else {}
    day, time = facts.get("DATE_ACQUIRED"), facts.get("SCENE_CENTER_TIME")
    at = f"{day}T{time}" if day and time else None
    start, end = _between(at, at)
    cloud, level2 = facts.get("CLOUD_COVER"), "_L2S" in scene.upper()
    return Sidecar(
        id=scene,
        start=start,
        end=end,
        platform=_SATELLITES.get(facts.get("SPACECRAFT_ID", ""), f"landsat-{scene[3]}"),
        relative_orbit=int(facts["WRS_PATH"]) if facts.get("WRS_PATH", "").isdigit() else None,
        cloud_cover=float(cloud) / 100.0 if cloud and float(cloud) >= 0 else None,
        level="L2" if level2 else "L1",
        scale=_LANDSAT_SCALE[0] if level2 else None,
        offset=_LANDSAT_SCALE[1] if level2 else None,
        sensor="landsat",
        version=scene.split("_")[4] if scene.count("_") >= 4 else "",
        kind="vendor metadata" if facts else "file name",
    )


def landsat_bands(names: Iterable[str]) -> tuple[str, ...]:
    """The one name of each band that Landsat counts otherwise: its band 5 is near infrared, ``B08``."""
    return tuple(_LANDSAT.get(name, name) for name in names)


def _facts(path: Path) -> tuple[dict[str, str], list[str]]:
    """The first value of each key of an IMD, MTL or XML, keys in capitals; and the bands that it has groups for."""
    facts: dict[str, str] = {}
    if path.suffix.lower() == ".xml":
        elements = list(_xml(path).iter())
        pairs = [(element.tag.rpartition("}")[2].upper(), (element.text or "").strip()) for element in elements]
        groups = [tag.removeprefix("BAND_") for tag, _ in pairs if tag.startswith("BAND_")]
    else:
        pairs = [(key.upper(), value.strip()) for key, value in _ODL.findall(_text(path))]
        groups = [v.upper().removeprefix("BAND_") for k, v in pairs if k == "BEGIN_GROUP" and v.startswith("BAND_")]
    for key, value in pairs:
        if value:
            facts.setdefault(key, value)
    return facts, groups


def _xml(path: Path) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(_text(path))
    except (ElementTree.ParseError, ValueError) as error:
        raise DataError(f"{path}: its metadata are damaged ({error}); replace or remove it") from error


def _text(path: Path) -> str:
    if path.stat().st_size > _MOST:
        raise DataError(f"{path}: larger than any metadata of a picture; remove it")
    return path.read_text(encoding="utf-8", errors="replace")


def _between(start: object, end: object) -> tuple[datetime | None, datetime | None]:
    if not (start and end):
        return None, None
    return utc(str(start)), utc(str(end))
