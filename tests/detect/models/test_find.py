"""Weights are a name, a path or a folder."""

import hashlib
import json
from pathlib import Path

import pytest

from monitor.core.errors import DetectorError
from monitor.detect.models.describe import summary, summary_text
from monitor.detect.models.description import OwnModel
from monitor.detect.models.find import find_weights, known_weights
from monitor.detect.yolo.weights import Weights

BYTES = b"not opened here"
SHA = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a trained folder, a file with a description, and one without."""
    (tmp_path / "trained").mkdir()
    (tmp_path / "trained" / "ships.onnx").write_bytes(BYTES)
    entry = (
        f'[ships]\nfile = "ships.onnx"\nsha256 = "{SHA}"\ntask = "obb"\nbands = ["B04", "B03", "B02"]\ngsd_m = 0.5\n'
    )
    (tmp_path / "trained" / "weights.toml").write_text(entry)
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "mine.onnx").write_bytes(BYTES)
    (tmp_path / "weights" / "mine.toml").write_text('threshold = 0.4\n[classes]\nship = "vessel"\n')
    (tmp_path / "bare.pt").write_bytes(BYTES)
    return tmp_path


def test_a_name_is_what_comes_with_monitor(home: Path) -> None:
    found = find_weights("harbour26", home=home)
    assert isinstance(found, Weights)
    assert found.bands == ("B02", "B03", "B04", "B08", "B11")


@pytest.mark.parametrize("text", ["trained", "trained/ships", "trained/ships.onnx", "{home}/trained"])
def test_a_folder_of_training_its_name_and_its_file_are_the_same_weights(home: Path, text: str) -> None:
    found = find_weights(text.format(home=home), home=home)
    assert isinstance(found, OwnModel)
    assert (found.name, found.sha256, found.keys.gsd_m) == ("ships", SHA, 0.5)


def test_a_checkpoint_takes_what_is_said_of_the_file_exported_from_it(home: Path) -> None:
    """Training writes both, and says of one of them what numbers and pixels it takes."""
    checkpoint = home / "trained" / "ships.pt"
    checkpoint.write_bytes(b"the checkpoint")
    entry = home / "trained" / "weights.toml"
    entry.write_text(f'{entry.read_text()}checkpoint_sha256 = "{hashlib.sha256(b"the checkpoint").hexdigest()}"\n')
    found = find_weights("trained/ships.pt", home=home, keys={"iou": 0.4})
    assert isinstance(found, OwnModel)
    assert (found.path, found.name, found.keys.gsd_m, found.keys.iou) == (checkpoint, "ships", 0.5, 0.4)
    checkpoint.write_bytes(b"another checkpoint")
    assert find_weights("trained/ships.pt", home=home).keys.gsd_m is None


def test_the_shipped_checkpoint_is_what_was_exported_from_it(repository: Path, home: Path) -> None:
    assert isinstance(find_weights(str(repository / "weights" / "harbour26.pt"), home=home), Weights)


@pytest.mark.parametrize("text", ["weights/mine.onnx", "mine.onnx"])
def test_a_file_takes_what_is_said_beside_it_and_what_the_settings_say_over_it(home: Path, text: str) -> None:
    found = find_weights(text, home=home, keys={"iou": 0.3})
    assert isinstance(found, OwnModel)
    assert (found.keys.threshold, found.keys.iou, found.keys.classes) == (0.4, 0.3, {"ship": "vessel"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "no weights named 'nothing': there are harbour26, and there is no such file or folder"),
        ("yolo11n-obb.pt", "no weights named 'yolo11n-obb.pt'"),
        ("weights", "no weights.toml there; name a folder that monitor train wrote"),
        ("weights/mine.toml", "no weights; use a .pt of ultralytics, an exported .onnx"),
    ],
)
def test_what_is_not_there_or_no_weights_is_said_in_one_line(home: Path, text: str, message: str) -> None:
    with pytest.raises(DetectorError) as caught:
        find_weights(text, home=home)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_the_registered_one_is_refused(home: Path) -> None:
    (home / "trained" / "ships.onnx").write_bytes(b"another")
    with pytest.raises(DetectorError, match="the file was replaced or damaged"):
        find_weights("trained", home=home)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("band = 3", "no key 'band'; known are task"),
        ("threshold = 2", "threshold: Input should be less than or equal to 1"),
        ('stretch = "fixed"', "needs stretch_range"),
        ("gsd_range_m = [3, 1]", "give the lower number first"),
        ("threshold = ", "not readable TOML"),
    ],
)
def test_a_wrong_description_names_the_file_and_the_key(home: Path, said: str, message: str) -> None:
    (home / "bare.toml").write_text(said)
    with pytest.raises(DetectorError) as caught:
        find_weights("bare.pt", home=home)
    assert message in str(caught.value)
    assert "bare.toml" in str(caught.value)


def test_known_are_the_shipped_ones_and_those_of_the_folder(home: Path) -> None:
    known = {one.name: one for one in known_weights(home)}
    assert set(known) == {"harbour26", "ships", "bare", "mine"}
    text = summary_text(summary(known["harbour26"]))
    assert "pixels of 8–12 m" in text
    assert "recall, hulls of 60 m and more: 0.82" in text
    assert "no error was measured" in summary_text(summary(known["mine"]))


def test_a_card_of_the_very_file_is_what_was_measured_of_it(home: Path) -> None:
    card = home / "weights" / "mine.card.json"
    line = ["recall", "0.90 (0.80–0.95)", "50 vessels"]
    card.write_text(json.dumps({"weights_sha256": SHA, "measured": [line]}))
    assert find_weights("mine.onnx", home=home).measured == (tuple(line),)
    card.write_text(json.dumps({"weights_sha256": "0" * 64, "measured": [line]}))
    assert find_weights("mine.onnx", home=home).measured == ()
    card.write_text("{")
    with pytest.raises(DetectorError, match="not a readable card"):
        find_weights("mine.onnx", home=home)
