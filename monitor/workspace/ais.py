"""A workspace's AIS by itself, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from monitor import pipeline
from monitor.core.parallel import open_pool
from monitor.core.tables import GAPS
from monitor.core.timerange import utc
from monitor.workspace.tables import Period, as_period

if TYPE_CHECKING:
    from monitor.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AisTables:
    """Tables of a workspace that need no imagery. A `pool` is a text as `monitor --pool` takes it."""

    workspace: Workspace

    def gaps(
        self,
        *,
        at_least: timedelta | None = None,
        until: str | datetime | None = None,
        period: Period = None,
        pool: str | None = None,
    ) -> pd.DataFrame:
        """GAPS of everything that was ingested.

        Parameters
        ----------
        at_least : timedelta, optional
            The shortest silence that is a gap; `[ais] gap` of the settings when not given.
        until : str or datetime, optional
            Makes open gaps; positions after it are left out.
        period : Period
            Only gaps that share an instant with it.
        pool : str, optional
            Where groups of vessels are worked on.
        """
        context = self.workspace.context()
        end = utc(until) if until else None
        with open_pool(pool) as workers:
            found = pipeline.ais.gaps.stored_gaps(
                context.positions, at_least=at_least or context.rules.gap, until=end, pool=workers
            )
        return GAPS.within(found, as_period(period))

    def gap_rules(self, gaps: pd.DataFrame | None = None, *, pool: str | None = None) -> pd.DataFrame:
        """GAP_RULES: what supports that each of some gaps (all when not given) is more than bad reception."""
        chosen = self.gaps(pool=pool) if gaps is None else gaps
        with open_pool(pool) as workers:
            return pipeline.ais.tables.stored_gap_rules(self.workspace.positions, chosen, pool=workers)

    def gap_calls(
        self, gaps: pd.DataFrame | None = None, *, aoi: str | None = None, berths: bool = False, pool: str | None = None
    ) -> pd.DataFrame:
        """GAP_CALLS: whether each gap left time to call at each port, or at each berth, and be back.

        Parameters
        ----------
        gaps : GAPS table, optional
            All gaps when not given.
        aoi : str, optional
            One port; all of ``aoi/`` when not given.
        berths : bool
            Ask of each berth instead of each port.
        pool : str, optional
            Where groups of gaps are worked on.
        """
        chosen = self.gaps(pool=pool) if gaps is None else gaps
        points = pipeline.ais.tables.port_points(self.workspace.context(aoi).aois, berths=berths)
        with open_pool(pool) as workers:
            return pipeline.ais.tables.stored_gap_calls(self.workspace.positions, chosen, points, pool=workers)

    def port_calls(self, period: Period = None, *, pool: str | None = None) -> pd.DataFrame:
        """PORT_CALLS at the ports of ``aoi/`` and of the World Port Index (or `[ais] ports`)."""
        with open_pool(pool) as workers:
            return pipeline.ais.tables.stored_port_calls(
                self.workspace.positions, self.anchor_points(), period=as_period(period), pool=workers
            )

    def anchor_points(self) -> pd.DataFrame:
        """`port_id, name, lon, lat` of the points at which port calls are searched for.

        Raises
        ------
        DataError
            The list that the settings name cannot be read.
        """
        listed = self.workspace.settings.ais.ports
        path = self.workspace.root / listed if listed else None
        return pipeline.ais.tables.all_ports(self.workspace.aois, path)

    def track_flags(self, period: Period = None, *, pool: str | None = None) -> pd.DataFrame:
        """TRACK_FLAGS: segments of tracks in which something is odd. Nothing is ever deleted."""
        with open_pool(pool) as workers:
            return pipeline.ais.tables.stored_flags(self.workspace.positions, period=as_period(period), pool=workers)

    def reception(self, period: Period = None, *, aoi: str | None = None, pool: str | None = None) -> pd.DataFrame:
        """RECEPTION by cell and hour.

        Parameters
        ----------
        period : Period
            Only these hours.
        aoi : str, optional
            Only within a degree of this port; everywhere when not given.
        pool : str, optional
            Where days are worked on.
        """
        around = self.workspace.context(aoi).aois if aoi else ()
        with open_pool(pool) as workers:
            return pipeline.ais.tables.stored_reception(
                self.workspace.positions, around, period=as_period(period), pool=workers
            )

    def track_at(self, instants: str | datetime | Iterable[datetime]) -> pd.DataFrame:
        """TRACK_POINTS: where every vessel was at some instants, with radii that hold 50 % and 90 %."""
        chosen = [utc(instants)] if isinstance(instants, str | datetime) else [utc(instant) for instant in instants]
        return pipeline.ais.tables.stored_track_at(self.workspace.positions, chosen)

    def late_scenes(self) -> tuple[str, ...]:
        """Ids of the scenes near which positions came in since they were matched; `run --due` matches them again."""
        return pipeline.ais.rematch.late_scenes(self.workspace.context())
