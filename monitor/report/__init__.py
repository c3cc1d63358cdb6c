"""From tables and findings to figures, the brief, exports and the evidence bundle.

>>> brief = build_brief(given, archive.read_raster)
>>> write_html(brief, Path("brief.html"))
>>> export(Content(aois, acquisitions, tables, "monitor 1.0"), Path("rajin.gpkg"), format="gpkg")
"""

from monitor.report.build import build_brief
from monitor.report.export.evidence import EvidenceInput, write_evidence
from monitor.report.export.formats import FORMATS, export
from monitor.report.export.layers import Content
from monitor.report.page.model import (
    Brief,
    BriefInput,
    Correction,
    ErrorFigure,
    InputFile,
    Provenance,
    ReadPixels,
    Renderer,
    SceneRecord,
)
from monitor.report.render.html import write_html
from monitor.report.render.pdf import write_pdf

__all__ = [
    "FORMATS",
    "Brief",
    "BriefInput",
    "Content",
    "Correction",
    "ErrorFigure",
    "EvidenceInput",
    "InputFile",
    "Provenance",
    "ReadPixels",
    "Renderer",
    "SceneRecord",
    "build_brief",
    "export",
    "write_evidence",
    "write_html",
    "write_pdf",
]
