"""Scenes on disk: images of any sensor, and Sentinel-2 products in SAFE folders or zips."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError, MonitorError, SourceError
from monitor.core.geo.grid import Grid
from monitor.core.progress import report
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import S2_BANDS, SENSORS
from monitor.core.scenes.validity import valid_pixels
from monitor.core.timerange import TimeRange
from monitor.sources.errors import NoData, Problem
from monitor.sources.imagery.grouping import newest_first
from monitor.sources.imagery.ice import ice_tags
from monitor.sources.imagery.local.bandset import scenes_of
from monitor.sources.imagery.local.described import Described, describe
from monitor.sources.imagery.local.files import scene_files
from monitor.sources.imagery.local.listing import Listing, Survey
from monitor.sources.imagery.local.masks import read_with_masks
from monitor.sources.imagery.local.mosaic import mosaic
from monitor.sources.imagery.local.reading import SETTINGS, Reading
from monitor.sources.imagery.local.safe import is_product, product_item, read_product, read_tile
from monitor.sources.imagery.local.target import grid_over
from monitor.sources.imagery.naming import safe_id
from monitor.sources.imagery.quality import cloud, ice
from monitor.sources.imagery.validation import check_archivable, check_bands

_NO_CORNERED = "[source.corners] in monitor.toml gives its place, and there is no picture of that name"
_UNUSED = "JSON that is no STAC item, so it is not used"
IN_FOLDER = Reading(unit="linear", words=SETTINGS)


@dataclass(frozen=True, slots=True)
class FolderSource:
    """Images in a folder and the folders below it, with or without a STAC item or vendor's metadata beside them.

    Attributes
    ----------
    root : Path
        The folder.
    given : Reading
        What the user states of images that do not state it.
    takes_missing_bands : bool
        Whether a scene that lacks bands its sensor needs is taken with those that there are.
    name : str
        The source's name in items and briefs.
    corners : mapping of str to tuple of float
        Where pictures without a place lie, by the name of their file; see `Reading.corners`.
    """

    root: Path
    given: Reading = IN_FOLDER
    takes_missing_bands: bool = False
    name: str = "folder"
    corners: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

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
        return self.listing().survey(aoi, period)

    def read_once(self) -> ReadOnce:
        """The same folder, whose files are read at the first search and not again: what comes later is not seen."""
        return ReadOnce(self)

    def listing(self) -> Listing:
        """What the folder holds now, whatever the port.

        Raises
        ------
        SourceError
            The folder does not exist.
        """
        if not self.root.is_dir():
            raise SourceError(f"{self.root}: no such folder; set [source] folder in monitor.toml to where scenes are")
        files = scene_files(self.root)
        problems = [Problem(name, reason, is_fault=False) for name, reason in files.unknown]
        images: list[Acquisition] = []
        for number, scene in enumerate(files.images, 1):
            try:
                described = self._described(scene)
                images.append(self._acquisition(described, scene))
                if described.unused is not None:
                    problems.append(Problem(self._relative(described.unused), _UNUSED, is_fault=False))
            except (MonitorError, OSError) as error:
                problems.append(Problem(self._relative(scene[0]), _reason(error, scene[0])))
            report("images", number, len(files.images))
        items = []
        for path in files.products:
            try:
                items.append(product_item(read_product(path, self._relative(path), limits=self.given.limits)))
            except MonitorError as error:
                problems.append(Problem(self._relative(path), _reason(error, Path(self._relative(path)))))
        there = {file.name for scene in files.images for file in scene}
        problems += [Problem(name, _NO_CORNERED, is_fault=False) for name in self.corners if name not in there]
        return Listing(
            root=self.root,
            source=self.name,
            files=files,
            images=tuple(images),
            items=tuple(items),
            problems=tuple(problems),
        )

    def problems(self, aoi: Aoi, period: TimeRange) -> tuple[Problem, ...]:
        """What a search leaves out, and why."""
        return self.survey(aoi, period).problems

    def fetch(self, acquisition: Acquisition, aoi: Aoi) -> Raster:
        """The scene's pixels over the AOI's bounding box, or where fine images lie in it.

        Of several files of one pass the newest processing comes first, and the others where it shows nothing.

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
        scenes = scenes_of(self.root / name for name in names if name not in products)
        images = sorted((self._described(scene) for scene in scenes), key=self._rank(names))
        whole = [self._fetch_products(products, aoi)] if products else []
        grid = whole[0].grid if whole else grid_over(aoi, [image.header for image in images])
        raster = mosaic(itertools.chain(whole, (self._fetch_image(image, aoi, grid) for image in images)))
        if raster is None:
            raise NoData(f"{self.root / names[0]}: does not reach AOI {aoi.id}")
        check_archivable(raster, acquisition.sensor, where=str(self.root / names[0]))
        return raster

    def _rank(self, names: Sequence[str]) -> Callable[[Described], tuple[object, ...]]:
        """The order in which images of one pass are used: measured numbers, more bands, newer processing."""

        def rank(image: Described) -> tuple[object, ...]:
            is_picture = image.header.dtype == "uint8"
            stated = [-ord(letter) for letter in image.item.version]
            return is_picture, -len(image.bands), not stated, stated, names.index(self._relative(image.header.path))

        return rank

    def _fetch_image(self, described: Described, aoi: Aoi, grid: Grid) -> Raster | None:
        """The pixels of an image on a grid; None where it does not reach it."""
        try:
            pixels = read_with_masks(described, grid)
        except NoData:
            return None
        raster = described.raster(pixels)
        return replace(raster, tags={**raster.tags, **ice_tags(ice(pixels.masks), pixels.valid, pixels.grid, aoi)})

    def _fetch_products(self, names: Sequence[str], aoi: Aoi) -> Raster:
        """The pixels of SAFE products of one pass; where tiles overlap the first is used."""
        grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
        data = np.zeros((len(S2_BANDS), *grid.shape), np.uint16)
        scl, notes, classified = np.zeros(grid.shape, np.uint8), set(), True
        for name in names:
            tile, classes, note = read_tile(read_product(self.root / name, name, limits=self.given.limits), grid)
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

    def _described(self, files: Sequence[Path]) -> Described:
        """All that is known of a scene, with band names from the item or the settings where the files have none."""
        given = replace(self.given, corners=self.corners.get(files[0].name, ()))
        described = describe(files, given, guess=False)
        path = described.header.path
        if not described.header.is_named:
            raise DataError(
                f"{path}: its {len(described.header.bands)} bands have no names; write band descriptions into the "
                f"file (gdal_edit, or rasterio's `descriptions`), or set {self.given.words.bands}"
            )
        described.check_named()
        needed = described.kind.needed
        if self.takes_missing_bands and described.kind.optical:
            needed = ()
        check_bands([band for band in described.header.bands if band], needed, where=str(path))
        return described

    def _acquisition(self, described: Described, files: Sequence[Path]) -> Acquisition:
        """What a picture shows, of no AOI yet."""
        path, item, sensor = described.header.path, described.item, described.sensor
        named, known = described.named, described.instant
        if known is None:
            raise DataError(
                f"{path}: no date in the name, and nothing else states one; put it there (…_20230905T021609.tif, "
                f"…_20230905.tif), or a STAC item.json beside, or set {self.given.words.at}"
            )
        return Acquisition(
            id=safe_id(item.id),
            aoi_id="",
            sensor=sensor,
            platform=described.platform or {"s2": "sentinel-2", "s1": "sentinel-1"}.get(sensor, ""),
            start=known.start,
            end=known.end,
            footprint=described.header.footprint,
            relative_orbit=item.relative_orbit or (named.relative_orbit if named else None),
            orbit_state=item.orbit_state,
            cloud_cover=item.cloud_cover,
            product_ids=tuple(self._relative(file) for file in files),
            level=item.level or (named.level if named else None),
            source=self.name,
            simulated=described.is_simulated,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ReadOnce:
    """A folder as the searches of one command see it: read at the first, and the same at the others.

    Attributes
    ----------
    folder : FolderSource
        What is read, and where pixels come from.
    """

    folder: FolderSource
    _listings: list[Listing] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """The source's name in items and briefs."""
        return self.folder.name

    def survey(self, aoi: Aoi, period: TimeRange) -> Survey:
        """As that of the folder."""
        if not self._listings:
            self._listings.append(self.folder.listing())
        return self._listings[0].survey(aoi, period)

    def search(self, aoi: Aoi, period: TimeRange) -> list[Acquisition]:
        """As that of the folder."""
        return list(self.survey(aoi, period).acquisitions)

    def problems(self, aoi: Aoi, period: TimeRange) -> tuple[Problem, ...]:
        """As that of the folder."""
        return self.survey(aoi, period).problems

    def fetch(self, acquisition: Acquisition, aoi: Aoi) -> Raster:
        """As that of the folder."""
        return self.folder.fetch(acquisition, aoi)


def _reason(error: Exception, path: Path) -> str:
    return str(error).removeprefix(f"{path}: ")
