"""Evaluation, training and simulation without a workspace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.core.aoi import read_aois
from monitor.core.errors import ArchiveError, DataError, SettingsError
from monitor.core.parallel import open_pool
from monitor.core.timerange import TimeRange
from monitor.detect.base import Detector
from monitor.detect.evaluation.card import model_card
from monitor.detect.evaluation.evaluate import Evaluation
from monitor.detect.evaluation.evaluate import evaluate as score
from monitor.detect.evaluation.matching import SCORING
from monitor.detect.models.description import OwnModel
from monitor.detect.models.find import card_path, read_keys
from monitor.detect.yolo.weights import Weights, weights_folder
from monitor.io.atomic import write_bytes
from monitor.simulate.labelled import labelled_port
from monitor.simulate.land.places import places
from monitor.simulate.scenarios import scenario as find_scenario
from monitor.sources.simulated.files import SeasonFiles, write_season
from monitor.sources.simulated.ports import PortFiles, PortPlan, write_ports
from monitor.workspace.factory import make_detector, season_of, shipped_ports


@dataclass(frozen=True, slots=True)
class Scored:
    """What an evaluation gave, and where its card was written."""

    result: Evaluation
    card: Path | None = None

    def to_json(self) -> dict[str, object]:
        """For scripts."""
        return {**self.result.to_json(), "card": None if self.card is None else str(self.card)}

    def text(self) -> str:
        """For people."""
        return self.result.table() + ("" if self.card is None else f"\ncard: {self.card}")


def evaluate(
    folder: Path,
    *,
    weights: str | None = None,
    threshold: float | None = None,
    sensor: str = "s2",
    floor_m: float = SCORING.floor_m,
    labels: Path | None = None,
    card: Path | None = None,
    out: Path | None = None,
) -> Scored:
    """The scores of a detector on labelled scenes.

    Of weights of one's own a card is written: Markdown, and beside the weights the figures that briefs quote.

    Parameters
    ----------
    folder : Path
        Labelled scenes, a folder each.
    weights : str, optional
        Name, file or folder of the detector's weights.
    threshold : float, optional
        Least score of a detection.
    sensor : str, optional
        Of the scenes.
    floor_m : float, optional
        Vessels shorter than this neither count nor cost.
    labels : Path, optional
        A folder with further labels, ``<name of the scene's folder>.geojson`` where there are any.
    card : Path, optional
        The Markdown file; beside weights of one's own by default, else none is written.
    out : Path, optional
        Where the scores are also written, as JSON.

    Raises
    ------
    DataError
        A scene cannot be read, or a file cannot be written.
    DetectorError
        The weights are missing or wrong, or a scene does not fit them.
    """
    detector: Detector = make_detector(sensor, weights, threshold, opened=True)
    result = score(folder, detector, floor_m=floor_m, sensor=sensor, labels=labels)
    used: Weights | OwnModel | None = getattr(detector, "weights", None)
    own = None if used is None or used.path.parent.resolve() == weights_folder().resolve() else used.path
    place = card or (None if own is None else own.with_suffix(".md"))
    if place is not None:
        name, sha256 = (detector.key, "") if used is None else (used.name, used.sha256)
        made = model_card(result, name=name, sha256=sha256, on=folder.resolve().name)
        _write(place, made.text)
        if own is not None:
            _write(card_path(own), json.dumps(made.as_json(), indent=1, ensure_ascii=False) + "\n")
    if out is not None:
        _write(out, json.dumps(result.to_json(), indent=1) + "\n")
    return Scored(result, place)


def _write(path: Path, text: str) -> None:
    try:
        write_bytes(path, text.encode())
    except ArchiveError as error:
        raise DataError(f"{error}; name another place by --card or --out") from error


def train(
    folders: Sequence[Path],
    *,
    out: Path,
    minutes: float = 90.0,
    seed: int = 7,
    leave_out: Sequence[str] = (),
    simulated: int | None = None,
    recipe: Path | None = None,
    labels: Path | None = None,
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
    labels : Path, optional
        A folder with further labels, ``<name of the port's folder>.geojson`` where there are any.

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
    return train_weights(
        tuple(folders), out=out, stages=plan.stages, leave_out=tuple(leave_out), simulated=ports, labels=labels
    )


def train_own(
    sources: Sequence[Path],
    *,
    model: str,
    out: Path,
    keys: Path | None = None,
    length: tuple[int | None, float] = (None, 90.0),
    seed: int = 7,
    leave_out: Sequence[str] = (),
) -> Path:
    """The folder of weights of a network of ultralytics, trained on labelled pictures.

    Parameters
    ----------
    sources : sequence of Path
        Labelled scene folders, ``data.yaml`` of ultralytics, COCO ``.json``.
    model : str
        A configuration such as ``yolo26n-obb.yaml``, a path to one, or to a checkpoint.
    out : Path
        The folder to write.
    keys : Path, optional
        A TOML of bands, stretch, image_px, gsd_m … as beside a model; its table ``[training]`` says how chips are
        varied.
    length : tuple of int or None and float, optional
        Epochs, or minutes where these are None.
    seed : int, optional
    leave_out : sequence of str, optional
        Names of labelled folders that are not trained on.

    Raises
    ------
    SettingsError
        The packages that training needs are not installed.
    DataError
        A source or the keys cannot be read, or nothing is left to train on.
    """
    try:
        from monitor.training.own.run import Base
        from monitor.training.own.train import train_own as train_network
        from monitor.training.own.variation import Variation, read_variation
    except ModuleNotFoundError as error:
        raise SettingsError(f"training needs {error.name}; pip install 'maritime-monitor[train]'") from error
    given = None if keys is None else read_keys(keys)
    varied = Variation() if keys is None else read_variation(keys)
    base = Base(model, epochs=length[0], minutes=length[1], seed=seed, variation=varied)
    return train_network(tuple(sources), base=base, out=out, keys=given, leave_out=tuple(leave_out), name=out.name)


def simulate(
    folder: Path,
    *,
    seed: int = 7,
    period: str | None = None,
    scenario: str = "shuttle-2023",
    sensors: Sequence[str] = ("s2",),
    aois: Path | None = None,
    pool: str | None = None,
    background: Path | None = None,
    gsd_m: float = 0.5,
) -> SeasonFiles:
    """The files of a simulated season with known truth: scenes, AIS files, truth tables.

    Parameters
    ----------
    folder : Path
        New or empty.
    seed : int, optional
        The same seed makes the same season.
    period : str, optional
        Such as ``2023-08-14/2023-10-23``; that of the scenario without it.
    scenario : str, optional
        Its name. One with places beyond the quay has them beside the ports; their outlines are written to ``aoi``.
    sensors : sequence of str, optional
        Of ``s2``, ``s1`` and ``hires``.
    aois : Path, optional
        Folder of AOIs; those that are shipped without it.
    pool : str, optional
        Such as ``processes:4``.
    background : Path, optional
        A folder of real Sentinel-2 GeoTIFFs, as for the source ``folder``. The clearest that covers a port is the
        ground of all its optical scenes: land, piers and water as they are in the pixels, under the season's ships,
        stacks, glint, haze and clouds. Ships and clouds in those pixels are not in the truth. Ports without such a
        scene, and radar, keep the drawn ground.
    gsd_m : float, optional
        Side of a pixel of ``hires``, metres.

    Raises
    ------
    SettingsError
        The folder exists and is not empty.
    SourceError
        The folder of backgrounds does not exist.
    DataError
        The folder cannot be written, there is no such scenario or sensor, or no background covers any port.
    """
    _check_new(folder)
    ports, chosen = read_aois(aois or shipped_ports()), find_scenario(scenario)
    made = season_of(
        (*ports, *(places() if chosen.land else ())),
        seed=seed,
        period=TimeRange.parse(period or chosen.period),
        scenario=scenario,
        sensors=tuple(sensors),
        background=background,
        hires_gsd_m=gsd_m,
    )
    with open_pool(pool) as workers:
        return write_season(made, folder, pool=workers)


def simulate_ports(
    folder: Path,
    *,
    sensor: str = "hires",
    count: int = 60,
    seed: int = 7,
    size_px: int = 384,
    gsd_m: float = 0.5,
    pool: str | None = None,
) -> PortFiles:
    """The labelled scene folders of made-up ports, to train a model on or to test one with.

    Parameters
    ----------
    folder : Path
        New or empty.
    sensor : str, optional
        ``hires``: quays with ships, containers one by one and their stacks. ``s2``: harbours at 10 m.
    count : int, optional
        How many scenes.
    seed : int, optional
        The same seed makes the same scenes.
    size_px : int, optional
        Rows, and as many columns.
    gsd_m : float, optional
        Side of a pixel of ``hires``, metres.
    pool : str, optional
        Such as ``processes:4``.

    Raises
    ------
    SettingsError
        The folder exists and is not empty.
    DataError
        The folder cannot be written, or the sensor has no made-up ports.
    """
    _check_new(folder)
    plan = PortPlan(sensor=sensor, count=count, seed=seed, size_px=size_px, gsd_m=gsd_m)
    with open_pool(pool) as workers:
        return write_ports(plan, folder, pool=workers)


def _check_new(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(f"{folder}: not empty; give a new folder")
