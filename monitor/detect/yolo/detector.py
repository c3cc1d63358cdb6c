"""The Sentinel-2 network as a detector, through ONNX Runtime; through ultralytics only for a given checkpoint."""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Mask, Pixels
from monitor.core.errors import DetectorError
from monitor.core.scenes.scene import Raster
from monitor.detect.base import CONTAINER_STACK, VESSEL, Boxes
from monitor.detect.chance import Chance
from monitor.detect.yolo import decode
from monitor.detect.yolo.checks import check_fits_weights, thinned
from monitor.detect.yolo.openvino import installed_network
from monitor.detect.yolo.outlines import long_side, outlines
from monitor.detect.yolo.preprocess import Window, cut_windows, dark_levels, first_pixel, network_input, subtract_dark
from monitor.detect.yolo.rafts import hulls_abreast
from monitor.detect.yolo.runtime import CORE_PX, Network, maps_of, threads, views_for
from monitor.detect.yolo.weights import DEFAULT, Weights, check_sha256, read_weights

_DARK_PX = 2_000_000
"""Pixels that are enough to measure the dark end of a band."""


@dataclass(frozen=True, slots=True)
class YoloDetector:
    """Vessels and container stacks on Sentinel-2, by name of the weights.

    Attributes
    ----------
    weights : Weights
        An entry of ``weights.toml``.
    threshold : float, optional
        Least chance that a vessel is right; None takes that of the weights. The network's own scores come back from a
        call; `detect` turns them into chances, once zones are known, and drops those below.
    checkpoint : Path, optional
        A ``.pt`` file to run by ultralytics instead, loaded with weights-only unpickling; for comparison, never by
        default.
    past : str
        Which observations of a place an archive's scenes are compared with: "" for none, ``before`` for earlier ones,
        ``hindsight`` for later ones too.
    """

    weights: Weights = field(default_factory=lambda: read_weights(DEFAULT))
    threshold: float | None = None
    checkpoint: Path | None = None
    past: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        """What it marks."""
        return self.weights.classes

    @property
    def key(self) -> str:
        """Name, the head of the sha256, the threshold, and the chances and the past where these are used."""
        fitted = "" if self.chance == Chance() else f"-c{zlib.crc32(repr(self.chance).encode()):08x}"
        past = f"-{self.past}" if self.past else ""
        return f"{self.weights.name}-{self.weights.sha256[:8]}-t{self.least_score:.2f}{fitted}{past}".replace(".", "")

    @property
    def chance(self) -> Chance:
        """What turns score, zone and length into the chance that a vessel is right."""
        return self.weights.chance

    @property
    def scores_are_chances(self) -> bool:
        """Whether the score of a vessel is fitted to be the probability that it is one."""
        return self.chance != Chance()

    @property
    def least_score(self) -> float:
        """The threshold in force."""
        return self.weights.threshold if self.threshold is None else self.threshold

    def __call__(self, raster: Raster) -> Boxes:
        """Vessels (score at least the threshold) and stacks in a raster.

        Raises
        ------
        DetectorError
            The raster's bands, pixel size or scale do not fit the weights, or the weights file is not the right one.
        """
        check_fits_weights(raster, self.weights)
        if not raster.valid.any():
            return Boxes.empty()
        windows = list(cut_windows(raster.grid.shape, core=CORE_PX, first=first_pixel(raster.grid)))
        workers = min(threads(), len(windows)) if self.checkpoint is None else 1
        network = self.open(max(threads() // workers, 1))
        dark = _dark(thinned(raster, _DARK_PX), self.weights)
        views = views_for(raster.valid.size, self.weights.views_px)

        def detect_window(window: Window) -> Boxes:
            return self._detect_window(raster, window, network, dark=dark, views=views)

        if workers == 1:
            parts = [detect_window(window) for window in windows]
        else:
            with ThreadPoolExecutor(workers) as pool:
                parts = list(pool.map(detect_window, windows))
        found = Boxes.empty()
        for part in parts:
            found = found.plus(part)
        return found

    def _detect_window(self, raster: Raster, window: Window, network: Network, *, dark: Pixels, views: int) -> Boxes:
        """Objects in the core of one window."""
        part = raster.window(window.rows, window.cols)
        if not part.valid.any():
            return Boxes.empty()
        has = tuple(raster.has(band) for band in self.weights.bands)
        image = network_input(subtract_dark(_reflectance(part, self.weights), dark), has, part.valid)
        logits = maps_of(network, image, views=views, first=first_pixel(part.grid))
        maps = decode.probabilities(logits, out=logits)
        origin = (window.rows.start, window.cols.start)
        core = (
            slice(window.core_rows.start - origin[0], window.core_rows.stop - origin[0]),
            slice(window.core_cols.start - origin[1], window.core_cols.stop - origin[1]),
        )
        return self._objects(maps, core, origin, raster.grid.gsd_m)

    def open(self, cores: int | None = None) -> Network:
        """The network; opened once in a process.

        Parameters
        ----------
        cores : int, optional
            Threads that one call uses; all when None.

        Raises
        ------
        DetectorError
            The weights file is missing, is not the one registered, or cannot be opened.
        """
        if self.checkpoint is not None:
            return checkpoint_network(self.checkpoint)
        check_sha256(self.weights.path, self.weights.sha256)
        return installed_network(self.weights.path, self.weights.sha256, cores=cores)

    def _objects(self, maps: Pixels, core: tuple[slice, slice], origin: tuple[int, int], gsd_m: float) -> Boxes:
        least = self.chance.least_score(self.least_score)
        rule = replace(self.weights.rule, least_score=min(self.weights.rule.least_score, least))
        hulls = decode.decode_hulls(maps, rule)
        rows, cols = core
        mine = (hulls.x >= cols.start) & (hulls.x < cols.stop) & (hulls.y >= rows.start) & (hulls.y < rows.stop)
        hulls = hulls.take(mine & (hulls.score >= least))
        abreast = hulls_abreast(maps, hulls, gsd_m)
        shift = np.array([origin[1], origin[0]], dtype=np.float64)
        length = hulls.length_px * gsd_m * self.weights.length_gain
        vessels = Boxes(
            class_name=(VESSEL,) * len(hulls),
            rings=tuple(ring + shift for ring in hulls.corners()),
            score=hulls.score,
            length_m=length,
            length_low_m=length * self.weights.length_low,
            length_high_m=length * self.weights.length_high,
            angle=hulls.angle,
            width_m=hulls.width_px * gsd_m,
            abreast_low=abreast[:, 0],
            abreast_high=abreast[:, 1],
            weights_sha256=self.weights.sha256,
        )
        inside = np.zeros(maps.shape[1:], dtype=bool)
        inside[rows, cols] = maps[2][rows, cols] >= self.weights.stack_threshold
        return vessels.plus(stack_boxes(inside, maps[2], shift, gsd_m))


def stack_boxes(inside: Mask, probability: Pixels, shift: npt.NDArray[np.float64], gsd_m: float) -> Boxes:
    """Outlines of the connected stretches of stack, with their long side.

    Parameters
    ----------
    inside : Mask
        (row, col) whether a pixel is stack.
    probability : Pixels
        (row, col) of stack; its mean is the score.
    shift : Floats
        Column and row of the first pixel.
    gsd_m : float
        Size of a pixel.
    """
    labels, _ = ndimage.label(inside)
    found = outlines(labels)
    shapes = [(index + 1, ring) for index, ring in enumerate(found) if ring is not None]
    if not shapes:
        return Boxes.empty()
    index = np.array([number for number, _ in shapes])
    score = np.atleast_1d(ndimage.mean(probability, labels, index)).astype(np.float64)
    sides = [long_side(ring) for _, ring in shapes]
    length = np.array([side[0] for side in sides]) * gsd_m
    margin = 2 * gsd_m
    return Boxes(
        class_name=(CONTAINER_STACK,) * len(shapes),
        rings=tuple(ring + shift for _, ring in shapes),
        score=score,
        length_m=length,
        length_low_m=np.maximum(length - margin, 0.0),
        length_high_m=length + margin,
        angle=np.array([side[1] for side in sides]),
    )


def _dark(raster: Raster, weights: Weights) -> Pixels:
    """The dark end of each of the network's bands; 0 where the raster lacks the band."""

    def level(band: str) -> float:
        return float(dark_levels(raster.band(band)[None], raster.valid)[0]) if raster.has(band) else 0.0

    with ThreadPoolExecutor(max(threads(), 1)) as pool:
        return np.array(list(pool.map(level, weights.bands)), dtype=np.float32)


def _reflectance(raster: Raster, weights: Weights) -> Pixels:
    out = np.zeros((len(weights.bands), *raster.grid.shape), dtype=np.float32)
    for index, band in enumerate(weights.bands):
        if raster.has(band):
            out[index] = raster.band(band)
    return out


def checkpoint_network(path: Path) -> Network:
    """The same network from an ultralytics checkpoint, through ultralytics' own semantic predictor.

    The file is unpickled with weights-only rules. Needs torch and ultralytics; for comparison, not for service.

    Raises
    ------
    DetectorError
        The file is missing or holds more than weights.
    """
    if not path.is_file():
        raise DetectorError(f"{path}: no such checkpoint")
    from monitor.detect.yolo.ultralytics import predictor_network

    return predictor_network(path)
