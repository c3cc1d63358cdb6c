"""From tables and findings to figures, the brief, exports and the evidence bundle.

>>> brief = build_brief(given, archive.read_raster)
>>> write_html(brief, Path("brief.html"))
>>> export(Content(aois, acquisitions, tables, "monitor 1.0"), Path("rajin.gpkg"), format="gpkg")
"""

from monitor.report.build import build_brief
from monitor.report.evidence import EvidenceInput, write_evidence
from monitor.report.exports import FORMATS, export
from monitor.report.html import write_html
from monitor.report.layers import Content
from monitor.report.model import (
    Brief,
    BriefInput,
    Correction,
    ErrorFigure,
    InputFile,
    Provenance,
    ReadPixels,
    Renderer,
    SceneRecord,
    Tables,
)
from monitor.report.pdf import write_pdf

__all__ = [
    "FORMATS", "Brief", "BriefInput", "Content", "Correction", "ErrorFigure", "EvidenceInput", "InputFile",
    "Provenance", "ReadPixels", "Renderer", "SceneRecord", "Tables", "build_brief", "export", "write_evidence",
    "write_html", "write_pdf",
]  # fmt: skip
