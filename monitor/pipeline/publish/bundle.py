"""Everything behind a brief in one folder or zip that opens offline."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from monitor.core.errors import DataError
from monitor.core.tables import DARK_EVENTS
from monitor.core.timerange import TimeRange
from monitor.pipeline import snapshot
from monitor.pipeline.aviation.derive import flights
from monitor.pipeline.context import Context
from monitor.pipeline.export import exported, pack_evidence
from monitor.pipeline.publish.figure import standard_figures
from monitor.pipeline.publish.signing import Signer
from monitor.pipeline.report import brief_input, compose
from monitor.report.export.bundle import CHECKSUMS, checksums, write_bundle
from monitor.report.export.formats import export, flat_tables, safe_csv
from monitor.report.export.spreadsheet import workbook
from monitor.report.figures.encode import Figure
from monitor.report.page.wording import SIMULATED_LINE
from monitor.report.render.html import page

_README = """{title}
{note}
brief.html             the brief; its links to a section or figure are #anchors and stay
figures/               figures with caption and credit, PNG and SVG
tables/tables.xlsx     every table; tables/*.csv are the same, one by one
gis/layers.gpkg        every layer; open gis/layers.qgz in QGIS 3.22 or newer
evidence/              the chain of custody of the likeliest dark events, {events} of {all}
{checksums}             check with: sha256sum -c {checksums}
{signed}
Everything opens without a network. Made by {software}.
"""


def make_bundle(context: Context, period: TimeRange, out: Path, *, evidence: int, key: Path | None = None) -> Path:
    """Write the bundle of the context's ports over a period; the zip or folder.

    Parameters
    ----------
    context : Context
        Its ports.
    period : TimeRange
        What it is about.
    out : Path
        A zip when its name ends so, else a new folder.
    evidence : int
        Of how many dark events, the likeliest first, the evidence is packed.
    key : Path, optional
        A secret key of minisign or OpenSSH to sign the checksums with; it is tried before anything is made.

    Raises
    ------
    DataError
        The folder is there already, or the key cannot be used.
    ArchiveError
        It cannot be written.
    """
    if out.suffix.lower() != ".zip" and out.exists():
        raise DataError(f"{out}: is there already, and a bundle is never changed; give a new name")
    signer = None if key is None else Signer.open(key)
    tables = snapshot.read(context)
    given = brief_input(context, tables, period)
    made = compose(context, given, tables, flights(context.archive))
    members = {"brief.html": page(made, paper=False).encode()}
    for name, figure in standard_figures(context, period).items():
        members |= {f"figures/{name}.{form}": Figure(figure).encoded(form) for form in ("png", "svg")}
    members |= _tables(context, period)
    dark = given.tables.within(period)[DARK_EVENTS]
    dark = dark[dark["status"] == "dark"].sort_values(["probability", "event_id"], ascending=[False, True])
    packed = [str(event) for event in dark["event_id"].head(evidence)]
    members |= _evidence(context, packed)
    members["README.txt"] = _README.format(
        title=f"{made.header.title}: {made.header.ports}, {made.header.period}",
        note=f"\n{SIMULATED_LINE}\n" if given.is_simulated else "",
        events=len(packed),
        all=len(dark),
        checksums=CHECKSUMS,
        signed="" if signer is None else f"{CHECKSUMS}.*        the signature of the checksums\n",
        software=given.provenance.software,
    ).encode()
    sums = checksums(members)
    signature = {} if signer is None else signer.signed(CHECKSUMS, sums)
    return write_bundle(members | {CHECKSUMS: sums} | signature, out)


def _tables(context: Context, period: TimeRange) -> dict[str, bytes]:
    content = exported(context, period)
    flat = flat_tables(content)
    made = {f"tables/{name}.csv": safe_csv(table) for name, table in flat.items()}
    made["tables/tables.xlsx"] = workbook(flat)
    with tempfile.TemporaryDirectory() as folder:
        for path in export(content, Path(folder) / "layers.gpkg", format="qgis"):
            made[f"gis/{path.name}"] = path.read_bytes()
    return made


def _evidence(context: Context, events: list[str]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        names = {event: f"{re.sub(r'[^A-Za-z0-9._-]', '_', event)}.zip" for event in events}
        return {
            f"evidence/{name}": pack_evidence(context, event, Path(folder) / name).read_bytes()
            for event, name in names.items()
        }
