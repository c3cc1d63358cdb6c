"""Aeroplanes are separated from ships by where each band shows them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from monitor.detect.base import CONTAINER_STACK, VESSEL, Boxes
from monitor.detect.context.aircraft import is_aloft, without_aircraft
from monitor.detect.evaluation.reader import read_scene
from tests.detect import failures as made
from tests.detect.failures import harbour, ship


def ring(row: float, col: float, half: float = 4.0) -> np.ndarray:
    """A square about a place, column before row."""
    return np.array([[col + x, row + y] for x, y in ((-half, -half), (half, -half), (half, half), (-half, half))])


def boxes(*names: str, at: tuple[float, float]) -> Boxes:
    count = len(names)
    return Boxes(names, (ring(*at),) * count, *(np.full(count, v) for v in (0.5, 80.0, 60.0, 100.0, 0.0)))


def test_a_made_up_jet_is_left_out_and_stacks_are_not_judged() -> None:
    scene = harbour(made.aeroplane(130, 60))
    assert is_aloft(scene, ring(130, 70))
    assert without_aircraft(boxes(VESSEL, CONTAINER_STACK, at=(130, 70)), scene).class_name == (CONTAINER_STACK,)


@pytest.mark.parametrize("speed_kn", [0.0, 20.0])
@pytest.mark.parametrize("livery", ["red", "blue", "white"])
def test_a_ship_is_none_however_painted_and_however_fast(speed_kn: float, livery: str) -> None:
    scene = harbour(hulls=[ship(130, 60, livery=livery, speed_kn=speed_kn)])
    assert not is_aloft(scene, ring(130, 60))


def test_ships_of_three_colours_in_line_are_ships() -> None:
    scene = harbour(
        hulls=[ship(120 + 8 * n, 60, length_m=60, livery=c) for n, c in enumerate(("blue", "green", "red"))]
    )
    assert not is_aloft(scene, ring(128, 60))


def test_a_jet_far_from_the_box_does_not_speak_for_it() -> None:
    assert not is_aloft(harbour(made.aeroplane(130, 60)), ring(110, 70))


def test_without_blue_green_and_red_nothing_is_left_out() -> None:
    scene = harbour(made.aeroplane(130, 60))
    part = replace(scene, data=scene.data[3:], bands=scene.bands[3:])
    assert len(without_aircraft(boxes(VESSEL, at=(130, 70)), part)) == 1


def test_the_jet_at_algiers_is_known_and_no_labelled_hull_there_is_taken_for_one(shared_data: Path) -> None:
    from monitor.detect.evaluation.reader import read_port

    folder = shared_data / "s2_ports" / "algiers"
    _, scene = read_scene(folder)
    assert is_aloft(scene, ring(734, 465))
    for hull in read_port(folder).hulls:
        assert not is_aloft(scene, ring(hull.y, hull.x, hull.length_px / 2))
