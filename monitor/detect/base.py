"""The detector protocol, and the boxes that a detector returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from monitor.core.arrays import Floats
from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster

VESSEL = "vessel"
CONTAINER_STACK = "container_stack"
CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class Boxes:
    """Objects found in a raster; one entry each in every field.

    Attributes
    ----------
    class_name : tuple of str
        ``vessel``, ``container_stack``, ``container``, or a name of the model's own.
    rings : tuple of Floats
        (n, 2) column and row, corner based, not closed: the four corners of a box, or a stack's outline.
    score : Floats
        0–1.
    length_m, length_low_m, length_high_m : Floats
        The long side with the bounds of its 90 % interval (NaN where the detector gives none).
    angle : Floats
        Radians of the long side from +column towards +row, modulo pi; NaN where a box without axis tells none.
    width_m : Floats
        The short side, NaN where it is not known; all NaN when it is not given.
    abreast_low, abreast_high : Floats
        Fewest and most hulls side by side, the box's own among them, that it may stand for; 1 for a hull alone and
        where the detector does not tell.
    weights_sha256 : str
        Of the weights file that found them, "" where there is none.
    """

    class_name: tuple[str, ...]
    rings: tuple[Floats, ...]
    score: Floats
    length_m: Floats
    length_low_m: Floats
    length_high_m: Floats
    angle: Floats
    width_m: Floats = field(default_factory=lambda: np.zeros(0))
    abreast_low: Floats = field(default_factory=lambda: np.zeros(0))
    abreast_high: Floats = field(default_factory=lambda: np.zeros(0))
    weights_sha256: str = ""

    def __post_init__(self) -> None:
        count = len(self.class_name)
        for name, unknown in _WHERE_NOT_GIVEN.items():
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(count, unknown))
        if any(len(part) != count for part in (self.rings, self.score, self.length_m, self.angle, self.width_m)):
            raise DataError(f"boxes of {count} classes with {len(self.rings)} rings and {len(self.score)} scores")

    def __len__(self) -> int:
        """How many objects."""
        return len(self.class_name)

    @classmethod
    def empty(cls) -> Boxes:
        """Nothing found."""
        none = np.zeros(0)
        return cls((), (), none, none, none, none, none)

    def take(self, index: Sequence[int]) -> Boxes:
        """The entries under some indices."""
        pick = np.asarray(index, dtype=int)
        return replace(
            self,
            class_name=tuple(self.class_name[i] for i in pick),
            rings=tuple(self.rings[i] for i in pick),
            **{name: getattr(self, name)[pick] for name in _NUMBERS},
        )

    def plus(self, other: Boxes) -> Boxes:
        """These objects and then the others."""
        return Boxes(
            class_name=self.class_name + other.class_name,
            rings=self.rings + other.rings,
            weights_sha256=self.weights_sha256 or other.weights_sha256,
            **{name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _NUMBERS},
        )


_WHERE_NOT_GIVEN = {"width_m": np.nan, "abreast_low": 1.0, "abreast_high": 1.0}
_NUMBERS = ("score", "length_m", "length_low_m", "length_high_m", "angle", *_WHERE_NOT_GIVEN)


def finds(detector: object) -> frozenset[str]:
    """Classes that a detector marks, by its `classes`; vessels and stacks where it has no such attribute."""
    return frozenset(getattr(detector, "classes", (VESSEL, CONTAINER_STACK)))


class Detector(Protocol):
    """Finds objects in a raster. Small and picklable: opens what it needs inside the call."""

    @property
    def key(self) -> str:
        """The detector, its weights and settings in one word; changes whenever its results could."""
        ...

    def __call__(self, raster: Raster) -> Boxes:
        """Objects in the raster's pixels.

        Raises
        ------
        DetectorError
            The bands or the scale of the raster do not fit the detector.
        """
        ...
