"""When a ship sends, and how many containers stand in a yard."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.simulate.traffic.fleet import Flow, silence_except


@pytest.mark.parametrize(
    ("on", "silent"),
    [
        ([], ((0.0, 10.0),)),
        ([(2.0, 4.0)], ((0.0, 2.0), (4.0, 10.0))),
        ([(6.0, 8.0), (0.0, 3.0), (2.0, 4.0)], ((4.0, 6.0), (8.0, 10.0))),
        ([(-5.0, 20.0)], ()),
    ],
)
def test_silence_is_what_the_sending_leaves(on, silent) -> None:
    assert silence_except(on, 0.0, 10.0) == silent


def test_a_lot_grows_in_a_straight_line_and_is_nowhere_before_and_after() -> None:
    flow = Flow("yard", np.array([10.0, 20.0, 30.0]), np.array([0.0, 4.0, 0.0]))
    assert [flow.at(t) for t in (9.0, 15.0, 20.0, 25.0, 31.0)] == [0.0, 2.0, 4.0, 2.0, 0.0]


def test_a_ship_sends_unless_it_is_silent_and_never_without_a_transponder(season) -> None:
    for ship in season.world.ships:
        sends = ship.sends([(start + end) / 2 for start, end in ship.silent])
        assert not sends.any()
        if not ship.ais_class:
            assert not ship.sends(season.period.start.timestamp()).any()
            assert ship.callsign == ""


def test_no_two_ships_have_one_number(season) -> None:
    numbers = [ship.mmsi for ship in season.world.ships]
    assert len(set(numbers)) == len(numbers)
    assert {number // 1_000_000 for number in numbers} == {444}
