"""Made-up ports as labelled ports, for training beside real ones."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from monitor.detect.evaluation.dataset import Hull, LabelledPort
from monitor.simulate.training_ports import Label, random_port_scene

LEAST_SURE_M = 45.0
"""Shorter hulls have too few pixels to count either way (chosen, as in the real ports)."""


def labelled_port(seed: int, *, size_px: int = 224) -> LabelledPort:
    """One made-up port of `size_px` a side with its truth in pixels, named ``simulated_<seed>``.

    Hulls under `LEAST_SURE_M` metres are doubtful: they count neither as vessels nor as water.
    """
    scene = random_port_scene(np.random.default_rng(seed), (size_px, size_px))
    grid = scene.raster.grid
    inverse = ~grid.transform

    def ring(label: Label) -> npt.NDArray[np.float32]:
        x, y = np.asarray(label.outline.exterior.coords)[:-1].T
        cols, rows = inverse @ (x, y)
        return np.stack([cols, rows], axis=1).astype(np.float32)

    return LabelledPort(
        name=f"simulated_{seed}",
        dn=scene.raster.data.astype(np.uint16),
        has=(True,) * len(scene.raster.bands),
        hulls=tuple(_hull(label, ring(label), grid.gsd_m) for label in scene.labels if label.kind == "vessel"),
        stacks=tuple(ring(label) for label in scene.labels if label.kind == "container_stack"),
        doubtful_stacks=(),
        ignore=(),
        empty=(),
        transform=tuple(grid.transform)[:6],
        epsg=grid.epsg,
    )


def _hull(label: Label, ring: npt.NDArray[np.float32], gsd_m: float) -> Hull:
    x, y = ring.mean(axis=0)
    return Hull(
        x=float(x),
        y=float(y),
        length_px=label.length_m / gsd_m,
        width_px=label.width_m / gsd_m,
        angle=math.radians(label.axis_deg - 90.0) % math.pi,
        sure=label.length_m >= LEAST_SURE_M,
        situation=label.situation,
        length_m=label.length_m,
        axis_deg=label.axis_deg,
    )
