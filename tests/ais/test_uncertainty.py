from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from monitor.ais.uncertainty import Bridge, bridge_radii, dead_reckoning_radii
from monitor.sources import read_positions
from tests.benchmarks.hidden_fixes import beyond_fixes, hidden_fixes, shares


def bridge(before: float, after: float) -> Bridge:
    one = np.array([1.0])
    return Bridge(before * one, after * one, 5.0 * (before + after) * one, 0.1 * one, 0.2 * one)


def test_at_a_fix_the_doubt_is_nothing_to_speak_of() -> None:
    r50, r90 = bridge_radii(
        bridge(0.0, 600.0), curved=np.array([True]), speed_ms=np.array([5.0]), now_ms=np.array([5.0])
    )
    assert r50[0] < 1.0
    assert r90[0] < 2.0


@pytest.mark.parametrize("speed", [0.1, 1.0, 3.0, 6.0, 9.0, np.nan])
def test_beyond_the_last_fix_doubt_grows_with_time(speed: float) -> None:
    ages = np.array([30.0, 600.0, 7200.0, 40_000.0])
    r50, r90 = dead_reckoning_radii(ages, speed_ms=np.full(4, speed))
    assert (np.diff(r50) >= 0).all()
    assert (r50 < r90).all()


def test_a_curved_way_between_fixes_far_apart_is_less_sure() -> None:
    radii = [
        bridge_radii(bridge(s, s), curved=np.array([True]), speed_ms=np.array([6.0]), now_ms=np.array([6.0]))[1][0]
        for s in (60.0, 600.0, 3600.0, 10_000.0)
    ]
    assert (np.diff(radii) > 0).all()


def test_hidden_fixes_of_a_real_track_lie_within_their_radii_as_often_as_they_should(shared_data: Path) -> None:
    track, _ = read_positions(shared_data / "ais" / "marinecadastre" / "noaa_test_track.csv")
    found = hidden_fixes(track)
    assert len(found) > 20_000
    assert (found["error_m"] <= found["r50_m"]).mean() == pytest.approx(0.5, abs=0.05)
    assert (found["error_m"] <= found["r90_m"]).mean() == pytest.approx(0.9, abs=0.05)
    filled = shares(found).query("fixes >= 300 and near.cat.codes > 0", engine="python")
    assert len(filled) >= 8
    assert filled["in50"].between(0.44, 0.57).all()
    assert filled["in90"].between(0.85, 0.95).all()


def test_fixes_beyond_the_last_one_shown_lie_within_their_radii_as_often_as_they_should(shared_data: Path) -> None:
    track, _ = read_positions(shared_data / "ais" / "marinecadastre" / "noaa_test_track.csv")
    found = beyond_fixes(track, every=9)
    assert (found["error_m"] <= found["r50_m"]).mean() == pytest.approx(0.5, abs=0.06)
    assert (found["error_m"] <= found["r90_m"]).mean() == pytest.approx(0.9, abs=0.06)
