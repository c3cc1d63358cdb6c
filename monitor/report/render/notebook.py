"""Pages that show themselves in a notebook: a port's map, a brief, a summary of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from markupsafe import Markup

from monitor.io.atomic import write_bytes
from monitor.report.page.blocks import Cell, MapView, Table
from monitor.report.page.model import Brief
from monitor.report.render.html import asset, environment, leaflet_css, leaflet_js, page, policy

_MAP_CSS = (
    "html,body{margin:0;height:100%;font:14px system-ui,sans-serif}main{position:absolute;inset:0;display:flex;"
    "flex-direction:column}div.map{flex:1 1 auto}p{flex:none;margin:0;max-height:5em;overflow:auto;padding:4px 8px;"
    "color:#4a5560;font-size:12px}.pixelated-overlay{image-rendering:pixelated}"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page that needs nothing but itself: shown in a notebook as a frame, or written to a file.

    Attributes
    ----------
    title : str
        What stands on the frame for those who cannot see it.
    html : str
        The whole document; its policy forbids that anything is fetched.
    height_px : int
        Of the frame.
    """

    title: str
    html: str
    height_px: int = 620

    def _repr_html_(self) -> str:
        """The frame for notebooks; scripts run in it without access to the notebook."""
        return (
            f'<iframe title="{escape(self.title)}" srcdoc="{escape(self.html)}" width="100%" '
            f'height="{self.height_px}" sandbox="allow-scripts allow-downloads" style="border:1px solid #cfd6dc">'
            "</iframe>"
        )

    def write(self, out: Path) -> Path:
        """Write the page as a file, whole or not at all, and return `out`."""
        return write_bytes(out, self.html.encode())


def map_page(view: MapView) -> Page:
    """A port's map as a page of its own."""
    css, scripts = leaflet_css() + asset("templates/figures.css") + _MAP_CSS, [leaflet_js(), asset("templates/map.js")]
    made = (
        environment()
        .get_template("map.html.j2")
        .render(view=view, css=Markup(css), scripts=[Markup(s) for s in scripts], csp=policy([css], scripts))
    )
    return Page(view.alt, str(made))


def brief_page(brief: Brief) -> Page:
    """A brief as a page, the very bytes that `write_html` writes."""
    return Page(f"{brief.header.title}, {brief.header.period}", page(brief, paper=False), 900)


def table_html(caption: str, rows: Sequence[dict[str, object]]) -> str:
    """Rows of plain values as an HTML table without styles, everything escaped; columns are those of the first row."""
    columns = tuple(str(name) for name in rows[0]) if rows else ()
    cells = tuple(tuple(Cell(str(value)) for value in row.values()) for row in rows)
    block = Table(caption, columns, cells, empty="Nothing here yet.")
    template = environment().from_string('{% import "blocks.html.j2" as b with context %}{{ b.table(block) }}')
    return str(template.render(block=block, paper=False, paper_rows=0, short_rows=0))
