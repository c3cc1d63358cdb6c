"""Open STAC catalogs of Sentinel-2, Sentinel-1 and Landsat as a source, without credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import odc.stac
import pystac
import pystac_client
import rasterio
import requests
from affine import Affine
from odc.geo.geobox import GeoBox
from pystac_client.errors import ClientTypeError
from pystac_client.exceptions import APIError
from pystac_client.stac_api_io import StacApiIO
from rasterio.errors import RasterioError
from rasterio.windows import Window

from monitor.core.aoi import Aoi
from monitor.core.geo.grid import Grid
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import S1_BANDS, S2_BANDS, SENSORS, Sensor
from monitor.core.scenes.validity import valid_pixels
from monitor.core.text import public_url
from monitor.core.timerange import TimeRange
from monitor.io.rasters import check_window
from monitor.sources.answers import BoundedAdapter, bounded_session
from monitor.sources.errors import BadResponse, NoData, Unavailable
from monitor.sources.imagery import quality
from monitor.sources.imagery.grouping import ONE_PASS, group_acquisitions, read_items, report_faults
from monitor.sources.imagery.ice import ice_tags
from monitor.sources.imagery.stac.harmonize import MASKS, Numbers, asset_names, numbers_of
from monitor.sources.imagery.stac.radar import NUMBERS, REMOTE, is_usable, read_slice
from monitor.sources.imagery.stac.signing import signed
from monitor.sources.imagery.validation import check_archivable

EARTH_SEARCH = "https://earth-search.aws.element84.com/v1"
_MASK = {"s2": "SCL", "landsat": "QA_PIXEL"}
_RETRIES = 3
_SAME_M = 1e-3


@dataclass(frozen=True, slots=True)
class StacSource:
    """Scenes behind a STAC API whose assets are public cloud-optimised GeoTIFFs.

    Scale and offset are applied here, since the loader does not and catalogs differ: the archive holds reflectance ×
    10000 whatever the catalog. Sentinel-1 GRD is calibrated and placed here too.
    """

    url: str = EARTH_SEARCH
    collection: str = "sentinel-2-c1-l2a"
    landsat: str = ""
    radar: str = ""
    name: str = "stac"
    timeout_s: float = 60.0
    limits: Limits = DEFAULT_LIMITS

    @property
    def _where(self) -> str:
        """The catalog, as it may be stored and printed."""
        return public_url(self.url)

    @property
    def _collections(self) -> dict[str, str]:
        """The collection of each sensor."""
        more = {"landsat": self.landsat, "s1": self.radar}
        return {"s2": self.collection} | {sensor: name for sensor, name in more.items() if name}

    @property
    def sensors(self) -> tuple[str, ...]:
        """Sentinel-2, and Landsat and Sentinel-1 where their collections are named."""
        return tuple(self._collections)

    def search(self, aoi: Aoi, period: TimeRange) -> list[Acquisition]:
        """The overpasses of `aoi` that begin in `period`, in order of time.

        Raises
        ------
        Unavailable, BadResponse
            The catalog cannot be reached, or its response makes no sense; `BadItems` where single items do not.
        """
        wider = TimeRange(period.start - ONE_PASS, period.end + ONE_PASS)  # so that the edge cuts no pass in two
        chosen, faults = list[Acquisition](), list[BadResponse]()
        for sensor, collection in self._collections.items():
            features = self._features(collection, intersects=aoi.geometry.__geo_interface__, datetime=str(wider))
            if sensor == "s1":
                features = [feature for feature in features if is_usable(feature)]
            items, wrong = read_items(features, sensor=sensor)
            source = f"{self.name} {self._where} {collection}"
            found = group_acquisitions(items, aoi, sensor=sensor, source=source)
            chosen += [acquisition for acquisition in found if acquisition.start in period]
            faults += wrong
        report_faults(faults, chosen)
        return sorted(chosen, key=lambda a: (a.start, a.id))

    def fetch(self, acquisition: Acquisition, aoi: Aoi) -> Raster:
        """The pixels of one overpass on the AOI's grid at the sensor's pixel size; of tiles that overlap the first.

        Raises
        ------
        NoData
            No valid pixel over the AOI.
        Unavailable, BadResponse
            An asset cannot be read to the end, or lacks what is needed.
        """
        kind = SENSORS[acquisition.sensor]
        grid = Grid.covering(aoi.geometry, epsg=aoi.epsg, gsd_m=kind.gsd_m or 10.0)
        items = self._items(acquisition)
        raster = self._optical(items, grid, aoi, kind) if kind.optical else self._radar(items, grid)
        check_archivable(raster, acquisition.sensor, where=acquisition.id)
        return raster

    def _items(self, acquisition: Acquisition) -> dict[str, Mapping[str, Any]]:
        """The catalog's items of an overpass by their ids, with addresses that can be read."""
        ids = list(acquisition.product_ids)
        collection = self._collections.get(acquisition.sensor, self.collection)
        features = {str(f["id"]).removesuffix(".SAFE"): f for f in self._features(collection, ids=ids)}
        missing = [id_ for id_ in ids if id_ not in features]
        if missing:
            raise NoData(f"{acquisition.id}: {', '.join(missing)} is no longer in the catalog; search again")
        return {
            id_: signed(features[id_], catalog=self.url, collection=collection, timeout_s=self.timeout_s) for id_ in ids
        }

    def _radar(self, items: Mapping[str, Mapping[str, Any]], grid: Grid) -> Raster:
        """Sigma nought of the slices of one overpass; where they overlap, the first one's."""
        data, incidence = np.zeros((len(S1_BANDS), *grid.shape), np.float32), list[float]()
        for id_, item in items.items():
            slice_, angle = read_slice(item, grid, timeout_s=self.timeout_s, limits=self.limits, where=id_)
            new = slice_.any(axis=0) & ~data.any(axis=0)
            data[:, new] = slice_[:, new]
            incidence.append(angle)
        data, valid = valid_pixels(data)
        bands = tuple(band for band, power in zip(S1_BANDS, data, strict=True) if power.any()) or S1_BANDS[:1]
        tags = {"numbers": NUMBERS, "catalog": self._where, "incidence_deg": f"{np.mean(incidence):.3f}"}
        return Raster(
            data=data[: len(bands)],
            bands=bands,
            valid=valid,
            grid=grid,
            cloud=None,
            scale=SENSORS["s1"].scale,
            offset=0.0,
            tags=tags,
        )

    def _optical(self, items: Mapping[str, Mapping[str, Any]], grid: Grid, aoi: Aoi, kind: Sensor) -> Raster:
        """Reflectance of the tiles of one overpass; where they overlap, the first one's."""
        mask = _MASK[kind.id]
        grid = _aligned(grid, next(iter(items.values())))
        data = np.zeros((len(S2_BANDS), *grid.shape), np.uint16)
        classes = np.zeros(grid.shape, np.uint16)
        notes = []
        for id_, item in items.items():
            tile, own, note = self._tile(item, grid, id_)
            _, seen = valid_pixels(tile, masks={"SCL": own} if own.any() else {})  # 0 is no data in either mask
            new = seen & (classes == 0) & ~data.any(axis=0)
            data[:, new], classes[new] = tile[:, new], own[new]
            notes.append(note)
        masks = {mask: classes} if classes.any() else {}
        outside = quality.unseen(masks)
        data, valid = valid_pixels(data, seen=None if outside is None else ~outside, masks=masks)
        cloud, tags = quality.cloud(masks), {"numbers": "; ".join(sorted(set(notes))), "catalog": self._where}
        tags |= ice_tags(quality.ice(masks), valid, grid, aoi)
        return Raster(
            data=data,
            bands=S2_BANDS,
            valid=valid,
            grid=grid,
            cloud=None if cloud is None else cloud & valid,
            scale=kind.scale,
            offset=0.0,
            tags=tags,
        )

    def _features(self, collection: str, **query: object) -> list[Mapping[str, Any]]:
        """The catalog's items for a query of a collection, all pages."""
        pages, answers = _Pages(), BoundedAdapter(self.limits, _RETRIES)
        try:
            io = StacApiIO()
            bounded_session(io.session, answers)
            # given to `open`, which resets what the reader itself was given
            catalog = pystac_client.Client.open(self.url, stac_io=io, request_modifier=pages, timeout=self.timeout_s)
            found = catalog.search(collections=[collection], limit=100, **query)
            return [dict(item) for item in found.items_as_dicts()]
        except (APIError, requests.RequestException) as error:
            if answers.refused is not None:
                raise answers.refused from error
            if pages.are_endless:
                raise BadResponse(f"{self._where}: a page of the catalog names itself as the next one") from error
            raise Unavailable(
                f"{self._where}: the STAC catalog does not respond ({type(error).__name__}); check the network and "
                "[stac] url, or run again later",
                transient=True,
            ) from error
        except (ClientTypeError, KeyError, TypeError, AttributeError, ValueError, NotImplementedError) as error:
            kind = type(error).__name__
            raise BadResponse(f"{self._where}: not a STAC API with item search ({kind}); check [stac] url") from error

    def _tile(self, feature: Mapping[str, Any], grid: Grid, where: str) -> tuple[Numbers, npt.NDArray[np.uint16], str]:
        """(band, row, col) DN of one item on a grid, its mask (zeros without one), and how they were made."""
        names = asset_names(feature, where=where)
        for name in names.values():
            _check_asset(str(feature["assets"][name].get("href") or ""), where, self.limits)
        same = _epsg(feature) == grid.epsg
        how = {name: "nearest" if same or band in MASKS else "cubic" for band, name in names.items()}
        geobox = GeoBox(grid.shape, grid.transform, f"EPSG:{grid.epsg}")
        config = {"*": {"assets": {"*": {"data_type": "uint16", "nodata": 0}}, "aliases": {}}}
        try:
            loaded = odc.stac.load(
                [pystac.Item.from_dict(dict(feature))],
                bands=list(names.values()),
                geobox=geobox,
                resampling=how,
                stac_cfg=config,
                fail_on_error=True,
            )
            arrays = {band: np.asarray(loaded[name].values[0]) for band, name in names.items()}
        except (RasterioError, OSError) as error:
            raise Unavailable(
                f"{where}: an asset cannot be read to the end ({type(error).__name__}); run again", transient=True
            ) from error
        except (ValueError, KeyError, IndexError) as error:
            raise BadResponse(f"{where}: its assets are not what they should be ({error}); run again") from error
        data, note = numbers_of(np.stack([arrays[band] for band in S2_BANDS]), feature, where=where)
        resampled = "as stored" if same else f"warped from EPSG:{_epsg(feature)} (cubic, masks nearest)"
        mask = next((arrays[name] for name in MASKS if name in arrays), np.zeros(grid.shape))
        return data, mask.astype(np.uint16), f"{note}, {resampled}"


class _Pages:
    """Refuses a search that was sent already: a page that names itself as the next would be asked for without end."""

    def __init__(self) -> None:
        self.are_endless = False
        self._sent = set[str]()

    def __call__(self, request: requests.Request) -> requests.Request:
        """The request itself, once."""
        asked = f"{request.method} {request.url} {request.params!r} {request.json!r}"
        if "/search" in str(request.url) and asked in self._sent:
            self.are_endless = True
            raise requests.RequestException("this page was read already")
        self._sent.add(asked)
        return request


def _check_asset(href: str, where: str, limits: Limits) -> None:
    """Refuse what is no GeoTIFF behind http or https: other addresses, and formats that lead on to other files.

    So are blocks too large to be unpacked.
    """
    if urlsplit(href).scheme not in ("http", "https"):
        raise BadResponse(f"{where}: an asset is not behind http or https ({public_url(href)}); use another catalog")
    try:
        with rasterio.Env(**REMOTE), rasterio.open(href, driver="GTiff") as source:
            check_window(source, Window(0, 0, 1, 1), limits=limits)
    except RasterioError as error:
        if "not recognized as being in a supported file format" not in str(error):
            raise Unavailable(
                f"{where}: an asset cannot be read ({type(error).__name__}); run again", transient=True
            ) from error
        raise BadResponse(f"{where}: an asset is no GeoTIFF ({public_url(href)}); use another catalog") from error


def _aligned(grid: Grid, feature: Mapping[str, Any]) -> Grid:
    """The grid moved by part of a pixel onto an item's in its CRS, and larger by one: Landsat's edges are at 15 m."""
    placed = feature["properties"].get("proj:transform") or next(
        (asset["proj:transform"] for asset in feature["assets"].values() if asset.get("proj:transform")), None
    )
    if placed is None or _epsg(feature) != grid.epsg or abs(float(placed[0]) - grid.gsd_m) > _SAME_M:
        return grid
    t, gsd = grid.transform, grid.gsd_m
    east, south = (float(placed[2]) - t.c) % gsd, (t.f - float(placed[5])) % gsd
    if min(east, gsd - east) < _SAME_M and min(south, gsd - south) < _SAME_M:
        return grid
    moved = Affine(t.a, t.b, t.c + east - gsd, t.d, t.e, t.f - south + gsd)
    return Grid(grid.epsg, moved, (grid.shape[0] + 1, grid.shape[1] + 1))


def _epsg(feature: Mapping[str, Any]) -> int:
    given = cast("Mapping[str, object]", feature["properties"])
    code = str(given.get("proj:code") or given.get("proj:epsg") or "0")
    return int(code.removeprefix("EPSG:")) if code.removeprefix("EPSG:").isdigit() else 0
