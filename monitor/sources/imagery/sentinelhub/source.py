"""Sentinel Hub and Copernicus Data Space as a source: catalog first, then one request an overpass."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from monitor.core.aoi import Aoi
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import SENSORS
from monitor.core.scenes.validity import valid_pixels
from monitor.core.text import public_url
from monitor.core.timerange import TimeRange, isoformat
from monitor.sources.errors import BadResponse
from monitor.sources.imagery import quality
from monitor.sources.imagery.grouping import ONE_PASS, group_acquisitions, read_items, report_faults
from monitor.sources.imagery.ice import ice_tags
from monitor.sources.imagery.sentinelhub import client
from monitor.sources.imagery.sentinelhub.client import ProcessRequest
from monitor.sources.imagery.sentinelhub.config import SentinelHubSettings
from monitor.sources.imagery.sentinelhub.evalscripts import INCIDENCE, optical_script, radar_script
from monitor.sources.imagery.sentinelhub.pricing import Estimate, UnitLedger, over_cap, processing_units
from monitor.sources.imagery.sentinelhub.response import ExpectedResponse, ProcessArrays, read_response
from monitor.sources.imagery.sentinelhub.tiling import merge, split
from monitor.sources.imagery.validation import check_archivable

log = logging.getLogger(__name__)

_AROUND = {"s2": timedelta(minutes=5), "s1": timedelta(minutes=2)}
"""How much the requested period exceeds a pass on both sides; chosen: far less than the time between two passes."""
_RADAR = {
    "orthorectify": True,
    "backCoeff": "SIGMA0_ELLIPSOID",
    "demInstance": "COPERNICUS_30",
    "upsampling": "BILINEAR",
}
_OPTICAL = {"harmonizeValues": True, "upsampling": "NEAREST", "downsampling": "NEAREST"}


@dataclass(frozen=True, slots=True)
class SentinelHubSource:
    """Scenes of Sentinel-2 and Sentinel-1 from a Sentinel Hub service.

    `ledger` counts the month's units over runs and processes; without one the cap of the settings is not checked.
    """

    settings: SentinelHubSettings
    ledger: UnitLedger | None = None
    name: str = "sentinelhub"

    @property
    def sensors(self) -> tuple[str, ...]:
        """The sensors of the settings."""
        return self.settings.sensors

    def search(self, aoi: Aoi, period: TimeRange) -> list[Acquisition]:
        """The overpasses of `aoi` that begin in `period`, from the catalog alone, in order of time.

        Raises
        ------
        AuthError, QuotaError, RateLimited, BadRequest, Unavailable, BadResponse
            The catalog cannot be reached, or its response makes no sense; `BadItems` where single items do not.
        """
        found, faults = list[Acquisition](), list[BadResponse]()
        wider = TimeRange(period.start - ONE_PASS, period.end + ONE_PASS)  # so that the edge cuts no pass in two
        for sensor in self.settings.sensors:
            features = client.search_catalog(self.settings, aoi.geometry, wider, sensor=sensor)
            items, wrong = read_items(features, sensor=sensor)
            faults += wrong
            found += group_acquisitions(items, aoi, sensor=sensor, source=f"{self.name} {self.settings.deployment}")
        chosen = sorted((a for a in found if a.start in period), key=lambda a: (a.start, a.id))
        report_faults(faults, chosen)
        return chosen

    def fetch(self, acquisition: Acquisition, aoi: Aoi) -> Raster:
        """The pixels of one overpass on the AOI's 10 m grid, checked against the request and the catalog.

        Raises
        ------
        NoData
            The pass has no tile, or no valid pixel over the AOI.
        QuotaError
            The settings' monthly cap, or the quota at the service, does not allow it; by the cap nothing is sent.
        AuthError, RateLimited, BadRequest, Unavailable, BadResponse
            As the fault was.
        """
        whole = Grid.covering(aoi.geometry, epsg=aoi.epsg)
        windows = split(whole, self.settings.side_px)
        pieces, spent = [], 0.0
        for rows, cols in windows:
            piece, units = self._piece(acquisition, whole.window(rows, cols))
            pieces.append(piece)
            spent += units
        arrays = {name: merge(whole, windows, [piece.arrays[name] for piece in pieces]) for name in ("default", "mask")}
        dates = sorted({date for piece in pieces for date in piece.tile_dates})
        raster = self._raster(acquisition, aoi, whole, arrays)
        check_archivable(raster, acquisition.sensor, where=acquisition.id)
        tags = {**raster.tags, "tile_dates": " ".join(map(isoformat, dates)), "processing_units": f"{spent:.3f}"}
        return replace(raster, tags=tags)

    def estimate(self, acquisition: Acquisition, aoi: Aoi) -> Estimate:
        """What fetching would take, by the service's price list; nothing is sent."""
        grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
        windows = split(grid, self.settings.side_px)
        units = sum(self._units(acquisition.sensor, grid.window(rows, cols)) for rows, cols in windows)
        return Estimate(grid.shape[1], grid.shape[0], len(windows), units)

    def request(self, acquisition: Acquisition, aoi: Aoi) -> dict[str, object]:
        """The request that `fetch` sends, without secrets, with a hash that identifies it."""
        grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
        body = client.payload(self.settings, self._process_request(acquisition, grid))
        text = json.dumps(body, sort_keys=True)
        return {
            "url": f"{public_url(self.settings.endpoints.base_url)}/api/v1/process",
            "body": body,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "pieces": len(split(grid, self.settings.side_px)),
        }

    def _piece(self, acquisition: Acquisition, grid: Grid) -> tuple[ProcessArrays, float]:
        """One request's arrays and its units, entered in the ledger."""
        estimate, now = self._units(acquisition.sensor, grid), datetime.now(UTC)
        ticket, cap = None, self.settings.units_per_month
        if self.ledger is not None:
            ticket = self.ledger.reserve(estimate, cap=cap, what=acquisition.id, now=now)
            if ticket is None:
                raise over_cap(estimate, self.ledger.spent(now), cap)
        units = 0.0
        try:
            request = self._process_request(acquisition, grid)
            response = client.process(self.settings, request, what=acquisition.id)
            units = estimate if response.units is None else response.units
        finally:
            if self.ledger is not None and ticket is not None:
                self.ledger.settle(ticket, units, now=now)
        if abs(units - estimate) > 0.2 * estimate:
            log.info("%s: estimated %.2f processing units, the service charged %.2f", acquisition.id, estimate, units)
        kind, bands, mask = (
            SENSORS[acquisition.sensor],
            self._bands(acquisition.sensor),
            self._masks(acquisition.sensor),
        )
        outputs = {"default": (len(bands), kind.dtypes[0]), "mask": (len(mask), "uint8")}
        wanted = ExpectedResponse(outputs, grid, start=acquisition.start, end=acquisition.end, where=acquisition.id)
        return read_response(response.content, wanted), units

    def _process_request(self, acquisition: Acquisition, grid: Grid) -> ProcessRequest:
        around = _AROUND[acquisition.sensor]
        optical = SENSORS[acquisition.sensor].optical
        script = optical_script(self._masks("s2")) if optical else radar_script(incidence=self.settings.incidence)
        state = {"orbitDirection": acquisition.orbit_state.upper()} if acquisition.orbit_state and not optical else {}
        return ProcessRequest(
            sensor=acquisition.sensor,
            level=self.settings.level if optical else "GRD",
            grid=grid,
            period=TimeRange(acquisition.start - around, acquisition.end + around),
            evalscript=script,
            outputs=("default", "mask"),
            processing=_OPTICAL if optical else _RADAR,
            data_filter=state,
        )

    def _bands(self, sensor: str) -> tuple[str, ...]:
        return SENSORS[sensor].bands + ((INCIDENCE,) if sensor == "s1" and self.settings.incidence else ())

    def _masks(self, sensor: str) -> tuple[str, ...]:
        return self.settings.endpoints.masks_of(self.settings.level) if sensor == "s2" else ("dataMask",)

    def _units(self, sensor: str, grid: Grid) -> float:
        rows, cols = grid.shape
        bands = len(self._bands(sensor)) + len([mask for mask in self._masks(sensor) if mask != "dataMask"])
        radar = not SENSORS[sensor].optical
        return processing_units(cols, rows, bands=bands, float32=radar, orthorectified=radar)

    def _raster(
        self, acquisition: Acquisition, aoi: Aoi, grid: Grid, arrays: dict[str, npt.NDArray[np.generic]]
    ) -> Raster:
        sensor = acquisition.sensor
        bands = self._bands(sensor)
        mask = dict(zip(self._masks(sensor), arrays["mask"], strict=True))
        data, valid = valid_pixels(arrays["default"], masks=mask)
        covered = quality.cloud(mask)
        tags = {"deployment": self.settings.deployment, **_radar_tags(sensor, bands, data, valid)}
        tags |= ice_tags(quality.ice(mask), valid, grid, aoi)
        kept = len(SENSORS[sensor].bands)
        return Raster(
            data=data[:kept],
            bands=bands[:kept],
            valid=valid,
            grid=grid,
            cloud=None if covered is None else covered & valid,
            scale=SENSORS[sensor].scale,
            offset=0.0,
            tags=tags,
        )


def _radar_tags(
    sensor: str, bands: tuple[str, ...], data: npt.NDArray[np.generic], valid: npt.NDArray[np.bool_]
) -> dict[str, str]:
    if SENSORS[sensor].optical:
        return {}
    tags = {"numbers": "sigma nought on the ellipsoid, linear power", "dem": str(_RADAR["demInstance"])}
    if INCIDENCE in bands and valid.any():
        angle = data[bands.index(INCIDENCE)][valid].astype(np.float64)
        tags["incidence_deg"] = f"{angle.mean():.3f}"
    return tags
