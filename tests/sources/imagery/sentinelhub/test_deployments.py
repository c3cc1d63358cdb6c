"""The service stand-in over pixels that come from elsewhere: real ports, and the embedded season."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from monitor.core.aoi import read_aoi
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.sources.imagery.local.source import FolderSource
from monitor.sources.simulated.source import SimulatedSource
from tests.sources.imagery.sentinelhub.hub_places import source_for
from tests.sources.places import aoi_over
from tests.standin.worlds import Product, Scenes, s1_product, s2_product

pytestmark = pytest.mark.loopback


def test_a_real_port_comes_through_the_service_as_it_lies_on_disk(serve, shared_data):
    port = aoi_over(502_500, 3_884_000, 505_500, 3_886_500, name="busan")
    disk = FolderSource(shared_data / "s2_ports")
    [scene] = disk.search(port, TimeRange.parse("2022-05"))
    expected = disk.fetch(scene, port)
    at = datetime(2022, 5, 14, 2, 6, 51, tzinfo=UTC)
    product = s2_product(at, port.geometry.buffer(0.2), tile="52SDE", orbit=89, satellite="A")
    source = source_for(serve(Scenes([(product, expected)])))
    [acquisition] = source.search(port, TimeRange.parse("2022-05"))
    raster = source.fetch(acquisition, port)
    assert acquisition.start == at
    assert raster.grid == expected.grid
    assert np.array_equal(raster.data, expected.data)
    assert np.array_equal(raster.valid, expected.valid)


@pytest.mark.slow
@pytest.mark.parametrize("sensor", ["s2", "s1"])
def test_the_season_comes_through_the_service_as_it_was_made(serve, repository, sensor):
    port = read_aoi(repository / "aoi" / "rajin.geojson")
    period = TimeRange.parse("2023-08-14/2023-09-14")
    season = SimulatedSource(
        Season.make(seed=7, period=period, aois=(port,), scenario="shuttle-2023", sensors=(sensor,))
    )
    scene = season.search(port, period)[0]
    expected = season.fetch(scene, port)
    outline = port.geometry.buffer(0.5)
    state = scene.orbit_state or "ascending"
    product: Product = (
        s2_product(scene.start, outline) if sensor == "s2" else s1_product(scene.start, outline, state=state)
    )
    source = source_for(serve(Scenes([(product, expected)])), sensors=(sensor,))
    [acquisition] = source.search(port, period)
    raster = source.fetch(acquisition, port)
    assert raster.grid == expected.grid
    assert np.array_equal(raster.data[:, raster.valid], expected.data[:, raster.valid])
    assert np.array_equal(raster.valid, expected.valid)
    assert json.dumps(dict(raster.tags))
