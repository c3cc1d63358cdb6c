"""How long a year of land takes: a made-up depot's profiles under the ids of 20 places, and the chains between them.

Run ``python -m tests.benchmarks.land_year [PLACES]``; prints processor seconds of LAND_STATES, LAND_CHANGES and chains.
Two minutes are asked for 20 places. Making the pixels is not counted.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import pandas as pd
from shapely.affinity import translate

from monitor.core.aoi import Aoi
from monitor.core.tables import CHAINS, LAND_CHANGES, LAND_STATES
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.detect.land.profiles import LAND_PROFILES, land_profiles
from monitor.fuse.chains.find import find_chains
from monitor.fuse.land.changes import land_changes
from monitor.fuse.land.states import land_states
from monitor.simulate import Season
from monitor.simulate.land.places import places

YEAR = TimeRange.parse("2022-09-01/2023-09-01")
PLACES = 20


def made_profiles(aoi: Aoi) -> pd.DataFrame:
    """LAND_PROFILES of a year over a place."""
    season = Season.make(aois=(aoi,), seed=7, period=YEAR, scenario="depot")
    passes = season.acquisitions(aoi)
    return LAND_PROFILES.join([land_profiles(one, season.render(one, aoi), aoi) for one in passes])


def copied(aoi: Aoi, profiles: pd.DataFrame, number: int) -> tuple[Aoi, pd.DataFrame]:
    """The same place and its profiles under another id."""
    new = f"{aoi.id}_{number}"
    zones = tuple(replace(zone, id=zone.id.replace(aoi.id, new)) for zone in aoi.zones)
    renamed = profiles.assign(
        aoi_id=new,
        zone_id=profiles["zone_id"].str.replace(aoi.id, new),
        scene_id=profiles["scene_id"].str.replace(aoi.id, new),
    )
    return replace(aoi, id=new, zones=zones), renamed


def main(number: int) -> None:
    """Print the seconds."""
    (depot,) = (aoi for aoi in places() if aoi.id == "sim_depot")
    profiles = made_profiles(depot)
    states, changes, aois = [], [], []
    begun = time.process_time()
    for n in range(number):
        aoi, mine = copied(depot, profiles, n)
        states.append(land_states(aoi, mine))
        changes.append(land_changes(aoi, mine))
        aois.append(replace(aoi, geometry=translate(aoi.geometry, 0.5 * n)))
    land_s = time.process_time() - begun
    tables = TableSet({LAND_STATES: LAND_STATES.join(states), LAND_CHANGES: LAND_CHANGES.join(changes)})
    begun = time.process_time()
    made = find_chains(tables, aois)
    chains_s = time.process_time() - begun
    print(
        f"{number} places, {profiles['scene_id'].nunique()} observations each: land {land_s:.1f} s, chains "
        f"{chains_s:.1f} s; {len(tables[LAND_STATES])} states, {len(tables[LAND_CHANGES])} changes, "
        f"{len(made[CHAINS])} chains"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PLACES)
