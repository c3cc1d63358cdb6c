"""Output tables against a season's truth: how much was found, how much of what was said is so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from monitor.core.findings import LIKELIHOODS
from monitor.simulate.scoring.aviation import air_figures
from monitor.simulate.scoring.counts import count_figures
from monitor.simulate.scoring.identity import candidate_figures, identity_figures
from monitor.simulate.scoring.pairing import (
    Figure,
    Tables,
    pair_intervals,
    pair_vessels,
    pair_visits,
    sent_numbers,
    share,
)
from monitor.simulate.scoring.shuttles import shuttle_figures

LEAST_M = 60.0
SMALL_M = 45.0
CLEAR = 0.7
"""A berth or yard of which this share was not hidden counts as observed."""
LEAST_CASES = 30


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSheet:
    """What an output is worth.

    Attributes
    ----------
    figures : table with ``table, figure, value, cases``; value NaN where nothing could be scored
    reliability : table with ``word, low, high, cases, observed, holds``; `holds` is missing below 30 cases
    """

    figures: pd.DataFrame
    reliability: pd.DataFrame

    def value(self, table: str, figure: str) -> float:
        """One figure; NaN when it was not scored."""
        found = self.figures[(self.figures["table"] == table) & (self.figures["figure"] == figure)]
        return float(found["value"].iloc[0]) if len(found) else float("nan")

    def as_json(self) -> dict[str, object]:
        """For machines; NaN becomes null."""

        def plain(table: pd.DataFrame) -> list[dict[str, object]]:
            rows = table.astype(object).where(table.notna(), None).to_dict("records")
            return [{str(key): value for key, value in row.items()} for row in rows]

        return {"figures": plain(self.figures), "reliability": plain(self.reliability)}

    def text(self) -> str:
        """For people."""
        lines = [
            f"{row.table:<14} {row.figure:<41} {_number(row.value, 'not scored'):>10}  n={row.cases}"
            for row in self.figures.itertuples()
        ]
        lines += [
            f"{'words':<14} {row.word:<41} {_number(row.observed, 'no cases'):>10}  n={row.cases}"
            for row in self.reliability.itertuples()
        ]
        return "\n".join(lines)


def score(tables: Tables, truth: Tables) -> ScoreSheet:
    """Every output table that is there against the truth.

    Parameters
    ----------
    tables : by name, any of ``detections, berth_states, stacks, counts, matches, dark_events, gap_candidates, visits,
        voyages, shuttles, identity`` as in `core.tables`, ``air_calls, air_positions, airfields`` as in
        `core.air_tables`; those missing are not scored
    truth : the tables of `simulate.truth`

    Notes
    -----
    A thing is *observable* when the season's pixels or AIS could show it at all: a vessel in the swath and not under
    cloud; a stay with at least one clear observation; a leg both of whose stays are observable; a dark vessel that was
    detected while two others were heard near the port on either side of the instant. Recall is of observable things.
    """
    vessels = truth["vessels"]
    detections = tables.get("detections")
    pairs = pd.Series(dtype="int64") if detections is None else pair_vessels(detections, vessels)
    figures: list[Figure] = []
    if detections is not None:
        figures += _detections(detections, vessels, pairs)
    if "berth_states" in tables:
        figures += _berths(tables["berth_states"], truth["berths"])
    if "stacks" in tables:
        figures += _stacks(tables["stacks"], truth["stacks"])
    if "matches" in tables and detections is not None:
        figures += _matches(tables["matches"], detections, vessels, pairs)
    dark = tables.get("dark_events")
    judged: list[tuple[float, bool]] = []
    if dark is not None and detections is not None:
        figures += _dark(dark, detections, truth, pairs)
        judged += list(_judged(dark, vessels, pairs))
    if "visits" in tables:
        figures += _visits(tables["visits"], truth["visits"])
    if "voyages" in tables:
        figures += _voyages(tables["voyages"], truth)
    if "shuttles" in tables:
        figures += shuttle_figures(tables["shuttles"], truth)
    if "counts" in tables:
        figures += count_figures(tables["counts"], truth)
    if "identity" in tables and "visits" in tables:
        figures += identity_figures(tables["identity"], tables["visits"], truth)
    if "gap_candidates" in tables and dark is not None and detections is not None:
        figures += candidate_figures(tables["gap_candidates"], dark, truth, pairs)
    if "air_calls" in tables and "flights" in truth:
        figures += air_figures(tables, truth["flights"])
    sheet = pd.DataFrame(figures, columns=["table", "figure", "value", "cases"])
    return ScoreSheet(sheet, reliability(judged))


def _number(value: float, missing: str) -> str:
    return missing if np.isnan(value) else f"{value:.3f}"


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else float("nan")


def _detections(detections: pd.DataFrame, vessels: pd.DataFrame, pairs: pd.Series) -> list[Figure]:
    ships = detections[detections["class_name"] == "vessel"]
    seen = vessels[vessels["visible"] & (vessels["length_m"] >= LEAST_M)]
    claimed = ships[(ships["length_m"] >= SMALL_M) | ships["detection_id"].isin(pairs.index)]
    scene = dict(zip(ships["detection_id"], ships["scene_id"], strict=True))
    keys = {(scene[d], int(m)) for d, m in pairs.items()}
    found = sum((s, m) in keys for s, m in zip(seen["scene_id"], seen["mmsi"], strict=True))
    right = int(claimed["detection_id"].isin(pairs.index).sum())
    precision, recall = share(right, len(claimed)), share(found, len(seen))
    return [
        ("detections", "recall, 60 m and more", recall, len(seen)),
        ("detections", "precision", precision, len(claimed)),
        ("detections", "F1", _f1(precision, recall), len(seen)),
        ("detections", "length error, median m", *_length_error(ships, vessels, pairs)),
    ]


def _length_error(ships: pd.DataFrame, vessels: pd.DataFrame, pairs: pd.Series) -> tuple[float, int]:
    known = vessels.drop_duplicates("mmsi").set_index("mmsi")["length_m"]
    mine = ships[ships["detection_id"].isin(pairs.index)]
    true = mine["detection_id"].map(pairs.to_dict()).map(known.to_dict()).astype("float64")
    error = (mine["length_m"] - true)[true >= LEAST_M].abs()
    return (float(error.median()) if len(error) else float("nan")), len(error)


def _berths(states: pd.DataFrame, berths: pd.DataFrame) -> list[Figure]:
    both = states.merge(berths[["scene_id", "berth_id", "occupied", "observed"]], on=["scene_id", "berth_id"])
    said = both[both["state"].isin(["occupied", "empty"])]
    clear = said[said["observed"] >= CLEAR]
    full, empty = clear[clear["occupied"]], clear[~clear["occupied"]]
    hidden = both[both["observed"] < 0.2]
    return [
        ("berths", "occupied, said so", share(int((full["state"] == "occupied").sum()), len(full)), len(full)),
        ("berths", "empty, said occupied", share(int((empty["state"] == "occupied").sum()), len(empty)), len(empty)),
        (
            "berths",
            "hidden, said not observed",
            share(int((hidden["state"] == "not observed").sum()), len(hidden)),
            len(hidden),
        ),
    ]


def _stacks(stacks: pd.DataFrame, truth: pd.DataFrame) -> list[Figure]:
    mine = stacks.drop(columns=["geometry"], errors="ignore")
    true = truth[["scene_id", "yard_id", "area_m2", "observed"]].rename(columns={"area_m2": "true_m2"})
    both = mine.merge(true, on=["scene_id", "yard_id"])
    clear = both[(both["observed"] >= CLEAR) & both["area_m2"].notna()]
    inside = clear["true_m2"].between(clear["area_low_m2"] - 1.0, clear["area_high_m2"] + 1.0)
    error = (clear["area_m2"] - clear["true_m2"]).abs()
    return [
        ("stacks", "area error, mean m2", float(error.mean()) if len(error) else float("nan"), len(error)),
        ("stacks", "area interval holds the truth", share(int(inside.sum()), len(inside)), len(inside)),
    ]


def _last_version(matches: pd.DataFrame) -> pd.DataFrame:
    if "version" in matches and len(matches):
        matches = matches.sort_values("version").drop_duplicates("match_id", keep="last")
    return matches[matches["status"] != "superseded"]


def _matches(matches: pd.DataFrame, detections: pd.DataFrame, vessels: pd.DataFrame, pairs: pd.Series) -> list[Figure]:
    made = _last_version(matches)
    made = made[made["status"] == "matched"]
    sent = sent_numbers(vessels)
    true = made["detection_id"].map({d: sent.get(int(m), int(m)) for d, m in pairs.items()}).astype("float64")
    right = int((true == made["mmsi"].astype("float64")).sum())
    scene = detections.set_index("detection_id")["scene_id"]
    heard = {(s, int(m)) for s, m in vessels.loc[vessels["on_ais"] & vessels["heard"], ["scene_id", "mmsi"]].to_numpy()}
    could = {d for d, m in pairs.items() if (scene[d], m) in heard}
    said = set(made.loc[true == made["mmsi"].astype("float64"), "detection_id"])
    return [
        ("matches", "precision", share(right, len(made)), len(made)),
        ("matches", "recall of observable", share(len(could & said), len(could)), len(could)),
    ]


def _dark(dark: pd.DataFrame, detections: pd.DataFrame, truth: Tables, pairs: pd.Series) -> list[Figure]:
    vessels, observations = truth["vessels"], truth["clouds"]
    facts = _facts(vessels)
    claims = dark[dark["status"] == "dark"]
    known = [(row, facts.get((row.scene_id, int(pairs.get(row.detection_id, 0))))) for row in claims.itertuples()]
    judged = [fact for _, fact in known if fact is None or fact["role"] != "laid up"]
    right = sum(fact is not None and not fact["on_ais"] for fact in judged)
    hearing = set(
        observations.loc[
            (observations["ais_vessels"] >= 2) & observations["ais_before"] & observations["ais_after"], "scene_id"
        ]
    )
    scene = detections.set_index("detection_id")["scene_id"]
    could = {
        d
        for d, m in pairs.items()
        if scene[d] in hearing
        and (f := facts[scene[d], m])
        and not f["on_ais"]
        and float(f["length_m"]) >= LEAST_M
        and f["role"] != "laid up"
    }
    said = set(claims["detection_id"])
    return [
        ("dark_events", "precision", share(right, len(judged)), len(judged)),
        ("dark_events", "recall of observable", share(len(could & said), len(could)), len(could)),
        ("dark_events", "during a feed outage", float(_in_outage(claims, truth["outages"])), len(claims)),
    ]


def _facts(vessels: pd.DataFrame) -> dict[tuple[str, int], dict[str, Any]]:
    columns = ["role", "on_ais", "heard", "length_m"]
    return {
        (str(row["scene_id"]), int(row["mmsi"])): {c: row[c] for c in columns}
        for row in vessels[["scene_id", "mmsi", *columns]].to_dict("records")
    }


def _in_outage(claims: pd.DataFrame, outages: pd.DataFrame) -> int:
    whole = outages[outages["station"] == "*"]
    return sum(bool(((whole["start"] <= at) & (whole["end"] > at)).any()) for at in claims["acquired_at"])


def _judged(dark: pd.DataFrame, vessels: pd.DataFrame, pairs: pd.Series) -> Iterator[tuple[float, bool]]:
    """Stated probability and whether a vessel without AIS lay there."""
    facts = _facts(vessels)
    for row in dark.itertuples():
        if row.likelihood:
            fact = facts.get((row.scene_id, int(pairs.get(row.detection_id, 0))))
            yield float(row.probability), fact is not None and not fact["on_ais"]


def _visits(visits: pd.DataFrame, truth: pd.DataFrame) -> list[Figure]:
    made, true = visits.reset_index(drop=True), truth.reset_index(drop=True)
    pairs = pair_visits(made, true)
    observable = [
        j for j in range(len(true)) if true.loc[j, "clear_observations"] > 0 and true.loc[j, "length_m"] >= LEAST_M
    ]
    recall = share(len(set(pairs.values()) & set(observable)), len(observable))
    precision = share(len(pairs), len(made))
    hold = [
        _within(made.loc[i, f"{what}_not_before"], true.loc[j, f"{what}_at"], made.loc[i, f"{what}_not_after"])
        for i, j in pairs.items()
        for what in ("arrived", "departed")
    ]
    return [
        ("visits", "precision", precision, len(made)),
        ("visits", "recall of observable", recall, len(observable)),
        ("visits", "event F1", _f1(precision, recall), len(observable)),
        ("visits", "intervals hold the truth", share(sum(hold), len(hold)), len(hold)),
    ]


def _within(low: pd.Timestamp, value: pd.Timestamp, high: pd.Timestamp) -> bool:
    return bool((pd.isna(low) or low <= value) and (pd.isna(high) or value <= high))


def _voyages(voyages: pd.DataFrame, truth: Tables) -> list[Figure]:
    legs = truth["voyages"].reset_index(drop=True)
    between = voyages[
        voyages["from_port"] != voyages["to_port"]
    ]  # loops by a port nobody watches are no legs of the truth
    made = between.assign(begin=between["departed_at"], finish=between["arrived_at"])
    made = made.dropna(subset=["begin", "finish"]).reset_index(drop=True)
    wide = pd.Timedelta(days=2)
    true = legs.assign(begin=legs["departed_at"] - wide, finish=legs["arrived_at"] + wide)
    pairs = pair_intervals(made, true, same=(("from_port", "from_port"), ("to_port", "to_port")))
    seen = truth["visits"][truth["visits"]["clear_observations"] > 0]
    ends = {(int(m), t) for m, t in zip(seen["mmsi"], seen["departed_at"], strict=True)}
    starts = {(int(m), t) for m, t in zip(seen["mmsi"], seen["arrived_at"], strict=True)}
    could = {
        n
        for n, row in enumerate(legs.itertuples())
        if (row.mmsi, row.departed_at) in ends and (row.mmsi, row.arrived_at) in starts
    }
    return [
        ("voyages", "precision", share(len(pairs), len(made)), len(made)),
        ("voyages", "recall of observable", share(len(could & set(pairs.values())), len(could)), len(could)),
    ]


def reliability(judged: list[tuple[float, bool]]) -> pd.DataFrame:
    """Every likelihood word with how often what it was said of was so.

    Parameters
    ----------
    judged : stated probability and outcome, one pair a statement

    Notes
    -----
    `holds` says whether the observed share lies in the word's range (the outer words reach to 0 and 1); it is missing
    below 30 cases.
    """
    rows = []
    for n, (word, low, high) in enumerate(LIKELIHOODS):
        floor, ceiling = (0.0 if n == 0 else low), (1.0 if n == len(LIKELIHOODS) - 1 else high)
        mine = [so for p, so in judged if floor <= p < ceiling or (p == 1.0 and ceiling == 1.0)]
        observed = share(sum(mine), len(mine))
        holds = None if len(mine) < LEAST_CASES else floor <= observed <= ceiling
        rows.append((word, floor, ceiling, len(mine), observed, holds))
    columns = ["word", "low", "high", "cases", "observed", "holds"]
    return pd.DataFrame(rows, columns=columns).astype({"holds": "boolean"})
