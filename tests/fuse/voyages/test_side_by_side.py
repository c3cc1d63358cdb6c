"""Two ships on one line, side by side (`tests/cases/voyages`)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from shapely.geometry import Point

from monitor.core.aoi import Aoi
from monitor.core.tables import VISITS
from monitor.fuse import link_voyages
from tests.fuse.voyages.test_beyond import read

CASE = Path("tests/cases/voyages/side_by_side")
"""Two ships of like length go to and fro for 90 days, silent in port; AIS shows some of their passages. SIMULATED, by
`tests.independent` (two-shuttles, seed 100). `ship` in the visits is whose they are."""
PLACES = {"port-a": (-31.380681, 46.560245), "port-b": (-29.793615, 45.094799)}


def test_both_ships_are_told_each_with_visits_of_its_own() -> None:
    visits, states = read(CASE, "visits"), read(CASE, "berth_states")
    states = states.assign(detection_ids=states["detection_ids"].fillna(""))
    aois = tuple(Aoi(name, name, Point(*place).buffer(0.02), (), 32625) for name, place in PLACES.items())
    table = VISITS.conform(visits.drop(columns="ship"))
    linked = link_voyages(table, aois, berth_states=states, positions=read(CASE, "positions"))
    told = linked.shuttles[linked.shuttles["mmsi"].isin(visits["ship"].dropna())]
    assert set(told["mmsi"]) == {700020919, 700021628}
    assert (told["status"] == "shown").all()
    owner = visits.set_index("visit_id")["ship"]
    for row in told.to_dict("records"):
        own = [bool(owner[name] == row["mmsi"]) for name in str(row["visit_ids"]).split() if pd.notna(owner[name])]
        others = len(str(row["visit_ids"]).split()) - sum(own)
        assert sum(own) > others, row["mmsi"]
