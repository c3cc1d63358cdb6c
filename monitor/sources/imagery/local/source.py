"""Scenes on disk: GeoTIFFs, and Sentinel-2 products in SAFE folders or zips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from monitor.core.aoi import Aoi
from monitor.core.arrays import Mask
from monitor.core.errors import DataError, MonitorError, SourceError
from monitor.core.geo.grid import Grid
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import S2_BANDS, SENSORS
from monitor.core.scenes.validity import valid_pixels
from monitor.core.timerange import TimeRange
from monitor.sources.errors import Problem
from monitor.sources.imagery.grouping import group_acquisitions, newest_first, one_a_pass
from monitor.sources.imagery.ice import ice_tags
from monitor.sources.imagery.local.described import Described, check_named, describe
from monitor.sources.imagery.local.files import nothing_here, scene_files
from monitor.sources.imagery.local.geotiff import read_geotiff_header
from monitor.sources.imagery.local.pixels import read_pixels
from monitor.sources.imagery.local.safe import is_product, product_item, read_product, read_tile
from monitor.sources.imagery.naming import band_name, read_name, safe_id
from monitor.sources.imagery.quality import cloud, ice
from monitor.sources.imagery.validation import check_archivable, check_bands

_FLAG = "[source] radar_unit in monitor.toml"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a search found: acquisitions in order of time, what was left out with its reason, and every file's fate.

    Attributes
    ----------
    acquisitions : tuple of Acquisition
        In order of time.
    problems : tuple of Problem
        What was left out, and why.
    account : str
        How many files were read, over the port, elsewhere, damaged and not recognised.
    """

    acquisitions: tuple[Acquisition, ...]
    problems: tuple[Problem, ...]
    account: str


@dataclass(frozen=True, slots=True)
class FolderSource:
    """GeoTIFF scenes in a folder and the folders below it, with or without a STAC item beside them.

    Attributes
    ----------
    root : Path
        The folder.
    bands : tuple of str
        Names for the bands of files that have none, in order; empty when every file names its bands.
    unit : str
        What Sentinel-1 files hold that do not state it: ``linear`` power or ``db``.
    needed : tuple of str
        Bands without which a Sentinel-2 scene is refused; empty takes what there is.
    name : str
        The source's name in items and briefs.
    limits : Limits
        What one file may take.
    """

    root: Path
    bands: tuple[str, ...] = ()
    unit: str = "linear"
    needed: tuple[str, ...] = SENSORS["s2"].bands
    name: str = "folder"
    limits: Limits = DEFAULT_LIMITS

    def search(self, aoi: Aoi, period: TimeRange) -> list[Acquisition]:
        """The scenes on disk that overlap `aoi` and begin in `period`, in order of time.

        A scene of which only the day is known is an acquisition of that whole day (`is_exact` is False).

        Raises
        ------
        SourceError
            The folder does not exist.
        """
        return list(self.survey(aoi, period).acquisitions)

    def survey(self, aoi: Aoi, period: TimeRange) -> Survey:
        """As `search`, and what was left out: damaged files, those without date, CRS or bands, other ports."""
        if not self.root.is_dir():
            raise SourceError(f"{self.root}: no such folder; set [source] folder in monitor.toml to where scenes are")
        files = scene_files(self.root)
        problems = [Problem(name, reason, is_fault=False) for name, reason in files.unknown]
        read: list[Acquisition] = []
        for path in files.images:
            try:
                described = self._described(path)
                read.append(self._acquisition(described, aoi))
            except (MonitorError, OSError) as error:
                problems.append(Problem(self._relative(path), _reason(error, path)))
        items = []
        for path in files.products:
            try:
                items.append(product_item(read_product(path, self._relative(path), limits=self.limits)))
            except MonitorError as error:
                problems.append(Problem(self._relative(path), _reason(error, Path(self._relative(path)))))
        damaged = len(files.images) + len(files.products) - len(read) - len(items)
        near = [a for a in read if a.footprint.intersection(aoi.geometry).area]
        near += group_acquisitions(items, aoi, sensor="s2", source=self.name)
        over = {name for acquisition in near for name in acquisition.product_ids}
        places = {a.product_ids[0]: a.footprint for a in read} | {item.id: item.geometry for item in items}
        problems += [Problem(n, f"not in AOI {aoi.id}", is_fault=False) for n in places if n not in over]
        if not over and not damaged:
            why = nothing_here(files, aoi, places.values())
            problems.append(Problem(str(self.root), why, is_fault=False, is_empty=True))
        claims: dict[str, list[Acquisition]] = defaultdict(list)
        for acquisition in one_a_pass(near):
            claims[acquisition.id].append(acquisition)
        problems += [_contested(claim) for claim in claims.values() if len(claim) > 1]
        found = [claim[0] for claim in claims.values() if len(claim) == 1 and claim[0].start in period]
        account = files.account(over=len(over), outside=len(places) - len(over), damaged=damaged)
        return Survey(tuple(found), tuple(problems), account)

    def problems(self, aoi: Aoi, period: TimeRange) -> tuple[Problem, ...]:
        """What a search leaves out, and why."""
        return self.survey(aoi, period).problems

    def fetch(self, acquisition: Acquisition, aoi: Aoi) -> Raster:
        """The scene's pixels over the AOI's bounding box.

        Raises
        ------
        DataError
            The file is damaged or gone, or lacks bands.
        NoData
            It holds no valid pixel over the AOI.
        """
        for product in acquisition.product_ids:
            if not (self.root / product).exists():
                raise DataError(f"{self.root / product}: was there at the search and is gone; put it back")
        names = newest_first(acquisition.product_ids)
        products = [name for name in names if is_product(self.root / name)]
        parts = [self._fetch_products(products, aoi)] if products else []
        for name in names:
            if name not in products:
                parts.append(self._fetch_image(self.root / name, aoi, parts[0].grid if parts else None))
        raster = _merged(parts)
        check_archivable(raster, acquisition.sensor, where=str(self.root / names[0]))
        return raster

    def _fetch_image(self, path: Path, aoi: Aoi, grid: Grid | None) -> Raster:
        """The pixels of a GeoTIFF."""
        described = self._described(path)
        names = described.header.bands
        bands = tuple(band for band in SENSORS[described.sensor].bands if band in names)
        pixels = read_pixels(described.header, bands, aoi=aoi, grid=grid, masks=described.masks, limits=self.limits)
        raster = described.raster(pixels, bands, unit=self.unit, unit_flag=_FLAG)
        return replace(raster, tags={**raster.tags, **ice_tags(ice(pixels.masks), pixels.valid, pixels.grid, aoi)})

    def _fetch_products(self, names: Sequence[str], aoi: Aoi) -> Raster:
        """The pixels of SAFE products of one pass; where tiles overlap the first is used."""
        grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
        data = np.zeros((len(S2_BANDS), *grid.shape), np.uint16)
        scl, notes, classified = np.zeros(grid.shape, np.uint8), set(), True
        for name in names:
            tile, classes, note = read_tile(read_product(self.root / name, name, limits=self.limits), grid)
            new = tile.any(axis=0) & ~data.any(axis=0)
            data[:, new] = tile[:, new]
            classified &= classes is not None
            if classes is not None:
                scl[new] = classes[new]
            notes.add(note)
        mask = {"SCL": scl} if classified else {}
        data, valid = valid_pixels(data, masks=mask)
        covered = cloud(mask)
        tags = {"source_file": " ".join(names), "numbers": "; ".join(sorted(notes))}
        tags |= ice_tags(ice(mask), valid, grid, aoi)
        return Raster(
            data=data,
            bands=S2_BANDS,
            valid=valid,
            grid=grid,
            cloud=None if covered is None else covered & valid,
            scale=SENSORS["s2"].scale,
            offset=0.0,
            tags=tags,
        )

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _described(self, path: Path) -> Described:
        """All that is known of a GeoTIFF, with band names from the item or the settings where the file has none."""
        described = describe(read_geotiff_header(path), tuple(band_name(band) or "" for band in self.bands))
        if not described.header.is_named:
            raise DataError(
                f"{path}: its {len(described.header.bands)} bands have no names; write band descriptions into the "
                "file (gdal_edit, or rasterio's `descriptions`), or set [source] bands in monitor.toml"
            )
        check_named(described, remedy="set [source] bands in monitor.toml for a file that names none")
        needed = self.needed if described.sensor == "s2" else ("VV",)
        check_bands([band for band in described.header.bands if band], needed, where=str(path))
        return described

    def _acquisition(self, described: Described, aoi: Aoi) -> Acquisition:
        path, item, sensor = described.header.path, described.item, described.sensor
        named, known = described.named, described.interval
        if known is None:
            named = read_name(path.stem)
            known = (named.start, named.end)
        return Acquisition(
            id=f"{safe_id(item.id)}_{aoi.id}",
            aoi_id=aoi.id,
            sensor=sensor,
            platform=described.platform or f"sentinel-{sensor[1]}",
            start=known[0],
            end=known[1],
            footprint=described.header.footprint,
            relative_orbit=item.relative_orbit or (named.relative_orbit if named else None),
            orbit_state=item.orbit_state,
            cloud_cover=item.cloud_cover,
            product_ids=(self._relative(path),),
            level=item.level or (named.level if named else None),
            source=self.name,
            simulated=described.is_simulated,
        )


def _contested(claim: list[Acquisition]) -> Problem:
    files = ", ".join(acquisition.product_ids[0] for acquisition in claim)
    return Problem(files, f"all claim to be scene {claim[0].id}; keep one, or give them different names or item ids")


def _merged(parts: Sequence[Raster]) -> Raster:
    """The first raster, and where it shows nothing the next of the same bands that shows something."""
    first, *rest = parts
    for other in rest:
        if other.bands != first.bands or other.grid != first.grid:
            continue
        new = other.valid & ~first.valid
        if not new.any():
            continue
        data, valid = first.data.copy(), first.valid | new
        data[:, new] = other.data[:, new]
        tags = {**first.tags, "source_file": f"{first.tags['source_file']} {other.tags['source_file']}"}
        first = replace(first, data=data, valid=valid, cloud=_both_clouds(first, other, new), tags=tags)
    return first


def _both_clouds(first: Raster, other: Raster, new: Mask) -> Mask | None:
    """The cloud mask of two rasters where the second fills the first; None unless both have one."""
    if first.cloud is None or other.cloud is None:
        return None
    return np.where(new, other.cloud, first.cloud)


def _reason(error: Exception, path: Path) -> str:
    return str(error).removeprefix(f"{path}: ")
