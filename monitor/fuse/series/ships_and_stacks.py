"""Ships per observation and stack change together: what the yards did while ships lay at the berths."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats, texts
from monitor.core.tables import SHIPS_AND_STACKS

_SIZES = ("area_m2", "area_low_m2", "area_high_m2", "teu_low", "teu_high")
_CHANGES = ("change_m2", "change_low_m2", "change_high_m2", "teu_change_low", "teu_change_high")
_OPPOSITE = [0, 2, 1, 4, 3]
"""Of the earlier observation, for the bounds of a change: the lower one is less the upper one before."""
LEAST_CHANGE_M2 = 500.0
"""Smaller changes of a port's stacks are within what the same stacks measure from observation to observation."""


def ships_and_stacks(stacks: pd.DataFrame, counts: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """SHIPS_AND_STACKS of each port: a row for each clear look at its yards that has an earlier one.

    Parameters
    ----------
    stacks : STACKS table
        A yard enters with its last clear observation before by the same sensor; without one it does not.
    counts : COUNTS table
        Gives the vessels at berths of the later observation.
    visits : VISITS table
        A stay counts when it is sure to have lain there at some time from the one observation to the other.

    Returns
    -------
    SHIPS_AND_STACKS table
        In order of port and time; empty without two clear observations at a yard. Bounds are the widest that those of
        the two ends allow; they are of what is left of all that came and went between, NaN where an end has none.
    """
    single = counts.drop_duplicates("scene_id")
    berth = dict(zip(single["scene_id"], single["berth"], strict=True))
    leads = dict(zip(single["scene_id"], texts(single, "counted_in"), strict=True))
    rows = []
    for aoi, group in stacks[stacks["area_m2"].notna()].groupby("aoi_id", sort=True):
        stays = visits[visits["aoi_id"] == aoi]
        for row in _intervals(str(aoi), group):
            mine = stays[(stays["arrived_not_after"] <= row["end"]) & (stays["departed_not_before"] >= row["start"])]
            there = berth.get(leads.get(row["scene_id"]) or row["scene_id"], pd.NA)
            rows.append(
                {
                    **row,
                    "berth": there,
                    "visit_ids": " ".join(mine["visit_id"].astype(str)),
                    "reading": _reading(float(str(row["change_m2"])), ship=bool(len(mine))),
                }
            )
    if not rows:
        return SHIPS_AND_STACKS.empty()
    table = pd.DataFrame(rows)
    return SHIPS_AND_STACKS.conform(table.assign(berth=pd.array(table["berth"].tolist(), dtype="Int64")))


def _intervals(aoi: str, stacks: pd.DataFrame) -> Iterator[dict[str, object]]:
    last: dict[tuple[str, str], tuple[pd.Timestamp, Floats]] = {}
    for (at, scene), observation in stacks.groupby(["acquired_at", "scene_id"], sort=True):
        sizes = np.column_stack([floats(observation, name) for name in _SIZES])
        keys = zip(texts(observation, "sensor"), observation["yard_id"].astype(str), strict=True)
        now = dict(zip(keys, sizes, strict=True))
        both = [yard for yard in now if yard in last]
        if both:
            before, after = (np.sum(sizes, axis=0) for sizes in ([last[y][1] for y in both], [now[y] for y in both]))
            change = after - before[_OPPOSITE]
            yield {
                "aoi_id": aoi,
                "scene_id": str(scene),
                "start": min(last[yard][0] for yard in both),
                "end": at,
                "yards": len(both),
                "before_m2": before[0],
                "after_m2": after[0],
                **dict(zip(_CHANGES, change.tolist(), strict=True)),
            }
        last |= {yard: (at, size) for yard, size in now.items()}


def _reading(change_m2: float, *, ship: bool) -> str:
    if abs(change_m2) < LEAST_CHANGE_M2:
        return "steady"
    return f"{'less' if change_m2 < 0 else 'more'}, {'ship there' if ship else 'no ship seen'}"
