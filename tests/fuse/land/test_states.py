"""Shares of tracks and lots in use."""

from __future__ import annotations

import numpy as np
import pandas as pd
from shapely.geometry import LineString

from monitor.fuse.land.elements import TRAIN_M, Elements, track_elements
from monitor.fuse.land.lots import lot_use
from monitor.fuse.land.occupancy import in_use
from monitor.fuse.land.rules import LOT, RAIL
from monitor.fuse.land.states import land_states
from tests.fuse.land import places


def made() -> tuple[places.Place, pd.DataFrame]:
    return places.make(1, changes=4)


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
    assert set(shown.loc[shown["share"].isna(), "reason"]) <= {"uncertain"}
    shown = shown[shown["share"].notna()]
    assert len(shown)
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


def test_a_lot_that_is_in_use_more_often_than_not_reads_as_it_is() -> None:
    rng = np.random.default_rng(3)
    row, col = (axis.ravel() for axis in np.mgrid[0:12, 0:20])
    moves = ((1, 0), (-1, 0), (0, 1), (0, -1))
    known = {(int(i), int(j)): n for n, (i, j) in enumerate(zip(row, col, strict=True))}
    neighbour = np.array(
        [[known.get((int(i) + a, int(j) + b), -1) for a, b in moves] for i, j in zip(row, col, strict=True)]
    )
    filled = np.stack([(row // 3 * 5 + col // 4 + day) % 20 < 13 for day in range(16)])
    goods = np.array([0.12, 0.13, 0.15, 0.18, 0.2])[:, None] * rng.uniform(0.4, 1.6, (5, len(row)))
    ground = np.array([0.11, 0.13, 0.15, 0.18, 0.22])[:, None] * rng.normal(1.0, 0.02, (1, len(row)))
    light = rng.normal(1.0, 0.1, (16, 1)) * np.ones(5)
    values = np.where(filled[:, None], goods, ground) * light[:, :, None] + rng.normal(0.0, 0.003, (16, 5, len(row)))
    clear = np.ones(filled.shape, dtype=bool)
    chance = lot_use(values.astype(np.float32), clear, neighbour, rule=LOT, light=light)
    assert np.abs(chance.mean(axis=1) - filled.mean(axis=1)).max() < 0.1


def test_nine_of_ten_intervals_hold_what_stood_there() -> None:
    """All but the track on which trains stand more often than not: it hides its ground (docs/explanation/land.md)."""
    place, profiles = made()
    states = land_states(place.aoi, profiles)
    stated = states[states["share"].notna() & (states["zone_id"] != "rail_3")]
    true = pd.Series([place.trains[key] for key in zip(stated["scene_id"], stated["zone_id"], strict=True)])
    low, high = (stated[name].reset_index(drop=True) for name in ("share_low", "share_high"))
    assert len(true) > 40
    assert true.between(low - 0.005, high + 0.005).mean() >= 0.9
    assert (states["share_high"] - states["share_low"]).max() <= RAIL.share.widest
