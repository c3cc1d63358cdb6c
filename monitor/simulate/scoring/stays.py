"""Visits and voyages against a season's truth."""

from __future__ import annotations

import pandas as pd

from monitor.simulate.scoring.pairing import Figure, Tables, f1, pair_intervals, pair_visits, share
from monitor.simulate.scoring.rule import RULE


def visit_figures(visits: pd.DataFrame, truth: pd.DataFrame) -> list[Figure]:
    """Precision, recall and intervals of VISITS."""
    made, true = visits.reset_index(drop=True), truth.reset_index(drop=True)
    pairs = pair_visits(made, true)
    observable = [
        j
        for j in range(len(true))
        if true.loc[j, "clear_observations"] > 0 and true.loc[j, "length_m"] >= RULE.recall_m
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
        ("visits", "event F1", f1(precision, recall), len(observable)),
        ("visits", "intervals hold the truth", share(sum(hold), len(hold)), len(hold)),
    ]


def _within(low: pd.Timestamp, value: pd.Timestamp, high: pd.Timestamp) -> bool:
    return bool((pd.isna(low) or low <= value) and (pd.isna(high) or value <= high))


def voyage_figures(voyages: pd.DataFrame, truth: Tables) -> list[Figure]:
    """Precision and recall of VOYAGES between the ports."""
    legs = truth["voyages"].reset_index(drop=True)
    # loops by a port that is not watched are no legs of the truth
    between = voyages[voyages["from_port"] != voyages["to_port"]]
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
