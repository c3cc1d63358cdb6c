"""Where pictures and words stand in a figure: beside one another when it is wide, else one below the other."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

MARGIN = 36
_COLUMN, _GAP = 480, 12
_LETTER, _BOLD = 0.61, 0.70
"""Width of a letter of DejaVu Sans as a share of its height, with room to spare; Hangul is as wide as high."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the figure, from its lower left corner."""

    x: float
    y: float
    width: float
    height: float


def regions(size: tuple[int, int], *, beside: bool) -> tuple[Box, Box]:
    """The part for pictures and the part for words of a figure of that size."""
    width, height = size
    if beside and width > height:
        left = width - _COLUMN - 3 * MARGIN
        return (
            Box(MARGIN, MARGIN, left, height - 2 * MARGIN),
            Box(left + 2 * MARGIN, MARGIN, _COLUMN, height - 2 * MARGIN),
        )
    words = round(min(height * 0.38, 640))
    inner = width - 2 * MARGIN
    return Box(MARGIN, words + MARGIN, inner, height - words - 2 * MARGIN), Box(MARGIN, MARGIN, inner, words - MARGIN)


def cells(region: Box, number: int, aspect: float) -> tuple[Box, ...]:
    """Boxes for pictures, row by row in a region's middle, as large as it allows.

    Parameters
    ----------
    region : Box
        The part for pictures.
    number : int
        How many.
    aspect : float
        Width of a picture by its height.
    """

    def width(columns: int) -> float:
        rows = ceil(number / columns)
        return min((region.width - (columns - 1) * _GAP) / columns, aspect * (region.height - (rows - 1) * _GAP) / rows)

    columns = max(range(1, number + 1), key=width)
    wide = width(columns)
    high = wide / aspect
    left = region.x + (region.width - columns * wide - (columns - 1) * _GAP) / 2
    rows = ceil(number / columns)
    top = region.y + (region.height + rows * high + (rows - 1) * _GAP) / 2
    return tuple(
        Box(left + (k % columns) * (wide + _GAP), top - high - (k // columns) * (high + _GAP), wide, high)
        for k in range(number)
    )


def fitted(box: Box, cols: int, rows: int) -> Box:
    """The largest rectangle of a shape inside a box, in its middle.

    Parameters
    ----------
    box : Box
        What it must fit.
    cols, rows : int
        The shape.
    """
    zoom = min(box.width / cols, box.height / rows)
    width, height = cols * zoom, rows * zoom
    return Box(box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height)


def wrapped(words: str, width: float, px: float, *, bold: bool = False) -> tuple[str, ...]:
    """Lines of words that fit a width at a height of letters, both in pixels.

    Parameters
    ----------
    words : str
        Without line feeds.
    width : float
        Of a line.
    px : float
        Height of a letter.
    bold : bool, optional
        Whether the letters are bold, which are wider.
    """
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in words) / max(len(words), 1)
    letter = (_BOLD if bold else _LETTER) * (1 - wide) + wide
    return tuple(textwrap.wrap(words, max(int(width / (letter * px)), 8), break_on_hyphens=False))


def largest(
    texts: Sequence[str], width: float, height: float, *, sizes: Sequence[float]
) -> tuple[float, tuple[str, ...]]:
    """The largest of some letter heights at which paragraphs fit a box, and their lines; the least if none does.

    Parameters
    ----------
    texts : sequence of str
        Paragraphs.
    width, height : float
        Of the box.
    sizes : sequence of float
        Heights of letters to try, largest first.
    """
    for px in sizes:
        lines = tuple(line for text in texts for line in wrapped(text, width, px))
        if len(lines) * px * 1.36 <= height:
            break
    return px, lines
