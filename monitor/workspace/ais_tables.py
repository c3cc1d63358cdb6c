"""What a workspace's AIS says by itself, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from monitor import pipeline
from monitor.core.aoi import Aoi, read_aois
from monitor.core.errors import SettingsError
from monitor.core.parallel import open_pool
from monitor.core.timerange import TimeRange, span, utc
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore
from monitor.workspace.settings import Settings

Period = str | TimeRange | None


@dataclass(frozen=True, slots=True)
class AisViews:
    """A folder, its settings, and the tables that need no imagery. Those are of `monitor.core.tables`."""

    root: Path
    settings: Settings

    @property
    def aois(self) -> tuple[Aoi, ...]:
        """The ports in ``aoi/``.

        Raises
        ------
        DataError
            A file is invalid.
        SettingsError
            There is none.
        """
        ports = read_aois(self.root / "aoi")
        if not ports:
            raise SettingsError(f"{self.root / 'aoi'}: no *.geojson; put one file a port there")
        return ports

    @property
    def archive(self) -> Archive:
        """Where scenes and tables rest."""
        return Archive(self.root / "archive")

    @property
    def positions(self) -> PositionStore:
        """Where AIS positions rest."""
        return PositionStore(self.root / "archive" / "positions")

    def gaps(
        self, *, at_least: timedelta | None = None, until: str | datetime | None = None, pool: str | None = None
    ) -> pd.DataFrame:
        """GAPS: silences longer than `at_least` (the settings' when not given), from the positions that are in."""
        longest = at_least or span(self.settings.ais.gap)
        end = utc(until) if until else None
        with open_pool(pool) as workers:
            return pipeline.stored_gaps(self.positions, at_least=longest, until=end, pool=workers)

    def gap_rules(self, gaps: pd.DataFrame | None = None, *, pool: str | None = None) -> pd.DataFrame:
        """GAP_RULES: what speaks for each of some gaps (all when not given) being more than bad reception."""
        chosen = self.gaps(pool=pool) if gaps is None else gaps
        with open_pool(pool) as workers:
            return pipeline.stored_gap_rules(self.positions, chosen, pool=workers)

    def gap_calls(
        self, gaps: pd.DataFrame | None = None, *, aoi: str | None = None, berths: bool = False, pool: str | None = None
    ) -> pd.DataFrame:
        """GAP_CALLS: whether each gap left time to call at each port of ``aoi/``, or at each berth, and be back."""
        chosen = self.gaps(pool=pool) if gaps is None else gaps
        ports = pipeline.port_points(self._chosen(aoi), berths=berths)
        with open_pool(pool) as workers:
            return pipeline.stored_gap_calls(self.positions, chosen, ports, pool=workers)

    def port_calls(self, period: Period = None, *, pool: str | None = None) -> pd.DataFrame:
        """PORT_CALLS from AIS, at the ports of ``aoi/`` and of the World Port Index (or `[ais] ports`)."""
        with open_pool(pool) as workers:
            return pipeline.stored_port_calls(self.positions, self.ports_known(), period=_span(period), pool=workers)

    def ports_known(self) -> pd.DataFrame:
        """`port_id, name, lon, lat` of the anchor points that port calls are looked for at.

        Raises
        ------
        DataError
            The list that the settings name cannot be read.
        """
        listed = self.settings.ais.ports
        return pipeline.all_ports(self.aois, self.root / listed if listed else None)

    def track_flags(self, period: Period = None, *, pool: str | None = None) -> pd.DataFrame:
        """TRACK_FLAGS: segments of tracks in which something is odd. Nothing is ever deleted."""
        with open_pool(pool) as workers:
            return pipeline.stored_flags(self.positions, period=_span(period), pool=workers)

    def reception(self, period: Period = None, *, aoi: str | None = None, pool: str | None = None) -> pd.DataFrame:
        """RECEPTION by cell and hour: everywhere, or within a degree of a port."""
        around = self._chosen(aoi) if aoi else ()
        with open_pool(pool) as workers:
            return pipeline.stored_reception(self.positions, around, period=_span(period), pool=workers)

    def track_at(self, instants: str | datetime | Iterable[datetime]) -> pd.DataFrame:
        """TRACK_POINTS: where every vessel was at some instants, with radii that hold 50 % and 90 %."""
        asked = [utc(instants)] if isinstance(instants, str | datetime) else [utc(instant) for instant in instants]
        return pipeline.stored_track_at(self.positions, asked)

    def late_scenes(self) -> tuple[str, ...]:
        """Ids of the scenes near which positions came in since they were matched; `run --due` matches them again."""
        return pipeline.late_scenes(self.archive, self.positions, self.archive.scenes())

    def _chosen(self, aoi: str | None) -> tuple[Aoi, ...]:
        ports = self.aois
        if aoi is None:
            return ports
        mine = tuple(port for port in ports if port.id == aoi)
        if not mine:
            raise SettingsError(f"no port {aoi!r} in {self.root / 'aoi'}; there are {', '.join(p.id for p in ports)}")
        return mine


def _span(period: Period) -> TimeRange | None:
    return TimeRange.parse(period) if isinstance(period, str) else period
