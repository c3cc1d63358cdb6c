"""Commands on what AIS shows by itself: ``monitor ais flags``, ``reception``, ``calls``, ``voyages``, ``at``..."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import (
    AoiOption,
    CsvOption,
    LastOption,
    PeriodArgument,
    PoolOption,
    Session,
    chosen_period,
    command,
)
from monitor.cli.printing import LimitOption, first_rows

if TYPE_CHECKING:
    import pandas as pd

group = typer.Typer(name="ais", no_args_is_help=True)


@group.callback()
@command
def ais(session: Session) -> None:
    """What AIS shows by itself: tracks, reception, port calls."""


@group.command()
@command
def flags(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    limit: LimitOption = None,
    out: CsvOption = None,
    pool: PoolOption = None,
) -> None:
    """List stretches of tracks that are odd: shared MMSI, jumps, frozen or false positions, wrong clocks.

    Example: monitor ais flags 2023-10
    """
    _print(
        session,
        session.open().ais.track_flags(chosen_period(period, last), pool=pool),
        "odd stretches",
        limit=limit,
        out=out,
    )


@group.command()
@command
def reception(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    limit: LimitOption = None,
    out: CsvOption = None,
    pool: PoolOption = None,
) -> None:
    """List how many vessels were received, by place and hour. No row: none was received, which proves nothing.

    Example: monitor ais reception 2023-10 --aoi rajin --out reception.csv
    """
    table = session.open().ais.reception(chosen_period(period, last), aoi=aoi, pool=pool)
    _print(session, table, "cells and hours", limit=limit, out=out)


@group.command()
@command
def calls(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    limit: LimitOption = None,
    out: CsvOption = None,
    pool: PoolOption = None,
) -> None:
    """List port calls from AIS, at the ports of aoi/ and of the World Port Index.

    Example: monitor ais calls 2023-10 --out calls.csv
    """
    _print(
        session,
        session.open().ais.port_calls(chosen_period(period, last), pool=pool),
        "port calls",
        limit=limit,
        out=out,
    )


@group.command()
@command
def voyages(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    limit: LimitOption = None,
    out: CsvOption = None,
    pool: PoolOption = None,
) -> None:
    """List voyages between the port calls of AIS, also from a port to itself: a long silence may hide a call.

    Example: monitor ais voyages 2023-10
    """
    from monitor.ais.ports.voyages import voyages

    calls = session.open().ais.port_calls(chosen_period(period, last), pool=pool)
    _print(session, voyages(calls), "voyages", limit=limit, out=out)


@group.command()
@command
def at(
    session: Session,
    instant: Annotated[str, typer.Argument(help="ISO 8601, UTC.")],
    limit: LimitOption = None,
    out: CsvOption = None,
) -> None:
    """List where every vessel was at an instant, with radii that hold 50 % and 90 %.

    Example: monitor ais at 2023-10-05T02:16:09Z
    """
    _print(session, session.open().ais.track_at(instant), "vessels", limit=limit, out=out)


@group.command()
@command
def late(session: Session) -> None:
    """List the scenes near which AIS came in after they were matched; `monitor run --due` matches them again.

    Example: monitor ais late
    """
    scenes = session.open().ais.late_scenes()
    session.print(list(scenes), "\n".join(scenes) or "no scene is to be matched again")


def _print(session: Session, table: pd.DataFrame, what: str, *, limit: int | None, out: Path | None) -> None:
    if out is not None:
        session.open().write_csv(table, out)
    text = f"{len(table)} {what}" + (f"; written to {out}" if out else "")
    rows, note = first_rows(table, limit, json=session.json)
    if len(rows) and out is None:
        shown = rows.to_string(index=False, float_format=lambda value: f"{value:.3f}")
        text = "\n".join([text, shown, *note])
    session.print(rows.to_dict("records"), text)
