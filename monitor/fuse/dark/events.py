"""Detections that no AIS explains, where AIS is shown to be received."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from monitor.core.arrays import Bools, Floats, Ints
from monitor.core.columns import floats, require, texts, vessels_only
from monitor.core.findings import likelihood_word
from monitor.core.tables import DARK_EVENTS
from monitor.fuse.dark.base_rates import FALSE, UNRECEIVED, WITHOUT, BaseRates, base_rates
from monitor.fuse.dark.candidates import gap_candidates
from monitor.fuse.dark.evidence import port_evidence
from monitor.fuse.dark.fixed import fixed_objects
from monitor.fuse.dark.reasons import alternatives, reasons
from monitor.fuse.dark.reception import ReceptionCheck, receptions
from monitor.fuse.dark.rules import DarkRule
from monitor.fuse.matching.match import HOUR_UNKNOWN
from monitor.fuse.matching.versions import latest

DARK = "dark"
NOT_LIKELY = "unmatched, dark not likely"
UNKNOWN = "unmatched, reception unknown"
_CHANCES = (
    "p_ship",
    "p_received",
    "p_without_ais",
    "probability",
    "base_rate",
    "base_rate_low",
    "base_rate_high",
    "false_per_scene",
)


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
    """DARK_EVENTS: the unmatched vessels, each with the probability that a ship without AIS lay there.

    The port's base rates (ships without AIS, ships whose own AIS goes unmatched, false hulls) are learnt from what is
    given: the more scenes of a port, the better. With one scene the prior of `rule` decides.

    Parameters
    ----------
    detections : DETECTIONS table
        Needs ``detection_id``, ``acquired_at`` and geometry; the rest is used where present.
    matches : MATCHES table
        Only the latest version counts. Detections that are matched, potential or not in it give no row.
    positions : POSITIONS table
        What was received of other ships: shows reception on both sides of the instant, and which ships on AIS may be
        the unmatched ones.
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
        Least score and length, what shows reception, and what is held of a port before its data are seen.

    Returns
    -------
    DARK_EVENTS table
        ``dark`` from `rule.least_probability` on, below it ``unmatched, dark not likely``; ``unmatched, reception
        unknown`` where neither table shows reception, where the feed does not cover the instant, or where the scene's
        hour is unknown. Too small or doubtful detections and fixed objects give no row. Empty when everything is
        explained.

    Raises
    ------
    DataError
        A column is missing.

    Notes
    -----
    Unmatched is an observation; dark is a statement about AIS at that place and hour, never about intent. The
    probability is that of a ship, times that its AIS would have been received, times that none was sent
    (`monitor.fuse.dark.base_rates`).
    """
    rule = rule or DarkRule()
    ships = vessels_only(detections)
    require(ships, ("detection_id", "acquired_at"), "detections")
    now = latest(matches)
    status = now[now["status"] == "unmatched"].drop_duplicates("detection_id").set_index("detection_id")
    known = fixed_objects(ships, rule=rule) if fixed is None else fixed
    sure = ships["detection_id"].isin(list(confirmed))
    counts = ~ships["detection_id"].isin(list(known))
    counts &= ~(floats(ships, "score") < rule.score) & ~(floats(ships, "length_m") < rule.length_m)
    ships = ships[counts | sure].reset_index(drop=True)
    lone = ships["detection_id"].isin(status.index).to_numpy(np.bool_)
    events = ships[lone].reset_index(drop=True)
    if events.empty:
        return DARK_EVENTS.empty()
    matched = status.loc[events["detection_id"]]
    checks = receptions(events, positions, reception, rule.reception)
    shown = np.array(
        [
            check is not None and rule.reception.holds(check) and why != HOUR_UNKNOWN
            for check, why in zip(checks, matched["reason"], strict=True)
        ],
        dtype=np.bool_,
    )
    table = _table(events, checks, matched, confirmed)
    table[list(_CHANCES)] = _chances_of(ships, lone, floats(table, "reception_vessels"), shown, now, positions, rule)
    table["probability"] = _confirmed(table, rule)
    likely = table["probability"] >= rule.least_probability
    table["status"] = np.where(shown, np.where(likely, DARK, NOT_LIKELY), UNKNOWN)
    table["likelihood"] = [likelihood_word(p) if np.isfinite(p) else "" for p in table["probability"]]
    rows = table.to_dict("records")
    table["reasons"] = [reasons(row, check, rule) for row, check in zip(rows, checks, strict=True)]
    table["alternatives"] = [alternatives(row, rule, shown=known) for row, known in zip(rows, shown, strict=True)]
    table["gap_ids"] = _gap_ids(table, gaps, positions)
    return DARK_EVENTS.conform(table)


def stated_lengths(positions: pd.DataFrame | None) -> dict[int, float]:
    """MMSI to the last broadcast length in metres, where one was."""
    if positions is None or "length_m" not in positions:
        return {}
    known = positions[["mmsi", "length_m"]].dropna()
    return {int(m): float(v) for m, v in known.groupby("mmsi")["length_m"].last().items()}


def _chances_of(
    ships: pd.DataFrame,
    lone: Bools,
    vessels: Floats,
    shown: Bools,
    now: pd.DataFrame,
    positions: pd.DataFrame | None,
    rule: DarkRule,
) -> Floats:
    """(lone, columns of `_CHANCES`): each port's learnt from its own detections; NaN where reception is not shown.

    `lone` has the ships that no AIS explains, `vessels` and `shown` what was received around each of these.
    """
    chances = np.full((len(shown), len(_CHANCES)), np.nan)
    asked = lone.copy()
    asked[lone] = shown
    of = now[now["detection_id"] != ""].set_index("detection_id")
    scene, port = (ships["detection_id"].map(of[name]) for name in ("scene_id", "aoi_id"))
    for aoi in sorted(set(port[asked])):
        mine = (port == aoi).to_numpy(np.bool_)
        used, rows = mine & (asked | ~lone), shown & mine[lone]
        part = ships[used].assign(scene_id=scene[used]).reset_index(drop=True)
        evidence = port_evidence(part, now[now["aoi_id"] == aoi], asked[used], positions, rule.prior)
        chances[rows] = _chances(base_rates(evidence, _received(vessels[rows], rule), rule), evidence.size)
    return chances


def _received(vessels: Floats, rule: DarkRule) -> Floats:
    return np.asarray(1.0 - rule.missed_by_one ** np.minimum(vessels + rule.receptions, rule.most_receptions))


def _chances(rates: BaseRates, size: Ints) -> Floats:
    """(n, columns of `_CHANCES`) from the kinds of each event; `probability` is the product of the first three."""
    real = rates.kinds[:, :FALSE].sum(axis=1)
    received = 1.0 - rates.kinds[:, UNRECEIVED] / real
    without = rates.kinds[:, WITHOUT] / (real * received)
    share, false = rates.without_ais[size], np.full(len(size), rates.false_per_scene)
    return np.column_stack([real, received, without, rates.kinds[:, WITHOUT], share, false])


def _confirmed(table: pd.DataFrame, rule: DarkRule) -> Floats:
    """(n,) probability, with at least `rule.real_confirmed` for a ship where a reviewer saw one."""
    real = np.maximum(floats(table, "p_ship"), rule.real_confirmed)
    seen = real * floats(table, "p_received") * floats(table, "p_without_ais")
    return np.asarray(np.where(table["sure"], seen, floats(table, "probability")))


def _table(
    events: pd.DataFrame, checks: list[ReceptionCheck | None], matched: pd.DataFrame, confirmed: Collection[str]
) -> pd.DataFrame:
    table = events.copy()
    for column in ("zone", "zone_id"):
        table[column] = texts(events, column)
    for column in ("scene_id", "aoi_id"):
        table[column] = texts(matched, column)
    for column in ("score", "length_m", "length_low_m", "length_high_m"):
        table[column] = floats(events, column)
    table["why"], table["sure"] = texts(matched, "reason"), events["detection_id"].isin(list(confirmed))
    table["event_id"] = "dark|" + table["detection_id"]
    table["reception_vessels"] = [float("nan") if check is None else float(check.vessels) for check in checks]
    return table


def _gap_ids(events: pd.DataFrame, gaps: pd.DataFrame | None, positions: pd.DataFrame | None) -> list[str]:
    if gaps is None or gaps.empty:
        return [""] * len(events)
    ranked = gap_candidates(events, gaps, lengths=stated_lengths(positions))
    by_event = ranked.groupby("event_id")["gap_id"].agg(" ".join)
    return [str(by_event.get(event, "")) for event in events["event_id"]]
