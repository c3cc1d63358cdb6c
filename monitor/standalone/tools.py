"""Evaluation, training and simulation without a workspace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from monitor.core.aoi import read_aois
from monitor.core.errors import SettingsError
from monitor.core.parallel import open_pool
from monitor.core.timerange import TimeRange
from monitor.detect.base import Detector
from monitor.detect.evaluation.evaluate import Evaluation
from monitor.detect.evaluation.evaluate import evaluate as score
from monitor.simulate.labelled import labelled_port
from monitor.sources.simulated.files import SeasonFiles, write_season
from monitor.workspace.factory import make_detector, season_of, shipped_ports


def evaluate(
    folder: Path, *, weights: str | None = None, threshold: float | None = None, out: Path | None = None
) -> Evaluation:
    """The scores of a detector on labelled scenes.

    Parameters
    ----------
    folder : Path
        Labelled scenes, a folder each.
    weights : str, optional
        Name, file or folder of the detector's weights.
    threshold : float, optional
        Least score of a detection.
    out : Path, optional
        Where the scores are also written, as JSON.
    """
    detector: Detector = make_detector("s2", weights, threshold)
    result = score(folder, detector)
    if out is not None:
        out.write_text(json.dumps(result.to_json(), indent=1) + "\n", encoding="utf-8")
    return result


def train(
    folders: Sequence[Path],
    *,
    out: Path,
    minutes: float = 90.0,
    seed: int = 7,
    leave_out: Sequence[str] = (),
    simulated: int | None = None,
    recipe: Path | None = None,
) -> Path:
    """The folder of weights that are trained on labelled folders and simulated ports.

    Parameters
    ----------
    folders : sequence of Path
        Labelled scenes.
    out : Path
        The folder to write.
    minutes : float, optional
        How long one stage is trained; without `recipe` alone.
    seed : int, optional
        Of that stage.
    leave_out : sequence of str, optional
        Names of ports that are not trained on.
    simulated : int, optional
        How many simulated ports; those of the recipe without it.
    recipe : Path, optional
        A file of stages (``weights/recipe.toml``), with duration and seeds.

    Raises
    ------
    SettingsError
        The packages that training needs are not installed.
    DataError
        The recipe cannot be read, or nothing is left to train on.
    """
    try:
        from monitor.training.recipe import Stage, Stages, read_stages
        from monitor.training.train import train as train_weights
    except ModuleNotFoundError as error:
        raise SettingsError(f"training needs {error.name}; pip install 'maritime-monitor[train]'") from error
    plan = Stages((Stage(minutes=minutes, seed=seed),)) if recipe is None else read_stages(recipe)
    count = plan.simulated if simulated is None else simulated
    ports = [labelled_port(plan.simulated_seed + number, size_px=plan.simulated_px) for number in range(count)]
    return train_weights(tuple(folders), out=out, stages=plan.stages, leave_out=tuple(leave_out), simulated=ports)


def simulate(
    folder: Path,
    *,
    seed: int = 7,
    period: str = "2023-08-14/2023-10-23",
    scenario: str = "shuttle-2023",
    sensors: Sequence[str] = ("s2",),
    aois: Path | None = None,
    pool: str | None = None,
    background: Path | None = None,
) -> SeasonFiles:
    """The files of a simulated season with known truth: scenes, AIS files, truth tables.

    Parameters
    ----------
    folder : Path
        New or empty.
    seed : int, optional
        The same seed makes the same season.
    period : str, optional
        Such as ``2023-08-14/2023-10-23``.
    scenario : str, optional
        Its name.
    sensors : sequence of str, optional
        ``s2`` and ``s1``.
    aois : Path, optional
        Folder of AOIs; those that are shipped without it.
    pool : str, optional
        Such as ``processes:4``.
    background : Path, optional
        A folder of real Sentinel-2 GeoTIFFs, as for the source ``folder``. The clearest that covers a port is the
        ground of all its optical scenes: land, piers and water as they are in the pixels, under the season's ships,
        stacks, glint, haze and clouds. Ships and clouds in those pixels are not in the truth. Ports without such a
        scene, and radar, keep the drawn ground.

    Raises
    ------
    SettingsError
        The folder exists and is not empty.
    SourceError
        The folder of backgrounds does not exist.
    DataError
        The folder cannot be written, there is no such scenario or sensor, or no background covers any port.
    """
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(f"{folder}: not empty; give a new folder")
    ports = read_aois(aois or shipped_ports())
    made = season_of(
        ports,
        seed=seed,
        period=TimeRange.parse(period),
        scenario=scenario,
        sensors=tuple(sensors),
        background=background,
    )
    with open_pool(pool) as workers:
        return write_season(made, folder, pool=workers)
