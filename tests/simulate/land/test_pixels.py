"""Pixels of the made-up places show what is there, where it is, and by its area."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy import ndimage
from shapely.geometry import Point

from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.land.ground import COVERS, area_share, fields_of, ground_of_place
from monitor.simulate.land.growth import harvest_day
from monitor.simulate.land.layout import EPSG
from monitor.simulate.land.places import layouts, places
from monitor.simulate.land.scene import land_raster
from monitor.simulate.land.trains import WAGON_M, WIDE_M
from monitor.simulate.land.wagons import rolling_stock
from monitor.simulate.render.optical import light_of
from monitor.simulate.traffic.fleet import World


def _drawn(season: Season, item, aoi, world: World):
    """One overpass under a clear sky."""
    return land_raster(season.seed, world, item, aoi, share=0.0, tags={}).data.astype(float)


def _without(world: World, **changed) -> World:
    assert world.land is not None
    return replace(world, land=replace(world.land, **changed))


def _busy_pass(season: Season, aoi, zone_id: str):
    """The overpass at which most wagons stand in a zone, and the trains there."""
    trains = [t for t in season.world.land.trains if t.zone_id == zone_id]
    item = max(season.passes(aoi), key=lambda p: sum(t.wagons for t in trains if t.stands(p.at.timestamp())))
    return item, [t for t in trains if t.stands(item.at.timestamp())]


def test_wagons_change_the_pixels_of_their_track_and_no_others(expanding, sites):
    aoi = sites["sim_depot"]
    item, trains = _busy_pass(expanding, aoi, "sim_depot_rail_siding")
    assert trains
    full = _drawn(expanding, item, aoi, expanding.world)
    empty = _drawn(expanding, item, aoi, _without(expanding.world, trains=()))
    grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
    off = np.abs(full - empty).max(axis=0)
    tracks = [reproject(zone.geometry, WGS84, EPSG) for zone in aoi.of_kind("rail")]
    far = np.all([area_share(track.buffer(70.0), grid) == 0 for track in tracks], axis=0)
    assert off[far].max() <= 1.0
    lines = dict(layouts()[aoi.id].tracks())
    under = rolling_stock(trains, lines, grid, light_of(180.0, 50.0)).share > 0.25
    assert under.sum() > 10
    assert np.median(off[under]) > 60.0


def test_a_train_covers_the_area_that_its_wagons_have(expanding, sites):
    for zone_id, aoi in (("sim_depot_rail_siding", sites["sim_depot"]), ("sim_railyard_rail_a", sites["sim_railyard"])):
        _, trains = _busy_pass(expanding, aoi, zone_id)
        grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
        share = rolling_stock(trains, dict(layouts()[aoi.id].tracks()), grid, light_of(180.0, 50.0)).share
        metres = sum(t.wagons for t in trains) * WAGON_M
        assert float(share.sum()) * 100.0 == pytest.approx(metres * WIDE_M, rel=0.02)
        assert share.max() < 0.75


def test_shares_of_a_pixel_are_areas(sites):
    grid = Grid.covering(sites["sim_depot"].geometry, epsg=EPSG)
    x, y = grid.xy(100.0, 120.0)
    disc = Point(float(x) + 3.0, float(y) + 4.0).buffer(57.0)
    assert float(area_share(disc, grid).sum()) * 100.0 == pytest.approx(disc.area, rel=1e-5)
    shares = ground_of_place(sites["sim_depot"], 3).shares
    assert np.allclose(shares.sum(axis=0), 1.0, atol=1e-5)
    siding = reproject(sites["sim_depot"].zone("sim_depot_rail_siding").geometry, WGS84, EPSG)
    across = shares[COVERS.index("ballast")][grid.mask(reproject(siding.buffer(4.0), EPSG, WGS84))]
    assert 0.3 < float(across.mean()) < 1.0


def test_cleared_ground_is_brighter_inside_its_outline_and_nothing_changes_outside(expanding, sites):
    aoi = sites["sim_depot"]
    patch = next(p for p in expanding.world.land.patches if p.aoi_id == aoi.id and p.kind == "bare ground")
    item = next(p for p in expanding.passes(aoi) if p.at.timestamp() > patch.began_s)
    with_it = _drawn(expanding, item, aoi, _without(expanding.world, patches=(patch,)))
    without = _drawn(expanding, item, aoi, _without(expanding.world, patches=()))
    inside = area_share(patch.outline, Grid.covering(aoi.geometry, epsg=aoi.epsg))
    shaded = ndimage.binary_dilation(inside > 0, iterations=6)
    assert np.median((with_it - without)[2][inside > 0.9]) > 200.0
    assert np.abs(with_it - without)[:, ~shaded].max() <= 1.0
    before = next(p for p in expanding.passes(aoi) if p.at.timestamp() < patch.began_s)
    assert (
        _drawn(expanding, before, aoi, _without(expanding.world, patches=(patch,)))
        == _drawn(expanding, before, aoi, _without(expanding.world, patches=()))
    ).all()


def test_what_is_felled_was_wood(expanding, sites):
    aoi = sites["sim_depot"]
    patch = next(p for p in expanding.world.land.patches if p.kind == "cleared")
    inside = area_share(patch.outline, Grid.covering(aoi.geometry, epsg=aoi.epsg)) > 0.9
    green = [p for p in expanding.passes(aoi) if p.at > datetime(2023, 6, 1, tzinfo=UTC)]
    item = green[0]
    for began, red in ((patch.began_s + 1e9, (150, 400)), (patch.began_s - 1e9, (600, 1400))):
        world = _without(expanding.world, patches=(replace(patch, began_s=began),))
        assert red[0] < np.median(_drawn(expanding, item, aoi, world)[2][inside]) < red[1]


def _ndvi(data: np.ndarray) -> np.ndarray:
    return (data[3] - data[2]) / (data[3] + data[2])


def test_a_whole_field_is_reaped_at_its_harvest(quiet, sites):
    aoi = sites["sim_depot"]
    fields = fields_of(layouts()[aoi.id])
    start = datetime(2023, 1, 1, tzinfo=UTC)
    passes = quiet.passes(aoi)
    grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
    dropped = 0
    for number, field in enumerate(fields):
        day = harvest_day(quiet.seed, aoi.id, number, 2023)
        inside = area_share(field, grid) > 0.9
        before = [p for p in passes if day - 45 < (p.at - start).days < day - 28]
        after = [p for p in passes if day < (p.at - start).days < day + 10]
        if not (before and after) or inside.sum() < 200:
            continue
        values = [_ndvi(_drawn(quiet, item, aoi, quiet.world))[inside] for item in (before[0], after[0])]
        assert np.median(values[0]) - np.median(values[1]) > 0.3
        dropped += 1
        if dropped == 3:
            break
    assert dropped == 3


def test_woods_are_green_in_summer_and_bare_in_winter_and_snow_is_white(sites):
    aoi = sites["sim_depot"]
    season = Season.make(aois=places(), seed=3, period=TimeRange.parse("2022-11-20/2023-07-01"), scenario="depot-quiet")
    snow = next(s for s in season.world.land.spells if s.kind == "snow")
    wood = ground_of_place(aoi, 3).shares[COVERS.index("wood")] > 0.95
    meadow = ground_of_place(aoi, 3).shares[COVERS.index("meadow")] > 0.95
    passes = season.passes(aoi)
    white = next(p for p in passes if snow.start_s + 2 * 86_400 < p.at.timestamp() < snow.end_s - 5 * 86_400)
    bare, green = (_drawn(season, item, aoi, _without(season.world, spells=())) for item in (passes[0], passes[-1]))
    snowed = _drawn(season, white, aoi, season.world)
    assert np.median(_ndvi(green)[wood]) > 0.75
    assert np.median(_ndvi(bare)[wood]) < 0.5
    index = (snowed[1] - snowed[4]) / (snowed[1] + snowed[4])
    assert np.median(index[meadow]) > 0.3
    assert np.median(snowed[1][meadow]) > 3000


def test_the_same_seed_draws_the_same_bytes_and_another_does_not(expanding, sites):
    aoi = sites["sim_railyard"]
    acquisition = expanding.acquisitions(aoi)[0]
    first = expanding.render(acquisition, aoi)
    ground_of_place.cache_clear()
    again = Season.make(aois=places(), seed=3, period=expanding.period, scenario="depot")
    assert np.array_equal(again.render(acquisition, aoi).data, first.data)
    assert first.tags["SIMULATED"] == "YES"
    other = Season.make(aois=places(), seed=4, period=expanding.period, scenario="depot")
    assert not np.array_equal(other.render(other.acquisitions(aoi)[0], aoi).data, first.data)
