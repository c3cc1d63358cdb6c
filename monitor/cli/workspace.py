"""Commands that make, run and maintain a workspace."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from monitor.cli.options import PoolOption, Session, command, exit_if, require
from monitor.core.text import plain


@command
def init(
    session: Session,
    folder: Annotated[Path | None, typer.Argument(help="Where.", show_default="the current folder")] = None,
    port: Annotated[
        list[Path] | None,
        typer.Option("--port", help="Your own place: GeoJSON, KML, KMZ, GeoPackage or Shapefile; may repeat."),
    ] = None,
    kind: Annotated[
        Literal["port", "depot", "railyard", "terminal"] | None,
        typer.Option("--kind", help="What the place of --port is: its file gets the zones to draw as a comment."),
    ] = None,
    beside: Annotated[
        list[str] | None, typer.Option("--with", help="A shipped place to watch as well: tikhoretsk; may repeat.")
    ] = None,
) -> None:
    """Make a new workspace: monitor.toml, ports, an empty archive.

    Examples: monitor init watch; monitor init watch --port siding.geojson --kind depot; monitor init --with tikhoretsk
    """
    from monitor.workspace.workspace import Workspace

    made = Workspace.create(folder or session.folder, ports=port or (), kind=kind or "", beside=beside or ())
    places = made.places()
    lines = [f"{made.root}: ready; set [source] in {made.root / 'monitor.toml'}"]
    lines += [f"{place.id}: {place.text}" for place in places]
    lines += [f"{place.id}: draw next {place.draw_next}" for place in places if place.draw_next]
    session.print({"workspace": str(made.root), "places": [place.as_row() for place in places]}, "\n".join(lines))


@command
def demo(
    session: Session,
    folder: Annotated[Path, typer.Argument(help="A folder for the demonstration.")] = Path("demo"),
    pool: PoolOption = "threads:2",
) -> None:
    """Run the whole job on the embedded simulated season and print the brief's path.

    Example: monitor demo
    """
    from monitor.workspace.workspace import Workspace

    session.print_paths(Workspace.demo(folder, pool=pool, progress=_progress))


@command
def quickstart(
    session: Session,
    place: Annotated[str, typer.Argument(help="A shipped port, such as rajin.")] = "rajin",
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where its workspace goes.", show_default="the port's name")
    ] = None,
    port: Annotated[
        Path | None, typer.Option("--port", help="Your own port instead: GeoJSON, KML, KMZ, GeoPackage or Shapefile.")
    ] = None,
    last: Annotated[str, typer.Option("--last", help="How far back passes are fetched.")] = "30d",
    radar: Annotated[bool, typer.Option("--radar", help="Sentinel-1 as well.")] = False,
    pool: PoolOption = "threads:4",
) -> None:
    """Fetch real passes over a port from an open catalog, without an account, and write a first brief.

    Examples: monitor quickstart rajin; monitor quickstart --port gdynia.geojson --last 60d
    """
    from monitor.workspace.workspace import Workspace

    chosen = port or place
    target = folder or Path(port.stem if port else place)
    result = Workspace.quickstart(chosen, target, last=last, radar=radar, pool=pool, progress=_progress)
    session.print(result.as_json(), "\n".join(result.briefs) or "no new brief")
    exit_if(result.failed)


@command
def run(
    session: Session,
    due: Annotated[bool, typer.Option("--due", help="Do what is due: the whole job, and nothing twice.")] = False,
    pool: PoolOption = None,
) -> None:
    """Pull, detect, ingest, correlate and report what is missing.

    Example: monitor run --due
    """
    require(due, "run needs --due: it does what is due and nothing twice")
    result = session.open().run(pool=pool, progress=_progress if session.json else _step)
    session.print(result.as_json(), "\n".join(result.briefs) or "no new brief")
    exit_if(result.failed)


@command
def status(session: Session) -> None:
    """Print what is there: scenes by port and sensor, and positions.

    Example: monitor status
    """
    found = session.open().status()
    session.print(found.as_json(), found.text())


@command
def reindex(session: Session) -> None:
    """Rebuild the index from the files.

    Example: monitor reindex
    """
    number = session.open().reindex()
    session.print({"scenes": number}, f"{number} scenes indexed")


@command
def verify(session: Session) -> None:
    """Compare every file of the archive with its checksum; exits 1 when any is damaged.

    Example: monitor verify
    """
    found = session.open().verify()
    session.print(found.as_json(), found.text())
    exit_if(found.damaged)


def _progress(line: str) -> None:
    """Print a line of progress on standard error."""
    typer.echo(plain(line), err=True)


def _step(line: str) -> None:
    """Print what a step did on standard output, once, as soon as it is done."""
    typer.echo(plain(line))
    sys.stdout.flush()
