"""The chance that a vessel detection is right, from its score, zone and length; `evaluation.chances` fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from monitor.core.arrays import Floats

ZONES = ("berth", "inshore", "open")
_LENGTH_M = 100.0
_LENGTHS_M = (25.0, 400.0)
"""Lengths between which the chance changes with length."""


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
        return np.asarray(1.0 / (1.0 + np.exp(-(terms(score, zone, length_m) @ values))), dtype=np.float64)

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


def terms(score: Floats, zone: list[str], length_m: Floats) -> Floats:
    """(n, 6) what each of the chance's numbers is multiplied with.

    Parameters
    ----------
    score : Floats
        (n,) 0–1.
    zone : list of str
        ``berth`` | ``inshore`` | ``open`` | "".
    length_m : Floats
        NaN where not known.
    """
    safe = np.clip(score, 1e-6, 1.0 - 1e-6)
    there = np.array([[one == name for name in ZONES] for one in zone], dtype=np.float64).reshape(-1, len(ZONES))
    long = np.log(np.clip(np.nan_to_num(length_m, nan=_LENGTH_M), *_LENGTHS_M) / _LENGTH_M)
    return np.column_stack([np.ones(len(safe)), np.log(safe / (1.0 - safe)), there, long])


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
