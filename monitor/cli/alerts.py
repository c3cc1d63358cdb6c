"""The command on alerts: ``monitor alerts``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import AoiOption, LastOption, PeriodArgument, Session, chosen_period, command, exit_if, require
from monitor.cli.printing import LimitOption, first_rows

if TYPE_CHECKING:
    import pandas as pd

    from monitor.pipeline.alerts import Waiting
    from monitor.pipeline.outcome import Step


@command
def alerts(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    state: Annotated[str | None, typer.Option("--state", help="new, quiet, old, sent, failed or withdrawn.")] = None,
    limit: LimitOption = None,
    send: Annotated[bool, typer.Option("--send", help="Send what waits; else it is only printed.")] = False,
) -> None:
    """List the alerts and print the messages that wait; nothing is sent without --send.

    Examples: monitor alerts; MONITOR_ALERTS__URLS=ntfy://host/topic monitor alerts --send
    """
    from monitor.store.alerts import STATES

    require(state is None or state in STATES, f"no state {state!r} of alerts; there are {', '.join(STATES)}")
    workspace, chosen = session.open(), chosen_period(period, last)

    def listed() -> pd.DataFrame:
        table = workspace.alerts(aoi, chosen)
        return table if state is None else table[table["state"] == state]

    waiting = workspace.messages(listed())
    step = workspace.send_alerts(listed()) if send and waiting else None
    table, note = first_rows(listed(), limit, json=session.json)
    session.print(_document(table, waiting, step), _text(table, waiting, step, note))
    exit_if(step is not None and step.failures)


def _document(table: pd.DataFrame, waiting: list[Waiting], step: Step | None) -> dict[str, object]:
    messages = [(each.alert["alert_id"], each.message) for each in waiting]
    failures = [] if step is None else step.failures
    return {
        "alerts": table.astype(object).where(table.notna(), None).to_dict("records"),
        "to_send": [{"alert_id": name, "title": message.title, "body": message.body} for name, message in messages],
        "sent": None if step is None else step.done,
        "failures": [{"alert_id": name, "error": why} for name, why in failures],
    }


def _text(table: pd.DataFrame, waiting: list[Waiting], step: Step | None, note: list[str]) -> str:
    lines = [*(_line(row) for row in table.to_dict("records")), *note] or ["no alerts"]
    if step is not None:
        lines += ["", step.text()]
    elif waiting:
        lines += ["", f"{len(waiting)} to send; dry run, `monitor alerts --send` sends:"]
        lines += [f"\n{each.message.text()}" for each in waiting]
    return "\n".join(lines)


def _line(row: dict[str, object]) -> str:
    from monitor.core.wording import minute

    simulated = "SIMULATED " if row["is_simulated"] else ""
    word = f" Likelihood: {row['likelihood']}." if row["likelihood"] else ""
    why = f" ({row['error']})" if row["error"] else ""
    when = minute(row["start"]).removesuffix(" UTC")
    return f"{when}  {row['state']:<9}  {row['rule']:<10}  {simulated}{row['claim']}{word}{why}"
