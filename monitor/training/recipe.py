"""Stages of training as a file: what each run does, so that weights can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from monitor.core.errors import DataError
from monitor.io.documents import read_toml
from monitor.training.augment.canvas import Recipe


@dataclass(frozen=True, slots=True)
class Stage:
    """One run of training.

    Attributes
    ----------
    minutes : float
        Length of the run where `epochs` is not given.
    epochs : int, optional
        Each of `steps` batches.
    steps : int
    seed : int
    rate : float
        Highest learning rate.
    workers : int
        Processes that make chips beside the training; with any number of them the chips are the same.
    resampled : int
        How many of the six chips of a batch are others again, shifted and scaled a little, to give the same maps.
    recipe : Recipe
    """

    minutes: float = 60.0
    epochs: int | None = None
    steps: int = 40
    seed: int = 7
    rate: float = 3e-3
    workers: int = 0
    resampled: int = 0
    recipe: Recipe = field(default_factory=Recipe)


@dataclass(frozen=True, slots=True)
class Stages:
    """A recipe file.

    Attributes
    ----------
    stages : tuple of Stage
    simulated : int
        How many simulated ports are mixed in.
    simulated_seed : int
        Of the first of them.
    simulated_px : int
        Pixels a side.
    """

    stages: tuple[Stage, ...]
    simulated: int = 0
    simulated_seed: int = 1000
    simulated_px: int = 224


def read_stages(path: Path) -> Stages:
    """The stages of a TOML file.

    ``[simulated]`` has count, seed, size_px; each ``[[stage]]`` has the fields of `Stage` and, under
    ``[stage.recipe]``, of `Recipe`.

    Raises
    ------
    DataError
        The file cannot be read, has no stage, or a name or a value in it is not known.
    """
    document = read_toml(path)
    entries = document.get("stage")
    if not isinstance(entries, list) or not entries:
        raise DataError(f"{path}: no [[stage]]; name at least one")
    made_up = document.get("simulated", {})
    _check(made_up, {"count", "seed", "size_px"}, f"{path}: [simulated]")
    return Stages(
        stages=tuple(_stage(entry, f"{path}: stage {number}") for number, entry in enumerate(entries, 1)),
        simulated=int(made_up.get("count", 0)),
        simulated_seed=int(made_up.get("seed", 1000)),
        simulated_px=int(made_up.get("size_px", 224)),
    )


def _check(entry: Mapping[str, object], known: set[str], where: str) -> None:
    unknown = set(entry) - known
    if unknown:
        raise DataError(f"{where}: unknown {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}")
    for name, value in entry.items():
        if name not in ("recipe", "scale") and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise DataError(f"{where}: {name} is {value!r}; use a number")


def _stage(entry: Mapping[str, object], where: str) -> Stage:
    _check(entry, {field.name for field in fields(Stage)}, where)
    chips = entry.get("recipe", {})
    if not isinstance(chips, dict):
        raise DataError(f"{where}: recipe is {chips!r}; use a table")
    _check(chips, {field.name for field in fields(Recipe)}, f"{where}, recipe")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in chips.items()}
    return Stage(**{**entry, "recipe": Recipe(**values)})  # type: ignore[arg-type]
