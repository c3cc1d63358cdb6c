"""Precision, recall and reliability of `match` on made-up quays.

``python -m tests.independent_quays.score --seeds 0-19 [--sensor s2 s1] [--no-dimensions]``
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.fuse import match
from tests.independent_quays.scenes import Port, port

EDGES = (0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 0.99, 1.0001)
LEAST = 30
"""Rows that a bin needs to be judged."""


@dataclass(frozen=True)
class Score:
    """Counts over scenes; `rows` has the stated probability, whether it came true, its status and its kind of place."""

    rows: pd.DataFrame
    on_ais: int

    def precision(self, *statuses: str) -> float:
        """Share of named vessels that are the true ones."""
        told = self.rows[self.rows["status"].isin(statuses)]
        return float(told["right"].mean())

    def recall(self, *statuses: str) -> float:
        """Share of the detected ships on AIS that are rightly named."""
        return float(self.rows.loc[self.rows["status"].isin(statuses), "right"].sum() / self.on_ais)

    def bins(self) -> pd.DataFrame:
        """Stated and true share of each bin of probability that holds `LEAST` rows."""
        bins = pd.cut(self.rows["probability"], EDGES, right=False)
        table = self.rows.groupby(bins, observed=True).agg(
            n=("right", "size"), stated=("probability", "mean"), true=("right", "mean")
        )
        return table[table["n"] >= LEAST]


def of_port(made: Port) -> Score:
    """The score of one scene."""
    matches = match(made.detections, made.positions, scene=made.scene)
    rows = matches[matches["detection_id"].ne("") & matches["mmsi"].notna()]
    true = rows["detection_id"].map(made.truth)
    right = [pd.notna(t) and int(m) == int(t) for m, t in zip(rows["mmsi"], true, strict=True)]
    kind = rows["detection_id"].map(made.kind)
    table = rows[["status", "probability"]].assign(right=right, kind=kind)
    sent = set(made.positions["mmsi"])
    return Score(table, sum(mmsi in sent for mmsi in made.truth.values() if mmsi is not None))


def over(ports: Iterable[Port]) -> Score:
    """The score of many scenes."""
    scores = [of_port(made) for made in ports]
    return Score(pd.concat([s.rows for s in scores], ignore_index=True), sum(s.on_ais for s in scores))


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", default="0-19")
    asked.add_argument("--sensor", nargs="+", default=["s2", "s1"])
    asked.add_argument("--no-dimensions", action="store_true")
    given = asked.parse_args()
    first, _, last = given.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    for sensor in given.sensor:
        score = over(port(seed, sensor=sensor, dimensions=not given.no_dimensions) for seed in seeds)
        named = ("matched", "potential")
        print(
            f"{sensor}: {score.on_ais} ships on AIS detected; matched P {score.precision('matched'):.3f} "
            f"R {score.recall('matched'):.3f}; named P {score.precision(*named):.3f} R {score.recall(*named):.3f}"
        )
        by = score.rows[score.rows["status"] == "matched"].groupby("kind")["right"]
        print(
            "   matched by place: "
            + ", ".join(f"{k} {n} P {p:.3f}" for k, n, p in zip(by.size().index, by.size(), by.mean(), strict=True))
        )
        bins = score.bins()
        print(bins.round(3).to_string())
        print(f"   worst bin off by {np.abs(bins['stated'] - bins['true']).max():.3f}")


if __name__ == "__main__":
    main()
