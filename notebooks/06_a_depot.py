# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3

# %% [markdown]
# # 6 · A depot
#
# Beyond the quay there is no AIS: trains, stores and ground are followed by pictures alone. This notebook makes five
# months of a **simulated** depot as files, watches them as any folder of scenes is watched, and shows the
# tables that were measured. On the command line the same is:
#
# ```sh
# monitor simulate season --scenario depot --period 2023-05-01/2023-10-01
# monitor init watch --port season/aoi/sim_depot.geojson
# ```
#
# then `[source] name = "folder"` and its folder in `watch/monitor.toml`, and `monitor -w watch run --due`.

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from monitor import Workspace
from monitor.core.tables import CHAINS, LAND_STATES
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.fuse.chains.find import find_chains
from monitor.simulate import Season
from monitor.simulate.land.places import places
from monitor.sources.simulated.files import write_season

aois = {aoi.id: aoi for aoi in places() if aoi.id in ("sim_depot", "sim_railyard")}
period = TimeRange.parse("2023-05-01/2023-10-01")
season = Season.make(aois=(aois["sim_depot"],), seed=5, period=period, scenario="depot")
root = Path(tempfile.mkdtemp())
made = write_season(season, root / "season")
ws = Workspace.create(
    root / "watch",
    ports=(made.folder / "aoi/sim_depot.geojson",),
    source={"name": '"folder"', "folder": f'"{made.folder / "scenes"}"'},
)
ws.pull(period)
ws.detect()
ws.correlate()
states = ws.table("land_states")
states.groupby(["aoi_id", "zone_id"])["share"].agg(["size", "count", "mean", "max"]).round(2)

# %% [markdown]
# `size` is how many passes there were and `count` how many of them gave a share. The others were under cloud, or the
# interval was so wide that nothing is said: `reason` tells which.

# %%
states[states["share"].isna()].groupby(["zone_id", "reason"]).size().unstack(fill_value=0)

# %% [markdown]
# ## Tracks and storage over time
# A dot is one clear observation with its 90 % interval, which is wide: after five months the ground under the trains has
# been seen a dozen times or so. Between two dots nothing is known: a train that came and went is in no row.

# %%
names = {zone.id: f"{zone.name}, {aoi.id.removeprefix('sim_')}" for aoi in aois.values() for zone in aoi.zones}
zones = [zone for zone in names if (states["zone_id"] == zone).any()]
figure, axes = plt.subplots(
    len(zones), 1, figsize=(11, 1.3 * len(zones)), sharex=True, sharey=True, layout="constrained"
)
for ax, zone in zip(axes, zones, strict=True):
    mine = states[states["zone_id"] == zone]
    ax.vlines(mine["acquired_at"], mine["share_low"], mine["share_high"], color="#0072B2", lw=1)
    ax.plot(mine["acquired_at"], mine["share"], ".", color="#0072B2", ms=5)
    ax.set_ylim(-0.05, 1.05)
    ax.set_title(f"{names[zone]} (simulated): share occupied", loc="left", fontsize=9)

# %% [markdown]
# ## Ground that changed, on a tile
# A change is stated when at least two clear observations in a row show it. Its beginning lies between the last
# observation without it and the first with it; harvest, snow, floods and smoke are the look-alikes.

# %%
depot = aois["sim_depot"]
changes = ws.table("land_changes", aoi=depot.id).reset_index(drop=True)
scenes = ws.scenes(depot.id)
last = scenes[scenes["cloud_cover"] < 0.1].sort_values("acquired_at").iloc[-1]
taken = next(one for one in season.acquisitions(depot) if last["scene_id"].startswith(one.id))
raster = season.render(taken, depot)
red, green, blue = (raster.data[raster.bands.index(band)] / 10_000.0 for band in ("B04", "B03", "B02"))
figure, ax = plt.subplots(figsize=(8, 8), layout="constrained")
ax.imshow(np.clip(np.dstack([red, green, blue]) / 0.2, 0, 1))
for number, outline in enumerate(changes.geometry):
    lon, lat = np.asarray(outline.convex_hull.exterior.coords).T[:2]
    rows, cols = raster.grid.rowcol(lon, lat)
    ax.plot(cols, rows, "--", color="#D55E00", lw=1.5)
    ax.text(cols.max(), rows.min(), str(number), color="white", fontweight="bold", va="bottom")
ax.set_axis_off()
ax.set_title(
    f"SIMULATED depot on {last['acquired_at']:%d %b %Y}: what is stated, by its row below", loc="left", fontsize=10
)
changes[["kind", "zone_id", "began_after", "began_before", "area_m2", "probability", "alternatives"]].round(
    {"area_m2": -2, "probability": 2}
)

# %% [markdown]
# ## Against the truth
# The season knows what stood where and which ground changed. What was measured is scored against it; five months are a
# short past, and one season is one case.

# %%
figures = ws.score(made.folder / "truth").figures
figures[figures["table"].isin(["land_states", "land_changes"]) & (figures["cases"] > 0)].round(2)

# %% [markdown]
# ## What follows what
# Departures at one place, such as trains that leave a yard, are set beside arrivals at another after a possible travel
# time, and compared with what chance gives: the arrivals are moved in time, within their season, 1999 times.
# `chance_followed` is what that gives, `p_value` how often it gives as many, and `p_adjusted` is the number to read where
# many pairs were tried. **That one thing follows another is no evidence that it caused it.** One place alone has no
# chains: `ws.table("chains")` is empty here. In the whole season, goods do go from the made-up yard to the depot, and it
# cannot be told from chance: a goods train stays for a day or two, clear passes are five to ten days apart, and most
# trains at both places belong to other traffic.
#
# Where the trains of a line are few, it can. Two made-up tracks, each seen every third day: twelve trains leave the one,
# and ten of them come to the other nine days later.


# %%
def track(aoi: str, full_on: list[int]) -> pd.DataFrame:
    """LAND_STATES of a track that is full for six days from each of some days on."""
    day = np.arange(1, 364, 3)
    share = np.where([any(0 <= k - first < 6 for first in full_on) for k in day], 0.8, 0.1)
    table = pd.DataFrame({"share": share, "share_low": share - 0.1, "share_high": share + 0.1})
    return LAND_STATES.conform(
        table.assign(
            scene_id=[f"{aoi}-{k}" for k in day],
            aoi_id=aoi,
            zone_id=f"{aoi}_track",
            kind="rail",
            acquired_at=pd.Timestamp("2023-01-01T02:00Z") + pd.to_timedelta(day, unit="D"),
            sensor="s2",
            state="observed",
            area_m2=np.nan,
            area_low_m2=np.nan,
            area_high_m2=np.nan,
            observations=20,
            reason="",
        )
    )


left = [5, 23, 52, 68, 97, 125, 144, 175, 198, 227, 245, 274]
line = pd.concat([track("sim_railyard", left), track("sim_depot", [day + 6 + 9 for day in left[:10]])])
made = find_chains(TableSet({LAND_STATES: line}), aois.values())
made[CHAINS].set_index("chain_id")[
    ["departures", "followed", "chance_followed", "chance_low", "chance_high", "p_value", "p_adjusted", "fit_low_days"]
].T.round(3)
