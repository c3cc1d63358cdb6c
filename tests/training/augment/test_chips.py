"""Chips: what is drawn into them, and where."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.detect.evaluation.dataset import Hull
from monitor.detect.yolo.decode import Hulls
from monitor.simulate.labelled import labelled_port
from monitor.training.augment.decoys import add_decoys, add_fingers, add_wakes
from monitor.training.augment.ground import Cutout, Ground, prepare_ground
from monitor.training.augment.paint import paint_hulls
from monitor.training.augment.sampling import draw_size, next_in_row, pick_centre, stern_place, with_errors
from monitor.training.augment.shores import add_shores
from monitor.training.augment.targets import corners, fill, render_targets
from monitor.training.augment.weather import weather


@pytest.fixture(scope="module")
def ground() -> Ground:
    return prepare_ground(labelled_port(1003, size_px=160), np.random.default_rng(0))


def sea() -> tuple[np.ndarray, np.ndarray]:
    return np.full((5, 128, 128), 0.02, np.float32), np.ones((128, 128), dtype=bool)


def test_a_made_up_port_says_where_its_hulls_and_stacks_are() -> None:
    port = labelled_port(1003)
    again = labelled_port(1003)
    assert port.dn.shape == (5, 224, 224)
    assert port.dn.dtype == np.uint16
    assert (port.dn == again.dn).all()
    assert len(port.hulls) == 3
    assert len(port.stacks) == 6
    ship = max((hull for hull in port.hulls if hull.sure), key=lambda hull: hull.length_px)
    at = port.dn[:3, int(ship.y), int(ship.x)].astype(float)
    water = np.percentile(port.dn[:3].astype(float), 20, axis=(1, 2))
    assert at.mean() > 1.5 * water.mean()


def test_drawn_shores_lie_in_water_and_keep_clear_of_hulls() -> None:
    for seed in range(12):
        reflectance, water = sea()
        water[:, 80:] = False
        keep = np.zeros_like(water)
        keep[60:64, 20:40] = True
        before = reflectance.copy()
        covered, jetties = add_shores(reflectance, water, keep, np.random.default_rng(seed))
        assert np.allclose(np.hypot(jetties[:, 2], jetties[:, 3]), 1, atol=1e-5)
        assert not covered[57:67, 17:43].any()
        assert (reflectance[:, :, 80:] == before[:, :, 80:]).all()
        assert not (covered & ~water).any()
        assert np.isfinite(reflectance).all()
        assert reflectance.min() >= 0
    assert covered.any()


def test_no_shore_is_drawn_where_there_is_hardly_water() -> None:
    reflectance, water = sea()
    water[:] = False
    before = reflectance.copy()
    assert not add_shores(reflectance, water, water, np.random.default_rng(0))[0].any()
    assert (reflectance == before).all()


def test_hulls_of_every_length_are_laid_from_a_bank_of_middling_ones() -> None:
    bank = [
        Cutout(np.zeros((5, 5, 20), np.float32), length, 2.5, np.ones((5, 20), np.float32)) for length in (9, 14, 24)
    ]
    rng = np.random.default_rng(0)
    drawn = [draw_size(bank, rng) for _ in range(400)]
    lengths = np.array([length for _, length, _ in drawn])
    assert (lengths < 8).any()
    assert (lengths > 30).any()
    assert all(1 / 1.71 < length / cutout.length_px < 1.71 for cutout, length, _ in drawn)
    assert all(width < length for _, length, width in drawn)


def test_weather_keeps_reflectance_between_0_and_1_and_changes_it() -> None:
    reflectance, _ = sea()
    rng = np.random.default_rng(0)
    made = [weather(reflectance, 0.006, rng) for _ in range(10)]
    assert all(out.min() >= 0 and out.max() <= 1 and out.dtype == np.float32 for out in made)
    assert np.std([out.mean() for out in made]) > 0.001


def test_places_once_mistaken_are_looked_at_more_often(ground: Ground) -> None:
    spot = np.array([[80.0, 80.0]], np.float32)
    rng = np.random.default_rng(0)

    def near(g: Ground) -> int:
        return sum(np.hypot(*(np.array(pick_centre(g, rng, 32)) - 80)) < 16 for _ in range(400))

    assert near(replace(ground, spots=spot)) > near(ground) + 20


def test_claims_away_from_hulls_and_hulls_without_a_sure_claim_are_marked(ground: Ground) -> None:
    sure = [index for index, hull in enumerate(ground.hulls) if hull.sure]
    seen = ground.hulls[sure[0]]
    x, y = np.array([seen.x + 1, 3.0]), np.array([seen.y, 3.0])
    rest = np.full(2, 10.0), np.full(2, 2.0), np.zeros(2), np.array([0.9, 0.2])
    marked = with_errors(ground, Hulls(x, y, *rest))
    assert marked.spots.tolist() == [[3.0, 3.0]]
    assert sure[0] not in marked.missed
    assert set(marked.missed) == set(sure[1:])


def test_moorings_of_boats_are_shown_often_and_claims_there_are_marked(ground: Ground) -> None:
    ring = np.array([[2.0, 2.0], [14.0, 2.0], [14.0, 14.0], [2.0, 14.0]], np.float32)
    marina = replace(ground, port=replace(ground.port, ignore=(ring,), small_craft=(ring,), hulls=()))
    hidden = replace(marina, port=replace(marina.port, small_craft=()))
    rng = np.random.default_rng(0)

    def near(g: Ground) -> int:
        return sum(max(pick_centre(g, rng, 32)) < 32 for _ in range(400))

    assert near(marina) > near(hidden) + 20
    claim = Hulls(*(np.array([value]) for value in (8.0, 8.0, 10.0, 2.0, 0.0, 0.9)))
    assert len(with_errors(marina, claim).spots) == 1
    assert len(with_errors(hidden, claim).spots) == 0


def test_moorings_of_boats_are_background_that_is_learnt_and_sure_hulls_there_are_hulls() -> None:
    ring = np.array([[10.0, 10.0], [50.0, 10.0], [50.0, 50.0], [10.0, 50.0]], np.float32)
    hull = Hull(20.0, 20.0, 12.0, 3.0, 0.0, True)
    there = render_targets((64, 64), [hull], ignore=[ring], small_craft=[ring])
    hidden = render_targets((64, 64), [hull], ignore=[ring])
    assert there.vessel_weight[40, 40] == 1
    assert hidden.vessel_weight[40, 40] == 0
    assert there.maps[0, 40, 40] == 0
    assert there.maps[0, 20, 20] == 1


def test_new_paint_stays_on_the_hull_and_differs_from_hull_to_hull() -> None:
    hull = Hull(40.0, 40.0, 20.0, 4.0, 0.6, True)
    there = fill((80, 80), [corners(hull, 0.0)]) > 0
    near = fill((80, 80), [corners(hull, 2.0)]) > 0
    colours = []
    for seed in range(12):
        reflectance = np.full((5, 80, 80), 0.02, np.float32)
        reflectance[:, there] = 0.2
        before = reflectance.copy()
        paint_hulls(reflectance, [hull], 1.0, np.random.default_rng(seed))
        assert (reflectance[:, ~near] == before[:, ~near]).all()
        assert not np.allclose(reflectance[:, there], before[:, there], atol=0.01)
        assert reflectance.min() >= 0
        colours.append(reflectance[:, there].mean(axis=1))
    assert np.std(colours, axis=0).min() > 0.02


def test_a_doubtful_hull_keeps_its_paint() -> None:
    reflectance = np.full((5, 40, 40), 0.1, np.float32)
    paint_hulls(reflectance, [Hull(20.0, 20.0, 12.0, 3.0, 0.0, False)], 1.0, np.random.default_rng(0))
    assert (reflectance == np.float32(0.1)).all()


def test_hulls_stern_to_a_quay_lie_across_it_and_beside_one_another() -> None:
    quay = np.array([[50.0, 30.0, 0.0, 1.0]], np.float32)
    rng = np.random.default_rng(0)
    for _ in range(20):
        first = stern_place(quay, 10.0, 2.0, rng)
        assert abs(first.angle - np.pi / 2) < 0.2
        assert first.y - first.length_px / 2 > 29
        second = next_in_row(first, 1.0, 1.0, (12.0, 2.0), rng)
        assert second.angle == first.angle
        assert 2.0 < abs(second.x - first.x) < 5.5


def test_bars_islets_breakwaters_and_foam_lie_in_water_and_keep_clear_of_hulls() -> None:
    drawn = 0
    for seed in range(20):
        reflectance, water = sea()
        water[:, 80:] = False
        keep = np.zeros_like(water)
        keep[60:64, 20:40] = True
        before = reflectance.copy()
        covered = add_decoys(reflectance, water, keep, np.random.default_rng(seed))
        assert not covered[58:66, 18:42].any()
        assert (reflectance[:, :, 80:] == before[:, :, 80:]).all()
        assert (reflectance[:, covered] > before[:, covered]).any(axis=0).sum() >= 0.9 * covered.sum()
        assert np.isfinite(reflectance).all()
        assert reflectance.min() >= 0
        drawn += int(covered.sum())
    assert drawn > 500


def test_a_wake_begins_behind_the_hull_and_leaves_the_hull_as_it_was() -> None:
    hull = Hull(64.0, 64.0, 16.0, 3.0, 0.0, True)
    lying = fill((128, 128), [corners(hull, -0.5)]) > 0
    seen = 0
    for seed in range(20):
        reflectance, water = sea()
        before = reflectance.copy()
        add_wakes(reflectance, water, [hull], np.random.default_rng(seed))
        assert (reflectance[:, lying] == before[:, lying]).all()
        where = np.argwhere(reflectance[1] > before[1] + 0.02)
        seen += len(where) > 0
        assert not len(where) or np.abs(where[:, 0] - 64).max() < 12
    assert 4 < seen < 16


def test_no_wake_is_drawn_where_land_is_near() -> None:
    reflectance, water = sea()
    water[:60] = False
    before = reflectance.copy()
    for seed in range(5):
        add_wakes(reflectance, water, [Hull(64.0, 63.0, 16.0, 3.0, 0.0, True)], np.random.default_rng(seed))
    assert (reflectance == before).all()


def test_finger_piers_run_out_from_the_quay_into_the_water() -> None:
    quay = np.array([[64.0, 40.0, 0.0, 1.0]], np.float32)
    for seed in range(8):
        reflectance, water = sea()
        covered = add_fingers(reflectance, water, quay, np.zeros_like(water), np.random.default_rng(seed))
        rows, cols = np.nonzero(covered)
        assert 4 < np.ptp(rows) + 1 < 23
        assert np.abs(cols - 64).max() < 9
        assert rows.max() > 42
    assert not add_fingers(reflectance, water, quay[:0], ~water, np.random.default_rng(0)).any()
