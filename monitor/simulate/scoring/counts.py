"""Counts per observation against a season's truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from monitor.simulate.scoring.pairing import Figure, Tables, share
from monitor.simulate.scoring.rule import RULE


def count_figures(counts: pd.DataFrame, truth: Tables) -> list[Figure]:
    """Error and bias of counts, and whether observations that showed nothing are reported as not observed.

    Parameters
    ----------
    counts : COUNTS table
    truth : mapping of str to DataFrame
        The tables of `simulate.truth`; only what was visible in an observation is counted.

    Notes
    -----
    An observation that showed nothing and has no row was not reported as not observed. A count of 0 there
    is an error too.
    """
    seen = truth["vessels"]
    seen = seen[seen["visible"] & (seen["length_m"] >= RULE.counted_m)]
    hidden = truth["clouds"].set_index("scene_id")["hidden_fraction"]
    known = counts[counts["scene_id"].isin(hidden.index)]
    figures: list[Figure] = []
    for column, mine in (("vessels", seen), ("berth", seen[seen["situation"] == "berthed"])):
        observations = known[known[column].notna() & (known["state"] != "not observed")]
        true = observations["scene_id"].map(mine["scene_id"].value_counts().to_dict()).fillna(0).to_numpy(np.float64)
        off = observations[column].to_numpy(np.float64) - true
        mean, bias = (float(np.abs(off).mean()), float(off.mean())) if len(off) else (float("nan"),) * 2
        figures += [
            ("counts", f"{column}, mean absolute error", mean, len(off)),
            ("counts", f"{column}, bias", bias, len(off)),
        ]
    unseen = set(hidden.index[hidden >= RULE.unseen])
    reported = set(known.loc[(known["state"] == "not observed") & known["vessels"].isna(), "scene_id"])
    shown = set(hidden.index[hidden <= 1.0 - RULE.unseen])
    return [
        *figures,
        ("counts", "hidden observations, said not observed", share(len(unseen & reported), len(unseen)), len(unseen)),
        ("counts", "clear observations, said not observed", share(len(shown & reported), len(shown)), len(shown)),
    ]
