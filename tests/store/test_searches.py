from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.timerange import TimeRange
from monitor.store import Archive, SearchStore
from tests.store.conftest import T0


@pytest.fixture
def book(tmp_path) -> SearchStore:
    return SearchStore(Archive(tmp_path))


def test_a_pass_without_data_is_looked_for_again_until_it_is_old(book, make_acquisition):
    acquisition, now = make_acquisition(), T0 + timedelta(hours=3)
    asked = 0
    for _ in range(24 * 60):
        if book.due([acquisition], now=now):
            asked += 1
            book.note_no_data(acquisition, "no tile", now=now)
        now += timedelta(hours=1)
    assert 8 <= asked <= 12
    assert now - T0 > timedelta(days=50)
    assert book.archive.records("offer")[0].at - T0 < timedelta(days=17)
    [tried] = book.tried()
    assert (tried.acquisition_id, tried.relative_orbit, tried.reason) == (acquisition.id, 3, "no tile")


def test_other_products_are_asked_for_at_once(book, make_acquisition):
    book.note_no_data(make_acquisition(), "no tile", now=T0)
    assert book.due([make_acquisition()], now=T0) == []
    anew = make_acquisition(product_ids=("S2B_MSIL2A_N0510_T52TEM",))
    assert book.due([anew], now=T0) == [anew]


def test_offers_never_tried_are_due(book, make_acquisition):
    assert book.due([make_acquisition()], now=T0) == [make_acquisition()]


def test_what_came_at_last_is_no_longer_in_vain(book, make_acquisition, raster):
    book.note_no_data(make_acquisition(), "no tile", now=T0)
    book.archive.write_scene(make_acquisition(), raster)
    assert book.tried() == []


def test_searches_are_kept_in_the_log_alone(book):
    period = TimeRange.parse("2023-10")
    book.note_search("sentinelhub", "rajin", ["s2", "s1"], period, now=T0)
    book.note_search("sentinelhub", "rajin", ["s2", "s1"], period, now=T0 + timedelta(days=1))
    assert [(s.sensor, s.period, s.at) for s in book.searched()] == [
        ("s1", period, T0 + timedelta(days=1)),
        ("s2", period, T0 + timedelta(days=1)),
    ]
    assert {path.name for path in book.archive.root.rglob("*.jsonl")} == {"search.jsonl"}
    assert not book.archive.index.path.exists()


def test_a_reprocessed_product_and_a_late_tile_make_a_scene_outdated(book, make_acquisition, raster):
    archive, first = book.archive, make_acquisition()
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
