"""Values to HTML: the brief's own blocks and style in pages that link to one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from urllib.parse import quote

import jinja2

from monitor.report.page.blocks import Block
from monitor.report.render import html as brief

_HERE = files("monitor.serve")
_SCRIPTS: Mapping[str, Callable[[], str]] = {
    "brief.js": brief.script,
    "map.js": lambda: brief.asset("templates/map.js"),
    "leaflet.js": brief.leaflet_js,
}
_OWN = ("session.js", "review.js", "port.js")


def render_page(name: str, **values: object) -> str:
    """A page from one of this room's templates."""
    return _environment().get_template(name).render(paper=False, **values)


def blocks_html(some: tuple[Block, ...]) -> str:
    """Blocks of a brief as a fragment of HTML, escaped."""
    template = _environment().from_string(
        '{% import "blocks.html.j2" as b with context %}{% for block in some %}{{ b.render(block) }}{% endfor %}'
    )
    return template.render(some=some, paper=False)


@lru_cache(maxsize=16)
def static_file(name: str) -> tuple[str, str] | None:
    """Text and media type of a style sheet or script; None when there is none of that name."""
    if name == "page.css":
        return brief.style() + brief.leaflet_css() + _own("serve.css"), "text/css"
    if name in _SCRIPTS:
        return _SCRIPTS[name](), "text/javascript"
    if name in _OWN:
        return _own(name), "text/javascript"
    return None


def link(*parts: str) -> str:
    """A path of this site from its parts, each escaped."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def warm() -> None:
    """Compile every template and read every asset, so that the first reader does not wait for it."""
    for name in ("home.html.j2", "port.html.j2", "review.html.j2", "evidence.html.j2", "plain.html.j2"):
        _environment().get_template(name)
    for name in (*_SCRIPTS, *_OWN, "page.css"):
        static_file(name)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    made = brief.environment().overlay(loader=jinja2.FunctionLoader(_template))
    made.globals["link"] = link
    return made


def _template(name: str) -> str:
    own = _HERE.joinpath(f"templates/{name}")
    return own.read_text(encoding="utf-8") if own.is_file() else brief.asset(f"templates/{name}")


def _own(name: str) -> str:
    return _HERE.joinpath(f"templates/{name}").read_text(encoding="utf-8")
