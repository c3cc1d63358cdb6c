"""Commands on what others saw: ``monitor ledger``, ``monitor ledger add``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import AoiOption, LastOption, chosen_period, require, session

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = ("matched", "external_only", "monitor_only", "not_observable", "not_comparable")

group = typer.Typer(
    name="ledger",
    help="What others published or saw, beside what we saw and never mixed with it.",
    invoke_without_command=True,
)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group)


@group.callback()
def ledger(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", help="2023-08-01/2023-11-01, 2023-10 or a day.")] = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    verdict: Annotated[str | None, typer.Option("--verdict", help=f"One of: {', '.join(VERDICTS)}.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A CSV file to write.")] = None,
) -> None:
    """Compare what others published, and your own sightings, with what was seen here.

    Examples: monitor ledger --period 2023-10; monitor ledger --verdict external_only --out ledger.csv
    """
    if context.invoked_subcommand is not None:
        return
    require(verdict is None or verdict in VERDICTS, f"{verdict!r}: use one of {', '.join(VERDICTS)}")
    to = session(context)
    workspace = to.open()
    table = workspace.ledger(aoi, chosen_period(period, last))
    if verdict is not None:
        table = table[table["verdict"] == verdict].reset_index(drop=True)
    made_up = workspace.context().is_simulated
    document: dict[str, object] = {"simulated": made_up, "rows": table.to_dict("records")}
    lines = [_head(table, simulated=made_up), *(_line(row) for row in table.to_dict("records"))]
    if out is not None:
        path = str(workspace.write_csv(table.assign(is_simulated=made_up), out))
        document, lines = {**document, "path": path}, [lines[0], path]
    to.tell(document, "\n".join(lines))


@group.command()
def add(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="CSV: date, port, event, source, confidence, and more.")],
) -> None:
    """Take in your own sightings; they stand beside our detections as evidence with a source.

    Example: monitor ledger add sightings.csv
    """
    to = session(context)
    taken = to.open().add_sightings(*files)
    to.tell(taken, "\n".join(f"{name}: {number} sightings" for name, number in taken.items()))


def _head(table: pd.DataFrame, *, simulated: bool) -> str:
    counts = table["verdict"].value_counts()
    tally = ", ".join(f"{word} {int(counts[word])}" for word in VERDICTS if word in counts) or "nothing to compare"
    note = "SIMULATED here against real statements of others: neither agreement nor disagreement means anything.\n"
    return (note if simulated else "") + tally


def _line(row: dict[str, object]) -> str:
    what = f"{row['event']} {row['vessel']}".strip() or "a stay of ours"
    where = f"{row['port']}, {row['berth']}" if row["berth"] else str(row["port"])
    return f"{row['start']:%Y-%m-%d}  {row['verdict']:<14}  {row['origin']:<9}  {where}: {what} — {row['reason']}"
