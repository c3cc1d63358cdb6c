"""What a correlation takes from the detectors in use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.detect.chance import Chance
from monitor.detect.sar.detector import RadarDetector
from monitor.detect.yolo.detector import YoloDetector
from monitor.fuse.dark.rules import AS_STATED, REAL_BY_SCORE
from monitor.pipeline.correlate import rules_of
from monitor.store.archive import Archive
from tests.pipeline.contexts import context


@pytest.mark.parametrize(
    ("chance", "stated"), [(Chance(), REAL_BY_SCORE), (Chance(level=1.0), AS_STATED)], ids=["not fitted", "fitted"]
)
def test_what_follows_takes_fitted_scores_as_they_are_and_others_by_what_was_measured(
    chance: Chance, stated: tuple[tuple[float, float], ...], tmp_path: Path
) -> None:
    plain = YoloDetector()
    own = YoloDetector(replace(plain.weights, chance=chance))
    start = replace(context(Archive(tmp_path / "archive")), detectors={"s2": own, "s1": RadarDetector()})
    rules = rules_of(start)
    assert rules.dark.real == rules.visits.real == stated
