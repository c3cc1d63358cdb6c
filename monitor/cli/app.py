"""The application: global options, exit codes, and the commands of the other files."""

from __future__ import annotations

import gc
import logging
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli import ais, alerts, flights, imagery, ingest, ledger, operations, report, review, serve, tables
from monitor.cli import workspace as upkeep
from monitor.cli.options import Session, exit_code
from monitor.core.errors import MonitorError

HELP = "Watch ports that go dark: what came and went, how sure we are, and what could not be seen."
EXITS = "Exit codes: 0 all well; 1 some items failed, run again; 2 usage or settings; 3 a bug."

app = typer.Typer(
    name="monitor",
    help=f"{HELP}\n\n{EXITS}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", help="The workspace's folder.", show_default="the current folder")
    ] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Print outcomes as JSON on standard output.")] = False,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Say more: -v progress, -vv all.")] = 0,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Keep what holds for every command."""
    context.obj = Session(workspace, json=json)
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("monitor").setLevel(level)


for commands in (upkeep, imagery, ingest, report, operations, alerts, ledger, flights, review, serve, tables, ais):
    commands.register(app)


_RARELY = 50_000
"""Objects made between two looks for unreachable circles of them."""


def main() -> None:
    """Run a command line and exit with its code.

    A command is short and makes little rubbish in circles: it is looked for more seldom, and not at the end.
    """
    gc.set_threshold(_RARELY, 20, 20)
    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of a command line; errors go to standard error."""
    try:
        app(args=hoisted(arguments))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except MonitorError as error:
        typer.echo(f"error: {error}", err=True)
        return exit_code(error)
    except Exception:  # noqa: BLE001  the last line of defence: a bug is shown whole and gets its own code
        traceback.print_exc()
        typer.echo("This is a bug in monitor; please report it with the lines above.", err=True)
        return 3
    return 0


def hoisted(arguments: list[str]) -> list[str]:
    """The arguments with ``--json`` and ``--workspace`` first, so that they may stand after the command's name too."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--json" or argument.startswith("--workspace="):
            front.append(argument)
        elif argument in ("--workspace", "-w"):
            front += [argument, *([value] if (value := next(waiting, None)) is not None else [])]
        else:
            rest.append(argument)
    return front + rest
