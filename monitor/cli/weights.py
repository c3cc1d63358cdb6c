"""Commands about weights: what is known, a description of one's own, training and scores."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import Session, ThresholdOption, WeightsOption, command, require

LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", help="A folder with further labels of scenes, NAME.geojson, as weights/labels."),
]

group = typer.Typer(name="weights", invoke_without_command=True)


@group.callback()
@command
def weights(session: Session) -> None:
    """List known weights: sensor, bands, pixel size, classes, measured errors, file and hash.

    Known are those that come with monitor, and those in the workspace's folder and its folder `weights`.

    Example: monitor weights --json
    """
    if session.subcommand:
        return
    from monitor.detect.models.describe import summary, summary_text
    from monitor.detect.models.find import known_weights

    rows = [summary(one) for one in known_weights(session.folder)]
    session.print({"weights": rows}, "\n".join(summary_text(row) for row in rows))


@group.command("describe")
@command
def describe(
    session: Session,
    file: Annotated[Path, typer.Argument(help="A .pt of ultralytics, or an exported .onnx.")],
    out: Annotated[Path | None, typer.Option("--out", help="The TOML to write.  [default: beside FILE]")] = None,
) -> None:
    """Write a first TOML for a model from what its own file says, and print what in it is guessed.

    Example: monitor weights describe mine.onnx
    """
    from monitor.detect.models.describe import describe
    from monitor.io.atomic import write_bytes

    made, place = describe(file), out or file.with_suffix(".toml")
    require(not place.exists(), f"{place}: is there already; delete it, or give another place by --out")
    write_bytes(place, made.text.encode())
    text = "\n".join([str(place), *(f"  guessed: {guess}" for guess in made.guesses), *(["", made.text])])
    session.print({"description": str(place), "guesses": list(made.guesses)}, text.rstrip("\n"))


@group.command("chances")
@command
def chances(
    session: Session,
    folders: Annotated[list[Path], typer.Argument(help="Labelled scene folders, or folders of them.")],
    weights: Annotated[str, typer.Option("--weights", help="Whose scores they are: a name, file or folder.")],
    folds: Annotated[
        list[str] | None, typer.Option("--fold", help="Weights of the same recipe that left scenes out; repeatable.")
    ] = None,
    floor_m: Annotated[
        float, typer.Option("--floor", min=0, help="Vessels shorter than this, in metres, neither count nor cost.")
    ] = 60.0,
    labels: LabelsOption = None,
) -> None:
    """Fit the chance that a detection is right, by score, zone and length, and write it beside the weights.

    Scenes that a network was trained on are passed over, so give folds that left them out.

    Example: monitor weights chances ports/ --weights trained --fold fold0 --fold fold1
    """
    from monitor.standalone.chances import fit_chances

    made = fit_chances(folders, weights=weights, folds=tuple(folds or ()), floor_m=floor_m, labels=labels)
    session.print(made.to_json(), made.text())


@command
def evaluate(
    session: Session,
    folder: Annotated[Path, typer.Argument(help="A labelled scene folder, or a folder of them.")],
    weights: WeightsOption = None,
    threshold: ThresholdOption = None,
    sensor: Annotated[str, typer.Option("--sensor", help="Of the scenes: s2, hires or any other.")] = "s2",
    floor_m: Annotated[
        float, typer.Option("--floor", min=0, help="Vessels shorter than this, in metres, neither count nor cost.")
    ] = 60.0,
    labels: LabelsOption = None,
    card: Annotated[
        Path | None, typer.Option("--card", help="The model card to write.  [default: beside weights of your own]")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Also write the scores as JSON.")] = None,
) -> None:
    """Score a detector on labelled scenes, and write the card of a model of your own, which briefs then quote.

    Examples: monitor evaluate labelled/ --json; monitor evaluate yard/ --weights mine.onnx --sensor hires --floor 0
    """
    from monitor.standalone.tools import evaluate

    scores = evaluate(
        folder, weights=weights, threshold=threshold, sensor=sensor, floor_m=floor_m, labels=labels, card=card, out=out
    )
    session.print(scores.to_json(), scores.text())


@command
def train(
    session: Session,
    source: Annotated[
        list[Path] | None, typer.Argument(help="Labelled scene folders; also data.yaml or COCO .json with --model.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", help="A network of ultralytics: yolo26n-obb.yaml, or a .pt to go on from.  [default: ours]"
        ),
    ] = None,
    reviews: Annotated[bool, typer.Option("--reviews", help="Also learn from the workspace's reviews.")] = False,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", help="With --model: a TOML of bands, stretch, image_px, gsd_m …, and [training]."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Where weights and log go.")] = Path("trained"),
    minutes: Annotated[float, typer.Option("--minutes", min=0.01, help="Longest time.")] = 90.0,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="With --model: passes, not minutes.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed and data make the same weights.")] = 7,
    leave_out: Annotated[list[str] | None, typer.Option("--leave-out", help="Ports kept for validation.")] = None,
    simulated: Annotated[
        int | None, typer.Option("--simulated", min=0, help="Made-up ports to mix in.  [default: the recipe's, or 0]")
    ] = None,
    recipe: Annotated[Path | None, typer.Option("--recipe", help="A file of stages, as weights/recipe.toml.")] = None,
    labels: LabelsOption = None,
) -> None:
    """Train our network, or any of ultralytics, on labelled scenes, data sets and reviews.

    Threshold, chances and lengths are fitted to what is left out; without any they are the identity.

    Examples: monitor train ports/ --leave-out busan --simulated 80 --out trained; monitor train yards/ --leave-out
    yard9 --model yolo26n-obb.yaml --out mine
    """
    from monitor.standalone.tools import train, train_own

    sources = list(source or [])
    if reviews:
        sources += session.open().reviews.export(out / "reviews", sensors=("s2",) if model is None else None)
    require(sources, "nothing to learn from: name labelled folders, or --reviews")
    kept = tuple(leave_out or ())
    if model is None:
        require(keys is None and epochs is None, "--keys and --epochs go with --model")
        made = train(
            sources,
            out=out,
            minutes=minutes,
            seed=seed,
            leave_out=kept,
            simulated=simulated,
            recipe=recipe,
            labels=labels,
        )
    else:
        require(
            simulated is None and recipe is None and labels is None,
            "--simulated, --recipe and --labels go without --model",
        )
        length = (epochs, minutes)
        made = train_own(sources, model=model, keys=keys, out=out, length=length, seed=seed, leave_out=kept)
    session.print({"weights": str(made)}, str(made))
