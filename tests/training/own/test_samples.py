"""Labelled pictures of any origin, and the chips made of them."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from monitor.core.errors import DataError
from monitor.detect.models.description import ModelKeys
from monitor.training.own.chips import GREY, write_chips
from monitor.training.own.samples import Labelled, read_picture, read_samples
from tests.detect import harbour

OBB = "0 0.25 0.25 0.75 0.25 0.75 0.5 0.25 0.5\n"
KEYS = ModelKeys(bands=("B04", "B03", "B02"))


def picture(path: Path, side: int = 64, value: int = 90) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((side, side, 3), value, dtype=np.uint8))
    return path


def data_set(folder: Path, *, names: object = ("ship", "storage tank"), label: str = OBB) -> Path:
    for split in ("train", "val"):
        picture(folder / "images" / split / "one.png")
        (folder / "labels" / split).mkdir(parents=True)
        (folder / "labels" / split / "one.txt").write_text(label)
    said = {"path": str(folder), "train": "images/train", "val": "images/val", "names": names}
    (folder / "data.yaml").write_text(json.dumps(said))
    return folder


def test_a_labelled_folder_gives_hulls_stacks_and_places_that_are_ignored(tmp_path: Path) -> None:
    (sample,) = read_samples([harbour.write_port(tmp_path / "port")])
    kinds = [each.class_name for each in sample.objects]
    assert kinds.count("vessel") == len(harbour.HULLS)
    assert "container_stack" in kinds
    middle = np.array([each.ring.mean(axis=0) for each in sample.objects if each.class_name == "vessel"])
    drawn = np.array([[hull.x, hull.y] for hull in harbour.HULLS])
    assert np.abs(middle - drawn).max() < 0.6
    assert sample.gsd_m == pytest.approx(10.0)


def test_a_data_set_of_ultralytics_keeps_its_val_from_training_and_takes_our_class_names(tmp_path: Path) -> None:
    shown, held = read_samples([data_set(tmp_path / "set")])
    assert (shown.held_out, held.held_out) == (False, True)
    (one,) = shown.objects
    assert one.class_name == "vessel"
    assert one.ring.tolist() == [[16, 16], [48, 16], [48, 32], [16, 32]]
    assert read_samples([tmp_path / "set" / "data.yaml"])[0].name == shown.name


def test_boxes_without_turn_and_names_by_number_are_read(tmp_path: Path) -> None:
    names = {"0": "ship", "1": "storage tank"}
    (one, _) = read_samples([data_set(tmp_path / "set", names=names, label="1 0.5 0.5 0.5 0.25\n")])
    assert one.objects[0].class_name == "storage_tank"
    assert one.objects[0].ring.tolist() == [[16, 24], [48, 24], [48, 40], [16, 40]]


def test_a_coco_file_gives_outlines_where_it_has_them_and_else_boxes(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "a.png")
    said = {
        "images": [{"id": 7, "file_name": "a.png", "width": 64, "height": 64}],
        "categories": [{"id": 3, "name": "boat"}],
        "annotations": [
            {"image_id": 7, "category_id": 3, "bbox": [10, 20, 20, 10], "segmentation": []},
            {"image_id": 7, "category_id": 3, "bbox": [0, 0, 9, 9], "segmentation": [[1, 1, 9, 1, 9, 9]]},
            {"image_id": 7, "category_id": 3, "bbox": [0, 0, 64, 64], "iscrowd": 1},
        ],
    }
    (tmp_path / "ann.json").write_text(json.dumps(said))
    (sample,) = read_samples([tmp_path / "ann.json"])
    assert [each.class_name for each in sample.objects] == ["vessel", "vessel"]
    assert sample.objects[0].ring.tolist() == [[10, 20], [30, 20], [30, 30], [10, 30]]
    assert sample.objects[1].ring.tolist() == [[1, 1], [9, 1], [9, 9]]


@pytest.mark.parametrize("label", ["0 0.1 0.2\n", "9 0.5 0.5 0.1 0.1\n", "x y\n", "0 0.1 0.2 0.3 0.4 0.5\n"])
def test_a_wrong_label_names_file_and_line(tmp_path: Path, label: str) -> None:
    with pytest.raises(DataError, match=r"one\.txt: line 1 is no label"):
        read_samples([data_set(tmp_path / "set", label=label)])


def test_what_is_no_source_is_said_with_what_would_be(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DataError, match=r"no labelled scenes \(labels\.geojson\), no data\.yaml"):
        read_samples([tmp_path / "notes.txt"])
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(DataError, match="no readable COCO file"):
        read_samples([tmp_path / "bad.json"])


def test_colours_are_red_green_blue_and_more_bands_are_pages(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((4, 5, 3), (10, 20, 30), dtype=np.uint8))
    assert read_picture(tmp_path / "a.png")[:, 0, 0].tolist() == [30, 20, 10]
    cv2.imwritemulti(str(tmp_path / "b.tiff"), [np.full((4, 5), value, dtype=np.uint8) for value in (1, 2, 3, 4, 5)])
    assert read_picture(tmp_path / "b.tiff")[:, 0, 0].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("task", "numbers"), [("obb", 8), ("segment", 8), ("detect", 4)])
def test_chips_carry_labels_of_the_task_in_shares_of_their_side(tmp_path: Path, task: str, numbers: int) -> None:
    samples = read_samples([data_set(tmp_path / "set")])[:1]
    keys = KEYS.model_copy(update={"task": task})
    write_chips(samples, tmp_path / "chips", classes=["vessel"], keys=keys, side=64, seed=1)
    (path,) = (tmp_path / "chips" / "labels" / "train").glob("*.txt")
    kind, *values = path.read_text().split()
    assert kind == "0"
    assert len(values) == numbers
    given = [float(value) for value in values]
    assert (min(given), max(given)) == ((0.25, 0.5) if task == "detect" else (0.25, 0.75))
    assert (tmp_path / "chips" / "images" / "train" / f"{path.stem}.png").is_file()


def test_what_carries_no_label_is_hidden(tmp_path: Path) -> None:
    (sample,) = read_samples([data_set(tmp_path / "set")])[:1]
    doubtful = Labelled("vessel", np.array([[2.0, 50], [20, 50], [20, 60], [2, 60]]), sure=False)
    both = type(sample)(sample.name, sample.origin, sample.read, (*sample.objects, doubtful))
    write_chips([both], tmp_path / "chips", classes=["vessel"], keys=KEYS, side=64, seed=1)
    (path,) = (tmp_path / "chips" / "images" / "train").glob("*.png")
    chip = read_picture(path)
    assert (chip[:, 52:58, 4:18] == GREY).all()
    assert (chip[:, 20:30, 20:40] == 90).all()


def test_four_bands_are_a_tiff_of_four_pages(tmp_path: Path) -> None:
    samples = read_samples([harbour.write_port(tmp_path / "port")])
    keys = ModelKeys(bands=("B02", "B03", "B04", "B08"), stretch="percentile")
    write_chips(samples, tmp_path / "chips", classes=["vessel", "container_stack"], keys=keys, side=128, seed=1)
    paths = list((tmp_path / "chips" / "images" / "train").glob("*.tiff"))
    assert paths
    assert read_picture(paths[0]).shape == (4, 128, 128)
    assert "channels: 4" in (tmp_path / "chips" / "data.yaml").read_text()


def test_a_picture_without_a_band_of_the_model_is_named(tmp_path: Path) -> None:
    samples = read_samples([data_set(tmp_path / "set")])[:1]
    with pytest.raises(DataError, match=r"set-train-one: no band B08; it has B04, B03, B02"):
        write_chips(samples, tmp_path / "c", classes=["vessel"], keys=ModelKeys(bands=("B08",)), side=64, seed=1)


def test_pictures_of_one_name_from_two_sources_are_told_apart_and_left_out_by_source(tmp_path: Path) -> None:
    for season in ("first", "second"):
        harbour.write_port(tmp_path / season / "scenes" / "port")
    samples = read_samples([tmp_path / "first", tmp_path / "second"])
    assert [sample.name for sample in samples] == ["first-port", "second-port"]
    assert [sample.name for sample in samples if "second" in sample.names] == ["second-port"]
    with pytest.raises(DataError, match="first-port: two labelled pictures of that name"):
        read_samples([tmp_path / "first", tmp_path / "first"])


@pytest.mark.parametrize("covered", [1, 3])
def test_a_picture_is_cut_at_other_spots_each_time_and_always_as_a_whole(tmp_path: Path, covered: int) -> None:
    big = np.arange(300 * 300, dtype=np.uint32).reshape(300, 300)
    image = np.stack([big % 251, big // 251 % 251, big // 63001], axis=-1).astype(np.uint8)
    folder = data_set(tmp_path / "set")
    cv2.imwrite(str(folder / "images" / "train" / "one.png"), image)
    everywhere = "".join(
        f"0 {x} {y} {x + 0.02} {y} {x + 0.02} {y + 0.01} {x} {y + 0.01}\n"
        for x in np.arange(0.01, 0.97, 0.05).round(3)
        for y in np.arange(0.01, 0.97, 0.05).round(3)
    )
    (folder / "labels" / "train" / "one.txt").write_text(everywhere)
    (sample, _) = read_samples([folder])
    write_chips([sample], tmp_path / "chips", classes=("vessel",), keys=KEYS, side=128, seed=1, covered=covered)
    chips = [cv2.imread(str(path)) for path in sorted((tmp_path / "chips" / "images" / "train").iterdir())]
    numbers = [(chip.astype(np.uint32) @ [1, 251, 63001]).reshape(chip.shape[:2]) for chip in chips]
    assert set(range(300 * 300)) <= {int(n) for number in numbers for n in number.ravel()}
    assert len({int(number[0, 0]) for number in numbers}) == len(chips)
    assert 9 * covered - 8 < len(chips) <= 9 * covered
