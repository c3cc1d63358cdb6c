from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.timerange import TimeRange
from monitor.store import Archive, SearchStore
from tests.store.conftest import T0


@pytest.fixture
def searches(tmp_path) -> SearchStore:
    return SearchStore(Archive(tmp_path))


def test_a_pass_without_data_is_looked_for_again_until_it_is_old(searches, make_acquisition):
    acquisition, now = make_acquisition(), T0 + timedelta(hours=3)
    asked = 0
    for _ in range(24 * 60):
        if searches.due([acquisition], now=now):
            asked += 1
            searches.record_no_data(acquisition, "no tile", now=now)
        now += timedelta(hours=1)
    assert 8 <= asked <= 12
    assert now - T0 > timedelta(days=50)
    assert searches.archive.records("offer")[0].at - T0 < timedelta(days=17)
    [tried] = searches.tried()
    assert (tried.acquisition_id, tried.relative_orbit, tried.reason) == (acquisition.id, 3, "no tile")


def test_other_products_are_asked_for_at_once(searches, make_acquisition):
    searches.record_no_data(make_acquisition(), "no tile", now=T0)
    assert searches.due([make_acquisition()], now=T0) == []
    anew = make_acquisition(product_ids=("S2B_MSIL2A_N0510_T52TEM",))
    assert searches.due([anew], now=T0) == [anew]


def test_offers_never_tried_are_due(searches, make_acquisition):
    assert searches.due([make_acquisition()], now=T0) == [make_acquisition()]


def test_what_came_at_last_is_no_longer_in_vain(searches, make_acquisition, raster):
    searches.record_no_data(make_acquisition(), "no tile", now=T0)
    searches.archive.write_scene(make_acquisition(), raster)
    assert searches.tried() == []


def test_searches_are_kept_in_the_log_alone(searches):
    period = TimeRange.parse("2023-10")
    searches.record_search("sentinelhub", "rajin", ["s2", "s1"], period, now=T0)
    searches.record_search("sentinelhub", "rajin", ["s2", "s1"], period, now=T0 + timedelta(days=1))
    assert [(s.sensor, s.period, s.at) for s in searches.searched()] == [
        ("s2", period, T0 + timedelta(days=1)),
        ("s1", period, T0 + timedelta(days=1)),
    ]
    assert {path.name for path in searches.archive.root.rglob("*.jsonl")} == {"search.jsonl"}
    assert not searches.archive.index.path.exists()


def test_a_reprocessed_product_and_a_late_tile_make_a_scene_outdated(searches, make_acquisition, raster):
    archive, first = searches.archive, make_acquisition()
    assert archive.outdated([first]) == []
    archive.write_scene(first, raster)
    anew = make_acquisition(product_ids=("S2B_MSIL2A_N0510_T52TEM",))
    late = make_acquisition(product_ids=(*first.product_ids, "S2B_MSIL2A_N0509_T52TFM"))
    elsewhere = make_acquisition(product_ids=("x",), source="stac")
    assert archive.outdated([first, elsewhere]) == []
    assert archive.outdated([anew]) == [anew]
    assert archive.outdated([late]) == [late]
    archive.write_scene(late, raster)
    assert archive.outdated([first]) == []


def test_a_scene_of_another_time_replaces_none(searches, make_acquisition, raster):
    archive = searches.archive
    archive.write_scene(make_acquisition(), raster)
    moved = replace(make_acquisition(day=3), product_ids=("another",))
    assert archive.outdated([moved]) == []
    assert archive.outdated([replace(make_acquisition(), product_ids=("another",))]) != []


def test_a_pass_that_was_tried_by_a_clock_far_ahead_is_requested_again(searches, make_acquisition):
    acquisition = make_acquisition()
    searches.record_no_data(acquisition, "no tile yet", now=T0 + timedelta(days=2500))
    assert searches.due([acquisition], now=T0 + timedelta(days=1)) == [acquisition]
    searches.record_no_data(acquisition, "no tile yet", now=T0 + timedelta(days=1))
    assert searches.due([acquisition], now=T0 + timedelta(days=1, hours=1)) == []
