"""What the commands share: the session, options, printing, exit codes."""

from __future__ import annotations

import functools
import inspect
import json as jsonlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from monitor.cli.printing import echo
from monitor.cli.progress import bars
from monitor.core.errors import DataError, MonitorError, SettingsError, SourceError
from monitor.core.text import plain
from monitor.core.timerange import TimeRange

if TYPE_CHECKING:
    from monitor.core.instants import Order
    from monitor.core.parallel import Outcome
    from monitor.workspace.workspace import Workspace

Command = Callable[..., None]

PeriodArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[PERIOD]", help="2023-08-01/2023-11-01, 2023, 2023-10, 2023-W41 or a day.", show_default=False
    ),
]
LastOption = Annotated[str | None, typer.Option("--last", help="Instead of PERIOD: 30d, 12h or 2w until now.")]
AoiOption = Annotated[str | None, typer.Option("--aoi", help="One port only.", show_default="all")]
PoolOption = Annotated[
    str | None, typer.Option("--pool", help="threads:N, processes:N or dask://HOST:PORT.", show_default="none")
]
CsvOption = Annotated[Path | None, typer.Option("--out", help="Write the table as CSV.")]
HtmlOption = Annotated[Path | None, typer.Option("--out", help="The HTML file to write.")]
WeightsOption = Annotated[str | None, typer.Option("--weights", help="Weights: a name, a .onnx or .pt, or a folder.")]
ThresholdOption = Annotated[float | None, typer.Option("--threshold", min=0, max=1, help="Lowest score.")]
DatesOption = Annotated[
    Literal["day-first", "month-first"] | None,
    typer.Option("--dates", help="Order of dates such as 10/11/2023, where a file does not show it."),
]
_WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", "-w", help="The workspace's folder.", show_default="the current folder")
]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print outcomes as JSON on standard output.")]


def order_of(dates: Literal["day-first", "month-first"] | None) -> Order | None:
    """What `DatesOption` says, in the words of the library."""
    return {"day-first": "day first", "month-first": "month first"}[dates] if dates else None  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Session:
    """What every command is given.

    Attributes
    ----------
    folder : Path
        The workspace's.
    json : bool
        Whether outcomes are printed as JSON.
    subcommand : str
        In the function of a group: the command that runs after it; "" for none.
    """

    folder: Path = Path()
    json: bool = False
    subcommand: str = ""

    def open(self) -> Workspace:
        """The workspace in the session's folder."""
        from monitor.workspace.workspace import Workspace

        return Workspace.open(self.folder)

    def print(self, document: object, text: str) -> None:
        """Print the document as JSON if that was asked for, else the text."""
        encoded = jsonlib.dumps(_json_ready(document), default=str, ensure_ascii=False) if self.json else text
        echo(plain(encoded))

    def print_paths(self, paths: Sequence[Path]) -> None:
        """Print the files that were written, one a line."""
        names = [str(path) for path in paths]
        self.print({"paths": names}, "\n".join(names))


def _json_ready(value: object) -> object:
    """The value with instants as in every file that is written, and null for what is missing: NaN is no JSON."""
    from monitor.io.geojson import json_value

    if isinstance(value, Mapping):
        return {str(key): _json_ready(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json_ready(inner) for inner in value]
    return json_value(value)


def command(function: Command) -> Command:
    """The command (or a group's callback) that a function of a `Session` is.

    It has the function's own options, and ``--workspace`` and ``--json``. Those two may stand before the command's
    name as well as after it; a folder given later replaces one given earlier.
    """
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    own = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]

    @functools.wraps(function)
    def run(context: typer.Context, *, workspace: Path | None, json: bool, **given: Any) -> None:
        outer = context.obj if isinstance(context.obj, Session) else Session()
        context.obj = Session(
            folder=workspace or outer.folder, json=json or outer.json, subcommand=context.invoked_subcommand or ""
        )
        with bars(context.info_name or ""):
            function(context.obj, **given)

    shared = [_parameter("workspace", _WorkspaceOption, None), _parameter("json", _JsonOption, default=False)]
    signature = inspect.Signature([_parameter("context", typer.Context), *own, *shared])
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    return run


def _parameter(name: str, annotation: object, default: object = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


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


def is_period(text: str) -> bool:
    """Whether a text is a period."""
    try:
        TimeRange.parse(text)
    except DataError:
        return False
    return True


def exit_code(error: MonitorError) -> int:
    """2 for what the user must change, 1 for what may work later."""
    return 1 if isinstance(error, SourceError) else 2


def print_outcomes(
    session: Session, name: str, outcomes: Sequence[Outcome[object, object]], *, left_out: Sequence[str] = ()
) -> None:
    """Print one line an item, and one on what was left out; exit 1 when any failed."""
    rows = [
        {
            "item": _label(o.item),
            "ok": o.ok,
            "value": None if o.value is None else str(o.value),
            "error": None if o.error is None else str(o.error),
        }
        for o in outcomes
    ]
    failed = [row for row in rows if not row["ok"]]
    done = len(rows) - len(failed)
    lines = [f"{name}: {done} done, {len(failed)} failed" if rows else f"{name}: nothing to do"]
    lines += [f"  failed {row['item']}: {row['error']}" for row in failed]
    lines += [f"  left out: {', '.join(left_out)}"] if left_out else []
    document = {"command": name, "done": done, "failed": len(failed), "items": rows}
    session.print({**document, **({"left_out": left_out} if left_out else {})}, "\n".join(lines))
    exit_if(failed)


def _label(item: object) -> str:
    first = item[0] if isinstance(item, tuple) and item else item
    return str(getattr(first, "id", first))


def exit_if(failed: object) -> None:
    """Exit with code 1 when some items failed."""
    if failed:
        raise typer.Exit(1)


def require(condition: object, message: str) -> None:
    """Stop with exit code 2 and a message unless the condition holds."""
    if not condition:
        raise SettingsError(message)
