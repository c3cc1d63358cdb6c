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
# # 2 · Detections, berths and stacks
#
# From pixels to objects: what the detector found, how sure it is, how long the ships are and how wrong that can be; then
# each berth against its own past, and container stacks as lengths and areas, never as a count of boxes.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import monitor

pd.set_option("display.float_format", "{:,.2f}".format)

ws = monitor.open("../demo")
places = {aoi.id: (aoi.name or aoi.id).split(" (")[0] for aoi in ws.aois}  # without the name in its own script
detections = ws.detections()
detections.groupby(["aoi_id", "class_name", "zone"]).agg(
    found=("detection_id", "count"), median_score=("score", "median"), median_length_m=("length_m", "median")
)

# %% [markdown]
# ## A chip of each of the best optical detections
# Each picture is 600 m wide, north up. The box is what is measured: its long side is the length.

# %%


def scale_bar(ax: plt.Axes, metres: float) -> None:
    """A bar of a known length at the lower left of a picture in metres."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = left + 0.05 * (right - left), bottom + 0.05 * (top - bottom)
    ax.plot([x, x + metres], [y, y], color="white", linewidth=4, solid_capstyle="butt")
    ax.text(x, y + 0.015 * (top - bottom), f"{metres:,.0f} m, north is up", color="white", fontsize=8)


def chip(row: pd.Series, ax: plt.Axes, half_m: float = 300.0) -> None:
    """One detection in its surroundings."""
    raster = ws.archive.read_raster(row["scene_id"])
    box = detections.loc[[row.name]].to_crs(raster.grid.epsg)
    x, y = box.geometry.iloc[0].centroid.coords[0]
    left, bottom, right, top = raster.grid.bounds
    picture = np.dstack([raster.band(name) for name in ("B04", "B03", "B02")])
    ax.imshow(np.clip(picture / 0.25, 0, 1) ** 0.7, extent=(left, right, bottom, top), interpolation="nearest")
    box.boundary.plot(ax=ax, color="#ffd92f", linewidth=1.5)
    ax.set(xlim=(x - half_m, x + half_m), ylim=(y - half_m, y + half_m), xticks=[], yticks=[], xlabel="", ylabel="")
    scale_bar(ax, 100)
    length = f"{row['length_m']:.0f} m ({row['length_low_m']:.0f}–{row['length_high_m']:.0f})"
    ax.set_title(f"{places[row['aoi_id']]} {row['acquired_at']:%d %b}\n{length}, score {row['score']:.2f}", fontsize=9)


optical = detections[detections["sensor"] == "s2"]
vessels = optical[optical["class_name"] == "vessel"].sort_values("score", ascending=False)
figure, axes = plt.subplots(2, 4, figsize=(11, 6.4), layout="constrained")
for (_, row), ax in zip(vessels.head(8).iterrows(), axes.flat, strict=False):
    chip(row, ax)
_ = figure.suptitle("SIMULATED · the eight detections with the highest score")
# %% [markdown]
# ## Lengths come with an interval
# A pixel is 10 m, and a ship alongside runs into the quay. The 90 % interval is measured on ports that the model had not
# seen (`weights/harbour26.md`). Quote the interval, not the number.

# %%
sized = vessels.sort_values("length_m").reset_index(drop=True)
figure, ax = plt.subplots(figsize=(11, 4), layout="constrained")
ax.vlines(sized.index, sized["length_low_m"], sized["length_high_m"], color="#9ecae1", linewidth=3)
ax.plot(sized.index, sized["length_m"], ".", color="#08519c")
ax.set(xlabel="detections, short to long", ylabel="length [m]", ylim=(0, None))
_ = ax.set_title("Length and its 90 % interval (simulated)", loc="left")
# %% [markdown]
# ## Run the detector on one scene yourself
# The same call with a lower threshold shows what lies just below it. A detector is a function of a window of pixels;
# `detect` adds ground, zones and ids.

# %%
from monitor.detect import detect
from monitor.workspace.factory import make_detector

busiest = vessels["scene_id"].value_counts().index[0]
scene = ws.archive.scene(busiest)
raster = ws.archive.read_raster(busiest)
port = next(aoi for aoi in ws.aois if aoi.id == scene.acquisition.aoi_id)
candidates = detect(raster, scene.acquisition, make_detector("s2", threshold=0.15), aoi=port)
kept = candidates["score"] >= 0.3
print(f"{busiest}: {kept.sum()} objects at 0.30, {len(candidates)} at 0.15")

# %% [markdown]
# ## Berths against their own past
# `method` is what a state rests on: the berth's own earlier observations in the same viewing geometry once there are
# enough, the detector alone before. `observations` is how many.

# %%
berths = ws.table("berth_states")
seen = berths[berths["state"] != "not observed"]
pd.crosstab(seen["method"], seen["state"])

# %%
names = {berth.id: f"{places[aoi.id]}\n{berth.name}" for aoi in ws.aois for berth in aoi.of_kind("berth")}
busy = seen[seen["state"] == "occupied"]["berth_id"].value_counts().index[:4]
figure, axes = plt.subplots(len(busy), 1, figsize=(11, 6), sharex=True, sharey=True, layout="constrained")
for berth, ax in zip(busy, axes, strict=True):
    mine = berths[berths["berth_id"] == berth]
    ax.plot(mine["acquired_at"], mine["probability"], "o", color="#08519c")
    for instant in mine[mine["state"] == "not observed"]["acquired_at"]:
        ax.axvline(instant, color="#d9d9d9", linewidth=4, zorder=0)
    ax.axhline(0.5, color="#969696", linewidth=0.7)
    ax.set_ylabel(names[berth], fontsize=8)
axes[0].set_ylim(-0.05, 1.05)
_ = axes[0].set_title("Probability that a berth is occupied; grey: not observed (simulated)", loc="left")
# %% [markdown]
# ## Stacks
# A 20-foot box is 0.15 of a pixel. What can be measured is the length and area of a stack; rows and tiers from published
# geometry turn that into an *interval* of boxes.

# %%
stacks = ws.table("stacks")
measured = stacks[(stacks["state"] == "observed") & (stacks["area_m2"] > 0)]
columns = ["yard_id", "acquired_at", "length_m", "length_low_m", "length_high_m", "change_m2", "teu_low", "teu_high"]
measured[columns].sort_values("acquired_at").tail(10)
