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
_TABLES = ("detections", "coverage", "berths", "land")
"""The tables of each scene that are read when a port's are derived."""


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
    listed = context.listed if scenes is None else [(s.id, s.acquisition.aoi_id, s.acquisition.sensor) for s in scenes]
    of: dict[tuple[str, str], list[str]] = {}
    for scene_id, aoi_id, sensor, *_ in listed:
        of.setdefault((aoi_id, sensor), []).append(scene_id)
    by_key: dict[str, list[str]] = {}
    for aoi, sensor, key in context.table_keys():
        by_key.setdefault(key, []).extend(of.get((aoi.id, sensor), ()))
    lacking = {name for key, ids in by_key.items() for name in context.archive.scenes_without("detections", key, ids)}
    if not lacking:
        return []
    aois = {aoi.id: aoi for aoi in context.aois}
    chosen = [scene for scene in (context.scenes if scenes is None else scenes) if scene.id in lacking]
    work = [(scene, aois[scene.acquisition.aoi_id]) for scene in chosen]
    return sorted(work, key=lambda pair: (pair[0].acquisition.acquired_at, pair[0].id))


def made_from(context: Context) -> str:
    """A digest of everything that the derived tables are made from."""
    parts = [rules_digest(context), *port_digests(context).values(), context.archive.digest("positions")]
    return _hash(parts)


def rules_digest(context: Context) -> str:
    """A digest of what the derived tables are made from beside the scenes of each port and the positions."""
    parts = [
        VERSION,
        str(context.rules.gap),
        f"{context.rules.false_alarms_per_year:g} {context.rules.shuttle_prior:g} "
        f"{context.rules.land_change_ha:g} {context.rules.land_false_alarms_per_year:g}",
        repr(context.rules.chains),
        context.archive.digest("sightings"),
    ]
    if flights := context.archive.read_note(AIR_NOTE).strip():
        parts.append(flights)
    if reviewed := ReviewStore(context.archive).state():
        parts.append(reviewed)
    return _hash(parts)


def port_digests(context: Context) -> dict[str, str]:
    """By port, a digest of its zones, and of its scenes and what detectors made of them; read once a context."""
    known = context.digests
    if any(aoi.id not in known for aoi in context.aois):
        items, tables = context.archive.item_marks(), dict[tuple[str, str], dict[str, str]]()
        keys, scenes = dict[str, list[str]](), dict[str, list[str]]()
        for aoi, _, key in context.table_keys():
            keys.setdefault(aoi.id, []).append(key)
        for scene in context.listed:
            scenes.setdefault(scene.aoi_id, []).append(scene.id)
        for aoi in context.aois:
            parts = [zones_digest(aoi), *(f"{name} {mark}" for name, mark in items.get(aoi.id, {}).items())]
            for kind, key in ((kind, key) for key in keys.get(aoi.id, ()) for kind in _TABLES):
                if (kind, key) not in tables:
                    tables[kind, key] = context.archive.scene_table_marks(kind, key)
                made = tables[kind, key]
                parts += [f"{kind} {key} {name} {made[name]}" for name in scenes.get(aoi.id, ()) if name in made]
            known[aoi.id] = _hash([aoi.id, *keys.get(aoi.id, ()), *parts])
    return {aoi.id: known[aoi.id] for aoi in context.aois}


def _hash(parts: list[str]) -> str:
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
