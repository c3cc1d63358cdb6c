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
# ---

# %% [markdown]
# # 1 · A first look
#
# What was observed at two ports, when, and what could not be observed. The workspace is the embedded season: **its
# pixels, ships and AIS are simulated**, so that everything here runs without an account. `make demo` makes it in about a
# minute and a half. For your own port put your workspace's folder in place of `../demo`; notebook 5 shows how to make
# one.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import monitor

ws = monitor.open("../demo")
ws

# %% [markdown]
# ## What was observed
# One row a pass. `valid_fraction` is the share of the port that the scene covers; a pass at the edge of the swath shows
# only a part.

# %%
scenes = ws.scenes()
scenes.drop(columns="geometry").groupby(["aoi_id", "sensor"]).agg(
    passes=("scene_id", "count"), first=("acquired_at", "min"), last=("acquired_at", "max")
)

# %% [markdown]
# ## Coverage before counts
# A berth under cloud is *not observed*, which is not the same as empty. Each dot is one observation at one berth.

# %%
ports = {aoi.id: aoi for aoi in ws.aois}
STATES = {"not observed": "#d9d9d9", "empty": "#9ecae1", "occupied": "#08519c"}


def english(port: monitor.Aoi) -> str:
    """A port's name without that in its own script, which not every font of a plot has."""
    return (port.name or port.id).split(" (")[0]


def berth_calendar(aoi: str, ax: plt.Axes) -> None:
    """One row a berth, one mark an observation."""
    states, port = ws.table("berth_states", aoi=aoi), ports[aoi]
    names = {berth.id: berth.name for berth in port.of_kind("berth")}
    berths = sorted(states["berth_id"].unique())
    for state, colour in STATES.items():
        observations = states[states["state"] == state]
        ax.scatter(observations["acquired_at"], observations["berth_id"].map(berths.index), c=colour, s=40, label=state)
    ax.set_yticks(range(len(berths)), [names[berth] for berth in berths])
    ax.set_title(f"{english(port)}: berths at each observation (simulated)", loc="left")
    ax.tick_params(axis="x", rotation=30)


figure, axes = plt.subplots(2, 1, figsize=(11, 8), sharex=True, layout="constrained")
for aoi, ax in zip(("rajin", "dunai"), axes, strict=True):
    berth_calendar(aoi, ax)
_ = axes[0].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
# %% [markdown]
# ## Vessels per observation
# Observations that showed nothing have no number, so they are no zeros in the mean either. The bar is the share of the
# water that was observed.

# %%
counts = ws.counts("rajin")
clear = counts[counts["observed_fraction"] >= 0.5]
figure, (top, below) = plt.subplots(2, 1, figsize=(11, 5), sharex=True, height_ratios=(3, 1), layout="constrained")
top.plot(clear["acquired_at"], clear["vessels"].astype(float), "o", color="#08519c")
top.set_ylabel("vessels found")
top.set_ylim(bottom=0)
top.set_title(
    f"{english(ports['rajin'])}: vessels at {len(clear)} clear observations of {len(counts)} (simulated)", loc="left"
)
below.bar(counts["acquired_at"], counts["observed_fraction"], width=0.8, color="#969696")
below.set_ylabel("observed")
below.set_ylim(0, 1)
print(f"{len(clear)} clear observations, mean {clear['vessels'].astype(float).mean():.1f} vessels a clear observation")

# %% [markdown]
# ## The clearest optical scene as a picture
# The detector reads five bands; people read three. `raster.band("B04")` is reflectance, 0 to 1, on `raster.grid`.

# %%
import geopandas as gpd
import numpy as np
from matplotlib.patheffects import withStroke

OUTLINE = [withStroke(linewidth=2, foreground="black")]


def true_colour(raster: monitor.Raster, brightest: float = 0.25) -> np.ndarray:
    """(row, col, 3), 0 to 1; one stretch for all dates, so that brightness can be compared."""
    picture = np.dstack([raster.band(name) for name in ("B04", "B03", "B02")])
    return np.clip(picture / brightest, 0, 1) ** 0.7


def scale_bar(ax: plt.Axes, metres: float) -> None:
    """A bar of a known length at the lower left of a picture in metres."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = left + 0.05 * (right - left), bottom + 0.05 * (top - bottom)
    ax.plot([x, x + metres], [y, y], color="white", linewidth=4, solid_capstyle="butt")
    ax.text(x, y + 0.015 * (top - bottom), f"{metres:,.0f} m, north is up", color="white", fontsize=8)


best = clear[clear["sensor"] == "s2"].sort_values("observed_fraction").iloc[-1]
raster = ws.archive.read_raster(best["scene_id"])
left, bottom, right, top_edge = raster.grid.bounds
figure, ax = plt.subplots(figsize=(8, 8), layout="constrained")
ax.imshow(true_colour(raster), extent=(left, right, bottom, top_edge))
boxes = ws.detections("rajin")
boxes = boxes[boxes["scene_id"] == best["scene_id"]].to_crs(raster.grid.epsg)
boxes.boundary.plot(ax=ax, color="#ffd92f", linewidth=1.4)
quays = gpd.GeoSeries({b.name: b.geometry for b in ports["rajin"].of_kind("berth")}, crs=4326).to_crs(raster.grid.epsg)
west, south, east, north = quays.total_bounds
ax.set(xlim=(west - 300, east + 300), ylim=(south - 300, north + 300))
for name, place in quays.centroid.items():
    ax.annotate(name, (place.x, place.y), color="white", fontsize=7, ha="center", path_effects=OUTLINE)
scale_bar(ax, 200)
ax.set_title(
    f"SIMULATED  {english(ports['rajin'])}, {best['acquired_at']:%d %b %Y %H:%M} UTC, {len(boxes)} objects found",
    loc="left",
)
_ = ax.set(xticks=[], yticks=[], xlabel="", ylabel="")
# %% [markdown]
# ## The brief
# What a reader gets: one HTML file that needs no network, with a tile and the provenance of every number.

# %%
briefs = sorted(Path(ws.root, "reports").glob("*.html"))
pd.DataFrame({"brief": [path.name for path in briefs], "MB": [path.stat().st_size / 1e6 for path in briefs]}).round(1)
