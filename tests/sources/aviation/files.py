"""Files about aircraft, read and joined."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from monitor.core.tables.aviation import AIR_CLAIMS, AIR_POSITIONS
from monitor.sources.aviation.reader import air_paths, read_air
from monitor.sources.aviation.report import AirReport


def read_air_files(
    paths: Iterable[Path], *, watchlist: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, list[AirReport]]:
    """AIR_POSITIONS in order of aircraft and time, AIR_CLAIMS, and the reports of files and folders."""
    files = [read_air(path, watchlist=watchlist) for path in air_paths(paths)]
    positions = _joined([file.positions for file in files], AIR_POSITIONS.empty())
    positions = positions.drop_duplicates(["icao24", "registration", "t", "lon", "lat"])
    positions = positions.sort_values(["icao24", "t"], kind="stable", ignore_index=True)
    claims = _joined([file.claims for file in files], AIR_CLAIMS.empty())
    return positions, claims, [file.report for file in files]


def _joined(tables: list[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else empty
