"""The detector protocol, and the boxes that a detector returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from monitor.core.arrays import Floats
from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster

VESSEL = "vessel"
CONTAINER_STACK = "container_stack"


@dataclass(frozen=True, slots=True)
class Boxes:
    """Objects found in a raster; one entry each in every field.

    Attributes
    ----------
    class_name : tuple of str
        ``vessel`` or ``container_stack``.
    rings : tuple of Floats
        (n, 2) column and row, corner based, not closed: the four corners of a vessel's oriented box, or a stack's
        outline.
    score : Floats
        0–1.
    length_m, length_low_m, length_high_m : Floats
        The long side with the bounds of its 90 % interval (NaN where the detector gives none).
    angle : Floats
        Radians of the long side from +column towards +row, modulo pi.
    """

    class_name: tuple[str, ...]
    rings: tuple[Floats, ...]
    score: Floats
    length_m: Floats
    length_low_m: Floats
    length_high_m: Floats
    angle: Floats

    def __post_init__(self) -> None:
        count = len(self.class_name)
        if any(len(part) != count for part in (self.rings, self.score, self.length_m, self.angle)):
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
        return Boxes(
            class_name=tuple(self.class_name[i] for i in pick),
            rings=tuple(self.rings[i] for i in pick),
            score=self.score[pick],
            length_m=self.length_m[pick],
            length_low_m=self.length_low_m[pick],
            length_high_m=self.length_high_m[pick],
            angle=self.angle[pick],
        )

    def plus(self, other: Boxes) -> Boxes:
        """These objects and then the others."""
        return Boxes(
            class_name=self.class_name + other.class_name,
            rings=self.rings + other.rings,
            score=np.concatenate([self.score, other.score]),
            length_m=np.concatenate([self.length_m, other.length_m]),
            length_low_m=np.concatenate([self.length_low_m, other.length_low_m]),
            length_high_m=np.concatenate([self.length_high_m, other.length_high_m]),
            angle=np.concatenate([self.angle, other.angle]),
        )


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
