"""A season in files, as a user would have them: scenes, AIS logs, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from shapely.geometry import mapping

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.parallel import each
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import SENSORS
from monitor.core.timerange import isoformat
from monitor.simulate import Season
from monitor.simulate.render.background import name_of
from monitor.simulate.truth import truth_tables
from monitor.sources.simulated.ais import write_ais
from monitor.sources.simulated.aviation import write_air


@dataclass(frozen=True, slots=True)
class SeasonFiles:
    """What was written where.

    Attributes
    ----------
    folder : Path
        Of the season.
    scenes, positions, traces : int
        How many; positions without those that are late.
    truth : tuple of str
        Names of the truth tables.
    late : int
        Positions that arrive late.
    backgrounds : tuple of tuple of str
        AOI id and the file whose pixels are its ground; an empty name where the ground is drawn. Empty without any.
    """

    folder: Path
    scenes: int
    positions: int
    traces: int
    truth: tuple[str, ...]
    late: int = 0
    backgrounds: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> Mapping[str, object]:
        """The same for JSON."""
        return {
            "folder": str(self.folder),
            "scenes": self.scenes,
            "positions": self.positions,
            "late": self.late,
            "traces": self.traces,
            "truth": list(self.truth),
            "simulated": True,
            "backgrounds": {aoi: name or None for aoi, name in self.backgrounds},
        }

    def text(self) -> str:
        """A line, and one for each background."""
        late = f", {self.late} that arrive late in late/" if self.late else ""
        ground = "".join(
            f"\n{aoi}: {f'ground from {name}; ships in it are not in the truth' if name else 'drawn ground, no scene'}"
            for aoi, name in self.backgrounds
        )
        return (
            f"{self.folder}: {self.scenes} SIMULATED scenes in scenes/, {self.positions} positions in ais/{late}, "
            f"{self.traces} files of aircraft in air/, truth/ holds {', '.join(self.truth)}{ground}"
        )


def write_season(season: Season, folder: Path, *, pool: Executor | None = None) -> SeasonFiles:
    """Write scenes (GeoTIFF, STAC item, labels), AIS (CSV and NMEA) and truth (Parquet) into a folder.

    Parameters
    ----------
    season : Season
        What is written.
    folder : Path
        Made when it does not exist.
    pool : Executor, optional
        Renders scenes side by side.

    Raises
    ------
    DataError
        The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        truth = write_truth(season, folder / "truth")
        work = [(aoi, item) for aoi in season.aois for item in season.acquisitions(aoi)]
        vessels, stacks = truth["vessels"], truth["stacks"]
        for outcome in each(partial(_write_one, season, folder / "scenes", vessels, stacks), work, pool):
            if outcome.error:
                raise outcome.error
        count = write_ais(season, folder / "ais")
        late = sum(len(part) for part in season.late_positions())
        traces = write_air(season, folder)
        real = {aoi: name_of(raster) for aoi, raster in season.backgrounds}
        grounds = tuple((aoi.id, real.get(aoi.id, "")) for aoi in season.aois) if real else ()
        facts: dict[str, object] = {
            "seed": season.seed,
            "period": str(season.period),
            "scenario": season.scenario,
            "sensors": list(season.sensors),
            "aois": [a.id for a in season.aois],
            "simulated": True,
        }
        if season.backgrounds:
            facts["backgrounds"] = dict(grounds)
        (folder / "season.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror}); choose another folder") from error
    return SeasonFiles(
        folder=folder,
        scenes=len(work),
        positions=count,
        traces=traces,
        truth=tuple(sorted((*truth, "flights"))),
        late=late,
        backgrounds=grounds,
    )


def write_truth(season: Season, folder: Path) -> dict[str, pd.DataFrame]:
    """The truth tables of a season, each written as (Geo)Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = truth_tables(season)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet")
    return tables


def read_truth_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The truth tables of a folder that `write_season` or `write_truth` made.

    Raises
    ------
    DataError
        The folder holds none.
    """
    home = folder / "truth" if (folder / "truth").is_dir() else folder
    paths = sorted(home.glob("*.parquet"))
    if not paths:
        raise DataError(f"{folder}: no truth/*.parquet here; `monitor simulate` writes it")
    return {
        path.stem: gpd.read_parquet(path) if path.stem in ("vessels", "stacks", "fixtures") else pd.read_parquet(path)
        for path in paths
    }


def _write_one(
    season: Season, folder: Path, vessels: gpd.GeoDataFrame, stacks: gpd.GeoDataFrame, work: tuple[Aoi, Acquisition]
) -> str:
    aoi, acquisition = work
    home = folder / aoi.id / acquisition.id
    home.mkdir(parents=True, exist_ok=True)
    raster = season.render(acquisition, aoi)
    _write_tif(home / f"{acquisition.id}.tif", raster)
    (home / "item.json").write_text(json.dumps(_item(acquisition, raster), indent=1) + "\n", encoding="utf-8")
    move = season.shift_of(acquisition, aoi)
    here = [_moved(table[table["scene_id"] == acquisition.id], raster.grid, *move) for table in (vessels, stacks)]
    (home / "labels.geojson").write_text(json.dumps(_labels(here[0], here[1])) + "\n", encoding="utf-8")
    return acquisition.id


def _moved(table: gpd.GeoDataFrame, grid: Grid, rows: float, cols: float) -> gpd.GeoDataFrame:
    """Outlines where the pixels show them, in scenes that are shifted against the map."""
    if (rows, cols) == (0.0, 0.0) or table.empty:
        return table
    shown = table.geometry.to_crs(grid.epsg).translate(cols * grid.gsd_m, -rows * grid.gsd_m)
    return table.set_geometry(shown.to_crs(table.crs))


def _write_tif(path: Path, raster: Raster) -> None:
    count, rows, cols = raster.data.shape
    masks = [] if raster.cloud is None else [raster.cloud]
    bands = (*raster.bands, *(["CLM"] if masks else []))
    data = np.concatenate([raster.data, *(m[None].astype(raster.data.dtype) for m in masks)])
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=cols,
        height=rows,
        count=count + len(masks),
        dtype=str(data.dtype),
        crs=f"EPSG:{raster.grid.epsg}",
        transform=raster.grid.transform,
        compress="DEFLATE",
        tiled=True,
        nodata=None,
    ) as target:
        target.write(data)
        target.descriptions = bands
        target.update_tags(**raster.tags)


def _item(acquisition: Acquisition, raster: Raster) -> dict[str, object]:
    sensor = SENSORS[acquisition.sensor]
    bands = [{"name": band, "scale": sensor.scale, "offset": 0, "unit": sensor.unit} for band in raster.bands]
    properties: dict[str, object] = {
        "datetime": isoformat(acquisition.start),
        "platform": acquisition.platform,
        "gsd": sensor.gsd_m,
        "processing:level": acquisition.level,
        "proj:epsg": raster.grid.epsg,
        "sat:orbit_state": acquisition.orbit_state,
        "sat:relative_orbit": acquisition.relative_orbit,
        "monitor:simulated": True,
        "description": "SIMULATED pixels: no satellite saw this",
    }
    if acquisition.cloud_cover is not None:
        properties["eo:cloud_cover"] = round(acquisition.cloud_cover * 100.0, 1)
    footprint = acquisition.footprint
    asset = {"href": f"./{acquisition.id}.tif", "type": "image/tiff", "roles": ["data"], "bands": bands}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": acquisition.id,
        "geometry": mapping(footprint),
        "bbox": list(footprint.bounds),
        "properties": properties,
        "assets": {"data": asset},
        "links": [],
    }


def _labels(vessels: pd.DataFrame, stacks: pd.DataFrame) -> dict[str, object]:
    features: list[dict[str, object]] = []
    for row in vessels.itertuples():
        large = row.length_m >= 40.0
        properties: dict[str, object] = {"kind": "vessel" if large and row.visible else "ignore", "source": "SIMULATED"}
        if large and row.visible:
            properties |= {
                "situation": row.situation,
                "length_m": row.length_m,
                "width_m": row.width_m,
                "axis_deg": round(row.axis_deg, 2),
                "sure": "high",
                "mmsi": int(row.mmsi),
            }
        features.append({"type": "Feature", "properties": properties, "geometry": mapping(row.geometry)})
    for row in stacks.itertuples():
        if row.geometry is not None and not row.geometry.is_empty and row.observed > 0.7:
            properties = {"kind": "container_stack", "stack": "yard", "sure": "high", "source": "SIMULATED"}
            features.append({"type": "Feature", "properties": properties, "geometry": mapping(row.geometry)})
    return {"type": "FeatureCollection", "features": features}
