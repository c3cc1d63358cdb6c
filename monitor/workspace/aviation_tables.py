"""What a workspace's aircraft traces say, as tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from monitor import pipeline
from monitor.core.errors import SettingsError
from monitor.core.tables import STACKS, VISITS
from monitor.core.timerange import TimeRange, span
from monitor.workspace.ais_tables import AisViews

if TYPE_CHECKING:
    from monitor.pipeline.aviation.derive import Flights
    from monitor.sources.aviation.lists import AirLists

Period = str | TimeRange | None
_TIMES = ["arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after"]


@dataclass(frozen=True, slots=True)
class AirViews(AisViews):
    """Flights, and the timeline that they share with what was seen on the water. Tables of `core.air_tables`."""

    def air_lists(self, *, watchlist: Path | None = None, events: Path | None = None) -> AirLists:
        """Whom to follow, where and beside what: the files given, or those of the settings, or what is shipped.

        Raises
        ------
        DataError
            A file is not what it should be.
        """
        from monitor.sources.aviation.lists import read_lists

        chosen = self.settings.flights
        return read_lists(
            watchlist=watchlist or self._file(chosen.watchlist),
            airfields=self._file(chosen.airfields),
            events=events or self._file(chosen.events),
        )

    def flights(self, *, watchlist: Path | None = None) -> Flights:
        """Calls at airfields, legs, round trips, claims and conflicts of what `ingest_flights` read."""
        return pipeline.flights(self.archive, self.air_lists(watchlist=watchlist) if watchlist else None)

    def flight_calls(
        self, airfield: str | None = None, period: Period = None, *, watchlist: Path | None = None
    ) -> pd.DataFrame:
        """AIR_CALLS: landed, consistent with a landing, overflight; those that name an airfield, and touch a period.

        Parameters
        ----------
        airfield : str, optional
            Its id, e.g. ``ZKPY``; calls that may have been there. All airfields without one.
        period : str or TimeRange, optional
            Calls of which a bound lies in it, or the bounds span it.
        watchlist : Path, optional
            A CSV of aircraft instead of that of the settings.
        """
        calls = self.flights(watchlist=watchlist).calls
        if airfield is not None:
            calls = calls[calls["candidates"].str.split().map(lambda fields: airfield in fields).astype(bool)]
        return calls_within(calls, period)

    def timeline(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """TIMELINE: flights, published flights, visits, shuttles, stacks and dated events, in order of time.

        With a port: its own visits, shuttles and stacks, and all flights.
        """
        tables = {"visits": VISITS, "stacks": STACKS}
        own = {name: self.archive.read_table(name, schema) for name, schema in tables.items()}
        if aoi is not None:
            self._chosen(aoi)
            own = {name: table[table["aoi_id"] == aoi].reset_index(drop=True) for name, table in own.items()}
        chosen = TimeRange.parse(period) if isinstance(period, str) else period
        until = pd.Timestamp(chosen.end) if chosen else _last(own["visits"])
        rows = pipeline.timeline_rows(self.archive, self.flights(), own["visits"], own["stacks"], until=until)
        if aoi is not None:
            rows = rows[(rows["lane"] != "shuttle") | rows["place"].str.split().map(lambda p: aoi in p).astype(bool)]
        if chosen is not None:
            ends = rows["end"].fillna(pd.Timestamp(chosen.end))
            rows = rows[(rows["start"] < chosen.end) & (ends >= chosen.start)]
        return rows.reset_index(drop=True)

    def unusual_flights(
        self,
        period: Period = None,
        *,
        airfield: str | None = None,
        events: Path | None = None,
        within: str | timedelta | None = None,
    ) -> tuple[str, ...]:
        """Sentences: each month's calls against the field's own past, and calls beside dated events, with what chance
        would give. Co-occurrence, never cause.

        Raises
        ------
        DataError
            The file of events is not what it should be.
        SettingsError
            There is no such airfield.
        """
        found = self.flights()
        if events is not None:
            found = replace(found, events=self.air_lists(events=events).events)
        if airfield is not None and airfield not in set(found.airfields["airfield_id"]):
            raise SettingsError(f"no airfield {airfield!r}; there are {', '.join(found.airfields['airfield_id'])}")
        chosen = TimeRange.parse(period) if isinstance(period, str) else period
        near = span(within) if isinstance(within, str) else within
        return pipeline.unusual_sentences(found, chosen, airfield_id=airfield, within=near)

    def _file(self, name: str) -> Path | None:
        return self.root / name if name else None


def calls_within(calls: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The AIR_CALLS of which any bound lies in a period, or the bounds span it; all without one."""
    chosen = TimeRange.parse(period) if isinstance(period, str) else period
    if chosen is None:
        return calls.reset_index(drop=True)
    first, last = calls[_TIMES].min(axis=1), calls[_TIMES].max(axis=1)
    return calls[(first < chosen.end) & (last >= chosen.start)].reset_index(drop=True)


def _last(visits: pd.DataFrame) -> pd.Timestamp:
    times = visits[_TIMES].max(axis=1).dropna()
    return times.max() if len(times) else pd.NaT
