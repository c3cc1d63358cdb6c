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
# # 5 · Your own port
#
# From a name on a map to a brief: an AOI file, scenes, AIS, one command. The scenes here are rendered on the spot so
# that the notebook needs no account; with `[source] name = "sentinelhub"` or `"stac"` they come from a service instead,
# and nothing else changes.

# %%
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import numpy as np
import rasterio
from shapely.geometry import mapping

import monitor
from monitor.simulate import random_port_scene

folder = Path(mkdtemp()) / "watch"

# %% [markdown]
# ## 1. Some scenes
# Any GeoTIFF in UTM at 10 m with bands named in the band descriptions will do, reflectance × 10000. The date is read
# from the name or from a STAC item beside it.

# %%
scenes = folder / "scenes"
scenes.mkdir(parents=True)
made = random_port_scene(np.random.default_rng(5), size=(320, 320))
first = datetime(2024, 5, 3, 2, 16, 9, tzinfo=UTC)
for number in range(2):
    raster, when = made.raster, first + timedelta(days=5 * number)
    path = scenes / f"S2A_{when:%Y%m%dT%H%M%S}.tif"
    bands, rows, cols = raster.data.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=rows,
        width=cols,
        count=bands,
        dtype=raster.data.dtype,
        crs=f"EPSG:{raster.grid.epsg}",
        transform=raster.grid.transform,
        nodata=0,
    ) as target:
        target.write(raster.data)
        target.update_tags(SIMULATED="yes")
        for index, name in enumerate(raster.bands, 1):
            target.set_band_description(index, name)
sorted(path.name for path in scenes.iterdir())

# %% [markdown]
# ## 2. The port
# One GeoJSON a port; its name is the port's id. A single polygon in longitude and latitude is enough to start. Features
# of kind `water`, `berth`, `yard` and `anchorage` add berth states, stack measures and waiting ships: draw them in QGIS
# over the first scene, and write down where each comes from and how far off it may be.

# %%
ws = monitor.Workspace.create(folder, source={"name": '"folder"', "period": '"2024-05"', "sensors": '["s2"]'})
for shipped in Path(folder, "aoi").glob("*.geojson"):
    shipped.unlink()
outline = raster.grid.footprint()
port = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": mapping(outline),
            "properties": {
                "id": "newport",
                "kind": "aoi",
                "name": "Newport",
                "source": "drawn by hand",
                "uncertainty_m": 20,
            },
        }
    ],
}
Path(folder, "aoi", "newport.geojson").write_text(json.dumps(port), encoding="utf-8")
[aoi.name for aoi in ws.aois]

# %% [markdown]
# ## 3. AIS, if you have any
# Put files into `ais/`. There is none here, so nothing is matched, and the brief states it: without AIS no ship is dark.

# %% [markdown]
# ## 4. Run
# The same as `monitor run --due`. Run it again and it does only what is new.

# %%
ws = monitor.open(folder)
result = ws.run()
print(result.text())

# %%
ws.scenes()[["scene_id", "acquired_at", "valid_fraction"]]

# %%


def scale_bar(ax: plt.Axes, metres: float) -> None:
    """A bar of a known length at the lower left of a picture in metres."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = left + 0.05 * (right - left), bottom + 0.05 * (top - bottom)
    ax.plot([x, x + metres], [y, y], color="white", linewidth=4, solid_capstyle="butt")
    ax.text(x, y + 0.015 * (top - bottom), f"{metres:,.0f} m, north is up", color="white", fontsize=8)


detections = ws.detections("newport")
observation = ws.counts("newport").sort_values("observed_fraction")["scene_id"].iloc[-1]
raster = ws.archive.read_raster(observation)
left, bottom, right, top = raster.grid.bounds
figure, ax = plt.subplots(figsize=(7, 7), layout="constrained")
picture = np.dstack([raster.band(name) for name in ("B04", "B03", "B02")])
ax.imshow(np.clip(picture / 0.25, 0, 1) ** 0.7, extent=(left, right, bottom, top))
mine = detections[detections["scene_id"] == observation].to_crs(raster.grid.epsg)
mine.boundary.plot(ax=ax, color="#ffd92f", linewidth=1.5)
ax.set(xlim=(left, right), ylim=(bottom, top))
scale_bar(ax, 500)
ax.set_title(f"SIMULATED  Newport, {len(mine)} objects found", loc="left")
_ = ax.set(xticks=[], yticks=[], xlabel="", ylabel="")
# %% [markdown]
# ## 5. From here
# * `monitor doctor` reports what is wrong and what to do; `monitor passes` lists when each satellite passes next.
# * `monitor schedule --install` lets the system's timer call `monitor run --due`.
# * `monitor export --format gpkg --out port.gpkg` opens styled in QGIS.
# * `monitor evaluate` scores the detector on your own labelled scenes; do that before you quote its counts for a port
#   that looks unlike the ones in `weights/harbour26.md`.

# %%
sorted(path.name for path in Path(folder, "reports").iterdir())
