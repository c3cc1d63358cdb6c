"""The embedded season as a source."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.timerange import TimeRange
from monitor.simulate import Season


@dataclass(frozen=True, slots=True)
class SimulatedSource:
    """Overpasses and pixels of a `monitor.simulate.Season`, made on request.

    Attributes
    ----------
    season : Season
        Whose overpasses they are.
    name : str
        The source's name in items and briefs.
    """

    season: Season
    name: str = "simulated"

    def search(self, aoi: Aoi, period: TimeRange) -> list[Acquisition]:
        """The season's overpasses of `aoi` that begin in `period`, in order of time; empty for unknown ports."""
        return self.season.acquisitions(aoi, period)

    def fetch(self, acquisition: Acquisition, aoi: Aoi) -> Raster:
        """The pixels of one overpass, tagged SIMULATED.

        Raises
        ------
        DataError
            The acquisition is none of this season's.
        """
        return self.season.render(acquisition, aoi)
