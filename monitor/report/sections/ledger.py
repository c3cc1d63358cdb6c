"""The brief's part on what others saw: beside our own, never added to it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import pandas as pd

from monitor.core.tables import LEDGER
from monitor.core.timerange import TimeRange
from monitor.core.wording import day, day_and_time
from monitor.report.page.blocks import Block, Cell, Section, Table, Text
from monitor.report.page.wording import SIMULATED_LINE

MOST_ROWS = 40
_KINDS = {"matched": "present", "external_only": "warn", "monitor_only": "part", "not_observable": "none"}
_LABELS = {
    "matched": "seen by both",
    "external_only": "seen by them only",
    "monitor_only": "seen by us only",
    "not_observable": "not observable",
}
_MEANINGS = {
    "matched": "what they saw may be what we saw: a stay, a stack, or an absence",
    "external_only": "we had clear observations in that time and saw none; observations are snapshots",
    "monitor_only": "we saw a ship where they saw none",
    "not_observable": "we could not have seen it, for the reason given",
}
_NOTE = (
    "These are the statements of others, with their sources and with the confidence of whoever wrote them down. They "
    "enter no count, visit or finding of this brief. That two saw the same is no proof: many repeat one source."
)
_MADE_UP = (
    f"{SIMULATED_LINE} The statements of others below are real, so neither agreement nor disagreement with them means "
    "anything."
)


def ledger_part(
    ledger: pd.DataFrame, names: Mapping[str, str], period: TimeRange, *, simulated: bool = False
) -> Section | None:
    """The section on a LEDGER's observations of some ports in a period; None when there is none.

    Parameters
    ----------
    ledger : LEDGER table
    names : mapping of str to str
        The ports' names by id.
    period : TimeRange
        What it spans.
    simulated : bool, optional
        Whether our own pixels are made up.
    """
    rows = LEDGER.within(ledger, period)
    rows = rows[(rows["origin"] != "ours") & rows["port"].isin(list(names))]
    compared = rows[rows["verdict"] != "not_comparable"].sort_values(["start", "entry_id"], kind="stable")
    if compared.empty:
        return None
    blocks: list[Block] = [Text((_MADE_UP,), "limit")] if simulated else []
    blocks += [Text((_tally(compared),)), _table(compared.head(MOST_ROWS), names, len(compared)), _words()]
    return Section("ledger", "What others saw", (*blocks, Text((_NOTE,), "limit")))


def _tally(rows: pd.DataFrame) -> str:
    counts = rows["verdict"].value_counts()
    parts = [f"{label} {int(counts[verdict])}" for verdict, label in _LABELS.items() if verdict in counts]
    own = int((rows["origin"] == "own").sum())
    return (
        f"{len(rows)} observations by others fall into this period ({len(rows) - own} published, {own} of an analyst's "
        f"own): {', '.join(parts)}."
    )


def _table(rows: pd.DataFrame, names: Mapping[str, str], number: int) -> Table:
    cells = tuple(
        (
            Cell(_when(row.start, row.end)),
            Cell(", ".join(filter(None, (names[str(row.port)], str(row.berth))))),
            Cell(f"{str(row.event).replace('_', ' ')}{f': {row.vessel}' if row.vessel else ''}"),
            Cell(_LABELS[str(row.verdict)], _KINDS[str(row.verdict)]),
            Cell(str(row.reason)),
            Cell(f"{_source(str(row.source))} ({row.confidence or 'no confidence given'})"),
        )
        for row in rows.itertuples()
    )
    left = f" The first {len(cells)} of {number}; `monitor ledger` has all." if number > len(cells) else ""
    return Table(
        "Observations of others, beside ours",
        ("When", "Port and berth, as they name it", "What they report", "Verdict", "Why", "Source and its confidence"),
        cells,
        f"Dates are as wide as the source leaves them.{left}",
        compact=True,
    )


def _words() -> Table:
    rows = tuple((Cell(_LABELS[verdict]), Cell(text)) for verdict, text in _MEANINGS.items())
    return Table("What the verdicts mean", ("Verdict", "Meaning"), rows, compact=True)


def _when(start: pd.Timestamp, end: pd.Timestamp) -> str:
    if end - start <= pd.Timedelta(minutes=1):
        return day_and_time(start)
    last = end - pd.Timedelta(seconds=1)
    return day(start) if last.date() == start.date() else f"{day(start)} to {day(last)}"


def _source(text: str) -> str:
    """The site of an address, else the text: whole addresses are in the table of `monitor ledger`."""
    return urlsplit(text).netloc.removeprefix("www.") or text
