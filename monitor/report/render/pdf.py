"""The brief as PDF, from the same HTML (extra ``pdf``)."""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from monitor.core.errors import SettingsError
from monitor.io.atomic import write_bytes
from monitor.report.page.model import Brief
from monitor.report.render.html import page


def write_pdf(brief: Brief, out: Path) -> Path:
    """Write a tagged PDF (PDF/UA-1) with the tiles' text alternatives and return `out` (a `Renderer`).

    Nothing is fetched: a reference to anything but data inside the page is refused. The same brief gives the same
    bytes.

    Raises
    ------
    SettingsError
        WeasyPrint, or the Pango library it needs, is not installed.
    """
    weasyprint = _weasyprint()
    fetcher = importlib.import_module("weasyprint.urls").URLFetcher(allowed_protocols=("data",))
    html = weasyprint.HTML(string=page(brief, paper=True), url_fetcher=fetcher)
    with _fixed_font_dates():
        data = html.write_pdf(
            pdf_variant="pdf/ua-1", pdf_identifier=brief.header.digest[:32].encode(), finisher=_scope_headers
        )
    return write_bytes(out, data)


def _scope_headers(_: Any, pdf: Any) -> None:
    """Say of each header cell whether it heads a column or a row (ISO 14289-1, 7.5), which WeasyPrint does not.

    Its id ends in row and column; the first row of each of our tables, on every page, is that of the column headers.
    """
    for part in pdf.objects:
        if isinstance(part, dict) and part.get("S") == "/TH" and "ID" in part:
            row = str(part["ID"].string).split("-")[-2]
            part["A"]["Scope"] = "/Column" if row == "0" else "/Row"


@contextmanager
def _fixed_font_dates() -> Iterator[None]:
    """Within: no date of today in fonts, since fontTools dates what it cuts down unless SOURCE_DATE_EPOCH is set."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = before or "0"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("SOURCE_DATE_EPOCH", None)


def _weasyprint() -> Any:
    """The module, imported here alone since it is heavy and needs libraries of the system."""
    try:
        module = importlib.import_module("weasyprint")
    except (ImportError, OSError) as error:
        raise SettingsError(
            f"PDF needs WeasyPrint and Pango ({error}); pip install 'maritime-monitor[pdf]', or print the HTML from a "
            "browser"
        ) from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return module
