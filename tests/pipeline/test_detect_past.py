"""Scenes are compared with the port's earlier ones, never with later ones unless asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.tables import DETECTIONS
from monitor.detect.past import PAST
from monitor.detect.registry import make_detector, with_past
from monitor.pipeline.detect import compared_with, detect_scenes
from monitor.pipeline.freshness import table_key
from monitor.store.archive import Archive
from monitor.workspace.settings import DetectorSection
from tests.detect import harbour
from tests.detect.test_past import GREY
from tests.detect.test_past import scene as day_of
from tests.pipeline.contexts import context


@dataclass(frozen=True)
class Comparing:
    """A detector that only says what it wants to be compared with."""

    past: str


def scene(day: int, *, aoi: str = "rajin", sensor: str = "s2") -> Scene:
    at = datetime(2023, 6, 1, 2, tzinfo=UTC) + timedelta(days=day)
    raster = harbour.raster()
    made = Acquisition(f"{aoi}-{sensor}-{day}", aoi, sensor, "S2A", at, at, raster.grid.footprint())
    return Scene(made, raster.grid, raster.bands, raster.scale, 1.0, Path())


SCENES = [scene(day) for day in range(0, 600, 30)]


def test_the_future_is_read_only_with_hindsight() -> None:
    now = SCENES[4]
    before = compared_with(now, SCENES, {"s2": Comparing("before")})  # type: ignore[dict-item]
    assert set(before) == {each.id for each in SCENES[:4]}
    later = compared_with(now, SCENES, {"s2": Comparing("hindsight")})  # type: ignore[dict-item]
    assert len(later) == PAST.most
    assert SCENES[5].id in later
    assert now.id not in later
    assert compared_with(now, SCENES, {"s2": Comparing("")}) == ()  # type: ignore[dict-item]
    assert compared_with(SCENES[0], SCENES, {"s2": Comparing("before")}) == ()  # type: ignore[dict-item]


def test_the_same_season_comes_first_and_other_ports_and_sensors_do_not_count() -> None:
    others = [scene(1, aoi="dunai"), scene(2, sensor="s1")]
    named = compared_with(scene(370), [*SCENES, *others], {"s2": Comparing("before")})  # type: ignore[dict-item]
    assert set(named[:2]) == {scene(0).id, scene(360).id}
    assert not {each.id for each in others} & set(named)


@pytest.mark.parametrize("past", ["before", "hindsight"])
def test_the_setting_makes_another_detector_of_optical_scenes_alone(past: str) -> None:
    section = DetectorSection.model_validate({"past": past})
    assert (section.of("s2").past, section.of("s1").past) == (past, "")
    plain = make_detector("s2")
    assert with_past(plain, past).key == f"{plain.key}-{past}"
    assert with_past(plain, "") == plain
    radar = make_detector("s1")
    assert with_past(radar, past) is radar


def test_rows_say_with_how_many_earlier_observations_a_scene_was_compared(tmp_path: Path) -> None:
    archive, detector = Archive(tmp_path), with_past(make_detector("s2"), "before")
    for number in range(4):
        archive.write_scene(scene(number).acquisition, day_of(number, [GREY] if number == 3 else []))
    aoi = Aoi("rajin", "Rajin", harbour.raster().grid.footprint(), (), harbour.EPSG)
    start = replace(context(archive, aoi), detectors={"s2": detector})
    assert [outcome.error for outcome in detect_scenes(start)] == [None] * 4
    rows = archive.read_scene_tables("detections", table_key(detector, aoi), DETECTIONS, start.scenes)
    assert set(rows.loc[rows["scene_id"] == scene(3).id, "past_observations"]) == {3}
    assert not rows.loc[rows["scene_id"] != scene(3).id, "past_observations"].any()
