"""Who a ship may have been, from its length and from where others are known to have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.findings import likelihood_word
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.tables import IDENTITY
from monitor.fuse.findings import wording

__all__ = ["ANOTHER", "IdentityRule", "identify"]

ANOTHER = "another ship"


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """Weights before a length is measured, by role, and what excludes a ship. All chosen.

    Attributes
    ----------
    route_ship, look_alike, naval : float
        Weight of a listed ship at an AOI where the list looks for it.
    another : float
        Weight of all ships that no list names; it keeps a length alone from naming anyone.
    elsewhere : float
        Part of its weight that a listed ship keeps at other AOIs, and at all where its row names none: some 60 000
        ships of the world's fleet may call there.
    fastest_kn : float
        Speed above which a ship that was elsewhere could not have been here.
    least_probability : float
        Candidates below it are not listed.
    """

    route_ship: float = 1.0
    look_alike: float = 0.2
    naval: float = 0.1
    another: float = 2.0
    elsewhere: float = 0.001
    fastest_kn: float = 17.0
    least_probability: float = 0.02

    def weight(self, role: str, *, here: bool) -> float:
        """The weight of a role; next to none for ships listed only because their names mislead.

        Parameters
        ----------
        role : str
            As in the watch list.
        here : bool
            Whether the list looks for the ship at this AOI.
        """
        known = {"route ship": self.route_ship, "look-alike": self.look_alike, "naval": self.naval}
        return known.get(role, 0.05) * (1.0 if here else self.elsewhere)


def identify(
    visits: pd.DataFrame,
    watchlist: pd.DataFrame,
    *,
    positions: pd.DataFrame | None = None,
    elsewhere: pd.DataFrame | None = None,
    aois: tuple[Aoi, ...] = (),
    rule: IdentityRule | None = None,
) -> pd.DataFrame:
    """IDENTITY: for each visit the ships of the watch list that it may have been, and "another ship".

    Parameters
    ----------
    visits : VISITS table
        A visit whose MMSI is known has one row: who that is, by AIS.
    watchlist : VESSEL_WATCHLIST table
        Its ``aois`` say where each ship is looked for. Elsewhere, and where a row names none or the column is missing
        (older lists), the ship hardly counts: "another ship" is nearly 1.
    positions : POSITIONS table, optional
        A listed ship whose AIS shows it too far away to have been here is excluded.
    elsewhere : DataFrame, optional
        Published sightings, with ``name, start, end, aoi_id``: a ship seen in another port throughout a visit is
        excluded; one in the same port has no effect.
    aois : tuple of Aoi
        Ports, for distances. In a port that is missing AIS excludes no ship.
    rule : IdentityRule, optional

    Notes
    -----
    Weights are multiplied by the probability to measure the visit's length from a ship of the published range, over the
    spread of ship lengths at large; ships of unknown length keep their weight. Probabilities below 2 % are not listed.
    Nothing here is a name: `wording` states class and look-alikes unless AIS gives the MMSI.
    """
    rule = rule or IdentityRule()
    if visits.empty or watchlist.empty:
        return IDENTITY.empty()
    centres = {aoi.id: aoi.geometry.centroid for aoi in aois}
    if positions is not None:
        positions = positions[positions["mmsi"].isin(watchlist["mmsi"].dropna().astype("int64"))]
    rows: list[dict[str, object]] = []
    for visit in visits.to_dict("records"):
        if pd.notna(visit["mmsi"]):
            rows.append(_by_ais(visit, watchlist))
            continue
        ships = watchlist.to_dict("records")
        centre = centres.get(visit["aoi_id"])
        place = None if centre is None else (centre.x, centre.y)
        away = [_away(ship, visit, positions, elsewhere, place, rule) for ship in ships]
        rows += _of_visit(visit, ships, away, rule)
    table = pd.DataFrame(rows)
    table["mmsi"] = table["mmsi"].astype("Int64")
    return IDENTITY.conform(table)


def _by_ais(visit: dict[object, object], watchlist: pd.DataFrame) -> dict[str, object]:
    known = watchlist[watchlist["mmsi"] == visit["mmsi"]]
    name = str(known["name"].iloc[0]) if len(known) else f"MMSI {visit['mmsi']}"
    return {
        "subject_id": visit["visit_id"],
        "candidate": name,
        "imo": str(known["imo"].iloc[0]) if len(known) else "",
        "mmsi": visit["mmsi"],
        "role": str(known["role"].iloc[0]) if len(known) else "",
        "rank": 1,
        "probability": 0.98,
        "likelihood": likelihood_word(0.98),
        "length_ratio": np.nan,
        "reasons": "matched with AIS",
        "wording": wording.identified(name, "AIS"),
    }


def _of_visit(
    visit: dict[object, object], ships: list[dict[object, object]], away: list[str], rule: IdentityRule
) -> list[dict[str, object]]:
    odds = [_length_odds(visit, ship) for ship in ships]
    weights = [
        0.0 if out else rule.weight(str(ship["role"]), here=_looked_for(ship, visit)) * ratio
        for ship, ratio, out in zip(ships, odds, away, strict=True)
    ]
    total = sum(weights) + rule.another
    excluded = [str(ship["name"]) for ship, out in zip(ships, away, strict=True) if out]
    listed = [
        (weight / total, index) for index, weight in enumerate(weights) if weight / total >= rule.least_probability
    ]
    listed.sort(key=lambda pair: (-pair[0], str(ships[pair[1]]["name"])))
    fitting = [str(ships[index]["name"]) for _, index in listed if odds[index] > 1.0]
    text = wording.consistent_with(fitting, excluded)
    rows: list[dict[str, object]] = []
    for probability, index in listed:
        ship = ships[index]
        rows.append(
            {
                "subject_id": visit["visit_id"],
                "candidate": ship["name"],
                "imo": ship["imo"],
                "mmsi": ship["mmsi"],
                "role": ship["role"],
                "probability": probability,
                "length_ratio": _ratio(visit, ship),
                "reasons": _reasons(visit, ship, odds[index]),
            }
        )
    rest = 1.0 - sum(probability for probability, _ in listed)
    rows.append(
        {
            "subject_id": visit["visit_id"],
            "candidate": ANOTHER,
            "imo": "",
            "mmsi": pd.NA,
            "role": "",
            "probability": rest,
            "length_ratio": np.nan,
            "reasons": "any ship that no list names",
        }
    )
    rows.sort(key=lambda row: -float(str(row["probability"])))
    for rank, row in enumerate(rows, 1):
        row |= {"rank": rank, "likelihood": likelihood_word(float(str(row["probability"]))), "wording": text}
    return rows


def _looked_for(ship: dict[object, object], visit: dict[object, object]) -> bool:
    return str(visit["aoi_id"]) in str(ship.get("aois", "")).split()


def _numbers(row: dict[object, object], *names: str) -> tuple[float, ...]:
    return tuple(float("nan") if pd.isna(row[n]) else float(str(row[n])) for n in names)


def _ratio(visit: dict[object, object], ship: dict[object, object]) -> float:
    (length,) = _numbers(visit, "length_m")
    low, high = _numbers(ship, "length_low_m", "length_high_m")
    return length / ((low + high) / 2.0)


def _length_odds(visit: dict[object, object], ship: dict[object, object]) -> float:
    length, seen_low, seen_high = _numbers(visit, "length_m", "length_low_m", "length_high_m")
    low, high = _numbers(ship, "length_low_m", "length_high_m")
    if not (np.isfinite(length) and np.isfinite(low) and np.isfinite(high)):
        return 1.0
    measured = (np.log(seen_high) - np.log(seen_low)) / 3.29 if seen_low > 0 and seen_high > seen_low else 0.12
    spread = float(np.hypot(max(measured, 0.04), (np.log(high) - np.log(low)) / 3.46))
    off = float(np.log(length / np.sqrt(low * high)))
    return float(np.exp(-0.5 * (off / spread) ** 2) / (spread * np.sqrt(2.0 * np.pi)) / 0.6) + 0.02


def _reasons(visit: dict[object, object], ship: dict[object, object], odds: float) -> str:
    low, high = _numbers(ship, "length_low_m", "length_high_m")
    (length,) = _numbers(visit, "length_m")
    if not np.isfinite(low):
        return "its length is not published"
    if not np.isfinite(length):
        return "the visit's length was not measured"
    fits = "fits" if odds > 1.0 else "fits badly"
    return f"published length {low:.0f}–{high:.0f} m {fits} the measured {length:.0f} m"


def _away(
    ship: dict[object, object],
    visit: dict[object, object],
    positions: pd.DataFrame | None,
    elsewhere: pd.DataFrame | None,
    place: tuple[float, float] | None,
    rule: IdentityRule,
) -> str:
    """Why the ship cannot have been here; "" when it can."""
    first, last = pd.Timestamp(visit["arrived_not_after"]), pd.Timestamp(visit["departed_not_before"])
    if elsewhere is not None and len(elsewhere):
        seen = elsewhere[(elsewhere["name"] == ship["name"]) & (elsewhere["aoi_id"] != visit["aoi_id"])]
        if ((seen["start"] <= first) & (seen["end"] >= last)).any():
            return "published elsewhere"
    if positions is None or place is None or pd.isna(ship["mmsi"]):
        return ""
    day = timedelta(days=1)
    fixes = positions[
        (positions["mmsi"] == ship["mmsi"]) & (positions["t"] >= first - day) & (positions["t"] <= last + day)
    ]
    if fixes.empty:
        return ""
    nmi = distance_m(fixes["lon"].to_numpy(), fixes["lat"].to_numpy(), *place) / METRES_PER_NAUTICAL_MILE
    before_h = np.maximum((first - fixes["t"]) / timedelta(hours=1), (fixes["t"] - last) / timedelta(hours=1))
    needed = nmi / np.maximum(before_h.to_numpy(dtype=np.float64), 0.25)
    return "on AIS elsewhere" if bool((needed > rule.fastest_kn).any()) else ""
