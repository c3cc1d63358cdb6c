"""Shuttles against a season's truth: the right pair of ports, how often, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.simulate.scoring.pairing import Figure, Tables, pair_intervals, sent_numbers, share
from monitor.simulate.scoring.rule import RULE

_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairing:
    """SHUTTLES rows (by position) and the true ones that they are; the true legs of each."""

    made: pd.DataFrame
    true: pd.DataFrame
    pairs: dict[int, int]
    legs: pd.DataFrame

    def legs_of(self, row: int) -> pd.DataFrame:
        """The true ship's legs that share an instant with the row's span, in order of time."""
        mine = self.legs_of_all(row)
        return mine[mine["mmsi"] == self.true.loc[self.pairs[row], "mmsi"]]

    def legs_of_all(self, row: int) -> pd.DataFrame:
        """The same of every true shuttle between the row's ports."""
        stated = self.made.loc[row]
        ships = self.true.loc[self.true["pair"] == stated["pair"], "mmsi"]
        mine = self.legs[self.legs["mmsi"].isin(ships) & (self.legs["pair"] == stated["pair"])]
        return mine[(mine["arrived_at"] >= stated["first"]) & (mine["departed_at"] <= stated["last"])]


def true_shuttles(truth: Tables) -> pd.DataFrame:
    """Ships that crossed between the same two ports three times or more.

    Returns
    -------
    DataFrame
        ``mmsi, sent, pair, legs, begin, finish, observable``: `sent` the number in its messages, `pair` both ports in
        order of the alphabet, `observable` whether three of its legs have both stays in clear observations.
    """
    sent, seen = sent_numbers(truth["vessels"]), truth["visits"][truth["visits"]["clear_observations"] > 0]
    ends = set(zip(seen["mmsi"], seen["departed_at"], strict=True))
    starts = set(zip(seen["mmsi"], seen["arrived_at"], strict=True))
    rows = []
    for (mmsi, pair), legs in _legs(truth).groupby(["mmsi", "pair"], sort=True):
        met = [(r.mmsi, r.departed_at) in ends and (r.mmsi, r.arrived_at) in starts for r in legs.itertuples()]
        rows.append(
            (
                mmsi,
                sent.get(int(str(mmsi)), mmsi),
                pair,
                len(legs),
                legs["departed_at"].min(),
                legs["arrived_at"].max(),
                sum(met) >= RULE.shuttle_legs,
            )
        )
    columns = ["mmsi", "sent", "pair", "legs", "begin", "finish", "observable"]
    table = pd.DataFrame(rows, columns=columns)
    return table[table["legs"] >= RULE.shuttle_legs].reset_index(drop=True)


def shuttle_figures(shuttles: pd.DataFrame, truth: Tables) -> list[Figure]:
    """Precision and recall of shuttles shown and of candidates, and whether crossings and period hold.

    Parameters
    ----------
    shuttles : SHUTTLES table
        A row is right when its ports, its time and, where it names an MMSI, its ship are those of a true shuttle that
        no other row has taken; rows that name one choose first.
    truth : mapping of str to DataFrame
        The tables of `simulate.truth`.

    Notes
    -----
    Told are rows at "likely" or above, and those without a probability. Where there is no true shuttle each of them is
    false.

    The crossings that an interval has to hold are the ship's legs that share an instant with the row's `first` and
    `last`; since imagery may not separate two ships of one length, it is also held to the legs of all true shuttles
    between those ports. Missed trips make a period too long by as much as they make the crossings too few, so the true
    period has to lie between the stated one times `legs` over `legs_high` and the stated one, give or take a day.
    """
    found = _paired(shuttles, truth)
    likely = ~(found.made["probability"] < RULE.told)
    status, right = found.made["status"], pd.Series(found.made.index.isin(list(found.pairs)), index=found.made.index)
    observable = set(found.true.index[found.true["observable"]])
    figures: list[Figure] = [
        ("shuttles", "told", float(likely.sum()), len(found.made)),
        ("shuttles", "true", float(len(found.true)), len(found.true)),
        ("shuttles", "told, but false", float((likely & ~right).sum()), int(likely.sum())),
    ]
    for word, name in (("shown", "shown"), ("candidate", "candidates")):
        mine = status == word
        precision = share(int((mine & right).sum()), int(mine.sum()))
        figures.append(("shuttles", f"precision, {name}", precision, int(mine.sum())))
    shown = {found.pairs[i] for i in found.pairs if status[i] == "shown"}
    for name, found_ones in (("shown", shown), ("shown or candidate", set(found.pairs.values()))):
        figures.append(
            (
                "shuttles",
                f"recall of observable, {name}",
                share(len(observable & found_ones), len(observable)),
                len(observable),
            )
        )
    of_all = [_holds(found.made.loc[i], len(found.legs_of_all(i))) for i in found.pairs]
    crossings = [_holds(found.made.loc[i], len(found.legs_of(i))) for i in found.pairs]
    periods = [(found.made.loc[i], period) for i in found.pairs if np.isfinite(period := _period(found.legs_of(i)))]
    periods = [(row, period) for row, period in periods if pd.notna(row["period_days"])]
    within = sum(_period_fits(row, period) for row, period in periods)
    return [
        *figures,
        ("shuttles", "crossings interval holds the truth", share(sum(crossings), len(crossings)), len(crossings)),
        ("shuttles", "crossings interval holds all ships'", share(sum(of_all), len(of_all)), len(of_all)),
        ("shuttles", "period within its doubt", share(within, len(periods)), len(periods)),
    ]


def _legs(truth: Tables) -> pd.DataFrame:
    legs = truth["voyages"].sort_values("departed_at").reset_index(drop=True)
    return legs.assign(pair=_pair_of(legs, "from_port", "to_port"))


def _pair_of(table: pd.DataFrame, one: str, other: str) -> list[str]:
    return [" ".join(sorted((str(a), str(b)))) for a, b in zip(table[one], table[other], strict=True)]


def _paired(shuttles: pd.DataFrame, truth: Tables) -> _Pairing:
    true = true_shuttles(truth)
    made = shuttles[shuttles["status"] != "withheld"].reset_index(drop=True)
    made = made.assign(pair=_pair_of(made, "port_a", "port_b"), begin=made["first"], finish=made["last"])
    named = made["mmsi"].notna()
    pairs = _assign(made[named].assign(sent=made["mmsi"]), true, (("pair", "pair"), ("sent", "sent")))
    left = true[~true.index.isin(list(pairs.values()))]
    pairs |= _assign(made[~named], left, (("pair", "pair"),))
    return _Pairing(made=made, true=true, pairs=pairs, legs=_legs(truth))


def _assign(made: pd.DataFrame, true: pd.DataFrame, same: tuple[tuple[str, str], ...]) -> dict[int, int]:
    """Index labels of `made` -> of `true`."""
    return {int(made.index[i]): int(true.index[j]) for i, j in pair_intervals(made, true, same=same).items()}


def _holds(row: pd.Series, legs: int) -> bool:
    known = pd.notna(row.get("crossings_low_90"))
    low, high = (row["crossings_low_90"], row["crossings_high_90"]) if known else (row["legs_low"], row["legs_high"])
    return bool(low <= legs and (pd.isna(high) or legs <= high))


def _period(legs: pd.DataFrame) -> float:
    """The median of the days between departures from where the first leg began; NaN below two."""
    if legs.empty:
        return float("nan")
    out = legs.loc[legs["from_port"] == legs["from_port"].iloc[0], "departed_at"]
    return float((out.diff().dropna() / _DAY).median()) if len(out) > 1 else float("nan")


def _period_fits(row: pd.Series, period: float) -> bool:
    stated = float(row["period_days"])
    least = 0.0 if pd.isna(row["legs_high"]) else stated * float(row["legs"]) / max(float(row["legs_high"]), 1.0)
    return bool(least - 1.0 <= period <= stated + 1.0)
