"""Calls against a made-up season of flights: precision, recall, wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import distance_m
from monitor.core.tables.aviation import AIR_CALLS, AIR_POSITIONS, AIRCRAFT_WATCHLIST
from monitor.simulate.aviation.season import AIR_TRUTH, AirSeason
from monitor.simulate.scoring.pairing import Figure, share

CLAIMED = ("landed", "consistent")
SLACK = pd.Timedelta(minutes=10)
"""A truth this much outside a call's interval still counts: time stamps and touch-down differ by a roll-out."""
SEEN_M = 8000.0


@dataclass(frozen=True, slots=True)
class AirScore:
    """What was right.

    Attributes
    ----------
    claims, right : int
        Calls that claim a landing, and those that name the true field (or, where the claim names several, hold it)
        within their interval.
    landings, found : int
        Observable true landings, and those that a right call covers.
    landed, landed_unseen : int
        Calls worded ``landed``, and those among them without a position at the field within 8 km.
    named_first : int
        Claims whose first field is the true one.
    fields_named : float
        Mean number of fields that a ``consistent`` claim names.
    closed_claims, closed_right, closed_landings, closed_found : int
        The same four, in closed airspace alone.
    fooled : int
        Claims that a spoof or an overflight alone would explain.
    wording : int
        Claims whose sentence states more than their status allows.
    """

    claims: int
    right: int
    landings: int
    found: int
    landed: int
    landed_unseen: int
    named_first: int
    fields_named: float
    closed_claims: int
    closed_right: int
    closed_landings: int
    closed_found: int
    fooled: int
    wording: int

    @property
    def precision(self) -> float:
        """Right claims among the claims; NaN without any."""
        return self.right / self.claims if self.claims else float("nan")

    @property
    def recall(self) -> float:
        """Found landings among the observable ones; NaN without any."""
        return self.found / self.landings if self.landings else float("nan")


def air_figures(tables: Mapping[str, pd.DataFrame], truth: pd.DataFrame) -> list[Figure]:
    """The score as rows of a score sheet: table, figure, value, cases.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``air_calls``, ``air_positions`` (as read, not cleaned) and ``airfields``.
    truth : AIR_TRUTH table
    """
    received = AIR_POSITIONS.conform(tables["air_positions"])
    season = AirSeason(received, AIR_TRUTH.conform(truth), AIRCRAFT_WATCHLIST.empty())
    s = score_air(tables["air_calls"], season, tables["airfields"])
    return [
        ("flights", "precision", s.precision, s.claims),
        ("flights", "recall of observable", s.recall, s.landings),
        ("flights", "closed airspace, precision", share(s.closed_right, s.closed_claims), s.closed_claims),
        ("flights", "closed airspace, recall", share(s.closed_found, s.closed_landings), s.closed_landings),
        ("flights", "true field named first", share(s.named_first, s.right), s.right),
        ("flights", "landed without a position there", float(s.landed_unseen), s.landed),
        ("flights", "taken in by decoy or spoof", float(s.fooled), s.closed_claims),
        ("flights", "worded above its status", float(s.wording), len(tables["air_calls"])),
    ]


def score_air(calls: pd.DataFrame, season: AirSeason, airfields: pd.DataFrame) -> AirScore:
    """The score of AIR_CALLS against the season that its positions came from.

    Each true landing is paired with one claim at most.

    Parameters
    ----------
    calls : AIR_CALLS table
    season : AirSeason
    airfields : AIRFIELDS table
    """
    calls = AIR_CALLS.conform(calls)
    claims = calls[calls["status"].isin(CLAIMED)].reset_index(drop=True)
    landings = season.truth[season.truth["kind"] == "landing"].reset_index(drop=True)
    pairs = match_calls(claims, landings)
    closed = set(airfields.loc[airfields["closed"], "airfield_id"])
    right = np.isin(np.arange(len(claims)), list(pairs))
    found = landings.index.isin(list(pairs.values())) & landings["observable"].to_numpy()
    observable = landings["observable"].to_numpy()
    inside = claims["airfield_id"].isin(closed).to_numpy()
    true_inside = landings["airfield_id"].isin(closed).to_numpy()
    first = [claims["airfield_id"].iloc[c] == landings["airfield_id"].iloc[t] for c, t in pairs.items()]
    consistent = claims[claims["status"] == "consistent"]
    named = consistent["candidates"].str.split().map(len)
    landed = claims[claims["status"] == "landed"]
    return AirScore(
        claims=len(claims),
        right=int(right.sum()),
        landings=int(observable.sum()),
        found=int(found.sum()),
        landed=len(landed),
        landed_unseen=sum(not _was_seen(row, season, airfields) for row in landed.itertuples()),
        named_first=int(np.sum(first)),
        fields_named=float(named.mean()) if len(named) else float("nan"),
        closed_claims=int(inside.sum()),
        closed_right=int((right & inside).sum()),
        closed_landings=int((observable & true_inside).sum()),
        closed_found=int((found & true_inside).sum()),
        fooled=int((~right & inside).sum()),
        wording=sum(_overstates(row) for row in calls.itertuples()),
    )


def match_calls(claims: pd.DataFrame, landings: pd.DataFrame) -> dict[int, int]:
    """Row of a claim to row of the true landing it names, each used once, in order of time."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for c, claim in enumerate(claims.itertuples()):
        fields = str(claim.candidates).split()
        for t, truth in enumerate(landings.itertuples()):
            if t in taken or truth.icao24 != claim.icao24 or truth.airfield_id not in fields:
                continue
            if _within(truth.arrived, claim.arrived_not_before, claim.arrived_not_after) and _within(
                truth.departed, claim.departed_not_before, claim.departed_not_after
            ):
                pairs[c] = t
                taken.add(t)
                break
    return pairs


def _within(t: pd.Timestamp, low: pd.Timestamp, high: pd.Timestamp) -> bool:
    return bool(pd.isna(t)) or bool((pd.isna(low) or t >= low - SLACK) and (pd.isna(high) or t <= high + SLACK))


def _was_seen(row: object, season: AirSeason, airfields: pd.DataFrame) -> bool:
    """Whether a position of the aircraft lies at the field about the call, from the positions themselves."""
    icao24, airfield_id = getattr(row, "icao24"), getattr(row, "airfield_id")  # noqa: B009
    field = airfields[airfields["airfield_id"] == airfield_id]
    if field.empty:
        return True
    bounds = [getattr(row, n) for n in ("arrived_not_before", "arrived_not_after", "departed_not_before")]
    known = [t for t in bounds if pd.notna(t)]
    mine = season.positions[
        (season.positions["icao24"] == icao24) & season.positions["t"].between(min(known) - SLACK, max(known) + SLACK)
    ]
    metres = distance_m(field["lon"].iloc[0], field["lat"].iloc[0], mine["lon"].to_numpy(), mine["lat"].to_numpy())
    slow = mine["on_ground"].fillna(False).to_numpy(dtype=bool) | (mine["speed_kn"].to_numpy() <= 180.0)
    return bool((slow & (metres <= SEEN_M)).any())


def _overstates(row: object) -> bool:
    claim, status = str(getattr(row, "claim")), str(getattr(row, "status"))  # noqa: B009
    if status == "landed":
        return "it landed there" not in claim
    if status == "consistent":
        return "consistent with a landing" not in claim or "was not seen" not in claim
    return "it landed there" in claim or "consistent with a landing" in claim
