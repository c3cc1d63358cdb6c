"""Shares of tracks and lots in use."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from shapely.geometry import LineString

from monitor.fuse.land.elements import TRAIN_M, Elements, track_elements
from monitor.fuse.land.occupancy import in_use
from monitor.fuse.land.rules import RAIL
from monitor.fuse.land.states import land_states
from tests.fuse.land import places


@lru_cache(maxsize=1)
def made() -> tuple[places.Place, pd.DataFrame]:
    return places.make(1)


def test_nothing_is_stated_without_a_past() -> None:
    place, profiles = made()
    first = profiles[profiles["acquired_at"] <= profiles["acquired_at"].drop_duplicates().sort_values().iloc[1]]
    states = land_states(place.aoi, first)
    assert states["share"].isna().all()
    assert set(states.loc[states["state"] != "not observed", "reason"]) == {"no past"}


def test_a_hidden_zone_has_no_share_and_a_reason() -> None:
    place, profiles = made()
    states = land_states(place.aoi, profiles)
    hidden = states[states["state"] == "not observed"]
    assert len(hidden)
    assert hidden["share"].isna().all()
    assert set(hidden["reason"]) <= {"cloud", "snow", "no data"}
    shown = states[states["state"] == "observed"]
    assert shown["share"].between(shown["share_low"], shown["share_high"]).all()


def track() -> tuple[Elements, np.ndarray]:
    row, col = np.mgrid[0:13, 0:60]
    xy = np.column_stack([col.ravel() * 10.0 + 5.0, row.ravel() * 10.0 + 5.0])
    pieces = track_elements(LineString([(50.0, 65.0), (550.0, 65.0)]), xy, 10.0)
    assert pieces is not None
    return pieces, xy


def test_a_piece_covers_as_much_as_a_wagon_is_wide() -> None:
    pieces, _ = track()
    assert np.allclose(pieces.weight.sum(axis=1), 20.0 * TRAIN_M / 100.0, rtol=0.1)


def test_a_train_on_half_of_a_track_reads_as_half_and_one_on_all_of_it_as_all() -> None:
    pieces, xy = track()
    rng = np.random.default_rng(5)
    full = np.zeros((12, len(pieces.size_m)))
    full[3, :12] = full[7, 13:] = full[9] = 1.0
    ground = np.array([0.08, 0.1, 0.12, 0.2, 0.2])[None, :, None] * rng.uniform(0.9, 1.1, (1, 1, len(xy)))
    values = ground + rng.normal(0.0, 0.002, (12, 5, len(xy)))
    values += 0.06 * (full @ pieces.matrix(len(xy)))[:, None]
    clear = np.ones((12, len(xy)), dtype=bool)
    light = np.ones((12, 5))
    use = in_use(values.astype(np.float32), clear, pieces, xy=xy, side_m=10.0, rule=RAIL, light=light)
    assert np.abs(use.probability.mean(axis=1) - full.mean(axis=1)).max() < 0.1
