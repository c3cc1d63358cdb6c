"""How chips are cut and varied: the table of a file of keys."""

from __future__ import annotations

import pytest

from monitor.core.errors import DataError
from monitor.detect.models.find import read_keys
from monitor.training.own.variation import Variation, read_variation


def test_the_recipe_of_fine_pictures_says_how_chips_are_varied_and_describes_its_model(repository) -> None:
    path = repository / "weights" / "fine.toml"
    varied, keys = read_variation(path), read_keys(path)
    assert (varied.mosaic, varied.turn_deg) == (0.0, 0.0)
    assert varied.chip_px is not None
    assert varied.chip_px < keys.image_px


def test_a_file_without_the_table_leaves_everything_as_it_is(tmp_path) -> None:
    (tmp_path / "keys.toml").write_text('bands = ["B04", "B03", "B02"]\n')
    assert read_variation(tmp_path / "keys.toml") == Variation()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[training]\nmosaik = 1.0\n", r"training\.mosaik: .*known are chip_px, covered"),
        ("[training]\nturn_deg = 200\n", r"training\.turn_deg: Input should be less than or equal to 180"),
        ("training = 3\n", "training: Input should be a valid dictionary"),
        ("[training\n", "not readable TOML"),
    ],
)
def test_a_wrong_table_is_refused_with_the_key_that_is_wrong(tmp_path, text, said) -> None:
    (tmp_path / "keys.toml").write_text(text)
    with pytest.raises(DataError, match=rf"keys\.toml: {said}"):
        read_variation(tmp_path / "keys.toml")
