"""The network: what it takes from a checkpoint."""

from pathlib import Path

import numpy as np
import torch
from ultralytics.nn.modules import Conv
from ultralytics.nn.tasks import load_checkpoint

from monitor.detect.evaluation.reader import read_port
from monitor.training.augment.canvas import Recipe
from monitor.training.augment.ground import prepare_ground
from monitor.training.trainer import ChipDataset, ChipTrainer, Plan
from tests.detect import harbour

SHIPPED = Path(__file__).parents[2] / "weights" / "harbour26.pt"


def trainer(tmp_path: Path, start: Path | None) -> ChipTrainer:
    ground = prepare_ground(read_port(harbour.write_port(tmp_path / "port")), np.random.default_rng(0))
    return ChipTrainer(ChipDataset([ground], Recipe(size=64), length=4, seed=0), Plan(start=start), tmp_path)


def test_a_run_that_goes_on_begins_with_every_weight_of_the_checkpoint(tmp_path: Path) -> None:
    maker = trainer(tmp_path, SHIPPED)
    maker.data = maker.get_dataset()
    made = list(maker.get_model().state_dict().values())
    kept = list(load_checkpoint(str(SHIPPED))[0].float().state_dict().values())
    assert len(made) == len(kept)
    assert all(torch.equal(one, other) for one, other in zip(made, kept, strict=True))


def test_cells_are_smoothed_before_the_two_coarsest_strides(tmp_path: Path) -> None:
    maker = trainer(tmp_path, None)
    maker.data = maker.get_dataset()
    layers = list(maker.get_model().model)
    strided = [i for i, layer in enumerate(layers) if isinstance(layer, Conv) and layer.conv.stride == (2, 2)]
    smoothed = [isinstance(layers[i - 1], torch.nn.AvgPool2d) for i in strided]
    assert smoothed == [False, False, True, True]
