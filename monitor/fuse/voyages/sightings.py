"""What was seen in a port: its clear observations, and the sightings of its visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats, naive, texts
from monitor.fuse.stays.berth_observations import EMPTY, OCCUPIED
from monitor.fuse.voyages.rules import SightingRule

Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """One port's clear observations, and the ships in them.

    Attributes
    ----------
    port : str
        Id of the port.
    hours : array of float
        (observations,) hours since the beginning, in order.
    clear : array of float
        (observations,) share of the port's berths that were clear.
    visit : array of int
        (sightings,) index of the visit that each belongs to.
    at : array of int
        (sightings,) index of its observation.
    since_h : array of float
        (sightings,) hours since the visit's sighting before; NaN for its first.
    log_length, spread : array of float
        (sightings,) natural log of the visit's length in metres, NaN when not known, and its standard error.
    share : array of float
        (sightings,) one over the visit's sightings.
    mmsi : array of int
        (sightings,) by which AIS names the ship; 0: none.
    berth : array of int
        (sightings,) number of the berth, from 0.
    cargo : array of float
        (sightings,) how much likelier the change of the port's stacks over the visit is of a ship that carries cargo
        to and fro; 1 where it is not known.
    """

    port: str
    hours: Floats
    clear: Floats
    visit: Indices
    at: Indices
    since_h: Floats
    log_length: Floats
    spread: Floats
    share: Floats
    mmsi: Indices
    berth: Indices
    cargo: Floats

    @property
    def is_first(self) -> Flags:
        """(sightings,) whether each is its visit's first."""
        return np.append(True, self.visit[1:] != self.visit[:-1])[: len(self.visit)]

    @property
    def is_last(self) -> Flags:
        """(sightings,) whether each is its visit's last."""
        return np.append(self.visit[1:] != self.visit[:-1], True)[-len(self.visit) :]

    @property
    def visits(self) -> int:
        """How many nameless visits there are."""
        return len(np.unique(self.visit[self.mmsi == 0]))


def sightings(
    port: str,
    visits: pd.DataFrame,
    berth_states: pd.DataFrame | None,
    *,
    stacks: pd.DataFrame | None,
    zero: pd.Timestamp,
    rule: SightingRule,
) -> Sightings:
    """The sightings of a port's visits.

    Parameters
    ----------
    port : str
        Id of the port.
    visits : VISITS table
        Of all ports; the index of a row is what `Sightings.visit` holds. Those of hulls that lay longer
        than the rule's longest call are left out.
    berth_states : BERTH_STATES table, optional
        Gives the observations; without it they are the instants that bound the visits.
    stacks : STACKS table, optional
        Areas of the port's yards.
    zero : Timestamp
        From when hours are counted.
    rule : SightingRule
        Longest call, and the error of a length whose interval is not known.
    """
    mine = visits[(visits["aoi_id"] == port)]
    hours, clear, seen_in = _observations(port, mine, berth_states, zero)
    lain = mine["departed_not_before"] - mine["arrived_not_after"]
    mine = mine[lain <= timedelta(days=rule.longest_call_days)]
    visit: list[int] = []
    at: list[int] = []
    for index, row in mine.iterrows():
        ends = [(row[name] - zero) / timedelta(hours=1) for name in ("arrived_not_after", "departed_not_before")]
        known = [seen_in[name] for name in str(row["detection_ids"]).split() if name in seen_in]
        times = known or sorted({float(end) for end in ends})
        found = np.unique(np.searchsorted(hours, np.array(times) - 1e-6))
        visit += [int(str(index))] * len(found)
        at += [int(k) for k in np.minimum(found, len(hours) - 1)]
    which, when = np.array(visit, dtype=np.int64), np.array(at, dtype=np.int64)
    length, low, high = (floats(visits, name) for name in ("length_m", "length_low_m", "length_high_m"))
    with np.errstate(divide="ignore", invalid="ignore"):
        log_length = np.log(np.where(length > 0, length, np.nan))
        spread = (np.log(high) - np.log(low)) / 3.29
    spread = np.clip(np.where(np.isfinite(spread), spread, rule.usual_spread), rule.least_spread, None)
    row_of = visits.index.get_indexer(which)
    count = np.bincount(which, minlength=1)[which] if len(which) else np.zeros(0)
    mmsi = visits["mmsi"].fillna(0).to_numpy(dtype=np.int64)[row_of] if len(which) else np.zeros(0, dtype=np.int64)
    berth = np.unique(visits["berth_id"].to_numpy(dtype=str), return_inverse=True)[1][row_of]
    cargo = _cargo(port, visits.loc[which], stacks, rule)
    since = np.full(len(which), np.nan)
    if len(which):
        again = np.append(False, which[1:] == which[:-1])
        since[again] = (hours[when] - np.append(np.nan, hours[when][:-1]))[again]
    return Sightings(
        port, hours, clear, which, when, since, log_length[row_of], spread[row_of], 1.0 / count, mmsi, berth, cargo
    )


def _cargo(port: str, visits: pd.DataFrame, stacks: pd.DataFrame | None, rule: SightingRule) -> Floats:
    """(visits,) factors by whether the area of the port's stacks changed from before each to after it."""
    if stacks is None or stacks.empty or visits.empty:
        return np.ones(len(visits))
    mine = stacks[(stacks["aoi_id"] == port) & stacks["area_m2"].notna()]
    total = mine.groupby("acquired_at")["area_m2"].sum()
    at, area = naive(pd.Series(total.index)), total.to_numpy(dtype=np.float64)
    before = np.searchsorted(at, naive(visits["arrived_not_after"]), side="right") - 1
    after = np.searchsorted(at, naive(visits["departed_not_before"]))
    known = (before >= 0) & (after < len(at))
    if not known.any():
        return np.ones(len(visits))
    change = np.abs(area[np.minimum(after, len(at) - 1)] - area[np.maximum(before, 0)])
    factor = np.where(change >= rule.cargo_m2, rule.cargo_changed, rule.cargo_kept)
    return np.where(known, factor, 1.0)


def _observations(
    port: str, visits: pd.DataFrame, berth_states: pd.DataFrame | None, zero: pd.Timestamp
) -> tuple[Floats, Floats, Mapping[str, float]]:
    """Hours and clear shares of a port's observations, and the hour in which each detection was made."""
    if berth_states is None or berth_states.empty:
        bounds = ("arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after")
        instants = pd.concat([visits[name] for name in bounds]).dropna().sort_values().unique()
        hours = np.array([(instant - zero) / timedelta(hours=1) for instant in instants])
        return hours, np.ones(len(hours)), {}
    mine = berth_states[berth_states["aoi_id"] == port]
    berths = max(mine["berth_id"].nunique(), 1)
    mine = mine[mine["state"].isin([OCCUPIED, EMPTY])]
    at = (naive(mine["acquired_at"]) - naive(pd.Series([zero]))[0]) / np.timedelta64(1, "h")
    hours, index = np.unique(at, return_inverse=True)
    clear = np.bincount(index, minlength=len(hours)) / berths
    ids = [name.split() for name in texts(mine, "detection_ids")]
    return hours, np.minimum(clear, 1.0), {name: float(h) for h, names in zip(at, ids, strict=True) for name in names}


def steps_of(seen: Sightings, step_h: float, steps: int) -> Indices:
    """The step of the grid in which each observation lies: (observations,).

    Parameters
    ----------
    seen : Sightings
        Of the port.
    step_h : float
        Hours of a step.
    steps : int
        Length of the grid.
    """
    return np.clip((seen.hours / step_h).astype(np.int64), 0, steps - 1)
