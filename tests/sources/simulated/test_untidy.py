"""Late AIS in files of its own, and labels that fit scenes which lie off the map."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from monitor.core.aoi import read_aois
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.sources import read_positions
from monitor.sources.simulated.files import read_truth_tables, write_season


@pytest.fixture(scope="module")
def season(repository):
    aois = tuple(a for a in read_aois(repository / "aoi") if a.id in ("rajin", "dunai"))
    return Season.make(aois=aois, period=TimeRange.parse("2023-08-16/2023-08-26"), scenario="untidy")


@pytest.fixture(scope="module")
def written(season, tmp_path_factory):
    folder = tmp_path_factory.mktemp("untidy")
    return folder, write_season(season, folder)


def test_late_ais_lies_beside_the_rest_and_reads_back(season, written):
    folder, files = written
    whole = season.positions()
    late = pd.concat([read_positions(path)[0] for path in sorted((folder / "late").glob("*.csv"))])
    assert files.late == len(late) > 0
    assert files.positions + files.late == len(whole)
    assert "late/" in files.text()
    deliveries = read_truth_tables(folder)["deliveries"]
    assert int(deliveries["positions"].sum()) == len(late)


def test_labels_lie_where_the_pixels_show_the_ships(season, written):
    folder, _ = written
    truth = read_truth_tables(folder)
    off = truth["registration"].set_index("scene_id")[["shift_rows_px", "shift_cols_px"]]
    assert (off != 0).any(axis=None)
    for aoi in season.aois:
        for acquisition in season.acquisitions(aoi):
            labels = gpd.read_file(folder / "scenes" / aoi.id / acquisition.id / "labels.geojson").to_crs(aoi.epsg)
            true = truth["vessels"].query("scene_id == @acquisition.id").to_crs(aoi.epsg)
            marks = labels[labels["kind"].isin(["vessel", "ignore"])].geometry.centroid
            rows, cols = off.loc[acquisition.id]
            east = marks.x.to_numpy()[: len(true)] - true.geometry.centroid.x.to_numpy()
            south = true.geometry.centroid.y.to_numpy() - marks.y.to_numpy()[: len(true)]
            assert east == pytest.approx(10.0 * cols, abs=0.1)
            assert south == pytest.approx(10.0 * rows, abs=0.1)
