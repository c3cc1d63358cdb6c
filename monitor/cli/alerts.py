"""The command on what is told: ``monitor alerts``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import AoiOption, LastOption, PeriodArgument, Session, chosen_period, session

if TYPE_CHECKING:
    import pandas as pd

    from monitor.pipeline.alerts import Waiting
    from monitor.pipeline.outcome import Step


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(alerts)


def alerts(
    context: typer.Context,
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    state: Annotated[str | None, typer.Option("--state", help="new, quiet, old, sent, failed or withdrawn.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send what waits; else it is only printed.")] = False,
) -> None:
    """List what was worth telling and print the messages that wait; nothing is sent without --send.

    Examples: monitor alerts; MONITOR_ALERTS__URLS=ntfy://host/topic monitor alerts --send
    """
    to = session(context)
    workspace = to.open()
    told = workspace.messages()
    step = workspace.send_alerts() if send and told else None
    table = workspace.alerts(aoi, chosen_period(period, last))
    if state is not None:
        table = table[table["state"] == state]
    _tell(to, table, told, step)
    if step is not None and step.failures:
        raise typer.Exit(1)


def _tell(to: Session, table: pd.DataFrame, told: list[Waiting], step: Step | None) -> None:
    document = {
        "alerts": table.astype(object).where(table.notna(), None).to_dict("records"),
        "to_send": [{"alert_id": w.alert["alert_id"], "title": w.message.title, "body": w.message.body} for w in told],
        "sent": None if step is None else step.done,
        "failures": [] if step is None else [{"alert_id": name, "error": why} for name, why in step.failures],
    }
    lines = [_line(row) for row in table.to_dict("records")] or ["no alerts"]
    if step is not None:
        lines += ["", step.text()]
    elif told:
        lines += ["", f"{len(told)} to send; dry run, `monitor alerts --send` sends:"]
        lines += [f"\n{waiting.message.text()}" for waiting in told]
    to.tell(document, "\n".join(lines))


def _line(row: dict[str, object]) -> str:
    simulated = "SIMULATED " if row["is_simulated"] else ""
    word = f" Likelihood: {row['likelihood']}." if row["likelihood"] else ""
    why = f" ({row['error']})" if row["error"] else ""
    when = f"{row['start']:%Y-%m-%d %H:%M}"
    return f"{when}  {row['state']:<9}  {row['rule']:<10}  {simulated}{row['claim']}{word}{why}"
