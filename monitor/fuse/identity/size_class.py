"""A ship's class by length and beam, where the picture bounds both well enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from monitor.core.columns import floats
from monitor.core.scenes.scene import Scene
from monitor.core.tables import DETECTIONS

SIZES: Sequence[tuple[str, float, float]] = (
    ("small craft", 24.0, np.inf),
    ("coastal", 100.0, np.inf),
    ("Seawaymax", 225.6, 23.8),
    ("Panamax", 294.1, 32.3),
    ("Neopanamax", 370.3, 51.3),
    ("over Neopanamax", np.inf, np.inf),
)
"""Name, greatest length and beam in m of ships of a size. Those of the Seaway's and the Panama Canal's locks are what
their authorities admit; 24 m is where the Load Line Convention begins; 100 m is chosen."""

SHAPES: Sequence[tuple[str, float]] = (("broad", 4.5), ("full", 6.3), ("slender", np.inf))
"""Name, and greatest length in beams. Of 769 ships of 20 m and more (NOAA's AIS of 11 January 2023 and the AIS of Kiel
of 12 August 2022): broad are 316 of 318 tugs, 63 of 92 passenger and 23 of 30 fishing ships, and 7 of 122 cargo ships
and tankers; full are 31 of 42 tankers and 31 of 80 cargo ships; slender are 44 of these 80 and 9 of these 42."""


def size_class(length_m: tuple[float, float], width_m: tuple[float, float]) -> str:
    """A class as ``Panamax, full`` or ``Seawaymax or Panamax, slender``; "" where the bounds allow for more than two.

    Parameters
    ----------
    length_m, width_m : tuple of float
        Lower and upper bound. NaN for what is not known.
    """
    if not np.isfinite([*length_m, *width_m]).all() or min(*length_m, *width_m) <= 0:
        return ""
    sizes = [_size(length, width) for length, width in zip(length_m, width_m, strict=True)]
    shapes = [_shape(length_m[0] / width_m[1]), _shape(length_m[1] / width_m[0])]
    if sizes[1] - sizes[0] > 1 or shapes[1] - shapes[0] > 1:
        return ""
    return f"{_either([SIZES[i][0] for i in sizes])}, {_either([SHAPES[i][0] for i in shapes])}"


def mark_size_class(detections: pd.DataFrame, scenes: Iterable[Scene]) -> pd.DataFrame:
    """DETECTIONS with `size_class` filled in for vessels.

    Parameters
    ----------
    detections : DETECTIONS table
        In any order. A beam holds to a pixel of its scene, a length without an interval too.
    scenes : iterable of Scene
        Those of the detections; of others the class is "".
    """
    pixel: Mapping[str, float] = {scene.id: scene.grid.gsd_m for scene in scenes}
    edge = detections["scene_id"].map(pixel).astype(float).to_numpy()
    length, width = floats(detections, "length_m"), floats(detections, "width_m")
    low, high = floats(detections, "length_low_m"), floats(detections, "length_high_m")
    low, high = np.where(np.isfinite(low), low, length - edge), np.where(np.isfinite(high), high, length + edge)
    vessel = (detections["class_name"] == "vessel").to_numpy()
    made = [
        size_class((low[i], high[i]), (width[i] - edge[i], width[i] + edge[i])) if vessel[i] else ""
        for i in range(len(detections))
    ]
    return DETECTIONS.conform(detections.assign(size_class=made))


def _size(length_m: float, width_m: float) -> int:
    return next(i for i, (_, longest, widest) in enumerate(SIZES) if length_m <= longest and width_m <= widest)


def _shape(ratio: float) -> int:
    return next(i for i, (_, most) in enumerate(SHAPES) if ratio < most)


def _either(names: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(names))
