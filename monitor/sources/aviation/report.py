"""What became of one file about aircraft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path

import pandas as pd

from monitor.core.schema import Schema
from monitor.core.tables.aviation import AIR_CLAIMS, AIR_POSITIONS
from monitor.sources.aviation.plain import CUT_OFF
from monitor.sources.aviation.table import NOT_WATCHED

_PART = 20_000

_NOT_REASONS = frozenset({"rows"})


@dataclass(frozen=True, slots=True)
class AirReport:
    """What became of one file. `rejected` counts rows by reason; `cut_off` when the file ends too early.

    `ahead` is the first instant that was impossible because it is still to come by the clock of the reading.
    """

    path: Path
    format: str
    rows: int
    positions: int
    claims: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    cut_off: bool = False
    ahead: datetime | None = None

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


def table_of(
    rows: Iterable[Mapping[str, object]], finish: Callable[[pd.DataFrame], pd.DataFrame], schema: Schema = AIR_POSITIONS
) -> pd.DataFrame:
    """A table of rows, made part by part: a row takes twenty times the memory before it is in a table.

    Parameters
    ----------
    rows : iterable of mapping
        Column to value.
    finish : callable
        What gives a part the columns and types of the schema that the rows do not have.
    schema : Schema, optional
        Of the table.
    """
    left = iter(rows)
    tables = []
    while part := [*islice(left, _PART)]:
        tables.append(schema.conform(finish(pd.DataFrame(part))))
    return joined_tables(tables, schema)


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
