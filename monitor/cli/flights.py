"""Commands on aircraft: ``monitor flights ingest``, ``calls``, ``unusual``, ``lists``, ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import LastOption, PeriodArgument, chosen_period, session

_HELP = """Government aircraft at closed airfields, as corroborating evidence.

`monitor run --due` takes what lies in air/; settings stand in [flights] of monitor.toml.

Examples: monitor flights ingest traces/ sightings.csv; monitor flights calls 2024-09 --airfield ZKPY;
monitor flights unusual --events votes.csv --within 3d; monitor flights lists; monitor flights report 2024-09
"""
group = typer.Typer(name="flights", help=_HELP, no_args_is_help=True)
WatchOption = Annotated[
    Path | None,
    typer.Option("--watchlist", help="A CSV of aircraft.", show_default="that of the settings, or the one shipped"),
]
FieldOption = Annotated[str | None, typer.Option("--airfield", help="One airfield, e.g. ZKPY.", show_default="all")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group)


@group.command()
def ingest(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="readsb traces, OpenSky answers, CSV of positions or claims.")],
    watchlist: WatchOption = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone", help="Of CSV instants without a zone.")] = None,
) -> None:
    """Read aircraft traces and published claims.

    Example: monitor flights ingest traces/ sightings.csv
    """
    to = session(context)
    took = to.open().aviation.ingest(*files, watchlist=watchlist, time_zone=time_zone)
    to.tell(took.as_json(), took.text())
    if took.failures:
        raise typer.Exit(1)


@group.command()
def calls(
    context: typer.Context,
    period: PeriodArgument = None,
    last: LastOption = None,
    airfield: FieldOption = None,
    watchlist: WatchOption = None,
) -> None:
    """List calls at airfields, with the fixed wording of each.

    Examples: monitor flights calls 2023-09; monitor flights calls --airfield ZKPY --json
    """
    to = session(context)
    table = to.open().aviation.calls(airfield, chosen_period(period, last), watchlist=watchlist)
    text = "\n".join(f"{row.status}: {row.claim}" for row in table.itertuples()) or "no calls"
    to.tell(table.to_dict("records"), text)


@group.command()
def unusual(
    context: typer.Context,
    period: PeriodArgument = None,
    last: LastOption = None,
    airfield: FieldOption = None,
    events: Annotated[
        Path | None, typer.Option("--events", help="A CSV with date and event.", show_default="that of the settings")
    ] = None,
    within: Annotated[
        str | None, typer.Option("--within", help="How near to an event.", show_default="that of the settings, 3d")
    ] = None,
) -> None:
    """Say how unusual calls are: each month against the field's own past, and beside dated events. Never as cause.

    Example: monitor flights unusual 2024-09 --airfield ZKPY --events votes.csv --within 2d
    """
    to = session(context)
    said = to.open().aviation.unusual(chosen_period(period, last), airfield=airfield, events=events, within=within)
    to.tell({"sentences": list(said)}, "\n".join(said) or "no traces of other traffic are in: nothing can be compared")


@group.command()
def lists(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", help="A folder.", show_default="the workspace")] = None,
) -> None:
    """Copy the shipped watchlist.csv and airfields.geojson, to be edited and named in [flights] of monitor.toml.

    Example: monitor flights lists
    """
    from monitor.sources.aviation.lists import write_lists

    to = session(context)
    paths = write_lists(out or to.open().root)
    to.tell({"paths": [str(path) for path in paths]}, "\n".join(str(path) for path in paths))


@group.command()
def report(
    context: typer.Context,
    period: PeriodArgument = None,
    last: LastOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="The HTML file to write.")] = None,
) -> None:
    """Write the brief; flights stand on one timeline with visits, shuttles and stacks, and in a part of their own.

    Example: monitor flights report 2023-09 --out brief.html
    """
    to = session(context)
    paths = to.open().report(None, chosen_period(period, last), out=out)
    to.tell({"paths": [str(path) for path in paths]}, "\n".join(str(path) for path in paths))
