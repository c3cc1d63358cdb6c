"""Real Sentinel-2 pixels, out of a folder, for the ground of a simulated season."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError, MonitorError, SourceError
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.timerange import TimeRange
from monitor.simulate.render.background import gap_of
from monitor.sources.imagery.local.source import FolderSource, ReadOnce

_ALL_TIME = TimeRange(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


def read_backgrounds(folder: Path, aois: tuple[Aoi, ...]) -> dict[str, Raster]:
    """The clearest Sentinel-2 scene that covers each AOI's grid, by AOI id; of two as clear, the earlier.

    A scene whose cloud neither the file nor its item states counts as clouded. AOIs without a scene that covers them
    are left out.

    Raises
    ------
    SourceError
        The folder does not exist.
    DataError
        No scene in it covers any of the AOIs.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder; give one that holds Sentinel-2 GeoTIFFs as background")
    found, lacking, source = {}, [], FolderSource(folder).read_once()
    for aoi in aois:
        chosen, why = _clearest(source, aoi)
        if chosen is None:
            lacking.append(f"{aoi.id} ({why})")
        else:
            found[aoi.id] = chosen
    if not found:
        raise DataError(f"{folder}: no Sentinel-2 scene covers {', '.join(lacking)}; give scenes of the whole AOI")
    return found


def _clearest(source: ReadOnce, aoi: Aoi) -> tuple[Raster | None, str]:
    survey = source.survey(aoi, _ALL_TIME)
    reasons = [str(problem) for problem in survey.problems if problem.is_fault]
    best, least = None, 2.0
    for acquisition in survey.acquisitions:
        if acquisition.sensor != "s2":
            continue
        try:
            raster = source.fetch(acquisition, aoi)
        except MonitorError as error:
            reasons.append(str(error))
            continue
        if gap := gap_of(raster, aoi):
            reasons.append(f"{acquisition.product_ids[0]} {gap}")
        elif (share := _clouded(acquisition, raster)) < least:
            best, least = raster, share
    return best, "; ".join(reasons[:3]) or "no scene of it"


def _clouded(acquisition: Acquisition, raster: Raster) -> float:
    if raster.cloud is not None:
        return float(raster.cloud.mean())
    return 1.0 if acquisition.cloud_cover is None else acquisition.cloud_cover
