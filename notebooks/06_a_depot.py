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
# Beyond the quay there is no AIS: trains, stores and ground are followed by pictures alone. This notebook needs no
# workspace. It makes a season of a **simulated** rail yard and depot, and takes its truth as an ideal eye would measure
# it, ten per cent give or take, at each pass with little cloud. In a workspace of yours the same tables are measured:
# `ws.table("land_states")`, `ws.table("land_changes")`, `ws.table("chains")` and `ws.table("chain_links")`.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from monitor.core.geo.grid import Grid
from monitor.core.tables import CHAIN_LINKS, CHAINS, LAND_STATES
from monitor.core.tableset import TableSet
from monitor.fuse.chains.find import find_chains
from monitor.fuse.chains.rule import ChainRule
from monitor.simulate import Season
from monitor.simulate.land.places import places
from monitor.simulate.land.truth import land_tables

aois = {aoi.id: aoi for aoi in places() if aoi.id in ("sim_depot", "sim_railyard")}
season = Season.make(aois=tuple(aois.values()), seed=5, scenario="depot")
clear = [
    (aoi, item, np.ones(Grid.covering(aoi.geometry, epsg=aoi.epsg).shape, dtype=bool))
    for aoi in season.aois
    for item in season.passes(aoi)
    if season.cloud_share(item) < 0.3
]
truth = land_tables(season.seed, season.world, season.aois, season.period, clear)
true = truth["land_states"]
states = LAND_STATES.conform(
    true.assign(
        state="observed",
        share_low=(true["share"] - 0.1).clip(0, 1),
        share_high=(true["share"] + 0.1).clip(0, 1),
        area_low_m2=true["area_m2"],
        area_high_m2=true["area_m2"],
        observations=20,
        reason="",
    )
)
states.groupby(["aoi_id", "zone_id"])["share"].agg(["count", "mean", "max"]).round(2)

# %% [markdown]
# ## Tracks and storage over time
# A dot is one clear observation. Between two of them nothing is known: a train that came and went is in no row.

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
changes = truth["land_changes"]
changes = changes[changes["aoi_id"] == depot.id].reset_index(drop=True)
until = pd.Timestamp("2023-11-01", tz="UTC")
last = max((item for aoi, item, _ in clear if aoi.id == depot.id and item.at < until), key=lambda item: item.at)
scene = next(one for one in season.acquisitions(depot) if one.acquired_at == last.at)
raster = season.render(scene, depot)
red, green, blue = (raster.data[raster.bands.index(band)] / 10_000.0 for band in ("B04", "B03", "B02"))
figure, ax = plt.subplots(figsize=(8, 8), layout="constrained")
ax.imshow(np.clip(np.dstack([red, green, blue]) / 0.2, 0, 1))
corners = []
for number, row in changes[changes["began_at"] < last.at].iterrows():
    lon, lat = np.asarray(row["geometry"].envelope.exterior.coords).T[:2]
    rows, cols = raster.grid.rowcol(lon, lat)
    ax.plot(cols, rows, "--", color="#D55E00", lw=1.5)
    ax.text(cols.max(), rows.min(), str(number), color="white", fontweight="bold", va="bottom")
    corners += list(zip(cols, rows, strict=True))
(left, top), (right, bottom) = np.min(corners, axis=0) - 20, np.max(corners, axis=0) + 20
ax.set(xlim=(left, right), ylim=(bottom, top))
ax.set_axis_off()
ax.set_title(f"SIMULATED depot on {last.at:%d %b %Y}: what changed, by its row below", loc="left", fontsize=10)
changes[["kind", "zone_id", "began_at", "ended_at", "area_m2"]]

# %% [markdown]
# ## What follows what
# Trains leave a track of the rail yard; do trains come to the depot's siding after a possible travel time, more often than chance gives? The
# arrivals are moved in time, within their season, 1999 times: `chance_followed` is what that gives, `p_value` how often
# it gives as many. One pair that was chosen before anybody looked needs no correction; of many pairs `p_adjusted` is the
# number to read. **That one thing follows another is no evidence that it caused it.**

# %%
pair = ("sim_railyard_rail_b", "sim_depot_rail_siding")
rule = ChainRule(places=(pair,), kinds=(("train left", "train came"),))
made = find_chains(TableSet({LAND_STATES: states}), aois.values(), rule=rule)
made[CHAINS].set_index("chain_id")[
    [
        "departures",
        "not_observable",
        "followed",
        "chance_followed",
        "chance_low",
        "chance_high",
        "p_value",
        "p_adjusted",
    ]
].T.round(3)

# %%
links = made[CHAIN_LINKS]
print(links["state"].value_counts().to_string())
links[["left_after", "left_before", "came_after", "came_before", "probability", "state"]].head(8)

# %% [markdown]
# The answer is known here: of each train that left the yard with goods for the depot, the season holds when it came.

# %%
sent = truth["chain_links"]
sent = sent[(sent["from_kind"] == "train left") & (sent["to_kind"] == "train came")]
sent["travel_days"].describe().round(1)

# %% [markdown]
# A goods train stays for a day or two, clear passes are five to ten days apart, and most trains at both places belong to
# other traffic: this chain is real, and it cannot be told from chance. That is the answer, and a brief says no more.
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
