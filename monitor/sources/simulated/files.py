"""A season in files, as a user would have them: scenes, AIS logs, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.parallel import each
from monitor.core.scenes.scene import Acquisition
from monitor.simulate import Season
from monitor.simulate.land.places import documents
from monitor.simulate.land.truth import MAPPED
from monitor.simulate.render.background import name_of
from monitor.simulate.truth import truth_tables
from monitor.sources.simulated.ais import write_ais
from monitor.sources.simulated.aviation import write_air
from monitor.sources.simulated.labels import season_labels
from monitor.sources.simulated.scene import write_scene

_MAPPED = frozenset(("vessels", "stacks", "fixtures", *MAPPED))
"""Truth tables that have a geometry."""


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
    places : tuple of str
        Made-up places whose outlines were written.
    """

    folder: Path
    scenes: int
    positions: int
    traces: int
    truth: tuple[str, ...]
    late: int = 0
    backgrounds: tuple[tuple[str, str], ...] = ()
    places: tuple[str, ...] = ()

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
            "places": list(self.places),
        }

    def text(self) -> str:
        """A line, and one for each background."""
        late = f", {self.late} that arrive late in late/" if self.late else ""
        ground = "".join(
            f"\n{aoi}: {f'ground from {name}; ships in it are not in the truth' if name else 'drawn ground, no scene'}"
            for aoi, name in self.backgrounds
        )
        outlines = f", aoi/ the outlines of {', '.join(self.places)}" if self.places else ""
        return (
            f"{self.folder}: {self.scenes} SIMULATED scenes in scenes/, {self.positions} positions in ais/{late}, "
            f"{self.traces} files of aircraft in air/, truth/ holds {', '.join(self.truth)}{outlines}{ground}"
        )


def write_season(season: Season, folder: Path, *, pool: Executor | None = None) -> SeasonFiles:
    """Write scenes (GeoTIFF, STAC item, labels), AIS (CSV and NMEA) and truth (Parquet) into a folder.

    Made-up places beyond the quay are written as GeoJSON into ``aoi``, for ``monitor init --port``.

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
        outlined = _write_places(season, folder / "aoi")
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
        places=outlined,
    )


def _write_places(season: Season, folder: Path) -> tuple[str, ...]:
    """The made-up places of a season, written as files of a workspace's ``aoi`` folder; no folder where it has none."""
    watched = {aoi.id for aoi in season.aois} if season.world.land is not None else set[str]()
    made = {name: document for name, document in documents().items() if name in watched}
    for name, document in made.items():
        folder.mkdir(exist_ok=True)
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        (folder / f"{name}.geojson").write_text(text, encoding="utf-8")
    return tuple(sorted(made))


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
    return {path.stem: gpd.read_parquet(path) if path.stem in _MAPPED else pd.read_parquet(path) for path in paths}


def _write_one(
    season: Season, folder: Path, vessels: gpd.GeoDataFrame, stacks: gpd.GeoDataFrame, work: tuple[Aoi, Acquisition]
) -> str:
    aoi, acquisition = work
    raster = season.render(acquisition, aoi)
    move = season.shift_of(acquisition, aoi)
    here = [_moved(table[table["scene_id"] == acquisition.id], raster.grid, *move) for table in (vessels, stacks)]
    made = season_labels(raster, here[0], here[1], season.containers(acquisition, aoi))
    write_scene(folder / aoi.id / acquisition.id, acquisition, raster, made)
    return acquisition.id


def _moved(table: gpd.GeoDataFrame, grid: Grid, rows: float, cols: float) -> gpd.GeoDataFrame:
    """Outlines where the pixels show them, in scenes that are shifted against the map."""
    if (rows, cols) == (0.0, 0.0) or table.empty:
        return table
    shown = table.geometry.to_crs(grid.epsg).translate(cols * grid.gsd_m, -rows * grid.gsd_m)
    return table.set_geometry(shown.to_crs(table.crs))
