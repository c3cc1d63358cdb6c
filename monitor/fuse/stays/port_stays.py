"""Stays in a port, from imagery and from AIS, as what voyages are linked between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

import numpy as np
import pandas as pd

Bound: TypeAlias = pd.Timestamp | None

USUAL_SPREAD = 0.15
"""Relative standard error of a measured length whose interval is not known; chosen."""
LEAST_SPREAD = 0.05
"""Least such error, when two lengths are compared; chosen."""


@dataclass(frozen=True, slots=True)
class PortStay:
    """A ship in a port: one or several berths one after the other, or a call on AIS, or both.

    `arrived` and `departed` are (not before, not after); None where nothing bounds it. `present` is first and last
    instant at which it was surely there. `change_m2` is the change of the port's stacks over the stay, NaN when not
    known.
    """

    id: str
    port: str
    berth_id: str
    arrived: tuple[Bound, pd.Timestamp]
    departed: tuple[pd.Timestamp, Bound]
    is_open: bool
    mmsi: int | None
    length_m: float
    length_spread: float
    evidence: str
    change_m2: float = float("nan")

    @property
    def present(self) -> timedelta:
        """How long it was surely there."""
        sure: timedelta = self.departed[0] - self.arrived[1]
        return max(sure, timedelta(0))


def port_stays(
    visits: pd.DataFrame, port_calls: pd.DataFrame, *, stacks: pd.DataFrame, shift_within: timedelta
) -> list[PortStay]:
    """The stays of all ports in order of arrival.

    Parameters
    ----------
    visits : VISITS table
        Visits at two berths of a port, one soon after the other, are one stay when AIS names the same ship: a shift.
        Whether a nameless ship shifted is for `monitor.fuse.voyages.sampler` to weigh.
    port_calls : PORT_CALLS table
        Calls of ships that no visit carries become stays of their own (``evidence`` ais).
    stacks : STACKS table
        For the change of stack area over a stay.
    shift_within : timedelta
        Most time between being last seen at one berth and first seen at the next.
    """
    stays: list[PortStay] = []
    for _, group in visits.groupby("aoi_id", sort=True):
        stays += _shifts([_of_visit(row) for row in group.to_dict("records")], shift_within)
    stays = [replace(stay, change_m2=_change(stay, stacks)) for stay in stays]
    for call in port_calls.to_dict("records"):
        if not any(_same_call(stay, call) for stay in stays):
            stays.append(_of_call(call))
    return sorted(stays, key=lambda stay: (stay.arrived[1], stay.id))


def _instant(value: object) -> Bound:
    return None if pd.isna(value) else pd.Timestamp(value)


def _of_visit(row: dict[object, object]) -> PortStay:
    length, low, high = (float(str(row[name])) for name in ("length_m", "length_low_m", "length_high_m"))
    spread = (np.log(high) - np.log(low)) / 3.29 if np.isfinite(low) and np.isfinite(high) and low > 0 else USUAL_SPREAD
    first, last = _instant(row["arrived_not_after"]), _instant(row["departed_not_before"])
    assert first is not None
    assert last is not None
    return PortStay(
        id=str(row["visit_id"]),
        port=str(row["aoi_id"]),
        berth_id=str(row["berth_id"]),
        arrived=(_instant(row["arrived_not_before"]), first),
        departed=(last, _instant(row["departed_not_after"])),
        is_open=bool(row["is_open"]),
        mmsi=None if pd.isna(row["mmsi"]) else int(str(row["mmsi"])),
        length_m=length,
        length_spread=float(spread),
        evidence=str(row["evidence"]),
    )


def _shifts(stays: list[PortStay], within: timedelta) -> list[PortStay]:
    """Visits at two berths joined where one ship shifted; each visit is used once."""
    merged: list[PortStay] = []
    for stay in sorted(stays, key=lambda s: (s.arrived[1], s.id)):
        for index in range(len(merged) - 1, -1, -1):
            if _shifted(merged[index], stay, within):
                merged[index] = _joined(merged[index], stay)
                break
        else:
            merged.append(stay)
    return merged


def _shifted(first: PortStay, then: PortStay, within: timedelta) -> bool:
    apart = then.arrived[1] - first.departed[0]
    if not timedelta(0) < apart <= within:
        return False
    came, went = then.arrived[0], first.departed[1]
    if (came is not None and went is not None and went < came) or went is None:
        return False
    return first.mmsi is not None and first.mmsi == then.mmsi


def same_length(one: PortStay, other: PortStay) -> bool:
    """Whether two measured lengths may be one ship's; True when one is not known."""
    if not (np.isfinite(one.length_m) and np.isfinite(other.length_m)):
        return True
    reach = 2.0 * float(np.hypot(max(one.length_spread, LEAST_SPREAD), max(other.length_spread, LEAST_SPREAD)))
    return abs(float(np.log(one.length_m / other.length_m))) <= reach


def _joined(first: PortStay, then: PortStay) -> PortStay:
    known = [s.length_m for s in (first, then) if np.isfinite(s.length_m)]
    return replace(
        first,
        departed=then.departed,
        is_open=then.is_open,
        mmsi=first.mmsi if first.mmsi is not None else then.mmsi,
        length_m=float(np.mean(known)) if known else float("nan"),
        length_spread=min(first.length_spread, then.length_spread),
        evidence=first.evidence if first.evidence == then.evidence else "both",
    )


def _same_call(stay: PortStay, call: dict[object, object]) -> bool:
    if stay.port != call["port_id"] or stay.mmsi is None or stay.mmsi != call["mmsi"]:
        return False
    came, went = _instant(call["arrived_at"]), _instant(call["departed_at"])
    return (came is None or came <= stay.departed[0]) and (went is None or went >= stay.arrived[1])


def _of_call(call: dict[object, object]) -> PortStay:
    came, went = _instant(call["arrived_at"]), _instant(call["departed_at"])
    assert came is not None
    name = f"call|{call['port_id']}|{call['mmsi']}|{came.isoformat()}"
    return PortStay(
        id=name,
        port=str(call["port_id"]),
        berth_id="",
        arrived=(came, came),
        departed=(came if went is None else went, went),
        is_open=went is None,
        mmsi=int(str(call["mmsi"])),
        length_m=float("nan"),
        length_spread=USUAL_SPREAD,
        evidence="ais",
    )


def _change(stay: PortStay, stacks: pd.DataFrame) -> float:
    """Stack area in the port after the stay less that before it, from the clear observations nearest on either side."""
    if stacks.empty:
        return float("nan")
    mine = stacks[(stacks["aoi_id"] == stay.port) & stacks["area_m2"].notna()]
    total = mine.groupby("acquired_at")["area_m2"].sum()
    before, after = total[total.index <= stay.arrived[1]], total[total.index >= stay.departed[0]]
    if before.empty or after.empty:
        return float("nan")
    return float(after.iloc[0] - before.iloc[-1])
