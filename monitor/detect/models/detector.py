"""A model of the analyst's own as a detector: windows of its size, objects each once, lengths in metres."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon

from monitor.core.arrays import Floats
from monitor.core.errors import DetectorError
from monitor.core.progress import report
from monitor.core.scenes.scene import Raster
from monitor.detect.base import CONTAINER_STACK, Boxes
from monitor.detect.models.axis import mask_box, pixel_box
from monitor.detect.models.classes import class_names
from monitor.detect.models.description import IOU, RGB, UNFITTED, OwnModel
from monitor.detect.models.stretch import ALIASES, Stretch, enlarged, stretch_of
from monitor.detect.models.windows import SEAM, Pieces, cut_evenly, merged
from monitor.detect.yolo.outlines import outline

if TYPE_CHECKING:
    from monitor.detect.yolo.user_model import OpenModel, WindowBoxes

log = logging.getLogger(__name__)

_PAD = 114
"""What ultralytics fills the rest of a window with."""


@dataclass(frozen=True, slots=True)
class OwnDetector:
    """Objects by any model of ultralytics that finds boxes, oriented boxes or masks.

    Attributes
    ----------
    weights : OwnModel
    threshold : float, optional
        Least score of every class; None takes those of the description.
    """

    weights: OwnModel
    threshold: float | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """What it marks, by our words; the model is opened for its names.

        Raises
        ------
        DetectorError
            The file is damaged, unsafe, or of another task.
        """
        return tuple(name for name in class_names(self.open().names, self.weights.keys.classes) if name)

    @property
    def key(self) -> str:
        """Name, the heads of the file's and of the description's hash, and the threshold."""
        model = self.weights
        return f"{model.name}-{model.sha256[:8]}-{model.settings_sha}-t{self.least_score:.2f}".replace(".", "")

    @property
    def least_score(self) -> float:
        """The threshold in force."""
        return self.weights.keys.threshold if self.threshold is None else self.threshold

    @property
    def scores_are_chances(self) -> bool:
        """Whether the score of a vessel is fitted to be the probability that it is one."""
        return self.weights.keys.calibration != UNFITTED

    def _least(self, classes: tuple[str, ...]) -> Floats:
        """The threshold of each of the model's labels."""
        own = {} if self.threshold is not None else self.weights.keys.thresholds
        return np.array([own.get(name, self.least_score) for name in classes], dtype=np.float64)

    def open(self) -> OpenModel:
        """The network; opened once in a process.

        Raises
        ------
        DetectorError
            The file is damaged, unsafe, or of another task.
        """
        from monitor.detect.yolo.user_model import open_model

        return open_model(self.weights.path, self.weights.sha256, self.weights.keys.task)

    def __call__(self, raster: Raster) -> Boxes:
        """Objects of score at least the threshold in a raster.

        Raises
        ------
        DetectorError
            The raster's bands, numbers or pixel size do not fit the model, or its file is not what it should be.
        """
        model = self.open()
        bands = self._bands(raster, model)
        self._check_gsd(raster.grid.gsd_m)
        stretch = stretch_of(raster, self.weights.keys, bands, self.weights.name)
        classes = class_names(model.names, self.weights.keys.classes)
        rows, cols = (int(px / self.weights.keys.enlarge) for px in model.fixed_px or (self._side(model),) * 2)
        windows = list(cut_evenly(raster.grid.shape, (rows, cols)))
        parts: list[Pieces] = []
        for number, place in enumerate(windows, 1):
            part = raster.window(*place)
            if part.valid.any():
                parts.append(self._pieces(model, stretch, part, place, raster.grid.shape, classes))
            report("windows", number, len(windows))
        kept = merged(Pieces.joined(parts))
        wanted = np.array([bool(classes[label]) for label in kept.label], dtype=bool)
        return self._boxes(kept.take(wanted), classes, raster.grid.gsd_m)

    def _bands(self, raster: Raster, model: OpenModel) -> tuple[str, ...]:
        said = self.weights.keys.bands or (RGB if model.channels == len(RGB) else ())
        bands = tuple(ALIASES.get(band.lower(), band) for band in said)
        if len(bands) != model.channels:
            raise DetectorError(
                f"{self.weights.name}: takes {model.channels} bands, and {len(bands)} are named; set bands in order, "
                f"as bands = {list(RGB)}"
            )
        missing = [band for band in bands if not raster.has(band)]
        if missing:
            raise DetectorError(
                f"bands {', '.join(raster.bands)}: {self.weights.name} needs {', '.join(missing)} too; name the file's "
                "bands by --bands, or those of the model by bands in its description"
            )
        return bands

    def _check_gsd(self, gsd_m: float) -> None:
        taken = self.weights.gsd_range_m
        if taken is None:
            log.warning("%s: nothing says at what pixel size it was trained; set gsd_m", self.weights.name)
        elif not taken[0] <= gsd_m <= taken[1]:
            raise DetectorError(
                f"pixels of {gsd_m:g} m: {self.weights.name} takes {taken[0]:g} to {taken[1]:g} m; resample the image, "
                "or set gsd_range_m if it can do with others"
            )

    def _side(self, model: OpenModel) -> int:
        side = self.weights.keys.image_px or model.image_px
        return max(model.stride, round(side / model.stride) * model.stride)

    def _pieces(
        self,
        model: OpenModel,
        stretch: Stretch,
        part: Raster,
        place: tuple[slice, slice],
        shape: tuple[int, int],
        classes: tuple[str, ...],
    ) -> Pieces:
        """The objects of one window in the raster's pixels; stacks with the outlines of their masks."""
        window = enlarged(stretch.window(part), self.weights.keys.enlarge)
        least, iou = self._least(classes), self.weights.keys.iou
        lowest = _raw(float(least.min(initial=1.0)), self.weights.keys.calibration)
        found = model.find(_padded(window, model), least_score=lowest, iou=IOU[model.task] if iou is None else iou)
        rings, has_axis = _rings(found, window, model.task)
        rings = rings / self.weights.keys.enlarge
        extent = np.concatenate([rings.min(axis=1), rings.max(axis=1)], axis=1) if len(rings) else np.zeros((0, 4))
        rows, cols = place
        inner = np.array([cols.start > 0, rows.start > 0, cols.stop < shape[1], rows.stop < shape[0]])
        size = np.array([0, 0, part.grid.shape[1], part.grid.shape[0]])
        at_edge = (extent[:, :2] <= SEAM.edge_px, extent[:, 2:] >= size[2:] - SEAM.edge_px)
        cut = (np.concatenate(at_edge, axis=1) & inner).any(axis=1)
        score = calibrated(found.score, self.weights.keys.calibration)
        inside = (rings.mean(axis=1) < size[2:]).all(axis=1) if len(rings) else np.zeros(0, dtype=bool)
        made = Pieces(
            ring=rings + np.array([cols.start, rows.start]),
            score=score,
            label=found.label,
            has_axis=has_axis,
            cut=cut,
            frame=np.tile([cols.start, rows.start, cols.stop, rows.stop], (len(score), 1)).astype(np.float64),
            outline=_outlines(found, classes, (cols.start, rows.start), self.weights.keys.enlarge),
        )
        return made.take(inside & (score >= least[found.label]))

    def _boxes(self, found: Pieces, classes: tuple[str, ...], gsd_m: float) -> Boxes:
        keys = self.weights.keys
        sides = np.hypot(*np.diff(found.ring[:, :3], axis=1).transpose(2, 0, 1)) if len(found) else np.zeros((0, 2))
        first = sides[:, 0] >= sides[:, 1]
        along = np.where(first[:, None], found.ring[:, 1] - found.ring[:, 0], found.ring[:, 2] - found.ring[:, 1])
        longest, across = sides.max(axis=1, initial=0.0), np.hypot(sides[:, 0], sides[:, 1])
        axis = found.has_axis
        length = np.where(axis, longest, (longest + across) / 2) * gsd_m * keys.length_gain
        low, high = (length * (np.nan if bound is None else bound) for bound in (keys.length_low, keys.length_high))
        bounded = keys.length_low is None
        return Boxes(
            class_name=tuple(classes[label] for label in found.label),
            rings=tuple(
                ring if outline is None else np.asarray(outline.exterior.coords)[:-1]
                for ring, outline in zip(found.ring, found.outline, strict=True)
            ),
            score=found.score,
            length_m=length,
            length_low_m=np.where(~axis & bounded, longest * gsd_m, low),
            length_high_m=np.where(~axis & bounded, across * gsd_m, high),
            angle=np.where(axis, np.arctan2(along[:, 1], along[:, 0]) % np.pi, np.nan),
            width_m=np.where(axis, sides.min(axis=1, initial=np.inf) * gsd_m, np.nan),
            weights_sha256=self.weights.sha256,
        )


def _padded(window: npt.NDArray[np.uint8], model: OpenModel) -> npt.NDArray[np.uint8]:
    """A window with grey below and to the right, up to what the network takes."""
    rows, cols = window.shape[1:]
    wanted = model.fixed_px or (rows + -rows % model.stride, cols + -cols % model.stride)
    if (rows, cols) == tuple(wanted):
        return window
    return np.pad(window, ((0, 0), (0, wanted[0] - rows), (0, wanted[1] - cols)), constant_values=_PAD)


def _rings(found: WindowBoxes, window: npt.NDArray[np.uint8], task: str) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """(n, 4, 2) corners, and which boxes lie along their objects."""
    x, y, width, height, angle = found.xywhr.T
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1) * width[:, None] / 2
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=1) * height[:, None] / 2
    middle = np.stack([x, y], axis=1)
    rings = np.stack(
        [middle - along - across, middle + along - across, middle + along + across, middle - along + across], axis=1
    )
    if task == "obb":
        return rings, np.ones(len(rings), dtype=bool)
    has_axis = np.zeros(len(rings), dtype=bool)
    for index, ring in enumerate(rings):
        box = np.concatenate([ring.min(axis=0), ring.max(axis=0)])
        better = mask_box(found.masks[index]) if task == "segment" else pixel_box(window, box)
        if better is not None:
            rings[index], has_axis[index] = better, True
    return rings, has_axis


def _outlines(
    found: WindowBoxes, classes: tuple[str, ...], origin: tuple[int, int], enlarge: float
) -> npt.NDArray[np.object_]:
    """The polygon around the mask of each stack in the raster's pixels; None for all else."""
    made = np.full(len(found.score), None, dtype=object)
    for index, pixels in enumerate(found.masks):
        if classes[int(found.label[index])] == CONTAINER_STACK and len(pixels):
            first = pixels.min(axis=0)
            mask = np.zeros(tuple(np.ptp(pixels, axis=0)[::-1] + 1), dtype=bool)
            mask[pixels[:, 1] - first[1], pixels[:, 0] - first[0]] = True
            ring = outline(mask, int(first[1]), int(first[0]))
            shape = None if ring is None else Polygon(ring / enlarge + np.array(origin))
            made[index] = shape if shape is not None and shape.is_valid else None
    return made


def calibrated(score: Floats, calibration: tuple[float, float]) -> Floats:
    """Scores as chances.

    Parameters
    ----------
    score : Floats
    calibration : tuple of float
        (a, b) in logit chance = a + b logit score.
    """
    if calibration == UNFITTED:
        return score
    safe = np.clip(score, 1e-6, 1 - 1e-6)
    logit = calibration[0] + calibration[1] * np.log(safe / (1 - safe))
    return np.asarray(1 / (1 + np.exp(-logit)), dtype=np.float64)


def _raw(score: float, calibration: tuple[float, float]) -> float:
    """The network's own score from which the calibrated one is at least `score`."""
    if calibration == UNFITTED or not 0 < score < 1:
        return score
    return float(1 / (1 + np.exp(-(np.log(score / (1 - score)) - calibration[0]) / calibration[1])))
