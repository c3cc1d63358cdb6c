"""Voyages between the port calls of one vessel, and the shuttles among them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from monitor.core.errors import DataError
from monitor.core.tables import VOYAGES

SURE_ENOUGH = 3
"""Least confidence of the calls at both ends, as in Global Fishing Watch's voyages."""


def voyages(port_calls: pd.DataFrame, *, confidence: int = SURE_ENOUGH) -> pd.DataFrame:
    """Voyages between consecutive calls of each vessel.

    Parameters
    ----------
    port_calls : PORT_CALLS table
        `mmsi`, `port_id`, `arrived_at`, `departed_at`, `confidence`; `silent_after_h` where known.
    confidence : int
        Calls below it are left out.

    Returns
    -------
    VOYAGES table
        In order of departure, then MMSI; `evidence` is ``ais``. A voyage from a port to the same port stays in: with a
        long silence (`silent_h`) it may hide a call elsewhere. `shuttle_id` is the same for consecutive voyages of a
        vessel to and fro between the same two ports, two at least, and "" otherwise.

    Raises
    ------
    DataError
        A column is missing.
    """
    for column in ("mmsi", "port_id", "arrived_at", "departed_at", "confidence"):
        if column not in port_calls:
            raise DataError(f"port_calls: column {column} missing; there are {', '.join(map(str, port_calls))}")
    calls = port_calls[port_calls["confidence"] >= confidence].sort_values(["mmsi", "arrived_at"], kind="stable")
    if len(calls) < 2:
        return VOYAGES.empty()
    after = calls.shift(-1)
    joined = (calls["mmsi"] == after["mmsi"]) & calls["departed_at"].notna()
    start, end = calls[joined], calls.shift(-1)[joined]
    if start.empty:
        return VOYAGES.empty()
    names = [f"{m}-{_stamp(t)}" for m, t in zip(start["mmsi"], start["departed_at"], strict=True)]
    table = pd.DataFrame(
        {
            "voyage_id": [f"voyage-{name}" for name in names],
            "mmsi": start["mmsi"].astype("Int64"),
            "from_port": start["port_id"],
            "to_port": end["port_id"],
            "departed_at": start["departed_at"],
            "arrived_at": end["arrived_at"],
            "duration_h": (end["arrived_at"] - start["departed_at"]) / pd.Timedelta(hours=1),
            "evidence": "ais",
            "probability": 1.0,
            "from_visit": call_ids(start),
            "to_visit": call_ids(end),
            "silent_h": start.get("silent_after_h", np.nan),
        }
    )
    table["shuttle_id"] = _shuttles(table)
    return VOYAGES.conform(table.sort_values(["departed_at", "mmsi"], kind="stable"))


def call_ids(port_calls: pd.DataFrame) -> list[str]:
    """``call-<mmsi>-<port>-<arrival>`` of each port call."""
    who = zip(port_calls["mmsi"], port_calls["port_id"], port_calls["arrived_at"], strict=True)
    return [f"call-{int(mmsi)}-{port}-{_stamp(arrived)}" for mmsi, port, arrived in who]


def _stamp(instant: pd.Timestamp) -> str:
    return f"{instant:%Y%m%dT%H%M%SZ}"


def _shuttles(table: pd.DataFrame) -> list[str]:
    """Runs of consecutive voyages of one vessel between the same two ports; the id is that of the run's first."""
    pairs = [
        (mmsi, frozenset((a, b)) if a != b else frozenset((a, f"#{i}")), b)
        for i, (mmsi, a, b) in enumerate(zip(table["mmsi"], table["from_port"], table["to_port"], strict=True))
    ]
    out = [""] * len(pairs)
    begin = 0
    for i in range(1, len(pairs) + 1):
        if i < len(pairs) and pairs[i][:2] == pairs[begin][:2]:
            continue
        if i - begin >= 2:
            name = str(table["voyage_id"].iloc[begin]).replace("voyage-", "shuttle-", 1)
            out[begin:i] = [name] * (i - begin)
        begin = i
    return out
