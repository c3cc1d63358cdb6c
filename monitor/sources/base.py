"""What a source of imagery must do."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.timerange import TimeRange
from monitor.sources.errors import Problem


class Source(Protocol):
    """Implementations are small picklable values that open what they need inside the call."""

    @property
    def name(self) -> str:
        """The source's name in settings, items and briefs."""

    def search(self, aoi: Aoi, period: TimeRange) -> list[Acquisition]:
        """The overpasses of `aoi` that begin in `period`, in order of time; empty when there is none.

        Raises
        ------
        SourceError
            The source cannot be reached.
        """

    def fetch(self, acquisition: Acquisition, aoi: Aoi) -> Raster:
        """The pixels of one overpass over the AOI's bounding box, on the AOI's UTM grid or the scene's own.

        Raises
        ------
        SourceError, DataError
            The pixels cannot be fetched, or are not what the search described.
        """


@runtime_checkable
class ReportsProblems(Protocol):
    """A source that leaves out what it cannot read, and reports it."""

    def problems(self, aoi: Aoi, period: TimeRange) -> tuple[Problem, ...]:
        """What a search of the same arguments leaves out; those with `is_fault` are for the user to correct."""


@runtime_checkable
class ReadsAll(Protocol):
    """A source that reads all it has at each search, whatever the AOI."""

    def read_once(self) -> Source:
        """The same source for the searches of one command, which reads what it has at the first of them alone."""


@runtime_checkable
class Catalog(Protocol):
    """A source that lists every overpass: one that it does not list was not acquired, or is late."""

    @property
    def sensors(self) -> tuple[str, ...]:
        """The sensors that it is searched for."""
