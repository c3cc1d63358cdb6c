"""Commands on what others reported: ``monitor ledger``, ``monitor ledger add``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import AoiOption, CsvOption, LastOption, Session, chosen_period, command, require
from monitor.cli.printing import LimitOption, first_rows

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = ("matched", "external_only", "monitor_only", "not_observable", "not_comparable")

group = typer.Typer(
    name="ledger",
    help="What others published or reported, beside what was observed here and never mixed with it.",
    invoke_without_command=True,
)


@group.callback()
@command
def ledger(
    session: Session,
    period: Annotated[str | None, typer.Option("--period", help="2023-08-01/2023-11-01, 2023-10 or a day.")] = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    verdict: Annotated[str | None, typer.Option("--verdict", help=f"One of: {', '.join(VERDICTS)}.")] = None,
    limit: LimitOption = None,
    out: CsvOption = None,
) -> None:
    """Compare what others published, and your own sightings, with what was observed here.

    Examples: monitor ledger --period 2023-10; monitor ledger --verdict external_only --out ledger.csv
    """
    if session.subcommand:
        return
    require(verdict is None or verdict in VERDICTS, f"{verdict!r}: use one of {', '.join(VERDICTS)}")
    workspace = session.open()
    table = workspace.ledger(aoi, chosen_period(period, last))
    if verdict is not None:
        table = table[table["verdict"] == verdict].reset_index(drop=True)
    simulated = workspace.context().is_simulated
    rows, note = first_rows(table, limit, json=session.json)
    document: dict[str, object] = {"simulated": simulated, "rows": rows.to_dict("records")}
    lines = [_head(table, simulated=simulated), *(_line(row) for row in rows.to_dict("records")), *note]
    if out is not None:
        path = str(workspace.write_csv(table.assign(is_simulated=simulated), out))
        document, lines = {**document, "path": path}, [lines[0], path]
    session.print(document, "\n".join(lines))


@group.command()
@command
def add(
    session: Session,
    files: Annotated[list[Path], typer.Argument(help="CSV: date, port, event, source, confidence, and more.")],
) -> None:
    """Add your own sightings; they stand beside our detections as evidence with a source.

    Example: monitor ledger add sightings.csv
    """
    added = session.open().add_sightings(*files)
    session.print(added, "\n".join(f"{name}: {number} sightings" for name, number in added.items()))


def _head(table: pd.DataFrame, *, simulated: bool) -> str:
    counts = table["verdict"].value_counts()
    tally = ", ".join(f"{word} {int(counts[word])}" for word in VERDICTS if word in counts) or "nothing to compare"
    note = "SIMULATED observations against real reports of others: neither agreement nor disagreement means anything.\n"
    return (note if simulated else "") + tally


def _line(row: dict[str, object]) -> str:
    what = f"{row['event']} {row['vessel']}".strip() or "a visit seen here"
    where = f"{row['port']}, {row['berth']}" if row["berth"] else str(row["port"])
    return f"{row['start']:%Y-%m-%d}  {row['verdict']:<14}  {row['origin']:<9}  {where}: {what} — {row['reason']}"
