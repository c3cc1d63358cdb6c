"""AIS that arrives late: days of which half the ships' messages come in only weeks afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.timerange import TimeRange
from monitor.simulate.rng import generator

_HOUR, _DAY = 3_600.0, 86_400.0
_EVERY_D = 8.0
_SHARE = 0.5
"""Chosen: one delivery in eight days, and half the ships in each."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrives late: positions of about half the numbers sent in ``[start_s, end_s)``, at `arrives_s`.

    All in seconds since 1970.
    """

    start_s: float
    end_s: float
    arrives_s: float


def deliveries(seed: int, period: TimeRange) -> tuple[Delivery, ...]:
    """One in every eight days: a day or two, which arrive five to fifteen days afterwards, in order of time."""
    start, length = period.start.timestamp(), period.duration.total_seconds()
    made = []
    for number in range(max(int(length / _DAY / _EVERY_D), 1)):
        rng = generator(seed, "delivery", number)
        begin = start + (number + float(rng.uniform(0.05, 0.6))) * min(_EVERY_D * _DAY, length)
        end = begin + float(rng.uniform(20.0, 48.0)) * _HOUR
        made.append(Delivery(begin, end, end + float(rng.uniform(5.0, 15.0)) * _DAY))
    return tuple(made)


def late_in(positions: pd.DataFrame, seed: int, delivery: Delivery) -> npt.NDArray[np.bool_]:
    """Which rows of a POSITIONS table come with a delivery.

    Parameters
    ----------
    positions : POSITIONS table
    seed : int
        Of the season.
    delivery : Delivery
    """
    start, end = (pd.Timestamp(t, unit="s", tz="UTC") for t in (delivery.start_s, delivery.end_s))
    numbers = positions["mmsi"].unique().tolist()
    slow = [m for m in numbers if generator(seed, "late", int(delivery.start_s), m).random() < _SHARE]
    late = (positions["t"] >= start) & (positions["t"] < end) & positions["mmsi"].isin(slow)
    return np.asarray(late.to_numpy(), dtype=np.bool_)
