"""Commands on aircraft: ``monitor flights ingest``, ``calls``, ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.common import LastOption, PeriodArgument, chosen_period, session
from monitor.core.instants import TimeRange

group = typer.Typer(
    name="flights", help="Government aircraft at closed airfields, as corroborating evidence.", no_args_is_help=True
)
WatchOption = Annotated[
    Path | None, typer.Option("--watchlist", help="A CSV of aircraft.", show_default="the one that is shipped")
]


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
    table = to.open().take_flights(*files, watchlist=watchlist, time_zone=time_zone)
    to.tell(table.as_json(), table.text())


@group.command()
def calls(
    context: typer.Context, period: PeriodArgument = None, last: LastOption = None, watchlist: WatchOption = None
) -> None:
    """List calls at airfields, with the fixed wording of each.

    Example: monitor flights calls 2023-09
    """
    to = session(context)
    table = to.open().flights(watchlist=watchlist).calls
    chosen = chosen_period(period, last)
    if chosen is not None:
        table = table[_touches(table, chosen)]
    text = "\n".join(f"{row.status}: {row.claim}" for row in table.itertuples()) or "no calls"
    to.tell(table.to_dict("records"), text)


@group.command()
def report(
    context: typer.Context,
    period: PeriodArgument = None,
    last: LastOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="The HTML file to write.")] = None,
) -> None:
    """Write the brief; its part on flights stands on one timeline with visits, shuttles and stacks.

    Example: monitor flights report 2023-09 --out brief.html
    """
    to = session(context)
    paths = to.open().report(None, chosen_period(period, last), out=out)
    to.tell({"paths": [str(path) for path in paths]}, "\n".join(str(path) for path in paths))


def _touches(table: object, period: TimeRange) -> object:
    times = ["arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after"]
    first, last = table[times].min(axis=1), table[times].max(axis=1)  # type: ignore[index]
    return (first < period.end) & (last >= period.start)
