"""Scenarios without a shuttle: silent ships of like length and as many calls, each of one watched port."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.scoring.shuttles import true_shuttles
from monitor.simulate.truth import truth_tables

SEASON = TimeRange.parse("2023-08-20/2023-11-18")


def of(scenario: str, aois, seed: int = 3) -> Season:
    return Season.make(aois=aois, seed=seed, scenario=scenario, period=SEASON, sensors=("s2",))


def silent_calls(season: Season, port: str) -> int:
    """Calls in the season at one port's berths by ships that are silent there."""
    stays = [
        stay
        for ship in season.world.ships
        if ship.role in ("shuttle", "silent caller")
        for stay in ship.itinerary.stays
        if stay.place.kind == "berth" and stay.place.port == port
    ]
    return sum(season.period.overlaps(stay.arrived, stay.departed) for stay in stays)


@pytest.mark.parametrize(("scenario", "ports"), [("no-shuttle", {"rajin", "dunai"}), ("one-port", {"rajin"})])
def test_no_silent_ship_calls_at_two_watched_ports(aois, scenario: str, ports: set[str]) -> None:
    callers = [ship for ship in of(scenario, aois).world.ships if ship.role == "silent caller"]
    called = [{stay.place.port for stay in s.itinerary.stays if stay.place.kind == "berth"} for s in callers]
    assert all(len(one) == 1 for one in called)
    assert set().union(*called) == ports


def test_there_are_about_as_many_silent_calls_as_with_shuttles(aois) -> None:
    for port in ("rajin", "dunai"):
        with_one = [silent_calls(of("shuttle-2023", aois, seed), port) for seed in range(3)]
        without = [silent_calls(of("no-shuttle", aois, seed), port) for seed in range(3)]
        assert 0.75 < np.mean(without) / np.mean(with_one) < 1.35, port


def test_callers_are_of_the_shuttles_length_and_silent_in_port(aois) -> None:
    season = of("no-shuttle", aois)
    callers = [ship for ship in season.world.ships if ship.role == "silent caller"]
    assert all(110 <= ship.length_m <= 125 for ship in callers)
    for ship in callers:
        middle = [(s.start_s + s.end_s) / 2 for s in ship.itinerary.stays if s.place.kind == "berth"]
        assert not ship.sends(middle).any()
        assert ship.sends(np.arange(ship.itinerary.t_s[0], ship.itinerary.t_s[-1], 1800.0)).any()


def test_the_truth_holds_no_leg_and_no_shuttle(aois) -> None:
    truth = truth_tables(
        Season.make(aois=aois, seed=3, scenario="no-shuttle", period=TimeRange.parse("2023-09-01/2023-09-21"))
    )
    assert truth["voyages"].empty
    assert true_shuttles(truth).empty
    calls = truth["visits"]
    assert calls.loc[calls["role"] == "silent caller", "dark"].all()
    assert set(calls.loc[calls["role"] == "silent caller", "aoi_id"]) == {"rajin", "dunai"}
