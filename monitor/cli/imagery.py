"""Commands that archive pixels, find objects in them, and make labelled data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import (
    AoiOption,
    LastOption,
    PeriodArgument,
    PoolOption,
    Session,
    ThresholdOption,
    WeightsOption,
    chosen_period,
    command,
    exit_if,
    print_outcomes,
    require,
)

SensorOption = Annotated[str | None, typer.Option("--sensor", help="s2 or s1.", show_default="both")]


@command
def pull(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    sensor: SensorOption = None,
    source: Annotated[str | None, typer.Option("--source", help="Another source than the settings'.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be pulled, and pull nothing.")] = False,
    pool: PoolOption = None,
) -> None:
    """Archive what is missing.

    Example: monitor pull 2023-10 --aoi rajin --dry-run
    """
    workspace, chosen = session.open(), chosen_period(period, last)
    if dry_run:
        plan = workspace.pull_plan(chosen, aoi=aoi, sensor=sensor, source=source)
        session.print(plan.as_json(), plan.text())
        exit_if(plan.failures)
        return
    print_outcomes(session, "pull", workspace.pull(chosen, aoi=aoi, sensor=sensor, source=source, pool=pool))


@command
def detect(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    image: Annotated[list[Path] | None, typer.Option("--image", help="GeoTIFFs; needs no workspace.")] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", hidden=True)] = None,
    sensor: Annotated[str | None, typer.Option("--sensor", help="With --image: s2 or s1.")] = None,
    bands: Annotated[
        str | None, typer.Option("--bands", help="With --image: names of the bands in order, as B02,B03,-.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="With --image --sensor s1: linear or db.")] = None,
    land: Annotated[Path | None, typer.Option("--land", help="With --image: land polygons (GeoJSON).")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="With --image: the GeoJSON file to write.")] = None,
    weights: WeightsOption = None,
    threshold: ThresholdOption = None,
    pool: PoolOption = None,
) -> None:
    """Find vessels and container stacks in archived scenes that lack them, or in single images.

    Examples: monitor detect 2023-10 --aoi rajin; monitor detect --image a.tif b.tif --out ships.geojson
    """
    if not image:
        print_outcomes(session, "detect", session.open().detect(chosen_period(period, last), aoi=aoi, pool=pool))
        return
    require(out, "detect --image needs --out FILE.geojson")
    from monitor.standalone.detect import Reading, detect_images
    from monitor.workspace.settings import FILE_NAME, read_settings

    require(unit in (None, "linear", "db"), f"--unit {unit}: use linear or db")
    files = [*image, *([Path(period)] if period else []), *(more or [])]
    assert out is not None
    limits = read_settings(session.folder / FILE_NAME).limits.value()
    reading = Reading(sensor or "s2", tuple(bands.split(",")) if bands else (), unit, limits)
    found = detect_images(files, out=out, reading=reading, land=land, weights=weights, threshold=threshold)
    session.print(found.as_json(), found.text())
    exit_if(found.failed)


@command
def evaluate(
    session: Session,
    folder: Annotated[Path, typer.Argument(help="A labelled scene folder, or a folder of them.")],
    weights: WeightsOption = None,
    threshold: ThresholdOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Also write the scores as JSON.")] = None,
) -> None:
    """Score a detector on labelled scenes.

    Example: monitor evaluate labelled/ --json
    """
    from monitor.standalone.tools import evaluate

    scores = evaluate(folder, weights=weights, threshold=threshold, out=out)
    session.print(scores.to_json(), scores.table())


@command
def train(
    session: Session,
    folder: Annotated[list[Path], typer.Argument(help="Labelled scene folders.")],
    out: Annotated[Path, typer.Option("--out", help="Where weights, log and model card go.")] = Path("trained"),
    minutes: Annotated[float, typer.Option("--minutes", min=0.01, help="Longest time.")] = 90.0,
    seed: Annotated[int, typer.Option("--seed", help="The same seed and data make the same weights.")] = 7,
    leave_out: Annotated[list[str] | None, typer.Option("--leave-out", help="Ports kept for validation.")] = None,
    simulated: Annotated[
        int | None, typer.Option("--simulated", min=0, help="Made-up ports to mix in.  [default: the recipe's, or 0]")
    ] = None,
    recipe: Annotated[Path | None, typer.Option("--recipe", help="A file of stages, as weights/recipe.toml.")] = None,
) -> None:
    """Train weights on labelled folders, composed scenes and made-up ports.

    Example: monitor train ports/ --leave-out busan --simulated 80 --out trained
    """
    from monitor.standalone.tools import train

    made = train(
        folder,
        out=out,
        minutes=minutes,
        seed=seed,
        leave_out=tuple(leave_out or ()),
        simulated=simulated,
        recipe=recipe,
    )
    session.print({"weights": str(made)}, str(made))


@command
def simulate(
    session: Session,
    folder: Annotated[Path, typer.Argument(help="A new folder for scenes, AIS and truth.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed makes the same season.")] = 7,
    period: Annotated[str, typer.Option("--period", help="What the season spans.")] = "2023-08-14/2023-10-23",
    scenario: Annotated[
        str, typer.Option("--scenario", help="What happens in it: crowded, untidy, ice …")
    ] = "shuttle-2023",
    sensor: Annotated[list[str] | None, typer.Option("--sensor", help="s2, s1; may repeat.")] = None,
    background: Annotated[
        Path | None,
        typer.Option(
            "--background", help="Folder of real Sentinel-2 GeoTIFFs as ground; ships in them are not in the truth."
        ),
    ] = None,
) -> None:
    """Make a port season with known truth.

    Example: monitor simulate season --seed 11
    """
    from monitor.standalone.tools import simulate

    made = simulate(
        folder, seed=seed, period=period, scenario=scenario, sensors=tuple(sensor or ("s2",)), background=background
    )
    session.print(made.as_json(), made.text())
