"""The brief of what the archive holds."""

from __future__ import annotations

from pathlib import Path

from monitor.core.instants import TimeRange
from monitor.pipeline.correlate import Ports
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore


def brief_is_current(archive: Archive, path: Path) -> bool:
    return False


def write_brief(
    archive: Archive, store: PositionStore, ports: Ports, period: TimeRange, out: Path, *, pdf: bool = False
) -> list[Path]:
    return []
