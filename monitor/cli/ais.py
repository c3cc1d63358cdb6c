"""Commands on what AIS says by itself: ``monitor ais flags``, ``reception``, ``calls``, ``voyages``, ``at``..."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import AoiOption, LastOption, PeriodArgument, PoolOption, Session, chosen_period, session

if TYPE_CHECKING:
    import pandas as pd

group = typer.Typer(name="ais", help="What AIS says by itself: tracks, reception, port calls.", no_args_is_help=True)
OutOption = Annotated[Path | None, typer.Option("--out", help="Write the table as CSV.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group)


@group.command()
def flags(
    context: typer.Context,
    period: PeriodArgument = None,
    last: LastOption = None,
    out: OutOption = None,
    pool: PoolOption = None,
) -> None:
    """List stretches of tracks that are odd: shared MMSI, jumps, frozen or false positions, wrong clocks.

    Example: monitor ais flags 2023-10
    """
    to = session(context)
    _tell(to, to.open().ais.track_flags(chosen_period(period, last), pool=pool), "odd stretches", out)


@group.command()
def reception(
    context: typer.Context,
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    out: OutOption = None,
    pool: PoolOption = None,
) -> None:
    """List how many vessels were heard, by place and hour. No row: nobody was heard, which proves nothing.

    Example: monitor ais reception 2023-10 --aoi rajin --out reception.csv
    """
    to = session(context)
    _tell(to, to.open().ais.reception(chosen_period(period, last), aoi=aoi, pool=pool), "cells and hours", out)


@group.command()
def calls(
    context: typer.Context,
    period: PeriodArgument = None,
    last: LastOption = None,
    out: OutOption = None,
    pool: PoolOption = None,
) -> None:
    """List port calls from AIS, at the ports of aoi/ and of the World Port Index.

    Example: monitor ais calls 2023-10 --out calls.csv
    """
    to = session(context)
    _tell(to, to.open().ais.port_calls(chosen_period(period, last), pool=pool), "port calls", out)


@group.command()
def voyages(
    context: typer.Context,
    period: PeriodArgument = None,
    last: LastOption = None,
    out: OutOption = None,
    pool: PoolOption = None,
) -> None:
    """List voyages between the port calls of AIS, a port to itself too: a long silence may hide a call.

    Example: monitor ais voyages 2023-10
    """
    from monitor.ais.voyages import voyages as between

    to = session(context)
    _tell(to, between(to.open().ais.port_calls(chosen_period(period, last), pool=pool)), "voyages", out)


@group.command()
def at(
    context: typer.Context, instant: Annotated[str, typer.Argument(help="ISO 8601, UTC.")], out: OutOption = None
) -> None:
    """List where every vessel was at an instant, with radii that hold 50 % and 90 %.

    Example: monitor ais at 2023-10-05T02:16:09Z
    """
    to = session(context)
    _tell(to, to.open().ais.track_at(instant), "vessels", out)


@group.command()
def late(context: typer.Context) -> None:
    """List the scenes near which AIS came in after they were matched; `monitor run --due` matches them again.

    Example: monitor ais late
    """
    to = session(context)
    scenes = to.open().ais.late_scenes()
    to.tell(list(scenes), "\n".join(scenes) or "no scene is to be matched again")


def _tell(to: Session, table: pd.DataFrame, what: str, out: Path | None) -> None:
    if out is not None:
        to.open().write_csv(table, out)
    text = f"{len(table)} {what}" + (f"; written to {out}" if out else "")
    if len(table) and out is None:
        text += "\n" + table.to_string(index=False, max_rows=200, float_format=lambda value: f"{value:.3f}")
    to.tell(table.to_dict("records"), text)
