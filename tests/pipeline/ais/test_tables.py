"""What AIS alone says of the store equals what it says of the same positions at once, on any pool."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from monitor.ais import find_gaps, port_calls, track_at
from monitor.ais.clean import track_flags
from monitor.ais.gaps.disabling import gap_rules
from monitor.ais.gaps.reachability import gap_calls, usual_speeds
from monitor.ais.reception import reception_cells
from monitor.ais.sea.coastline import shipped_shore
from monitor.ais.sea.routes import shipped_sea
from monitor.core.aoi import Aoi, read_aois
from monitor.core.parallel import open_pool
from monitor.core.tables import POSITIONS
from monitor.pipeline.ais.tables import (
    all_ports,
    port_points,
    stored_flags,
    stored_gap_calls,
    stored_gap_rules,
    stored_port_calls,
    stored_reception,
    stored_track_at,
)
from monitor.store.positions import PositionStore
from monitor.workspace.factory import shipped_ports
from tests.ais.conftest import at, fixes

DUNAI = (132.3494, 42.9047)


@pytest.fixture(scope="module")
def aois() -> tuple[Aoi, ...]:
    return read_aois(shipped_ports())


@pytest.fixture(scope="module")
def positions() -> pd.DataFrame:
    """A ship that falls silent off Dunai for 30 h, four that stay near, and one number that two ships send under."""
    quarter = [h / 4 for h in range(240)]
    shuttle = fixes(440000001, [h for h in quarter if not 20 < h < 50], lon=DUNAI[0], lat=DUNAI[1])
    near = [fixes(440000010 + i, quarter, lon=DUNAI[0] + 0.05 + 0.01 * i, lat=42.85) for i in range(4)]
    twice = [fixes(440000020, quarter[:40], lon=131.0), fixes(440000020, [h + 0.1 for h in quarter[:40]], lon=134.0)]
    table = pd.concat([shuttle, *near, *twice], ignore_index=True)
    table["sog_kn"] = np.where(table["mmsi"] == 440000001, 11.0, 0.1)
    more = {"heading_deg": np.nan, "nav_status": pd.NA, "length_m": 99.0, "receiver": "terrestrial", "source_file": "a"}
    return POSITIONS.conform(table.assign(**more).astype({"nav_status": "Int16"}))


@pytest.fixture(scope="module")
def store(positions: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> PositionStore:
    store = PositionStore(tmp_path_factory.mktemp("store"))
    store.append([positions.sample(frac=1.0, random_state=1)], key="made")
    return store


def test_two_ships_under_one_number_are_flagged_and_nothing_is_deleted(
    store: PositionStore, positions: pd.DataFrame
) -> None:
    flags = stored_flags(store)
    assert_frame_equal(flags, track_flags(positions))
    shared = flags[flags["flag"] == "shared mmsi"]
    assert shared["mmsi"].tolist() == [440000020, 440000020]
    assert shared["positions"].tolist() == shared["of"].tolist() == [40, 40]
    assert len(store.read()) == len(positions)


def test_a_silence_among_neighbours_is_explained_with_reasons(store: PositionStore, positions: pd.DataFrame) -> None:
    gaps = find_gaps(positions)
    rules = stored_gap_rules(store, gaps)
    assert_frame_equal(rules, gap_rules(gaps, positions, land=shipped_shore()))
    (rule,) = rules.to_dict("records")
    assert (rule["coastal"], rule["open_sea"], rule["others_during"]) == ("met", "not met", 4)
    assert rule["shore_nmi"] < 2.0
    assert "coastal: 4 other vessels received near it meanwhile" in rule["reasons"]


def test_a_silence_of_thirty_hours_leaves_time_for_rajin_and_back(
    store: PositionStore, positions: pd.DataFrame, aois: tuple[Aoi, ...]
) -> None:
    gaps = find_gaps(positions)
    calls = stored_gap_calls(store, gaps, port_points(aois))
    speeds = usual_speeds(positions)
    assert_frame_equal(calls, gap_calls(gaps, port_points(aois), sea=shipped_sea(), speeds_kn=speeds))
    rajin = calls.set_index("port_id").loc["rajin"]
    assert rajin["by_water"]
    assert rajin["speed_kn"] == pytest.approx(11.0)
    assert 18.0 < rajin["travel_h"] < 21.0
    assert rajin["is_feasible"]
    berths = stored_gap_calls(store, gaps, port_points(aois, berths=True))
    assert len(berths) > len(calls)
    assert berths["rank"].tolist() == list(range(1, len(berths) + 1))
    assert berths["spare_h"].is_monotonic_decreasing


def test_calls_are_found_at_ports_of_ones_own_and_of_the_index(
    store: PositionStore, positions: pd.DataFrame, aois: tuple[Aoi, ...]
) -> None:
    ports = all_ports(aois)
    assert {"rajin", "dunai", "ru-vladivostok"} <= set(ports["port_id"])
    assert "kp-najin" not in set(ports["port_id"])
    assert_frame_equal(stored_port_calls(store, ports), port_calls(positions, ports))


def test_reception_by_day_equals_reception_at_once(
    store: PositionStore, positions: pd.DataFrame, aois: tuple[Aoi, ...]
) -> None:
    assert_frame_equal(stored_reception(store), reception_cells(positions))
    dunai = [aoi for aoi in aois if aoi.id == "dunai"]
    near = stored_reception(store, dunai)
    assert 0 < len(near) < len(reception_cells(positions))
    assert near["lon"].between(131.0, 134.0).all()


def test_where_ships_were_at_an_instant(store: PositionStore, positions: pd.DataFrame) -> None:
    points = stored_track_at(store, [at(30), at(5.1)])
    expected = track_at(positions, [at(5.1)])
    assert_frame_equal(points[points["t"] == at(5.1)].reset_index(drop=True), expected)
    assert 440000001 in set(points.loc[points["t"] == at(30), "mmsi"])


def test_any_pool_gives_equal_bytes(store: PositionStore, positions: pd.DataFrame, aois: tuple[Aoi, ...]) -> None:
    gaps, ports = find_gaps(positions), all_ports(aois)
    with ThreadPoolExecutor(2) as threads:
        assert_frame_equal(stored_reception(store, pool=threads), stored_reception(store))
        assert_frame_equal(stored_gap_rules(store, gaps, pool=threads), stored_gap_rules(store, gaps))
    with open_pool("processes:2") as processes:
        assert_frame_equal(stored_flags(store, pool=processes), stored_flags(store))
        assert_frame_equal(stored_port_calls(store, ports, pool=processes), stored_port_calls(store, ports))
        calls = stored_gap_calls(store, gaps, port_points(aois), pool=processes)
        assert_frame_equal(calls, stored_gap_calls(store, gaps, port_points(aois)))


def test_an_empty_store_says_nothing(tmp_path: Path, aois: tuple[Aoi, ...]) -> None:
    store = PositionStore(tmp_path)
    gaps = find_gaps(fixes(1, []))
    assert stored_flags(store).empty
    assert stored_reception(store).empty
    assert stored_gap_rules(store, gaps).empty
    assert stored_gap_calls(store, gaps, port_points(aois)).empty
