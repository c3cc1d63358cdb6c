"""Review decisions as labels of any class, sensor and pixel, which the trainer and the scorer read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from affine import Affine
from shapely.geometry import box

from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.evaluation.reader import read_scene_truth
from monitor.fuse.reviews import ReviewDecisions
from monitor.io.atomic import write_bytes
from monitor.pipeline.review.labels import labels_of, writable
from monitor.report.export.evidence import geotiff
from monitor.training.own.samples import read_samples

GRID = Grid(32652, Affine(0.5, 0.0, 500_000.0, 0.0, -0.5, 4_600_000.0), (400, 400))


def _row(name: str, kind: str, at: tuple[float, float], size: tuple[float, float], axis: float = 90.0) -> dict:
    west, north = 500_000.0 + at[0], 4_600_000.0 - at[1]
    outline = box(west, north - size[1], west + size[0], north)
    return {
        "detection_id": name,
        "class_name": kind,
        "geometry": reproject(outline, GRID.epsg, WGS84),
        "zone": "berth",
        "zone_id": "",
        "length_m": size[0],
        "axis_deg": axis,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A picture of 8 bits on which a ship, two boxes, a tank and a crane were found, and all but one box decided."""
    found = pd.DataFrame(
        [
            _row("ship", "vessel", (20, 20), (60, 10), axis=np.nan),
            _row("box", "container", (20, 60), (12.2, 2.4)),
            _row("other", "container", (120, 60), (12.2, 2.4)),
            _row("tank", "storage_tank", (60, 90), (20, 20)),
            _row("jetty", "pier_head", (100, 20), (20, 5)),
        ]
    )
    decided = ReviewDecisions(kept=frozenset({"ship", "box", "tank", "jetty"}))
    labels = labels_of(found, decided, (), grid=GRID)
    raster = Raster(np.full((3, 400, 400), 90, np.uint8), ("B04", "B03", "B02"), np.ones((400, 400), bool), GRID)
    place = tmp_path / "scene"
    write_bytes(place / "scene.tif", geotiff(writable(raster), simulated=True))
    write_bytes(place / "labels.geojson", json.dumps(labels, allow_nan=False).encode())
    return place


def test_each_kept_detection_is_a_label_of_its_own_class(folder: Path) -> None:
    (sample,) = read_samples([folder])
    assert sorted(each.class_name for each in sample.objects) == ["container", "storage_tank", "vessel"]
    kept = next(each for each in sample.objects if each.class_name == "container")
    assert kept.ring.mean(axis=0) == pytest.approx([2 * (20 + 6.1), 2 * (60 + 1.2)], abs=1.0)
    assert sample.gsd_m == pytest.approx(0.5)


def test_a_picture_of_8_bits_keeps_its_numbers(folder: Path) -> None:
    (sample,) = read_samples([folder])
    raster = sample.read()
    assert raster.data.dtype == np.uint8
    assert (raster.data == 90).all()


def test_what_nobody_decided_and_what_is_no_kind_of_label_is_ignored(folder: Path) -> None:
    truth = read_scene_truth(folder, GRID.epsg)
    undecided = box(500_120, 4_600_000 - 62.4, 500_132.2, 4_600_000 - 60)
    no_kind = box(500_100, 4_600_000 - 25, 500_120, 4_600_000 - 20)
    for place in (undecided, no_kind):
        assert any(area.buffer(0.5).contains(place) for area in truth.ignore)


def test_a_ship_without_an_axis_is_a_label_without_one(folder: Path) -> None:
    vessel = read_scene_truth(folder, GRID.epsg).vessels.iloc[0]
    assert vessel["length_m"] == 60.0
    assert np.isnan(vessel["axis_deg"])
