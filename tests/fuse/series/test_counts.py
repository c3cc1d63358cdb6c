import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.errors import DataError
from monitor.core.tables import COUNTS
from monitor.fuse import clear_observations, count
from monitor.fuse.series.counts import exposure, moving_on_ais
from tests.fuse.conftest import AT


def _coverage(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["scene_id", "zone_id", "kind", "state"])
    shares = {"observed": 1.0, "partly": 0.4, "not observed": 0.0}
    return table.assign(
        aoi_id="rajin",
        acquired_at=pd.Timestamp(AT),
        sensor="s2",
        reason="",
        observed_fraction=table["state"].map(shares),
    )


def _ships(*rows: tuple[str, str, str]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(list(rows), columns=["scene_id", "zone", "zone_id"])
    table["detection_id"] = [f"d{n}" for n in range(len(table))]
    table["class_name"] = "vessel"
    return gpd.GeoDataFrame(table, geometry=[Point(130.3, 42.2)] * len(table), crs="EPSG:4326")


WATER = ("s1", "rajin", "water", "observed")


def test_ships_are_counted_by_where_they_lie() -> None:
    coverage = _coverage(WATER, ("s1", "b1", "berth", "observed"), ("s1", "road", "anchorage", "observed"))
    ships = _ships(("s1", "berth", "b1"), ("s1", "open", "road"), ("s1", "open", ""), ("s1", "inshore", ""))
    row = count(ships, coverage).iloc[0]
    assert (row["vessels"], row["berth"], row["anchorage"], row["open"]) == (4, 1, 1, 1)


def test_a_clear_observation_without_ships_is_zero() -> None:
    row = count(_ships(), _coverage(WATER, ("s1", "b1", "berth", "observed"))).iloc[0]
    assert (row["vessels"], row["berth"]) == (0, 0)


def test_a_scene_that_saw_nothing_has_no_count() -> None:
    row = count(_ships(), _coverage(("s1", "rajin", "water", "not observed"))).iloc[0]
    assert row[["vessels", "berth", "anchorage", "open", "stacks"]].isna().all()
    assert row["observed_fraction"] == 0.0


def test_berths_under_cloud_have_no_count_though_the_water_was_seen() -> None:
    row = count(_ships(), _coverage(WATER, ("s1", "b1", "berth", "not observed"))).iloc[0]
    assert row["vessels"] == 0
    assert pd.isna(row["berth"])


def test_a_observation_in_part_counts_with_its_share_but_is_not_clear() -> None:
    table = count(_ships(("s1", "open", "")), _coverage(("s1", "rajin", "water", "partly")))
    assert table["vessels"].tolist() == [1]
    assert table["observed_fraction"].tolist() == [0.4]
    assert clear_observations(table).empty


def test_unmatched_is_missing_where_matching_was_not_possible() -> None:
    coverage = _coverage(WATER, ("s2", "rajin", "water", "observed"))
    matches = pd.DataFrame({"scene_id": ["s1", "s2"], "status": "unmatched", "reason": ["", "hour unknown"]})
    table = count(_ships(("s1", "open", ""), ("s2", "open", "")), coverage, matches=matches).set_index("scene_id")
    assert table.loc["s1", "unmatched"] == 1
    assert pd.isna(table.loc["s2", "unmatched"])


def test_stacks_are_counted_by_yards_seen() -> None:
    stacks = pd.DataFrame({"scene_id": "s1", "yard_id": ["a", "b", "c"], "area_m2": [900.0, 0.0, float("nan")]})
    assert count(_ships(), _coverage(WATER), stacks=stacks)["stacks"].tolist() == [1]


def test_no_coverage_gives_no_counts() -> None:
    assert list(count(_ships(("s1", "open", "")), _coverage())) == list(COUNTS.columns)


def test_coverage_without_states_is_refused() -> None:
    with pytest.raises(DataError, match="state"):
        count(_ships(), _coverage(WATER).drop(columns="state"))


def test_each_count_has_the_exposure_of_its_own_place() -> None:
    coverage = _coverage(
        ("s1", "rajin", "water", "partly"), ("s1", "b1", "berth", "observed"), ("s1", "b2", "berth", "not observed")
    )
    table = count(_ships(), coverage)
    assert exposure(table, "vessels").tolist() == [0.4]
    assert exposure(table, "berth").tolist() == [0.5]
    assert exposure(table, "anchorage").tolist() == [0.4]  # no anchorage is known here: the water's


def test_a_fixed_object_is_not_counted() -> None:
    ships = _ships(("s1", "open", ""), ("s1", "open", "")).assign(is_fixed=[True, False])
    assert count(ships, _coverage(WATER))["vessels"].tolist() == [1]


def test_a_berth_that_only_its_past_fills_holds_one_more_vessel() -> None:
    coverage = _coverage(WATER, ("s1", "b1", "berth", "observed"), ("s1", "b2", "berth", "observed"))
    states = pd.DataFrame(
        {
            "scene_id": "s1",
            "berth_id": ["b1", "b2", "b3"],
            "state": ["occupied", "occupied", "empty"],
            "detection_ids": ["d0", "", ""],
        }
    )
    row = count(_ships(("s1", "berth", "b1")), coverage, berth_states=states).iloc[0]
    assert (row["vessels"], row["berth"]) == (2, 2)
    hidden = _coverage(WATER, ("s1", "b1", "berth", "not observed"))
    assert pd.isna(count(_ships(), hidden, berth_states=states)["berth"].iloc[0])


def test_what_was_detected_at_a_berth_that_is_said_to_be_empty_is_not_counted() -> None:
    """Else the count would contradict the berth: the other kind of sensor, or the past, outweighed the detection."""
    coverage = _coverage(WATER, ("s1", "b1", "berth", "observed"))
    ships = _ships(("s1", "berth", "b1"), ("s1", "open", ""))
    states = pd.DataFrame(
        {"scene_id": ["s1"], "berth_id": ["b1"], "state": ["empty"], "detection_ids": [ships["detection_id"].iloc[0]]}
    )
    row = count(ships, coverage, berth_states=states).iloc[0]
    assert (row["vessels"], row["berth"]) == (1, 0)


def test_under_way_is_what_the_image_or_ais_shows_moving() -> None:
    ships = _ships(("s1", "open", ""), ("s1", "open", ""), ("s1", "berth", "b1"))
    ships = ships.assign(motion=["moving", "not moving", ""])
    assert count(ships, _coverage(WATER))["under_way"].tolist() == [1]
    assert count(ships, _coverage(WATER), moving=["d1"])["under_way"].tolist() == [2]


def test_a_matched_ship_is_under_way_by_what_it_reported_within_minutes() -> None:
    at = pd.Timestamp(AT)
    matches = pd.DataFrame(
        {
            "detection_id": ["fast", "slow", "stale", "other"],
            "mmsi": pd.array([1, 2, 3, 1], dtype="Int64"),
            "acquired_at": at,
            "status": ["matched", "matched", "matched", "potential"],
        }
    )
    positions = pd.DataFrame(
        {
            "mmsi": [3, 1, 2, 1],
            "sog_kn": [9.0, 8.0, 0.2, float("nan")],
            "t": [at - pd.Timedelta(hours=1), at + pd.Timedelta(minutes=5), at, at],
        }
    )
    assert moving_on_ais(matches, positions) == {"fast"}
    assert moving_on_ais(matches, positions[:0]) == frozenset()
