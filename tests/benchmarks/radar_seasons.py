"""How right radar is over made seasons: ``python -m tests.benchmarks.radar_seasons [FIRST] [LAST] [PERIOD]``.

Radar observations of the shipped ports (seeds 41 to 44 and 2023-06-01/2023-09-01 by default) through the detector,
coverage, profiles, berth states, fixed objects and counts, as `monitor run` takes them. Prints for each seed and
port, then pooled:

- berths that a ship of 100 m and more lay at: share said to be occupied (0.95 asked); berths with nothing at them:
  share said to be occupied (0.05 asked); not observed left out of both, and so are berths with boats under 45 m only;
- ships per observation: the mean of |count - ships of 45 m and more| (0.81 asked) and the mean difference, for whole
  ports (`vessels` of COUNTS), by zone (`berth`, `anchorage` and the rest), and for berths alone (berths said to be
  occupied against berths that were), with 90 % intervals by drawing observations;
- in brackets the same berths when no observation may borrow from later ones ("online").
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi, read_aoi
from monitor.core.timerange import TimeRange
from monitor.detect.berths.occupancy import BerthRule, berth_states
from monitor.detect.berths.profiles import berth_profiles
from monitor.detect.context.coverage import coverage
from monitor.detect.context.infrastructure import mark_fixed
from monitor.detect.run import detect
from monitor.detect.sar.detector import RadarDetector
from monitor.fuse.series.counts import count
from monitor.simulate import Season
from monitor.simulate.truth import truth_tables

PORTS = ("rajin", "dunai")
LARGE_M, COUNTED_M = 100.0, 45.0
DRAWS = 1000
ZONES = {"berth": "berthed", "anchorage": "anchored", "elsewhere": "open"}
"""What COUNTS and the truth call the places of ships."""


@dataclass(frozen=True)
class Judged:
    """Berths (a row an observation and berth: `large, empty, said, said_online`) and counts (a row an observation)."""

    berths: pd.DataFrame
    counts: pd.DataFrame

    def text(self) -> str:
        """One line of figures."""
        large, empty = self.berths[self.berths["large"]], self.berths[self.berths["empty"]]
        ships = self.counts["told"] - self.counts["there"]
        quays = self.counts["berths_told"] - self.counts["berths_there"]
        return (
            f"recall {large['said'].mean():.3f} of {len(large)} (online {large['said_online'].mean():.3f}), "
            f"false {empty['said'].mean():.3f} of {len(empty)} (online {empty['said_online'].mean():.3f}), "
            f"count error {_mean(ships.abs())}, difference {_mean(ships)}, {self.zones()}, "
            f"berths: count error {_mean(quays.abs())}, difference {_mean(quays)}; {len(ships)} looks"
        )

    def zones(self) -> str:
        """Count error and difference by zone."""
        parts = []
        for zone in ZONES:
            off = self.counts[f"{zone}_told"] - self.counts[f"{zone}_there"]
            parts.append(f"{zone} {_mean(off.abs())}, difference {off.mean():+.2f}")
        return "; ".join(parts)


def _mean(values: pd.Series) -> str:
    """The mean with its 90 % interval by drawing looks."""
    rng = np.random.default_rng(1)
    numbers = values.to_numpy(dtype=float)
    drawn = numbers[rng.integers(len(numbers), size=(DRAWS, len(numbers)))].mean(axis=1)
    return f"{numbers.mean():.2f} ({np.quantile(drawn, 0.05):.2f} to {np.quantile(drawn, 0.95):.2f})"


def judged(aoi: Aoi, seed: int, period: TimeRange) -> Judged:
    """One port's season of radar against the truth."""
    season = Season.make(aois=(aoi,), seed=seed, period=period, sensors=("s1",))
    detector, observations = RadarDetector((aoi,)), season.acquisitions(aoi)
    found, seen, past = [], [], []
    for observation in observations:
        raster = season.render(observation, aoi)
        found.append(detect(raster, observation, detector, aoi=aoi))
        seen.append(coverage(observation, raster, aoi))
        past.append(berth_profiles(observation, raster, aoi))
    tables = {
        "detections": pd.concat([t for t in found if len(t)], ignore_index=True),
        "coverage": pd.concat(seen, ignore_index=True),
        "profiles": pd.concat(past, ignore_index=True),
    }
    truth = truth_tables(season)
    ships = truth["vessels"][truth["vessels"]["visible"]]
    large = ships[(ships["length_m"] >= LARGE_M) & (ships["berth_id"] != "")]
    states = berth_states(aoi, observations, **tables)
    berths = states.merge(truth["berths"][["scene_id", "berth_id", "occupied"]], on=["scene_id", "berth_id"])
    online = berth_states(aoi, observations, rule=replace(BerthRule(), settling=0), **tables)
    berths = berths.merge(online[["scene_id", "berth_id", "state"]], on=["scene_id", "berth_id"], suffixes=("", "_on"))
    berths = berths[berths["state"] != "not observed"]
    at = pd.MultiIndex.from_frame(berths[["scene_id", "berth_id"]])
    berths = berths.assign(
        large=at.isin(pd.MultiIndex.from_frame(large[["scene_id", "berth_id"]])),
        empty=~berths["occupied"] & ~at.isin(pd.MultiIndex.from_frame(ships[["scene_id", "berth_id"]])),
        said=berths["state"] == "occupied",
        said_online=berths["state_on"] == "occupied",
    )
    counted = ships[ships["length_m"] >= COUNTED_M]
    told = count(
        mark_fixed(tables["detections"], tables["coverage"]),
        tables["coverage"],
        berth_states=states,
        small_craft_in=[observation.id for observation in observations],
    ).set_index("scene_id")
    told["elsewhere"] = told["vessels"] - told["berth"] - told["anchorage"].fillna(0)
    by_scene = berths.groupby("scene_id")[["said", "occupied"]].sum()
    rows = [
        {
            "scene_id": observation.id,
            "told": int(told.loc[observation.id, "vessels"]),
            "there": int((counted["scene_id"] == observation.id).sum()),
            **{f"{zone}_told": int(told.loc[observation.id, zone]) for zone in ZONES},
            **{
                f"{zone}_there": int(((counted["scene_id"] == observation.id) & (counted["situation"] == name)).sum())
                for zone, name in ZONES.items()
            },
            "berths_told": int(by_scene["said"].get(observation.id, 0)),
            "berths_there": int(by_scene["occupied"].get(observation.id, 0)),
        }
        for observation in observations
    ]
    return Judged(berths, pd.DataFrame(rows))


def main(first: int, last: int, period: TimeRange) -> None:
    """Print the figures."""
    folder = Path(__file__).resolve().parents[2] / "aoi"
    aois = [read_aoi(folder / f"{name}.geojson") for name in PORTS]
    parts = []
    for seed in range(first, last + 1):
        for aoi in aois:
            begun = time.process_time()
            parts.append(judged(aoi, seed, period))
            print(f"{seed} {aoi.id}: {parts[-1].text()} ({time.process_time() - begun:.0f} s)", flush=True)
    for aoi, mine in [(aoi.id, parts[n :: len(aois)]) for n, aoi in enumerate(aois)] + [("all", parts)]:
        whole = Judged(pd.concat([p.berths for p in mine]), pd.concat([p.counts for p in mine]))
        print(f"{aoi}, seeds {first}-{last}: {whole.text()}")


if __name__ == "__main__":
    given = [*sys.argv[1:], *["41", "44", "2023-06-01/2023-09-01"][len(sys.argv) - 1 :]]
    main(int(given[0]), int(given[1]), TimeRange.parse(given[2]))
