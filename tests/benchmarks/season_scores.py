"""How right matches, dark events, visits, legs and words are over made seasons, beside what is asked of them.

Run ``python -m tests.benchmarks.season_scores [FIRST] [LAST] [good|poor] [FILE.csv]``: one season a seed (200 to 209 by
default), the scenarios in turn, with detections made from the truth; ``poor`` sees about as the shipped detector does.
Each seed has a season without a shuttle beside it, in which silent ships of like length call at one port each: what is
told between ports there at "likely" or above is false. Prints a line a seed, the pooled figures with 90 % intervals,
and how often each likelihood word was right. Every statement's probability and outcome go to the CSV file, for whoever
fits the words to them.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from monitor.core.aoi import read_aoi
from monitor.core.findings import LIKELIHOODS, likelihood_word
from monitor.core.statistics import binomial_interval
from monitor.fuse import correlate
from monitor.simulate import SCENARIOS
from monitor.simulate.season import Season
from monitor.simulate.truth import truth_tables
from tests.fuse.seasons import POOR, Eye, Tally, known_season, score, score_null

ASKED = {
    "match precision": 0.98,
    "match recall": 0.95,
    "dark precision": 0.95,
    "dark recall": 0.90,
    "dark in outages": 0.0,
    "visit precision": 0.95,
    "visit recall": 0.95,
    "visit interval": 0.95,
    "leg precision": 0.95,
    "leg recall": 0.90,
}
"""What is asked on ten unseen seeds over all scenarios; visits are asked an F1 of 0.95."""
NULL_ASKED = {"false legs a null season": 0.1, "false shuttles a null season": 0.02}
"""The most that is asked of seasons without a shuttle."""

NULLS = ("no-shuttle", "one-port")
"""Scenarios without a shuttle, in turn beside the others."""

UNTIDY = ("crowded", "untidy")
"""Scenarios of hard data rather than of what ships do: kept out of the turn, so that a seed stays with its scenario."""


def season_of(seed: int, *, null: bool = False) -> Season:
    """The season of a seed: the scenarios in turn, or those without a shuttle; both sensors."""
    folder = Path(__file__).resolve().parents[2] / "aoi"
    aois = tuple(read_aoi(folder / f"{name}.geojson") for name in ("rajin", "dunai"))
    names = NULLS if null else [name for name in SCENARIOS if name not in (*UNTIDY, *NULLS)]
    return Season.make(aois=aois, seed=seed, scenario=names[seed % len(names)], sensors=("s2", "s1"))


def scored(seed: int, eye: Eye) -> Tally:
    """The scores of a seed's season, and what is told in its season without a shuttle."""
    tally = Tally()
    for null in (False, True):
        season = season_of(seed, null=null)
        observations = [a for aoi in season.aois for a in season.acquisitions(aoi)]
        made = known_season(observations, season.positions(), truth_tables(season), seed=seed, eye=eye)
        answer = correlate(made.tables, season.aois, scenes=made.scenes)[0]
        if null:
            score_null(answer, tally)
        else:
            score(made, answer, tally)
    return tally


def pooled(tallies: list[Tally]) -> Tally:
    """The sum of several."""
    whole = Tally()
    for tally in tallies:
        whole.judged += tally.judged
        for key, value in tally.hits.items():
            whole.hits[key] = whole.hits.get(key, 0.0) + value
    return whole


def figures(tally: Tally) -> pd.DataFrame:
    """``figure, asked, got, low, high, cases``; the interval holds 90 % and is NaN of a mean count, not a share."""
    rows = []
    for name, asked in ASKED.items():
        right, of = (int(tally.hits.get(f"{name}/{part}", 0)) for part in ("right", "of"))
        rows.append((name, asked, tally.share(name), *binomial_interval(right, of, level=0.9), of))
    for name, most in NULL_ASKED.items():
        rows.append((name, most, tally.share(name), np.nan, np.nan, int(tally.hits.get(f"{name}/of", 0))))
    return pd.DataFrame(rows, columns=["figure", "asked", "got", "low", "high", "cases"])


def words(tally: Tally) -> pd.DataFrame:
    """``kind, word, low, high, cases, observed, holds``; `holds` is missing below 30 cases."""
    rows = []
    table = pd.DataFrame(tally.judged, columns=["kind", "probability", "so"])
    for kind, group in table.groupby("kind"):
        word = group["probability"].map(likelihood_word)
        for n, (name, low, high) in enumerate(LIKELIHOODS):
            mine = group[word == name]["so"]
            low, high = (0.0 if n == 0 else low), (1.0 if n == len(LIKELIHOODS) - 1 else high)
            if len(mine):
                share = float(mine.mean())
                rows.append((kind, name, low, high, len(mine), share, low <= share <= high if len(mine) >= 30 else ""))
    return pd.DataFrame(rows, columns=["kind", "word", "low", "high", "cases", "observed", "holds"])


def line(seed: int, tally: Tally, seconds: float) -> str:
    """One seed's figures, right of so many."""
    parts = [
        f"{name} {tally.hits.get(f'{name}/right', 0):.0f}/{tally.hits.get(f'{name}/of', 0):.0f}"
        for name in (*ASKED, *NULL_ASKED)
    ]
    return f"{seed} {season_of(seed).scenario}: {', '.join(parts)} ({seconds:.0f} s)"


def main(first: int, last: int, eye: Eye, out: Path | None) -> None:
    """Print the scores."""
    warnings.simplefilter("ignore")
    tallies = []
    for seed in range(first, last + 1):
        begun = time.process_time()
        tallies.append(scored(seed, eye))
        print(line(seed, tallies[-1], time.process_time() - begun), flush=True)
    whole = pooled(tallies)
    print(f"seeds {first}-{last}")
    print(figures(whole).round(3).to_string(index=False))
    print(words(whole).round(3).to_string(index=False))
    if out is not None:
        pd.DataFrame(whole.judged, columns=["kind", "probability", "so"]).to_csv(out, index=False)


if __name__ == "__main__":
    told_args = [*sys.argv[1:], *["200", "209", "good", ""][len(sys.argv) - 1 :]]
    main(
        int(told_args[0]),
        int(told_args[1]),
        POOR if told_args[2] == "poor" else Eye(),
        Path(told_args[3]) if told_args[3] else None,
    )
