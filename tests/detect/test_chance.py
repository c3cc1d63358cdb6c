"""The score is the chance that a detection is right: fitted, stored with the weights, and stated by zone and length."""

import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from monitor.core.errors import DataError, DetectorError
from monitor.core.scenes.scene import Acquisition
from monitor.detect.chance import Chance
from monitor.detect.evaluation.chances import fit_chance, reliability
from monitor.detect.objects import find_objects
from monitor.detect.yolo.detector import YoloDetector
from monitor.detect.yolo.weights import read_weights, weights_folder
from monitor.simulate.labelled import labelled_port
from monitor.standalone.chances import fit_chances, with_chance
from tests.detect import harbour

TRUE = Chance(level=-0.4, steep=1.6, berth=-0.9, open=0.7, by_length=0.5)


def made(count: int, seed: int) -> pd.DataFrame:
    """Detections that are right as often as `TRUE` says."""
    rng = np.random.default_rng(seed)
    score, length = rng.uniform(0.1, 0.99, count), rng.uniform(30, 350, count)
    zone = rng.choice(["berth", "inshore", "open"], count)
    right = rng.random(count) < TRUE.of(score, zone.tolist(), length)
    return pd.DataFrame({"score": score, "zone": zone, "length_m": length, "right": right})


def chances(chance: Chance, table: pd.DataFrame) -> np.ndarray:
    return chance.of(table["score"].to_numpy(), table["zone"].tolist(), table["length_m"].to_numpy())


def test_chances_fitted_to_some_detections_hold_for_others_in_each_zone_and_length() -> None:
    fitted, other = fit_chance(made(900, 1)), made(6000, 2)
    for part in (other, *(g for _, g in other.groupby("zone")), other[other["length_m"] < 90]):
        held = reliability(chances(fitted, part), part["right"].to_numpy(float))
        held = held[held["detections"] >= 100]
        assert len(held) >= 4
        assert (held["stated"] - held["right"]).abs().max() < 0.07
    plain = other[other["zone"] == "berth"]
    missed = reliability(plain["score"].to_numpy(), plain["right"].to_numpy(float))
    assert (missed["stated"] - missed["right"]).abs().max() > 0.2


def test_few_detections_leave_the_score_near_what_it_was_and_too_few_are_refused() -> None:
    few = made(60, 3)
    assert abs(fit_chance(few).open) < 2
    with pytest.raises(DataError, match="a fit needs 10 of each"):
        fit_chance(few[few["right"]])


def test_no_score_above_a_threshold_is_lost_on_the_way_to_its_chance() -> None:
    table = made(500, 4)
    least = TRUE.least_score(0.44)
    assert (table["score"][chances(TRUE, table) >= 0.44] >= least).all()
    assert Chance().least_score(0.44) == 0.44


def test_vessels_get_the_chance_of_their_zone_and_those_below_the_threshold_go(acquisition: Acquisition) -> None:
    port = labelled_port(3003, size_px=192)
    scene = replace(harbour.raster(), data=port.dn, valid=np.ones(port.shape, dtype=bool))
    plain = YoloDetector(threshold=0.2)
    before = find_objects(scene, acquisition, plain)
    afloat = [index for index, name in enumerate(before.boxes.class_name) if name == "vessel"]
    assert len(afloat) >= 3
    low = YoloDetector(replace(plain.weights, chance=Chance(level=-30.0)), 0.2)
    assert "vessel" not in find_objects(scene, acquisition, low).boxes.class_name
    surer = YoloDetector(replace(plain.weights, chance=Chance(level=1.0)), 0.2)
    after = find_objects(scene, acquisition, surer)
    for index in afloat:
        same = after.ids.index(before.ids[index])
        assert after.boxes.score[same] > before.boxes.score[index]
    assert surer.key != plain.key


@pytest.fixture
def acquisition() -> Acquisition:
    at = pd.Timestamp("2023-08-14T02:10Z").to_pydatetime()
    return Acquisition("made", "rajin", "s2", "S2A", at, at, harbour.raster().grid.footprint())


def test_chances_written_beside_weights_are_read_with_them_and_replace_the_last_ones(tmp_path: Path) -> None:
    shutil.copytree(weights_folder(), tmp_path / "w")
    path = tmp_path / "w" / "weights.toml"
    once = with_chance(path.read_text(), "harbour26", Chance(level=5.0), note="# before")
    path.write_text(with_chance(once, "harbour26", TRUE, note="# now"))
    read = read_weights("harbour26", tmp_path / "w")
    assert read.chance == TRUE
    assert replace(read, chance=Chance(), path=Path()) == replace(read_weights("harbour26"), path=Path())
    assert "# before" not in path.read_text()
    path.write_text(path.read_text().replace(f"steep = {asdict(TRUE)['steep']}", 'steep = "much"'))
    with pytest.raises(DetectorError, match=r"chance\.steep"):
        read_weights("harbour26", tmp_path / "w")


def test_scenes_that_were_trained_on_do_not_count(tmp_path: Path) -> None:
    shutil.copytree(weights_folder(), tmp_path / "w")
    harbour.write_port(tmp_path / "busan")
    with pytest.raises(DataError, match="trained on every one"):
        fit_chances([tmp_path / "busan"], weights=str(tmp_path / "w" / "harbour26.onnx"))


def test_chances_are_fitted_with_the_further_labels_of_a_scene(tmp_path: Path) -> None:
    shutil.copytree(weights_folder(), tmp_path / "w")
    harbour.write_port(tmp_path / "elsewhere")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "elsewhere.geojson").write_text("cut off")
    with pytest.raises(DataError, match=r"more/elsewhere\.geojson"):
        fit_chances([tmp_path / "elsewhere"], weights=str(tmp_path / "w"), labels=tmp_path / "more")
