"""From archived scenes to what changed and what is in use."""

from __future__ import annotations

from pathlib import Path

from monitor.core.tables import LAND_CHANGES, LAND_STATES
from monitor.core.tableset import TableSet
from monitor.detect.land.profiles import LAND_PROFILES
from monitor.fuse.land.rules import LandRule
from monitor.io import parquet
from monitor.pipeline.correlate import land_of
from monitor.store.archive import Archive
from tests.fuse.land import places


def test_every_place_with_land_zones_has_its_states_and_changes() -> None:
    place, profiles = places.make(1, changes=2)
    made = land_of(place.aoi, TableSet({LAND_PROFILES: profiles}), LandRule())
    assert set(made[LAND_STATES]["zone_id"]) == {"rail_1", "rail_2", "rail_3", "goods"}
    assert len(made[LAND_CHANGES]) == len(place.changes)


def test_profiles_survive_the_archive(tmp_path: Path) -> None:
    _, profiles = places.make(1, changes=2)
    one = profiles[profiles["scene_id"] == profiles["scene_id"].iloc[0]].reset_index(drop=True)
    archive = Archive(tmp_path)
    archive.write_scene_table("land", "key", "one", one)
    path = next((tmp_path / "land" / "key").glob("*.parquet"))
    assert path.stat().st_size < 200_000
    back = parquet.read_tables([path], LAND_PROFILES)
    assert back["values"].tolist() == one["values"].tolist()
    assert back["flags"].tolist() == one["flags"].tolist()
