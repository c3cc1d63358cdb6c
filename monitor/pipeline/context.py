"""What every step of a command starts from, made once a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.core.aoi import Aoi
from monitor.core.errors import ArchiveError
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.timerange import TimeRange
from monitor.fuse.chains.rule import ChainRule
from monitor.pipeline.freshness import table_key
from monitor.store.archive import Archive, Listed
from monitor.store.positions import PositionStore

if TYPE_CHECKING:
    from monitor.detect.base import Detector


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the settings decide about results.

    Attributes
    ----------
    gap : timedelta
        The shortest silence that is a gap in AIS.
    distribution : str
        Who may read a brief, as a line in its header; "" prints none.
    weeks : int
        How many weeks a brief reaches back at most.
    false_alarms_per_year : float
        How many changes of counts a year a port may show in which nothing changes, all its counts together.
    shuttle_prior : float
        Probability, before any evidence, that a ship without AIS goes to and fro between some two of the ports.
    chains : ChainRule
        What departures are held beside which arrivals, and after how long.
    land_change_ha, land_false_alarms_per_year : float
        Smallest change of the ground that is stated, and how many the quiet past of a place may show a year.
    """

    gap: timedelta = timedelta(hours=12)
    distribution: str = ""
    weeks: int = 26
    false_alarms_per_year: float = 0.5
    shuttle_prior: float = 0.1
    chains: ChainRule = field(default_factory=ChainRule)
    land_change_ha: float = 0.5
    land_false_alarms_per_year: float = 0.5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Context:
    """The workspace as one command sees it: every AOI is read once, and scenes are listed once.

    Attributes
    ----------
    archive : Archive
        Where scenes and tables are.
    positions : PositionStore
        Where AIS positions are.
    aois : tuple of Aoi
        The ports that the command is about.
    detectors : mapping of str to Detector
        Sensor to the detector that runs on its scenes.
    rules : Rules
        What the settings decide.
    elsewhere : mapping of str to str
        Names by id of watched places that the command is not about.
    now : datetime
        When the command began, with a zone.
    digests : dict of str to str
        By port, of its scenes and their tables: filled by `monitor.pipeline.freshness.port_digests` when first asked
        for, since every file is read for it.
    """

    archive: Archive
    positions: PositionStore
    aois: tuple[Aoi, ...]
    detectors: Mapping[str, Detector]
    now: datetime
    rules: Rules = field(default_factory=Rules)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict, repr=False)
    _scenes: list[list[Scene]] = field(default_factory=list, repr=False)
    _listed: list[list[Listed]] = field(default_factory=list, repr=False)

    @property
    def scenes(self) -> list[Scene]:
        """The archived scenes of the ports, in order of time."""
        if not self._scenes:
            self._scenes.append(self.archive.scenes())
        ids = {aoi.id for aoi in self.aois}
        return [scene for scene in self._scenes[0] if scene.acquisition.aoi_id in ids]

    @property
    def listed(self) -> list[Listed]:
        """The same scenes by id, port, sensor and time alone, which is quick for thousands of them."""
        if not self._listed:
            self._listed.append(self.archive.listed())
        ids = {aoi.id for aoi in self.aois}
        return [scene for scene in self._listed[0] if scene.aoi_id in ids]

    @property
    def acquisitions(self) -> tuple[Acquisition, ...]:
        """The acquisitions of the archived scenes, in order of time."""
        return tuple(scene.acquisition for scene in self.scenes)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the ports."""
        return tuple(aoi.id for aoi in self.aois)

    @property
    def is_simulated(self) -> bool:
        """Whether any scene is made up."""
        return any(acquisition.simulated for acquisition in self.acquisitions)

    def of(self, aois: tuple[Aoi, ...]) -> Context:
        """The same about some of the ports; scenes are not listed again."""
        chosen = {aoi.id for aoi in aois}
        left = {aoi.id: aoi.name or aoi.id for aoi in self.aois if aoi.id not in chosen}
        return replace(self, aois=aois, elsewhere={**self.elsewhere, **left})

    def after_pull(self) -> Context:
        """The same, with the scenes to be listed anew."""
        return replace(self, _scenes=[], _listed=[], digests={})

    def table_keys(self) -> list[tuple[Aoi, str, str]]:
        """Port, sensor and the name under which the tables of its scenes are stored, for each port and detector."""
        return [(aoi, sensor, table_key(found, aoi)) for aoi in self.aois for sensor, found in self.detectors.items()]

    def span(self) -> TimeRange:
        """The days from the first scene to the last, at most the rules' weeks.

        Raises
        ------
        ArchiveError
            No scene of the ports is archived.
        """
        times = [scene.acquired_at for scene in self.listed]
        if not times:
            raise ArchiveError(f"{self.archive.root}: no scene is archived; `monitor pull` adds some")
        end = max(times).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        first = min(times).replace(hour=0, minute=0, second=0, microsecond=0)
        return TimeRange(max(first, end - timedelta(weeks=self.rules.weeks)), end)
