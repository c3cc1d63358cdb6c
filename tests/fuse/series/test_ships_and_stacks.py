import pandas as pd

from monitor.core.tables import COUNTS, SHIPS_AND_STACKS, STACKS, VISITS
from monitor.fuse import ships_and_stacks
from tests.fuse.voyages.test_links import _at, _visits


def _stacks(*rows: tuple[float, str, float]) -> pd.DataFrame:
    """Day, yard, area in m²; NaN where the yard was not seen."""
    return pd.DataFrame(
        [
            {"scene_id": f"s{d}", "aoi_id": "rajin", "yard_id": y, "acquired_at": _at(d), "area_m2": a}
            for d, y, a in rows
        ]
    )


def _counts(*rows: tuple[float, int]) -> pd.DataFrame:
    return pd.DataFrame({"scene_id": [f"s{d}" for d, _ in rows], "berth": [number for _, number in rows]})


STAY = _visits(("rajin", 0.0, 1.0, 4.0, 6.0, 120.0))


def test_stacks_that_shrink_while_a_ship_lies_there_say_so() -> None:
    row = ships_and_stacks(_stacks((0, "p2", 1800.0), (5, "p2", 0.0)), _counts((0, 0), (5, 1)), STAY).iloc[0]
    assert (row["change_m2"], row["reading"], row["visit_ids"], row["berth"]) == (
        -1800.0,
        "less, ship there",
        "rajin|0",
        1,
    )


def test_boxes_moved_lie_between_the_bounds_of_both_ends() -> None:
    stacks = _stacks((0, "p2", 1800.0), (5, "p2", 300.0)).assign(
        area_low_m2=[1500.0, 200.0], area_high_m2=[2100.0, 400.0], teu_low=[100.0, 13.0], teu_high=[700.0, 130.0]
    )
    row = ships_and_stacks(stacks, _counts((0, 0), (5, 1)), STAY).iloc[0]
    assert (row["change_low_m2"], row["change_m2"], row["change_high_m2"]) == (-1900.0, -1500.0, -1100.0)
    assert (row["teu_change_low"], row["teu_change_high"]) == (-687.0, 30.0)
    bare = ships_and_stacks(_stacks((0, "p2", 1800.0), (5, "p2", 300.0)), _counts(), STAY).iloc[0]
    assert bare[["change_low_m2", "teu_change_high"]].isna().all()


def test_stacks_that_grow_between_ships_say_that_none_was_seen() -> None:
    table = ships_and_stacks(_stacks((10, "p2", 0.0), (15, "p2", 1800.0)), _counts(), STAY)
    assert table["reading"].tolist() == ["more, no ship seen"]
    assert table["berth"].isna().all()


def test_a_small_change_is_none() -> None:
    table = ships_and_stacks(_stacks((0, "p2", 1000.0), (5, "p2", 1200.0)), _counts(), STAY)
    assert table["reading"].tolist() == ["steady"]


def test_a_yard_under_cloud_is_taken_from_its_last_clear_observation() -> None:
    nan = float("nan")
    observations = _stacks(
        (0, "p1", 500.0), (0, "p2", 900.0), (5, "p1", nan), (5, "p2", 900.0), (10, "p1", 500.0), (10, "p2", nan)
    )
    table = ships_and_stacks(observations, _counts(), VISITS.empty()).set_index("scene_id")
    assert table["yards"].to_dict() == {"s5": 1, "s10": 1}
    assert (table["change_m2"] == 0.0).all()
    assert table.loc["s10", "start"] == _at(0)


def test_without_two_observations_there_is_nothing_to_compare() -> None:
    assert list(ships_and_stacks(_stacks((0, "p2", 900.0)), _counts(), STAY)) == list(SHIPS_AND_STACKS.columns)
    assert ships_and_stacks(STACKS.empty(), COUNTS.empty(), VISITS.empty()).empty


def test_stacks_by_two_sensors_are_not_compared_with_one_another() -> None:
    """Outlines by coarse pixels are larger than by fine ones for that alone."""
    stacks = _stacks((0, "p2", 1800.0), (1, "p2", 900.0), (5, "p2", 900.0)).assign(sensor=["s2", "hires", "hires"])
    table = ships_and_stacks(stacks, _counts(), STAY)
    assert table[["scene_id", "change_m2"]].to_numpy().tolist() == [["s5", 0.0]]


def test_ships_of_a_scene_that_is_counted_in_another_are_found_there() -> None:
    counts = _counts((5, 0), (6, 2)).astype({"berth": "Int64"}).assign(counted_in=["s6", ""])
    row = ships_and_stacks(_stacks((0, "p2", 1800.0), (5, "p2", 0.0)), counts, STAY).iloc[0]
    assert row["berth"] == 2
