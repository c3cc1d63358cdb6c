"""What a plan takes from the archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from monitor.core.aoi import read_aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import COVERAGE
from monitor.core.tableset import TableSet
from monitor.pipeline import planning, snapshot
from monitor.store.archive import Archive
from tests.pipeline.contexts import context

NOW = datetime(2025, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def plan(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes the plan of a port from its scenes (days ago, platform) and from how many of twelve passes were clear."""
    aoi = read_aoi(repository / "aoi" / "rajin.geojson")

    def make(scenes: list[tuple[float, str]], clear: int, passes: int = 12) -> planning.Plan:
        rows = [
            {
                "scene_id": f"s{n}",
                "aoi_id": "rajin",
                "acquired_at": pd.Timestamp(NOW - n * DAY),
                "sensor": "s2",
                "zone_id": "rajin",
                "kind": "water",
                "state": "observed" if n < clear else "not observed",
                "observed_fraction": float(n < clear),
                "reason": "" if n < clear else "cloud",
            }
            for n in range(passes)
        ]
        late = rows[0] | {"scene_id": "missed", "state": "not observed", "observed_fraction": 0.0, "reason": "late"}
        tables = TableSet({COVERAGE: COVERAGE.conform(pd.DataFrame([*rows, late]))})
        monkeypatch.setattr(snapshot, "read", lambda _: tables)
        known = [
            Acquisition(f"{name}_{ago}", "rajin", "s2", name, NOW - ago * DAY, NOW - ago * DAY, aoi.geometry, 3)
            for ago, name in scenes
        ]
        here = context(Archive(tmp_path), aoi, now=NOW)
        listed = replace(here, _scenes=[[SimpleNamespace(acquisition=each) for each in known]])
        return planning.plan_port(listed, None, stay=DAY, season=90 * DAY)

    return make


def test_passes_and_clouds_are_those_of_the_archive(plan) -> None:
    made = plan([(2.0, "sentinel-2a"), (7.0, "sentinel-2b")], clear=9)
    first = made.prospects[0]
    assert first.passes_per_month == pytest.approx(6.0)
    assert first.clear_per_month == pytest.approx(6.0 * 9 / 12)
    assert made.assumptions[0].startswith("rajin: 75% of optical passes clear, as in 12 archived scenes")
    assert "passes of Sentinel-2 as in the archive; passes of Sentinel-1 and a daily" in made.assumptions[1]


def test_few_scenes_say_nothing_of_clouds(plan) -> None:
    made = plan([], clear=5, passes=5)
    assert "45% of optical passes clear, as over land on average" in made.assumptions[0]
    assert "as in the archive" not in made.text()


def test_a_satellite_that_was_replaced_is_not_expected_and_two_at_one_place_are_one(plan) -> None:
    only = plan([(2.0, "sentinel-2b")], clear=9).prospects[0]
    with_old = plan([(2.0, "sentinel-2b"), (187.0, "sentinel-2a")], clear=9).prospects[0]
    beside = plan([(2.0, "sentinel-2b"), (12.0, "sentinel-2c")], clear=9).prospects[0]
    assert only.passes_per_month == with_old.passes_per_month == beside.passes_per_month == pytest.approx(3.0)


def test_text_and_json_say_the_same(plan) -> None:
    made = plan([(2.0, "sentinel-2a")], clear=9)
    given = made.as_json()["prospects"]
    assert isinstance(given, list)
    assert [each["seen"]["24h"] for each in given] == pytest.approx([each.seen[2] for each in made.prospects], abs=1e-3)
    assert np.diff([each["both_ends"] for each in given]).min() > 0
    assert all(f"{100 * each.seen[2]:.0f} %" in made.text() for each in made.prospects)
