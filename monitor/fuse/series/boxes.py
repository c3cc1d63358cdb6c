"""Single container boxes in the plane: which stand together, and between which bounds their number lies."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from shapely.strtree import STRtree

from monitor.core.statistics import binomial_interval
from monitor.detect.base import CONTAINER

_SAMPLE = re.compile(r"(\d+) labelled, (\d+) detected")
_STATED_LOW = re.compile(r"\((\d+\.\d+)–")


@dataclass(frozen=True, slots=True)
class BoxError:
    """What a detector was measured to do with single boxes: the lower ends of 90 % intervals, 0–1."""

    precision_low: float
    recall_low: float

    @classmethod
    def of(cls, measured: Sequence[tuple[str, str, str]], class_name: str = CONTAINER) -> BoxError | None:
        """That of a model card; None where it has no figure of single boxes, or none that rests on any.

        Parameters
        ----------
        measured : sequence of tuple of str
            What, value, and sample, as `Weights.measured` has them. Of ``precision, container`` and ``recall,
            container`` the sample begins with how many were labelled and how many detected. Where the value has an
            interval over scenes, the lower of its end and that of as many trials counts.
        class_name : str
        """
        low: list[float] = []
        for what, column in (("precision", 2), ("recall", 1)):
            row = next((row for row in measured if row[0] == f"{what}, {class_name}"), None)
            sample = None if row is None else _SAMPLE.match(row[2])
            if row is None or sample is None or not (of := int(sample[column])):
                return None
            exact = binomial_interval(round(float(row[1].split()[0]) * of), of, level=0.9)[0]
            stated = _STATED_LOW.search(row[1])
            low.append(exact if stated is None else min(exact, float(stated[1])))
        return cls(*low) if min(low) > 0 else None


@dataclass(frozen=True, slots=True)
class ContainerRule:
    """How boxes become stacks and bounds.

    Attributes
    ----------
    join_m : float
        Boxes no further apart stand in one stack: a row missed (2.4 m and its gaps) does not split it, a lane does.
    gap_m : float
        Ground between boxes that is narrower holds none.
    long_m : float
        Least length of a 40-ft box, which is 12.2 m; a 20-ft one is 6.1 m (ISO 668).
    slot_m2 : float
        Ground that a 20-ft box takes (ISO 668: 6.06 m by 2.44 m).
    tail : float
        On either side of the 90 % interval.
    """

    join_m: float = 3.5
    gap_m: float = 2.0
    long_m: float = 9.0
    slot_m2: float = 14.8
    tail: float = 0.05


RULE = ContainerRule()


@dataclass(frozen=True, slots=True)
class CountedBoxes:
    """Boxes of one place at one observation.

    Attributes
    ----------
    seen, long : int
        Boxes marked, and those of 40 ft among them.
    low, high : float
        Bounds of how many lie on top.
    outline : BaseGeometry
        In metres of the port's grid.
    place_id : str
        "" until it is named.
    """

    seen: int
    long: int
    low: float
    high: float
    outline: BaseGeometry
    place_id: str = ""

    def without_boxes(self) -> CountedBoxes:
        """The same place with nothing there."""
        return replace(self, seen=0, long=0, low=0.0, high=0.0)


def count_stacks(
    boxes: Sequence[BaseGeometry], error: BoxError | None = None, *, rule: ContainerRule = RULE
) -> list[CountedBoxes]:
    """The stacks that boxes stand in, not named yet, from west to east; empty without boxes.

    Parameters
    ----------
    boxes : sequence of BaseGeometry
        In metres.
    error : BoxError, optional
        Of the detector that found them.
    rule : ContainerRule, optional
    """
    if not boxes:
        return []
    wide = _joined(boxes, rule.join_m / 2)
    parts = sorted(getattr(wide, "geoms", [wide]), key=lambda part: part.bounds)
    tree, found = STRtree(parts), [[] for _ in parts]  # type: tuple[STRtree, list[list[BaseGeometry]]]
    for box in boxes:
        found[int(tree.nearest(box.centroid))].append(box)
    made = []
    for group in found:
        outline = _joined(group, rule.join_m / 2).buffer(-rule.join_m / 2, join_style="mitre")
        made.append(count_boxes(group, outline, _bare_m2(outline, group, rule), error=error, rule=rule))
    return made


def count_boxes(
    boxes: Sequence[BaseGeometry],
    outline: BaseGeometry,
    hidden_m2: float,
    *,
    error: BoxError | None = None,
    rule: ContainerRule = RULE,
) -> CountedBoxes:
    """How many boxes one place holds on top, with bounds.

    Parameters
    ----------
    boxes : sequence of BaseGeometry
        In metres.
    outline : BaseGeometry
        Of the place.
    hidden_m2 : float
        Ground that shows no box and could hold some.
    error : BoxError, optional
        Without it false and missed boxes are not in the bounds.
    rule : ContainerRule, optional
    """
    seen = len(boxes)
    low, high = float(seen), float(seen + int(hidden_m2 / rule.slot_m2))
    if error is not None and seen:
        low = float(stats.binom.ppf(rule.tail, seen, error.precision_low))
        high = max(high, seen + float(stats.nbinom.ppf(1.0 - rule.tail, seen, error.recall_low)))
    return CountedBoxes(seen, sum(_length_m(box) >= rule.long_m for box in boxes), low, high, outline)


def hidden_m2(stacks: Sequence[CountedBoxes], boxes: Sequence[BaseGeometry], *, rule: ContainerRule = RULE) -> float:
    """Ground within the outlines of stacks that shows no box and is wide enough for one, in m².

    Parameters
    ----------
    stacks : sequence of CountedBoxes
        Whose outlines are looked at.
    boxes : sequence of BaseGeometry
        All that were seen, in metres.
    rule : ContainerRule, optional
    """
    return float(sum(_bare_m2(stack.outline, boxes, rule) for stack in stacks))


def named(stacks: Sequence[CountedBoxes], earlier: Mapping[str, CountedBoxes], prefix: str) -> dict[str, CountedBoxes]:
    """Stacks by id: that of the earlier stack whose outline each shares most with, else of where it stands.

    Parameters
    ----------
    stacks : sequence of CountedBoxes
        Of one observation.
    earlier : mapping of str to CountedBoxes
        Of the observation before, by id.
    prefix : str
        Of new ids.
    """
    shares = [
        (-old.outline.intersection(new.outline).area, index, name)
        for name, old in earlier.items()
        for index, new in enumerate(stacks)
    ]
    names: dict[int, str] = {}
    for share, index, name in sorted(shares):
        if share < 0 and index not in names and name not in names.values():
            names[index] = name
    for index, stack in enumerate(stacks):
        middle = stack.outline.centroid
        names.setdefault(index, _new(f"{prefix}/{middle.x:.0f}E{middle.y:.0f}N", names.values()))
    return {names[index]: replace(stack, place_id=names[index]) for index, stack in enumerate(stacks)}


def _new(name: str, taken: Collection[str]) -> str:
    return name if name not in taken else _new(f"{name}'", taken)


def _joined(boxes: Sequence[BaseGeometry], half_m: float) -> BaseGeometry:
    """What boxes cover when each is grown by some metres, with the holes that they surround."""
    wide = unary_union([box.buffer(half_m, join_style="mitre") for box in boxes])
    return unary_union([Polygon(part.exterior) for part in getattr(wide, "geoms", [wide])])


def _bare_m2(outline: BaseGeometry, boxes: Sequence[BaseGeometry], rule: ContainerRule) -> float:
    bare = outline.difference(unary_union(list(boxes)))
    half = rule.gap_m / 2
    return float(bare.buffer(-half, join_style="mitre").buffer(half, join_style="mitre").area)


def _length_m(box: BaseGeometry) -> float:
    corners = np.asarray(box.minimum_rotated_rectangle.exterior.coords)
    return float(np.hypot(*np.diff(corners, axis=0).T).max())
