"""Labelled folders, read and scored."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster
from monitor.detect.base import CONTAINER_STACK, VESSEL, Boxes
from monitor.detect.evaluation.evaluate import evaluate
from monitor.detect.evaluation.reader import labelled_folders, read_port
from monitor.detect.threshold import ThresholdDetector
from monitor.training.augment.targets import corners
from tests.detect import harbour


@dataclass(frozen=True)
class Perfect:
    """Knows the harbour's labels."""

    key: str = "perfect"

    def __call__(self, raster: Raster) -> Boxes:
        rings = [corners(hull).astype(float) for hull in harbour.HULLS]
        rings.append(np.array([[30.0, 20], [70, 20], [70, 40], [30, 40]]))
        length = np.array([*(hull.length_px * 10 for hull in harbour.HULLS), 400.0])
        angle = np.array([*(hull.angle for hull in harbour.HULLS), 0.0])
        names = (VESSEL,) * len(harbour.HULLS) + (CONTAINER_STACK,)
        return Boxes(names, tuple(rings), np.ones(len(rings)), length, length * 0.9, length * 1.1, angle)


@dataclass(frozen=True)
class Blind:
    """Finds nothing."""

    key: str = "blind"

    def __call__(self, raster: Raster) -> Boxes:
        return Boxes.empty()


@pytest.fixture
def ports(tmp_path: Path) -> Path:
    for name in ("east", "west"):
        harbour.write_port(tmp_path / name)
    return tmp_path


def test_who_knows_the_labels_scores_one(ports: Path) -> None:
    result = evaluate(ports, Perfect()).figures()
    assert result["f1"] == 1.0
    assert result["stack_iou"] == pytest.approx(1.0, abs=0.02)
    assert result["claimed_empty"] == 0
    assert result["length_error_m"] == pytest.approx(0.0, abs=0.01)
    assert result["axis_error_deg"] == pytest.approx(0.0, abs=0.1)


def test_who_finds_nothing_recalls_nothing_and_claims_nothing(ports: Path) -> None:
    result = evaluate(ports, Blind())
    assert result.figures()["recall"] == 0.0
    assert np.isnan(result.figures()["precision"])
    assert result.figures()["claimed_empty"] == 0
    assert "blind" in result.table()


def test_the_result_is_plain_json_and_a_table_with_a_line_a_scene(ports: Path) -> None:
    result = evaluate(ports, Perfect())
    document = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert document["scenes"] == 2
    assert {row["scene"] for row in document["by_scene"]} == {"east", "west"}
    assert "east" in result.table()
    assert "west" in result.table()


def test_a_single_labelled_folder_is_enough(ports: Path) -> None:
    assert len(evaluate(ports / "east", Perfect()).scores) == 1


def test_a_folder_without_labels_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no labelled scene"):
        evaluate(tmp_path, Blind())


def test_broken_labels_are_named(ports: Path) -> None:
    (ports / "east" / "labels.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="east"):
        evaluate(ports, Blind())
    document = {"features": [{"properties": {"kind": "whale"}, "geometry": None}]}
    (ports / "east" / "labels.geojson").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataError, match="whale"):
        evaluate(ports, Blind())


def test_two_images_in_one_folder_are_an_error(ports: Path) -> None:
    image = next((ports / "east").glob("*.tif"))
    shutil.copy(image, image.with_name("other.tif"))
    with pytest.raises(DataError, match="2 GeoTIFFs"):
        evaluate(ports, Blind())


def test_labels_come_back_in_pixels(ports: Path) -> None:
    port = read_port(labelled_folders(ports)[0])
    for read, drawn in zip(port.hulls, harbour.HULLS, strict=True):
        assert read.x == pytest.approx(drawn.x, abs=0.01)
        assert read.y == pytest.approx(drawn.y, abs=0.01)
        assert read.length_px == pytest.approx(drawn.length_px, abs=0.05)
    assert len(port.stacks) == len(port.empty) == 1


def test_the_baseline_finds_a_ship_on_the_roads(ports: Path) -> None:
    result = evaluate(ports / "east", ThresholdDetector())
    assert result.figures()["found"] >= 1


def test_the_table_tells_occupied_from_empty_berths_and_length_classes_apart(ports: Path) -> None:
    result = evaluate(ports, Perfect())
    pooled, table = result.figures(), result.table()
    assert pooled["occupied_found"] > 0
    assert pooled["occupied_missed"] == 0
    assert pooled["empty_left"] == pooled["empty_berths"] == 2
    assert "predicted as" in table
    assert "100-200" in table
    assert {"zone", "length_from_m", "recall", "precision", "f1"} <= set(result.by_class().columns)


def test_vessels_are_scored_by_berth_inshore_and_open_apart(ports: Path) -> None:
    table = evaluate(ports, Perfect()).by_class()
    totals = table.groupby("zone")[["vessels", "found", "predicted", "true"]].sum()
    assert set(totals.index) == {"berth", "inshore", "open"}
    assert totals.loc["berth"].tolist() == totals.loc["inshore"].tolist() == [4, 4, 4, 4]
    assert totals.loc["open"].tolist() == [0, 0, 0, 0]


@dataclass(frozen=True)
class Trained:
    """What names the ports it was trained on."""

    trained_on: tuple[str, ...]


@dataclass(frozen=True)
class Learnt(Blind):
    """Was trained on one of the two ports."""

    weights: Trained = Trained(("west", "north"))


def test_scenes_that_the_weights_were_trained_on_are_named_beside_the_figures(ports: Path) -> None:
    result = evaluate(ports, Learnt())
    assert result.to_json()["trained_on"] == ["west"]
    assert "trained on west: no figures of new ports" in result.table()
    assert "trained on" not in evaluate(ports / "east", Learnt()).table()


def test_what_is_claimed_where_no_vessel_lies_is_told_apart(ports: Path) -> None:
    labels = ports / "east" / "labels.geojson"
    document = json.loads(labels.read_text(encoding="utf-8"))
    document["features"] = [f for f in document["features"] if f["properties"]["kind"] != "vessel"]
    labels.write_text(json.dumps(document), encoding="utf-8")
    assert evaluate(ports, Blind()).figures()["null_scenes"] == 1
    assert evaluate(ports, Blind()).figures()["null_false_alarms"] == 0
    assert evaluate(ports / "east", ThresholdDetector()).figures()["null_false_alarms"] >= 1


def marina(folder: Path, ports: Path, name: str) -> Path:
    """Further labels of one port: its first hull's surroundings as small craft."""
    west, south, east, north = (float(value) for value in hull_bounds(ports / name))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"kind": "small_craft"},
    }
    folder.mkdir()
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (folder / f"{name}.geojson").write_text(text)
    return folder


def hull_bounds(port: Path) -> np.ndarray:
    features = json.loads((port / "labels.geojson").read_text())["features"]
    ring = np.array(next(f for f in features if f["properties"]["kind"] == "vessel")["geometry"]["coordinates"][0])
    return np.concatenate([ring.min(axis=0) - 1e-4, ring.max(axis=0) + 1e-4])


def test_further_labels_of_a_port_are_read_beside_its_own(ports: Path, tmp_path: Path) -> None:
    more = marina(tmp_path / "more", ports, "east")
    assert len(read_port(ports / "east", more).small_craft) == 1
    assert read_port(ports / "west", more).small_craft == ()
    assert len(read_port(ports / "east", more).hulls) == len(read_port(ports / "east").hulls)


def test_hulls_found_at_a_marina_are_counted_by_themselves(ports: Path, tmp_path: Path) -> None:
    more = marina(tmp_path / "more", ports, "east")
    result = evaluate(ports, Perfect(), labels=more)
    assert result.figures()["small_craft_right"] == 1
    assert result.figures()["precision_at_small_craft"] == 1.0
    assert "at small craft" in result.table()
    assert "at small craft" not in evaluate(ports, Perfect()).table()


def test_broken_further_labels_are_named(ports: Path, tmp_path: Path) -> None:
    more = marina(tmp_path / "more", ports, "east")
    (more / "east.geojson").write_text('{"features": [{"properties": {"kind": "yacht"}}]}')
    with pytest.raises(DataError, match=r"east\.geojson: feature 0 has kind 'yacht'"):
        evaluate(ports, Perfect(), labels=more)
