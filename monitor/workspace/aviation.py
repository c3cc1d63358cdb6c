"""A workspace's aircraft traces and published flights, as tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from monitor import pipeline
from monitor.core.errors import SettingsError
from monitor.core.tables import AIR_CALLS, AIR_EVENTS, AIRFIELDS, TIMELINE, VISITS
from monitor.core.timerange import span
from monitor.pipeline.boundary import reading
from monitor.workspace.tables import Period, as_period

if TYPE_CHECKING:
    from monitor.core.instants import Order
    from monitor.pipeline.aviation.derive import Flights
    from monitor.pipeline.aviation.ingest import AirIntake
    from monitor.sources.aviation.lists import AirLists
    from monitor.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AviationTables:
    """Flights of a workspace, and the timeline that they share with what was seen on the water."""

    workspace: Workspace

    def ingest(
        self,
        *files: str | Path,
        watchlist: Path | None = None,
        time_zone: str | None = None,
        dates: Order | None = None,
        everyone: bool = False,
    ) -> AirIntake:
        """Read aircraft traces and published claims; per file what was read and refused, and what cleaning left out.

        Parameters
        ----------
        *files : str or Path
            Of any supported layout.
        watchlist : Path, optional
            Aircraft to follow; the settings' when not given.
        time_zone : str, optional
            IANA name for stamps without a zone; the settings' when not given.
        dates : {"", "day first", "month first"}, optional
            Order of dates such as 10/11/2023, where a file does not show it; the settings' when not given.
        everyone : bool
            Read every aircraft, not those of the watch list alone.
        """
        chosen = self.workspace.settings.flights
        reading = pipeline.aviation.ingest.Reading(
            time_zone=time_zone or chosen.time_zone,
            dates=chosen.dates if dates is None else dates,
            layouts=chosen.layouts,
            everyone=everyone,
            limits=self.workspace.settings.limits.value(),
        )
        return pipeline.aviation.derive.take_flights(
            self.workspace.archive,
            [Path(file) for file in files],
            self.lists(watchlist=watchlist),
            reading=reading,
            within=span(chosen.within),
        )

    def lists(self, *, watchlist: Path | None = None, events: Path | None = None) -> AirLists:
        """Aircraft, airfields and dated events: of the files given, of the settings, or as shipped.

        Raises
        ------
        DataError
            A file is not what it should be.
        """
        from monitor.sources.aviation.lists import read_lists

        chosen = self.workspace.settings.flights
        with reading("the lists of [flights]"):
            return read_lists(
                watchlist=watchlist or self._file(chosen.watchlist),
                airfields=self._file(chosen.airfields),
                events=events or self._file(chosen.events),
            )

    def flights(self, *, watchlist: Path | None = None) -> Flights:
        """Calls at airfields, legs, round trips, claims and conflicts of what `ingest` read."""
        lists = self.lists(watchlist=watchlist) if watchlist else None
        return pipeline.aviation.derive.flights(self.workspace.archive, lists)

    def calls(
        self, airfield: str | None = None, period: Period = None, *, watchlist: Path | None = None
    ) -> pd.DataFrame:
        """AIR_CALLS: landed, consistent with a landing, overflight.

        Parameters
        ----------
        airfield : str, optional
            Only calls that name this airfield.
        period : Period
            Only calls that share an instant with it.
        watchlist : Path, optional
            Other aircraft than those that were followed at `ingest`.

        Raises
        ------
        SettingsError
            There is no such airfield.
        """
        found = self.flights(watchlist=watchlist)
        calls = found.tables[AIR_CALLS]
        if airfield is not None:
            _known_airfield(found, airfield)
            calls = calls[calls["candidates"].str.split().map(lambda fields: airfield in fields).astype(bool)]
        return AIR_CALLS.within(calls, as_period(period)).reset_index(drop=True)

    def timeline(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """TIMELINE: flights, published ones, visits, oil stays, shuttles, stacks, changed ground, chains, dated events.

        In order of time. With a place: its own visits, shuttles, stacks, changes and chains, and all flights.
        """
        context, chosen = self.workspace.context(aoi), as_period(period)
        tables = pipeline.snapshot.read(context).of(context.ids)
        until = pd.Timestamp(chosen.end) if chosen else _last(tables[VISITS])
        rows = pipeline.aviation.section.timeline_rows(
            self.flights(), tables, context.aois, until=until, elsewhere=context.elsewhere
        )
        if aoi is not None:
            rows = rows[
                ~rows["lane"].isin(["shuttle", "chain"])
                | rows["place"].str.split().map(lambda p: aoi in p).astype(bool)
            ]
        return TIMELINE.within(rows, chosen).reset_index(drop=True)

    def unusual(
        self,
        period: Period = None,
        *,
        airfield: str | None = None,
        events: Path | None = None,
        within: str | timedelta | None = None,
    ) -> tuple[str, ...]:
        """Sentences: each month's calls against the field's own past, and calls beside dated events.

        The latter come with what chance would give: co-occurrence, never cause.

        Parameters
        ----------
        period : Period
            All months with reception when not given.
        airfield : str, optional
            One airfield; all when not given.
        events : Path, optional
            Dated events; the settings' when not given.
        within : str or timedelta, optional
            How near to an event a call counts as beside it.

        Raises
        ------
        DataError
            The file of events is not what it should be.
        SettingsError
            There is no such airfield.
        """
        found = self.flights()
        if events is not None:
            found = replace(found, tables=found.tables | {AIR_EVENTS: self.lists(events=events).events})
        if airfield is not None:
            _known_airfield(found, airfield)
        near = span(within) if isinstance(within, str) else within
        return pipeline.aviation.rates.unusual_sentences(found, as_period(period), airfield_id=airfield, within=near)

    def _file(self, name: str) -> Path | None:
        return self.workspace.root / name if name else None


def _known_airfield(found: Flights, airfield: str) -> None:
    """Raise `SettingsError` unless there is such an airfield."""
    names = found.tables[AIRFIELDS]["airfield_id"]
    if airfield not in set(names):
        raise SettingsError(f"no airfield {airfield!r}; there are {', '.join(names)}")


def _last(visits: pd.DataFrame) -> pd.Timestamp:
    bounds = ["arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after"]
    times = visits[bounds].max(axis=1).dropna()
    return times.max() if len(times) else pd.NaT
