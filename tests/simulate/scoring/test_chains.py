"""What a correlation writes of chains, judged against what was shipped."""

from __future__ import annotations

import numpy as np
import pandas as pd

from monitor.core.tables import CHAIN_LINKS, CHAINS, LAND_STATES
from monitor.core.tableset import TableSet
from monitor.fuse.chains.find import find_chains
from monitor.simulate.land.places import places
from monitor.simulate.scoring.chains import chain_figures

LEFT = (5, 23, 52, 68, 97, 125, 144, 175, 198, 227, 245, 274)
YARD, DEPOT = "sim_railyard_rail_b", "sim_depot_rail_siding"
YEAR = pd.Timestamp("2023-01-01T02:00Z")


def track(aoi: str, zone: str, full_on: list[int]) -> pd.DataFrame:
    """LAND_STATES of a track seen every third day, full for six days from each of some days on."""
    day = np.arange(1, 364, 3)
    share = np.where([any(0 <= k - first < 6 for first in full_on) for k in day], 0.8, 0.1)
    table = pd.DataFrame({"share": share, "share_low": share - 0.1, "share_high": share + 0.1})
    blank = {"kind": "rail", "sensor": "s2", "state": "observed", "observations": 20, "reason": ""}
    areas = dict.fromkeys(("area_m2", "area_low_m2", "area_high_m2"), np.nan)
    at = YEAR + pd.to_timedelta(day, unit="D")
    ids = [f"{aoi}-{k}" for k in day]
    return LAND_STATES.conform(
        table.assign(scene_id=ids, aoi_id=aoi, zone_id=zone, acquired_at=at, **blank, **areas)  # type: ignore[arg-type]
    )


def test_the_chains_of_a_correlation_are_judged_as_they_are_written() -> None:
    came = [day + 6 + 9 for day in LEFT[:10]]
    states = pd.concat([track("sim_railyard", YARD, list(LEFT)), track("sim_depot", DEPOT, came)])
    made = find_chains(TableSet({LAND_STATES: states}), places())
    left_at = [YEAR + pd.Timedelta(days=day + 6) for day in LEFT[:10]]
    truth = pd.DataFrame(
        {
            "from_aoi": "sim_railyard",
            "from_zone": YARD,
            "from_kind": "train left",
            "left_at": left_at,
            "to_aoi": "sim_depot",
            "to_zone": DEPOT,
            "to_kind": "train came",
            "came_at": [at + pd.Timedelta(days=9) for at in left_at],
        }
    )
    rows = chain_figures(made[CHAINS], made[CHAIN_LINKS], truth)
    figures = {f"{table}, {figure}": (value, cases) for table, figure, value, cases in rows}
    assert figures["chains, linked places, stated"] == (1.0, 1)
    assert figures["chains, other places, stated"][0] == 0.0
    stated = made[CHAIN_LINKS].merge(made[CHAINS].query("p_adjusted < 0.05")[["chain_id"]])
    others = made[CHAIN_LINKS].query("state == 'followed'")
    assert (stated["state"] == "followed").sum() == 10
    assert figures["chain_links, precision"] == (10 / len(others), len(others))
    assert figures["chain_links, recall of shipments"] == (1.0, 10)
    none = made[CHAIN_LINKS].query("state == 'not followed'")
    assert len(none)
    assert none["came_before"].isna().all()
    assert set(none["came_evidence"]) == {""}
