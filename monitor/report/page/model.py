"""What a brief is made from, and what it is before it is drawn on a page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from monitor.core.aoi import Aoi
from monitor.core.digest import table_digest
from monitor.core.errors import DataError
from monitor.core.findings import Finding
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange, isoformat, utc
from monitor.report.page.blocks import Pair, Section, TileFigure

ReadPixels = Callable[[str], Raster]
"""Scene id -> its archived pixels; given by the pipeline, raises ArchiveError when the scene is not there."""


@dataclass(frozen=True, slots=True)
class SceneRecord:
    """Where the pixels and detections of one scene came from; hashes are hexadecimal SHA-256, "" when not known."""

    scene_id: str
    request_sha256: str = ""
    pixels_sha256: str = ""
    detector: str = ""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that fed the brief (AIS, AOI, weights): name without folders, SHA-256, and what was taken from it."""

    name: str
    sha256: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ErrorFigure:
    """A measured error: what, value with its interval as text, the sample it rests on."""

    what: str
    value: str
    sample: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Something an earlier issue stated that no longer holds, and why (late AIS, a review, a new model)."""

    when: datetime
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """The chain behind the numbers. `weights` holds name and SHA-256 of every detector used."""

    software: str
    weights: tuple[InputFile, ...] = ()
    scenes: tuple[SceneRecord, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    thresholds: tuple[tuple[str, str], ...] = ()
    errors: tuple[ErrorFigure, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class BriefInput:
    """Everything a brief states, and nothing it could not.

    Attributes
    ----------
    aois : tuple of Aoi
        The ports, at least one; the brief has a part for each.
    period : TimeRange
        What the brief is about; tables may reach further back.
    issued_at, cut_off : datetime
        When it was made, and the last instant at which data could still enter.
    acquisitions : tuple of Acquisition
        Every pass known over the ports, seen or not, of the period and before.
    tables : TableSet
        They may hold more than the period: earlier observations feed the comparison, the 26-week series and the
        calendar. POSITIONS are only drawn (tracks on the map); VESSELS gives broadcast names.
    simulated : bool
        Any of the pixels or positions were made up.
    reviewed_by : str
        Who released it; "" prints DRAFT, and `draft` how far the review came.
    distribution : str
        Who may read it, as a line in the header; "" prints none.
    elsewhere : mapping of str to str
        Names of places by id that it has no part for, but where ships that it tells of may have come from.
    false_alarms_per_year : float
        How many changes of counts a year a port may show in which nothing changes, all its counts together.

    Raises
    ------
    DataError
        There is no port, or an instant has no time zone.
    """

    aois: tuple[Aoi, ...]
    period: TimeRange
    issued_at: datetime
    cut_off: datetime
    acquisitions: tuple[Acquisition, ...]
    tables: TableSet
    provenance: Provenance
    findings: tuple[Finding, ...] = ()
    corrections: tuple[Correction, ...] = ()
    simulated: bool = False
    reviewed_by: str = ""
    draft: str = "not reviewed"
    distribution: str = ""
    false_alarms_per_year: float = 0.5
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.aois:
            raise DataError("a brief needs at least one AOI")
        object.__setattr__(self, "issued_at", utc(self.issued_at))
        object.__setattr__(self, "cut_off", utc(self.cut_off))
        object.__setattr__(self, "acquisitions", tuple(sorted(self.acquisitions, key=lambda a: (a.start, a.id))))

    @property
    def place_names(self) -> dict[str, str]:
        """The names of its places and of those elsewhere, by id."""
        return {**self.elsewhere, **{aoi.id: aoi.name or aoi.id for aoi in self.aois}}

    @property
    def has_ships(self) -> bool:
        """Whether ships are searched for at any of its places."""
        return any(aoi.has_water for aoi in self.aois)

    @property
    def is_simulated(self) -> bool:
        """Whether anything in it is made up: the flag, or any acquisition that is marked so."""
        return self.simulated or any(a.simulated for a in self.acquisitions)

    def digest(self) -> str:
        """SHA-256 over all that the brief is made from, pixels by their recorded hashes."""
        made = hashlib.sha256()
        for aoi in self.aois:
            made.update(repr((aoi.id, aoi.name, aoi.geometry.wkt, aoi.epsg, aoi.timezone)).encode())
            made.update(repr([(z.id, z.kind, z.geometry.wkt) for z in aoi.zones]).encode())
        made.update(f"{self.period} {isoformat(self.issued_at)} {isoformat(self.cut_off)}".encode())
        for a in self.acquisitions:
            made.update(repr((a.id, a.aoi_id, a.sensor, isoformat(a.start), isoformat(a.end), a.simulated)).encode())
        for schema in sorted(self.tables, key=lambda schema: schema.name):
            made.update(schema.name.encode() + table_digest(self.tables[schema]))
        made.update(repr((self.findings, self.corrections, self.provenance)).encode())
        made.update(repr((self.simulated, self.reviewed_by, self.draft, self.distribution)).encode())
        made.update(f"{self.false_alarms_per_year:g}".encode())
        return made.hexdigest()


@dataclass(frozen=True, slots=True)
class Statement:
    """What a claim of the first screen rests on: the finding in full, and in `sentence` as the first screen has it.

    `why` is the one reason of the confidence that the first screen gives; "" where the sentence holds it.
    """

    claim: str
    likelihood: str
    confidence: str
    reasons: tuple[str, ...]
    alternatives: tuple[str, ...]
    evidence: tuple[str, ...]
    sentence: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """The first screen, and page one on paper.

    Attributes
    ----------
    headline : str
        Can be quoted as it stands; no full stop.
    claims : tuple of Statement
        At most three; the mark of each is its place in the brief's statements, E1 first.
    unseen : Statement
        What could not be seen.
    picture : Pair or TileFigure, optional
        The strongest finding, and the same place before it; the berths of the port that was seen best where no finding
        can be shown so. None where nothing was seen or the pixels are lost.
    """

    headline: str
    claims: tuple[Statement, ...]
    unseen: Statement
    picture: Pair | TileFigure | None = None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The claims and what could not be seen, in the order of their marks."""
        return (*self.claims, self.unseen)


@dataclass(frozen=True, slots=True)
class BriefHeader:
    """What stands at the top of every brief; all of it text, times in UTC."""

    title: str
    ports: str
    period: str
    issued_at: str
    cut_off: str
    status: str
    software: str
    digest: str
    simulated: bool
    credit: str
    distribution: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief as plain values, ready for any renderer: the first screen, what is read, and what is looked up.

    `appendix` is folded on a page; every number of the brief stands in it or in `sections`.
    """

    header: BriefHeader
    lead: Lead
    sections: tuple[Section, ...]
    appendix: tuple[Section, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What the first screen states."""
        return self.lead.statements


class Renderer(Protocol):
    """Puts a brief on disk; a small picklable value."""

    def __call__(self, brief: Brief, out: Path) -> Path:
        """Write `brief` to `out`, whole or not at all, and return `out`."""
