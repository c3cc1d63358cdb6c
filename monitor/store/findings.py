"""Findings to text and back, so that they rest in the archive beside the tables they came from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, cast

from monitor.core.errors import ArchiveError
from monitor.core.findings import Finding
from monitor.core.timerange import utc


def to_text(findings: Iterable[Finding]) -> str:
    """JSON, one object a finding."""
    rows = []
    for finding in findings:
        row = asdict(finding)
        rows.append({**row, "start": finding.start.isoformat(), "end": finding.end.isoformat()})
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def from_text(text: str) -> tuple[Finding, ...]:
    """The findings of that text; none from an empty one.

    Raises
    ------
    ArchiveError
        The text is damaged.
    """
    if not text.strip():
        return ()
    try:
        return tuple(_finding(row) for row in json.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"derived/findings.txt: damaged ({error}); run `monitor correlate`") from error


def _finding(row: dict[str, object]) -> Finding:
    lists = {name: tuple(cast("list[str]", row[name])) for name in ("reasons", "evidence", "alternatives")}
    instants = {name: utc(str(row[name])) for name in ("start", "end")}
    return Finding(**cast("dict[str, Any]", {**row, **lists, **instants}))
