from __future__ import annotations

import json
import logging
import pickle
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from shapely.geometry import box

from monitor.core.geo.grid import Grid
from monitor.core.timerange import TimeRange
from monitor.sources.errors import BadRequest, BadResponse, NoData, QuotaError
from monitor.sources.imagery.sentinelhub.source import SentinelHubSource
from monitor.store import Archive
from monitor.store.quota import UnitQuota
from tests.sources.imagery.sentinelhub.hub_places import EAST, T0, WEST, products, settings_for, source_for
from tests.sources.places import aoi_over
from tests.standin.server import CLIENT_ID, CLIENT_SECRET, Fault
from tests.standin.worlds import Product, Sea, s2_product

pytestmark = pytest.mark.loopback
MONTH = TimeRange.parse("2023-10")


def test_items_of_one_pass_are_one_acquisition(serve, port):
    standin = serve()
    found = source_for(standin).search(port, MONTH)
    assert [a.id for a in found] == [
        "20231005T021510Z_S2A_L2A_R003_rajin",
        "20231010T021510Z_S2B_L2A_R003_rajin",
        "20231015T021510Z_S2A_L2A_R003_rajin",
    ]
    first = found[0]
    assert first.start == T0
    assert first.end == T0 + timedelta(seconds=4)
    assert first.is_exact
    assert len(first.product_ids) == 2
    assert (first.platform, first.relative_orbit, first.cloud_cover) == ("sentinel-2a", 3, 0.125)
    assert first.footprint.covers(port.geometry)
    assert standin.count("process") == 0


def test_radar_passes_of_both_directions_are_apart(serve, port):
    found = source_for(serve(), sensors=("s2", "s1")).search(port, MONTH)
    radar = [a for a in found if a.sensor == "s1"]
    assert len(found) == 9
    assert {a.orbit_state for a in radar} == {"ascending", "descending"}
    assert radar[0].id == "S1A_O050580_ASC_GRD_R108_rajin"
    assert radar[0].end - radar[0].start == timedelta(seconds=25)
    assert [a.start for a in found] == sorted(a.start for a in found)


def test_tiles_that_miss_the_aoi_are_left_out(serve):
    west = aoi_over(499_000, 4_670_000, 499_200, 4_670_200, name="west")
    found = source_for(serve()).search(west, MONTH)
    assert [len(a.product_ids) for a in found] == [1, 1, 1]


def test_the_newest_processing_stands_for_the_pass_and_keeps_its_name(serve, port):
    old = source_for(serve(Sea(products(1)))).search(port, MONTH)
    anew = [s2_product(T0, WEST, satellite="A", baseline="0510")]
    new = source_for(serve(Sea([*anew, *products(1)]))).search(port, MONTH)
    assert [a.id for a in new] == [a.id for a in old]
    assert any("N0510" in product for product in new[0].product_ids)
    assert not any("N0509" in product and "T52TEM" in product for product in new[0].product_ids)


def test_a_period_that_begins_within_a_pass_cuts_no_tile_off(serve, port):
    source = source_for(serve())
    within = T0 + timedelta(seconds=2)
    assert len(source.search(port, TimeRange(T0 - timedelta(days=1), within))[0].product_ids) == 2
    assert all(a.start > within for a in source.search(port, TimeRange(within, within + timedelta(days=20))))


def test_many_items_come_page_by_page(serve, port):
    many = [s2_product(T0 + timedelta(hours=2 * n), WEST.union(EAST)) for n in range(230)]
    standin = serve(Sea(many))
    assert len(source_for(standin).search(port, MONTH)) == 230
    assert standin.count("catalog") == 3


def test_pixels_are_those_of_the_world(serve, port):
    world = Sea(products())
    standin = serve(world)
    source = source_for(standin)
    acquisition = source.search(port, MONTH)[0]
    raster = source.fetch(acquisition, port)
    assert raster.grid == Grid.covering(port.geometry, epsg=32652)
    assert raster.bands == ("B02", "B03", "B04", "B08", "B11")
    assert raster.data.dtype == np.uint16
    assert raster.valid.all()
    assert 0 < raster.cloud.mean() < 1
    x, y = raster.grid.xy(*(v + 0.5 for v in np.mgrid[: raster.grid.shape[0], : raster.grid.shape[1]]))
    newest = next(
        p for p in world.products if p.id.removesuffix(".SAFE") in acquisition.product_ids and "52TFM" in p.id
    )
    seen = world.sample(newest, "dataMask", x, y, 32652) > 0
    assert 0 < seen.mean() < 1
    assert np.array_equal(raster.data[3][seen], world.sample(newest, "B08", x, y, 32652)[seen])
    assert standin.count("process") == 1
    assert raster.tags["tile_dates"] == "2023-10-05T02:23:10Z 2023-10-05T02:23:14Z"


def test_radar_comes_in_linear_power_with_its_incidence(serve, port):
    source = source_for(serve(), sensors=("s1",), incidence=True)
    acquisition = source.search(port, MONTH)[0]
    raster = source.fetch(acquisition, port)
    assert raster.bands == ("VV", "VH")
    assert raster.data.dtype == np.float32
    assert raster.cloud is None
    assert raster.tags["incidence_deg"] == "38.500"
    body = source.request(acquisition, port)["body"]
    data = body["input"]["data"][0]
    assert data["processing"] | {"upsampling": ""} == {
        "orthorectify": True,
        "backCoeff": "SIGMA0_ELLIPSOID",
        "demInstance": "COPERNICUS_30",
        "upsampling": "",
    }
    assert data["dataFilter"]["orbitDirection"] == "ASCENDING"


def test_pieces_make_the_same_pixels_as_the_whole(serve, port):
    standin = serve()
    whole = source_for(standin)
    acquisition = whole.search(port, MONTH)[0]
    one = whole.fetch(acquisition, port)
    pieces = source_for(standin, side_px=7)
    assert pieces.estimate(acquisition, port).requests == 4 * 3
    many = pieces.fetch(acquisition, port)
    assert np.array_equal(one.data, many.data)
    assert np.array_equal(one.valid, many.valid)
    assert np.array_equal(one.cloud, many.cloud)
    assert one.grid == many.grid


@pytest.mark.parametrize("level, has_clm, masks", [("L2A", False, ["SCL", "dataMask"]), ("L1C", False, ["dataMask"])])
def test_a_deployment_is_asked_for_the_masks_it_has(serve, port, level, has_clm, masks):
    products_ = [s2_product(T0, WEST.union(EAST), level=level[1:])]
    standin = serve(Sea(products_), has_clm=has_clm)
    source = source_for(standin, level=level)
    raster = source.fetch(source.search(port, MONTH)[0], port)
    assert (raster.cloud is None) == (level == "L1C")
    assert f"MASKS = {json.dumps(masks)}" in standin.asked[-1].body["evalscript"]


def test_the_request_record_holds_no_secret_and_is_stable(serve, port):
    standin = serve()
    source = source_for(standin)
    acquisition = source.search(port, MONTH)[0]
    record = source.request(acquisition, port)
    text = json.dumps(record)
    assert CLIENT_SECRET not in text
    assert CLIENT_ID not in text
    assert record["sha256"] == source.request(acquisition, port)["sha256"]
    source.fetch(acquisition, port)
    assert standin.asked[-1].body == json.loads(json.dumps(record["body"]))


def test_a_secret_shows_itself_nowhere(serve, port, caplog):
    standin = serve()
    source = source_for(standin, attempts=2)
    caplog.set_level(logging.DEBUG)
    standin.fail("process", Fault(status=500, body='{"error": {"message": "oops"}}'))
    source.fetch(source.search(port, MONTH)[0], port)
    standin.secret = "changed"
    standin.revoke()
    with pytest.raises(Exception, match="refuses the credentials") as caught:
        source.fetch(source.search(port, MONTH)[0], port)
    trace = "".join(traceback.format_exception(caught.value))
    shown = caplog.text + repr(source) + str(source) + repr(caught.value) + trace
    assert CLIENT_SECRET not in shown
    assert not any(token in shown for token in standin.tokens)


def test_a_source_crosses_processes(serve):
    source = source_for(serve())
    assert pickle.loads(pickle.dumps(source)) == source


# not seen is not zero


def test_a_pass_whose_pixels_are_not_there_yet_is_no_data(serve, port):
    standin = serve()
    source = source_for(standin)
    acquisition = source.search(port, MONTH)[0]
    standin.world = Sea([])
    with pytest.raises(NoData, match="no tile for this pass"):
        source.fetch(acquisition, port)


def test_a_pass_that_shows_only_its_edge_is_no_data(serve, port):
    far = Product(
        "S2B_MSIL2A_20231005T021510_N0509_R003_T52TEM_20231005T050000.SAFE",
        "sentinel-2-l2a",
        T0,
        box(129.0, 41.5, 129.00124, 43.0),
    )
    standin = serve()
    source = source_for(standin)
    acquisition = source.search(port, MONTH)[0]
    standin.world = Sea([far])
    with pytest.raises(NoData, match="no valid pixel"):
        source.fetch(acquisition, port)


def test_pixels_of_another_instant_are_refused(serve, port):
    standin = serve()
    source = source_for(standin)
    acquisition = source.search(port, MONTH)[0]
    standin.world = Sea([s2_product(T0 + timedelta(minutes=3), WEST.union(EAST))])
    with pytest.raises(BadResponse, match="made from a tile of 2023-10-05T02:26:10Z"):
        source.fetch(acquisition, port)


def test_a_request_that_is_too_large_is_a_bad_request(serve):
    big = aoi_over(500_000, 4_640_000, 530_000, 4_670_000, name="big")
    standin = serve()
    source = source_for(standin, side_px=9999)
    with pytest.raises(BadRequest, match="larger than allowed 2500"):
        source.fetch(source.search(big, MONTH)[0], big)
    assert standin.count("process") == 1


# budget


def test_units_are_estimated_as_they_are_charged(serve, port):
    for sensors in (("s2",), ("s1",)):
        standin = serve()
        source = source_for(standin, sensors=sensors)
        acquisition = source.search(port, MONTH)[0]
        raster = source.fetch(acquisition, port)
        assert source.estimate(acquisition, port).units == pytest.approx(standin.processing_units, rel=1e-6)
        assert float(raster.tags["processing_units"]) == pytest.approx(standin.processing_units, abs=1e-3)


def test_the_monthly_cap_stops_before_anything_is_sent(serve, port, tmp_path):
    standin, account = serve(), UnitQuota(Archive(tmp_path))
    source = source_for(standin, ledger=account)
    acquisitions = source.search(port, MONTH)
    cost = source.estimate(acquisitions[0], port).units
    source = SentinelHubSource(replace(source.settings, units_per_month=2.5 * cost), account)
    for acquisition in acquisitions[:2]:
        source.fetch(acquisition, port)
    with pytest.raises(QuotaError, match=r"units_per_month.*Nothing was sent"):
        source.fetch(acquisitions[2], port)
    assert standin.count("process") == 2
    assert account.spent(datetime.now(UTC)) == pytest.approx(2 * cost, rel=1e-4)


def test_a_request_that_failed_costs_nothing(serve, port, tmp_path):
    standin, account = serve(), UnitQuota(Archive(tmp_path))
    source = source_for(standin, ledger=account)
    acquisition = source.search(port, MONTH)[0]
    standin.fail("process", Fault(status=400, body='{"error": {"message": "no"}}'))
    with pytest.raises(BadRequest):
        source.fetch(acquisition, port)
    assert account.spent(datetime.now(UTC)) == 0


def test_last_months_units_do_not_count(tmp_path):
    account = UnitQuota(Archive(tmp_path))
    ticket = account.reserve(90, cap=100, what="x", now=datetime(2023, 9, 30, 23, 59, tzinfo=UTC))
    assert ticket is not None
    october = datetime(2023, 10, 1, tzinfo=UTC)
    assert account.reserve(90, cap=100, what="y", now=october) is not None
    assert account.reserve(20, cap=100, what="z", now=october) is None
    assert account.spent(october) == 90


def test_settings_with_another_deployment_leave_the_session_alone(serve, port):
    first, second = serve(), serve()
    a, b = source_for(first), source_for(second)
    a.search(port, MONTH)
    b.search(port, MONTH)
    a.search(port, MONTH)
    assert (first.count("token"), second.count("token")) == (1, 1)
    assert settings_for(first) != settings_for(second)
