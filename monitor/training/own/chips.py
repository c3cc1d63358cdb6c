"""Labelled pictures -> chips and label files on disk, as ultralytics reads them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)

import cv2
import numpy as np
from shapely import Polygon, box
from ultralytics.utils import YAML

from monitor.core.arrays import Floats
from monitor.core.errors import DataError
from monitor.detect.models.description import ModelKeys
from monitor.detect.models.stretch import enlarged, stretch_of
from monitor.detect.models.windows import SEAM, box_along, cut_evenly, least_box
from monitor.training.own.samples import Sample

log = logging.getLogger(__name__)

GREY = 114
"""What hides places that carry no label; ultralytics fills the rest of a picture with it."""
_LEAST_INSIDE = 0.4
"""Share of an object that a chip must show to be labelled on it; chosen. One that shows less is hidden."""
_MOVED = 0.5
"""How far chips are moved, as a share of what two neighbours have in common (chosen)."""
_EMPTY_SHARE = 0.5
"""Chips without objects, per chip with some; chosen."""


def write_chips(
    samples: Sequence[Sample],
    out: Path,
    *,
    classes: Sequence[str],
    keys: ModelKeys,
    side: int,
    seed: int,
    covered: int = 1,
) -> Path:
    """Write the chips of samples and ``data.yaml``; its path.

    Parameters
    ----------
    samples : sequence of Sample
    out : Path
        A folder, new or empty.
    classes : sequence of str
        In the order of their numbers.
    keys : ModelKeys
        Task, bands and stretch.
    side : int
        Pixels of a chip's side as the network sees it, enlarged where the keys ask for it.
    seed : int
        Of the choice of chips without objects, and of where pictures are cut.
    covered : int, optional
        How often each picture is cut into chips.

    Raises
    ------
    DataError
        No chip shows an object, or a picture lacks a band.
    """
    images, labels = out / "images" / "train", out / "labels" / "train"
    for folder in (images, labels):
        folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    shown = bare = 0
    for sample in samples:
        raster = sample.read()
        missing = [band for band in keys.bands if not raster.has(band)]
        if missing:
            raise DataError(f"{sample.name}: no band {', '.join(missing)}; it has {', '.join(raster.bands)}: set bands")
        stretch = stretch_of(raster, keys, keys.bands, "training")
        for number, (rows, cols) in enumerate(_places(rng, raster.grid.shape, int(side / keys.enlarge), covered)):
            part = raster.window(rows, cols)
            if not part.valid.any():
                continue
            chip = stretch.window(part)
            lines = _lines(chip, sample, (cols.start, rows.start), classes, keys.task or "obb")
            if not lines and (bare >= _EMPTY_SHARE * max(shown, 1) or rng.random() > _EMPTY_SHARE):
                continue
            shown, bare = shown + bool(lines), bare + (not lines)
            write_chip(images / f"{sample.name}-{number:04d}", enlarged(chip, keys.enlarge))
            (labels / f"{sample.name}-{number:04d}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not shown:
        raise DataError("no labelled object lies in any chip; there is nothing to learn from")
    log.info("%d chips with objects and %d without", shown, bare)
    described = {
        "path": str(out.resolve()),
        "train": "images/train",
        "val": "images/train",
        "names": dict(enumerate(classes)),
        "channels": len(keys.bands),
    }
    YAML.save(out / "data.yaml", described)
    return out / "data.yaml"


def _places(rng: np.random.Generator, shape: tuple[int, int], side: int, covered: int) -> Iterator[tuple[slice, slice]]:
    """Windows that cover a raster, and as often again windows moved a little: objects are cut elsewhere in these."""
    even = [*cut_evenly(shape, (side, side))]
    yield from even
    known = {tuple(part.start for part in place) for place in even}
    for place in even * (covered - 1):
        moves = rng.uniform(-_MOVED, _MOVED, size=2) * SEAM.overlap * side
        starts = tuple(
            int(np.clip(part.start + round(move), 0, max(size - side, 0)))
            for part, move, size in zip(place, moves, shape, strict=True)
        )
        if starts not in known:
            known.add(starts)
            rows, cols = (slice(start, min(start + side, size)) for start, size in zip(starts, shape, strict=True))
            yield rows, cols


def write_chip(path: Path, chip: np.ndarray) -> None:
    """Write a chip as PNG, or as a TIFF of one page a band where it has neither one band nor three.

    Parameters
    ----------
    path : Path
        Without suffix.
    chip : array of shape (band, row, col)
    """
    if len(chip) in (1, 3):
        cv2.imwrite(f"{path}.png", chip[0] if len(chip) == 1 else np.ascontiguousarray(chip[::-1].transpose(1, 2, 0)))
    else:
        cv2.imwritemulti(f"{path}.tiff", [np.ascontiguousarray(band) for band in chip])


def _lines(chip: np.ndarray, sample: Sample, origin: tuple[int, int], classes: Sequence[str], task: str) -> list[str]:
    """The label lines of a chip; what carries no label is hidden in it."""
    rows, cols = chip.shape[1:]
    frame, shift = box(0, 0, cols, rows), np.array(origin, dtype=np.float64)
    hidden = [ring - shift for ring in sample.ignore]
    lines, kept = [], []
    for labelled in sample.objects:
        ring = labelled.ring - shift
        shape = Polygon(ring).buffer(0)
        inside = shape.intersection(frame)
        if inside.is_empty or inside.area <= 0:
            continue
        if not labelled.sure or inside.area < _LEAST_INSIDE * shape.area or labelled.class_name not in classes:
            hidden.append(ring)
            continue
        kept.append(ring)
        numbers = _numbers(ring, inside, task) / np.array([cols, rows])
        flat = _xywh(numbers) if task == "detect" else np.clip(numbers, 0, 1).ravel()
        lines.append(" ".join([str(classes.index(labelled.class_name)), *(f"{value:.6f}" for value in flat)]))
    mask, shown = (np.zeros((rows, cols), dtype=np.uint8) for _ in range(2))
    for target, rings in ((mask, hidden), (shown, kept)):
        for ring in rings:
            cv2.fillPoly(target, [np.round(ring).astype(np.int32)], 1)
    chip[:, (mask == 1) & (shown == 0)] = GREY
    return lines


def _numbers(ring: Floats, inside: Polygon, task: str) -> Floats:
    """Corners of the visible part: of its oriented box, or its outline."""
    parts = list(getattr(inside, "geoms", [inside]))
    outline = np.asarray(max(parts, key=lambda part: part.area).exterior.coords, dtype=np.float64)[:-1]
    if task != "obb":
        return outline
    whole = ring if len(ring) == 4 else least_box(ring)
    return box_along(outline, whole) if len(ring) == 4 else least_box(outline)


def _xywh(corners: Floats) -> Floats:
    low, high = np.clip(corners.min(axis=0), 0, 1), np.clip(corners.max(axis=0), 0, 1)
    return np.concatenate([(low + high) / 2, high - low])
