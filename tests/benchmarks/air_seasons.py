"""Calls of made-up seasons of flights against their truth: ``python -m tests.benchmarks.air_seasons [first [count]]``.

Prints a line a seed and the pool. Wanted on ten seeds: precision 0.95, recall of observable landings 0.90, no call
worded ``landed`` without a position at the field, no sentence that says more than its status.
"""

from __future__ import annotations

import sys
import time

from monitor.aviation import clean, find_calls, find_reception
from monitor.simulate.aviation.season import make_air_season
from monitor.simulate.scoring.aviation import AirScore, score_air
from monitor.sources.aviation.lists import read_airfields


def score_of(seed: int) -> AirScore:
    """The score of one seed's season."""
    fields = read_airfields()
    season = make_air_season(fields, seed=seed)
    tracks, _ = clean(season.positions, watchlist=season.watchlist)
    heard = find_reception(season.positions, without=frozenset(season.watchlist["icao24"]))
    return score_air(find_calls(tracks, fields, reception=heard, watchlist=season.watchlist), season, fields)


def main(first: int, count: int) -> None:
    """Scores and prints."""
    start = time.process_time()
    scores = []
    for seed in range(first, first + count):
        one = score_of(seed)
        scores.append(one)
        print(
            f"seed {seed}: precision {one.precision:.3f} ({one.right}/{one.claims}), recall {one.recall:.3f} "
            f"({one.found}/{one.landings}), landed {one.landed}, unseen {one.landed_unseen}, fooled {one.fooled}, "
            f"wording {one.wording}, fields named {one.fields_named:.2f}",
            flush=True,
        )

    def total(name: str) -> int:
        return sum(getattr(one, name) for one in scores)

    print(f"pool: precision {total('right') / total('claims'):.3f}, recall {total('found') / total('landings'):.3f}")
    print(
        f"closed airspace: precision {total('closed_right') / total('closed_claims'):.3f}, "
        f"recall {total('closed_found') / total('closed_landings'):.3f}"
    )
    print(
        f"landed unseen {total('landed_unseen')}, wording {total('wording')}, fooled {total('fooled')}; "
        f"{time.process_time() - start:.0f} s processor"
    )


if __name__ == "__main__":
    main(*(int(value) for value in (sys.argv[1:] + ["0", "10"][len(sys.argv) - 1 :])[:2]))
