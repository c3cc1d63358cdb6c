"""What a step starts from, over a bare archive."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.core.aoi import Aoi
from monitor.pipeline.context import Context
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore

NOW = datetime(2023, 10, 16, 6, 0, tzinfo=UTC)


def context(archive: Archive, *aois: Aoi, now: datetime = NOW) -> Context:
    """A context without detectors."""
    positions = PositionStore(archive.root / "positions")
    return Context(archive=archive, positions=positions, aois=aois, detectors={}, now=now)
