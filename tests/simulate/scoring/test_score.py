"""Scores say what the tables are worth, on cases whose answer is plain."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.core.tables import VISITS, VOYAGES
from monitor.simulate import reliability, score
from monitor.simulate.scoring.score import check_same_scenes, with_ids_of
from tests.simulate.detections import detections_from


@pytest.fixture(scope="module")
def perfect(truth):
    return detections_from(truth)


def _visits(truth, *, shift="0h"):
    seen = truth["visits"][truth["visits"]["clear_observations"] > 0].reset_index(drop=True)
    hour, move = pd.Timedelta(hours=1), pd.Timedelta(shift)
    return VISITS.conform(
        pd.DataFrame(
            {
                "visit_id": [f"v{n}" for n in seen.index],
                "aoi_id": seen["aoi_id"],
                "berth_id": seen["berth_id"],
                "arrived_not_before": seen["arrived_at"] - hour + move,
                "arrived_not_after": seen["arrived_at"] + hour + move,
                "departed_not_before": seen["departed_at"] - hour + move,
                "departed_not_after": seen["departed_at"] + hour + move,
                "observations": seen["clear_observations"],
                "mmsi": pd.array([pd.NA] * len(seen), dtype="Int64"),
                "length_m": seen["length_m"],
                "length_low_m": seen["length_m"],
                "length_high_m": seen["length_m"],
                "is_open": False,
                "detection_ids": "",
                "evidence": "imagery",
                "probability": 1.0,
            }
        )
    )


def test_a_detector_that_misses_nothing_scores_one(truth, perfect):
    sheet = score({"detections": perfect}, truth)
    assert sheet.value("detections", "recall, 60 m and more") == 1.0
    assert sheet.value("detections", "precision") == 1.0
    assert sheet.value("detections", "length error, median m") < 15.0


def test_one_false_alarm_costs_precision_and_no_recall(truth, perfect):
    ghost = perfect.iloc[[0]].assign(
        detection_id="ghost", geometry=gpd.GeoSeries(perfect.geometry.iloc[[0]]).translate(0.05, 0.0)
    )
    sheet = score({"detections": pd.concat([perfect, ghost], ignore_index=True)}, truth)
    assert sheet.value("detections", "recall, 60 m and more") == 1.0
    assert sheet.value("detections", "precision") == pytest.approx(len(perfect) / (len(perfect) + 1))


def test_finding_nothing_has_no_precision_and_zero_recall(truth, perfect):
    sheet = score({"detections": perfect.iloc[:0]}, truth)
    assert sheet.value("detections", "recall, 60 m and more") == 0.0
    assert np.isnan(sheet.value("detections", "precision"))


def test_true_visits_score_one_and_shifted_ones_miss_their_intervals(truth):
    good = score({"visits": _visits(truth)}, truth)
    assert good.value("visits", "precision") == 1.0
    assert good.value("visits", "intervals hold the truth") == 1.0
    late = score({"visits": _visits(truth, shift="3h")}, truth)
    assert late.value("visits", "recall of observable") == good.value("visits", "recall of observable")
    assert late.value("visits", "intervals hold the truth") == 0.0


def test_a_leg_the_wrong_way_is_no_leg(truth):
    legs = truth["voyages"].reset_index(drop=True)
    table = VOYAGES.conform(
        pd.DataFrame(
            {
                "voyage_id": [f"l{n}" for n in legs.index],
                "mmsi": pd.array([pd.NA] * len(legs), dtype="Int64"),
                "from_port": legs["from_port"],
                "to_port": legs["to_port"],
                "departed_at": legs["departed_at"],
                "arrived_at": legs["arrived_at"],
                "duration_h": 11.0,
                "evidence": "imagery",
                "probability": 0.9,
                "shuttle_id": "",
                "from_visit": "",
                "to_visit": "",
                "silent_h": np.nan,
            }
        )
    )
    assert score({"voyages": table}, truth).value("voyages", "precision") == 1.0
    wrong = table.assign(from_port="nowhere")
    assert score({"voyages": wrong}, truth).value("voyages", "precision") == 0.0


def test_words_are_held_to_their_ranges():
    judged = [(0.7, n % 10 < 7) for n in range(100)] + [(0.97, n % 2 == 0) for n in range(40)] + [(0.02, False)]
    words = reliability(judged).set_index("word")
    assert bool(words.loc["likely", "holds"]) is True
    assert bool(words.loc["almost certain", "holds"]) is False
    assert pd.isna(words.loc["almost no chance", "holds"])
    assert words["cases"].sum() == len(judged)


def test_the_sheet_prints_and_travels_as_json(truth, perfect):
    sheet = score({"detections": perfect}, truth)
    assert "recall, 60 m and more" in sheet.text()
    assert sheet.as_json()["figures"][0]["table"] == "detections"


def test_a_truth_of_other_scenes_is_refused_with_both_named():
    truth = {"vessels": pd.DataFrame({"scene_id": ["rajin_1", "rajin_2"]}), "flights": pd.DataFrame({"leg": [1]})}
    check_same_scenes({"rajin_2", "rajin_3"}, truth)
    check_same_scenes(set(), truth)
    with pytest.raises(
        DataError, match=r"other scenes \(2, such as rajin_1\) than the workspace \(1, such as kiel_1\)"
    ):
        check_same_scenes({"kiel_1"}, truth)


def test_a_seasons_truth_fits_its_scenes_read_from_a_folder(truth, perfect):
    """A folder's scenes carry their AOI behind the season's id; scored without that, nothing would be found."""
    read = perfect.assign(scene_id=perfect["scene_id"] + "_" + perfect["aoi_id"])
    scenes = set(read["scene_id"])
    known = with_ids_of(scenes, truth)
    check_same_scenes(scenes, known)
    assert score({"detections": read}, known).value("detections", "recall, 60 m and more") == 1.0
    with pytest.raises(DataError, match="other scenes"):
        check_same_scenes(scenes, truth)
    same = with_ids_of(set(perfect["scene_id"]), truth)
    assert same["vessels"]["scene_id"].tolist() == truth["vessels"]["scene_id"].tolist()
