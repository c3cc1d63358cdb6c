"""Which scenes must be matched again because AIS came in after they were matched."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.scene import Scene
from monitor.core.timerange import utc
from monitor.pipeline.freshness import Ports, made_from
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore

MATCHED = "matched"
"""The note that says when the matches were last made, and from what besides positions."""
REACH, SHIFT = timedelta(hours=12), timedelta(days=1)
"""Positions further than this from a scene change no match of it; the test against AIS shifted by a day reaches a day
further."""


def late_scenes(
    archive: Archive, store: PositionStore, scenes: Sequence[Scene], *, within: timedelta = REACH
) -> tuple[str, ...]:
    """Ids of the scenes near which positions have come in since their matches were made, in order of time.

    Empty when nothing was matched yet: then nothing is late.
    """
    when, _ = _noted(archive)
    if when is None or not scenes:
        return ()
    ordered = sorted(scenes, key=lambda scene: (scene.acquisition.acquired_at, scene.id))
    table = pd.DataFrame(
        {
            "scene_id": [scene.id for scene in ordered],
            "acquired_at": pd.DatetimeIndex([scene.acquisition.acquired_at for scene in ordered]).as_unit("us"),
            "matched_at": pd.Timestamp(when),
        }
    )
    return tuple(store.late_scenes(table, within=within))


def to_match(
    archive: Archive, store: PositionStore, ports: Ports, gap: timedelta, scenes: Sequence[Scene]
) -> frozenset[str] | None:
    """The scenes to match now; all (None) when anything but positions is new.

    Those are the late ones, and those whose test against AIS shifted by a day the late positions may change.
    """
    when, rest = _noted(archive)
    if when is None or rest != besides_positions(archive, ports, gap):
        return None
    return frozenset(late_scenes(archive, store, scenes, within=REACH + SHIFT))


def note_matched(archive: Archive, ports: Ports, gap: timedelta, at: datetime) -> None:
    """Keep when matches were made and from what; `at` is before the positions were read."""
    archive.write_note(MATCHED, f"{utc(at).isoformat()} {besides_positions(archive, ports, gap)}\n")


def besides_positions(archive: Archive, ports: Ports, gap: timedelta) -> str:
    """A digest of everything that matches are made from, but for positions."""
    return hashlib.sha256(made_from(archive, ports, gap, positions=False).encode()).hexdigest()


def _noted(archive: Archive) -> tuple[datetime | None, str]:
    words = archive.read_note(MATCHED).split()
    try:
        return (utc(words[0]), words[1]) if len(words) == 2 else (None, "")
    except DataError:
        return None, ""
