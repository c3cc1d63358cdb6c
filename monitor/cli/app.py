"""The application: global options, exit codes, and the commands of the other files."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli import ais, alerts, flights, imagery, ingest, ledger, operations, report, review, serve, tables
from monitor.cli import workspace as upkeep
from monitor.cli.options import Session, command, exit_code
from monitor.core.errors import MonitorError
from monitor.core.text import plain

HELP = "Watch ports that go dark: what came and went, how sure we are, and what could not be seen."
EXITS = "Exit codes: 0 all well; 1 some items failed, run again; 2 usage or settings; 3 a bug."

app = typer.Typer(
    name="monitor",
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


for function in (
    upkeep.init,
    upkeep.demo,
    upkeep.run,
    upkeep.status,
    upkeep.reindex,
    upkeep.verify,
    imagery.pull,
    imagery.detect,
    imagery.evaluate,
    imagery.train,
    imagery.simulate,
    ingest.ingest,
    ingest.gaps,
    report.correlate,
    report.report,
    report.export,
    report.evidence,
    report.score,
    operations.passes,
    operations.schedule,
    operations.doctor,
    alerts.alerts,
    review.review,
    serve.serve,
    tables.tables,
):
    app.command()(function)
for group in (ledger.group, flights.group, ais.group):
    app.add_typer(group)


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
