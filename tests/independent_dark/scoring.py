"""What dark events state against what is so, over seasons; run as ``python -m tests.independent_dark.scoring 0-19``."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from monitor.core.findings import LIKELIHOODS, likelihood_word
from monitor.core.tables import MATCHES
from monitor.fuse import dark_events, match
from monitor.fuse.dark.reception import Feed, ReceptionRule
from tests.independent_dark.season import Season, make

SHARES = (0.02, 0.10, 0.30, 0.60)
LIKELY = 0.55
LEAST_BIN = 30
_OBSERVABLE_M = 60.0


@dataclass(slots=True)
class Score:
    """Stated probabilities, whether a ship without AIS lay there, what did, and which observable ships were told."""

    stated: list[float] = field(default_factory=list)
    so: list[bool] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the events at "likely" or above that are ships without AIS; NaN without any."""
        right = [s for p, s in zip(self.stated, self.so, strict=True) if p >= LIKELY]
        return float(np.mean(right)) if right else float("nan")

    @property
    def recall(self) -> float:
        """Share of the observable ships that an event at "likely" or above tells; NaN without any."""
        return float(np.mean(self.told)) if self.told else float("nan")

    def by_word(self) -> dict[str, tuple[int, float, float]]:
        """Of each word: events, mean of what was stated, share that was so."""
        groups: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for p, s in zip(self.stated, self.so, strict=True):
            groups[likelihood_word(p)].append((p, s))
        return {
            word: (len(groups[word]), *(float(v) for v in np.mean(groups[word], axis=0)))
            for word, _, _ in LIKELIHOODS
            if groups[word]
        }


def matches_of(season: Season) -> pd.DataFrame:
    """MATCHES of all its scenes."""
    parts = []
    t = season.positions["t"]
    for scene in season.scenes:
        at = pd.Timestamp(scene.acquired_at)
        near = season.positions[(t - at).abs() <= pd.Timedelta(hours=12)]
        parts.append(match(season.detections[season.detections["scene_id"] == scene.id], near, scene=scene))
    return MATCHES.join(parts)


def add(score: Score, season: Season, events: pd.DataFrame) -> None:
    """Judge the events of one season."""
    told = set()
    for row in events[events["likelihood"] != ""].to_dict("records"):
        name, p = str(row["detection_id"]), float(row["probability"])
        score.stated.append(p)
        score.so.append(season.without.get(name, False))
        score.why.append({True: "dark", False: "own AIS"}.get(season.without.get(name), "false"))  # type: ignore[arg-type]
        if p >= LIKELY:
            told.add(name)
    feed, rule = Feed.of(season.positions), ReceptionRule()
    places = season.detections.set_index("detection_id")
    for name, without in season.without.items():
        if without and season.ship_length_m[name] >= _OBSERVABLE_M:
            centre = places.loc[name, "geometry"].centroid
            if rule.holds(feed.check(places.loc[name, "acquired_at"], (centre.x, centre.y), rule)):
                score.told.append(name in told)


def run(seeds: Iterable[int], share: float) -> Score:
    """The score of several seeds at one share of ships without AIS."""
    score = Score()
    for seed in seeds:
        season = make(seed, share)
        add(score, season, dark_events(season.detections, matches_of(season), season.positions))
    return score


def report(score: Score, share: float) -> str:
    """The score in lines of text; words of fewer than 30 events are marked with a dot."""
    ranges = {word: (low, high) for word, low, high in LIKELIHOODS}
    ranges |= {LIKELIHOODS[0][0]: (0.0, LIKELIHOODS[0][2]), LIKELIHOODS[-1][0]: (LIKELIHOODS[-1][1], 1.0)}
    told = sum(p >= LIKELY for p in score.stated)
    lines = [
        f"share without AIS {share:.0%}: {len(score.stated)} events, precision at likely or above "
        f"{score.precision:.2f} of {told}, recall {score.recall:.2f} of {len(score.told)}"
    ]
    for word, (count, stated, so) in score.by_word().items():
        low, high = ranges[word]
        mark = "." if count < LEAST_BIN else ("ok" if low <= so <= high else "OUT")
        lines.append(f"  {word:20s} {count:5d}  stated {stated:.2f}  true {so:.2f}  {mark}")
    return "\n".join(lines)


if __name__ == "__main__":
    first, last = (int(v) for v in (sys.argv[1] if len(sys.argv) > 1 else "0-19").split("-"))
    for each in SHARES:
        sys.stdout.write(report(run(range(first, last + 1), each), each) + "\n")
        sys.stdout.flush()
