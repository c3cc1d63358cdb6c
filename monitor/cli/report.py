"""Commands that make what people look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import LastOption, PeriodArgument, chosen_period, session


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    for command in (correlate, report, export, evidence, score):
        app.command()(command)


def correlate(context: typer.Context, period: PeriodArgument = None, last: LastOption = None) -> None:
    """Match detections with AIS; derive dark events, visits, voyages and counts.

    Example: monitor correlate 2023-10
    """
    to = session(context)
    rows = to.open().correlate(chosen_period(period, last))
    to.tell(rows, "\n".join(f"{name}: {number}" for name, number in rows.items()))


def report(
    context: typer.Context,
    aoi: Annotated[str | None, typer.Argument(metavar="[AOI]", help="One port.", show_default="all")] = None,
    period: PeriodArgument = None,
    last: LastOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="The HTML file to write.")] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also write a PDF beside it.")] = False,
) -> None:
    """Write the brief.

    Example: monitor report rajin 2023-W41 --out brief.html
    """
    to = session(context)
    workspace = to.open()
    if aoi and not period and not (workspace.root / "aoi" / f"{aoi}.geojson").is_file():
        aoi, period = None, aoi
    paths = workspace.report(aoi, chosen_period(period, last), out=out, pdf=pdf)
    to.tell({"paths": [str(path) for path in paths]}, "\n".join(str(path) for path in paths))


def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="The file (or, for csv and stac, folder) to write.")],
    format: Annotated[  # noqa: A002
        str, typer.Option("--format", help="gpkg, geojson, geoparquet, kml, csv or stac.")
    ] = "gpkg",
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: Annotated[str | None, typer.Option("--aoi", help="One port only.", show_default="all")] = None,
) -> None:
    """Write tables for QGIS and others.

    Example: monitor export --format gpkg --out rajin.gpkg
    """
    to = session(context)
    paths = to.open().export(out, format=format, aoi=aoi, period=chosen_period(period, last))
    to.tell({"paths": [str(path) for path in paths]}, "\n".join(str(path) for path in paths))


def evidence(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="A detection's, event's or finding's id.")],  # noqa: A002
    out: Annotated[Path, typer.Option("--out", help="The zip file to write.")],
) -> None:
    """Pack the chain of custody of one finding or detection.

    Example: monitor evidence rajin_S2A_20231005T021609_R103-00123-00077 --out evidence.zip
    """
    to = session(context)
    path = to.open().evidence(id, out=out)
    to.tell({"path": str(path)}, str(path))


def score(
    context: typer.Context,
    truth: Annotated[Path | None, typer.Option("--truth", help="A season's truth.", show_default="truth/")] = None,
) -> None:
    """Score every output table against a simulated season's truth.

    Example: monitor score --truth season/truth
    """
    to = session(context)
    sheet = to.open().score(truth)
    to.tell(sheet.as_json(), sheet.text())
