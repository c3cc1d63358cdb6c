"""Dense maps back to hulls."""

import math

import numpy as np
import pytest

from monitor.detect.evaluation.dataset import Hull
from monitor.detect.yolo.decode import decode_hulls, hull_runs
from monitor.detect.yolo.rules import DecodeRule
from monitor.training.augment.targets import MAPS, render_targets


def drawn(*hulls: Hull) -> np.ndarray:
    return render_targets((128, 128), hulls).maps


def a_hull(x: float, y: float, length: float, width: float, angle: float) -> Hull:
    return Hull(x, y, length, width, angle, sure=True)


@pytest.mark.parametrize("angle", [0.0, 0.4, math.pi / 2, 2.5])
@pytest.mark.parametrize("length", [8.0, 15.0, 30.0])
def test_a_drawn_hull_is_read_back(angle: float, length: float) -> None:
    found = decode_hulls(drawn(a_hull(60.3, 64.8, length, 3.0, angle)), DecodeRule())
    assert len(found) == 1
    assert math.hypot(found.x[0] - 60.3, found.y[0] - 64.8) < 1.0
    assert found.length_px[0] == pytest.approx(length, rel=0.02)
    gap = abs(found.angle[0] - angle) % math.pi
    assert min(gap, math.pi - gap) < 0.01


def test_two_hulls_abreast_stay_two() -> None:
    found = decode_hulls(drawn(a_hull(60, 60, 20, 3, 0.0), a_hull(61, 63.5, 20, 3, 0.0)), DecodeRule())
    assert len(found) == 2


def test_two_hulls_bow_to_stern_stay_two() -> None:
    found = decode_hulls(drawn(a_hull(40, 60, 20, 3, 0.0), a_hull(61, 60, 20, 3, 0.0)), DecodeRule())
    assert len(found) == 2


def test_no_hull_gives_no_box() -> None:
    assert len(decode_hulls(drawn(), DecodeRule())) == 0


def test_a_doubtful_hull_has_no_weight_and_no_target() -> None:
    targets = render_targets((64, 64), [Hull(32, 32, 12, 3, 0.0, sure=False)])
    assert targets.maps[MAPS.index("hull")].sum() == 0
    assert targets.vessel_weight[32, 32] == 0


def test_a_sure_hull_wins_over_an_ignore_area() -> None:
    area = np.array([[0, 0], [64, 0], [64, 64], [0, 64]], dtype=np.float32)
    targets = render_targets((64, 64), [a_hull(32, 32, 12, 3, 0.0)], ignore=[area])
    assert targets.vessel_weight[32, 32] > 0
    assert targets.vessel_weight[5, 5] == 0


@pytest.mark.parametrize("angle", [0.0, 0.7, 2.2])
def test_a_length_map_that_is_wrong_is_corrected_by_how_far_the_hull_goes_on(angle: float) -> None:
    maps = drawn(a_hull(60.3, 64.8, 24.0, 3.0, angle))
    maps[6] += math.log(0.7) * (maps[0] > 0)
    plain = decode_hulls(maps, DecodeRule())
    measured = decode_hulls(maps, DecodeRule(length_fit=(0.0, 0.2, 0.8)))
    assert plain.length_px[0] == pytest.approx(0.7 * 24, rel=0.02)
    assert measured.length_px[0] == pytest.approx(24, rel=0.12)


def test_a_hull_does_not_go_on_into_the_next_one() -> None:
    maps = drawn(a_hull(40, 60, 20, 3, 0.0), a_hull(60, 60, 20, 3, 0.0))
    found = decode_hulls(maps, DecodeRule(length_fit=(0.0, 0.0, 1.0)))
    assert len(found) == 2
    assert found.length_px == pytest.approx([20, 20], abs=2.5)


def test_no_hull_has_no_run() -> None:
    none = decode_hulls(drawn(), DecodeRule())
    assert hull_runs(drawn(), none).shape == (0, 2)


def test_a_centre_that_is_off_is_moved_to_the_middle_of_the_hull() -> None:
    maps = drawn(a_hull(60, 60, 30, 3, 0.0))
    maps[8] += 5.0 / 8.0 * (maps[0] > 0)
    maps[5] = np.roll(maps[5], 5, axis=1)
    off = decode_hulls(maps, DecodeRule())
    moved = decode_hulls(maps, DecodeRule(recentre=1.0))
    assert off.x[0] == pytest.approx(65, abs=1)
    assert moved.x[0] == pytest.approx(60, abs=1)


def test_two_claims_on_one_long_hull_become_one() -> None:
    maps = drawn(a_hull(60, 60, 40, 4, 0.0))
    left = np.arange(128)[None, :] < 60
    for side, by in ((left, -5.0), (~left, 5.0)):
        maps[8] += by / 8.0 * (maps[0] > 0) * side
    maps[5] = np.maximum(np.roll(maps[5], -5, axis=1), np.roll(maps[5], 5, axis=1))
    maps[6] += math.log(0.4) * (maps[0] > 0)
    split = decode_hulls(maps, DecodeRule(least_score=0.05))
    joined = decode_hulls(maps, DecodeRule(least_score=0.05, recentre=1.0, length_fit=(0.0, 0.2, 0.8)))
    assert len(split) == 2
    assert len(joined) == 1


def test_a_faint_hull_scores_less_than_a_clear_one_and_calibration_keeps_their_order() -> None:
    maps = drawn(a_hull(30, 30, 14, 3, 0.3), a_hull(90, 90, 14, 3, 0.3))
    maps[0, 64:] *= 0.6
    for rule in (DecodeRule(share=0.5), DecodeRule(share=0.5, calibration=(-0.3, 2.0))):
        found = decode_hulls(maps, rule)
        assert len(found) == 2
        assert found.y[0] < 64 < found.y[1]
        assert 1 >= found.score[0] > found.score[1] > 0
