"""The chance that a vessel detection is right, from its score, zone and length; fitted to scenes left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from monitor.core.arrays import Floats
from monitor.core.columns import floats, texts
from monitor.core.errors import DataError
from monitor.core.statistics import binomial_interval

ZONES = ("berth", "inshore", "open")
_LENGTH_M = 100.0
_LENGTHS_M = (25.0, 400.0)
"""Lengths between which the chance changes with length."""
LEAST_EACH = 10
"""True and false detections that a fit needs, of each; chosen."""


@dataclass(frozen=True, slots=True)
class Chance:
    """logit chance = level + steep × logit score + the zone's + by_length × log(length / 100 m).

    The defaults leave the score as it is.

    Attributes
    ----------
    level, steep : float
    berth, inshore, open : float
        Added in each zone; where the zone is not known, nothing.
    by_length : float
        Lengths count from 25 to 400 m; where there is none, as 100 m.
    """

    level: float = 0.0
    steep: float = 1.0
    berth: float = 0.0
    inshore: float = 0.0
    open: float = 0.0
    by_length: float = 0.0

    def of(self, score: Floats, zone: list[str], length_m: Floats) -> Floats:
        """(n,) chance that each detection is right.

        Parameters
        ----------
        score : Floats
            (n,) 0–1.
        zone : list of str
            ``berth`` | ``inshore`` | ``open`` | "".
        length_m : Floats
            NaN where not known.
        """
        if self == Chance():
            return score
        values = np.array([getattr(self, each.name) for each in fields(self)])
        return np.asarray(1.0 / (1.0 + np.exp(-(_terms(score, zone, length_m) @ values))), dtype=np.float64)

    def least_score(self, chance: float) -> float:
        """The least score that some zone and length turn into a chance.

        Parameters
        ----------
        chance : float
            0–1; 0 and 1 stay what they are.
        """
        if self == Chance() or not 0.0 < chance < 1.0:
            return chance
        zone = max(self.berth, self.inshore, self.open, 0.0)
        long = max(self.by_length * float(np.log(length / _LENGTH_M)) for length in _LENGTHS_M)
        logit = (np.log(chance / (1.0 - chance)) - self.level - zone - long) / self.steep
        return float(1.0 / (1.0 + np.exp(-logit)))


def _terms(score: Floats, zone: list[str], length_m: Floats) -> Floats:
    """(n, 6) what each of the chance's numbers is multiplied with."""
    safe = np.clip(score, 1e-6, 1.0 - 1e-6)
    there = np.array([[one == name for name in ZONES] for one in zone], dtype=np.float64).reshape(-1, len(ZONES))
    long = np.log(np.clip(np.nan_to_num(length_m, nan=_LENGTH_M), *_LENGTHS_M) / _LENGTH_M)
    return np.column_stack([np.ones(len(safe)), np.log(safe / (1.0 - safe)), there, long])


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
    terms = _terms(floats(found, "score"), texts(found, "zone"), floats(found, "length_m"))
    usual = np.array([getattr(Chance(), each.name) for each in fields(Chance)])

    def loss(values: Floats) -> float:
        odds = terms @ values
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


def read_chance(table: Mapping[str, object]) -> Chance:
    """The chance that an entry of a registry states; other keys, such as what it was fitted on, are for readers.

    Parameters
    ----------
    table : mapping of str to object

    Raises
    ------
    TypeError
        A value is no number.
    """
    known = {each.name for each in fields(Chance)}
    given = {key: value for key, value in table.items() if key in known}
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"chance.{key} is {value!r}, not a number")
    return Chance(**{key: float(str(value)) for key, value in given.items()})
