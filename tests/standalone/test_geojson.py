"""Single GeoTIFFs, and the GeoJSON that comes of them."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import rasterio
from shapely.geometry import box, shape

from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.sources.imagery.local.image import read_image
from monitor.standalone.detect import detect_images
from monitor.standalone.geojson import collection, write_collection
from monitor.training.augment.targets import corners
from tests.detect import harbour


@dataclass(frozen=True)
class OneHull:
    """Finds the harbour's first hull."""

    key: str = "one-hull"

    def __call__(self, raster: Raster) -> Boxes:
        one = np.array([160.0])
        ring = corners(harbour.HULLS[0]).astype(float)
        return Boxes((VESSEL,), (ring,), np.array([0.9]), one, one * 0.8, one * 1.2, np.array([0.0]))


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return next(harbour.write_port(tmp_path / "port").glob("*.tif"))


def test_the_collection_says_what_was_found_and_what_was_seen(image: Path) -> None:
    made = collection([read_image(image)], OneHull(), weights_sha256="abc")
    assert made["type"] == "FeatureCollection"
    assert made["observed_fraction"] == 1.0
    assert made["detector"] == "one-hull"
    assert made["weights_sha256"] == "abc"
    assert str(made["software"]).startswith("maritime-monitor")
    assert shape(made["observed"]).area > 0
    (feature,) = made["features"]
    wanted = {
        "detection_id",
        "class_name",
        "score",
        "length_m",
        "length_low_m",
        "length_high_m",
        "axis_deg",
        "area_m2",
        "zone",
        "scene_id",
        "acquired_at",
        "detector",
    }
    assert wanted <= set(feature["properties"])
    assert shape(feature["geometry"]).exterior.is_ccw
    assert shape(made["observed"]).contains(shape(feature["geometry"]))


def test_a_day_without_an_hour_has_no_instant(image: Path) -> None:
    (feature,) = collection([read_image(image)], OneHull())["features"]
    assert feature["properties"]["acquired_at"] is None
    assert feature["properties"]["acquired_start"].startswith("2023-09-05")


def test_bands_without_names_are_taken_by_their_number(tmp_path: Path) -> None:
    image = next(harbour.write_port(tmp_path / "port", descriptions=(None,) * 5).glob("*.tif"))
    _, raster = read_image(image)
    assert raster.bands == harbour.BANDS


def test_unknown_bands_are_an_error(tmp_path: Path) -> None:
    image = next(harbour.write_port(tmp_path / "port", descriptions=("VV", "VH", None, None, None)).glob("*.tif"))
    with pytest.raises(DataError, match="VV"):
        read_image(image)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"")
    with pytest.raises(DataError, match=r"broken\.tif"):
        read_image(broken)
    with pytest.raises(DataError, match="no such file"):
        read_image(tmp_path / "gone.tif")


def test_an_image_of_no_data_is_an_error(image: Path) -> None:
    with rasterio.open(image, "r+") as out:
        out.write(np.zeros((5, *out.shape), dtype=np.uint16))
    with pytest.raises(DataError, match="no-data"):
        read_image(image)


def test_land_that_is_given_takes_the_place_of_water_read_from_the_scene(image: Path) -> None:
    west, south, east, north = harbour.raster().grid.footprint().bounds
    everything = box(west - 1, south - 1, east + 1, north + 1)
    assert [
        f["properties"]["zone"] for f in collection([read_image(image)], OneHull(), land=everything)["features"]
    ] == ["berth"]


def test_the_file_is_whole_json(tmp_path: Path, image: Path) -> None:
    out = tmp_path / "out.geojson"
    write_collection(collection([read_image(image)], OneHull()), out)
    assert json.loads(out.read_text(encoding="utf-8"))["type"] == "FeatureCollection"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.geojson", "port"]


def test_a_file_that_cannot_be_written_is_named_and_leaves_nothing(tmp_path: Path, image: Path) -> None:
    out = tmp_path / "out.geojson"
    out.mkdir()
    with pytest.raises(DataError, match=r"out\.geojson: .*choose another place"):
        detect_images([image], out=out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.geojson", "port"]


def test_looking_at_a_loose_image_waits_for_no_table_library(image: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from monitor.standalone.detect import detect_images; "
        f"found = detect_images([Path({str(image)!r})], out=Path({str(tmp_path / 'out.geojson')!r})); "
        "assert found.images == 1, found.text(); "
        "assert not {'pandas', 'geopandas', 'torch', 'ultralytics'} & set(sys.modules), 'loaded'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
