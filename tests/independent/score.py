"""How often stated visits, legs and shuttles come true in independent seasons.

Run ``python -m tests.independent.score CASE... --seeds 0-19 [--shift DAYS] [--unwatched PORT] [--jobs N]
[--out FILE.csv]``; ``all`` and ``nulls`` stand for every case and for those without a shuttle. ``--shift`` moves the
observations of all ports but the first by so many days, so that no leg between ports is true. With ``--unwatched``
nobody watches that port, counted from 0: without the second, the other end of the shuttles, none is true. Prints the
tables; every statement goes to the CSV file.

Told is what is stated at "likely" or above. A leg is true when both visits are mostly of one ship, and its next call
after the first is the second. A shuttle that is named is true when the ship of that MMSI went to and fro, one without a
name when most of its visits are of one ship that did; "of several": when they are of several such ships, which counts
as false all the same. "own" is the share of a true one's visits that are the ship's. "told in" is the share of seasons
with a shuttle in which any is told, "found in" that in which one that is told is a true silent one. "holds" and "width"
(over the truth) are of the crossings of true ones in the season, "in span" of those from first to last sighting. A
visit is right when it lies within one stay of the ship that most of its detections are of; recall is over stays of
ships of 60 m and more that a detection met, and, as "R of observed", that a clear observation could have met. A link is
any pair of stays with its probability, told or not.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from monitor.core.findings import LIKELIHOODS, likelihood_word
from tests.independent.calibration import brier, log_score
from tests.independent.cases import CASES, NULLS
from tests.independent.judging import LIKELY, Correlation, Row, Tally, add, correlated
from tests.independent.seasons import season, shifted, unwatched

ENOUGH = 30
"""Statements from which a share says something."""


def loss(tally: Tally) -> float:
    """Negative log likelihood a season of what is true, over all pairs of stays and all stays: the less the better.

    What is not stated counts as stated at 0, and costs when it is so: a true pair of seen calls without a link, and a
    detected stay without a visit.
    """
    seasons = pd.DataFrame(tally.seasons)
    parts = [tally.of(kind) for kind in ("link", "visit")]
    stated = sum(log_score(part["probability"], part["true"]) * len(part) for part in parts if len(part))
    missing = (seasons["unlinked"] + seasons["detected"] - seasons["detected_found"]).clip(lower=0).sum()
    return float((stated + missing * log_score([0.0], [True])) / len(seasons))


def case_row(case: str, tally: Tally) -> Row:
    """The figures of one case in a row; shares and means of nothing are NaN."""
    seasons = pd.DataFrame(tally.seasons)
    legs, shuttles, stays = tally.of("leg"), tally.of("shuttle"), tally.of("visit")
    told, known = legs[legs["probability"] >= LIKELY], shuttles[shuttles["probability"] >= LIKELY]
    real = known[known["true"]]
    right = stays[stays["probability"] >= 0.5]
    precision = right["true"].mean() if len(right) else np.nan
    met = seasons[["observed", "observed_found", "detected", "detected_found"]].sum()
    recall = met["detected_found"] / met["detected"] if met["detected"] else np.nan
    with_one = seasons[seasons["shuttles"] > 0]
    width = (real["high_90"].astype(float) - real["low_90"].astype(float)) / real["crossed"].astype(float)
    good = stays[stays["true"]]
    return {
        "case": case,
        "seasons": len(seasons),
        "legs": len(told),
        "stated": told["probability"].mean(),
        "true": told["true"].mean() if len(told) else np.nan,
        "false legs/season": (~told["true"]).sum() / len(seasons),
        "shuttles": len(known),
        "false shuttles/season": (~known["true"]).sum() / len(seasons),
        "of several": int(known["mixed"].sum()),
        "own": real["own"].mean() if len(real) else np.nan,
        "told in": with_one["told"].mean() if len(with_one) else np.nan,
        "found in": (with_one["shuttles_found"] > 0).mean() if len(with_one) else np.nan,
        "holds 90": _coverage(real, "90"),
        "in span": _coverage(real, "90", "crossed_in_span"),
        "holds 50": _coverage(real, "50"),
        "width": width.median() if len(width) else np.nan,
        "visit P": precision,
        "visit R": recall,
        "F1": 2 * precision * recall / (precision + recall),
        "R of observed": met["observed_found"] / met["observed"] if met["observed"] else np.nan,
        "arrival holds": good["arrival"].astype(float).mean(),
        "departure holds": good["departure"].astype(float).mean(),
        "leg Brier": brier(legs["probability"], legs["true"]),
        "visit Brier": brier(stays["probability"], stays["true"]),
        "s/season": seasons["seconds"].mean(),
    }


def _coverage(told: pd.DataFrame, level: str, truth: str = "crossed") -> float:
    """The share of true shuttles whose crossings lie in the interval; an end that is not stated is open."""
    low, high = (
        pd.to_numeric(told[f"{end}_{level}"]).to_numpy(dtype=float, na_value=np.nan) for end in ("low", "high")
    )
    stated = np.isfinite(low) | np.isfinite(high)
    if not stated.any():
        return float("nan")
    crossed = told[truth].to_numpy(dtype=float)
    return float((~(crossed < low) & ~(crossed > high))[stated].mean())


def reliability(tally: Tally, kind: str) -> pd.DataFrame:
    """``kind, word, statements, stated, true, holds`` by word; `holds`: within 0.07, "" of less than 30 statements."""
    table = tally.of(kind)
    word = table["probability"].map(likelihood_word)
    rows = []
    for name, _, _ in LIKELIHOODS:
        mine = table[word == name]
        if len(mine):
            stated, true = float(mine["probability"].mean()), float(mine["true"].mean())
            holds = str(abs(stated - true) <= 0.07) if len(mine) >= ENOUGH else ""
            rows.append((kind, name, len(mine), stated, true, holds))
    return pd.DataFrame(rows, columns=["kind", "word", "statements", "stated", "true", "holds"])


def pooled(tallies: Sequence[Tally]) -> Tally:
    """The statements of several tallies in one."""
    return Tally([row for t in tallies for row in t.stated], [row for t in tallies for row in t.seasons])


def scored(
    case: str,
    seeds: Sequence[int],
    *,
    shift_days: float = 0.0,
    less: int | None = None,
    how: Correlation = correlated,
    jobs: int = 1,
) -> Tally:
    """A case over some seeds, in so many processes; `less` is a port that nobody watches, counted from 0."""
    one = partial(_scored, case, shift_days, less, how)
    if jobs == 1:
        return pooled([one(seed) for seed in seeds])
    with ProcessPoolExecutor(jobs) as pool:
        return pooled(list(pool.map(one, seeds)))


def _scored(case: str, shift_days: float, less: int | None, how: Correlation, seed: int) -> Tally:
    warnings.simplefilter("ignore")
    tally, made = Tally(), season(case, seed)
    made = made if less is None else unwatched(made, less)
    add(tally, shifted(made, shift_days) if shift_days else made, seed, how)
    return tally


def seeds_of(text: str) -> range:
    """``0-19``: both ends belong to it; ``7`` is one seed."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def case_names(asked: Sequence[str]) -> list[str]:
    """The cases that names, ``all`` and ``nulls`` stand for, each once."""
    groups = {"all": tuple(CASES), "nulls": NULLS}
    return list(dict.fromkeys(case for name in asked for case in groups.get(name, (name,))))


def report(tallies: dict[str, Tally]) -> str:
    """The tables of some cases as text: figures by case, then reliability over all cases."""
    table = pd.DataFrame([case_row(case, tally) for case, tally in tallies.items()]).round(3)
    parts, columns = [], list(table.columns[1:])
    for shown in (columns[:15], columns[15:]):
        parts.append(table[["case", *shown]].to_string(index=False, na_rep="–"))
    whole = pooled(list(tallies.values()))
    words = pd.concat([reliability(whole, kind) for kind in ("visit", "leg", "link", "shuttle")])
    words = words.round(3)
    return "\n\n".join([*parts, words.to_string(index=False)])


def main(arguments: Sequence[str]) -> None:
    """Print the tables of the cases asked for."""
    parser = argparse.ArgumentParser(prog="tests.independent.score")
    parser.add_argument("cases", nargs="+", choices=[*CASES, "all", "nulls"], metavar="CASE")
    parser.add_argument("--seeds", type=seeds_of, default=range(20))
    parser.add_argument("--shift", type=float, default=0.0, metavar="DAYS")
    parser.add_argument("--unwatched", type=int, metavar="PORT")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args(arguments)
    tallies = {}
    for name in case_names(asked.cases):
        begun = time.monotonic()
        tallies[name] = scored(name, asked.seeds, shift_days=asked.shift, less=asked.unwatched, jobs=asked.jobs)
        print(f"{name}: {len(asked.seeds)} seasons in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print(
        f"seeds {asked.seeds.start}-{asked.seeds.stop - 1}"
        + (f", shifted {asked.shift} days" if asked.shift else "")
        + (f", port {asked.unwatched} not watched" if asked.unwatched is not None else "")
    )
    print(report(tallies))
    if asked.out is not None:
        pd.concat([pd.DataFrame(t.stated).assign(case=c) for c, t in tallies.items()]).to_csv(asked.out, index=False)


if __name__ == "__main__":
    main(sys.argv[1:])
