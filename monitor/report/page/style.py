"""Colours, fonts and encoders that every figure shares."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from functools import lru_cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

import numpy as np
import numpy.typing as npt
from matplotlib import font_manager
from PIL import Image

from monitor.report.page.blocks import Picture

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BROWN = "#8C510A"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
INK, QUIET, RULE, PAPER = "#15202b", "#55606b", "#c9d1d9", "#ffffff"

STATUS_COLOUR = {
    "matched": GREEN,
    "potential": SKY,
    "unmatched": ORANGE,
    "dark": VERMILLION,
    "unknown": YELLOW,
    "fixed": "#9aa5b1",
    "stack": PURPLE,
    "other": "#f5f7fa",
}
"""Okabe and Ito's palette; never the only carrier of a meaning."""

ZONE_COLOUR = {
    "aoi": "#111111",
    "water": SKY,
    "pier": "#666666",
    "berth": BLUE,
    "oil_berth": "#6A3D9A",
    "yard": PURPLE,
    "anchorage": GREEN,
    "rail": "#7F3B08",
    "storage": "#B35806",
    "open_storage": "#E08214",
    "tank": "#8073AC",
    "road": "#878787",
    "site": "#4D4D4D",
}
"""Outlines of zones on maps and in QGIS; a name or a legend stands beside each."""

ZONE_SIGNS = {
    "zone": ("zone, by letter", BLUE, "-"),
    "oil_berth": ("oil berth, by letter", ZONE_COLOUR["oil_berth"], "-"),
    "rail": ("tracks, by letter", ZONE_COLOUR["rail"], "--"),
    "storage": ("storage or tanks, by letter", ZONE_COLOUR["storage"], "-"),
}
"""Sign of a zone on a tile -> its words in the legend, the colour and the style of its outline."""

STATUS_MARKER = {
    "matched": "o",
    "potential": "p",
    "unmatched": "D",
    "dark": "X",
    "unknown": "v",
    "fixed": "s",
    "stack": "^",
    "other": "h",
}

HANGUL = "Monitor Hangul"
"""A font of the Hangul syllables that comes with this room, since many machines have none."""
_FAMILIES = (
    "DejaVu Sans",
    HANGUL,
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Noto Sans CJK JP",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
)

log = logging.getLogger(__name__)

Rgb = npt.NDArray[np.uint8]


def hangul_font() -> Traversable:
    """The file of `HANGUL`."""
    return files("monitor.report") / "vendor" / "hangul" / "hangul.otf"


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Font families for figures, of those that this machine has; the first two are the same on every machine."""
    with as_file(hangul_font()) as path:
        font_manager.fontManager.addfont(path)
    regular = next(font for font in font_manager.fontManager.ttflist if font.name == HANGUL)
    font_manager.fontManager.ttflist.append(replace(regular, weight=700))  # it serves as its own bold
    there = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in _FAMILIES if name in there)


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    codes: set[int] = set()
    for name in families():
        codes.update(font_manager.get_font(font_manager.findfont(name)).get_charmap())
    return frozenset(codes)


def drawable(text: str, otherwise: str = "") -> str:
    """The text if this machine's fonts can draw it; else `otherwise`, or the text with ``?`` for each lost sign."""
    if all(ord(sign) in _glyphs() for sign in text):
        return text
    return otherwise or "".join(sign if ord(sign) in _glyphs() else "?" for sign in text)


def rc() -> dict[str, object]:
    """Settings of matplotlib for every figure; nothing of the machine but its fonts enters."""
    return {
        "font.family": list(families()),
        "font.size": 11.0,
        "text.color": INK,
        "axes.edgecolor": INK,
        "axes.linewidth": 0.8,
        "hatch.linewidth": 0.7,
        "svg.hashsalt": "monitor",
        "path.simplify": False,
        "text.usetex": False,
        "text.parse_math": False,
        "axes.unicode_minus": False,
    }


def webp(pixels: Rgb, alt: str, *, quality: int = 80) -> Picture:
    """(row, col, 3) uint8 as lossy WebP without metadata.

    Parameters
    ----------
    pixels : Rgb
        (row, col, 3), 0 to 255.
    alt : str
        Text alternative.
    quality : int, optional
        0 to 100.
    """
    return _encode(Image.fromarray(pixels), "WEBP", "image/webp", alt, quality=quality, method=2)


def lossless(pixels: Rgb, alt: str) -> Picture:
    """(row, col, 3) uint8 as lossless WebP: every pixel as it was."""
    return _encode(Image.fromarray(pixels), "WEBP", "image/webp", alt, lossless=True, quality=30, method=1)


def png(pixels: Rgb, alt: str) -> Picture:
    """(row, col, 3) uint8 as PNG."""
    return _encode(Image.fromarray(pixels), "PNG", "image/png", alt, optimize=False)


def gif(frames: list[Rgb], alt: str, *, seconds: float = 0.9) -> Picture:
    """Frames of equal shape as an endless GIF of 64 colours a frame.

    Parameters
    ----------
    frames : list of Rgb
        Pictures of one size.
    alt : str
        Text alternative.
    seconds : float, optional
        How long each is shown.
    """
    images = [Image.fromarray(frame).quantize(64, dither=Image.Dither.NONE) for frame in frames]
    out = io.BytesIO()
    images[0].save(
        out, "GIF", save_all=True, append_images=images[1:], duration=int(seconds * 1000), loop=0, optimize=False
    )
    return Picture(out.getvalue(), "image/gif", images[0].width, images[0].height, alt)


def animation(frames: list[Rgb], alt: str, *, seconds: float = 0.9) -> Picture:
    """Frames of equal shape as an endless lossy WebP: some third of the bytes of a GIF.

    Parameters
    ----------
    frames : list of Rgb
        Pictures of one size.
    alt : str
        Text alternative.
    seconds : float, optional
        How long each is shown.
    """
    images, out = [Image.fromarray(frame) for frame in frames], io.BytesIO()
    duration = int(seconds * 1000)
    images[0].save(
        out, "WEBP", save_all=True, append_images=images[1:], duration=duration, loop=0, quality=75, method=2
    )
    return Picture(out.getvalue(), "image/webp", images[0].width, images[0].height, alt)


def _encode(image: Image.Image, form: str, mime: str, alt: str, **options: int | bool) -> Picture:
    out = io.BytesIO()
    image.save(out, form, **options)
    return Picture(out.getvalue(), mime, image.width, image.height, alt)
