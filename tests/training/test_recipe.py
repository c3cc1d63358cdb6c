"""The recipe file."""

from pathlib import Path

import pytest

from monitor.core.errors import DataError
from monitor.training.recipe import read_stages

SHIPPED = [Path(__file__).parents[2] / "weights" / name for name in ("recipe.toml", "folds.toml")]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_recipe_is_readable_and_every_stage_has_its_seed_and_length(path: Path) -> None:
    plan = read_stages(path)
    assert plan.simulated > 0
    assert len(plan.stages) >= 2
    assert len({stage.seed for stage in plan.stages}) == len(plan.stages)
    assert all(stage.epochs for stage in plan.stages)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[simulated]\ncount = 3\n", "no [[stage]]"),
        ("[[stage]]\nepoch = 3\n", "unknown epoch"),
        ('[[stage]]\nseed = "a"\n', "use a number"),
        ("[[stage]]\n[stage.recipe]\nfog = 1\n", "unknown fog"),
        ("[[stage]\n", "correct it"),
    ],
)
def test_a_recipe_with_a_mistake_is_refused_with_what_and_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_stages(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_stage_takes_its_chips_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text("[[stage]]\nepochs = 2\n[stage.recipe]\nsize = 64\nscale = [0.9, 1.1]\n")
    (stage,) = read_stages(path).stages
    assert (stage.epochs, stage.recipe.size, stage.recipe.scale) == (2, 64, (0.9, 1.1))
