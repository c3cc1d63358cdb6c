"""The same pair of ports again and again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from monitor.core.tables import SHUTTLES
from monitor.fuse.chance import negative_binomial_quantile
from monitor.fuse.linking import LinkRule
from monitor.fuse.portstays import PortStay, same_length
from monitor.fuse.visits import catchable


def shuttles(
    voyages: pd.DataFrame, stays: list[PortStay], berth_states: pd.DataFrame | None, rule: LinkRule
) -> tuple[pd.DataFrame, dict[str, str]]:
    """SHUTTLES, and the shuttle of each of their voyages by id."""
    by_id = {stay.id: stay for stay in stays}
    groups: list[list[dict[object, object]]] = []
    for leg in voyages[voyages["from_port"] != voyages["to_port"]].to_dict("records"):
        home = next((group for group in groups if _carries_on(group, leg, by_id)), None)
        if home is None:
            groups.append([leg])
        else:
            home.append(leg)
    rows: list[dict[str, object]] = []
    names: dict[str, str] = {}
    for group in groups:
        if len(group) < rule.least_legs:
            continue
        row = _shuttle(group, by_id, berth_states, rule)
        rows.append(row)
        names |= {str(leg["voyage_id"]): str(row["shuttle_id"]) for leg in group}
    if not rows:
        return SHUTTLES.empty(), names
    table = pd.DataFrame(rows)
    table["mmsi"], table["legs_high"] = table["mmsi"].astype("Int64"), table["legs_high"].astype("Int64")
    return SHUTTLES.conform(table), names


def _carries_on(group: list[dict[object, object]], leg: dict[object, object], by_id: Mapping[str, PortStay]) -> bool:
    last = group[-1]
    if {last["from_port"], last["to_port"]} != {leg["from_port"], leg["to_port"]}:
        return False
    if pd.notna(last["mmsi"]) and pd.notna(leg["mmsi"]):
        return last["mmsi"] == leg["mmsi"]
    if last["to_visit"] == leg["from_visit"] and leg["from_visit"]:
        return True
    was, now = by_id.get(str(last["from_visit"])), by_id.get(str(leg["from_visit"]))
    starts_later = pd.Timestamp(leg["departed_at"]) >= pd.Timestamp(last["arrived_at"])
    return starts_later and was is not None and now is not None and same_length(was, now)


def _shuttle(
    group: list[dict[object, object]], by_id: Mapping[str, PortStay], berth_states: pd.DataFrame | None, rule: LinkRule
) -> dict[str, object]:
    ports = sorted({str(group[0]["from_port"]), str(group[0]["to_port"])})
    first, last = pd.Timestamp(group[0]["departed_at"]), pd.Timestamp(group[-1]["arrived_at"])
    share = _leg_share(ports, first, last, berth_states, rule)
    more = [negative_binomial_quantile(q, len(group), share) for q in (0.05, 0.95)] if share > 0 else []
    out = [pd.Timestamp(leg["departed_at"]) for leg in group if leg["from_port"] == group[0]["from_port"]]
    days = [(b - a) / timedelta(days=1) for a, b in pairwise(out)]
    mmsis = {int(str(leg["mmsi"])) for leg in group if pd.notna(leg["mmsi"])}
    lengths = [by_id[str(leg["from_visit"])].length_m for leg in group if str(leg["from_visit"]) in by_id]
    known = [value for value in lengths if np.isfinite(value)]
    return {
        "shuttle_id": f"shuttle|{ports[0]}|{ports[1]}|{group[0]['voyage_id']}", "port_a": ports[0],
        "port_b": ports[1], "mmsi": mmsis.pop() if len(mmsis) == 1 else pd.NA, "legs": len(group),
        "legs_low": len(group) + (more[0] if more else 0),
        "legs_high": len(group) + more[1] if more else pd.NA, "first": first, "last": last,
        "period_days": float(np.median(days)) if days else np.nan,
        "length_m": float(np.median(known)) if known else np.nan,
        "voyage_ids": " ".join(str(leg["voyage_id"]) for leg in group),
    }  # fmt: skip


def _leg_share(
    ports: list[str], first: pd.Timestamp, last: pd.Timestamp, berth_states: pd.DataFrame | None, rule: LinkRule
) -> float:
    """Share of legs whose stays at both ends the looks could have met; 0 when the looks are not known."""
    if berth_states is None or berth_states.empty or last <= first:
        return 0.0
    shares = catchable(berth_states, start=first, end=last, stays_h=(rule.stay_h,))
    best = shares.groupby("aoi_id")["share"].max()
    return float(np.prod([best.get(port, 0.0) for port in ports]))
