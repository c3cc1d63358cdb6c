"""What names the tables of a run, and whether they are current: asked at every run, so light to load."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.core.aoi import Aoi
from monitor.core.scene import Scene
from monitor.core.version import VERSION
from monitor.store.archive import Archive
from monitor.store.reviews import ReviewStore

if TYPE_CHECKING:
    from monitor.detect.base import Detector

NOTE = "correlate"
FINDINGS = "findings"
AIR_NOTE = "flights"
_MADE_FROM = ("scenes", "detections", "coverage", "berths", "stacks", "positions", "sightings")


def zones_digest(aoi: Aoi) -> str:
    """Eight hexadecimal digits that change with the port's outline or any of its zones."""
    parts = [aoi.geometry.wkt, *(f"{zone.id} {zone.kind} {zone.geometry.wkt}" for zone in aoi.zones)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def table_key(detector: Detector, aoi: Aoi) -> str:
    """The name under which a detector's tables of a port are kept: new weights or new zones make new tables."""
    return f"{detector.key}-{zones_digest(aoi)}"


def unseen(
    archive: Archive, aois: Sequence[Aoi], detectors: Mapping[str, Detector], scenes: Sequence[Scene]
) -> list[tuple[Scene, Aoi]]:
    """The scenes that lack detections of their sensor's detector, with their port."""
    work: list[tuple[Scene, Aoi]] = []
    for aoi in aois:
        for sensor, detector in detectors.items():
            mine = [s for s in scenes if s.acquisition.aoi_id == aoi.id and s.acquisition.sensor == sensor]
            work += [(s, aoi) for s in archive.scenes_without("detections", table_key(detector, aoi), mine)]
    return sorted(work, key=lambda pair: (pair[0].acquisition.acquired_at, pair[0].id))


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports and what looks at them: all that names the tables of a run."""

    aois: tuple[Aoi, ...]
    detectors: Mapping[str, Detector]

    def table_keys(self) -> list[tuple[Aoi, str]]:
        """Port and table key, for each port and detector."""
        return [(aoi, table_key(detector, aoi)) for aoi in self.aois for detector in self.detectors.values()]


def made_from(archive: Archive, ports: Ports, gap: timedelta, *, positions: bool = True) -> str:
    """A digest of everything that the derived tables are made from; without `positions`, of everything else."""
    folders = [name for name in _MADE_FROM if positions or name != "positions"]
    parts = [VERSION, str(gap), archive.digest(*folders)]
    parts += [f"{aoi.id} {key} {zones_digest(aoi)}" for aoi, key in ports.table_keys()]
    if reviewed := ReviewStore(archive).state():
        parts.append(reviewed)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_current(archive: Archive, ports: Ports, gap: timedelta) -> bool:
    """Whether the derived tables were made from what is there now."""
    return archive.read_note(NOTE).strip() == made_from(archive, ports, gap)


def brief_is_current(archive: Archive, path: Path) -> bool:
    """Whether a brief was made from the derived tables and the flights as they now are."""
    return archive.read_note(brief_note(path)).strip() == brief_basis(archive) != ""


def brief_basis(archive: Archive) -> str:
    """What a brief made now is made from; "" before the first correlation."""
    told = archive.read_note(NOTE).strip()
    return f"{told} {archive.read_note(AIR_NOTE).strip()}".strip() if told else ""


def brief_note(path: Path) -> str:
    """The name of the note that says what a brief was made from."""
    return f"brief-{path.stem}"
