"""Frames, stretch, marks and furniture."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from monitor.core.geo.geodesy import distance_m
from monitor.core.tables import COVERAGE, DARK_EVENTS, DETECTIONS, MATCHES
from monitor.report.tiles.annotations import nice_degrees, round_length
from monitor.report.tiles.frames import around, averaged, crop, detail, overview
from monitor.report.tiles.marks import marks, numbered, place_labels, status_of
from monitor.report.tiles.observations import choose, longest_blind, observations_of
from monitor.report.tiles.overlay import Overlay
from monitor.report.tiles.stretch import measure
from monitor.report.tiles.tile import TileText, draw_tile, plain_tile
from tests.report.made import PERIOD, acquisition, brief_input, detections, port, raster

TEXT = TileText("Rajin: overview", "2023-10-10", ("line",), "credit", "alt; more")


def test_a_frame_beyond_the_pixels_is_padded_and_not_valid() -> None:
    cut = crop(raster(), around("f", "f", 130.27, 42.24, side_m=1000))
    assert cut.grid.shape == (100, 100)
    assert 0 < cut.valid.mean() < 0.5


def test_a_crop_keeps_its_place_on_the_ground() -> None:
    whole, frame = raster(), around("f", "f", 130.285, 42.23, side_m=400)
    lon, lat = crop(whole, frame).grid.lonlat(20, 20)
    assert distance_m(lon, lat, 130.285, 42.23) < 8


def test_the_frame_of_a_site_does_not_follow_the_detections_of_a_date() -> None:
    assert detail(port(), detections(acquisition(brief_input().acquisitions[0].start))) == detail(
        port(), brief_input().tables[DETECTIONS]
    )


def test_the_overview_holds_the_whole_area() -> None:
    frame = overview(port())
    west, south, east, north = port().geometry.bounds
    assert frame.width_m > distance_m(west, south, east, south)
    assert frame.height_m > distance_m(west, south, west, north)


def test_one_stretch_serves_all_dates_and_ignores_cloud() -> None:
    first, clouded = raster(1), raster(2)
    clouded.data[:, clouded.cloud] = 9000
    assert measure("s2", [first]) == measure("s2", [clouded]) or measure("s2", [clouded]).high[0] < 0.5


def test_missing_bands_fall_back_to_grey() -> None:
    made = raster()
    single = type(made)(made.data[3:], ("B08",), made.valid, made.grid, None, made.scale)
    stretch = measure("s2", [single])
    assert stretch.bands == ("B08", "B08", "B08")
    assert stretch.colour(single).shape == (*made.grid.shape, 3)


def test_numbers_are_the_same_whatever_the_order_of_rows() -> None:
    rows = detections(brief_input().acquisitions[1])
    one, other = numbered(rows), numbered(rows.iloc[::-1])
    assert dict(zip(one.detection_id, one.number, strict=True)) == dict(
        zip(other.detection_id, other.number, strict=True)
    )
    assert one["class_name"].iloc[-1] == "container_stack"


def test_status_tells_not_compared_from_unmatched() -> None:
    given = brief_input()
    status = status_of(given.tables[DETECTIONS], given.tables[MATCHES].iloc[:1], given.tables[DARK_EVENTS].iloc[:0])
    assert sorted(status.values()) == ["matched", "stack", "stack", "unknown", "unknown", "unknown"]


def test_labels_keep_clear_of_one_another() -> None:
    rows, grid = numbered(detections(brief_input().acquisitions[1])), raster().grid
    shown = marks(rows, dict.fromkeys(rows["detection_id"], "unknown"), grid)
    spots = np.array(place_labels(shown, grid.shape, char_px=3, line_px=6))
    gaps = np.abs(spots[:, None] - spots[None])[np.triu_indices(len(spots), 1)]
    assert (gaps.max(axis=1) > 5).all()


def test_a_tile_has_its_pixels_at_1200_and_the_furniture_around_them() -> None:
    made, frame = raster(), overview(port())
    cut = crop(made, frame)
    picture = draw_tile(cut, measure("s2", [made]), TEXT, Overlay())
    assert max(picture.width, picture.height) > 1200
    assert Image.open(io.BytesIO(picture.data)).size == (picture.width, picture.height)


def test_a_plain_twin_is_lossless_and_native() -> None:
    made = raster()
    stretch = measure("s2", [made])
    picture = plain_tile(made, stretch, TEXT)
    with Image.open(io.BytesIO(picture.data)) as image:
        assert np.array_equal(np.asarray(image.convert("RGB")), stretch.colour(made))


def test_no_simulated_pixel_travels_without_the_word() -> None:
    made = raster()
    stretch = measure("s2", [made])
    text = TileText("t", "w", (), "c", "a", simulated=True)
    with Image.open(io.BytesIO(plain_tile(made, stretch, text).data)) as image:
        assert not np.array_equal(np.asarray(image.convert("RGB")), stretch.colour(made))


@pytest.mark.parametrize(("limit", "length"), [(999, 500), (1000, 1000), (260, 200), (34, 20)])
def test_scale_bars_are_round(limit: float, length: float) -> None:
    assert round_length(limit) == length


def test_ticks_are_round_and_few() -> None:
    values, labels = nice_degrees(130.2711, 130.2989, "EW")
    assert 3 <= len(values) <= 6
    assert labels[0].endswith("° E")


def test_the_pair_is_the_newest_clear_observation_and_the_clear_one_before() -> None:
    given = brief_input()
    chosen = choose(observations_of(given, "rajin"), PERIOD)
    assert chosen.latest is not None
    assert chosen.before is not None
    assert (chosen.latest.scene_id, chosen.before.scene_id) == ("s2_20231010", "s2_20231005")


def test_the_whole_period_is_blind_without_a_clear_observation() -> None:
    given = brief_input(("observed", "not observed"))
    assert longest_blind(observations_of(given, "rajin"), PERIOD) == (PERIOD.start, PERIOD.end)


def test_a_crop_far_finer_than_a_tile_is_averaged_in_its_place() -> None:
    whole, frame = raster(), around("f", "f", 130.285, 42.23, side_m=400)
    fine, coarse = crop(whole, frame), crop(whole, frame, most_px=20)
    assert (fine.grid.shape, coarse.grid.shape) == ((40, 40), (20, 20))
    assert coarse.grid.gsd_m == pytest.approx(2 * fine.grid.gsd_m)
    assert coarse.grid.bounds == pytest.approx(fine.grid.bounds)
    assert coarse.data[0, 3, 4] == round(float(fine.data[0, 6:8, 8:10].mean()))


def test_pixels_without_data_do_not_darken_the_mean_of_a_block() -> None:
    whole = raster()
    whole.data[:, ~whole.valid] = 0
    corner = averaged(whole.window(slice(19, 21), slice(19, 21)), 2)
    assert corner.valid.all()
    assert corner.data[0, 0, 0] == round(float(whole.data[0, 19:21, 19:21].sum()) / 3)


def test_a_picture_of_the_quays_alone_was_seen_though_the_water_was_not() -> None:
    given = brief_input(("not observed",))
    seen = given.tables[COVERAGE].copy()
    seen.loc[seen["kind"] == "berth", ["state", "observed_fraction"]] = ["observed", 1.0]
    given = replace(given, tables=given.tables | {COVERAGE: seen})
    observation = observations_of(given, "rajin")[0]
    assert (observation.state, observation.was_seen) == ("not observed", True)
