"""Calls and claims as rows that stand beside visits, shuttles and stacks on one time axis."""

from __future__ import annotations

import pandas as pd

from monitor.core.tables.aviation import AIR_CALLS, AIR_CLAIMS, TIMELINE

_REPORTED = ("landed", "consistent", "overflight", "contested")


def calls_at(calls: pd.DataFrame, airfield_ids: frozenset[str]) -> pd.DataFrame:
    """The AIR_CALLS that name one of these fields among their candidates, traces that end or begin toward them too."""
    calls = AIR_CALLS.conform(calls)
    names = calls["candidates"].str.split().map(lambda fields: bool(airfield_ids & set(fields)))
    return calls[names.astype(bool)].reset_index(drop=True)


def _span(row: object) -> tuple[pd.Timestamp, pd.Timestamp]:
    names = ("arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after")
    known = [t for t in (getattr(row, name) for name in names) if pd.notna(t)]
    return min(known), max(known)


def air_timeline(
    calls: pd.DataFrame, claims: pd.DataFrame | None = None, *, events: pd.DataFrame | None = None
) -> pd.DataFrame:
    """TIMELINE rows of calls (lane ``flight``), published claims (``published flight``) and dated events (``event``).

    Rows of visits, shuttles and stacks in the same columns can be put under them as they are. In order of time.

    Parameters
    ----------
    calls : AIR_CALLS table
    claims : AIR_CLAIMS table, optional
    events : DataFrame, optional
        `event`, `start`, `end`.
    """
    calls = AIR_CALLS.conform(calls)
    rows: list[tuple[object, ...]] = []
    for call in calls[calls["status"].isin(_REPORTED)].itertuples():
        start, end = _span(call)
        rows.append(
            (
                call.call_id,
                start,
                end,
                "flight",
                call.airfield_id,
                call.registration or call.icao24,
                call.status,
                call.claim,
                call.evidence,
                call.alternatives,
            )
        )
    for claim in AIR_CLAIMS.empty().itertuples() if claims is None else AIR_CLAIMS.conform(claims).itertuples():
        way = f"{claim.from_place} to {claim.to_place}"
        rows.append(
            (
                claim.claim_id,
                claim.not_before,
                claim.not_after,
                "published flight",
                claim.to_field or claim.from_field,
                claim.registration or claim.type,
                claim.event,
                f"{way}: {claim.statement}",
                claim.citation,
                claim.note,
            )
        )
    for n, event in enumerate([] if events is None else list(events.itertuples())):
        rows.append((f"event-{n}", event.start, event.end, "event", "", event.event, "", event.event, "", ""))
    if not rows:
        return TIMELINE.empty()
    table = pd.DataFrame(rows, columns=list(TIMELINE.columns))
    for column in ("start", "end"):
        table[column] = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]")
    return TIMELINE.conform(table.drop_duplicates("row_id").sort_values(["start", "row_id"], kind="stable"))
