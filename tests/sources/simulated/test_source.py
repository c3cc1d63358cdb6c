"""The season as a source and as files that the readers take back."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
import rasterio

from monitor.core.aoi import read_aois
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.sources import read_positions
from monitor.sources.imagery.local.source import FolderSource
from monitor.sources.simulated.files import read_truth_tables, write_season
from monitor.sources.simulated.source import SimulatedSource

PERIOD = TimeRange.parse("2023-08-17/2023-08-21")


@pytest.fixture(scope="module")
def season(repository):
    return Season.make(aois=read_aois(repository / "aoi"), period=PERIOD)


@pytest.fixture(scope="module")
def written(season, tmp_path_factory):
    folder = tmp_path_factory.mktemp("season")
    return folder, write_season(season, folder)


def test_the_source_is_picklable_and_searches_half_open(season):
    source = pickle.loads(pickle.dumps(SimulatedSource(season)))
    aoi = season.aois[1]
    found = source.search(aoi, PERIOD)
    assert [a.source for a in found] == ["simulated"] * len(found)
    assert source.search(aoi, TimeRange(PERIOD.start, found[0].start)) == []


def test_every_file_says_simulated(written):
    folder, files = written
    images = sorted(folder.rglob("*.tif"))
    assert len(images) == files.scenes > 0
    for path in images:
        with rasterio.open(path) as image:
            assert image.tags()["SIMULATED"] == "YES"
        item = json.loads((path.parent / "item.json").read_text())
        assert item["properties"]["monitor:simulated"] is True
        assert (path.parent / "labels.geojson").is_file()


def test_the_folder_source_reads_the_written_pixels_back(season, written):
    folder, _ = written
    aoi = season.aois[1]
    made = season.acquisitions(aoi)[0]
    source = FolderSource(folder / "scenes")
    found = next(a for a in source.search(aoi, PERIOD) if a.id.startswith(made.id))
    assert found.simulated
    assert found.start == made.start
    raster = source.fetch(found, aoi)
    drawn = season.render(made, aoi)
    assert np.array_equal(raster.band("B08"), drawn.band("B08"))
    assert np.array_equal(raster.cloud, drawn.cloud)


def test_the_readers_take_every_position_back(season, written):
    folder, files = written
    read = [read_positions(path)[0] for path in sorted((folder / "ais").iterdir())]
    assert sum(len(table) for table in read) == files.positions == len(season.positions())
    assert {int(m) for table in read for m in table["mmsi"]} == set(season.positions()["mmsi"])


def test_truth_comes_back_from_the_folder(written):
    folder, files = written
    truth = read_truth_tables(folder)
    assert set(truth) == set(files.truth)
    assert truth["vessels"].crs.to_epsg() == 4326


def test_the_folder_states_how_its_season_was_made(season, written):
    folder, _ = written
    facts = json.loads((folder / "season.json").read_text())
    assert facts["simulated"]
    assert (facts["seed"], facts["scenario"], facts["period"]) == (season.seed, season.scenario, str(season.period))
