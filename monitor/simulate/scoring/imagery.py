"""Detections, berths and stacks against a season's truth."""

from __future__ import annotations

import pandas as pd

from monitor.simulate.scoring.pairing import Figure, f1, share
from monitor.simulate.scoring.rule import RULE


def detection_figures(detections: pd.DataFrame, vessels: pd.DataFrame, pairs: pd.Series) -> list[Figure]:
    """Recall, precision and error of length of vessels.

    Parameters
    ----------
    detections : DETECTIONS table
    vessels : DataFrame
        Of the truth.
    pairs : Series
        The true MMSI by ``detection_id``, of `pair_vessels`.
    """
    ships = detections[detections["class_name"] == "vessel"]
    seen = vessels[vessels["visible"] & (vessels["length_m"] >= RULE.recall_m)]
    claimed = ships[(ships["length_m"] >= RULE.counted_m) | ships["detection_id"].isin(pairs.index)]
    scene = dict(zip(ships["detection_id"], ships["scene_id"], strict=True))
    keys = {(scene[d], int(m)) for d, m in pairs.items()}
    found = sum((s, m) in keys for s, m in zip(seen["scene_id"], seen["mmsi"], strict=True))
    right = int(claimed["detection_id"].isin(pairs.index).sum())
    precision, recall = share(right, len(claimed)), share(found, len(seen))
    return [
        ("detections", "recall, 60 m and more", recall, len(seen)),
        ("detections", "precision", precision, len(claimed)),
        ("detections", "F1", f1(precision, recall), len(seen)),
        ("detections", "length error, median m", *_length_error(ships, vessels, pairs)),
    ]


def _length_error(ships: pd.DataFrame, vessels: pd.DataFrame, pairs: pd.Series) -> tuple[float, int]:
    known = vessels.drop_duplicates("mmsi").set_index("mmsi")["length_m"]
    mine = ships[ships["detection_id"].isin(pairs.index)]
    true = mine["detection_id"].map(pairs.to_dict()).map(known.to_dict()).astype("float64")
    error = (mine["length_m"] - true)[true >= RULE.recall_m].abs()
    return (float(error.median()) if len(error) else float("nan")), len(error)


def berth_figures(states: pd.DataFrame, berths: pd.DataFrame) -> list[Figure]:
    """How often BERTH_STATES are right where a berth was clear, and admit where it was hidden."""
    both = states.merge(berths[["scene_id", "berth_id", "occupied", "observed"]], on=["scene_id", "berth_id"])
    stated = both[both["state"].isin(["occupied", "empty"])]
    clear = stated[stated["observed"] >= RULE.clear]
    full, empty = clear[clear["occupied"]], clear[~clear["occupied"]]
    hidden = both[both["observed"] < RULE.hidden]
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


def stack_figures(stacks: pd.DataFrame, truth: pd.DataFrame) -> list[Figure]:
    """Error of the area of STACKS in clear yards, and whether the intervals of area and length hold the truth."""
    mine = stacks.drop(columns=["geometry"], errors="ignore")
    true = truth[["scene_id", "yard_id", "area_m2", "length_m", "observed"]]
    true = true.rename(columns={"area_m2": "true_m2", "length_m": "true_m"})
    both = mine.merge(true, on=["scene_id", "yard_id"])
    clear = both[(both["observed"] >= RULE.clear) & both["area_m2"].notna()]
    inside = clear["true_m2"].between(clear["area_low_m2"] - 1.0, clear["area_high_m2"] + 1.0)
    long = clear["true_m"].between(clear["length_low_m"] - 1.0, clear["length_high_m"] + 1.0)
    error = (clear["area_m2"] - clear["true_m2"]).abs()
    return [
        ("stacks", "area error, mean m2", float(error.mean()) if len(error) else float("nan"), len(error)),
        ("stacks", "area interval holds the truth", share(int(inside.sum()), len(inside)), len(inside)),
        ("stacks", "length interval holds the truth", share(int(long.sum()), len(long)), len(long)),
    ]
