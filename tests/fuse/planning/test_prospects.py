from dataclasses import replace

import numpy as np
import pytest

from monitor.core.errors import DataError
from monitor.fuse.planning.crossings import crossings_width
from monitor.fuse.planning.passes import FLEETS, Passes, Site, passes_over
from monitor.fuse.planning.prospects import prospects
from monitor.fuse.planning.rule import PlanRule

RULE = PlanRule(ships=1000, draws=3)
SITE = Site("made-up", 130.0, 42.0)
S2, S1, DAILY = FLEETS


def _every(hours: float, chance: float) -> Passes:
    at = np.arange(hours / 2, 24.0 * 90.0, hours)
    return Passes(at, np.full(len(at), chance))


def test_a_stay_is_seen_by_one_of_the_passes_within_it() -> None:
    passes = Passes(np.array([10.0, 20.0]), np.array([0.5, 0.8]))
    seen = passes.seen(np.array([0.0, 0.0, 0.0, 11.0, 20.5]), np.array([9.0, 15.0, 25.0, 25.0, 40.0]))
    assert seen == pytest.approx([0.0, 0.5, 0.9, 0.8, 0.0])


def test_tracks_overlap_towards_the_poles() -> None:
    assert S2.tracks_over(0.0) == pytest.approx(290.0 / (40_075.0 / 143), rel=1e-6)
    assert S2.tracks_over(-60.0) == pytest.approx(2.0 * S2.tracks_over(0.0))
    assert DAILY.tracks_over(60.0) == 1.0


def test_a_daily_constellation_passes_ninety_times_in_a_season() -> None:
    passes, clear = passes_over((DAILY,), replace(SITE, clear=0.5), np.random.default_rng(1), RULE)
    assert len(passes.at_h) == 90
    assert clear == pytest.approx(45.0)
    assert np.diff(passes.at_h) == pytest.approx(24.0)
    assert passes.chance == pytest.approx(0.5 * DAILY.recall)


def test_known_passes_are_taken_as_they_are_and_clouds_do_not_hide_from_radar() -> None:
    known = replace(SITE, clear=0.25, passes_h={"s2": (5.0, 125.0), "s1": (60.0,)})
    passes, clear = passes_over((S2, S1), known, np.random.default_rng(1), RULE)
    assert passes.at_h.tolist() == [5.0, 60.0, 125.0]
    assert passes.chance == pytest.approx([0.25 * S2.recall, S1.recall, 0.25 * S2.recall])
    assert clear == pytest.approx(1.5)


def test_more_satellites_and_longer_stays_are_seen_more_often() -> None:
    made = prospects(SITE, rule=RULE)
    assert [each.satellites.count("+") for each in made] == [0, 1, 2]
    seen = np.array([each.seen for each in made])
    assert (np.diff(seen, axis=0) > 0).all()
    assert (np.diff(seen, axis=1) > 0).all()
    assert np.diff([each.both_ends for each in made]).min() > 0
    assert np.diff([each.crossings_width for each in made]).max() < 0


def test_a_leg_is_seen_at_both_ends_as_often_as_chance_joins_them() -> None:
    day = tuple(np.arange(6.0, 90.0 * 24.0, 24.0))
    known = Site("a", 0.0, 0.0, clear=0.5, passes_h={"s2": day})
    one = prospects(known, rule=RULE)[0]
    share = 0.5 * S2.recall
    assert one.seen[2] == pytest.approx(share, abs=0.01)
    assert one.both_ends == pytest.approx(share**2, abs=0.01)


def test_passes_that_show_nothing_leave_the_interval_as_wide_as_what_is_thought_possible() -> None:
    nothing, always = _every(24.0, 0.0), _every(3.0, 0.999)
    blind = crossings_width(nothing, nothing, 24.0, 12.0, RULE)
    sure = crossings_width(always, always, 24.0, 12.0, PlanRule())
    assert blind > 40.0
    assert sure < 3.0
    assert sure < crossings_width(_every(24.0, 0.5), _every(24.0, 0.5), 24.0, 12.0, RULE) < blind


def test_the_interval_can_be_another_models() -> None:
    made = prospects(SITE, rule=RULE, width=lambda here, there, stay_h, passage_h, rule: stay_h + passage_h)
    assert {each.crossings_width for each in made} == {36.0}


def test_the_same_seed_gives_the_same_prospects() -> None:
    assert prospects(SITE, rule=RULE) == prospects(SITE, rule=RULE)


@pytest.mark.parametrize(
    ("stay_h", "season_d", "text"),
    [(0.0, 90.0, "above 0"), (900.0, 90.0, "below 30 days"), (24.0, 2.0, "longer than 3")],
)
def test_times_that_make_no_sense_are_refused(stay_h: float, season_d: float, text: str) -> None:
    with pytest.raises(DataError, match=text):
        prospects(SITE, stay_h=stay_h, rule=replace(RULE, season_d=season_d))
