"""The brief as PDF, from the same HTML (extra ``pdf``)."""

from __future__ import annotations

import importlib
import logging
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
    data = html.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=brief.header.digest[:32].encode())
    return write_bytes(out, data)


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
