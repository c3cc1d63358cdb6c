"""A port's files: the briefs in reports/ that tell of it, and its tables as a GeoPackage or as CSV."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from monitor.core.errors import DataError
from monitor.serve.cache import PageCache, PageContent

_KINDS = {".html": "text/html", ".pdf": "application/pdf"}
_MIME = {"gpkg": "application/geopackage+sqlite3", "csv": "application/zip"}


@dataclass(frozen=True, slots=True)
class BriefFile:
    """A brief in reports/: its file's name, whether it is of one port alone, its period in words, its size."""

    name: str
    of_port: bool
    period: str
    megabytes: float


def briefs_of(cache: PageCache, content: PageContent, aoi_id: str) -> tuple[BriefFile, ...]:
    """The briefs of a port and those of all ports, the newest period first; empty before the first.

    Parameters
    ----------
    cache : PageCache
        Of the workspace.
    content : PageContent
        The tables as they were read.
    aoi_id : str
        Of the port.
    """
    others = {aoi.id for aoi in content.context.aois} - {aoi_id}
    found = []
    for path in _reports(cache.workspace.root / "reports"):
        subject, *days = path.stem.rsplit("_", 2)
        if subject not in others:
            found.append(BriefFile(path.name, subject == aoi_id, _period(days), path.stat().st_size / 1e6))
    return tuple(sorted(found, key=lambda brief: (brief.period, brief.name), reverse=True))


def file_routes(cache: PageCache) -> APIRouter:
    """The routes of briefs and of exports."""
    router = APIRouter(include_in_schema=False, default_response_class=Response)

    @router.get("/reports/{name}")
    def report(name: str) -> FileResponse:
        """A brief: HTML is shown, a PDF is saved."""
        path = next((p for p in _reports(cache.workspace.root / "reports") if p.name == name), None)
        if path is None:
            raise DataError(f"{name}: no brief of this name in reports/; `monitor report` writes one")
        way = "inline" if path.suffix == ".html" else "attachment"
        return FileResponse(path, media_type=_KINDS[path.suffix], filename=name, content_disposition_type=way)

    @router.get("/downloads/{aoi_id}/{format}")
    def download(aoi_id: str, format: Literal["gpkg", "csv"]) -> Response:  # noqa: A002
        """The tables of one port as `monitor export` writes them, CSV as a zip of one file a table."""
        aoi = cache.now().aoi(aoi_id)
        with TemporaryDirectory() as folder:
            out = Path(folder) / (f"{aoi.id}.gpkg" if format == "gpkg" else aoi.id)
            written = cache.workspace.export(out, format=format, aoi=aoi.id)
            body = written[0].read_bytes() if format == "gpkg" else _zipped(written)
        name = f"{aoi.id}.gpkg" if format == "gpkg" else f"{aoi.id}_csv.zip"
        return Response(
            body, media_type=_MIME[format], headers={"content-disposition": f'attachment; filename="{name}"'}
        )

    return router


def _reports(folder: Path) -> list[Path]:
    """The briefs that lie in the folder itself; a link that leads out of it is none."""
    inside = folder.resolve()
    return [p for p in sorted(folder.glob("*")) if p.suffix in _KINDS and p.is_file() and p.resolve().parent == inside]


def _period(days: list[str]) -> str:
    dates = [f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in days if len(day) == len("20230815") and day.isdigit()]
    return " to ".join(dates) if len(dates) == 2 else ""


def _zipped(files: list[Path]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for path in files:
            made.write(path, path.name)
    return packed.getvalue()
