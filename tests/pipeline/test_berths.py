from __future__ import annotations

import pytest

from monitor.pipeline.berths import teu_interval


@pytest.mark.parametrize("length_m", [80.0, 90.0, 115.0])
def test_published_stacks_of_about_300_boxes_lie_inside_the_interval(length_m: float) -> None:
    low, high = teu_interval(length_m, length_m * 17)
    assert low < 300 < high


def test_no_stack_holds_no_box() -> None:
    assert teu_interval(0.0, 0.0) == (0.0, 0.0)


def test_an_unseen_stack_holds_nobody_knows() -> None:
    low, high = teu_interval(float("nan"), float("nan"))
    assert low != low
    assert high != high
