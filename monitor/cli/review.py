"""The command that records what a person decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import AoiOption, Session, command, require
from monitor.cli.printing import LimitOption, first_rows

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("subject", "kind", "aoi_id", "at", "claim", "likelihood", "decision", "who")


@command
def review(
    session: Session,
    id: Annotated[  # noqa: A002
        str | None, typer.Argument(metavar="[ID]", help="A detection's, event's or finding's id.", show_default="list")
    ] = None,
    decision: Annotated[
        str | None, typer.Argument(metavar="[DECISION]", help="keep, reject, fixed or unsure.", show_default=False)
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Why; it stands in the brief's corrections.")] = "",
    who: Annotated[str, typer.Option("--who", help="Who decides.", show_default="your login")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take back your last decision, or your last one of ID.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write labelled scene folders, for `monitor train`.")
    ] = None,
    aoi: AoiOption = None,
    everything: Annotated[bool, typer.Option("--all", help="List detections and what has a decision, too.")] = False,
    limit: LimitOption = None,
) -> None:
    """List what there is to review, decide on it, take a decision back, or export labels.

    Examples: monitor review; monitor review ID reject --note "a crane"; monitor review --undo; monitor review --export
    labels
    """
    workspace = session.open()
    if export is not None:
        require(not (id or undo), "review --export takes no ID and no --undo")
        session.print_paths(workspace.reviews.export(export))
    elif undo:
        require(not decision, "review --undo takes no decision")
        made = workspace.reviews.undo(id or "", who=who)
        session.print({"undone": made.undoes, "subject": made.subject}, f"{made.subject}: the decision was taken back")
    elif id is not None:
        require(decision, "review ID needs a decision: keep, reject, fixed or unsure")
        assert decision is not None
        kept = workspace.review(id, decision, note=note, who=who)
        answer = {"review": kept.id, "subject": kept.subject, "decision": kept.decision, "who": kept.who}
        session.print(answer, f"{kept.subject}: {kept.decision}, by {kept.who}")
    else:
        _list(session, workspace.reviews.queue(aoi), everything=everything, limit=limit)


def _list(session: Session, queue: pd.DataFrame, *, everything: bool, limit: int | None) -> None:
    listed = queue if everything else queue[(queue["decision"] == "") & (queue["kind"] != "detection")]
    decided = int((queue["decision"] != "").sum())
    shown, note = first_rows(listed, limit, json=session.json)
    head = f"{len(listed)} listed; {decided} of {len(queue)} findings and detections have a decision"
    rows = [{name: row[name] for name in _COLUMNS} for row in shown.to_dict("records")]
    session.print({"items": rows, "decided": decided, "of": len(queue)}, "\n".join([head, *_lines(shown), *note]))


def _lines(shown: pd.DataFrame) -> list[str]:
    return [
        f"{row['decision'] or '-':7} {row['subject']}\n        {row['claim']}"
        + (f" Likelihood: {row['likelihood']}." if row["likelihood"] else "")
        for row in shown.to_dict("records")
    ]
