"""Numbered oriented boxes: which detections a tile shows, with what status, and where their numbers go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely.geometry.base import BaseGeometry

from monitor.core.geo.grid import Grid
from monitor.report.page.wording import STATUS

LOW_SCORE = 0.5
NUMBERED_M = 100.0
"""Where a picture is coarse, only hulls of this length or more are numbered (chosen: 10 px of Sentinel-2)."""
COARSE_M = 5.0
"""A picture is coarse when one pixel of it is more ground than this: at 10 m, shown at less than ×2 (chosen)."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """One object on a tile: `outline` is (n, 2) fractional (col, row) of the tile's pixels.

    `length_m` is the detection's, NaN where it has none.
    """

    number: int
    status: str
    outline: npt.NDArray[np.float64]
    is_low: bool
    length_m: float = float("nan")

    @property
    def label(self) -> str:
        """``7U``: the number in the table and the status code."""
        return f"{self.number}{STATUS[self.status][0]}"

    @property
    def centre(self) -> tuple[float, float]:
        """(col, row) of the outline's middle."""
        low, high = self.outline.min(axis=0), self.outline.max(axis=0)
        return float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2)


def status_of(
    detections: pd.DataFrame, matches: pd.DataFrame, dark_events: pd.DataFrame, *, fixed: Collection[str] = ()
) -> dict[str, str]:
    """Detection id -> key of `report.page.wording.STATUS`.

    A vessel without a row in MATCHES was not compared with AIS, which differs from unmatched. `fixed` holds the ids of
    fixed objects; what AIS matches is none.

    Parameters
    ----------
    detections : DETECTIONS table
    matches : MATCHES table
    dark_events : DARK_EVENTS table
    fixed : Collection[str], optional
        Ids of detections of fixed objects.
    """
    found = matches[matches["detection_id"] != ""]
    status = {str(d): str(s) for d, s in zip(found["detection_id"], found["status"], strict=True)}
    dark = dark_events.loc[dark_events["status"] == "dark", "detection_id"]
    status.update({str(d): "dark" for d in dark})
    status.update({d: "fixed" for d in fixed if status.get(d, "unknown") in ("unmatched", "unknown")})
    result = {}
    for detection, class_name in zip(detections["detection_id"], detections["class_name"], strict=True):
        known = status.get(str(detection), "unknown")
        if class_name != "vessel":
            known = "stack" if class_name == "container_stack" else "other"
        result[str(detection)] = known if known in STATUS else "unknown"
    return result


def is_ship(mark: Mark) -> bool:
    """Whether a mark is of an object that is consistent with a vessel."""
    return mark.status not in ("stack", "fixed", "other")


def is_numbered(mark: Mark, metres: float) -> bool:
    """Whether a mark carries its number in a picture whose pixels are `metres` of ground each.

    Dark events always do, since what is stated of them names the number.
    """
    return metres <= COARSE_M or mark.status == "dark" or (is_ship(mark) and mark.length_m >= NUMBERED_M)


def numbered(detections: pd.DataFrame) -> pd.DataFrame:
    """The detections of one scene with a column `number` from 1: vessels first, then all else, north to south.

    The number is the object's name on every tile of that scene and in its table.
    """
    if detections.empty:
        return detections.assign(number=pd.Series([], dtype="int64"))
    middle = [g.envelope.centroid for g in detections.geometry]
    order = pd.DataFrame(
        {
            "stack": (detections["class_name"] != "vessel").to_numpy(),
            "south": [-round(p.y, 4) for p in middle],
            "east": [round(p.x, 5) for p in middle],
            "id": detections["detection_id"].to_numpy(),
        }
    ).sort_values(["stack", "south", "east", "id"])
    arranged = detections.iloc[order.index.to_numpy()].reset_index(drop=True)
    return arranged.assign(number=np.arange(1, len(arranged) + 1))


def marks(detections: pd.DataFrame, status: dict[str, str], grid: Grid) -> tuple[Mark, ...]:
    """The numbered detections whose middle lies on a grid, as marks in its pixels.

    Parameters
    ----------
    detections : DataFrame
        Numbered DETECTIONS.
    status : mapping of str to str
        By detection id.
    grid : Grid
        In whose pixels the marks are.
    """
    made = []
    for row in detections.itertuples():
        outline = outline_of(row.geometry, grid)
        mark = Mark(
            int(row.number), status[row.detection_id], outline, float(row.score) < LOW_SCORE, float(row.length_m)
        )
        col, line = mark.centre
        if 0 <= col < grid.shape[1] and 0 <= line < grid.shape[0]:
            made.append(mark)
    return tuple(made)


def outline_of(geometry: BaseGeometry, grid: Grid) -> npt.NDArray[np.float64]:
    """(n, 2) fractional (col, row) of a polygon's outer ring (of its largest part), or of a point or line."""
    part = max(geometry.geoms, key=lambda g: g.area) if hasattr(geometry, "geoms") else geometry
    coordinates = np.asarray(part.exterior.coords if hasattr(part, "exterior") else part.coords)[:, :2]
    row, col = grid.rowcol(coordinates[:, 0], coordinates[:, 1])
    return np.column_stack([col, row])


def place_labels(
    marks: tuple[Mark, ...],
    shape: tuple[int, int],
    *,
    char_px: float,
    line_px: float,
    frames: Sequence[BaseGeometry] = (),
    ticks: Collection[int] = (),
) -> tuple[tuple[float, float], ...]:
    """(col, row) of the middle of each mark's label, beside its frame and clear of the others where there is room.

    Sizes are of a label's letter and line, in tile pixels. Greedy in the order of the marks, labels before ticks.

    Parameters
    ----------
    marks : tuple of Mark
        In the order in which they are labelled.
    shape : tuple of int
        Rows and columns of the tile, in pixels.
    char_px : float
        Width of a letter, in tile pixels.
    line_px : float
        Height of a line, in tile pixels.
    frames : sequence of BaseGeometry, optional
        What is drawn around each mark, in tile pixels; by default its outline.
    ticks : Collection[int], optional
        Numbers of the marks that get no words.
    """
    taken = [np.array(f.bounds) for f in frames] or [
        np.concatenate([m.outline.min(axis=0), m.outline.max(axis=0)]) for m in marks
    ]
    placed: dict[int, tuple[float, float]] = {}
    for index in sorted(range(len(marks)), key=lambda i: marks[i].number in ticks):
        wide = 0.0 if marks[index].number in ticks else char_px * (len(marks[index].label) + 1.5) / 2
        half = np.array([wide, line_px / 2]) if wide else np.full(2, line_px / 4)
        spots = [(_box(spot, half), spot) for spot in _spots(taken[index], half)]
        costs = [
            _overlap(box, taken, index) + _area_beyond(box, shape) * 4 + 0.01 * rank * half.prod()
            for rank, (box, _) in enumerate(spots)
        ]
        box, spot = spots[int(np.argmin(costs))]
        taken.append(box)
        placed[index] = (float(spot[0]), float(spot[1]))
    return tuple(placed[index] for index in range(len(marks)))


def _spots(box: npt.NDArray[np.float64], half: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    (west, north, east, south), (w, h) = box, half
    x, y = (west + east) / 2, (north + south) / 2
    near = [
        (east + w, north - h),
        (west - w, north - h),
        (east + w, south + h),
        (west - w, south + h),
        (east + w, y),
        (west - w, y),
        (x, north - h),
        (x, south + h),
    ]
    far = [(x + (px - x) * 1.0 + np.sign(px - x) * w, py + np.sign(py - y) * 2 * h) for px, py in near]
    return [np.array(spot) for spot in near + far]


def _box(spot: npt.NDArray[np.float64], half: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.concatenate([spot - half, spot + half])


def _overlap(box: npt.NDArray[np.float64], others: list[npt.NDArray[np.float64]], own: int) -> float:
    stack = np.array([o for i, o in enumerate(others) if i != own]).reshape(-1, 4)
    sides = np.minimum(box[2:], stack[:, 2:]) - np.maximum(box[:2], stack[:, :2])
    return float(np.clip(sides, 0, None).prod(axis=1).sum())


def _area_beyond(box: npt.NDArray[np.float64], shape: tuple[int, int]) -> float:
    size = np.array([shape[1], shape[0]], dtype=float)
    inside = np.clip(np.minimum(box[2:], size) - np.maximum(box[:2], 0.0), 0, None).prod()
    return float((box[2:] - box[:2]).prod() - inside)
