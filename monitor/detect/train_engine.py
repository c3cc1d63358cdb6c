"""The ultralytics trainer that learns from composed chips. The only training file that imports ultralytics."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from monitor.detect.compose import Cutout, Ground, Recipe, hull_bank, make_chip
from monitor.detect.train_loss import DenseLoss

os.environ.setdefault("YOLO_OFFLINE", "1")
os.environ.setdefault("YOLO_AUTOINSTALL", "0")
os.environ.setdefault("YOLO_VERBOSE", "0")

from ultralytics.models.yolo.semantic import SemanticSegmentationTrainer  # noqa: E402
from ultralytics.nn.tasks import SemanticSegmentationModel  # noqa: E402

log = logging.getLogger(__name__)

NETWORK = Path(__file__).with_name("harbour26-sem.yaml")


class ChipDataset(Dataset[dict[str, Any]]):
    """Endless variety in a fixed number of chips an epoch; chip i of epoch e depends on the seed, e and i alone."""

    def __init__(self, grounds: Sequence[Ground], bank: Sequence[Cutout], recipe: Recipe, length: int, seed: int):
        self.grounds, self.bank, self.recipe = list(grounds), list(bank), recipe
        self.length, self.seed, self.epoch = length, seed, 0
        share = np.array([np.sqrt(4 + len(ground.hulls)) for ground in grounds])
        self.share = share / share.sum()

    def __len__(self) -> int:
        """Chips in one epoch."""
        return self.length

    def __getitem__(self, index: int) -> dict[str, Any]:
        """One chip with its targets."""
        rng = np.random.default_rng((self.seed, self.epoch, index))
        ground = self.grounds[rng.choice(len(self.grounds), p=self.share)]
        image, targets = make_chip(ground, self.bank, self.recipe, rng)
        return {
            "img": torch.from_numpy(image),
            "maps": torch.from_numpy(targets.maps),
            "vessel_weight": torch.from_numpy(targets.vessel_weight),
            "stack_weight": torch.from_numpy(targets.stack_weight),
        }


class Loader(DataLoader[dict[str, Any]]):
    """A loader with the one extra method that the trainer calls."""

    def reset(self) -> None:
        """Nothing is cached between epochs."""


class ChipTrainer(SemanticSegmentationTrainer):  # type: ignore[misc]
    """ultralytics' semantic trainer on chips made as it goes; no files, no validation inside."""

    chips: ChipDataset
    network: str | Path = NETWORK
    start: Path | None = None

    def get_dataset(self) -> dict[str, Any]:
        """The description ultralytics wants; nothing is read."""
        from monitor.detect.train_targets import MAPS

        return {
            "names": {i: f"{MAPS[i // 4]}_{i % 4}" for i in range(4 * len(MAPS))},
            "nc": 4 * len(MAPS),
            "channels": 7,
            "train": "",
            "val": "",
        }

    def get_dataloader(self, dataset_path: str, batch_size: int = 8, rank: int = 0, mode: str = "train") -> Loader:
        """Chips in order; they are random already."""
        return Loader(self.chips, batch_size=batch_size, num_workers=0, drop_last=True)

    def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = False) -> SemanticSegmentationModel:
        """The network, from scratch or from given weights."""
        model = SemanticSegmentationModel(str(self.network), nc=self.data["nc"], ch=7, verbose=False)
        bias = model.model[-1].classifier[-1].bias
        with torch.no_grad():
            for index in (0, 1, 2, 5):
                bias[4 * index : 4 * index + 4] = -3.0
        if self.start is not None:
            saved = torch.load(self.start, weights_only=False)
            model.load_state_dict((saved.get("ema") or saved["model"]).float().state_dict())
        return model

    def _setup_train(self) -> None:
        super()._setup_train()
        self.model.criterion = DenseLoss()
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "0")) or os.cpu_count() or 1)

    def set_class_weights(self) -> None:
        """The loss has its own weights."""

    def get_validator(self) -> Any:
        """A stand-in: held-out ports are scored by `evaluate`, on whole scenes."""

        class Nothing:
            class metrics:
                keys: list[str] = []

        return Nothing()

    def validate(self) -> tuple[dict[str, float], float]:
        """Says what the epoch's losses were."""
        log.info("epoch %d %s", self.epoch + 1, {k: round(float(v), 3) for k, v in (self.tloss or {}).items()})
        return {}, 0.0

    def final_eval(self) -> None:
        """Nothing more to do."""

    def preprocess_batch(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Chips are ready; also tells the dataset which epoch it is in."""
        self.chips.epoch = self.epoch + 1
        return batch

    def progress_string(self) -> str:
        """No progress bar text."""
        return ""

    def plot_training_samples(self, batch: dict[str, Any], ni: int) -> None:
        """No plots."""


def run_training(
    grounds: Sequence[Ground], out: Path, *, recipe: Recipe, minutes: float, seed: int = 0,
    batch: int = 8, rate: float = 2e-3, start: Path | None = None, network: Path = NETWORK,
) -> Path:  # fmt: skip
    """Train for a number of minutes and return the checkpoint's path."""
    ChipTrainer.chips = ChipDataset(grounds, hull_bank(grounds), recipe, length=batch * 40, seed=seed)
    ChipTrainer.start, ChipTrainer.network = start, network
    trainer = ChipTrainer(
        overrides={
            "model": str(network), "data": "none.yaml", "task": "semantic", "epochs": 300, "time": minutes / 60, "batch": batch,
            "imgsz": recipe.size, "device": "cpu", "amp": False, "plots": False, "verbose": False, "workers": 0,
            "project": str(out.resolve()), "name": "run", "exist_ok": True, "seed": seed, "optimizer": "AdamW",
            "lr0": rate, "lrf": 0.01, "cos_lr": True, "warmup_epochs": 1, "weight_decay": 0.01, "nbs": batch,
            "momentum": 0.9, "close_mosaic": 0, "val": False, "warmup_bias_lr": 0.0, "deterministic": False,
        }
    )  # fmt: skip
    trainer.train()
    return Path(trainer.last)
