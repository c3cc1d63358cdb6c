"""Legs between ports from stays that time, water and length allow to be one ship's; and the pairs that repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from monitor.core.aoi import Aoi
from monitor.core.columns import instants
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.core.tables import PORT_CALLS, SHUTTLES, STACKS, VOYAGE_LINKS, VOYAGES
from monitor.fuse.stays.port_stays import PortStay, port_stays
from monitor.fuse.stays.visits import detectability
from monitor.fuse.voyages.at_sea import UnderwayFix, underway_fixes
from monitor.fuse.voyages.distances import Waters, between_ports
from monitor.fuse.voyages.exclusions import fixes_of, reception_near, silence_odds
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sampler import ChainModel, sample
from monitor.fuse.voyages.shuttles import shuttles, with_candidates
from monitor.fuse.voyages.transit import likeliest
from monitor.fuse.voyages.transitions import Steps, steps

Distances = Mapping[frozenset[str], float]


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
    sea: Waters | None = None,
    rule: LinkRule | None = None,
) -> Linked:
    """Legs between ports, what competes with them, and shuttles.

    Parameters
    ----------
    visits : VISITS table
        Of all ports.
    aois : tuple of Aoi
        The ports.
    stacks : STACKS table, optional
        A stack that shrank where the ship lay and grew where it came next favours the link.
    port_calls : PORT_CALLS table, optional
        Calls on AIS without a visit take part as stays.
    positions : POSITIONS table, optional
        A ship that was received while a nameless one lay at a berth is not that one; one that was received on its way
        between two ports, silent before and after, favours the stays that it must have left and come to.
    ais_voyages : VOYAGES table, optional
        Legs that AIS shows whole; they are kept, and an image leg of the same ship and time becomes ``both``.
    berth_states : BERTH_STATES table, optional
        For the share of stays that the observations could have met, which widens the shuttles' count.
    distances_m : mapping of frozenset to float, optional
        Two port ids to metres by water.
    sea : Waters, optional
        Gives the distances that `distances_m` does not; without either they are the geodesic's with a detour.
    rule : LinkRule, optional
        Speeds, waits, and how samples are drawn.

    Returns
    -------
    Linked
        A voyage for each link of the best global assignment (every stay is left once and entered once), with the
        probability that it holds; all feasible links, chosen or not.

    Notes
    -----
    The stays are divided among ships in all the ways that time, water, lengths, berths and AIS allow, each as often as
    it is likely (`monitor.fuse.voyages.sampler`); a link's probability is the share of these in which the one stay was
    followed by the other in a single passage.
    """
    rule = rule or LinkRule()
    stays = port_stays(
        visits,
        PORT_CALLS.empty() if port_calls is None else port_calls,
        stacks=STACKS.empty() if stacks is None else stacks,
        shift_within=rule.shift_within,
    )
    ways = dict(between_ports(aois, sea, detour=rule.detour))
    ways |= {frozenset(k): float(v) for k, v in (distances_m or {}).items()}
    trading = [stay for stay in stays if stay.present <= rule.longest_call]
    model = _chain_model(trading, aois, ways, positions, berth_states, rule)
    posterior = sample(model, rule.sampler)
    links = _links(trading, model.steps, posterior.followers, ways)
    made = _voyages(stays, links, rule)
    if ais_voyages is not None and len(ais_voyages):
        made = _with_ais(made, ais_voyages, rule)
    repeated, names = shuttles(made, stays, berth_states, rule)
    made["shuttle_id"] = [names.get(v, s) for v, s in zip(made["voyage_id"], made["shuttle_id"], strict=True)]
    repeated = with_candidates(repeated, trading, posterior, model=model, rule=rule)
    return Linked(VOYAGES.conform(made), links, repeated)


def _chain_model(
    stays: list[PortStay],
    aois: tuple[Aoi, ...],
    ways: Distances,
    positions: pd.DataFrame | None,
    berth_states: pd.DataFrame | None,
    rule: LinkRule,
) -> ChainModel:
    centres = _centres(aois)
    found: list[UnderwayFix] = (
        [] if positions is None or positions.empty else underway_fixes(positions, centres, rule=rule.underway)
    )
    found.sort(key=lambda underway_fix: underway_fix.left)
    missed = _missed(stays, berth_states, rule)
    fixed = {n: stay.mmsi for n, stay in enumerate(stays) if stay.mmsi is not None}
    fixed |= {len(stays) + k: underway_fix.mmsi for k, underway_fix in enumerate(found)}
    zero = min((stay.arrived[1] for stay in stays), default=pd.Timestamp(0, tz="UTC"))
    times = [stay.arrived[1] for stay in stays] + [underway_fix.left + underway_fix.doubt for underway_fix in found]
    fixes, feed = fixes_of(set(fixed.values()), positions), reception_near(positions, centres, rule.exclusions)
    silent = silence_odds(stays, fixes, feed, centres, rule)
    return ChainModel(
        stays,
        steps(stays, found, ways, missed=missed, rule=rule),
        fixed,
        [(t - zero) / timedelta(hours=1) for t in times],
        silent,
        tuple((g.from_port, g.to_port) for g in found),
    )


def _missed(stays: list[PortStay], berth_states: pd.DataFrame | None, rule: LinkRule) -> dict[str, float]:
    """Port id to the probability that no clear observation met a call there."""
    ports, numbers = {stay.port for stay in stays}, rule.transitions
    if berth_states is None or berth_states.empty or not stays:
        return dict.fromkeys(ports, numbers.missed)
    start, end = min(s.arrived[1] for s in stays), max(s.departed[0] for s in stays)
    if end <= start:
        return dict.fromkeys(ports, numbers.missed)
    shares = detectability(berth_states, start=start, end=end, stays_h=(numbers.typical_stays * rule.stay_h,))
    best = shares.groupby("aoi_id")["share"].median()
    met = {port: best.get(port, numbers.usual_detectability) for port in ports}
    return {port: float(np.clip(1.0 - numbers.found * share, *numbers.missed_range)) for port, share in met.items()}


def _centres(aois: tuple[Aoi, ...]) -> dict[str, tuple[float, float]]:
    return {aoi.id: (aoi.geometry.centroid.x, aoi.geometry.centroid.y) for aoi in aois}


def _links(
    stays: list[PortStay], known: Steps, probability: Mapping[tuple[int, int], float], ways: Distances
) -> pd.DataFrame:
    best_out = _best(probability, side=0)
    best_in = _best(probability, side=1)
    rows = []
    for i, j in sorted(pair for pair, share in known.straight.items() if share > 0 and max(pair) < len(stays)):
        chosen = best_out.get(i) == (i, j) == best_in.get(j)
        left, came = stays[i], stays[j]
        shortest = max((came.arrived[0] or left.departed[0]) - (left.departed[1] or came.arrived[1]), timedelta(0))
        longest = came.arrived[1] - left.departed[0]
        way = ways[frozenset((left.port, came.port))]
        rows.append(
            {
                "link_id": f"{left.id}>{came.id}",
                "from_visit": left.id,
                "to_visit": came.id,
                "from_port": left.port,
                "to_port": came.port,
                "is_chosen": chosen,
                "cost": -known.of(i, j),
                "probability": probability.get((i, j), 0.0),
                "shortest_h": shortest / timedelta(hours=1),
                "longest_h": longest / timedelta(hours=1),
                "distance_m": way,
                "required_kn": way / METRES_PER_NAUTICAL_MILE / (longest / timedelta(hours=1)),
                "reason": "" if chosen else "another pairing of the stays fits better",
            }
        )
    return VOYAGE_LINKS.conform(pd.DataFrame(rows)) if rows else VOYAGE_LINKS.empty()


def _best(probability: Mapping[tuple[int, int], float], *, side: int) -> dict[int, tuple[int, int]]:
    """The likeliest link of each stay that is left (side 0) or come to (side 1)."""
    best: dict[int, tuple[int, int]] = {}
    for pair in sorted(probability):
        if pair[side] not in best or probability[pair] > probability[best[pair[side]]]:
            best[pair[side]] = pair
    return best


def _voyages(stays: list[PortStay], links: pd.DataFrame, rule: LinkRule) -> pd.DataFrame:
    by_id = {stay.id: stay for stay in stays}
    rows = []
    sure = links["is_chosen"] & (links["probability"] >= rule.least_probability)
    for link in links[sure].to_dict("records"):
        left, came = by_id[link["from_visit"]], by_id[link["to_visit"]]
        out, back = likeliest(left, came, float(link["distance_m"]), rule)
        kinds = {left.evidence, came.evidence}
        rows.append(
            {
                "voyage_id": f"leg|{link['link_id']}",
                "mmsi": left.mmsi if left.mmsi is not None else came.mmsi,
                "from_port": left.port,
                "to_port": came.port,
                "departed_at": out,
                "arrived_at": back,
                "duration_h": (back - out) / timedelta(hours=1),
                "evidence": kinds.pop() if len(kinds) == 1 else "both",
                "probability": _leg_probability(float(link["probability"]), rule),
                "shuttle_id": "",
                "from_visit": left.id,
                "to_visit": came.id,
                "silent_h": np.nan,
            }
        )
    table = pd.DataFrame(rows) if rows else VOYAGES.empty()
    table["mmsi"] = table["mmsi"].astype("Int64")
    table["departed_at"], table["arrived_at"] = instants(table["departed_at"]), instants(table["arrived_at"])
    return VOYAGES.conform(table.sort_values(["departed_at", "voyage_id"], kind="stable"))


def _leg_probability(share: float, rule: LinkRule) -> float:
    """The probability that a leg took place, from the share of draws that have it."""
    intercept, slope = rule.surer
    return float(expit(intercept + slope * logit(np.clip(share, *rule.sampled_range))))


def _with_ais(made: pd.DataFrame, ais: pd.DataFrame, rule: LinkRule) -> pd.DataFrame:
    """AIS legs beside image legs; where both show one passage the AIS instants stand, and the evidence is both."""
    slack, taken, rows = rule.same_leg, set[str](), []
    for leg in ais.to_dict("records"):
        same = made[
            (made["from_port"] == leg["from_port"])
            & (made["to_port"] == leg["to_port"])
            & (made["mmsi"].isna() | (made["mmsi"] == leg["mmsi"]))
            & ((made["departed_at"] - leg["departed_at"]).abs() <= slack)
            & ((made["arrived_at"] - leg["arrived_at"]).abs() <= slack)
            & ~made["voyage_id"].isin(taken)
        ]
        if len(same):
            first = same.iloc[0]
            taken.add(first["voyage_id"])
            leg |= {"evidence": "both", "from_visit": first["from_visit"], "to_visit": first["to_visit"]}
        rows.append(leg)
    rest = made[~made["voyage_id"].isin(taken)]
    both = VOYAGES.join([VOYAGES.conform(pd.DataFrame(rows)), rest])
    return both.sort_values(["departed_at", "voyage_id"], kind="stable", ignore_index=True)
