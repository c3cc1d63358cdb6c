from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import destination
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import DETECTIONS, MATCHES
from monitor.fuse import RadarGeometry, azimuth_shift, match, sentinel1_geometry
from monitor.fuse.matching.likelihood import seen_probability
from tests.fuse.conftest import AT, Found, Track


def _by_id(matches: pd.DataFrame) -> pd.DataFrame:
    return matches[matches["detection_id"] != ""].set_index("detection_id")


def test_a_detection_on_a_vessel_is_matched(optical: Acquisition, track: Track, found: Found) -> None:
    table = match(found((130.3003, 42.2002)), track(1, 130.3, 42.2), scene=optical)
    row = _by_id(table).loc["d0"]
    assert row["status"] == "matched"
    assert row["mmsi"] == 1
    assert row["distance_m"] == pytest.approx(33, abs=5)
    assert row["probability"] > 0.9


def test_a_moving_vessel_is_met_where_it_was_at_the_instant(optical: Acquisition, track: Track, found: Found) -> None:
    positions = track(7, 130.3, 42.2, 12.0, 60.0, every_s=600)
    assert _by_id(match(found((130.3, 42.2)), positions, scene=optical)).loc["d0", "mmsi"] == 7


def test_a_detection_far_from_every_vessel_is_unmatched(optical: Acquisition, track: Track, found: Found) -> None:
    row = _by_id(match(found((130.35, 42.25)), track(1, 130.3, 42.2), scene=optical)).loc["d0"]
    assert row["status"] == "unmatched"
    assert pd.isna(row["mmsi"])


def test_a_vessel_on_ais_that_the_image_lacks_is_a_row(optical: Acquisition, track: Track, found: Found) -> None:
    table = match(found(), track(5, 130.3, 42.2, length=120.0), scene=optical)
    assert table["status"].tolist() == ["ais_only"]
    assert table["mmsi"].tolist() == [5]


def test_a_small_craft_is_not_expected_in_the_image(optical: Acquisition, track: Track, found: Found) -> None:
    assert match(found(), track(5, 130.3, 42.2, length=12.0), scene=optical).empty


def test_what_is_too_small_to_be_expected_goes_by_the_sensors_pixels(optical: Acquisition, track: Track) -> None:
    coarse = replace(optical, id="L8_1", sensor="landsat", platform="Landsat-8")
    ships = pd.concat([track(1, 130.3, 42.2, length=120.0), track(2, 130.32, 42.2, length=300.0)])
    expected = {
        scene.sensor: match(DETECTIONS.empty(), ships, scene=scene)["mmsi"].tolist() for scene in (optical, coarse)
    }
    assert expected == {"s2": [1, 2], "landsat": [2]}


def test_a_sensor_of_unknown_pixels_says_nothing_of_size() -> None:
    assert seen_probability(np.array([15.0, 300.0]), None).tolist() == [0.75, 0.75]


def test_a_vessel_outside_the_footprint_is_not_expected(optical: Acquisition, track: Track, found: Found) -> None:
    assert match(found(), track(5, 130.5, 42.2, length=120.0), scene=optical).empty


def test_no_vessel_is_named_twice(optical: Acquisition, track: Track, found: Found) -> None:
    positions = pd.concat([track(1, 130.3, 42.2), track(2, 130.303, 42.2)])
    ships = found((130.3001, 42.2), (130.301, 42.2), (130.302, 42.2), (130.3031, 42.2))
    named = match(ships, positions, scene=optical)["mmsi"].dropna()
    assert named.is_unique
    assert set(named) == {1, 2}


def test_the_global_assignment_beats_the_nearest_neighbour(optical: Acquisition, track: Track, found: Found) -> None:
    """d1 is nearest to vessel 1, but then d0 would have none."""
    east = lambda metres: tuple(float(v) for v in destination(130.3, 42.2, 90.0, metres))  # noqa: E731
    positions = pd.concat([track(1, *east(0.0)), track(2, *east(130.0))])
    rows = _by_id(match(found(east(-70.0), east(60.0)), positions, scene=optical))
    assert rows["mmsi"].tolist() == [1, 2]


def test_twins_side_by_side_are_potential_and_say_so(optical: Acquisition, track: Track, found: Found) -> None:
    positions = pd.concat([track(1, 130.3, 42.2001), track(2, 130.3, 42.1999)])
    row = _by_id(match(found((130.3, 42.2)), positions, scene=optical)).loc["d0"]
    assert row["status"] == "potential"
    assert row["margin"] < 0.5
    assert not pd.isna(row["runner_up_mmsi"])
    assert "another vessel" in row["reason"]


def test_length_decides_between_twins_but_never_vetoes(optical: Acquisition, track: Track, found: Found) -> None:
    positions = pd.concat([track(1, 130.3, 42.2003, length=60.0), track(2, 130.3, 42.1997, length=180.0)])
    ships = found((130.3, 42.2), length_m=175.0, length_low_m=160.0, length_high_m=190.0)
    assert _by_id(match(ships, positions, scene=optical)).loc["d0", "mmsi"] == 2
    alone = match(ships, track(1, 130.3, 42.2, length=60.0), scene=optical)
    assert _by_id(alone).loc["d0", "status"] in ("matched", "potential")


def test_a_long_silence_leaves_a_vessel_no_more_than_potential(
    optical: Acquisition, track: Track, found: Found
) -> None:
    positions = track(1, 130.3, 42.2, 12.0, 90.0, hours=(-8.0, -4.0))
    assert _by_id(match(found((130.3, 42.2)), positions, scene=optical)).loc["d0", "status"] != "matched"


def test_radar_is_matched_where_it_shows_the_mover(radar: Acquisition, track: Track, found: Found) -> None:
    observation = sentinel1_geometry("ascending", 42.2)
    for cog in (76.0, 256.0):
        shift = azimuth_shift(
            14.0,
            cog,
            satellite_course_deg=observation.course_deg,
            incidence_deg=38.0,
            slant_range_m=observation.slant_range_m,
            satellite_speed_ms=observation.speed_ms,
        )
        place = destination(130.3, 42.2, observation.course_deg, float(shift))
        positions = track(1, 130.3, 42.2, 14.0, cog)
        shown = match(found((float(place[0]), float(place[1]))), positions, scene=radar)
        wrong = destination(130.3, 42.2, observation.course_deg, -float(shift))
        mirrored = match(found((float(wrong[0]), float(wrong[1]))), positions, scene=radar)
        assert _by_id(shown).loc["d0", "status"] == "matched"
        assert _by_id(shown).loc["d0", "distance_m"] < 10.0
        assert _by_id(mirrored).loc["d0", "status"] != "matched"


def test_known_incidence_is_used(radar: Acquisition, track: Track, found: Found) -> None:
    observation = RadarGeometry(346.0, 46.0, 950_000.0)
    place = destination(130.3, 42.2, 346.0, -14.0 * 47.0)
    ship = found((float(place[0]), float(place[1])))
    positions = track(1, 130.3, 42.2, 14.0, 76.0)
    assert match(ship, positions, scene=radar, observation=observation)["distance_m"].iloc[0] < 20.0
    assert not match(ship, positions, scene=radar)["distance_m"].iloc[0] < 20.0


def test_optical_scenes_have_no_azimuth_shift(optical: Acquisition, track: Track, found: Found) -> None:
    row = match(found((130.3, 42.2)), track(1, 130.3, 42.2, 14.0, 76.0), scene=optical).iloc[0]
    assert row["distance_m"] < 10.0


def test_a_scene_of_uncertain_hour_matches_nothing_and_says_why(
    optical: Acquisition, track: Track, found: Found
) -> None:
    vague = replace(optical, start=AT - timedelta(hours=2), end=AT + timedelta(hours=22))
    table = match(found((130.3, 42.2)), track(1, 130.3, 42.2), scene=vague)
    assert table["status"].tolist() == ["unmatched"]
    assert table["reason"].tolist() == ["hour unknown"]


def test_stacks_are_not_matched(optical: Acquisition, track: Track, found: Found) -> None:
    assert match(found((130.25, 42.25), class_name="container_stack"), track(1, 130.5, 42.2), scene=optical).empty


def test_nothing_on_either_side_gives_an_empty_table(optical: Acquisition, track: Track, found: Found) -> None:
    nothing = track(1, 130.3, 42.2).iloc[:0]
    assert list(match(found(), nothing, scene=optical).columns) == list(MATCHES.columns)
    assert match(found((130.3, 42.2)), nothing, scene=optical)["status"].tolist() == ["unmatched"]


def test_four_columns_of_ais_are_enough(optical: Acquisition, track: Track, found: Found) -> None:
    positions = track(1, 130.3, 42.2)[["mmsi", "t", "lon", "lat"]]
    assert match(found((130.3, 42.2)), positions, scene=optical)["status"].tolist() == ["matched"]


def test_a_missing_column_is_named(optical: Acquisition, track: Track, found: Found) -> None:
    with pytest.raises(DataError, match="lon"):
        match(found((130.3, 42.2)), track(1, 130.3, 42.2).drop(columns="lon"), scene=optical)


def test_arguments_are_left_as_they_were(optical: Acquisition, track: Track, found: Found) -> None:
    ships, positions = found((130.3, 42.2)), track(1, 130.3, 42.2)
    kept = (ships.copy(), positions.copy())
    match(ships, positions, scene=optical)
    pd.testing.assert_frame_equal(ships, kept[0])
    pd.testing.assert_frame_equal(positions, kept[1])
