"""Which scenes must be matched again because AIS came in after they were matched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from monitor.core.scenes.scene import Scene
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import made_from
from monitor.store.archive import Archive

MATCHED = "matched"
"""The note that holds the keys of the AIS files that the matches were made with, and a digest of what else."""
REACH, SHIFT = timedelta(hours=12), timedelta(days=1)
"""Positions further than this from a scene change no match of it; the test against AIS shifted by a day reaches a day
further."""


def late_scenes(context: Context, *, within: timedelta = REACH) -> tuple[str, ...]:
    """Ids of the scenes near which positions have come in since their matches were made, in order of time.

    Empty when nothing was matched yet: then nothing is late.
    """
    known, _ = _noted(context.archive)
    scenes: Sequence[Scene] = context.scenes
    if known is None or not scenes:
        return ()
    ordered = sorted(scenes, key=lambda scene: (scene.acquisition.acquired_at, scene.id))
    times = pd.DatetimeIndex([scene.acquisition.acquired_at for scene in ordered]).as_unit("us")
    table = pd.DataFrame({"scene_id": [scene.id for scene in ordered], "acquired_at": times})
    return tuple(context.positions.late_scenes(table, known=known, within=within))


def to_match(context: Context) -> frozenset[str] | None:
    """The scenes to match now; all (None) when anything but positions is new.

    Those are the late ones, and those whose test against AIS shifted by a day the late positions may change.
    """
    known, rest = _noted(context.archive)
    if known is None or rest != made_from(context, positions=False):
        return None
    return frozenset(late_scenes(context, within=REACH + SHIFT))


def matched_note(context: Context) -> str:
    """What the note `MATCHED` is to hold of matches that are made from what is there now."""
    keys = sorted(done.key for done in context.positions.ingested())
    return json.dumps({"files": keys, "besides": made_from(context, positions=False)}) + "\n"


def _noted(archive: Archive) -> tuple[frozenset[str] | None, str]:
    """The keys and the digest of the note; None and "" when there is none, or it was written by an older version."""
    text = archive.read_note(MATCHED)
    if not text.startswith("{"):
        return None, ""
    note = json.loads(text)
    return frozenset(note["files"]), str(note["besides"])
