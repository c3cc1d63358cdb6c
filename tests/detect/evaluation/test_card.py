"""The card of a model, and classes beside vessels and stacks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from monitor.detect.evaluation.card import model_card
from monitor.detect.evaluation.evaluate import Evaluation
from monitor.detect.evaluation.matching import SceneScore, Truth, count_others

NO_VESSELS = pd.DataFrame(columns=["geometry", "length_m", "axis_deg", "situation", "sure"])


def scene(name: str, scores: list[float], false: list[float], missed: int) -> SceneScore:
    pairs = pd.DataFrame(
        {
            "score": scores,
            "length_m": 100.0,
            "true_length_m": 110.0,
            "axis_error_deg": 1.0,
            "distance_m": 2.0,
            "situation": "berthed",
            "zone": "berth",
            "low_m": 90.0,
            "high_m": 120.0,
        }
    )
    lost = pd.DataFrame({"length_m": [80.0] * missed, "situation": "open", "zone": "open"})
    alarms = pd.DataFrame({"score": false, "length_m": [70.0] * len(false), "zone": "open"})
    return SceneScore(name, pairs, lost, alarms)


def result(**changes: object) -> Evaluation:
    scenes = (
        scene("a", [0.9, 0.9, 0.7], [0.3], 1),
        scene("b", [0.9, 0.5], [0.7, 0.1], 0),
        scene("c", [0.95] * 4, [], 2),
    )
    return replace(Evaluation("mine-1", 60.0, scenes), **changes)


def test_the_card_has_figures_with_intervals_and_samples() -> None:
    card = model_card(result(), name="mine", sha256="ab" * 32, on="ports")
    lines = {what: (value, sample) for what, value, sample in card.measured}
    value, sample = lines["precision, vessels of 60 m and more"]
    assert value.startswith("0.75 (")
    assert sample == "12 detections, 3 labelled scenes of ports"
    assert lines["error of length"][0].startswith("10.0 m (")
    assert "overlap of container stacks" not in lines
    assert "| recall, vessels of 60 m and more |" in card.text
    assert ("ab" * 32) in card.text
    assert card.as_json()["weights_sha256"] == "ab" * 32


def test_scores_are_held_against_the_share_that_was_right() -> None:
    table = result().by_score()
    assert table["detections"].tolist() == [1, 1, 1, 2, 7]
    assert table["right"].tolist() == [0.0, 0.0, 1.0, 0.5, 1.0]


def test_scenes_that_were_trained_on_are_named_beside_every_figure() -> None:
    card = model_card(result(trained_on=("a",)), name="mine", sha256="", on="ports")
    assert all("1 of the scenes were trained on" in sample for _, _, sample in card.measured)
    assert "these are no figures of new scenes" in card.text


@pytest.mark.parametrize(("shift", "found", "false"), [(2.0, 1, 0), (8.0, 0, 1)])
def test_a_container_is_found_within_half_its_length(shift: float, found: int, false: int) -> None:
    labels = pd.DataFrame({"geometry": [box(0, 0, 12, 2.5)], "class_name": "container", "sure": "high"})
    predicted = pd.DataFrame({"geometry": [box(shift, 0, 12 + shift, 2.5)], "class_name": "container"})
    row = count_others(predicted, Truth("a", NO_VESSELS, others=labels)).iloc[0]
    assert (row["labelled"], row["found"], row["false_alarms"]) == (1, found, false)


def test_a_class_that_nobody_labelled_is_all_false_and_none_in_ignored_places() -> None:
    predicted = pd.DataFrame({"geometry": [box(0, 0, 5, 5), box(50, 0, 55, 5)], "class_name": "vehicle"})
    row = count_others(predicted, Truth("a", NO_VESSELS, ignore=(box(40, -5, 60, 10),))).iloc[0]
    assert (row["labelled"], row["found"], row["false_alarms"]) == (0, 0, 1)
    assert len(count_others(predicted.iloc[:0], Truth("a", NO_VESSELS))) == 0


def test_others_are_pooled_over_scenes() -> None:
    rows = pd.DataFrame([("container", 4, 3, 1)], columns=["class_name", "labelled", "found", "false_alarms"])
    pooled = replace(result(), scores=tuple(replace(one, others=rows) for one in result().scores)).others()
    assert pooled.iloc[0]["precision"] == pytest.approx(0.75)
    assert pooled.iloc[0]["labelled"] == 12
    assert np.isclose(pooled.iloc[0]["f1"], 0.75)


def _with_boxes(*counts: tuple[int, int, int]) -> Evaluation:
    columns = ["class_name", "labelled", "found", "false_alarms"]
    scenes = [
        replace(one, others=pd.DataFrame([("container", *count)], columns=columns))
        for one, count in zip(result().scores, counts, strict=False)
    ]
    return replace(result(), scores=tuple(scenes))


def test_containers_of_several_scenes_have_intervals_by_scene() -> None:
    """100 boxes a scene, found with .95, .9 and .4: as many trials alone would give some .71 to .79."""
    spread = _with_boxes((100, 95, 5), (100, 90, 10), (100, 40, 0))
    row = spread.others().iloc[0]
    assert row["recall"] == pytest.approx(0.75)
    assert row["recall_low"] < 0.6
    assert row["recall_high"] > 0.9
    lines = {what: value for what, value, _ in model_card(spread, name="m", sha256="", on="x").measured}
    assert lines["recall, container"].startswith("0.75 (0.")
    alike = _with_boxes(*[(100, 75, 25)] * 3).others().iloc[0]
    assert (alike["recall_low"], alike["recall_high"]) == (pytest.approx(0.70, abs=0.02), pytest.approx(0.79, abs=0.02))
    assert spread.to_json()["others"][0]["precision_low"] < 0.96


def test_containers_of_one_scene_have_no_interval_and_the_card_says_so() -> None:
    one = _with_boxes((100, 95, 5))
    assert np.isnan(one.others().iloc[0]["recall_low"])
    lines = {what: value for what, value, _ in model_card(one, name="m", sha256="", on="x").measured}
    assert lines["precision, container"] == "0.95 (one scene: no interval)"
    assert "recall, container | 0.95 (one scene: no interval)" in model_card(one, name="m", sha256="", on="x").text
