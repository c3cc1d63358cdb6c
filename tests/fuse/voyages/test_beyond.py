"""Ships that sail past a watched place to one that is not watched (`tests/cases/voyages`)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.aoi import Aoi
from monitor.core.tables import VISITS
from monitor.fuse import link_voyages
from monitor.fuse.voyages.links import Linked

CASE = Path("tests/cases/voyages/beside_the_way")
"""Two ships go between Rajin and Dunai, silent in port, ten weeks of SIMULATED optical scenes; the course from Dunai to
a terminal where tankers call alone lies near enough to theirs that some of what is received fits it."""
PLACES = {"rajin": (130.285, 42.227), "dunai": (132.357, 42.897), "sim_terminal": (131.446, 41.530)}
SHIPS = [444000001, 444000002]


def read(case: Path, name: str) -> pd.DataFrame:
    """A table of a case."""
    kinds = {"detection_ids": str, "mmsi": "Int64", "ship": "Int64"}
    table = pd.read_csv(case / f"{name}.csv", keep_default_na=True, dtype=kinds)
    for column in table.columns:
        if column == "t" or column.endswith(("_at", "_before", "_after")):
            table[column] = pd.to_datetime(table[column], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    return table


def _linked(*ports: str) -> Linked:
    visits, states = (
        table[table["aoi_id"].isin(ports)] for table in (read(CASE, "visits"), read(CASE, "berth_states"))
    )
    states = states.assign(detection_ids=states["detection_ids"].fillna(""))
    aois = tuple(Aoi(name, name.title(), Point(*PLACES[name]).buffer(0.02), (), 32652) for name in ports)
    return link_voyages(VISITS.conform(visits), aois, berth_states=states, positions=read(CASE, "positions"))


@pytest.mark.parametrize("watched", [("dunai", "sim_terminal"), ("rajin", "sim_terminal")])
def test_no_ship_is_told_between_two_ends_when_its_own_other_end_is_not_watched(watched: tuple[str, str]) -> None:
    linked = _linked(*watched)
    assert linked.shuttles.empty
    assert linked.voyages.empty


def test_with_all_three_watched_ships_are_told_between_their_own_ends() -> None:
    shuttles = _linked(*PLACES).shuttles
    assert set(shuttles["mmsi"]) <= set(SHIPS)
    assert 444000001 in set(shuttles["mmsi"])
    assert {(row.port_a, row.port_b) for row in shuttles.itertuples()} == {("dunai", "rajin")}
