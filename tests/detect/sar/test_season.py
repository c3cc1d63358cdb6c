"""Radar over simulated seasons: berths and counts against the truth (``tests.benchmarks.radar_seasons`` has more)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from monitor.core.aoi import read_aoi
from monitor.core.timerange import TimeRange
from monitor.detect.berths.occupancy import berth_states
from monitor.detect.berths.profiles import berth_profiles
from monitor.detect.context.coverage import coverage
from monitor.detect.context.infrastructure import mark_fixed
from monitor.detect.run import detect
from monitor.detect.sar.detector import RadarDetector
from monitor.fuse.series.counts import count
from monitor.fuse.series.together import scenes_with_small_craft
from monitor.simulate import Season
from monitor.simulate.truth import truth_tables


@pytest.mark.slow
@pytest.mark.parametrize(("port", "seed"), [("rajin", 21), ("dunai", 33)])
def test_a_season_of_radar_meets_the_figures_for_berths_and_counts(repository: Path, port: str, seed: int) -> None:
    """A hulk lies at Dunai all season."""
    aoi = read_aoi(repository / "aoi" / f"{port}.geojson")
    season = Season.make(aois=(aoi,), seed=seed, period=TimeRange.parse("2023-06-01/2023-09-01"), sensors=("s1",))
    detector = RadarDetector((aoi,))
    observations = season.acquisitions(aoi)
    found, seen, past = [], [], []
    for observation in observations:
        raster = season.render(observation, aoi)
        found.append(detect(raster, observation, detector, aoi=aoi))
        seen.append(coverage(observation, raster, aoi))
        past.append(berth_profiles(observation, raster, aoi))
    detections = pd.concat([t for t in found if len(t)], ignore_index=True)
    shown = pd.concat(seen, ignore_index=True)
    states = berth_states(
        aoi, observations, detections=detections, coverage=shown, profiles=pd.concat(past, ignore_index=True)
    )
    truth = truth_tables(season)
    judged = states.merge(truth["berths"][["scene_id", "berth_id", "occupied"]], on=["scene_id", "berth_id"])
    occupied = judged["state"] == "occupied"
    ships = truth["vessels"]
    large = ships[(ships["length_m"] >= 100) & (ships["berth_id"] != "")]
    pairs = pd.MultiIndex.from_frame(large[["scene_id", "berth_id"]])
    is_large = pd.MultiIndex.from_frame(judged[["scene_id", "berth_id"]]).isin(pairs)
    assert is_large.sum() >= 15
    assert occupied[is_large].mean() >= 0.95
    boats = pd.MultiIndex.from_frame(ships.loc[ships["berth_id"] != "", ["scene_id", "berth_id"]])
    bare = ~pd.MultiIndex.from_frame(judged[["scene_id", "berth_id"]]).isin(boats)
    assert occupied[bare].mean() <= 0.05
    visible = ships[ships["visible"] & (ships["length_m"] >= 45)].groupby("scene_id").size()
    boats_in = scenes_with_small_craft(observations)
    counted = count(mark_fixed(detections, shown), shown, berth_states=states, small_craft_in=boats_in)
    counts = counted.set_index("scene_id")["vessels"]
    assert (counts - visible.reindex(counts.index).fillna(0)).abs().mean() <= 0.81
