"""Real pixels as the ground of a season."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
import rasterio

from monitor.core.aoi import read_aois
from monitor.core.errors import DataError, SourceError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.sensors import S2_BANDS
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.truth import truth_tables
from monitor.sources.simulated.backgrounds import read_backgrounds
from monitor.sources.simulated.files import SeasonFiles, write_season
from monitor.workspace.factory import season_of

PERIOD = TimeRange.parse("2023-08-14/2023-08-23")
COLOUR = (900, 2900, 500, 5200, 700)
CLOUDED = (8000, 8000, 8000, 8000, 4000)


def _write(path, aoi, colour, *, cloud=0, columns=None):
    grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
    rows, cols = grid.shape[0], columns or grid.shape[1]
    data = np.empty((6, rows, cols), np.uint16)
    data[:] = np.array([*colour, cloud], np.uint16)[:, None, None]
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=cols,
        height=rows,
        count=6,
        dtype="uint16",
        crs=f"EPSG:{grid.epsg}",
        transform=grid.transform,
        compress="DEFLATE",
    ) as target:
        target.write(data)
        target.descriptions = (*S2_BANDS, "CLM")


@pytest.fixture(scope="module")
def aois(repository):
    return {aoi.id: aoi for aoi in read_aois(repository / "aoi")}


@pytest.fixture(scope="module")
def folder(aois, tmp_path_factory):
    home = tmp_path_factory.mktemp("real")
    _write(home / "S2A_20220601T022000_clouded.tif", aois["rajin"], CLOUDED, cloud=1)
    _write(home / "S2A_20220611T022000_clear.tif", aois["rajin"], COLOUR)
    return home


@pytest.fixture(scope="module")
def ports(aois):
    return aois["rajin"], aois["dunai"]


@pytest.fixture(scope="module")
def season(folder, ports):
    return season_of(ports, seed=7, period=PERIOD, scenario="shuttle-2023", sensors=("s2",), background=folder)


@pytest.fixture(scope="module")
def clearest(season, ports):
    """The overpass of Rajin with the least cloud: its acquisition, its pixels, its ships."""
    rajin = ports[0]
    item = min((i for i in season.passes(rajin) if i.edge_lon is None), key=season.cloud_share)
    acquisition = next(a for a in season.acquisitions(rajin) if a.id == item.id)
    vessels = truth_tables(season)["vessels"]
    return acquisition, season.render(acquisition, rajin), vessels[vessels["scene_id"] == item.id]


def test_the_clearest_scene_shows_through_away_from_ships_and_cloud(season, ports, clearest):
    _, raster, _ = clearest
    assert season.cloud_share(next(i for i in season.passes(ports[0]) if i.id == clearest[0].id)) < 0.5
    clear = raster.valid & ~raster.cloud
    middle = np.median(raster.data[:, clear], axis=1)
    assert middle == pytest.approx(COLOUR, abs=250)
    assert raster.tags["SIMULATED"] == "YES"
    assert raster.tags["background"] == "S2A_20220611T022000_clear.tif"


def test_a_ship_of_the_truth_is_painted_over_it(clearest):
    _, raster, vessels = clearest
    ships = vessels[vessels["visible"] & (vessels["length_m"] > 90)]
    assert len(ships)
    for ship in ships.itertuples():
        row, col = raster.grid.rowcol(ship.geometry.centroid.x, ship.geometry.centroid.y)
        assert raster.data[3, int(row), int(col)] < 0.75 * COLOUR[3]


def test_the_truth_is_that_of_the_drawn_season(season, ports):
    drawn = Season.make(aois=ports, period=PERIOD)
    assert drawn.backgrounds == ()
    made, before = truth_tables(season), truth_tables(drawn)
    assert all(made[name].equals(before[name]) for name in before)


def test_a_port_without_a_scene_keeps_the_drawn_ground(season, ports):
    dunai = ports[1]
    item = season.acquisitions(dunai)[0]
    drawn = Season.make(aois=ports, period=PERIOD).render(item, dunai)
    made = season.render(item, dunai)
    assert np.array_equal(made.data, drawn.data)
    assert "background" not in made.tags


def test_a_season_over_real_pixels_can_be_sent_to_another_process(season, ports, clearest):
    again = pickle.loads(pickle.dumps(season))
    assert np.array_equal(again.render(clearest[0], ports[0]).data, clearest[1].data)


def test_a_folder_without_a_covering_scene_names_folder_and_aoi(tmp_path, ports):
    _write(tmp_path / "S2A_20220611T022000_half.tif", ports[0], COLOUR, columns=300)
    (tmp_path / "broken.tif").write_bytes(b"none")
    with pytest.raises(DataError, match=r"rajin \(broken.tif.*half.tif shows .* of the AOI's grid") as caught:
        read_backgrounds(tmp_path, ports[:1])
    assert str(tmp_path) in str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path, ports):
    with pytest.raises(SourceError, match="nowhere: no such folder; give one"):
        read_backgrounds(tmp_path / "nowhere", ports)


def test_fixed_objects_of_the_season_stand_in_real_pixels(folder, aois, ports):
    rajin = aois["rajin"]
    real = read_backgrounds(folder, ports)
    season = Season.make(aois=ports, period=PERIOD, scenario="crowded", backgrounds=real)
    item = min((i for i in season.passes(rajin) if i.edge_lon is None), key=season.cloud_share)
    raster = season.render(next(a for a in season.acquisitions(rajin) if a.id == item.id), rajin)
    largest = max((f for f in season.world.fixtures if f.aoi_id == "rajin"), key=lambda f: f.outline.area)
    row, col = raster.grid.rowcol(largest.lon, largest.lat)
    assert raster.data[3, int(row), int(col)] < 0.75 * COLOUR[3]


def test_the_files_say_which_ground_is_real_and_which_is_drawn(season, tmp_path):
    short = replace(season, period=TimeRange.parse("2023-08-15/2023-08-16"))
    made = write_season(short, tmp_path / "made")
    assert "rajin: ground from S2A_20220611T022000_clear.tif; ships in it are not in the truth" in made.text()
    assert "dunai: drawn ground" in made.text()
    assert "S2A_20220611T022000_clear.tif" in (tmp_path / "made" / "season.json").read_text()
    assert "ground" not in SeasonFiles(tmp_path, 1, 1, 1, ()).text()
