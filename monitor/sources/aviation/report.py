"""What became of one file about aircraft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pandas as pd

from monitor.core.schema import Schema
from monitor.core.tables.aviation import AIR_CLAIMS, AIR_POSITIONS
from monitor.sources.aviation.plain import CUT_OFF
from monitor.sources.aviation.table import NOT_WATCHED

_NOT_REASONS = frozenset({"rows"})


@dataclass(frozen=True, slots=True)
class AirReport:
    """What became of one file. `rejected` counts rows by reason; `cut_off` when the file ends too early."""

    path: Path
    format: str
    rows: int
    positions: int
    claims: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    cut_off: bool = False

    @property
    def is_rejected(self) -> bool:
        """Whether there were rows of aircraft to follow, and nothing came of them."""
        return self.rows > self.rejected.get(NOT_WATCHED, 0) and not self.positions and not self.claims


@dataclass(frozen=True, slots=True)
class AirFile:
    """A file's AIR_POSITIONS and AIR_CLAIMS, either of them often empty, and the report."""

    positions: pd.DataFrame
    claims: pd.DataFrame
    report: AirReport


def joined_tables(tables: Sequence[pd.DataFrame], schema: Schema) -> pd.DataFrame:
    """Tables of one schema in one; the empty table where all are empty."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return tables[0] if tables else schema.empty()
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)


@lru_cache(maxsize=1)
def _nothing() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The empty tables, made once: a history has thousands of files."""
    return AIR_POSITIONS.empty(), AIR_CLAIMS.empty()


def made_file(
    path: Path,
    layout: str,
    counts: Counter[str],
    *,
    positions: pd.DataFrame | None = None,
    claims: pd.DataFrame | None = None,
) -> AirFile:
    """A file's tables with its report.

    Parameters
    ----------
    path : Path
        The file.
    layout : str
        What was found in it.
    counts : Counter
        ``rows``, and what was rejected by reason.
    positions : AIR_POSITIONS table, optional
        Empty without it.
    claims : AIR_CLAIMS table, optional
        Empty without it.
    """
    none = _nothing()
    positions = none[0] if positions is None else positions
    claims = none[1] if claims is None else claims
    rejected = {reason: n for reason, n in counts.items() if n and reason not in _NOT_REASONS}
    rows = counts["rows"] + counts["wrong number of fields"]
    report = AirReport(
        path=path,
        format=layout,
        rows=rows,
        positions=len(positions),
        claims=len(claims),
        rejected=rejected,
        cut_off=CUT_OFF in rejected,
    )
    return AirFile(positions, claims, report)
