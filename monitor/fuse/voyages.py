"""Legs between ports from stays that time, water and length allow to be one ship's; and the pairs that repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.tables import PORT_CALLS, SHUTTLES, STACKS, VOYAGE_LINKS, VOYAGES
from monitor.fuse.assign import pair, without
from monitor.fuse.chance import negative_binomial_quantile
from monitor.fuse.frames import instants, naive
from monitor.fuse.glimpses import glimpse_odds, glimpses
from monitor.fuse.portstays import PortStay, port_stays, same_length
from monitor.fuse.visits import catchable

Floats = npt.NDArray[np.float64]
Distances = Mapping[frozenset[str], float]
Times = npt.NDArray[np.datetime64]
_LENGTH_DENSITY = 0.6


@dataclass(frozen=True, slots=True)
class LinkRule:
    """What a leg may look like.

    Attributes
    ----------
    fastest_kn : most speed over the water distance
    usual_kn : speed from which waiting is reckoned
    waiting_h, seldom_h : mean time lost on the way (a berth not yet free), and when it is long (weather, orders)
    seldom : share of passages with a long wait
    hidden_twin : log odds against a ship whose AIS is received being one that AIS does not show
    habit : how much weight a pair of berths that repeats gives (0: none)
    least_probability : links below are kept among `VOYAGE_LINKS` and make no voyage
    longest_call : a hull that lay longer is laid up, and no call of a ship that trades
    longest : most time from being last seen to being first seen elsewhere
    detour : water distance over the geodesic where no distance is given; Rajin–Dunai: 209 for 186 km
    shift_within : see `port_stays`
    least_legs : legs from which a repeated pair is called a shuttle
    stay_h : length of stay for the share of legs that could be caught
    """

    fastest_kn: float = 17.0
    usual_kn: float = 11.0
    waiting_h: float = 3.0
    seldom_h: float = 36.0
    seldom: float = 0.06
    hidden_twin: float = 1.0
    habit: float = 0.5
    least_probability: float = 0.55
    longest_call: timedelta = timedelta(days=21)
    longest: timedelta = timedelta(days=8)
    detour: float = 1.12
    shift_within: timedelta = timedelta(hours=30)
    least_legs: int = 3
    stay_h: float = 36.0


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """VOYAGES, VOYAGE_LINKS (competing ones kept) and SHUTTLES."""

    voyages: pd.DataFrame = field(default_factory=VOYAGES.empty)
    links: pd.DataFrame = field(default_factory=VOYAGE_LINKS.empty)
    shuttles: pd.DataFrame = field(default_factory=SHUTTLES.empty)


def link_voyages(
    visits: pd.DataFrame,
    aois: tuple[Aoi, ...],
    *,
    stacks: pd.DataFrame | None = None,
    port_calls: pd.DataFrame | None = None,
    positions: pd.DataFrame | None = None,
    ais_voyages: pd.DataFrame | None = None,
    berth_states: pd.DataFrame | None = None,
    distances_m: Distances | None = None,
    rule: LinkRule | None = None,
) -> Linked:
    """Legs between ports, what competes with them, and shuttles.

    Parameters
    ----------
    visits : VISITS table
    aois : ports; their centres give distances where `distances_m` does not
    stacks : STACKS table
        A stack that shrank where the ship lay and grew where it came next favours the link.
    port_calls : PORT_CALLS table
        Calls on AIS without a visit take part as stays.
    positions : POSITIONS table
        A ship that was heard while a nameless one lay at a berth is not that one; one that was heard on its way
        between two ports, silent before and after, favours the stays that it must have left and come to.
    ais_voyages : VOYAGES table
        Legs that AIS shows whole; they are kept, and an image leg of the same ship and time becomes ``both``.
    berth_states : BERTH_STATES table
        For the share of stays that the looks could have met, which widens the shuttles' count.
    distances_m : mapping of two port ids (a frozenset) to metres by water

    Returns
    -------
    Linked
        A voyage for each link of the best global assignment (every stay is left once and entered once), with the
        probability that it holds; all feasible links, chosen or not.

    Notes
    -----
    A link's log odds: the chance of the passage times that the two intervals allow (usual speed, then an exponential
    wait), over the chance that an unrelated ship arrives in that interval; times the fit of the lengths, of the MMSI
    and of the stacks.
    """
    rule = rule or LinkRule()
    stays = port_stays(
        visits, PORT_CALLS.empty() if port_calls is None else port_calls,
        stacks=STACKS.empty() if stacks is None else stacks, shift_within=rule.shift_within,
    )  # fmt: skip
    ways = {frozenset(k): float(v) for k, v in (distances_m or {}).items()}
    ways = _between(aois, rule) | ways
    cost = _costs(stays, ways, _heard(stays, positions), rule)
    if positions is not None and len(positions):
        cost = cost - glimpse_odds(stays, glimpses(positions, _centres(aois)))
    links = _links(stays, _with_habits(stays, cost, rule), ways)
    made = _voyages(stays, links, rule)
    if ais_voyages is not None and len(ais_voyages):
        made = _with_ais(made, ais_voyages)
    shuttles, names = _shuttles(made, stays, berth_states, rule)
    made["shuttle_id"] = [names.get(v, s) for v, s in zip(made["voyage_id"], made["shuttle_id"], strict=True)]
    return Linked(VOYAGES.conform(made), links, shuttles)


def _centres(aois: tuple[Aoi, ...]) -> dict[str, tuple[float, float]]:
    return {aoi.id: (aoi.geometry.centroid.x, aoi.geometry.centroid.y) for aoi in aois}


def _between(aois: tuple[Aoi, ...], rule: LinkRule) -> dict[frozenset[str], float]:
    centres = _centres(aois)
    return {
        frozenset((a, b)): rule.detour * float(distance_m(*centres[a], *centres[b]))
        for a in centres for b in centres if a < b
    }  # fmt: skip


def _heard(stays: list[PortStay], positions: pd.DataFrame | None) -> dict[int, Times]:
    """Instants at which the ships of stays with an MMSI were heard, in order."""
    known = {stay.mmsi for stay in stays if stay.mmsi is not None}
    if positions is None or positions.empty or not known:
        return {}
    some = positions.loc[positions["mmsi"].isin(known), ["mmsi", "t"]].sort_values("t")
    return {int(mmsi): naive(part["t"]) for mmsi, part in some.groupby("mmsi")}


def _was_heard(named: PortStay, nameless: PortStay, heard: Mapping[int, Times]) -> bool:
    """Whether the named ship was on the air while the nameless one surely lay in port, or within half an hour."""
    times = heard.get(named.mmsi or 0)
    if times is None or nameless.mmsi is not None:
        return False
    ends = (nameless.arrived[1] - timedelta(minutes=30), nameless.departed[0] + timedelta(minutes=30))
    low, high = np.searchsorted(times, naive(pd.Series(ends)))
    return bool(high > low)


def _with_habits(stays: list[PortStay], cost: Floats, rule: LinkRule) -> Floats:
    """Costs less a bonus for pairs of berths that the likely links repeat: ships keep to their berths."""
    if not rule.habit or not np.isfinite(cost).any():
        return cost
    berths = np.array([stay.berth_id for stay in stays])
    now = cost
    for _ in range(3):
        best = pair(now)
        rows = np.flatnonzero(best.column >= 0)
        weight = np.ones(len(rows)) / (1.0 + np.exp(-np.nan_to_num(best.margin[rows])))
        tally: dict[tuple[str, str], float] = {}
        for row, share in zip(rows, weight, strict=True):
            key = (str(berths[row]), str(berths[best.column[row]]))
            tally[key] = tally.get(key, 0.0) + float(share)
        bonus = np.zeros_like(cost)
        for (a, b), number in tally.items():
            out = sum(n for (x, _), n in tally.items() if x == a)
            back = sum(n for (_, y), n in tally.items() if y == b)
            usual = out * back / max(sum(tally.values()), 1e-9)
            bonus[np.ix_(berths == a, berths == b)] = np.log((number + 0.5) / (usual + 0.5))
        for row, share in zip(rows, weight, strict=True):
            a, b = str(berths[row]), str(berths[best.column[row]])
            others = max(tally[a, b] - float(share), 0.0)
            alone = np.log((others + 0.5) / (tally[a, b] + 0.5))
            bonus[row, best.column[row]] += alone
        now = cost - rule.habit * bonus
    return now


def _costs(stays: list[PortStay], ways: Distances, heard: Mapping[int, Times], rule: LinkRule) -> Floats:
    cost = np.full((len(stays), len(stays)), np.inf)
    if len(stays) < 2:
        return cost
    span_h = (max(s.departed[0] for s in stays) - min(s.arrived[1] for s in stays)) / timedelta(hours=1)
    arrivals = {port: sum(s.port == port for s in stays) for port in {s.port for s in stays}}
    for i, left in enumerate(stays):
        for j, came in enumerate(stays):
            way = ways.get(frozenset((left.port, came.port)))
            if left.port == came.port or way is None or left.is_open or came.arrived[1] <= left.departed[0]:
                continue
            if max(left.present, came.present) > rule.longest_call:
                continue
            if _was_heard(left, came, heard) or _was_heard(came, left, heard):
                continue
            if came.arrived[1] - left.departed[0] <= rule.longest:
                stranger = arrivals[came.port] / max(span_h, 24.0 * 7)
                cost[i, j] = _link_cost(left, came, way, stranger, rule)
    return cost


def _link_cost(left: PortStay, came: PortStay, way_m: float, stranger_per_h: float, rule: LinkRule) -> float:
    if left.mmsi is not None and came.mmsi is not None and left.mmsi != came.mmsi:
        return float("inf")
    if not same_length(left, came):
        return float("inf")
    likely = _passages(left, came, way_m, rule)[2].mean()
    if not likely > 0:
        return float("inf")
    odds = float(np.log(likely)) - float(np.log(stranger_per_h))
    if left.mmsi is not None and left.mmsi == came.mmsi:
        odds += 6.0
    elif left.mmsi is not None or came.mmsi is not None:
        odds -= rule.hidden_twin
    if np.isfinite(left.length_m) and np.isfinite(came.length_m):
        spread = float(np.hypot(max(left.length_spread, 0.05), max(came.length_spread, 0.05)))
        ratio = float(np.log(left.length_m / came.length_m))
        odds += -0.5 * (ratio / spread) ** 2 - np.log(spread * np.sqrt(2.0 * np.pi)) - np.log(_LENGTH_DENSITY)
    if np.isfinite(left.change_m2) and np.isfinite(came.change_m2):
        odds += 0.5 if left.change_m2 < -500.0 and came.change_m2 > 500.0 else 0.0
    return float(-odds)


def _passages(left: PortStay, came: PortStay, way_m: float, rule: LinkRule) -> tuple[Floats, Floats, Floats]:
    """Hours of departure and arrival after being last seen, over both intervals, and how likely each pair's passage is.

    Every instant of an interval is as likely as another; a passage faster than the fastest has no weight.
    """
    latest_out = min(left.departed[1] or came.arrived[1], came.arrived[1])
    earliest_in = max(came.arrived[0] or left.departed[0], left.departed[0])
    steps = (np.arange(24) + 0.5) / 24.0
    out_h = steps * ((latest_out - left.departed[0]) / timedelta(hours=1))
    start = (earliest_in - left.departed[0]) / timedelta(hours=1)
    in_h = start + steps * ((came.arrived[1] - earliest_in) / timedelta(hours=1))
    out_h, in_h = (grid.ravel() for grid in np.meshgrid(out_h, in_h))
    nmi = way_m / METRES_PER_NAUTICAL_MILE
    fastest, usual = nmi / rule.fastest_kn, nmi / rule.usual_kn
    waited = np.maximum(in_h - out_h - usual, 0.0)
    weight = sum(
        share * np.exp(-waited / wait) / (wait + usual - fastest)
        for share, wait in ((1.0 - rule.seldom, rule.waiting_h), (rule.seldom, rule.seldom_h))
    )
    return out_h, in_h, np.where(in_h - out_h >= fastest, weight, 0.0)


def _links(stays: list[PortStay], cost: Floats, ways: Distances) -> pd.DataFrame:
    if not np.isfinite(cost).any():
        return VOYAGE_LINKS.empty()
    best = pair(cost)
    rows = []
    for i, j in zip(*np.nonzero(np.isfinite(cost)), strict=True):
        chosen = bool(best.column[i] == j)
        odds = best.margin[i] if chosen else -without(cost, best, int(i), int(j))
        left, came = stays[int(i)], stays[int(j)]
        shortest = max((came.arrived[0] or left.departed[0]) - (left.departed[1] or came.arrived[1]), timedelta(0))
        longest = came.arrived[1] - left.departed[0]
        way = ways[frozenset((left.port, came.port))]
        rows.append(
            {
                "link_id": f"{left.id}>{came.id}", "from_visit": left.id, "to_visit": came.id, "from_port": left.port,
                "to_port": came.port, "is_chosen": chosen, "cost": cost[i, j],
                "probability": float(1.0 / (1.0 + np.exp(-np.clip(odds, -50.0, 50.0)))),
                "shortest_h": shortest / timedelta(hours=1), "longest_h": longest / timedelta(hours=1),
                "distance_m": way, "required_kn": way / METRES_PER_NAUTICAL_MILE / (longest / timedelta(hours=1)),
                "reason": "" if chosen else "another pairing of the stays fits better",
            }
        )  # fmt: skip
    return VOYAGE_LINKS.conform(pd.DataFrame(rows))


def _likeliest(left: PortStay, came: PortStay, way_m: float, rule: LinkRule) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Departure and arrival to be expected, to the minute, within the two intervals and by the passage they allow."""
    out_h, in_h, weight = _passages(left, came, way_m, rule)
    hours = (float(np.average(values, weights=weight)) for values in (out_h, in_h))
    out, back = (left.departed[0] + timedelta(minutes=round(60.0 * value)) for value in hours)
    return out, back


def _voyages(stays: list[PortStay], links: pd.DataFrame, rule: LinkRule) -> pd.DataFrame:
    by_id = {stay.id: stay for stay in stays}
    rows = []
    sure = links["is_chosen"] & (links["probability"] >= rule.least_probability)
    for link in links[sure].to_dict("records"):
        left, came = by_id[link["from_visit"]], by_id[link["to_visit"]]
        out, back = _likeliest(left, came, float(link["distance_m"]), rule)
        kinds = {left.evidence, came.evidence}
        rows.append(
            {
                "voyage_id": f"leg|{link['link_id']}", "mmsi": left.mmsi if left.mmsi is not None else came.mmsi,
                "from_port": left.port, "to_port": came.port, "departed_at": out, "arrived_at": back,
                "duration_h": (back - out) / timedelta(hours=1), "evidence": kinds.pop() if len(kinds) == 1 else "both",
                "probability": link["probability"], "shuttle_id": "", "from_visit": left.id, "to_visit": came.id,
                "silent_h": np.nan,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows) if rows else VOYAGES.empty()
    table["mmsi"] = table["mmsi"].astype("Int64")
    table["departed_at"], table["arrived_at"] = instants(table["departed_at"]), instants(table["arrived_at"])
    return VOYAGES.conform(table.sort_values(["departed_at", "voyage_id"], kind="stable"))


def _with_ais(made: pd.DataFrame, ais: pd.DataFrame) -> pd.DataFrame:
    """AIS legs beside image legs; where both tell of one passage the AIS instants stand, and the evidence is both."""
    slack, taken, rows = timedelta(hours=36), set[str](), []
    for leg in ais.to_dict("records"):
        same = made[(made["from_port"] == leg["from_port"]) & (made["to_port"] == leg["to_port"])
                    & (made["mmsi"].isna() | (made["mmsi"] == leg["mmsi"]))
                    & ((made["departed_at"] - leg["departed_at"]).abs() <= slack)
                    & ((made["arrived_at"] - leg["arrived_at"]).abs() <= slack)
                    & ~made["voyage_id"].isin(taken)]  # fmt: skip
        if len(same):
            first = same.iloc[0]
            taken.add(first["voyage_id"])
            leg |= {"evidence": "both", "from_visit": first["from_visit"], "to_visit": first["to_visit"]}
        rows.append(leg)
    rest = made[~made["voyage_id"].isin(taken)]
    both = pd.concat([VOYAGES.conform(pd.DataFrame(rows)), rest], ignore_index=True)
    return VOYAGES.conform(both.sort_values(["departed_at", "voyage_id"], kind="stable"))


def _shuttles(
    voyages: pd.DataFrame, stays: list[PortStay], berth_states: pd.DataFrame | None, rule: LinkRule
) -> tuple[pd.DataFrame, dict[str, str]]:
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
