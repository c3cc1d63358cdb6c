"""Commands on AIS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import CsvOption, DatesOption, PoolOption, Session, command, exit_if, order_of
from monitor.cli.printing import LimitOption, first_rows
from monitor.core.timerange import span

_GAP = ("mmsi", "start", "end", "duration_h")
_REACH = ("port_id", "rank", "is_feasible", "by_water", "travel_h", "spare_h", "needed_kn")


@command
def ingest(
    session: Session,
    files: Annotated[list[Path], typer.Argument(help="AIS files of any supported layout; .gz, .zst and .zip too.")],
    start_date: Annotated[
        str | None,
        typer.Option("--start-date", help="Instant of the first sentence, for NMEA files without any time line."),
    ] = None,
    dates: DatesOption = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone", help="Of times that carry none.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take out again what these files gave.")] = False,
) -> None:
    """Read AIS files into positions; report per file what was read and what was rejected, and why.

    Example: monitor ingest AIS_2023_10_*.csv
    """
    if withdraw:
        gone = session.open().withdraw(*files)
        lines = [f"{path}: {'taken out' if path in gone else 'is not in'}" for path in files]
        session.print({"withdrawn": [str(path) for path in gone]}, "\n".join(lines))
        exit_if(len(gone) < len(files))
        return
    report = session.open().ingest(*files, start_date=start_date, dates=order_of(dates), time_zone=time_zone)
    late = session.open().ais.late_scenes()
    note = f"\n{len(late)} scenes will be matched again by `monitor run --due`: {', '.join(late)}" if late else ""
    session.print(report.as_json() | {"late_scenes": list(late)}, report.text() + note)
    exit_if(report.failed)


@command
def gaps(
    session: Session,
    at_least: Annotated[
        str | None,
        typer.Option("--at-least", help="Only silences longer than this.", show_default="the settings', 12h"),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="An instant: silences still open then are listed.")
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="Add what speaks for each being more than bad reception.")
    ] = False,
    calls: Annotated[
        bool, typer.Option("--calls", help="Add whether each left time to call at the ports of aoi/ and be back.")
    ] = False,
    berths: Annotated[bool, typer.Option("--berths", help="The same for each berth.")] = False,
    limit: LimitOption = None,
    out: CsvOption = None,
    pool: PoolOption = None,
) -> None:
    """List AIS gaps. A gap says nothing of intent.

    Example: monitor gaps --at-least 6h --calls --out gaps.csv
    """
    workspace = session.open()
    found = workspace.gaps(at_least=span(at_least) if at_least else None, until=until, pool=pool)
    table, shown = found, [*_GAP, "distance_m", "implied_kn", "is_closed"]
    if rules:
        table = table.merge(workspace.ais.gap_rules(found, pool=pool).drop(columns="mmsi"), on="gap_id")
        shown = [*_GAP, "open_sea", "coastal", "others_during", "own_per_hour", "shore_nmi"]
    if calls or berths:
        reach = workspace.ais.gap_calls(found, berths=berths, pool=pool).drop(columns="mmsi")
        table, shown = table.merge(reach, on="gap_id"), [*(shown if rules else _GAP), *_REACH]
    if out is not None:
        workspace.write_csv(table, out)
    text = f"{len(found)} gaps longer than {at_least or workspace.settings.ais.gap}" + (
        f"; written to {out}" if out else ""
    )
    rows, note = first_rows(table, limit, json=session.json)
    if len(rows) and out is None:
        text = "\n".join([text, rows[shown].to_string(index=False, float_format=_short), *note])
    session.print(rows.to_dict("records"), text)


def _short(value: float) -> str:
    return f"{value:.1f}"
