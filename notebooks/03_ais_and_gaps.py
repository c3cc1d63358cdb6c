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
# # 3 · AIS and gaps
#
# Which ships were received, where each was when the satellite passed, and which fell silent. A gap is a silence. It
# says nothing of intent: receivers fail, ships leave the coast's range, and AIS class B is easily lost.

# %%
from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import monitor
from monitor import TimeRange
from monitor.ais import find_gaps, track_at
from monitor.sources import read_positions

pd.set_option("display.float_format", "{:,.2f}".format)

ws = monitor.open("../demo")
files = sorted(Path(ws.root, "ais").iterdir())
positions, report = read_positions(files[0])
print(f"{report.format}: {len(positions):,} positions; rejected: {dict(report.rejected) or 'none'}")
positions.head(3)

# %% [markdown]
# `read_positions` finds the layout by the content: MarineCadastre, Danish, Norwegian, exactEarth, Spire and Global
# Fishing Watch tables, NMEA logs, Parquet. Every rejected row is counted with its reason.
#
# The workspace keeps positions by day. From here on they come from there:

# %%
positions = ws.positions.read(TimeRange.parse("2023-08-14/2023-10-23"))
vessels = positions.groupby("mmsi").agg(
    positions=("t", "count"), first=("t", "min"), last=("t", "max"), median_speed_kn=("sog_kn", "median")
)
vessels.sort_values("positions", ascending=False).head()

# %% [markdown]
# ## Silences
# Consecutive positions of one vessel that are strictly more than twelve hours apart.

# %%
gaps = find_gaps(positions, at_least=timedelta(hours=12))
long = gaps.sort_values("duration_h", ascending=False)
columns = ["mmsi", "start", "end", "duration_h", "distance_m", "implied_kn", "positions_before_12h"]
long[columns].head(8)

# %%
longest = long["mmsi"].drop_duplicates().head(12).tolist()
figure, ax = plt.subplots(figsize=(11, 4.5), layout="constrained")
for row, mmsi in enumerate(longest):
    mine = positions[positions["mmsi"] == mmsi]
    ax.plot(mine["t"], np.full(len(mine), row), "|", color="#08519c", markersize=7)
    for gap in gaps[gaps["mmsi"] == mmsi].itertuples():
        ax.plot([gap.start, gap.end], [row, row], color="#fdae6b", linewidth=5, solid_capstyle="butt", zorder=0)
ax.set_yticks(range(len(longest)), longest)
_ = ax.set_title("Positions (blue) and gaps over 12 h (orange), simulated AIS", loc="left")
# %% [markdown]
# ## Where was each ship when the satellite passed?
# Between two fixes the place is interpolated, beyond them dead reckoned. `r90_m` is the radius that holds nine of ten
# true places; it grows with the time to the nearest fix, and a match may be no better than it.

# %%
counts = ws.counts("rajin")
clearest = counts[counts["sensor"] == "s2"].sort_values("observed_fraction")["scene_id"].iloc[-1]
observation = ws.scenes("rajin").set_index("scene_id", drop=False).loc[clearest]
there = track_at(positions, observation["acquired_at"].to_pydatetime())
print(f"{observation['scene_id']}: {len(there)} vessels with a fix within 12 h")
there.sort_values("r90_m").head()

# %%


def scale_bar(ax: plt.Axes, metres: float) -> None:
    """A bar of a known length at the lower left of a picture in metres."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = left + 0.05 * (right - left), bottom + 0.05 * (top - bottom)
    ax.plot([x, x + metres], [y, y], color="white", linewidth=4, solid_capstyle="butt")
    ax.text(x, y + 0.015 * (top - bottom), f"{metres:,.0f} m, north is up", color="white", fontsize=8)


raster = ws.archive.read_raster(observation["scene_id"])
left, bottom, right, top = raster.grid.bounds
figure, ax = plt.subplots(figsize=(7, 8), layout="constrained")
picture = np.dstack([raster.band(name) for name in ("B04", "B03", "B02")])
ax.imshow(np.clip(picture / 0.25, 0, 1) ** 0.7, extent=(left, right, bottom, top))
scale_bar(ax, 1000)
places = gpd.GeoDataFrame(there, geometry=gpd.points_from_xy(there["lon"], there["lat"]), crs=4326)
places = places.to_crs(raster.grid.epsg).cx[left:right, bottom:top]
places.plot(ax=ax, color="#ffd92f", markersize=10)
places.buffer(places["r90_m"].clip(lower=60)).boundary.plot(ax=ax, color="#ffd92f", linewidth=1.4)
for vessel in places.itertuples():
    ax.annotate(str(vessel.mmsi), (vessel.geometry.x + 120, vessel.geometry.y), color="#ffd92f", fontsize=8)
ax.set(xticks=[], yticks=[], xlabel="", ylabel="")
_ = ax.set_title(
    f"SIMULATED  Rajin, {observation['acquired_at']:%d %b %Y %H:%M} UTC: AIS, circles hold 9 of 10", loc="left"
)
# %% [markdown]
# ## Was AIS received there at all?
# Before a silence means anything, others must have been received in the same place and hour. Vessels received near
# Rajin by day:

# %%
near = positions[positions["lon"].between(130.1, 130.6) & positions["lat"].between(42.0, 42.4)]
daily = near.groupby(near["t"].dt.floor("D"))["mmsi"].nunique().asfreq("D", fill_value=0)
figure, ax = plt.subplots(figsize=(11, 3), layout="constrained")
ax.bar(daily.index, daily.to_numpy(), color="#9ecae1", width=0.9)
ax.set_ylabel("vessels received")
_ = ax.set_title("Reception near Rajin, vessels a day (simulated)", loc="left")

# %% [markdown]
# Days without any bar are days on which a silence there means nothing. The same question decides, at every observation,
# whether an unmatched ship may be called dark (notebook 4).
