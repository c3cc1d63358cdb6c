"""The room against a made season whose truth is known: one seed here, many by hand."""

from pathlib import Path

import pytest

from monitor.core.aoi import read_aoi
from monitor.core.tableset import TableSet
from monitor.fuse import correlate
from monitor.simulate.season import Season
from monitor.simulate.truth import truth_tables
from tests.fuse.seasons import KnownSeason, Tally, known_season, score, score_null

pytestmark = pytest.mark.slow


def season_of(scenario: str) -> tuple[KnownSeason, TableSet]:
    """A season of a scenario, and what the room makes of it."""
    folder = Path(__file__).resolve().parents[2] / "aoi"
    aois = tuple(read_aoi(folder / f"{name}.geojson") for name in ("rajin", "dunai"))
    season = Season.make(aois=aois, seed=11, scenario=scenario, sensors=("s2", "s1"))
    acquisitions = [a for aoi in aois for a in season.acquisitions(aoi)]
    made = known_season(acquisitions, season.positions(), truth_tables(season), seed=11)
    return made, correlate(made.tables, aois, scenes=made.scenes)[0]


@pytest.fixture(scope="module")
def tally() -> Tally:
    scores = Tally()
    score(*season_of("feed-outage"), scores)
    return scores


def test_no_shuttle_is_told_where_every_silent_ship_calls_at_one_port() -> None:
    scores = Tally()
    score_null(season_of("no-shuttle")[1], scores)
    assert scores.share("false shuttles a null season") == 0.0
    assert scores.share("false legs a null season") <= 1.0


def test_nearly_every_match_is_right_and_nearly_all_are_made(tally: Tally) -> None:
    assert tally.share("match precision") >= 0.95
    assert tally.share("match recall") >= 0.95


def test_dark_events_are_ships_without_ais(tally: Tally) -> None:
    assert tally.share("dark precision") >= 0.9
    assert tally.share("dark recall") >= 0.9


def test_nothing_is_dark_while_the_feed_is_down(tally: Tally) -> None:
    assert tally.share("dark in outages") == 0.0


def test_visits_are_found_once(tally: Tally) -> None:
    assert tally.share("visit precision") >= 0.95


def test_every_visit_is_found(tally: Tally) -> None:
    assert tally.share("visit recall") >= 0.95


def test_intervals_of_visits_hold_the_truth(tally: Tally) -> None:
    assert tally.share("visit interval") >= 0.9


def test_legs_told_took_place(tally: Tally) -> None:
    assert tally.share("leg precision") >= 0.85


def test_most_legs_that_could_be_told_are(tally: Tally) -> None:
    assert tally.share("leg recall") >= 0.75
