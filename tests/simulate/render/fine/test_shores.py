"""Made-up shores: where the sea is, where ships can lie, and what stands over it."""

from __future__ import annotations

import numpy as np
from shapely.geometry import Point, box

from monitor.simulate import random_fine_scene
from monitor.simulate.render.fine.frame import Frame
from monitor.simulate.render.fine.shores import random_shore

QUAY = Frame(0.0, 0.0, 0.0)  # the sea lies east of x = 0
PICTURE = box(-100.0, -100.0, 100.0, 100.0)


def test_quays_end_turn_and_run_straight_and_jetties_stand_out() -> None:
    made = [random_shore(np.random.default_rng(seed), QUAY, reach=140.0, depth=80.0) for seed in range(80)]
    shares = np.array([shore.sea.intersection(PICTURE).area / PICTURE.area for shore in made])
    assert (np.abs(shares - 0.5) < 0.02).mean() > 0.2
    assert (shares > 0.6).mean() > 0.15
    assert (shares < 0.4).mean() > 0.1
    assert 0.1 < np.mean([bool(shore.jetties) for shore in made]) < 0.6
    assert 0.05 < np.mean([shore.deck.is_empty for shore in made]) < 0.4


def test_ships_lie_in_the_sea_and_on_no_jetty_and_the_deck_is_dry() -> None:
    for seed in range(20):
        shore = random_shore(np.random.default_rng(seed), QUAY, reach=140.0, depth=80.0)
        assert shore.deck.intersection(shore.sea).area < 1.0
        for jetty in shore.jetties:
            assert shore.free.intersection(jetty).area < 1.0
            assert shore.sea.union(shore.deck).buffer(3.0).intersects(Point(jetty.centroid))


def test_labelled_ships_and_containers_of_a_yard_lie_apart() -> None:
    for seed in range(3):
        labels = random_fine_scene(np.random.default_rng(seed), (256, 256)).labels
        hulls = [label.outline for label in labels if label.kind == "vessel"]
        stacks = [label.outline for label in labels if label.kind == "container_stack"]
        assert all(hull.intersection(stack).area < 0.05 * stack.area for hull in hulls for stack in stacks)
