"""Commands that archive pixels, find objects in them, and make labelled data."""

from __future__ import annotations

from collections.abc import Mapping
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
    left_out: list[str] = []
    outcomes = workspace.pull(chosen, aoi=aoi, sensor=sensor, source=source, pool=pool, left_out=left_out.append)
    print_outcomes(session, "pull", outcomes, left_out=left_out)


@command
def detect(
    session: Session,
    period: PeriodArgument = None,
    last: LastOption = None,
    aoi: AoiOption = None,
    image: Annotated[
        list[Path] | None,
        typer.Option("--image", help="GeoTIFF, JP2, PNG, JPEG, or a folder of bands; needs no workspace."),
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", hidden=True)] = None,
    sensor: Annotated[
        str | None, typer.Option("--sensor", help="With --image: s2, s1, planet, hires, landsat or a word of your own.")
    ] = None,
    bands: Annotated[
        str | None, typer.Option("--bands", help="With --image: names of the bands in order, as B02,B03,-.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="With --image: when they were taken, 2023-09-05T02:16Z or 2023-09-05.")
    ] = None,
    corners: Annotated[
        str | None,
        typer.Option("--corners", help="With --image: WEST,SOUTH,EAST,NORTH, or longitude and latitude of 4 corners."),
    ] = None,
    crs: Annotated[str | None, typer.Option("--crs", help="With --image: of one that states none, EPSG:32652.")] = None,
    nodata: Annotated[
        str | None, typer.Option("--nodata", help="With --image: the number of pixels that were not seen, or none.")
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
    loose = {"sensor": sensor, "bands": bands, "unit": unit, "land": land, "out": out}
    _check_options(
        "detect --{} needs --image FILE; archived scenes state it, and land is that of the port", loose, image
    )
    own = {"weights": weights, "threshold": threshold}
    _check_options(
        "detect --{0} needs --image FILE; for archived scenes set {0} in [detector] of monitor.toml", own, image
    )
    _check_options(
        "detect --{} is for archived scenes, without --image", {"last": last, "aoi": aoi, "pool": pool}, not image
    )
    if not image:
        print_outcomes(session, "detect", session.open().detect(chosen_period(period, last), aoi=aoi, pool=pool))
        return
    require(out, "detect --image needs --out FILE.geojson")
    from monitor.sources.imagery.local.reading import Reading, parse_at, parse_corners, parse_nodata
    from monitor.standalone.detect import detect_images
    from monitor.workspace.settings import FILE_NAME, read_settings

    require(unit in (None, "linear", "db"), f"--unit {unit}: use linear or db")
    files = [*image, *([Path(period)] if period else []), *(more or [])]
    assert out is not None
    reading = Reading(
        sensor=sensor,
        bands=tuple(bands.split(",")) if bands else (),
        unit=unit,
        at=parse_at(at) if at else None,
        crs=crs or "",
        corners=parse_corners(corners) if corners else (),
        nodata=parse_nodata(nodata) if nodata else None,
        limits=read_settings(session.folder / FILE_NAME).limits.value(),
    )
    found = detect_images(files, out=out, reading=reading, land=land, weights=weights, threshold=threshold)
    session.print(found.as_json(), found.text())
    exit_if(found.failed)


def _check_options(message: str, given: Mapping[str, object], wanted: object) -> None:
    """Refuse options that would have no effect."""
    for name, value in given.items():
        require(wanted or value is None, message.format(name))


@command
def simulate(
    session: Session,
    folder: Annotated[Path, typer.Argument(help="A new folder for scenes, AIS and truth.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed makes the same season.")] = 7,
    period: Annotated[
        str | None, typer.Option("--period", help="What the season spans.  [default: the scenario's]")
    ] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help="What happens in it: crowded, untidy, ice, depot, depot-quiet …")
    ] = "shuttle-2023",
    sensor: Annotated[list[str] | None, typer.Option("--sensor", help="s2, s1, hires; may repeat.")] = None,
    gsd_m: Annotated[float, typer.Option("--gsd-m", help="Pixel of --sensor hires: 0.3 to 5 m.")] = 0.5,
    labelled: Annotated[
        int | None,
        typer.Option("--labelled", min=1, help="Write so many labelled scenes of made-up ports, and no season."),
    ] = None,
    size_px: Annotated[
        int, typer.Option("--size-px", min=128, max=4096, help="With --labelled: side of a scene, pixels.")
    ] = 384,
    background: Annotated[
        Path | None,
        typer.Option(
            "--background", help="Folder of real Sentinel-2 GeoTIFFs as ground; ships in them are not in the truth."
        ),
    ] = None,
) -> None:
    """Make a port season with known truth, or labelled scenes to train on.

    Examples: monitor simulate season --seed 11; monitor simulate year --scenario depot; monitor simulate quays --sensor
    hires --labelled 200
    """
    from monitor.standalone.tools import simulate, simulate_ports

    sensors = tuple(sensor or ("s2",))
    if labelled is not None:
        require(len(sensors) == 1, "--labelled needs one --sensor: hires or s2")
        ports = simulate_ports(folder, sensor=sensors[0], count=labelled, seed=seed, size_px=size_px, gsd_m=gsd_m)
        session.print(ports.as_json(), ports.text())
        return
    made = simulate(
        folder, seed=seed, period=period, scenario=scenario, sensors=sensors, background=background, gsd_m=gsd_m
    )
    session.print(made.as_json(), made.text())
