"""Flags of positions that are inconsistent; none is deleted, so that a gap stays a gap and a reader can judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.ais.segments import segments
from monitor.ais.sorting import Ordered, in_order
from monitor.core.arrays import Bools, Ints
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, inverse
from monitor.core.tables import TRACK_FLAGS

FLAGS = ("shared mmsi", "jump", "frozen", "speed mismatch", "clock")
"""In the order in which they stand in `flags`."""

_MICROS_PER_MINUTE = 60_000_000
_HOUR = 3.6e9


@dataclass(frozen=True, slots=True)
class FlagRule:
    """From when on positions are flagged; all chosen.

    Attributes
    ----------
    shared_positions : int
        Positions of each of the segments that overlap in time.
    jump_positions : int
        Positions of a jump at most.
    frozen_kn, frozen_minutes, frozen_m : float
        Reported speed and duration of a stretch whose positions are no further than this apart.
    frozen_positions : int
    mismatch_kn : float
        Difference of reported speed and the speed of the way.
    mismatch_positions : int
        How many in a row.
    clock_kn, clock_deg, clock_m : float
        Least speed, angle against the own course and way of a position out of its order.
    """

    shared_positions: int = 3
    jump_positions: int = 2
    frozen_kn: float = 2.0
    frozen_positions: int = 3
    frozen_minutes: float = 10.0
    frozen_m: float = 0.5
    mismatch_kn: float = 6.0
    mismatch_positions: int = 5
    clock_kn: float = 3.0
    clock_deg: float = 120.0
    clock_m: float = 50.0


RULE = FlagRule()


def flag_positions(positions: pd.DataFrame) -> pd.DataFrame:
    """The segment and the flags of each position, on the index of the table given.

    Parameters
    ----------
    positions : DataFrame
        `mmsi`, `t`, `lon`, `lat`; `sog_kn`, `cog_deg` where known.

    Returns
    -------
    DataFrame
        `segment` (`ais.segments`) and `flags`, separated by "; " in the order of `FLAGS`, "" when nothing is odd:

        shared mmsi: two or more segments of three positions or more overlap in time, so two ships (or one ship and a
        spoofer) send under the number;
        jump: one or two positions that no ship could have reached among others that it could;
        frozen: three or more positions over ten minutes at one place that claim 2 kn or more;
        speed mismatch: five or more in a row whose way and reported speed differ by more than 6 kn;
        clock: a position reached against its own course that fits once it is left out, as when a receiver's clock is
        wrong.
    """
    rows = in_order(positions)
    own = segments(positions)[rows.order] if len(rows.t) else np.zeros(0, dtype=np.int64)
    moves = _Moves(positions, rows, own)
    found = (_shared(rows, own), _jumps(rows, own), _frozen(moves), _mismatch(moves), _clock(moves))
    words = np.full(len(rows.t), "", dtype=object)
    for name, hit in zip(FLAGS, found, strict=True):
        words[hit] = np.where(words[hit] == "", name, words[hit] + f"; {name}")
    out = pd.DataFrame({"segment": np.empty_like(own), "flags": np.empty_like(words)}, index=positions.index)
    out.iloc[rows.order, 0], out.iloc[rows.order, 1] = own, words
    return out.astype({"segment": "int64", "flags": "str"})


def track_flags(positions: pd.DataFrame) -> pd.DataFrame:
    """The segments in which something is odd, one row a flag: TRACK_FLAGS in order of start, MMSI, segment and flag.

    Parameters
    ----------
    positions : DataFrame
        As for `flag_positions`.

    Returns
    -------
    TRACK_FLAGS table
        `start` and `end` are the first and last flagged position, `positions` how many are flagged, `of` how many the
        segment has, `lon` and `lat` where the first one is. Empty when nothing is odd; nothing is ever deleted.
    """
    found = flag_positions(positions)
    table = positions[["mmsi", "t", "lon", "lat"]].assign(segment=found["segment"], flag=found["flags"])
    sizes = table.groupby(["mmsi", "segment"])["t"].size().rename("of")
    odd = table[table["flag"] != ""].sort_values(["mmsi", "t"], kind="stable")
    if odd.empty:
        return TRACK_FLAGS.empty()
    each = odd.assign(flag=odd["flag"].str.split("; ")).explode("flag").astype({"flag": "str"})
    rows = each.groupby(["mmsi", "segment", "flag"], sort=True).agg(
        start=("t", "min"), end=("t", "max"), positions=("t", "size"), lon=("lon", "first"), lat=("lat", "first")
    )
    made = rows.reset_index().join(sizes, on=["mmsi", "segment"])
    return TRACK_FLAGS.conform(made.sort_values(["start", "mmsi", "segment", "flag"], kind="stable"))


class _Moves:
    """Ways between consecutive positions of one segment. Rows are sorted by MMSI, segment and time."""

    def __init__(self, positions: pd.DataFrame, rows: Ordered, own: Ints) -> None:
        self.order = np.lexsort((rows.t, own, rows.mmsi))
        given = rows.order[self.order]
        self.t, self.track = rows.t[self.order], np.column_stack([rows.mmsi, own])[self.order]
        self.lon, self.lat = rows.given_lon[given], rows.given_lat[given]
        self.sog, self.cog = (
            positions[c].to_numpy(np.float64, na_value=np.nan)[given] if c in positions else np.full(len(given), np.nan)
            for c in ("sog_kn", "cog_deg")
        )
        self.same = (self.track[1:] == self.track[:-1]).all(axis=1) if len(given) else np.zeros(0, dtype=bool)
        self.azimuth, metres = inverse(self.lon[:-1], self.lat[:-1], self.lon[1:], self.lat[1:])
        hours = np.maximum(np.diff(self.t), 1) / _HOUR
        self.knots = np.where(self.same, metres / METRES_PER_NAUTICAL_MILE / hours, np.nan)
        self.metres = np.where(self.same, metres, np.nan)

    def back(self, hit: Bools) -> Bools:
        """A mask over these rows as one over rows sorted by MMSI and time."""
        out = np.zeros_like(hit)
        out[self.order] = hit
        return out


def _sizes(rows: Ordered, own: Ints) -> pd.DataFrame:
    table = pd.DataFrame({"mmsi": rows.mmsi, "segment": own, "t": rows.t})
    return table.groupby(["mmsi", "segment"], sort=True)["t"].agg(["size", "min", "max"]).reset_index()


def _shared(rows: Ordered, own: Ints) -> Bools:
    sizes = _sizes(rows, own)
    sizes = sizes[sizes["size"] >= RULE.shared_positions].sort_values(["mmsi", "min"])
    hit: set[tuple[int, int]] = set()
    for mmsi, group in sizes.groupby("mmsi"):
        if len(group) < 2:
            continue
        starts, ends, names = (group[c].to_numpy(np.int64) for c in ("min", "max", "segment"))
        overlap = (starts[:, None] < ends[None, :]) & (ends[:, None] > starts[None, :])
        np.fill_diagonal(overlap, False)
        hit |= {(int(str(mmsi)), int(n)) for n in names[overlap.any(axis=1)]}
    return _of_tracks(rows, own, hit)


def _jumps(rows: Ordered, own: Ints) -> Bools:
    sizes = _sizes(rows, own)
    longest = sizes.groupby("mmsi")["size"].transform("max")
    short = sizes[(sizes["size"] <= RULE.jump_positions) & (longest > RULE.jump_positions)]
    return _of_tracks(rows, own, set(zip(short["mmsi"].tolist(), short["segment"].tolist(), strict=True)))


def _of_tracks(rows: Ordered, own: Ints, tracks: set[tuple[int, int]]) -> Bools:
    if not tracks:
        return np.zeros(len(own), dtype=bool)
    wanted = pd.MultiIndex.from_tuples(sorted(tracks))
    return np.asarray(pd.MultiIndex.from_arrays([rows.mmsi, own]).isin(wanted))


def _runs(hit: Bools) -> list[tuple[int, int]]:
    """Stretches ``[first, last)`` of consecutive hits."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], hit, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _frozen(moves: _Moves) -> Bools:
    hit = np.zeros(len(moves.t), dtype=bool)
    for first, last in _runs(moves.same & (moves.metres < RULE.frozen_m)):
        stretch = slice(first, last + 1)
        long = moves.t[last] - moves.t[first] >= RULE.frozen_minutes * _MICROS_PER_MINUTE
        long &= last - first + 1 >= RULE.frozen_positions
        if long and np.isfinite(moves.sog[stretch]).any() and np.nanmedian(moves.sog[stretch]) >= RULE.frozen_kn:
            hit[stretch] = True
    return moves.back(hit)


def _mismatch(moves: _Moves) -> Bools:
    hit = np.zeros(len(moves.t), dtype=bool)
    if not len(hit):
        return hit
    reported = (moves.sog[1:] + moves.sog[:-1]) / 2
    brief = np.diff(moves.t) <= 0.5 * _HOUR
    still = moves.metres < RULE.frozen_m
    for first, last in _runs(moves.same & brief & ~still & (np.abs(moves.knots - reported) > RULE.mismatch_kn)):
        if last - first + 1 >= RULE.mismatch_positions:
            hit[first : last + 1] = True
    return moves.back(hit)


def _clock(moves: _Moves) -> Bools:
    hit = np.zeros(len(moves.t), dtype=bool)
    if len(hit) < 3:
        return hit
    turned = np.abs(np.mod(moves.azimuth - moves.cog[1:] + 180.0, 360.0) - 180.0)
    against = moves.same & (turned > RULE.clock_deg) & (moves.sog[1:] >= RULE.clock_kn) & (moves.metres > RULE.clock_m)
    middle = np.arange(1, len(hit) - 1)
    around = moves.same[middle - 1] & moves.same[middle]
    azimuth, _ = inverse(moves.lon[middle - 1], moves.lat[middle - 1], moves.lon[middle + 1], moves.lat[middle + 1])
    fits = np.abs(np.mod(azimuth - moves.cog[middle + 1] + 180.0, 360.0) - 180.0) < 180.0 - RULE.clock_deg
    hit[middle] = around & against[middle - 1] & fits
    return moves.back(hit)
