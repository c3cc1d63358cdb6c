"""The same pair of ports again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from monitor.core.statistics import negative_binomial_quantile
from monitor.core.tables import SHUTTLES
from monitor.fuse.stays.port_stays import PortStay, same_length
from monitor.fuse.stays.visits import detectability
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sampler import Chain, ChainModel, Posterior

SHOWN, CANDIDATE = "shown", "candidate"


def shuttles(
    voyages: pd.DataFrame, stays: list[PortStay], berth_states: pd.DataFrame | None, rule: LinkRule
) -> tuple[pd.DataFrame, dict[str, str]]:
    """SHUTTLES, and the shuttle of each of their voyages by id.

    Parameters
    ----------
    voyages : VOYAGES table
        Legs in order of departure; those within one port are left out.
    stays : list of PortStay
        Those that the legs join.
    berth_states : BERTH_STATES table, optional
        Which stays the observations could have met; without it the greatest number of legs is open.
    rule : LinkRule
        Least number of legs, and the usual stays.
    """
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
    tail = rule.candidates.tail
    least, greatest = _leg_shares(ports, first, last, berth_states, rule)
    fewest = negative_binomial_quantile(tail, len(group), greatest) if greatest > 0 else 0
    out = [pd.Timestamp(leg["departed_at"]) for leg in group if leg["from_port"] == group[0]["from_port"]]
    days = [(b - a) / timedelta(days=1) for a, b in pairwise(out)]
    mmsis = {int(str(leg["mmsi"])) for leg in group if pd.notna(leg["mmsi"])}
    lengths = [by_id[str(leg["from_visit"])].length_m for leg in group if str(leg["from_visit"]) in by_id]
    known = [value for value in lengths if np.isfinite(value)]
    stays_of = dict.fromkeys(str(leg[end]) for leg in group for end in ("from_visit", "to_visit") if leg[end])
    return {
        "shuttle_id": f"shuttle|{ports[0]}|{ports[1]}|{group[0]['voyage_id']}",
        "port_a": ports[0],
        "port_b": ports[1],
        "mmsi": mmsis.pop() if len(mmsis) == 1 else pd.NA,
        "legs": len(group),
        "legs_low": len(group) + fewest,
        "legs_high": len(group) + negative_binomial_quantile(1.0 - tail, len(group), least) if least > 0 else pd.NA,
        "first": first,
        "last": last,
        "period_days": float(np.median(days)) if days else np.nan,
        "length_m": float(np.median(known)) if known else np.nan,
        "voyage_ids": " ".join(str(leg["voyage_id"]) for leg in group),
        "status": SHOWN,
        "probability": float(np.nanmean([float(str(leg["probability"])) for leg in group])),
        "visit_ids": " ".join(stays_of),
    }


def _leg_shares(
    ports: list[str], first: pd.Timestamp, last: pd.Timestamp, berth_states: pd.DataFrame | None, rule: LinkRule
) -> tuple[float, float]:
    """Least and greatest share of legs whose stays at both ends the observations could have met.

    0 where that is not known. The least is of short stays, met at either end by chance; the greatest of long ones,
    where legs that follow one another share a stay, so that the worse seen port alone decides.
    """
    if berth_states is None or berth_states.empty or last <= first:
        return 0.0, 0.0
    short, long = rule.stays_h
    shares = detectability(berth_states, start=first, end=last, stays_h=rule.stays_h)
    best = shares.groupby(["stay_h", "aoi_id"])["share"].max()
    least = float(np.prod([best.get((short, port), 0.0) for port in ports]))
    return least, float(min(best.get((long, port), 0.0) for port in ports))


def with_candidates(
    shown: pd.DataFrame, stays: Sequence[PortStay], posterior: Posterior, *, model: ChainModel, rule: LinkRule
) -> pd.DataFrame:
    """SHUTTLES and, for pairs of ports that have none, the one that the draws make likely.

    Where observations are days apart, no single leg may be sure, and yet the stays and what AIS received between the
    ports can leave little doubt that one ship went to and fro. Such a row is a ``candidate``; its `probability` is
    the share of draws in which some ship that no AIS names in port crossed at least `rule.least_legs` times.

    Parameters
    ----------
    shown : SHUTTLES table
        Those whose legs are sure.
    stays : sequence of PortStay
        Those of the model, in its order.
    posterior : Posterior
        The draws of the model.
    model : ChainModel
        From which they were drawn.
    rule : LinkRule
        Least number of legs and least probability.
    """
    rows = []
    pairs = {frozenset(pair) for pair in zip(shown["port_a"], shown["port_b"], strict=True)}
    ports = sorted({stay.port for stay in stays})
    for n, a in enumerate(ports):
        for b in ports[n + 1 :]:
            if frozenset((a, b)) not in pairs and (row := _candidate((a, b), stays, posterior, model, rule)):
                rows.append(row)
    if not rows:
        return shown
    table = pd.DataFrame(rows).astype({"mmsi": "Int64", "legs_high": "Int64"})
    return SHUTTLES.join([shown, SHUTTLES.conform(table)])


def _both_ends(chain: Chain, stays: Sequence[PortStay], ports: tuple[str, str], rule: LinkRule) -> bool:
    """Whether observations met the ship often enough in each port: what AIS receives between may be bound elsewhere."""
    met = [stays[item].port for item in chain.items if item < len(stays) and stays[item].mmsi is None]
    return all(met.count(port) >= rule.candidates.least_met for port in ports)


def _candidate(
    ports: tuple[str, str], stays: Sequence[PortStay], posterior: Posterior, model: ChainModel, rule: LinkRule
) -> dict[str, object] | None:
    named = {stay.mmsi for stay in stays if stay.mmsi is not None}
    mine = []
    for chains in posterior.chains:
        between = [
            chain
            for chain in chains
            if chain.mmsi not in named
            and chain.crossings >= rule.least_legs
            and {p for item in chain.items for p in model.ports(item)} == set(ports)
            and _both_ends(chain, stays, ports, rule)
        ]
        mine.append(between[0] if between else None)
    sure = [chain for chain in mine if chain is not None]
    probability = min(len(sure) / max(len(mine), 1), rule.candidates.most_probability)
    if probability < rule.candidates.least_probability:
        return None
    tail = rule.candidates.tail
    crossings = sorted(chain.crossings for chain in sure)
    low, middle, high = (crossings[min(int(q * len(crossings)), len(crossings) - 1)] for q in (tail, 0.5, 1.0 - tail))
    typical = next(chain for chain in sure if chain.crossings == middle)
    lain = [stays[item] for item in typical.items if item < len(stays)]
    known = [stay.length_m for stay in lain if np.isfinite(stay.length_m)]
    ships = {chain.mmsi for chain in sure}
    return {
        "shuttle_id": f"shuttle|{ports[0]}|{ports[1]}|candidate|{lain[0].id}",
        "port_a": ports[0],
        "port_b": ports[1],
        "mmsi": ships.pop() if len(ships) == 1 and 0 not in ships else pd.NA,
        "legs": low,
        "legs_low": low,
        "legs_high": high,
        "first": lain[0].arrived[1],
        "last": lain[-1].departed[0],
        "period_days": np.nan,
        "length_m": float(np.median(known)) if known else np.nan,
        "voyage_ids": "",
        "status": CANDIDATE,
        "probability": probability,
        "visit_ids": " ".join(stay.id for stay in lain),
    }
