"""A brief as one HTML file that needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import jinja2
from markupsafe import Markup
from matplotlib import font_manager
from PIL import Image

from monitor.io.atomic import write_bytes
from monitor.report.page.blocks import Block, Cards, Chart, Download, MapView, Picture, Section, Table, TileFigure
from monitor.report.page.model import Brief
from monitor.report.page.style import HANGUL, hangul_font
from monitor.report.page.wording import SIMULATED_LINE
from monitor.report.render.fonts import font_faces, words

PAPER_ROWS = 26
"""Rows of a table on paper; the rest are in the HTML edition."""
_PAPER_PX, _SHORT_ROWS = 1240, 6
_HERE = files("monitor.report")
_OUTSIDE_RULE = re.compile(r"[^{}]*\{[^{}]*url\((?!\"?data:)[^{}]*\}")


def write_html(brief: Brief, out: Path) -> Path:
    """Write one self-contained HTML file, whole or not at all, and return `out` (a `Renderer`).

    Nothing is fetched, and the page's content policy forbids that anything could be. The same brief gives the same
    bytes.
    """
    return write_bytes(out, page(brief, paper=False).encode())


def page(brief: Brief, *, paper: bool) -> str:
    """The brief as HTML text; `paper` leaves out scripts and opens what is folded, for the PDF."""
    has_map = any(isinstance(block, MapView) for block in _all_blocks(brief))
    css = style() + (paper_fonts() if paper else font_faces(words(brief)) + (leaflet_css() if has_map else ""))
    js = script() + (asset("templates/map.js") if has_map else "")
    scripts = [js, *([leaflet_js()] if has_map else [])]
    return str(
        environment()
        .get_template("brief.html.j2")
        .render(
            brief=brief,
            paper=paper,
            css=Markup(css),
            js=Markup(js),
            has_map=has_map,
            simulated_line=SIMULATED_LINE,
            leaflet=Markup(leaflet_js()) if has_map else "",
            csp="" if paper else policy([css], scripts),
            paper_rows=PAPER_ROWS,
            anchors=anchors(brief),
            short_rows=_SHORT_ROWS,
            behind=behind(brief) if paper else (),
            short_tiles=short_tiles(brief),
        )
    )


def anchors(brief: Brief) -> dict[str, str]:
    """Ids of scenes and detections -> the tile or card on the page that shows them; the first wins."""
    found: dict[str, str] = {}
    for block in _all_blocks(brief):
        if isinstance(block, TileFigure):
            found.setdefault(dict(block.facts).get("Scene", ""), block.id)
        elif isinstance(block, Cards):
            for card in block.cards:
                found.setdefault(card.detection_id, card.id)
    return found


def behind(brief: Brief) -> tuple[Table, ...]:
    """The longer tables behind charts and tiles, which paper has in its appendix."""
    blocks = [b for b in _all_blocks(brief) if isinstance(b, (Chart, TileFigure))]
    shown = [b.details for b in blocks if not (b.is_extra if isinstance(b, TileFigure) else b.details_at)]
    return tuple(dict.fromkeys(table for table in shown if table is not None and len(table.rows) > _SHORT_ROWS))


def short_tiles(brief: Brief) -> tuple[TileFigure, ...]:
    """The tiles of the sections, whose notes and tables stand in the appendix."""
    first = [brief.lead.picture] if isinstance(brief.lead.picture, TileFigure) else []
    return tuple(b for b in (*first, *_blocks(brief.sections)) if isinstance(b, TileFigure) and b.details is None)


def policy(styles: list[str], scripts: list[str]) -> str:
    """The content security policy: pictures from data URIs, and just these styles and scripts, by their hashes."""
    return (
        f"default-src 'none'; img-src data:; font-src data:; style-src {' '.join(map(_hash, styles))}; "
        f"script-src {' '.join(map(_hash, scripts))}; base-uri 'none'; form-action 'none'"
    )


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates' environment: escaping always on, an unknown name is an error."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: asset(f"templates/{name}")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        kind=lambda block: type(block).__name__,
        data_uri=data_uri,
        jpeg_uri=_jpeg_uri,
        svg_uri=_svg_uri,
        json_block=_json_block,
        file_uri=_file_uri,
        sentence=_sentence,
    )
    return made


@lru_cache(maxsize=16)
def asset(name: str) -> str:
    """A text file packaged with this room."""
    return _HERE.joinpath(name).read_text(encoding="utf-8")


def style() -> str:
    """The style sheet of the brief's blocks."""
    return "".join(asset(f"templates/{name}.css") for name in ("brief", "swipe", "figures", "dark"))


def script() -> str:
    """The script of the brief's blocks, maps apart."""
    return "".join(asset(f"templates/{name}.js") for name in ("swipe", "figures", "brief"))


@lru_cache(maxsize=1)
def paper_fonts() -> str:
    """Font faces for paper, inside the page, so that a PDF is the same on every machine and has its Hangul."""
    made = []
    for family, weight, data in (
        ("DejaVu Sans", 400, Path(font_manager.findfont("DejaVu Sans")).read_bytes()),
        ("DejaVu Sans", 700, Path(font_manager.findfont("DejaVu Sans:bold")).read_bytes()),
        (HANGUL, 400, hangul_font().read_bytes()),
    ):
        source = f"data:font/otf;base64,{base64.b64encode(data).decode()}"
        made.append(f'@font-face{{font-family:"{family}";font-weight:{weight};src:url("{source}")}}')
    return "".join(made) + f'html{{font-family:"DejaVu Sans","{HANGUL}",sans-serif}}'


@lru_cache(maxsize=1)
def leaflet_css() -> str:
    """Leaflet's style sheet without the rules that name files beside it."""
    return _OUTSIDE_RULE.sub("", asset("vendor/leaflet/leaflet.css"))


@lru_cache(maxsize=1)
def leaflet_js() -> str:
    """Leaflet's script without the pointer to its source map."""
    return re.sub(r"\n//# sourceMappingURL=.*", "", asset("vendor/leaflet/leaflet.js"))


def data_uri(picture: Picture) -> str:
    """An image as a ``data:`` URI."""
    return f"data:{picture.mime};base64,{base64.b64encode(picture.data).decode()}"


def _jpeg_uri(picture: Picture) -> str:
    """A picture for paper: JPEG goes into a PDF as it is, WebP would grow there. Small ones are enlarged first."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture.data)) as image:
        shown = image.convert("RGB")
        if max(shown.size) > _PAPER_PX:
            shown.thumbnail((_PAPER_PX, _PAPER_PX), Image.Resampling.BOX)
        elif max(shown.size) < 300:
            shown = shown.resize((shown.width * 3, shown.height * 3), Image.Resampling.NEAREST)
        shown.save(out, "JPEG", quality=80, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def _sentence(parts: tuple[str, ...]) -> str:
    """The parts as one list, ready for its full stop."""
    return "; ".join(part.rstrip(". ") for part in parts)


def _svg_uri(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _file_uri(download: Download) -> str:
    return f"data:{download.mime};charset=utf-8,{quote(download.data)}"


def _json_block(document: str) -> Markup:
    """JSON that cannot end the script element it stands in."""
    return Markup(document.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _all_blocks(brief: Brief) -> list[Block]:
    first: list[Block] = [] if brief.lead.picture is None else [brief.lead.picture]
    return [*first, *_blocks((*brief.sections, *brief.appendix))]


def _blocks(sections: tuple[Section, ...]) -> list[Block]:
    return [block for s in sections for block in (*s.blocks, *_blocks(s.parts))]
