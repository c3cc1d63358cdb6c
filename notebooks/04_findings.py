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
# # 4 · Findings
#
# Detections are compared with AIS. What AIS explains is *matched*; what it does not explain is *unmatched*, an
# observation; *dark* is used only where AIS of others was received at that place and hour. From observations come
# visits, and from visits voyages, each with bounds.

# %%
import zipfile
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import pandas as pd

import monitor

pd.set_option("display.float_format", "{:,.2f}".format)

ws = monitor.open("../demo")
matches = ws.matches()
pd.crosstab(matches["aoi_id"], matches["status"])

# %% [markdown]
# ## One match with its reasons
# `cost_*` are the terms that were added up, `margin` is the distance to the runner-up, `probability` what it is worth.

# %%
matched = matches[matches["status"] == "matched"].sort_values("probability", ascending=False)
columns = ["scene_id", "mmsi", "distance_m", "dt_s", "cost_position", "cost_length", "margin", "probability"]
matched[columns].head(5)

# %% [markdown]
# ## Dark events
# Read the reasons and the alternatives before the likelihood. An unmatched ship may be small, naval, out of reach of
# receivers or in a hole of the feed.

# %%
dark = ws.dark_events()
names = {place.id: place.name for aoi in ws.aois for place in (aoi, *aoi.zones)}
for event in dark.sort_values("probability", ascending=False).head(3).itertuples():
    place = names.get(event.zone_id, event.zone)
    print(f"{event.acquired_at:%d %b %Y %H:%M} UTC, {names[event.aoi_id]}, {place}: {event.status}")
    print(f"  {event.length_m:.0f} m ({event.length_low_m:.0f}–{event.length_high_m:.0f}), {event.likelihood}")
    print(f"  reasons: {event.reasons}")
    print(f"  could also be: {event.alternatives}\n")

# %% [markdown]
# ## Visits: not before, not after
# A satellite sees moments. Arrival lies between the last observation of the empty berth and the first observation of
# the ship; dots are the first and last observation of it, the thick bar between them is what was surely there, the
# thin one what is possible.

# %%
visits = ws.visits("rajin")
period = ws.scenes()["acquired_at"].agg(["min", "max"])
figure, ax = plt.subplots(figsize=(11, 5), layout="constrained")
berths = sorted(visits["berth_id"].unique())
for visit in visits.itertuples():
    y = berths.index(visit.berth_id)
    early = visit.arrived_not_before if pd.notna(visit.arrived_not_before) else period["min"]
    late = visit.departed_not_after if pd.notna(visit.departed_not_after) else period["max"]
    colour = "#08519c" if pd.notna(visit.mmsi) else "#d94801"
    ax.plot([early, late], [y, y], color=colour, linewidth=1.2)
    ax.plot(
        [visit.arrived_not_after, visit.departed_not_before], [y, y], color=colour, linewidth=7, solid_capstyle="butt"
    )
    ax.plot([visit.arrived_not_after, visit.departed_not_before], [y, y], "o", color=colour, markersize=7)
ax.set_yticks(range(len(berths)), [names.get(berth, berth) for berth in berths])
_ = ax.set_title("Rajin: visits; blue with AIS, orange without (simulated)", loc="left")
# %% [markdown]
# ## Voyages and shuttles
# Two visits become a voyage when a ship of that length could have sailed it in the time, by water. Competing links are
# kept with their probabilities. The same pair again and again is a shuttle.

# %%
voyages = ws.voyages()
columns = ["from_port", "to_port", "departed_at", "arrived_at", "evidence", "probability", "shuttle_id", "silent_h"]
between = voyages[voyages["from_port"] != voyages["to_port"]]
between[columns].sort_values("departed_at").head(12) if len(between) else "no voyage between the two ports was found"

# %% [markdown]
# A shuttle's legs are a lower bound: `legs_low` to `legs_high` are consistent with the observations. `candidate` means
# that a ship went to and fro, though its legs cannot be resolved one by one.

# %%
shuttles = ws.table("shuttles")
shuttles[["port_a", "port_b", "status", "legs", "legs_low", "legs_high", "first", "last", "probability"]]

# %% [markdown]
# ## One timeline
# Flights of watched aircraft, visits, shuttles and stacks on one axis. That two things are near each other in time is no
# evidence that one caused the other.

# %%
from IPython.display import HTML

from monitor import TimeRange
from monitor.report.charts.timeline import timeline_html

HTML(timeline_html(ws.aviation.timeline(period="2023-09"), TimeRange.parse("2023-09")))

# %% [markdown]
# ## How good is this?
# Only a season whose truth is known can show it. `monitor score` compares everything above with that truth; the figures of
# the detector on real ports are in `weights/harbour26.md`.

# %%
print(ws.score().text())

# %% [markdown]
# ## Take the evidence with you
# `monitor evidence ID --out FILE.zip` packs the pixels, the annotated tile, the chain of provenance and a manifest that
# `sha256sum -c` accepts.

# %%
chosen = dark.sort_values("probability", ascending=False).iloc[0]
bundle = ws.evidence(chosen["detection_id"], out=Path(mkdtemp()) / "evidence.zip")
with zipfile.ZipFile(bundle) as packed:
    contents = pd.DataFrame(
        {"file": [i.filename for i in packed.infolist()], "bytes": [i.file_size for i in packed.infolist()]}
    )
contents
