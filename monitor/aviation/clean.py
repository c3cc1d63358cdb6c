"""Raw positions to tracks of single aircraft: what is left out is counted, what is doubtful is flagged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from monitor.aviation.airframes import JUMP, number_airframes
from monitor.aviation.clocks import shifted_files
from monitor.core.tables.aviation import AIR_POSITIONS, AIR_TRACKS


@dataclass(frozen=True, slots=True)
class CleanRule:
    """What cannot be right; all chosen.

    Attributes
    ----------
    lowest_m, highest_m : float
        Heights outside are unknown.
    ground_max_kn : float
        A ground flag at a higher speed is a transponder's mistake: no aircraft rolls that fast.
    frozen_min_kn : float
        A place that repeats at a higher speed is a receiver's last word.
    shared_fraction : float
        A second airframe with this share of an address's positions makes it a shared address, not a stray or a spoof.
    """

    lowest_m: float = -600.0
    highest_m: float = 20000.0
    ground_max_kn: float = 200.0
    frozen_min_kn: float = 60.0
    shared_fraction: float = 0.2


RULE = CleanRule()


@dataclass(frozen=True, slots=True)
class CleanReport:
    """What cleaning did: `dropped` positions by reason, `flagged` by word, `shifted` hours by (icao24, file)."""

    dropped: Mapping[str, int] = field(default_factory=dict)
    flagged: Mapping[str, int] = field(default_factory=dict)
    shifted: Mapping[tuple[str, str], float] = field(default_factory=dict)


def clean(positions: pd.DataFrame, *, watchlist: pd.DataFrame | None = None) -> tuple[pd.DataFrame, CleanReport]:
    """AIR_TRACKS in order of aircraft, airframe and time, and what was done.

    Parameters
    ----------
    positions : AIR_POSITIONS table
        Any order, several files and aircraft at once.
    watchlist : AIRCRAFT_WATCHLIST table, optional
        Keeps these aircraft only, gives an address to rows that carry a tail alone, and shows registrations that
        differ.

    Notes
    -----
    Dropped: places off the globe and the point 0, 0; doubles; a place that stays frozen at flying speed (a receiver
    repeats its last word); files whose clock another file shows to be hours off; jumps. Kept and flagged: stale
    positions keep `is_stale`; a second airframe on an address; registrations that the watch list does not know on this
    address; clocks without a zone. Heights outside -600 to 20,000 m and ground flags above 200 kn become unknown.
    """
    dropped: Counter[str] = Counter()
    table = AIR_POSITIONS.conform(positions)
    if watchlist is not None:
        table = on_watchlist(table, watchlist)
    table = _drop(table, _off_globe(table), "no place on the globe", dropped)
    table = table.sort_values(["icao24", "t"], kind="stable", ignore_index=True)
    table = _drop(table, table.duplicated(["icao24", "t", "lon", "lat"]), "double", dropped)
    shifted = shifted_files(table)
    wrong = pd.Series(list(zip(table["icao24"], table["source_file"], strict=True)), index=table.index, dtype=object)
    table = _drop(table, wrong.isin(list(shifted)), "clock in local time", dropped)
    table = _drop(table, _frozen(table), "frozen", dropped)
    table, doubtful = _unknown(table)
    table = table.assign(body=_airframes(table))
    table = _drop(table, table["body"] == JUMP, "jump", dropped)
    table = _drop(table, table.duplicated(["icao24", "body", "t"]), "same instant", dropped)
    flags = _flags(table, watchlist)
    counts = Counter(word for text in flags for word in text.split())
    counts.update(doubtful)
    counts["stale"] = int(table["is_stale"].sum())
    table = table.assign(flags=flags).sort_values(["icao24", "body", "t"], kind="stable")
    return AIR_TRACKS.conform(table), CleanReport(dict(dropped), {k: v for k, v in counts.items() if v}, shifted)


def on_watchlist(positions: pd.DataFrame, watchlist: pd.DataFrame) -> pd.DataFrame:
    """The positions of aircraft on an AIRCRAFT_WATCHLIST, by address or, where a row has none, by tail."""
    tails = watchlist[watchlist["icao24"] != ""].drop_duplicates("registration").set_index("registration")["icao24"]
    nameless = positions["icao24"] == ""
    table = positions
    if nameless.any():
        named = positions["icao24"].mask(nameless, positions["registration"].map(tails).fillna(""))
        table = positions.assign(icao24=named.astype("str"))
    known = table["icao24"].isin(set(watchlist["icao24"]) - {""})
    return table[known | (table["registration"].isin(set(watchlist["registration"]) - {""}))].reset_index(drop=True)


def _drop(table: pd.DataFrame, mask: pd.Series, reason: str, dropped: Counter[str]) -> pd.DataFrame:
    if not mask.any():
        return table
    dropped[reason] += int(mask.sum())
    return table[~mask].reset_index(drop=True)


def _off_globe(table: pd.DataFrame) -> pd.Series:
    inside = table["lon"].between(-180, 180) & table["lat"].between(-90, 90)
    return ~inside | ((table["lon"] == 0) & (table["lat"] == 0)) | table["t"].isna()


def _frozen(table: pd.DataFrame) -> pd.Series:
    same = (
        (table["icao24"] == table["icao24"].shift())
        & (table["lon"] == table["lon"].shift())
        & (table["lat"] == table["lat"].shift())
    )
    return same & (table["speed_kn"] > RULE.frozen_min_kn) & ~table["on_ground"].fillna(False)


def _unknown(table: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    height = table["altitude_m"].notna() & ~table["altitude_m"].between(RULE.lowest_m, RULE.highest_m)
    ground = table["on_ground"].fillna(False) & (table["speed_kn"] > RULE.ground_max_kn)
    fixed = table.assign(
        altitude_m=table["altitude_m"].mask(height), on_ground=table["on_ground"].mask(ground.astype(bool))
    )
    nothing = table["altitude_m"].isna() & table["on_ground"].isna()
    return fixed, Counter(
        {
            "impossible height": int(height.sum()),
            "ground flag at speed": int(ground.sum()),
            "height unknown": int(nothing.sum()),
        }
    )


def _airframes(table: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = np.zeros(len(table), dtype=np.int64)
    seconds = table["t"].astype("int64").to_numpy() / 1e6
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    for rows in table.groupby("icao24", sort=False).indices.values():
        found[rows] = number_airframes(seconds[rows], lon[rows], lat[rows])
    return found


def _flags(table: pd.DataFrame, watchlist: pd.DataFrame | None) -> pd.Series:
    if table.empty:
        return pd.Series([], dtype="str")
    words = pd.DataFrame(index=table.index)
    words["clock-unstated"] = table["clock"] == "unstated"
    words["other-body"] = table["body"] > 0
    size = table.groupby(["icao24", "body"])["t"].transform("size")
    total = table.groupby("icao24")["t"].transform("size")
    shared = (table["body"] > 0) & (size >= RULE.shared_fraction * total)
    words["address-shared"] = table["icao24"].isin(set(table.loc[shared, "icao24"]))
    if watchlist is not None:
        known = set(zip(watchlist["icao24"], watchlist["registration"], strict=True))
        pairs = zip(table["icao24"], table["registration"], strict=True)
        words["registration-differs"] = [bool(tail) and (hex_, tail) not in known for hex_, tail in pairs]
    text = pd.Series("", index=table.index, dtype="str")
    for word in words:
        text = text.mask(words[word], text + " " + str(word))
    return text.str.strip()
