"""The ultralytics trainer that learns from composed chips."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset
from ultralytics.models.yolo.semantic import SemanticSegmentationTrainer
from ultralytics.nn.tasks import SemanticSegmentationModel, load_checkpoint

from monitor.detect.yolo.preprocess import CHANNELS
from monitor.training.augment.canvas import Recipe
from monitor.training.augment.chips import make_chip
from monitor.training.augment.ground import Cutout, Ground, hull_bank
from monitor.training.augment.targets import MAPS
from monitor.training.loss import PROBABILITIES, DenseLoss
from monitor.training.optimizer import MuonAdamW, optimizer_for

log = logging.getLogger(__name__)

NETWORK = Path(__file__).with_name("harbour26-sem.yaml")
_RARE = -3.0
_SHIFTED, _SCALED = 0.1, 0.1
"""Most shift, as a share of half a chip (6 px of 128), and most change of the log of the scale: 9-11 m (chosen)."""
_MOVES = 1
"""Tells the draws of moves from those of chips."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how to train.

    Attributes
    ----------
    minutes : float
        Length of the run where `epochs` is not given.
    epochs : int, optional
        Each of `steps` batches.
    seed : int
    batch : int
        Chips in a batch.
    resampled : int
        How many of these are others of the batch again, shifted and scaled a little, to give the same maps.
    steps : int
    rate : float
        Highest learning rate, reached after one epoch and then lowered along a cosine.
    workers : int
        Processes that make chips beside the training.
    start : Path, optional
        A checkpoint to go on from.
    network : Path
        ultralytics' description of the network.
    """

    minutes: float = 60.0
    epochs: int | None = None
    seed: int = 0
    batch: int = 6
    resampled: int = 0
    steps: int = 40
    rate: float = 3e-3
    workers: int = 0
    start: Path | None = None
    network: Path = NETWORK

    def overrides(self, out: Path, size: int) -> dict[str, Any]:
        """The same as ultralytics' settings."""
        length = {"epochs": self.epochs} if self.epochs else {"epochs": 1000, "time": self.minutes / 60}
        return {
            "model": str(self.network),
            "data": "chips.yaml",
            "task": "semantic",
            "batch": self.batch,
            "imgsz": size,
            "device": "cpu",
            "amp": False,
            "plots": False,
            "verbose": False,
            "workers": 0,
            "val": False,
            "project": str(out.resolve()),
            "name": "run",
            "exist_ok": True,
            "seed": self.seed,
            "deterministic": False,
            "optimizer": "AdamW",
            "lr0": self.rate,
            "lrf": 0.01,
            "cos_lr": True,
            "momentum": 0.9,
            "weight_decay": 0.01,
            "nbs": self.batch,
            "warmup_epochs": 1,
            "warmup_bias_lr": 0.0,
            "close_mosaic": 0,
            **length,
        }


class ChipDataset(Dataset[dict[str, Any]]):  # type: ignore[misc]
    """Chips made on demand; chip i of epoch e depends on the seed, e and i alone."""

    def __init__(self, grounds: Sequence[Ground], recipe: Recipe, *, length: int, seed: int) -> None:
        self.grounds, self.bank, self.recipe = list(grounds), hull_bank(grounds), recipe
        self.length, self.seed, self.epoch = length, seed, 0
        self.share = shares(grounds, recipe.simulated)

    def __len__(self) -> int:
        """Chips in one epoch."""
        return self.length

    def __getitem__(self, index: int) -> dict[str, Any]:
        """One chip with its targets."""
        rng = np.random.default_rng((self.seed, self.epoch, index))
        ground = self.grounds[rng.choice(len(self.grounds), p=self.share)]
        bank: Sequence[Cutout] = self.bank
        image, targets = make_chip(ground, bank, self.recipe, rng)
        return {
            "img": torch.from_numpy(image),
            "maps": torch.from_numpy(targets.maps),
            "vessel_weight": torch.from_numpy(targets.vessel_weight),
            "stack_weight": torch.from_numpy(targets.stack_weight),
        }


def shares(grounds: Sequence[Ground], simulated: float) -> NDArray[np.float64]:
    """How often each ground is drawn.

    Real ports by the root of their hulls and their share of the bands; simulated ones share `simulated` of all draws.
    """
    weight = [np.sqrt(4 + len(ground.hulls)) * np.mean(ground.port.has) for ground in grounds]
    real = np.array([0.0 if ground.made_up else w for ground, w in zip(grounds, weight, strict=True)], dtype=np.float64)
    made = np.array([ground.made_up for ground in grounds], dtype=np.float64)
    if made.any() and real.any():
        real, made = (1 - simulated) * real / real.sum(), simulated * made / made.sum()
    total: NDArray[np.float64] = (real + made) / (real + made).sum()
    return total


class ChipLoader(DataLoader[dict[str, Any]]):  # type: ignore[misc]
    """A loader with the one extra method that the trainer calls."""

    def reset(self) -> None:
        """Nothing is kept between epochs."""


def small_moves(count: int, rng: np.random.Generator) -> torch.Tensor:
    """(count, 2, 3) affine maps of a few pixels' shift and some percent of scale, as `affine_grid` takes them.

    Parameters
    ----------
    count : int
    rng : np.random.Generator
    """
    scale = np.exp(rng.uniform(-_SCALED, _SCALED, size=count))
    shift = rng.uniform(-_SHIFTED, _SHIFTED, size=(count, 2))
    theta = np.zeros((count, 2, 3), dtype=np.float32)
    theta[:, 0, 0] = theta[:, 1, 1] = scale
    theta[:, :, 2] = shift
    return torch.from_numpy(theta)


def resample(image: torch.Tensor, theta: torch.Tensor) -> torch.Tensor:
    """Chips under affine maps, by cubic interpolation, within 0–1 and 0 outside.

    Parameters
    ----------
    image : Tensor
        (n, channel, row, col).
    theta : Tensor
        (n, 2, 3), see `small_moves`.
    """
    where = F.affine_grid(theta, list(image.shape), align_corners=False)
    return F.grid_sample(image, where, mode="bicubic", align_corners=False).clamp(0, 1)


class _NoMetrics:
    keys: ClassVar[list[str]] = []


class _NoValidator:
    metrics = _NoMetrics


class ChipTrainer(SemanticSegmentationTrainer):  # type: ignore[misc]
    """ultralytics' semantic trainer on chips that never touch the disk; held-out ports are scored by `evaluate`."""

    def __init__(self, chips: ChipDataset, plan: Plan, out: Path) -> None:
        self.chips, self.plan = chips, plan
        self.rng = np.random.default_rng((plan.seed, _MOVES))
        super().__init__(overrides=plan.overrides(out, chips.recipe.size))
        self.add_callback("on_train_epoch_start", _pass_epoch)
        self.add_callback("on_train_epoch_end", _log_epoch)

    def get_dataset(self) -> dict[str, Any]:
        """The description that ultralytics needs; nothing is read."""
        names = {index: f"{MAPS[index // 4]}_{index % 4}" for index in range(4 * len(MAPS))}
        return {"names": names, "nc": len(names), "channels": CHANNELS, "train": "", "val": ""}

    def get_dataloader(self, dataset_path: str, batch_size: int = 8, rank: int = 0, mode: str = "") -> ChipLoader:  # noqa: ARG002
        """Chips in order; they are random already.

        Parameters
        ----------
        dataset_path, rank, mode : str or int
            Ultralytics calls it with these; none is used.
        batch_size : int
        """
        return ChipLoader(
            self.chips, batch_size=batch_size - self.plan.resampled, num_workers=self.plan.workers, drop_last=True
        )

    def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = False) -> SemanticSegmentationModel:  # noqa: ARG002
        """The network, from scratch or from the plan's checkpoint.

        Parameters
        ----------
        cfg, weights, verbose : object
            Ultralytics calls it with these; none is used.
        """
        model = SemanticSegmentationModel(str(self.plan.network), nc=self.data["nc"], ch=CHANNELS, verbose=False)
        with torch.no_grad():
            for index in PROBABILITIES:
                model.model[-1].classifier[-1].bias[4 * index : 4 * index + 4] = _RARE
        if self.plan.start is not None:
            start = load_checkpoint(str(self.plan.start))[0].float().state_dict()
            model.load_state_dict(
                dict(zip(model.state_dict(), start.values(), strict=True))
            )  # layers may be numbered anew
        return model.to(memory_format=torch.channels_last)

    def _setup_train(self) -> None:
        super()._setup_train()
        self.model.criterion = DenseLoss()
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1))

    def build_optimizer(
        self,
        model: Any,
        name: str = "auto",  # noqa: ARG002
        lr: float = 0.001,
        momentum: float = 0.9,  # noqa: ARG002
        decay: float = 1e-5,
        iterations: float = 1e5,  # noqa: ARG002
    ) -> MuonAdamW:
        """Muon and AdamW, in place of what ultralytics would choose.

        Parameters
        ----------
        model : nn.Module
        name, momentum, iterations : object
            Ultralytics calls it with these; they are not used.
        lr : float
            Learning rate.
        decay : float
            Weight decay.
        """
        return optimizer_for(model, rate=lr, decay=decay)

    def set_class_weights(self) -> None:
        """The loss has its own weights."""

    def get_validator(self) -> Any:
        """A stand-in that measures nothing."""
        return _NoValidator()

    def validate(self) -> tuple[dict[str, float], float]:
        """Nothing is measured while training."""
        return {}, 0.0

    def final_eval(self) -> None:
        """Nothing more to do."""

    def preprocess_batch(self, batch: dict[str, Any]) -> dict[str, Any]:
        """The batch with channels last, which convolutions process faster, and with chips resampled."""
        image, theta = batch["img"], small_moves(self.plan.resampled, self.rng)
        if len(theta):
            image = torch.cat([image, resample(image[: len(theta)], theta)])
        return batch | {"img": image.contiguous(memory_format=torch.channels_last), "theta": theta}

    def progress_string(self) -> str:
        """No headline for a progress bar."""
        return ""

    def plot_training_samples(self, batch: dict[str, Any], ni: int) -> None:
        """No plots."""


def _pass_epoch(trainer: ChipTrainer) -> None:
    trainer.chips.epoch = trainer.epoch


def _log_epoch(trainer: ChipTrainer) -> None:
    parts = ", ".join(f"{name} {float(value):.3f}" for name, value in (trainer.tloss or {}).items())
    log.info("epoch %d: %s", trainer.epoch + 1, parts)


def run_training(grounds: Sequence[Ground], out: Path, *, recipe: Recipe, plan: Plan) -> Path:
    """The checkpoint of a training run on ports, ``out/run/weights/last.pt``.

    Parameters
    ----------
    grounds : sequence of Ground
    out : Path
    recipe : Recipe
    plan : Plan
    """
    chips = ChipDataset(grounds, recipe, length=(plan.batch - plan.resampled) * plan.steps, seed=plan.seed)
    trainer = ChipTrainer(chips, plan, out)
    trainer.train()
    return Path(trainer.last)
