"""What is worth telling, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pandas as pd

from monitor.core.findings import Finding
from monitor.core.instants import utc
from monitor.core.tables import ALERTS

TOLD_KINDS = ("dark_event", "shuttle", "count", "stack", "air_call")
COOL_DOWN = timedelta(days=3)


def alerts(
    findings: Iterable[Finding],
    previous: pd.DataFrame | None = None,
    *,
    now: datetime,
    cool_down: timedelta = COOL_DOWN,
    kinds: tuple[str, ...] = TOLD_KINDS,
) -> pd.DataFrame:
    """ALERTS for findings that were not told before; add them to `previous`.

    Parameters
    ----------
    findings : findings of a correlation
    previous : ALERTS table of all earlier runs
    now : when this run is; decides the cool-down
    cool_down : another alert of the same rule and subject (port, and berth for dark events) stays ``quiet`` this long
        after the last new one

    Returns
    -------
    ALERTS table
        New rows only; empty when everything was told. ``quiet`` rows are recorded and not sent.

    Raises
    ------
    DataError
        `now` has no zone.
    """
    when = pd.Timestamp(utc(now))
    told = set(previous["alert_id"]) if previous is not None else set()
    last: dict[tuple[str, str], pd.Timestamp] = {}
    if previous is not None:
        loud = previous[previous["state"] == "new"]
        for rule, subject, until in zip(loud["rule"], loud["subject"], loud["quiet_until"], strict=True):
            last[rule, subject] = max(until, last.get((rule, subject), until))
    rows = []
    for finding in sorted(findings, key=lambda f: (f.start, f.id)):
        if finding.kind not in kinds or (name := f"alert|{finding.kind}|{finding.id}") in told:
            continue
        told.add(name)
        key = (finding.kind, finding.aoi_id)
        quiet = key in last and when < last[key]
        if not quiet:
            last[key] = when + cool_down
        rows.append({
            "alert_id": name, "rule": finding.kind, "aoi_id": finding.aoi_id, "subject": finding.aoi_id,
            "finding_id": finding.id, "raised_at": when, "quiet_until": last[key], "claim": finding.claim,
            "state": "quiet" if quiet else "new",
        })  # fmt: skip
    return ALERTS.conform(pd.DataFrame(rows)) if rows else ALERTS.empty()
