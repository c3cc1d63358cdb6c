"""The scoring rules, case by case."""

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from monitor.detect.evaluation.evaluate import bootstrap, by_class, figures
from monitor.detect.evaluation.matching import (
    Truth,
    claimed_berths,
    count_others,
    match_vessels,
    score_scene,
    stack_areas,
)


def hull(x: float, y: float, length: float = 100.0) -> object:
    return box(x - length / 2, y - 10, x + length / 2, y + 10)


def labels(*rows: tuple[float, float, float, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"geometry": hull(x, y, length), "length_m": length, "axis_deg": 90.0, "situation": situation, "sure": sure}
            for x, y, length, situation, sure in rows
        ],
        columns=["geometry", "length_m", "axis_deg", "situation", "sure"],
    )


def predictions(*rows: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "geometry": hull(x, y, length),
                "length_m": length,
                "axis_deg": 90.0,
                "score": 0.9,
                "zone": "berth",
                "length_low_m": length * 0.8,
                "length_high_m": length * 1.2,
            }
            for x, y, length in rows
        ],
        columns=["geometry", "length_m", "axis_deg", "score", "zone", "length_low_m", "length_high_m"],
    )


def outcome(found: pd.DataFrame, truth: Truth) -> tuple[int, int, int]:
    pairs, missed, false = match_vessels(found, truth)
    return len(pairs), len(missed), len(false)


def test_open_water_gate_is_100_m() -> None:
    truth = Truth("s", labels((0, 0, 200, "open", "high")))
    assert outcome(predictions((99, 0, 200)), truth) == (1, 0, 0)
    assert outcome(predictions((101, 0, 200)), truth) == (0, 1, 1)


@pytest.mark.parametrize(("length", "gate"), [(200.0, 60.0), (100.0, 50.0), (60.0, 30.0)])
def test_berth_gate_is_half_the_length_within_30_and_60_m(length: float, gate: float) -> None:
    truth = Truth("s", labels((0, 0, length, "berthed", "high")))
    assert outcome(predictions((gate - 1, 0, length)), truth)[0] == 1
    assert outcome(predictions((gate + 1, 0, length)), truth)[0] == 0


def test_one_label_takes_one_prediction_and_the_other_is_a_false_alarm() -> None:
    truth = Truth("s", labels((0, 0, 100, "open", "high")))
    assert outcome(predictions((5, 0, 100), (10, 0, 100)), truth) == (1, 0, 1)


def test_assignment_is_of_least_total_distance() -> None:
    truth = Truth("s", labels((0, 0, 100, "open", "high"), (90, 0, 100, "open", "high")))
    assert outcome(predictions((50, 0, 100), (-40, 0, 100)), truth) == (2, 0, 0)


def test_doubtful_labels_neither_count_nor_cost() -> None:
    truth = Truth("s", labels((0, 0, 100, "berthed", "low")))
    assert outcome(predictions((0, 0, 100)), truth) == (0, 0, 0)
    assert outcome(predictions(), truth) == (0, 0, 0)


def test_labels_below_the_floor_neither_count_nor_cost() -> None:
    truth = Truth("s", labels((0, 0, 55, "open", "high")))
    assert outcome(predictions((0, 0, 80)), truth) == (0, 0, 0)


def test_unmatched_predictions_under_45_m_are_dropped() -> None:
    truth = Truth("s", labels())
    assert outcome(predictions((0, 0, 44)), truth) == (0, 0, 0)
    assert outcome(predictions((0, 0, 46)), truth) == (0, 0, 1)


def test_unmatched_predictions_in_ignore_areas_are_dropped() -> None:
    truth = Truth("s", labels(), ignore=(box(-50, -50, 50, 50),))
    assert outcome(predictions((0, 0, 100), (200, 0, 100)), truth) == (0, 0, 1)


def test_finds_at_a_marina_cost_even_in_an_ignore_area() -> None:
    area = box(-50, -50, 50, 50)
    truth = Truth("s", labels(), ignore=(box(-500, -50, 500, 50),), small_craft=(area,))
    assert outcome(predictions((0, 0, 100), (200, 0, 100)), truth) == (0, 0, 1)
    score = score_scene(predictions((0, 0, 100), (200, 0, 100)), [], truth)
    assert score.at_small_craft == (0, 1)


def test_a_labelled_hull_at_a_marina_is_right_there() -> None:
    truth = Truth("s", labels((0, 0, 100, "berthed", "high")), small_craft=(box(-50, -50, 50, 50),))
    score = score_scene(predictions((5, 0, 100), (30, 20, 100)), [], truth)
    assert score.at_small_craft == (1, 1)
    assert figures([score])["precision_at_small_craft"] == 0.5
    assert bootstrap([score])["precision_at_small_craft"][0] < 0.5


def test_doubtful_hulls_at_a_marina_neither_count_nor_cost() -> None:
    truth = Truth("s", labels((0, 0, 100, "berthed", "low")), small_craft=(box(-50, -50, 50, 50),))
    assert score_scene(predictions((0, 0, 100)), [], truth).at_small_craft == (0, 0)


def test_a_sure_vessel_in_an_ignore_area_counts() -> None:
    truth = Truth("s", labels((0, 0, 100, "open", "high")), ignore=(box(-500, -50, 500, 50),))
    assert outcome(predictions(), truth) == (0, 1, 0)
    assert outcome(predictions((0, 0, 100)), truth) == (1, 0, 0)


def test_axis_error_wraps_at_180_degrees() -> None:
    truth = Truth("s", labels((0, 0, 100, "open", "high")).assign(axis_deg=178.0))
    pairs, _, _ = match_vessels(predictions((0, 0, 100)).assign(axis_deg=2.0), truth)
    assert pairs["axis_error_deg"].iloc[0] == pytest.approx(4.0)


def test_an_empty_quay_is_claimed_by_a_centre_or_by_a_quarter_of_its_area() -> None:
    strip = box(0, 0, 200, 30)
    assert claimed_berths([box(90, 10, 110, 20)], [strip]) == [0]
    assert claimed_berths([box(140, 20, 300, 50)], [strip]) == []
    assert claimed_berths([box(130, -60, 300, 40)], [strip]) == [0]
    assert claimed_berths([], [strip]) == []


def test_stack_areas_leave_out_ships_and_ignore_areas() -> None:
    truth = Truth("s", labels(), stacks=(box(0, 0, 100, 100),), ignore=(box(50, 0, 100, 100),))
    both, either = stack_areas([box(0, 0, 50, 100)], truth)
    assert (both, either) == (5000.0, 5000.0)
    assert stack_areas([box(0, 0, 25, 100)], truth)[0] == pytest.approx(2500, abs=500)
    assert stack_areas([], Truth("s", labels())) == (0.0, 0.0)


def test_figures_of_nothing_are_nan_and_of_all_found_are_one() -> None:
    empty = score_scene(predictions(), [], Truth("s", labels()))
    assert np.isnan(figures([empty])["f1"])
    full = score_scene(predictions((0, 0, 100)), [], Truth("s", labels((0, 0, 100, "berthed", "high"))))
    assert figures([full])["f1"] == 1.0
    assert figures([full])["recall_at_berth"] == 1.0
    assert figures([full])["length_interval_holds"] == 1.0


def test_bootstrap_gives_the_same_interval_twice_and_holds_the_figure() -> None:
    good = score_scene(predictions((0, 0, 100)), [], Truth("a", labels((0, 0, 100, "berthed", "high"))))
    bad = score_scene(predictions((900, 0, 100)), [], Truth("b", labels((0, 0, 100, "berthed", "high"))))
    first, second = bootstrap([good, bad], draws=200), bootstrap([good, bad], draws=200)
    assert str(first) == str(second)
    assert first["f1"][0] <= figures([good, bad])["f1"] <= first["f1"][1]


def test_one_scene_gives_shares_the_exact_interval_and_lengths_none() -> None:
    one = score_scene(predictions((0, 0, 100)), [], Truth("a", labels((0, 0, 100, "berthed", "high"))))
    for scenes, low in (([one], 0.05), ([one, one, one], 0.05 ** (1 / 3))):
        bounds = bootstrap(scenes, draws=50)
        assert bounds["recall"] == pytest.approx((low, 1.0), abs=1e-6)
    assert np.isnan(bootstrap([one])["length_error_m"]).all()


def test_lengths_without_an_interval_are_not_held_to_one() -> None:
    found = predictions((0, 0, 100)).assign(length_low_m=np.nan, length_high_m=np.nan)
    score = score_scene(found, [], Truth("a", labels((0, 0, 100, "berthed", "high"))))
    assert np.isnan(figures([score])["length_interval_holds"])


def test_classes_count_every_label_once() -> None:
    truth = Truth("s", labels((0, 0, 100, "berthed", "high"), (900, 0, 250, "open", "high")))
    table = by_class([score_scene(predictions((0, 0, 100)), [], truth)])
    assert table["vessels"].sum() == 2
    assert table["found"].sum() == 1


def test_a_class_of_which_nothing_was_found_is_counted_as_missed() -> None:
    boxes = pd.DataFrame({"geometry": [hull(0, 0, 12)], "class_name": ["container"], "sure": ["high"]})
    truth = Truth("scene", labels(), ignore=(hull(500, 0),), others=boxes)
    none = pd.DataFrame({"geometry": [], "class_name": []})
    assert count_others(none, truth).to_dict("records") == [
        {"class_name": "container", "labelled": 1, "found": 0, "false_alarms": 0}
    ]
