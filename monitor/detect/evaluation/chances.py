"""Chances fitted to detections that are known to be right or wrong, and how far chances hold."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from monitor.core.arrays import Floats
from monitor.core.columns import floats, texts
from monitor.core.errors import DataError
from monitor.core.statistics import binomial_interval
from monitor.detect.chance import Chance, terms

LEAST_EACH = 10
"""True and false detections that a fit needs, of each; chosen."""


def fit_chance(found: pd.DataFrame) -> Chance:
    """The chance that fits detections which are known to be right or wrong.

    Parameters
    ----------
    found : table
        `score, zone, length_m, right`, of scenes that the weights were not trained on.

    Raises
    ------
    DataError
        Fewer than ten were right, or wrong.

    Notes
    -----
    Platt's fit (1999) with zone and length beside the score, pulled to the score as it is by a normal prior of one
    logit on each number: what few detections cannot tell stays near 0.
    """
    right = found["right"].to_numpy(bool)
    if min(int(right.sum()), int((~right).sum())) < LEAST_EACH:
        raise DataError(
            f"{int(right.sum())} detections right and {int((~right).sum())} wrong; a fit needs {LEAST_EACH} of each: "
            "label more scenes that the weights were not trained on"
        )
    known = terms(floats(found, "score"), texts(found, "zone"), floats(found, "length_m"))
    usual = np.array([getattr(Chance(), each.name) for each in fields(Chance)])

    def loss(values: Floats) -> float:
        odds = known @ values
        return float(np.logaddexp(0.0, np.where(right, -odds, odds)).sum() + 0.5 * ((values - usual) ** 2).sum())

    bounds = [(0.05, 10.0) if each.name == "steep" else (-10.0, 10.0) for each in fields(Chance)]
    best = minimize(loss, usual, method="L-BFGS-B", bounds=bounds).x
    return Chance(*(round(float(value), 4) for value in best))


def reliability(chance: Floats, right: Floats, *, bins: int = 5) -> pd.DataFrame:
    """Rows of chance in equal bins: `low, high, detections, stated, right, right_low, right_high` (90 %).

    Parameters
    ----------
    chance : Floats
        (n,) as stated.
    right : Floats
        (n,) 1 where the detection was right.
    bins : int
        How many; bins without detections give no row.
    """
    place = np.minimum((chance * bins).astype(int), bins - 1)
    rows = []
    for number in np.unique(place):
        mine = place == number
        low, high = binomial_interval(int(right[mine].sum()), int(mine.sum()), level=0.9)
        rows.append(
            {
                "low": number / bins,
                "high": (number + 1) / bins,
                "detections": int(mine.sum()),
                "stated": float(chance[mine].mean()),
                "right": float(right[mine].mean()),
                "right_low": low,
                "right_high": high,
            }
        )
    columns = ["low", "high", "detections", "stated", "right", "right_low", "right_high"]
    return pd.DataFrame(rows, columns=columns)
