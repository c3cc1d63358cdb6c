"""Fonts for signs that many machines lack: just the signs that a page uses, inside the page."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from importlib.resources import as_file
from importlib.util import find_spec
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from matplotlib import font_manager

from monitor.report.page.style import HANGUL, hangul_font

CYRILLIC = "Monitor Cyrillic"
_RANGES = {CYRILLIC: (0x0400, 0x052F), HANGUL: (0x1100, 0xD7FF)}

log = logging.getLogger(__name__)


def words(value: object) -> Iterator[str]:
    """Every text in a value of the page's model, however deep; bytes are left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from words(part)
    elif is_dataclass(value):
        for each in fields(value):
            yield from words(getattr(value, each.name))


def font_faces(texts: Iterator[str]) -> str:
    """CSS with a font of the Cyrillic and one of the Hangul signs in some texts; "" where there are none.

    WOFF2 where the package brotli is installed, else WOFF: seven Hangul syllables take 1.1 kB as WOFF2. The
    Hangul comes before the machine's fonts, since some claim syllables that they draw as boxes; the Cyrillic after.
    """
    signs = {ord(sign) for text in texts for sign in set(text)}
    made = []
    for family, (first, last) in _RANGES.items():
        used = tuple(sorted(sign for sign in signs if first <= sign <= last))
        data = _subset(family, used) if used else b""
        if data:
            kind = "woff2" if data[:4] == b"wOF2" else "woff"
            source = f"data:font/{kind};base64,{base64.b64encode(data).decode()}"
            made.append(f'@font-face{{font-family:"{family}";src:url("{source}");unicode-range:U+{first:X}-{last:X}}}')
            log.debug("%s: %d signs, %.1f kB as %s", family, len(used), len(data) / 1000, kind)
    return "".join(made)


@lru_cache(maxsize=32)
def _subset(family: str, signs: tuple[int, ...]) -> bytes:
    """The part of a font that draws some signs; the same signs give the same bytes. Empty where it has none of them."""
    if family == HANGUL:
        with as_file(hangul_font()) as path:
            return _cut(path, signs)
    return _cut(Path(font_manager.findfont("DejaVu Sans")), signs)


def _cut(path: Path, signs: tuple[int, ...]) -> bytes:
    font = TTFont(path, recalcTimestamp=False)
    there = set(signs) & set(font.getBestCmap())
    if not there:
        return b""
    options = Options(
        hinting=False, layout_features=[], name_IDs=[], drop_tables=["FFTM"], notdef_outline=True, glyph_names=False
    )
    cutter = Subsetter(options)
    cutter.populate(unicodes=there)
    cutter.subset(font)
    font.flavor = "woff2" if find_spec("brotli") else "woff"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
