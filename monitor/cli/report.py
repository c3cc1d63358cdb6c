"""Commands that derive tables and write what people read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import (
    AoiOption,
    HtmlOption,
    LastOption,
    PeriodArgument,
    PoolOption,
    Session,
    chosen_period,
    command,
    is_period,
    require,
)


@command
def correlate(
    session: Session, period: PeriodArgument = None, last: LastOption = None, pool: PoolOption = None
) -> None:
    """Match detections with AIS; derive dark events, visits, voyages and counts.

    Example: monitor correlate 2023-10
    """
    rows = session.open().correlate(chosen_period(period, last), pool=pool)
    session.print(rows, "\n".join(f"{name}: {number}" for name, number in rows.items()))


@command
def report(
    session: Session,
    aoi: Annotated[str | None, typer.Argument(metavar="[AOI]", help="One port.", show_default="all")] = None,
    period: PeriodArgument = None,
    last: LastOption = None,
    out: HtmlOption = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also write a PDF beside it.")] = False,
) -> None:
    """Write the brief.

    Example: monitor report rajin 2023-W41 --out brief.html
    """
    workspace = session.open()
    ports = sorted(path.stem for path in (workspace.root / "aoi").glob("*.geojson"))
    if aoi and not period and aoi not in ports:
        require(is_period(aoi), f"{aoi!r} is neither a port ({', '.join(ports)}) nor a period such as 2023-10")
        aoi, period = None, aoi
    paths = workspace.report(aoi, chosen_period(period, last), out=out, pdf=pdf)
    session.print_paths(paths)


@command
def export(
    session: Session,
    out: Annotated[Path, typer.Option("--out", help="The file (or, for csv and stac, folder) to write.")],
    format: Annotated[  # noqa: A002
        str, typer.Option("--format", help="gpkg, geojson, geoparquet, kml, csv or stac.")
    ] = "gpkg",
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Also links of stays that were not chosen.")] = False,
) -> None:
    """Write tables for QGIS and others.

    Example: monitor export --format gpkg --out rajin.gpkg
    """
    chosen = chosen_period(period, last)
    paths = session.open().export(out, format=format, aoi=aoi, period=chosen, all_links=everything)
    session.print_paths(paths)


@command
def evidence(
    session: Session,
    id: Annotated[str, typer.Argument(help="A detection's, event's or finding's id.")],  # noqa: A002
    out: Annotated[Path, typer.Option("--out", help="The zip file to write.")],
) -> None:
    """Pack the chain of custody of one finding or detection.

    Example: monitor evidence rajin_S2A_20231005T021609_R103-00123-00077 --out evidence.zip
    """
    path = session.open().evidence(id, out=out)
    session.print({"path": str(path)}, str(path))


@command
def score(
    session: Session,
    truth: Annotated[Path | None, typer.Option("--truth", help="A season's truth.", show_default="truth/")] = None,
) -> None:
    """Score every output table against a simulated season's truth.

    Example: monitor score --truth season/truth
    """
    sheet = session.open().score(truth)
    session.print(sheet.as_json(), sheet.text())
