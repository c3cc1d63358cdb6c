"""Commands that make, run and observation after a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import PoolOption, require, session


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    for command in (init, demo, run, status, reindex):
        app.command()(command)


def init(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="Where.", show_default="the current folder")] = None,
) -> None:
    """Make a new workspace: monitor.toml, ports, an empty archive.

    Example: monitor init watch
    """
    from monitor.workspace.workspace import Workspace

    to = session(context)
    made = Workspace.create(folder or to.folder)
    to.tell({"workspace": str(made.root)}, f"{made.root}: ready; set [source] in {made.root / 'monitor.toml'}")


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder for the demonstration.")] = Path("demo"),
    pool: PoolOption = None,
) -> None:
    """Run the whole job on the embedded simulated season and print the brief's path.

    Example: monitor demo
    """
    from monitor.workspace.workspace import Workspace

    to = session(context)
    paths = Workspace.demo(folder, pool=pool, progress=lambda line: typer.echo(line, err=True))
    to.tell({"paths": [str(path) for path in paths]}, "\n".join(str(path) for path in paths))


def run(
    context: typer.Context,
    due: Annotated[bool, typer.Option("--due", help="Do what is due: the whole job, and nothing twice.")] = False,
    pool: PoolOption = None,
) -> None:
    """Pull, detect, ingest, correlate and report what is missing.

    Example: monitor run --due
    """
    require(due, "run needs --due: it does what is due and nothing twice")
    to = session(context)
    result = to.open().run(pool=pool, progress=lambda line: typer.echo(line, err=True))
    to.tell(result.as_json(), result.text())
    if result.failed:
        raise typer.Exit(1)


def status(context: typer.Context) -> None:
    """Say what is there.

    Example: monitor status
    """
    to = session(context)
    found = to.open().status()
    to.tell(found.as_json(), found.text())


def reindex(context: typer.Context) -> None:
    """Rebuild the index from the files.

    Example: monitor reindex
    """
    to = session(context)
    number = to.open().reindex()
    to.tell({"scenes": number}, f"{number} scenes indexed")
