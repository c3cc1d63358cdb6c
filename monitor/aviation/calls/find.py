"""Tracks to calls: landed, consistent with a landing, overflight, or where the trace ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from monitor.aviation import wording
from monitor.aviation.calls.overflights import find_overflights
from monitor.aviation.calls.stays import make_track
from monitor.aviation.calls.stops import find_stops
from monitor.aviation.calls.table import Airframe, RowMaker
from monitor.aviation.reception import field_reception
from monitor.core.tables.aviation import AIR_CALLS, AIR_RECEPTION, AIR_TRACKS, AIRFIELDS

CONTEST_S = 6 * 3600.0
"""Another airframe on the address within six hours contradicts a call of a lesser one (chosen)."""


def find_calls(
    tracks: pd.DataFrame,
    airfields: pd.DataFrame,
    *,
    reception: pd.DataFrame | None = None,
    watchlist: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """AIR_CALLS of every aircraft, in order of time.

    Parameters
    ----------
    tracks : AIR_TRACKS table
        As `clean` makes them.
    airfields : AIRFIELDS table
        Stops are searched at all of them, overflights at the closed ones.
    reception : AIR_RECEPTION table, optional
        Other traffic. Without it `reception` states that it was not examined.
    watchlist : AIRCRAFT_WATCHLIST table, optional
        Gives the type that the wording names.

    Returns
    -------
    AIR_CALLS table
        ``landed`` only where the aircraft was seen at rest at a field, or low and slow on its way in or out with
        nothing received beyond; ``consistent`` where the trace ends and begins again, a field was within reach in
        between and the positions on both sides point at it better than plain flight would. Empty when the tracks are.
    """
    AIRFIELDS.conform(airfields)
    tracks = AIR_TRACKS.conform(tracks)
    airfields = airfields.reset_index(drop=True)
    table = AIR_RECEPTION.empty() if reception is None else AIR_RECEPTION.conform(reception)
    near = [field_reception(table, float(a.lon), float(a.lat)) for a in airfields.itertuples()]
    rows = []
    for airframe in _airframes(tracks, airfields, watchlist):
        make = RowMaker(airframe, airfields, near, reception is not None)
        stops = find_stops(airframe.track, airfields, make.low_traffic)
        rows += [make.stop(stop) for stop in stops if airframe.number == 0 or stop.status == "landed"]
        if airframe.number == 0:
            rows += [make.passed(p) for p in find_overflights(airframe.track, airfields, stops)]
    if not rows:
        return AIR_CALLS.empty()
    table = pd.DataFrame(rows)
    times = ["arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after"]
    for column in times:
        table[column] = pd.to_datetime(table[column], unit="s", utc=True).astype("datetime64[us, UTC]").dt.round("s")
    table = _contested(table, tracks)
    first = table[times].min(axis=1)
    table = table.assign(first=first).sort_values(["first", "icao24", "body", "call_id"], kind="stable")
    return AIR_CALLS.conform(table.drop_duplicates("call_id"))


def _airframes(tracks: pd.DataFrame, airfields: pd.DataFrame, watchlist: pd.DataFrame | None) -> Iterator[Airframe]:
    known = {} if watchlist is None else watchlist.drop_duplicates("icao24").set_index("icao24").to_dict("index")
    for (icao24, number), rows in tracks.groupby(["icao24", "body"], sort=True):
        listed = known.get(icao24, {})
        sent = rows.loc[rows["registration"] != "", "registration"]
        registration = str(listed.get("registration") or (sent.iloc[0] if len(sent) else ""))
        rows = rows.sort_values("t", ignore_index=True)
        shared = bool(rows["flags"].str.contains("address-shared").any())
        track = make_track(rows, airfields)
        yield Airframe(
            icao24=str(icao24),
            number=int(number),
            registration=registration,
            kind=str(listed.get("type") or ""),
            rows=rows,
            track=track,
            shared=shared,
        )


def _contested(table: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Calls of a lesser airframe, or beside an equal one, claim nothing."""
    status, claim = table["status"].tolist(), table["claim"].tolist()
    sizes = tracks.groupby("icao24")["body"].nunique()
    for k, row in enumerate(table.itertuples()):
        if row.status not in ("landed", "consistent") or sizes.get(row.icao24, 1) < 2:
            continue
        shared = "address-shared" in row.flags.split()
        if row.body == 0 and not (shared and _others_near(row, tracks)):
            continue
        status[k] = "contested"
        who = wording.who(row.icao24, row.registration)
        when = row.arrived_not_after if pd.notna(row.arrived_not_after) else row.departed_not_before
        claim[k] = wording.CONTESTED.format(
            who=who, field=row.airfield_id or "no listed airfield", when=wording.utc_and_local(when.to_pydatetime())
        )
    return table.assign(status=status, claim=claim)


def _others_near(row: Any, tracks: pd.DataFrame) -> bool:
    known = [t for t in (row.arrived_not_before, row.arrived_not_after, row.departed_not_before) if pd.notna(t)]
    margin = pd.Timedelta(seconds=CONTEST_S)
    others = tracks[(tracks["icao24"] == row.icao24) & (tracks["body"] != row.body)]
    return bool(others["t"].between(min(known) - margin, max(known) + margin).any())
