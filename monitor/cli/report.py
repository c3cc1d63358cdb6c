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
        str, typer.Option("--format", help="gpkg, qgis, geojson, geoparquet, kml, csv or stac.")
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
def figure(
    session: Session,
    id: Annotated[  # noqa: A002
        str,
        typer.Argument(
            help="timeline, PORT, pair-PORT, film-PORT, the id of a scene, detection, event or finding, or the anchor "
            "of a tile in a brief."
        ),
    ],
    png: Annotated[bool, typer.Option("--png", help="Pixels (when nothing else is asked for).")] = False,
    svg: Annotated[bool, typer.Option("--svg", help="Vectors over the pixels.")] = False,
    gif: Annotated[bool, typer.Option("--gif", help="Animation of a pair or film.")] = False,
    mp4: Annotated[bool, typer.Option("--mp4", help="The same as video; needs ffmpeg.")] = False,
    size: Annotated[str, typer.Option("--size", help="wide, square or story.")] = "wide",
    notes: Annotated[Path | None, typer.Option("--notes", help="GeoJSON of arrows and labels.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="Such as 2023-10.", show_default="all")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File name; the format is its suffix.", show_default="ID.png")
    ] = None,
) -> None:
    """Write one figure to publish, with caption, credit and SIMULATED where due.

    A line of the GeoJSON file is an arrow, a point a label; the property text holds the words.

    Example: monitor figure film-rajin --gif --size square --out rajin.gif
    """
    workspace = session.open()
    asked = {"png": png, "svg": svg, "gif": gif, "mp4": mp4}
    forms = [form for form, wanted in asked.items() if wanted] or [out.suffix.lstrip(".") if out else "png"]
    made = workspace.figure(id, size=size, period=chosen_period(period, None), notes=notes)
    target = out or Path(id.replace("/", "_"))
    files = (
        [out]
        if out and len(forms) == 1 and out.suffix == f".{forms[0]}"
        else [target.with_name(f"{target.stem if out else target.name}.{form}") for form in forms]
    )
    session.print_paths([made.write(workspace.outside(file)) for file in files])


@command
def compare(
    session: Session,
    aoi: Annotated[str, typer.Argument(metavar="PORT", help="The port.")],
    before: Annotated[str, typer.Argument(metavar="DATE", help="The earlier date.")],
    after: Annotated[str, typer.Argument(metavar="DATE", help="The later date.")],
    out: HtmlOption = None,
) -> None:
    """Write the swipe of two observations as one HTML file that opens offline.

    Example: monitor compare rajin 2023-10-05 2023-10-10 --out rajin.html
    """
    workspace = session.open()
    page = workspace.compare(aoi, before, after)
    target = out or Path(f"{aoi}_{before}_{after}.html".replace("/", "-"))
    session.print_paths([page.write(workspace.outside(target))])


@command
def bundle(
    session: Session,
    out: Annotated[Path, typer.Option("--out", help="A new folder, or a file that ends in .zip.")],
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    evidence: Annotated[int, typer.Option("--evidence", min=0, help="Dark events whose evidence is packed.")] = 10,
    sign: Annotated[
        Path | None, typer.Option("--sign", help="Secret key of minisign or OpenSSH for the checksums.")
    ] = None,
) -> None:
    """Write brief, figures, tables, layers and evidence, read-only and with checksums, to open offline.

    Example: monitor bundle 2023-10 --out rajin.zip
    """
    chosen = chosen_period(period, last)
    path = session.open().bundle(out, aoi=aoi, period=chosen, evidence=evidence, key=sign)
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
