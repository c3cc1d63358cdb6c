"""What the commands share: the session, options, printing, exit codes."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.core.errors import DataError, MonitorError, SettingsError, SourceError
from monitor.core.timerange import TimeRange

if TYPE_CHECKING:
    from monitor.core.parallel import Outcome
    from monitor.workspace.workspace import Workspace

PeriodArgument = Annotated[
    str | None,
    typer.Argument(metavar="[PERIOD]", help="2023-08-01/2023-11-01, 2023-10, 2023-W41 or a day.", show_default=False),
]
LastOption = Annotated[str | None, typer.Option("--last", help="Instead of PERIOD: 30d, 12h or 2w until now.")]
AoiOption = Annotated[str | None, typer.Option("--aoi", help="One port only.", show_default="all")]
PoolOption = Annotated[
    str | None, typer.Option("--pool", help="threads:N, processes:N or dask://HOST:PORT.", show_default="none")
]


@dataclass(frozen=True, slots=True)
class Session:
    """What was said before the command's name."""

    folder: Path
    json: bool = False

    def open(self) -> Workspace:
        """The workspace in the session's folder."""
        from monitor.workspace.workspace import Workspace

        return Workspace.open(self.folder)

    def tell(self, document: object, text: str) -> None:
        """Print JSON when asked for, text otherwise."""
        typer.echo(jsonlib.dumps(document, default=str, ensure_ascii=False) if self.json else text)


def session(context: typer.Context) -> Session:
    """The session of a command."""
    return context.obj if isinstance(context.obj, Session) else Session(Path())


def chosen_period(period: str | None, last: str | None) -> TimeRange | None:
    """The period asked for; None when none was.

    Raises
    ------
    DataError
        Both were given, or the text is no period.
    """
    if period and last:
        raise DataError("give PERIOD or --last, not both")
    if last:
        return TimeRange.last(last, now=datetime.now(UTC))
    return TimeRange.parse(period) if period else None


def exit_code(error: MonitorError) -> int:
    """2 for what the user must change, 1 for what may work later."""
    return 1 if isinstance(error, SourceError) else 2


def tell_outcomes(to: Session, what: str, outcomes: Sequence[Outcome[object, object]]) -> None:
    """Print one line an item and exit 1 when any failed."""
    rows = [
        {
            "item": _label(o.item),
            "ok": o.ok,
            "value": None if o.value is None else str(o.value),
            "error": _text(o.error),
        }
        for o in outcomes
    ]
    failed = [row for row in rows if not row["ok"]]
    done = len(rows) - len(failed)
    lines = [f"{what}: {done} done, {len(failed)} failed" if rows else f"{what}: nothing to do"]
    lines += [f"  failed {row['item']}: {row['error']}" for row in failed]
    to.tell({"command": what, "done": done, "failed": len(failed), "items": rows}, "\n".join(lines))
    if failed:
        raise typer.Exit(1)


def _label(item: object) -> str:
    first = item[0] if isinstance(item, tuple) and item else item
    return str(getattr(first, "id", first))


def _text(error: MonitorError | None) -> str | None:
    return None if error is None else str(error)


def require(condition: object, message: str) -> None:
    """Stop with exit code 2 and a message unless the condition holds."""
    if not condition:
        raise SettingsError(message)
