"""Counts of a port whose ships come at random and stay: event by event, so that neighbouring counts share ships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from monitor.core.tables import COUNTS

EPOCH = datetime(2021, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Port:
    """What a made-up port is like.

    Attributes
    ----------
    stay_d : float
        Mean time that a ship stays.
    law : str
        ``exponential`` | ``fixed`` | ``long tail`` (log-normal of sigma 1).
    ships : float
        Mean number of ships there at once, before the change.
    factor : float
        By what the arrivals are multiplied from the change on.
    change_d : float
        Day of the change; never when it lies after the last day.
    days : float
        Length of the series.
    every_d : float
        From one pass to the next.
    cloud : float
        Share of passes that show nothing.
    recall : float
        Share of ships that an observation counts.
    false : float
        Mean number of false finds in an observation.
    """

    stay_d: float = 2.0
    law: str = "exponential"
    ships: float = 3.0
    factor: float = 1.0
    change_d: float = np.inf
    days: float = 365.0
    every_d: float = 2.5
    cloud: float = 0.3
    recall: float = 0.8
    false: float = 0.2


def port_counts(port: Port, seed: int, *, whole: bool = False) -> pd.DataFrame:
    """COUNTS of one port.

    Parameters
    ----------
    port : Port
        What it is like.
    seed : int
        The same gives the same counts.
    whole : bool
        Beside ``vessels``, of which two in three lie at a berth, also ``berth``, ``anchorage`` (the third), ``open``,
        ``under_way`` and ``stacks``; else ``vessels`` alone.
    """
    random = np.random.default_rng([seed, 977])
    at = np.arange(random.uniform(0.0, port.every_d), port.days, port.every_d)
    at = at[random.uniform(size=len(at)) >= port.cloud]
    berth = _seen(port, port.ships * 2 / 3, at, random)
    roads = _seen(port, port.ships / 3, at, random)
    passing = random.poisson(0.4, len(at))
    table = pd.DataFrame({"vessels": berth + roads + passing if whole else berth + roads})
    blank = pd.array([pd.NA] * len(at), dtype="Int64")
    parts = {"berth": berth, "anchorage": roads, "open": passing, "under_way": passing, "stacks": _yards(at, random)}
    for name, number in parts.items():
        table[name] = number if whole else blank
    table["scene_id"] = [f"scene{n:04d}" for n in range(len(at))]
    table["acquired_at"] = pd.to_datetime([EPOCH + timedelta(days=float(day)) for day in at], utc=True)
    table["unmatched"] = blank
    return COUNTS.conform(
        table.assign(aoi_id="made-up", sensor="s2", state="observed", observed_fraction=1.0).astype(
            dict.fromkeys(("vessels", *parts), "Int64")
        )
    )


def _seen(port: Port, ships: float, at: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """How many of the ships there each observation counts, and false finds."""
    before = 12.0 * port.stay_d
    length = before + port.days
    come = random.uniform(-before, port.days, random.poisson(ships / port.stay_d * length * max(port.factor, 1.0)))
    wanted = np.where(come >= port.change_d, port.factor, 1.0) / max(port.factor, 1.0)
    come = come[random.uniform(size=len(come)) < wanted]
    stay = {
        "exponential": lambda n: random.exponential(port.stay_d, n),
        "fixed": lambda n: np.full(n, port.stay_d),
        "long tail": lambda n: random.lognormal(np.log(port.stay_d) - 0.5, 1.0, n),
    }[port.law](len(come))
    there = (come[None, :] <= at[:, None]) & (at[:, None] < (come + stay)[None, :])
    found = there & (random.uniform(size=there.shape) < port.recall)
    share = ships / port.ships
    return np.asarray(found.sum(axis=1) + random.poisson(port.false * share, len(at)))


def _yards(at: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Three yards that stand full or empty for ten days on average."""
    number = np.zeros(len(at), dtype=int)
    for _ in range(3):
        turns = np.cumsum(random.exponential(10.0, 40 + int(at[-1])))
        number += (np.searchsorted(turns, at) + int(random.integers(2))) % 2
    return number
