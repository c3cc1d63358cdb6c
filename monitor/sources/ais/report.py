"""What became of the rows of one AIS file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from monitor.core.tables import VESSELS

_STATIC = ("imo", "name", "callsign", "ship_type", "length_m", "width_m")


@dataclass(slots=True)
class ReadReport:
    """Counts for one file; they grow while it is read.

    Attributes
    ----------
    file : str
        Its name.
    format : str
        The layout found.
    rows : int
        Lines with something in them; headers, blank lines and comments do not count.
    positions : int
        Rows that became positions.
    rejected : Counter
        Rows that gave no position, by reason: ``checksum``, ``bad line``, ``bad mmsi``, ``bad time``,
        ``impossible time``, ``no position``, ``duplicate``, ``base station``, ``aid to navigation``, and so on.
    other : Counter
        Rows that are no fault and carry no position: ``static``, ``fragment``, ``time line``, ``tag block``.
    unavailable : Counter
        Values of kept positions that were not available or out of range, by column.
    notes : list of str
        What a reader did or measured that a person should know: the drift of a receiver's clock, members of a zip file
        that were not recognised.
    vessels : VESSELS table
        The static data that the ships sent; the latest value of each field.
    ahead : datetime or None
        The first instant that was impossible because it is still to come by the clock of the reading.

    Notes
    -----
    ``rows == positions + sum(rejected.values()) + sum(other.values())``.
    """

    file: str
    format: str = ""
    rows: int = 0
    positions: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    unavailable: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    vessels: pd.DataFrame = field(default_factory=VESSELS.empty)
    ahead: datetime | None = None

    def add_vessels(self, rows: pd.DataFrame) -> None:
        """Add static data, columns of VESSELS; later values of a ship replace earlier ones, blanks do not."""
        if rows.empty:
            return
        rows = rows.assign(source_file=self.file)
        blank = rows[list(_STATIC)].replace("", pd.NA).isna().all(axis=1)
        rows = rows[~blank]
        if rows.empty:
            return
        known = pd.concat([self.vessels, rows], ignore_index=True) if len(self.vessels) else rows
        known = known.assign(**{c: known[c].replace("", pd.NA) for c in ("imo", "name", "callsign")})
        last = known.groupby("mmsi", sort=True).last().reset_index()
        last[["imo", "name", "callsign"]] = last[["imo", "name", "callsign"]].fillna("")
        self.vessels = VESSELS.conform(last)

    @property
    def is_rejected(self) -> bool:
        """Whether there were rows, and nothing came of them (`is_lost`)."""
        return is_lost(self.as_dict())

    def as_dict(self) -> dict[str, object]:
        """The counts as plain values for JSON and for people."""
        return {
            "file": self.file,
            "format": self.format,
            "rows": self.rows,
            "positions": self.positions,
            "rejected": dict(sorted(self.rejected.items())),
            "other": dict(sorted(self.other.items())),
            "unavailable": dict(sorted(self.unavailable.items())),
            "notes": list(self.notes),
            "vessels": len(self.vessels),
            **({"ahead": self.ahead.isoformat()} if self.ahead else {}),
        }


def is_lost(counts: Mapping[str, object]) -> bool:
    """Whether there were rows and no position came of them, and either rows were rejected or no vessel is known either.

    Parameters
    ----------
    counts : mapping
        As `ReadReport.as_dict` gives them.
    """
    if not counts.get("rows") or counts.get("positions"):
        return False
    return bool(counts.get("rejected")) or not counts.get("vessels")
