from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import rasterio

from monitor.cli.app import run
from tests.walk import made

pytestmark = pytest.mark.weights


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return made.write_scene(tmp_path, made.FIRST)


def test_a_loose_image_becomes_the_geojson_that_is_promised(image: Path, tmp_path: Path) -> None:
    out = tmp_path / "ships.geojson"
    assert run(["detect", "--image", str(image), "--out", str(out)]) == 0
    collection = json.loads(out.read_text())
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    assert len(collection["weights_sha256"]) == 64
    assert collection["observed"]["type"] in ("Polygon", "MultiPolygon")
    assert collection["observed_fraction"] == 1.0
    wanted = {"detection_id", "class_name", "score", "length_m", "length_low_m", "length_high_m", "axis_deg", "area_m2"}
    for feature in collection["features"]:
        assert feature["properties"].keys() >= wanted | {"zone", "scene_id", "acquired_at", "detector"}
        assert feature["geometry"]["type"] == "Polygon"
        assert feature["properties"]["acquired_at"] == "2023-09-05T02:16:09Z"


def test_an_image_that_cannot_be_looked_at_is_never_an_empty_sea(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.tif").write_bytes(b"II*\0not a tiff")
    out = tmp_path / "ships.geojson"
    assert run(["detect", "--image", str(tmp_path / "broken.tif"), "--out", str(out)]) == 1
    assert not out.exists()
    printed = capsys.readouterr().out
    assert "not written" in printed
    assert "broken.tif" in printed


def test_one_bad_image_stops_no_other(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "ships.geojson"
    missing = str(tmp_path / "missing.tif")
    assert run(["detect", "--image", str(image), missing, "--out", str(out), "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["images"] == 1
    assert printed["failures"] == [{"path": missing, "error": "no such file"}]
    assert out.exists()


def test_a_folder_with_scenes_of_another_place_is_a_failure_that_names_it(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "watch"
    assert run(["init", str(folder)]) == 0
    for port in (folder / "aoi").glob("*.geojson"):
        port.unlink()
    half = {"type": "Polygon", "coordinates": [[[0, 0], [0.1, 0], [0.1, 0.1], [0, 0.1], [0, 0]]]}
    (folder / "aoi" / "nowhere.geojson").write_text(json.dumps(half))
    scenes = folder / "scenes"
    scenes.mkdir(exist_ok=True)
    (scenes / image.name).write_bytes(image.read_bytes())
    capsys.readouterr()
    for command in (["pull"], ["pull", "--dry-run"]):
        assert run([*command, "-w", str(folder)]) == 1
        assert "1 GeoTIFF, none touches nowhere" in capsys.readouterr().out
    assert run(["doctor", "-w", str(folder)]) != 0
    assert "none touches nowhere" in capsys.readouterr().out
    (scenes / image.name).unlink()
    assert run(["pull", "-w", str(folder)]) == 1
    assert "no GeoTIFF and no Sentinel-2 product in it" in capsys.readouterr().out


def test_a_pull_accounts_for_what_no_port_needs(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "watch"
    assert run(["init", str(folder)]) == 0
    (folder / "scenes").mkdir(exist_ok=True)
    (folder / "scenes" / image.name).write_bytes(image.read_bytes())
    capsys.readouterr()
    assert run(["pull", "-w", str(folder)]) == 0
    assert capsys.readouterr().out == "pull: 1 done, 0 failed\n"  # the image shows one of both ports
    assert run(["pull", "--aoi", "dunai", "-w", str(folder)]) == 1
    assert "  left out: 1 outside the AOIs\n" in capsys.readouterr().out
    assert run(["pull", "--aoi", "dunai", "--json", "-w", str(folder)]) == 1
    assert json.loads(capsys.readouterr().out)["left_out"] == ["1 outside the AOIs"]


def test_a_fault_that_stops_a_search_stands_once(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(workspace / "scenes", ignore_errors=True)
    assert run(["pull", "--aoi", "rajin", "-w", str(workspace)]) == 1
    assert capsys.readouterr().out.count("no such folder") == 1


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_sensor_that_there_is_not_is_a_usage_error(
    workspace: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert run(["pull", "--sensor", "s3", *more, "-w", str(workspace)]) == 2
    assert "no sensor 's3'; there are s2, s1" in capsys.readouterr().err


def test_a_pull_of_a_damaged_file_alone_fails_and_names_it(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "scenes").mkdir(exist_ok=True)
    (workspace / "scenes/S2A_20230930T021609.tif").write_bytes(b"II*\0 not a scene")
    assert run(["pull", "-w", str(workspace)]) == 1
    out = capsys.readouterr().out
    assert "pull: 0 done, 1 failed" in out
    assert "S2A_20230930T021609.tif" in out


def test_flags_state_what_an_image_does_not(image: Path, tmp_path: Path) -> None:
    out = tmp_path / "ships.geojson"
    bare = tmp_path / "bare.tif"
    with rasterio.open(image) as source:
        profile = {**source.profile, "driver": "GTiff", "crs": None}
        with rasterio.open(bare, "w", **profile) as target:
            target.write(source.read())
    flags = ["--bands", "B02,B03,B04,B08,B11", "--crs", "EPSG:32652", "--sensor", "s2", "--at", "2023-09-05T02:16Z"]
    assert run(["detect", "--image", str(bare), *flags, "--out", str(out)]) == 0
    features = json.loads(out.read_text())["features"]
    assert features
    assert {feature["properties"]["acquired_at"] for feature in features} == {"2023-09-05T02:16:00Z"}


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--at", "noon"], "--at noon: give an instant as 2023-09-05T02:16Z"),
        (["--corners", "1,2"], "--corners 1,2: give west,south,east,north"),
        (["--nodata", "black"], "--nodata black: give a number, or none"),
        (["--sensor", "My Drone"], "'My Drone' cannot name a sensor"),
    ],
)
def test_a_flag_that_means_nothing_is_a_usage_error(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], message: str
) -> None:
    assert run(["detect", "--image", str(image), *flags, "--out", str(tmp_path / "x.geojson")]) == 2
    assert message in capsys.readouterr().err
