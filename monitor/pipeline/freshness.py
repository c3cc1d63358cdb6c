"""What names the tables of a run, and whether they are current: checked at every run, so light to load."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Scene
from monitor.core.version import VERSION
from monitor.store.archive import Archive
from monitor.store.reviews import ReviewStore

if TYPE_CHECKING:
    from monitor.detect.base import Detector
    from monitor.pipeline.context import Context

NOTE = "correlate"
FINDINGS = "findings"
AIR_NOTE = "flights"
_MADE_FROM = ("scenes", "detections", "coverage", "berths", "stacks", "land", "positions", "sightings")


def zones_digest(aoi: Aoi) -> str:
    """Eight hexadecimal digits that change with the port's outline or any of its zones."""
    parts = [
        aoi.geometry.wkt,
        *(() if aoi.has_water else ("no water",)),
        *(f"{zone.id} {zone.kind} {zone.outline.wkt}{'' if zone.is_located else ' vague'}" for zone in aoi.zones),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def table_key(detector: Detector, aoi: Aoi) -> str:
    """The name under which a detector's tables of a port are stored: new weights or new zones make new tables."""
    return f"{detector.key}-{zones_digest(aoi)}"


def without_detections(context: Context, scenes: list[Scene] | None = None) -> list[tuple[Scene, Aoi]]:
    """The scenes that lack detections of their sensor's detector, with their port, in order of time.

    Parameters
    ----------
    context : Context
        Its ports and detectors.
    scenes : list of Scene, optional
        Some of the scenes; all of the context's when not given.
    """
    chosen = context.scenes if scenes is None else scenes
    work: list[tuple[Scene, Aoi]] = []
    for aoi, sensor, key in context.table_keys():
        mine = [s for s in chosen if s.acquisition.aoi_id == aoi.id and s.acquisition.sensor == sensor]
        work += [(scene, aoi) for scene in context.archive.scenes_without("detections", key, mine)]
    return sorted(work, key=lambda pair: (pair[0].acquisition.acquired_at, pair[0].id))


def made_from(context: Context, *, positions: bool = True) -> str:
    """A digest of everything that the derived tables are made from; without `positions`, of everything else."""
    folders = [name for name in _MADE_FROM if positions or name != "positions"]
    parts = [
        VERSION,
        str(context.rules.gap),
        f"{context.rules.false_alarms_per_year:g} {context.rules.shuttle_prior:g} "
        f"{context.rules.land_change_ha:g} {context.rules.land_false_alarms_per_year:g}",
        repr(context.rules.chains),
        context.archive.digest(*folders),
    ]
    if flights := context.archive.read_note(AIR_NOTE).strip():
        parts.append(flights)
    parts += [f"{aoi.id} {key} {zones_digest(aoi)}" for aoi, _, key in context.table_keys()]
    if reviewed := ReviewStore(context.archive).state():
        parts.append(reviewed)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_current(context: Context) -> bool:
    """Whether the derived tables were made from what is there now."""
    return context.archive.read_note(NOTE).strip() == made_from(context)


def brief_is_current(archive: Archive, path: Path) -> bool:
    """Whether a brief was made from the derived tables and the flights as they now are."""
    return archive.read_note(brief_note(path)).strip() == brief_basis(archive) != ""


def brief_basis(archive: Archive) -> str:
    """What a brief made now is made from; "" before the first correlation."""
    correlated = archive.read_note(NOTE).strip()
    return f"{correlated} {archive.read_note(AIR_NOTE).strip()}".strip() if correlated else ""


def brief_note(path: Path) -> str:
    """The name of the note that records what a brief was made from."""
    return f"brief-{path.stem}"
