"""A season in files, as a user would have them: scenes, AIS logs, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from pyais import encode_dict
from shapely.geometry import mapping

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.grid import Grid
from monitor.core.parallel import each
from monitor.core.scene import Acquisition, Raster
from monitor.core.sensors import SENSORS
from monitor.core.timerange import isoformat
from monitor.simulate import Season
from monitor.simulate.render.background import name_of
from monitor.simulate.truth import truth_tables
from monitor.sources.simulated.aviation import write_air

AisMessage = dict[str, str | int | float | bytes | bool]

NMEA_DAYS = timedelta(days=2)
"""The last two days of a season are written as NMEA, the rest as MarineCadastre CSV: together they are the whole."""


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


def write_ais(season: Season, folder: Path) -> int:
    """Write the season's AIS: a MarineCadastre CSV a month, and tag-block NMEA for the last two days.

    What arrives late goes into a folder ``late`` beside this one, a CSV a delivery named by the day it arrives.

    Returns
    -------
    int
        How many positions, those in ``late`` not counted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    positions = season.prompt_positions()
    split = max(season.period.end - NMEA_DAYS, season.period.start)
    early, late = positions[positions["t"] < split], positions[positions["t"] >= split]
    vessels = season.vessels()
    for month, part in early.groupby(early["t"].dt.strftime("%Y_%m")):
        marinecadastre(part, vessels).to_csv(folder / f"simulated_ais_{month}.csv", index=False, lineterminator="\n")
    (folder / "simulated_ais_tail.nmea").write_text("".join(nmea(late, vessels)), encoding="ascii")
    _write_late(season, folder.with_name("late"), vessels)
    return len(positions)


def _write_late(season: Season, folder: Path, vessels: pd.DataFrame) -> None:
    for delivery, part in zip(season.deliveries(), season.late_positions(), strict=True):
        folder.mkdir(parents=True, exist_ok=True)
        day = pd.Timestamp(delivery.arrives_s, unit="s", tz="UTC").strftime("%Y%m%d")
        table = marinecadastre(part, vessels)
        table.to_csv(folder / f"simulated_ais_arrived_{day}.csv", index=False, lineterminator="\n")


def marinecadastre(positions: pd.DataFrame, vessels: pd.DataFrame) -> pd.DataFrame:
    """The rows of a MarineCadastre CSV (classic layout), sentinels included."""
    static = vessels.set_index("mmsi").reindex(positions["mmsi"])
    return pd.DataFrame(
        {
            "MMSI": positions["mmsi"].to_numpy(),
            "BaseDateTime": positions["t"].dt.strftime("%Y-%m-%dT%H:%M:%S").to_numpy(),
            "LAT": positions["lat"].to_numpy(),
            "LON": positions["lon"].to_numpy(),
            "SOG": positions["sog_kn"].to_numpy(),
            "COG": positions["cog_deg"].to_numpy(),
            "Heading": positions["heading_deg"].fillna(511.0).to_numpy(),
            "VesselName": static["name"].to_numpy(),
            "IMO": "",
            "CallSign": static["callsign"].to_numpy(),
            "VesselType": static["ship_type"].to_numpy(),
            "Status": positions["nav_status"].to_numpy(),
            "Length": static["length_m"].to_numpy(),
            "Width": static["width_m"].to_numpy(),
            "Draft": "",
            "Cargo": "",
            "TransceiverClass": np.where(positions["heading_deg"].isna(), "B", "A"),
        }
    )


def nmea(positions: pd.DataFrame, vessels: pd.DataFrame) -> list[str]:
    """Lines of tag-block NMEA: a static message at a ship's first position, then positions; ``s:SIMULATED`` in each."""
    lines: list[str] = []
    known = vessels.set_index("mmsi")
    introduced: set[int] = set()
    for row in positions.itertuples():
        stamp = int(row.t.timestamp())
        mmsi = int(row.mmsi)
        if mmsi not in introduced and mmsi in known.index:
            introduced.add(mmsi)
            lines += _tagged(_static(mmsi, known.loc[mmsi]), stamp)
        lines += _tagged(_dynamic(row), stamp)
    return lines


def _static(mmsi: int, vessel: pd.Series) -> AisMessage:
    half_l, half_w = int(vessel["length_m"]) // 2, int(vessel["width_m"]) // 2
    return {
        "msg_type": 5,
        "mmsi": mmsi,
        "shipname": str(vessel["name"])[:20],
        "callsign": str(vessel["callsign"])[:7],
        "ship_type": int(vessel["ship_type"]),
        "to_bow": int(vessel["length_m"]) - half_l,
        "to_stern": half_l,
        "to_port": int(vessel["width_m"]) - half_w,
        "to_starboard": half_w,
    }


def _dynamic(row: Any) -> AisMessage:
    heading = row.heading_deg
    is_a = heading == heading
    message: AisMessage = {
        "msg_type": 1 if is_a else 18,
        "mmsi": int(row.mmsi),
        "lon": float(row.lon),
        "lat": float(row.lat),
        "speed": float(row.sog_kn),
        "course": float(row.cog_deg),
        "heading": int(heading) if is_a else 511,
        "second": int(row.t.second),
    }
    return {**message, "status": int(row.nav_status)} if is_a else message


def _tagged(message: AisMessage, stamp: int) -> list[str]:
    sentences = encode_dict(message, radio_channel="A", talker_id="AI", seq_id=stamp % 10)
    count = len(sentences)
    lines = []
    for number, sentence in enumerate(sentences, 1):
        group = f"g:{number}-{count}-{stamp % 10000}," if count > 1 else ""
        block = f"{group}s:SIMULATED,c:{stamp}"
        check = 0
        for letter in block:
            check ^= ord(letter)
        lines.append(f"\\{block}*{check:02X}\\{sentence}\n")
    return lines


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
