"""Which scenes must be matched again because the AIS near them has changed since they were matched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from monitor.core.scenes.scene import Scene
from monitor.core.timerange import utc
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import port_digests, rules_digest
from monitor.store.archive import Archive
from monitor.store.positions import UsedFile

MATCHED = "matched"
"""The note that holds which readings of AIS files the matches were made with, and a digest of what else."""
REACH, SHIFT = timedelta(hours=12), timedelta(days=1)
"""Positions further than this from a scene change no match of it; the test against AIS shifted by a day reaches a day
further."""


def late_scenes(context: Context, *, within: timedelta = REACH) -> tuple[str, ...]:
    """Ids of the scenes near which positions have come in or gone since their matches were made, in order of time.

    Empty when nothing was matched yet: then nothing is late.
    """
    used, _ = _noted(context.archive)
    scenes: Sequence[Scene] = context.scenes
    if used is None or not scenes:
        return ()
    ordered = sorted(scenes, key=lambda scene: (scene.acquisition.acquired_at, scene.id))
    times = pd.DatetimeIndex([scene.acquisition.acquired_at for scene in ordered]).as_unit("us")
    table = pd.DataFrame({"scene_id": [scene.id for scene in ordered], "acquired_at": times})
    return tuple(context.positions.late_scenes(table, used=used, within=within))


def to_match(context: Context) -> frozenset[str] | None:
    """The scenes to match now; all (None) when anything but positions and the ports' own scenes is new.

    Those are the late ones, those whose test against AIS shifted by a day the late positions may change, and all of a
    port at which anything is new: what its scenes show together decides which detections are fixed objects.
    """
    used, noted = _noted(context.archive)
    if used is None or noted.get("") != rules_digest(context):
        return None
    ports = port_digests(context)
    changed = {name for name, digest in ports.items() if noted.get(name) != digest}
    anew = {scene.id for scene in context.scenes if scene.acquisition.aoi_id in changed}
    return frozenset({*late_scenes(context, within=REACH + SHIFT), *anew})


def matched_note(context: Context) -> str:
    """What the note `MATCHED` is to hold of matches that are made from what is there now."""
    files = {
        key: [used.reading, [[start.isoformat(), end.isoformat()] for start, end in used.spans]]
        for key, used in sorted(context.positions.files_used().items())
    }
    besides = {"": rules_digest(context), **port_digests(context)}
    return json.dumps({"files": files, "besides": besides}) + "\n"


def _noted(archive: Archive) -> tuple[dict[str, UsedFile] | None, dict[str, str]]:
    """The readings of the note, and its digests by port ("": of the rest); None and {} of an older version's."""
    text = archive.read_note(MATCHED)
    if not text.startswith("{"):
        return None, {}
    note = json.loads(text)
    if not isinstance(note["files"], dict) or not isinstance(note["besides"], dict):
        return None, {}
    files = {
        key: UsedFile(reading, tuple((utc(start), utc(end)) for start, end in spans))
        for key, (reading, spans) in note["files"].items()
    }
    return files, note["besides"]
