"""Detections that no AIS explains, where AIS is shown to be received."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.core.columns import floats, lonlat, require, texts, vessels_only
from monitor.core.findings import likelihood_word
from monitor.core.geo.geodesy import distance_m
from monitor.core.tables import DARK_EVENTS
from monitor.fuse.dark.candidates import gap_candidates
from monitor.fuse.dark.reception import Feed, ReceptionCheck, ReceptionRule, check_cells
from monitor.fuse.matching.match import HOUR_UNKNOWN
from monitor.fuse.matching.versions import latest

DARK = "dark"
UNKNOWN = "unmatched, reception unknown"


@dataclass(frozen=True, slots=True)
class DarkRule:
    """What a detection must be to be called dark.

    Attributes
    ----------
    score : float
        Least detector score.
    length_m : float
        Least length; ships of 300 GT, from which AIS is a duty abroad (SOLAS V/19), are about 45 m long.
    real : tuple of (float, float)
        Points of score and probability that a detection of that score is a ship, straight lines between them; give
        what was measured with the detector in use.
    real_without_score : float
        That probability where a detection has no score. Chosen.
    real_confirmed : float
        Its least value once a reviewer saw a ship. Chosen.
    missed_by_one : float
        Probability that reception shown by one more vessel was not there for the ship. Chosen.
    receptions, most_receptions : int
        What the least shown reception counts beside its vessels, and the most that count. Chosen.
    reception : ReceptionRule
        What shows reception.
    fixed_observations : int
        Seen so often, `fixed_within_m` near and over `fixed_days`, it is infrastructure and no ship. Chosen.
    fixed_within_m, fixed_days : float
    large_m : float
        From this least length on a craft without the duty to transmit is no alternative. Chosen.
    clear_score : float
        From this score on something other than a ship is no alternative. Chosen.
    """

    score: float = 0.45
    length_m: float = 45.0
    real: tuple[tuple[float, float], ...] = ((0.0, 0.6), (0.64, 0.985))
    real_without_score: float = 0.95
    real_confirmed: float = 0.97
    missed_by_one: float = 0.5
    receptions: int = 3
    most_receptions: int = 8
    reception: ReceptionRule = field(default_factory=ReceptionRule)
    fixed_observations: int = 4
    fixed_within_m: float = 60.0
    fixed_days: float = 45.0
    large_m: float = 60.0
    clear_score: float = 0.6


def dark_events(
    detections: pd.DataFrame,
    matches: pd.DataFrame,
    positions: pd.DataFrame | None = None,
    *,
    reception: pd.DataFrame | None = None,
    gaps: pd.DataFrame | None = None,
    fixed: Collection[str] | None = None,
    confirmed: Collection[str] = (),
    rule: DarkRule | None = None,
) -> pd.DataFrame:
    """DARK_EVENTS: the unmatched vessels, each with whether AIS was shown to be received at that place and hour.

    Parameters
    ----------
    detections : DETECTIONS table
        Needs ``detection_id``, ``acquired_at`` and geometry; the rest is used where present.
    matches : MATCHES table
        Only the latest version counts. Detections that are matched, potential or not in it give no row.
    positions : POSITIONS table
        What was received of other ships: shows reception on both sides of the instant.
    reception : RECEPTION table
        Instead of, or beside, `positions`; by the hour.
    gaps : GAPS table
        Silences that could explain an event; their ids stand in ``gap_ids``, best first.
    fixed : collection of str, optional
        Ids of detections that are fixed objects. From `fixed_objects` over the port's whole history; found in
        `detections` when not given.
    confirmed : collection of str
        Ids of detections that a reviewer saw to be ships. They count whatever their score, length and place.
    rule : DarkRule, optional
        Least score and length, and what shows reception.

    Returns
    -------
    DARK_EVENTS table
        ``dark``, or ``unmatched, reception unknown`` where neither table shows reception, where the feed does not
        cover the instant, or where the scene's hour is unknown. Too small or doubtful detections and fixed objects
        give no row. Empty when everything is explained.

    Notes
    -----
    Unmatched is an observation; dark is a statement about AIS at that place and hour, never about intent.
    """
    rule = rule or DarkRule()
    ships = vessels_only(detections)
    require(ships, ("detection_id", "acquired_at"), "detections")
    now = latest(matches)
    status = now[now["status"] == "unmatched"].drop_duplicates("detection_id").set_index("detection_id")
    known = fixed_objects(ships, rule=rule) if fixed is None else fixed
    wanted = ships["detection_id"].isin(status.index) & ~ships["detection_id"].isin(list(known))
    wanted &= ~(floats(ships, "score") < rule.score) & ~(floats(ships, "length_m") < rule.length_m)
    wanted |= ships["detection_id"].isin(status.index) & ships["detection_id"].isin(list(confirmed))
    events = ships[wanted].reset_index(drop=True)
    if events.empty:
        return DARK_EVENTS.empty()
    matched = status.loc[events["detection_id"]]
    feed = None if positions is None else Feed.of(positions)
    checks = [
        _check(when, place, feed, reception, rule)
        for when, place in zip(events["acquired_at"], zip(*lonlat(events), strict=True), strict=True)
    ]
    sure = [name in confirmed for name in events["detection_id"]]
    rows = [
        _judge(row | {"sure": known}, check, str(m["reason"]), float(m["probability"]), rule)
        for row, known, check, m in zip(
            events.to_dict("records"), sure, checks, matched.to_dict("records"), strict=True
        )
    ]
    table = _table(events, rows, checks, matched)
    table["gap_ids"] = _gap_ids(table, gaps, positions)
    return DARK_EVENTS.conform(table)


def fixed_objects(detections: pd.DataFrame, *, rule: DarkRule | None = None) -> frozenset[str]:
    """Ids of detections away from berths that come back at the same spot observation after observation, over weeks.

    Ships at a berth come back too, so what lies in a berth is never fixed by this rule; a table that carries marks
    (`is_fixed`, made over the whole archive with what each observation showed) adds those.
    """
    rule = rule or DarkRule()
    ships = vessels_only(detections)
    marked = frozenset(ships.loc[ships["is_fixed"], "detection_id"]) if "is_fixed" in ships else frozenset()
    return marked | _coming_back(ships, rule)


def _coming_back(ships: pd.DataFrame, rule: DarkRule) -> frozenset[str]:
    away = ships[[zone != "berth" for zone in texts(ships, "zone")]].reset_index(drop=True)
    if len(away) <= rule.fixed_observations:
        return frozenset()
    lon, lat = lonlat(away)
    when = away["acquired_at"].to_numpy()
    scenes = away["scene_id"] if "scene_id" in away else pd.Series(when)
    fixed: set[str] = set()
    for index, name in enumerate(away["detection_id"]):
        near = distance_m(lon[index], lat[index], lon, lat) <= rule.fixed_within_m
        long = away["acquired_at"][near].max() - away["acquired_at"][near].min()
        if scenes[near].nunique() >= rule.fixed_observations and long >= timedelta(days=rule.fixed_days):
            fixed.add(str(name))
    return frozenset(fixed)


def stated_lengths(positions: pd.DataFrame | None) -> dict[int, float]:
    """MMSI to the last broadcast length in metres, where one was."""
    if positions is None or "length_m" not in positions:
        return {}
    known = positions[["mmsi", "length_m"]].dropna()
    return {int(m): float(v) for m, v in known.groupby("mmsi")["length_m"].last().items()}


def _check(
    when: pd.Timestamp, place: tuple[float, float], feed: Feed | None, reception: pd.DataFrame | None, rule: DarkRule
) -> ReceptionCheck | None:
    if feed is not None:
        return feed.check(when, place, rule.reception)
    if reception is not None:
        return check_cells(reception, when, place, rule.reception)
    return None


def _judge(
    row: Mapping[object, object], check: ReceptionCheck | None, why: str, fit: float, rule: DarkRule
) -> dict[str, object]:
    reasons = [why] if why else []
    km, hours = rule.reception.radius_m / 1000.0, rule.reception.within.total_seconds() / 3600.0
    if check is None:
        reasons.append("no AIS was given that could show reception")
    else:
        reasons.append(f"{check.vessels} other vessels received within {km:.0f} km and {hours:.0f} h")
        if check.vessels and not (check.before and check.after):
            reasons.append("the AIS feed does not cover the instant")
    shown = check is not None and rule.reception.holds(check) and why != HOUR_UNKNOWN
    reasons.append("a reviewer saw a ship" if row["sure"] else "away from any spot where something is always seen")
    probability = _probability(row, check, fit, rule) if shown and check is not None else np.nan
    return {
        "status": DARK if shown else UNKNOWN,
        "probability": probability,
        "likelihood": likelihood_word(probability) if shown else "",
        "reasons": "; ".join(reasons),
        "alternatives": "; ".join(_alternatives(row, rule, shown=shown)),
    }


def _probability(row: Mapping[object, object], check: ReceptionCheck, fit: float, rule: DarkRule) -> float:
    score = float(str(row.get("score", np.nan)))
    points, shares = zip(*rule.real, strict=True)
    real = float(np.interp(score, points, shares)) if np.isfinite(score) else rule.real_without_score
    real = max(real, rule.real_confirmed) if row["sure"] else real
    received = 1.0 - rule.missed_by_one ** min(check.vessels + rule.receptions, rule.most_receptions)
    return real * received * (1.0 - (fit if np.isfinite(fit) else 0.0))


def _alternatives(row: Mapping[object, object], rule: DarkRule, *, shown: bool) -> list[str]:
    low = float(str(row.get("length_low_m", np.nan)))
    others = ["a naval or government ship without the duty to transmit", "AIS data that is still to come"]
    if not low >= rule.large_m:
        others.insert(0, "a craft too small to have the duty to transmit")
    others.append("a weak or shadowed transmitter" if shown else "AIS is not received here")
    if float(str(row.get("score", np.nan))) < rule.clear_score and not row["sure"]:
        others.append("something other than a ship")
    return others


def _table(
    events: pd.DataFrame, rows: list[dict[str, object]], checks: list[ReceptionCheck | None], matched: pd.DataFrame
) -> pd.DataFrame:
    table = events.copy()
    for column in ("zone", "zone_id"):
        table[column] = texts(events, column)
    for column in ("scene_id", "aoi_id"):
        table[column] = texts(matched, column)
    for column in ("score", "length_m", "length_low_m", "length_high_m"):
        table[column] = floats(events, column)
    for column in rows[0]:
        table[column] = [row[column] for row in rows]
    table["event_id"] = "dark|" + table["detection_id"]
    table["reception_vessels"] = [float("nan") if check is None else float(check.vessels) for check in checks]
    return table


def _gap_ids(events: pd.DataFrame, gaps: pd.DataFrame | None, positions: pd.DataFrame | None) -> list[str]:
    if gaps is None or gaps.empty:
        return [""] * len(events)
    ranked = gap_candidates(events, gaps, lengths=stated_lengths(positions))
    by_event = ranked.groupby("event_id")["gap_id"].agg(" ".join)
    return [str(by_event.get(event, "")) for event in events["event_id"]]
