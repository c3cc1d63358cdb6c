"""Matches and dark events against a season's truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from monitor.simulate.scoring.pairing import Figure, Tables, sent_numbers, share
from monitor.simulate.scoring.rule import RULE


def _last_version(matches: pd.DataFrame) -> pd.DataFrame:
    if "version" in matches and len(matches):
        matches = matches.sort_values("version").drop_duplicates("match_id", keep="last")
    return matches[matches["status"] != "superseded"]


def match_figures(
    matches: pd.DataFrame, detections: pd.DataFrame, vessels: pd.DataFrame, pairs: pd.Series
) -> list[Figure]:
    """Precision and recall of matches with AIS.

    Parameters
    ----------
    matches : MATCHES table
    detections : DETECTIONS table
    vessels : DataFrame
        Of the truth.
    pairs : Series
        The true MMSI by ``detection_id``, of `pair_vessels`.
    """
    made = _last_version(matches)
    made = made[made["status"] == "matched"]
    sent = sent_numbers(vessels)
    true = made["detection_id"].map({d: sent.get(int(m), int(m)) for d, m in pairs.items()}).astype("float64")
    right = int((true == made["mmsi"].astype("float64")).sum())
    scene = detections.set_index("detection_id")["scene_id"]
    received = vessels.loc[vessels["on_ais"] & vessels["heard"], ["scene_id", "mmsi"]]
    on_ais = {(s, int(m)) for s, m in received.to_numpy()}
    could = {d for d, m in pairs.items() if (scene[d], m) in on_ais}
    found = set(made.loc[true == made["mmsi"].astype("float64"), "detection_id"])
    return [
        ("matches", "precision", share(right, len(made)), len(made)),
        ("matches", "recall of observable", share(len(could & found), len(could)), len(could)),
    ]


def dark_figures(dark: pd.DataFrame, detections: pd.DataFrame, truth: Tables, pairs: pd.Series) -> list[Figure]:
    """Precision and recall of dark events, which are those at "likely" or above.

    Parameters
    ----------
    dark : DARK_EVENTS table
    detections : DETECTIONS table
    truth : mapping of str to DataFrame
        The tables of `simulate.truth`.
    pairs : Series
        The true MMSI by ``detection_id``, of `pair_vessels`.
    """
    vessels, observations = truth["vessels"], truth["clouds"]
    facts = _facts(vessels)
    claims = dark[dark["status"] == "dark"]
    known = [(row, facts.get((row.scene_id, int(pairs.get(row.detection_id, 0))))) for row in claims.itertuples()]
    judged = [fact for _, fact in known if fact is None or fact["role"] != "laid up"]
    right = sum(fact is not None and not fact["on_ais"] for fact in judged)
    with_reception = set(
        observations.loc[
            (observations["ais_vessels"] >= 2) & observations["ais_before"] & observations["ais_after"], "scene_id"
        ]
    )
    scene = detections.set_index("detection_id")["scene_id"]
    could = {
        d
        for d, m in pairs.items()
        if scene[d] in with_reception
        and (f := facts[scene[d], m])
        and not f["on_ais"]
        and float(f["length_m"]) >= RULE.recall_m
        and f["role"] != "laid up"
    }
    claimed = set(claims["detection_id"])
    return [
        ("dark_events", "precision", share(right, len(judged)), len(judged)),
        ("dark_events", "recall of observable", share(len(could & claimed), len(could)), len(could)),
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


def judged_statements(dark: pd.DataFrame, vessels: pd.DataFrame, pairs: pd.Series) -> Iterator[tuple[float, bool]]:
    """Stated probability of each dark event, and whether a vessel without AIS was there.

    Parameters
    ----------
    dark : DARK_EVENTS table
    vessels : DataFrame
        Of the truth.
    pairs : Series
        The true MMSI by ``detection_id``, of `pair_vessels`.
    """
    facts = _facts(vessels)
    for row in dark.itertuples():
        if row.likelihood:
            fact = facts.get((row.scene_id, int(pairs.get(row.detection_id, 0))))
            yield float(row.probability), fact is not None and not fact["on_ais"]
