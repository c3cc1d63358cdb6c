"""Single GeoTIFFs, and the GeoJSON that comes of them."""

import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.warp import reproject, transform_bounds
from shapely.geometry import box, shape

from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.sources.imagery.local.image import read_image
from monitor.sources.imagery.local.reading import Reading
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


def test_names_that_the_user_gives_stand_in_for_those_of_the_file(tmp_path: Path) -> None:
    image = next(harbour.write_port(tmp_path / "port", descriptions=("x", "y", "B04", None, None)).glob("*.tif"))
    with pytest.raises(DataError, match=r"no band is named B02, B03, B08, B11, and band 1 \(x\)"):
        read_image(image)
    _, raster = read_image(image, Reading(bands=harbour.BANDS))
    assert raster.bands == harbour.BANDS
    with pytest.raises(DataError, match="5 bands, and 2 names"):
        read_image(image, Reading(bands=("B02", "B03")))


def rewritten(image: Path, data: np.ndarray, **profile: object) -> Path:
    """The image with other numbers and another profile."""
    with rasterio.open(image) as source:
        old = {key: source.profile[key] for key in ("driver", "crs", "transform", "nodata")}
        names = source.descriptions
    count, height, width = data.shape
    given = {**old, **profile}
    mask = given.pop("mask", None)
    size = {"count": count, "height": height, "width": width, "dtype": data.dtype}
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=mask is not None),
        rasterio.open(image.with_stem(f"{image.stem}_again"), "w", **size, **given) as target,
    ):
        target.write(data)
        target.descriptions = (*names, "alpha")[:count]
        if mask is not None:
            target.write_mask(mask)
    return image.with_stem(f"{image.stem}_again")


@pytest.fixture
def torn(image: Path) -> tuple[Path, np.ndarray, np.ndarray]:
    """An image of which a corner and one band of a row were not seen; its numbers; where they are unknown."""
    with rasterio.open(image) as source:
        data = source.read()
    data[:, :90, :70] = 0
    data[3, 120] = 0
    return image, data, data == 0


@pytest.mark.parametrize(
    "kind", ["float and NaN", "float and NaN unsaid", "65535", "-9999", "zeros beside -9999", "mask", "alpha", "msk"]
)
def test_the_same_picture_is_the_same_however_it_marks_what_was_not_seen(torn, kind: str) -> None:
    image, data, empty = torn
    _, wanted = read_image(rewritten(image, data, nodata=0))
    seen = (~empty.all(axis=0)).astype(np.uint8) * 255
    full = np.where(empty.all(axis=0), 3000, data).astype(np.uint16)
    reflectance = np.where(empty, np.nan, data * 1e-4).astype(np.float32)
    path = {
        "float and NaN": lambda: rewritten(image, reflectance, nodata=float("nan")),
        "float and NaN unsaid": lambda: rewritten(image, reflectance, nodata=None),
        "65535": lambda: rewritten(image, np.where(empty, 65535, data).astype(np.uint16), nodata=65535),
        "-9999": lambda: rewritten(image, np.where(empty, -9999, data).astype(np.int16), nodata=-9999),
        "zeros beside -9999": lambda: rewritten(image, data.astype(np.int16), nodata=-9999),
        "mask": lambda: rewritten(image, full, nodata=None, mask=seen),
        "alpha": lambda: rewritten(image, np.concatenate([full, seen[None].astype(np.uint16)]), nodata=None),
        "msk": lambda: _with_mask_beside(rewritten(image, full, nodata=None), seen),
    }[kind]()
    _, raster = read_image(path)
    assert (raster.valid == wanted.valid).all()
    assert 0.5 < raster.valid_fraction < 1.0
    assert (raster.data == wanted.data).all()
    assert raster.bands == wanted.bands


def _with_mask_beside(image: Path, seen: np.ndarray) -> Path:
    with rasterio.open(image) as source:
        profile = {"driver": "GTiff", "crs": source.crs, "transform": source.transform, "dtype": "uint8", "count": 1}
    with rasterio.open(f"{image}.msk", "w", **profile, height=seen.shape[0], width=seen.shape[1]) as target:
        target.write(seen, 1)
    return image


def test_a_south_up_picture_is_turned(image: Path) -> None:
    _, wanted = read_image(image)
    with rasterio.open(image) as source:
        t, data = source.transform, source.read()
    turned = rewritten(image, data[:, ::-1], transform=rasterio.Affine(t.a, 0, t.c, 0, -t.e, t.f + t.e * len(data[0])))
    _, raster = read_image(turned)
    assert raster.grid == wanted.grid
    assert (raster.data == wanted.data).all()


@pytest.mark.parametrize("epsg", [3857, 4326])
def test_metres_of_the_map_are_not_metres_on_the_ground(image: Path, epsg: int) -> None:
    _, wanted = read_image(image)
    data, profile = _warped(image, epsg)
    made = rewritten(image, data, **profile)
    _, raster = read_image(made)
    assert raster.grid.epsg == wanted.grid.epsg
    assert raster.grid.gsd_m == 10.0
    area_m2 = float(raster.valid.sum()) * 100.0
    assert area_m2 == pytest.approx(float(wanted.valid.sum()) * 100.0, rel=0.02)


def _warped(image: Path, epsg: int) -> tuple[np.ndarray, dict[str, object]]:
    with rasterio.open(image) as source:
        west, south, east, north = transform_bounds(source.crs, epsg, *source.bounds)
        size = 10.0 if epsg == 3857 else 1e-4
        data = np.zeros((source.count, int((north - south) / size), int((east - west) / size)), np.uint16)
        place = rasterio.Affine(size, 0, west, 0, -size, north)
        reproject(
            rasterio.band(source, list(range(1, source.count + 1))),
            data,
            dst_transform=place,
            dst_crs=f"EPSG:{epsg}",
            src_nodata=0,
            dst_nodata=0,
        )
    return data, {"crs": f"EPSG:{epsg}", "transform": place}


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("name", ["scene.tif", "scene.tif.msk", "scene.tif.ovr", "scene.tif.aux.xml"])
def test_a_picture_opens_no_connection(image: Path, tmp_path: Path, name: str) -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        place = f"http://127.0.0.1:{server.getsockname()[1]}"
        picture = tmp_path / "scene.tif"
        picture.write_bytes(image.read_bytes())
        text = f"<WCS_GDAL><ServiceURL>{place}/x?</ServiceURL><CoverageName>a</CoverageName></WCS_GDAL>"
        if name.endswith("xml"):
            text = (
                '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">'
                f"/vsicurl/{place}/o.tif</MDI></Metadata></PAMDataset>"
            )
        (tmp_path / name).write_text(text)
        code = (
            "import sys; from pathlib import Path; from monitor.core.errors import DataError\n"
            "from monitor.sources.imagery.local.image import read_image\n"
            "try: read_image(Path(sys.argv[1]))\n"
            "except DataError as error: print(error)"
        )
        ran = subprocess.Popen([sys.executable, "-c", code, str(picture)], stdout=subprocess.PIPE, text=True)
        while ran.poll() is None:
            try:
                with server.accept()[0] as connection:
                    asked.append(connection.recv(100))
            except TimeoutError:
                continue
        said = ran.communicate()[0]
    assert asked == []
    assert ("not a readable GeoTIFF" in said or "cannot be read" in said) == (name in ("scene.tif", "scene.tif.msk"))


def test_unknown_bands_are_an_error(tmp_path: Path) -> None:
    image = next(harbour.write_port(tmp_path / "port", descriptions=("VV", "VH", None, None, None)).glob("*.tif"))
    with pytest.raises(DataError, match=r"its bands VV, VH are none of B02.* --bands .* --sensor"):
        read_image(image, Reading(sensor="s2"))


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
