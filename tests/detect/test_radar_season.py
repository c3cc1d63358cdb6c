"""Radar over a simulated season: berths and counts against the truth."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from monitor.core.aoi import read_aoi
from monitor.core.instants import TimeRange
from monitor.detect.apply import detect
from monitor.detect.berths import berth_states
from monitor.detect.coverage import coverage
from monitor.detect.profiles import berth_profiles
from monitor.detect.radar import RadarDetector
from monitor.simulate import Season


@pytest.mark.slow
def test_a_season_of_radar_meets_the_figures_for_berths_and_counts(repository: Path) -> None:
    aoi = read_aoi(repository / "aoi" / "rajin.geojson")
    season = Season.make(
        aois=(aoi,), seed=21, period=TimeRange.parse("2023-06-01/2023-09-01"), sensors=("s1",)
    )  # fmt: skip
    detector = RadarDetector((aoi,))
    looks = season.acquisitions(aoi)
    found, seen, past = [], [], []
    for look in looks:
        raster = season.render(look, aoi)
        found.append(detect(raster, look, detector, aoi=aoi))
        seen.append(coverage(look, raster, aoi))
        past.append(berth_profiles(look, raster, aoi))
    states = berth_states(
        aoi, looks, detections=pd.concat([t for t in found if len(t)], ignore_index=True),
        coverage=pd.concat(seen, ignore_index=True), profiles=pd.concat(past, ignore_index=True),
    )  # fmt: skip
    truth = season.truth()
    judged = states.merge(truth["berths"][["scene_id", "berth_id", "occupied"]], on=["scene_id", "berth_id"])
    said = judged["state"] == "occupied"
    ships = truth["vessels"]
    large = ships[(ships["length_m"] >= 100) & (ships["berth_id"] != "")]
    pairs = pd.MultiIndex.from_frame(large[["scene_id", "berth_id"]])
    is_large = pd.MultiIndex.from_frame(judged[["scene_id", "berth_id"]]).isin(pairs)
    assert is_large.sum() >= 15
    assert said[is_large].mean() >= 0.95
    assert said[~judged["occupied"]].mean() <= 0.05
    visible = ships[ships["visible"] & (ships["length_m"] >= 45)].groupby("scene_id").size()
    error = [abs(len(t) - int(visible.get(look.id, 0))) for look, t in zip(looks, found, strict=True)]
    assert sum(error) / len(error) <= 0.81
