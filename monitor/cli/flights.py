"""Commands on aircraft: ``monitor flights ingest``, ``calls``, ``unusual``, ``lists``, ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import (
    DatesOption,
    HtmlOption,
    LastOption,
    PeriodArgument,
    Session,
    chosen_period,
    command,
    exit_if,
    order_of,
)
from monitor.cli.printing import LimitOption, first_rows

group = typer.Typer(name="flights", no_args_is_help=True)
WatchlistOption = Annotated[
    Path | None,
    typer.Option("--watchlist", help="A CSV of aircraft.", show_default="that of the settings, or the one shipped"),
]
AirfieldOption = Annotated[str | None, typer.Option("--airfield", help="One airfield, e.g. ZKPY.", show_default="all")]


@group.callback()
@command
def flights(session: Session) -> None:
    """Government aircraft at closed airfields, as corroborating evidence.

    `monitor run --due` ingests what lies in air/; settings stand in [flights] of monitor.toml.

    Examples: monitor flights ingest traces/ sightings.csv; monitor flights calls 2024-09 --airfield ZKPY;
    monitor flights unusual --events votes.csv --within 3d; monitor flights lists; monitor flights report 2024-09
    """


@group.command()
@command
def ingest(
    session: Session,
    files: Annotated[list[Path], typer.Argument(help="readsb traces, OpenSky answers, CSV of positions or claims.")],
    watchlist: WatchlistOption = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone", help="Of CSV instants without a zone.")] = None,
    dates: DatesOption = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every aircraft, not those of the watch list alone.")] = False,
) -> None:
    """Read aircraft traces and published claims.

    Example: monitor flights ingest traces/ sightings.csv
    """
    done = session.open().aviation.ingest(
        *files, watchlist=watchlist, time_zone=time_zone, dates=order_of(dates), everyone=everyone
    )
    session.print(done.as_json(), done.text())
    exit_if(done.faults)


@group.command()
@command
def calls(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    airfield: AirfieldOption = None,
    watchlist: WatchlistOption = None,
    limit: LimitOption = None,
) -> None:
    """List calls at airfields, with the fixed wording of each.

    Examples: monitor flights calls 2023-09; monitor flights calls --airfield ZKPY --json
    """
    found = session.open().aviation.calls(airfield, chosen_period(period, last), watchlist=watchlist)
    table, note = first_rows(found, limit, json=session.json)
    lines = [f"{row.status}: {row.claim}" for row in table.itertuples()] or ["no calls"]
    session.print(table.to_dict("records"), "\n".join([*lines, *note]))


@group.command()
@command
def unusual(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    airfield: AirfieldOption = None,
    events: Annotated[
        Path | None, typer.Option("--events", help="A CSV with date and event.", show_default="that of the settings")
    ] = None,
    within: Annotated[
        str | None, typer.Option("--within", help="How near to an event.", show_default="that of the settings, 3d")
    ] = None,
) -> None:
    """Report how unusual calls are: each month against the field's own past, and near dated events. Never as cause.

    Example: monitor flights unusual 2024-09 --airfield ZKPY --events votes.csv --within 2d
    """
    workspace, chosen = session.open(), chosen_period(period, last)
    sentences = workspace.aviation.unusual(chosen, airfield=airfield, events=events, within=within)
    nothing = "no traces of other traffic are in: nothing can be compared"
    session.print({"sentences": list(sentences)}, "\n".join(sentences) or nothing)


@group.command()
@command
def lists(
    session: Session,
    out: Annotated[Path | None, typer.Option("--out", help="A folder.", show_default="the workspace")] = None,
) -> None:
    """Copy the shipped watchlist.csv and airfields.geojson, to be edited and named in [flights] of monitor.toml.

    Example: monitor flights lists
    """
    from monitor.sources.aviation.lists import write_lists

    session.print_paths(write_lists(out or session.open().root))


@group.command()
@command
def report(session: Session, period: PeriodArgument = None, last: LastOption = None, out: HtmlOption = None) -> None:
    """Write the brief; flights stand on one timeline with visits, shuttles and stacks, and in a part of their own.

    Example: monitor flights report 2023-09 --out brief.html
    """
    session.print_paths(session.open().report(None, chosen_period(period, last), out=out))
