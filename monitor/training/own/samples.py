"""Labelled pictures of any origin as one value: labelled scene folders, ultralytics and COCO data sets."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)

import cv2
import numpy as np
from affine import Affine
from shapely.geometry import shape
from ultralytics.utils import YAML

from monitor.core.arrays import Floats
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.base import CONTAINER_STACK
from monitor.detect.evaluation.reader import LABELS_FILE, labelled_folders, read_labels, read_scene
from monitor.detect.models.classes import class_names
from monitor.detect.models.description import RGB

_IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
_NOT_OBJECTS = ("ignore", "berth_empty", "small_craft")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled object: its class, its outline (n, 2) in column and row, and whether it is sure."""

    class_name: str
    ring: Floats
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled picture.

    Attributes
    ----------
    name : str
        Unique among those of one training.
    origin : str
        Name of the labelled folder or of the data set.
    source : str
        Name of the folder or file in which it was found.
    read : callable
        Gives its pixels.
    objects : tuple of Labelled
    ignore : tuple of Floats
        (n, 2) column and row: places that are neither shown nor scored.
    small_craft : tuple of Floats
        (n, 2): moorings of boats; what is found there and is no labelled object costs, in an ignore area or not.
    gsd_m : float, optional
        Size of its pixels; None where nothing tells it.
    held_out : bool
        Whether its data set keeps it from training.
    """

    name: str
    origin: str
    read: Callable[[], Raster]
    objects: tuple[Labelled, ...]
    ignore: tuple[Floats, ...] = ()
    gsd_m: float | None = None
    held_out: bool = False
    small_craft: tuple[Floats, ...] = ()
    source: str = ""

    @property
    def names(self) -> frozenset[str]:
        """What it may be called to leave it out: its own name, and those of where it is from."""
        return frozenset((self.name, self.origin, self.source))


def read_samples(sources: Sequence[Path], labels: Path | None = None) -> list[Sample]:
    """The labelled pictures of some sources.

    Parameters
    ----------
    sources : sequence of Path
        Labelled scene folders or folders of such, a simulated season's too; a ``data.yaml`` of ultralytics or its
        folder; a COCO ``.json``. Pictures of one name from two sources are named after these, too.
    labels : Path, optional
        A folder with further labels of scene folders, ``<name of the folder>.geojson`` where there are any.

    Raises
    ------
    DataError
        A source is none of these, or cannot be read.
    """
    found = [replace(sample, source=source.name) for source in sources for sample in _of_source(source, labels)]
    doubled = _doubled(found)
    found = [replace(each, name=f"{each.source}-{each.name}") if each.name in doubled else each for each in found]
    if _doubled(found):
        raise DataError(f"{min(_doubled(found))}: two labelled pictures of that name; rename one")
    return found


def _doubled(samples: Sequence[Sample]) -> set[str]:
    return {name for name, count in Counter(sample.name for sample in samples).items() if count > 1}


def _of_source(source: Path, labels: Path | None) -> list[Sample]:
    if source.is_dir() and (source / "data.yaml").is_file():
        return _ultralytics(source / "data.yaml")
    if source.suffix.lower() in (".yaml", ".yml") and source.is_file():
        return _ultralytics(source)
    if source.suffix.lower() == ".json" and source.is_file():
        return _coco(source)
    if source.is_dir():
        return [_folder(folder, labels) for folder in labelled_folders(source)]
    raise DataError(f"{source}: no labelled scenes ({LABELS_FILE}), no data.yaml of ultralytics, no COCO .json")


def _folder(folder: Path, more: Path | None = None) -> Sample:
    raster = read_scene(folder)[1]
    back = ~raster.grid.transform
    objects: list[Labelled] = []
    areas: dict[str, list[Floats]] = {"ignore": [], "small_craft": []}
    for feature in read_labels(folder, more)["features"]:
        properties = feature["properties"]
        kind = properties["kind"]
        geometry = reproject(shape(feature["geometry"]), WGS84, raster.grid.epsg)
        for part in getattr(geometry, "geoms", [geometry]):
            x, y = np.asarray(part.exterior.coords, dtype=np.float64)[:-1, :2].T
            ring = np.column_stack(back @ (x, y))
            if kind in areas:
                areas[kind].append(ring)
            elif kind not in _NOT_OBJECTS and not (kind == CONTAINER_STACK and properties.get("stack") == "ship_deck"):
                objects.append(Labelled(kind, ring, properties.get("sure") != "low"))
    name = folder.name
    return Sample(
        name,
        name,
        partial(_pixels, folder),
        tuple(objects),
        tuple(areas["ignore"]),
        raster.grid.gsd_m,
        small_craft=tuple(areas["small_craft"]),
    )


def _pixels(folder: Path) -> Raster:
    return read_scene(folder)[1]


def _ultralytics(path: Path) -> list[Sample]:
    """The pictures of a data set as ultralytics describes it; those of ``val`` are held out."""
    try:
        said = YAML.load(path)
        names = said["names"]
        own = tuple(str(names[index]) for index in (sorted(names) if isinstance(names, dict) else range(len(names))))
        root = Path(said.get("path") or "")
        root = root if root.is_absolute() else path.parent / root
        splits = {split: _listed(root, said.get(split)) for split in ("train", "val")}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path}: no readable data set of ultralytics ({error!r}); it needs train and names") from error
    if not splits["train"]:
        raise DataError(f"{path}: no pictures of {said.get('train')!r} in {root}; correct path and train")
    classes = class_names(own, {})
    origin = path.parent.name if path.stem == "data" else path.stem
    seen: set[Path] = set()
    out = []
    for split, images in splits.items():
        for image in images:
            if image not in seen:
                seen.add(image)
                name = f"{origin}-{split}-{image.stem}"
                out.append(_picture(name, origin, image, _label_rows(image, classes), held_out=split == "val"))
    return out


def _listed(root: Path, said: object) -> list[Path]:
    out: list[Path] = []
    for one in said if isinstance(said, list) else [said] if said else []:
        place = root / str(one)
        if place.is_file():
            lines = place.read_text(encoding="utf-8").split("\n")
            out += [place.parent / line.strip() for line in lines if line.strip()]
        elif place.is_dir():
            out += sorted(path for path in place.rglob("*") if path.suffix.lower() in _IMAGES)
    return out


def _label_rows(image: Path, classes: tuple[str, ...]) -> list[tuple[str, Floats]]:
    """Class and outline, in shares of the picture, of each line of the label file beside a picture."""
    parts = list(image.parts)
    at = len(parts) - 1 - parts[::-1].index("images") if "images" in parts else -1
    if at >= 0:
        parts[at] = "labels"
    path = Path(*parts).with_suffix(".txt")
    if not path.is_file():
        return []
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        values = line.split()
        if not values:
            continue
        try:
            name, numbers = classes[int(float(values[0]))], np.array([float(v) for v in values[1:]])
            if len(numbers) < 4 or len(numbers) % 2:
                raise ValueError(f"{len(numbers)} numbers")
        except (ValueError, IndexError) as error:
            raise DataError(
                f"{path}: line {number} is no label ({error}); write a class and 4, 8 or more numbers"
            ) from error
        rows.append((name, _corners(numbers) if len(numbers) == 4 else numbers.reshape(-1, 2)))
    return rows


def _corners(xywh: Floats) -> Floats:
    x, y, width, height = xywh
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]]) - np.array([width, height]) / 2


def _coco(path: Path) -> list[Sample]:
    """The pictures of a COCO file: outlines where it has them, else boxes."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        categories = said["categories"]
        named = dict(
            zip([c["id"] for c in categories], class_names(tuple(c["name"] for c in categories), {}), strict=True)
        )
        by_image: dict[Any, list[tuple[str, Floats]]] = {image["id"]: [] for image in said["images"]}
        for annotation in said["annotations"]:
            if not annotation.get("iscrowd"):
                by_image[annotation["image_id"]].append((named[annotation["category_id"]], _coco_ring(annotation)))
        images = [(image["id"], str(image["file_name"])) for image in said["images"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"{path}: no readable COCO file ({error!r}); it needs images, annotations, categories"
        ) from error
    out = []
    for key, file_name in images:
        place = _coco_image(path, file_name)
        out.append(_picture(f"{path.stem}-{Path(file_name).stem}", path.stem, place, by_image[key], shares=False))
    return out


def _coco_ring(annotation: Mapping[str, Any]) -> Floats:
    outlines = annotation.get("segmentation")
    if isinstance(outlines, list) and outlines and len(max(outlines, key=len)) >= 6:
        return np.array(max(outlines, key=len), dtype=np.float64).reshape(-1, 2)
    x, y, width, height = annotation["bbox"]
    return _corners(np.array([x + width / 2, y + height / 2, width, height], dtype=np.float64))


def _coco_image(path: Path, file_name: str) -> Path:
    for folder in (path.parent, path.parent / "images", path.parent.parent, path.parent.parent / "images"):
        if (folder / file_name).is_file():
            return folder / file_name
    raise DataError(f"{path}: its picture {file_name} lies neither beside it nor in a folder images; put it there")


def _picture(
    name: str,
    origin: str,
    image: Path,
    rows: Iterable[tuple[str, Floats]],
    *,
    held_out: bool = False,
    shares: bool = True,
) -> Sample:
    size = np.array(read_picture(image).shape[1:][::-1]) if shares else np.ones(2)
    objects = tuple(Labelled(kind, ring * size) for kind, ring in rows if kind)
    return Sample(name, origin, partial(picture_raster, image), objects, held_out=held_out)


def read_picture(path: Path) -> np.ndarray:
    """(band, row, col) of a picture of 8 bits; colours as red, green, blue.

    Raises
    ------
    DataError
        The file is missing, is no picture, or has more than 8 bits.
    """
    pages = (
        cv2.imreadmulti(str(path), flags=cv2.IMREAD_UNCHANGED)[1] if path.suffix.lower() in (".tif", ".tiff") else ()
    )
    image = np.dstack(pages) if len(pages) > 1 else cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None or image.dtype != np.uint8:
        raise DataError(f"{path}: no picture of 8 bits; convert it")
    if image.ndim == 2:
        return image[None]
    if len(pages) <= 1 and image.shape[2] in (3, 4):
        image = image[..., 2::-1]
    return np.ascontiguousarray(image.transpose(2, 0, 1))


def picture_raster(path: Path) -> Raster:
    """A picture as a raster of pixels of 1 m that lies nowhere in particular."""
    data = read_picture(path)
    bands = {1: ("PAN",), 3: RGB}.get(len(data)) or tuple(f"band{number}" for number in range(1, len(data) + 1))
    rows, cols = data.shape[1:]
    grid = Grid(32631, Affine(1, 0, 500_000, 0, -1, 1_000_000), (rows, cols))
    return Raster(data, bands, np.ones((rows, cols), dtype=bool), grid)
