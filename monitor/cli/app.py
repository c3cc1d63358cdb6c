"""The application: global options, exit codes, and the commands of the other files."""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from monitor import __version__
from monitor.cli import (
    ais,
    alerts,
    flights,
    imagery,
    ingest,
    ledger,
    operations,
    report,
    review,
    serve,
    tables,
    weights,
)
from monitor.cli import workspace as upkeep
from monitor.cli.options import Command, Session, command, exit_code
from monitor.core.errors import MonitorError
from monitor.core.text import plain

HELP = "Watch ports that go dark: what came and went, how sure we are, and what could not be seen."
EXITS = "Exit codes: 0 all well; 1 some items failed, run again; 2 usage or settings; 3 a bug."


class _Grouped(TyperGroup):
    """Lists the commands by panel, each with the whole of its first sentence."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a part for each panel, in the order of its first command."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            found = self.get_command(ctx, name)
            if found is not None and not found.hidden:
                panel = getattr(found, "rich_help_panel", "")
                panels.setdefault(str(panel), []).append((name, found.get_short_help_str(limit=_SUMMARY)))
        for panel, rows in panels.items():
            with formatter.section(panel):
                formatter.write_dl(rows)


_SUMMARY = 300
"""Characters after which a summary would be cut; more than any has."""

app = typer.Typer(
    name="monitor",
    cls=_Grouped,
    help=f"{HELP}\n\n{EXITS}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class _PlainFormatter(logging.Formatter):
    """Lines that names out of files cannot colour or move."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return plain(super().format(record))


def _version(value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
@command
def options(
    session: Session,  # noqa: ARG001
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="-v logs progress, -vv everything.")] = 0,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Set up what holds for every command."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_PlainFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("monitor").setLevel(level)
    for name in ("weasyprint", "fontTools"):  # anchors and fonts of a PDF that nobody can correct
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module=r"statsmodels")  # separation, which the rates allow for


_PANELS: dict[str, tuple[Command, ...]] = {
    "Bring in": (
        upkeep.init,
        upkeep.demo,
        upkeep.quickstart,
        imagery.pull,
        ingest.ingest,
        imagery.simulate,
        operations.plan,
    ),
    "Find": (imagery.detect, ingest.gaps, report.correlate, operations.passes, weights.evaluate, weights.train),
    "Answer": (upkeep.status, tables.tables, review.review, serve.serve),
    "Publish": (
        report.report,
        report.figure,
        report.compare,
        report.bundle,
        report.export,
        report.evidence,
        alerts.alerts,
    ),
    "Keep": (upkeep.run, operations.schedule, operations.doctor, upkeep.verify, upkeep.reindex, report.score),
}
"""The commands by what they are for, as the help lists them."""
_GROUPS = {"Find": (weights.group,), "Answer": (ledger.group, flights.group, ais.group)}

for panel, functions in _PANELS.items():
    for function in functions:
        app.command(rich_help_panel=panel)(function)
for panel, groups in _GROUPS.items():
    for group in groups:
        app.add_typer(group, rich_help_panel=panel)


def main() -> None:
    """Run a command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of a command line; errors go to standard error."""
    try:
        app(args=arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except MonitorError as error:
        typer.echo(plain(f"error: {error}"), err=True)
        return exit_code(error)
    except Exception:  # noqa: BLE001  the last line of defence: a bug is shown whole and gets its own code
        traceback.print_exc()
        typer.echo("This is a bug in monitor; please report it with the lines above.", err=True)
        return 3
    return 0
