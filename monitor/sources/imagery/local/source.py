"""Scenes on disk: GeoTIFFs, and Sentinel-2 products in SAFE folders or zips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError, MonitorError, SourceError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import S1_BANDS, S2_BANDS, SENSORS
from monitor.core.timerange import TimeRange
from monitor.sources.errors import Problem
from monitor.sources.imagery.grouping import group_acquisitions
from monitor.sources.imagery.ice import ice_tags
from monitor.sources.imagery.local.geotiff import GeoTiffHeader, read_geotiff_header, read_pixels
from monitor.sources.imagery.local.item import Sidecar, read_sidecar
from monitor.sources.imagery.local.safe import is_product, product_item, read_product, read_tile
from monitor.sources.imagery.naming import band_name, platform_name, read_name, safe_id
from monitor.sources.imagery.quality import MASKS, cloud, ice, seen
from monitor.sources.imagery.validation import check_archivable, check_bands

_ENDINGS = (".tif", ".tiff")
_REFLECTANCE_MAX = 4.0
"""Floats up to this are reflectance, larger ones reflectance × 10000; chosen."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a search found: acquisitions in order of time, and what was left out with its reason."""

    acquisitions: tuple[Acquisition, ...]
    problems: tuple[Problem, ...]


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
    """

    root: Path
    bands: tuple[str, ...] = ()
    unit: str = "linear"
    needed: tuple[str, ...] = SENSORS["s2"].bands
    name: str = "folder"

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
        claims: dict[str, list[Acquisition]] = defaultdict(list)
        problems: list[Problem] = []
        for path in self._files():
            try:
                header = read_geotiff_header(path)
                acquisition = self._acquisition(header, aoi)
            except (MonitorError, OSError) as error:
                problems.append(Problem(self._relative(path), _reason(error, path)))
                continue
            if not header.footprint.intersection(aoi.geometry).area:
                problems.append(Problem(self._relative(path), f"not in AOI {aoi.id}", is_fault=False))
            elif acquisition.start in period:
                claims[acquisition.id].append(acquisition)
        self._survey_products(aoi, period, claims, problems)
        found = [claim[0] for claim in claims.values() if len(claim) == 1]
        problems += [_contested(claim) for claim in claims.values() if len(claim) > 1]
        return Survey(tuple(sorted(found, key=lambda a: (a.start, a.id))), tuple(problems))

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
        path = self.root / acquisition.product_ids[0]
        if is_product(path):
            return self._fetch_products(acquisition, aoi)
        header, sidecar = self._named(read_geotiff_header(path)), read_sidecar(path)
        bands = [band for band in SENSORS[acquisition.sensor].bands if band in header.bands]
        needed = self.needed if acquisition.sensor == "s2" else ("VV",)
        check_bands([band for band in header.bands if band], needed, where=str(path))
        masks = [name for name in MASKS if name in header.bands]
        pixels = read_pixels(header, aoi, bands, masks=masks)
        data = pixels.data[: len(bands)]
        mask = dict(zip(masks, pixels.data[len(bands) :], strict=True))
        valid = pixels.inside & seen(data, mask, nodata=header.nodata)
        covered = cloud(mask)
        numbers, note = self._numbers(data, header, sidecar, sensor=acquisition.sensor)
        numbers[:, ~valid] = 0
        tags = {**header.tags, "source_file": path.name, "resampling": pixels.how, "numbers": note}
        tags |= ice_tags(ice(mask), valid, pixels.grid, aoi)
        raster = Raster(
            data=numbers,
            bands=tuple(bands),
            valid=valid,
            grid=pixels.grid,
            cloud=None if covered is None else covered & valid,
            scale=SENSORS[acquisition.sensor].scale,
            offset=0.0,
            tags=tags | ({"SIMULATED": "YES"} if acquisition.simulated else {}),
        )
        check_archivable(raster, acquisition.sensor, where=str(path))
        return raster

    def _survey_products(
        self, aoi: Aoi, period: TimeRange, claims: dict[str, list[Acquisition]], problems: list[Problem]
    ) -> None:
        """Add the passes of SAFE products; tiles of one pass are one acquisition."""
        items = []
        for path in sorted(p for p in self.root.rglob("S2*") if is_product(p)):
            try:
                items.append(product_item(read_product(path, self._relative(path))))
            except MonitorError as error:
                problems.append(Problem(self._relative(path), _reason(error, Path(self._relative(path)))))
        for acquisition in group_acquisitions(items, aoi, sensor="s2", source=self.name):
            if acquisition.start in period:
                claims[acquisition.id].append(acquisition)
        elsewhere = [item.id for item in items if not item.geometry.intersects(aoi.geometry)]
        problems += [Problem(name, f"not in AOI {aoi.id}", is_fault=False) for name in elsewhere]

    def _fetch_products(self, acquisition: Acquisition, aoi: Aoi) -> Raster:
        """The pixels of SAFE products of one pass; where tiles overlap the first is used."""
        grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
        data = np.zeros((len(S2_BANDS), *grid.shape), np.uint16)
        scl, notes, classified = np.zeros(grid.shape, np.uint8), set(), True
        for name in acquisition.product_ids:
            tile, classes, note = read_tile(read_product(self.root / name, name), grid)
            new = tile.any(axis=0) & ~data.any(axis=0)
            data[:, new] = tile[:, new]
            classified &= classes is not None
            if classes is not None:
                scl[new] = classes[new]
            notes.add(note)
        mask = {"SCL": scl} if classified else {}
        valid = seen(data, mask, nodata=0)
        covered = cloud(mask)
        tags = {"source_file": " ".join(acquisition.product_ids), "numbers": "; ".join(sorted(notes))}
        tags |= ice_tags(ice(mask), valid, grid, aoi)
        raster = Raster(
            data=data,
            bands=S2_BANDS,
            valid=valid,
            grid=grid,
            cloud=None if covered is None else covered & valid,
            scale=SENSORS["s2"].scale,
            offset=0.0,
            tags=tags,
        )
        check_archivable(raster, "s2", where=acquisition.id)
        return raster

    def _files(self) -> Iterator[Path]:
        for path in sorted(self.root.rglob("*")):
            parts = path.relative_to(self.root).parts
            hidden = any(part.startswith(".") or part.upper().endswith(".SAFE") for part in parts)
            if path.suffix.lower() in _ENDINGS and not hidden and path.is_file():
                yield path

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _named(self, header: GeoTiffHeader) -> GeoTiffHeader:
        """The header with band names from the item or the settings where the file has none."""
        if any(header.bands):
            return header
        sidecar = read_sidecar(header.path)
        names = (sidecar.bands if sidecar else ()) or tuple(band_name(band) or band for band in self.bands)
        if len(names) != len(header.bands) or not any(names):
            raise DataError(
                f"{header.path}: its {len(header.bands)} bands have no names; write band descriptions into the file "
                "(gdal_edit, or rasterio's `descriptions`), or set [source] bands in monitor.toml"
            )
        return replace(header, bands=names)

    def _acquisition(self, header: GeoTiffHeader, aoi: Aoi) -> Acquisition:
        header = self._named(header)
        path, sidecar = header.path, read_sidecar(header.path)
        sensor = "s1" if any(band in S1_BANDS for band in header.bands) else "s2"
        needed = self.needed if sensor == "s2" else ("VV",)
        check_bands([band for band in header.bands if band], needed, where=str(path))
        item = sidecar or Sidecar(path.stem, None, None)
        start, end, named = item.start, item.end, None
        if start is None or end is None:
            named = read_name(path.stem)
            start, end = named.start, named.end
        platform = item.platform or (named.platform if named else None) or f"sentinel-{sensor[1]}"
        return Acquisition(
            id=f"{safe_id(item.id)}_{aoi.id}",
            aoi_id=aoi.id,
            sensor=sensor,
            platform=platform_name(platform),
            start=start,
            end=end,
            footprint=header.footprint,
            relative_orbit=item.relative_orbit or (named.relative_orbit if named else None),
            orbit_state=item.orbit_state,
            cloud_cover=item.cloud_cover,
            product_ids=(self._relative(path),),
            level=item.level or (named.level if named else None),
            source=self.name,
            simulated=item.simulated or any(key.upper() == "SIMULATED" for key in header.tags),
        )

    def _numbers(
        self, data: npt.NDArray[np.generic], header: GeoTiffHeader, sidecar: Sidecar | None, *, sensor: str
    ) -> tuple[npt.NDArray[np.generic], str]:
        """The archive's own numbers: reflectance × 10000 as uint16, or linear power as float32."""
        if sensor == "s1":
            unit = (sidecar.unit if sidecar else None) or ("db" if _names_db(header.path) else self.unit)
            values = np.nan_to_num(data.astype(np.float32), nan=0.0 if unit == "linear" else -np.inf)
            return (values, "linear power") if unit == "linear" else (np.power(10.0, values / 10.0), "from dB")
        scale = (sidecar.scale if sidecar else None) or header.scale
        offset = (sidecar.offset if sidecar and sidecar.offset is not None else header.offset) or 0.0
        if data.dtype == np.uint16 and offset == 0.0 and scale in (None, 1e-4):
            return data.copy(), "as stored"
        if scale is None:
            scale = 1.0 if data.dtype.kind == "f" and np.nanmax(data, initial=0.0) <= _REFLECTANCE_MAX else 1e-4
        reflectance = np.nan_to_num(data.astype(np.float32)) * np.float32(scale) + np.float32(offset)
        numbers = np.clip(np.rint(reflectance * 1e4), 0, 65535).astype(np.uint16)
        return numbers, f"reflectance from scale {scale:g}, offset {offset:g}"


def _names_db(path: Path) -> bool:
    return "db" in path.stem.lower().replace("-", "_").split("_")


def _contested(claim: list[Acquisition]) -> Problem:
    files = ", ".join(acquisition.product_ids[0] for acquisition in claim)
    return Problem(files, f"all claim to be scene {claim[0].id}; keep one, or give them different names or item ids")


def _reason(error: Exception, path: Path) -> str:
    return str(error).removeprefix(f"{path}: ")
