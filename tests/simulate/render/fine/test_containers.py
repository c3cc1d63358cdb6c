"""Containers one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from monitor.simulate.render.fine.containers import block, yard_blocks
from monitor.simulate.render.fine.frame import Frame

FRAME = Frame(500_100.0, 4_700_050.0, 0.7)


def filled(length_m: float, *, seed: int = 3):
    rng = np.random.default_rng(seed)
    return block(rng, FRAME, size_m=(length_m, 22.0), stands_on="yard", bottom_m=2.5, whole_m=(42.0, 22.0))


def test_boxes_have_the_sides_of_the_standard_and_do_not_overlap() -> None:
    boxes = filled(42.0)
    assert len(boxes) > 15
    for one in boxes:
        assert one.outline.area == pytest.approx(2.438 * (12.192 if one.length_m == 12.2 else 6.058), rel=1e-6)
    assert {one.length_m for one in boxes} == {6.1, 12.2}
    assert all(a.outline.intersection(b.outline).area < 1e-6 for a, b in combinations(boxes, 2))


def test_a_block_that_fills_keeps_what_it_held() -> None:
    held = {(one.outline.wkt, one.colour, one.tiers) for one in filled(42.0)}
    part = {(one.outline.wkt, one.colour, one.tiers) for one in filled(20.0)}
    assert part
    assert part < held
    assert filled(5.0) == []


def test_roofs_stand_as_high_as_their_tiers() -> None:
    assert all(one.top_m == pytest.approx(2.5 + one.tiers * 2.591) for one in filled(42.0))
    assert {one.tiers for one in filled(42.0)} <= {1, 2, 3, 4}


def test_containers_that_stand_together_are_one_block_and_an_empty_yard_has_none() -> None:
    (one,) = yard_blocks(filled(42.0))
    assert 30 * 20 < one.area < 42.5 * 22.5
    assert yard_blocks([]) == []
