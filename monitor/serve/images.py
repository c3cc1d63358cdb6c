"""Chips and maps for the pages, drawn when asked for and kept while the tables stay as they are."""

from __future__ import annotations

from typing import cast

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster
from monitor.core.tables import DETECTIONS
from monitor.core.wording import minute
from monitor.report.map.port_map import port_map
from monitor.report.page.blocks import Picture
from monitor.report.page.model import BriefInput
from monitor.report.tiles.frames import around, detail, overview
from monitor.report.tiles.observations import Observation, observations_of
from monitor.report.tiles.stretch import Stretch
from monitor.report.tiles.studio import Studio
from monitor.serve.cache import PageCache, PageContent

CHIP_M = 1200.0


def chip(cache: PageCache, content: PageContent, detection_id: str) -> Picture:
    """A cut-out of 1200 m around one detection, boxed and with its status.

    Parameters
    ----------
    cache : PageCache
        What the page is made from.
    content : PageContent
        The tables as they were read.
    detection_id : str
        Id of the detection.

    Raises
    ------
    DataError
        There is no such detection, or its pixels are not in the archive.
    """
    found = content.every.tables[DETECTIONS]
    rows = found[found["detection_id"] == detection_id]
    if rows.empty:
        raise DataError(f"{detection_id}: no detection of this id")
    row = rows.iloc[0]
    aoi = content.aoi(str(row["aoi_id"]))
    place = row["geometry"].envelope.centroid
    frame = around(f"chip-{detection_id}", aoi.name or aoi.id, place.x, place.y, side_m=CHIP_M)
    alt = (
        f"{CHIP_M:.0f} m around a detection at {aoi.name or aoi.id}, {minute(row['acquired_at'])}, "
        f"score {row['score']:.2f}"
    )

    def draw() -> object:
        studio = _studio(cache, content, aoi, content.every)
        return studio.chip(detection_id, str(row["scene_id"]), str(row["sensor"]), frame, alt)

    made = cast("Picture | None", cache.draw(content, ("chip", detection_id), draw))
    if made is None:
        raise DataError(f"{detection_id}: the pixels of {row['scene_id']} are not in the archive")
    return made


def observations(content: PageContent, aoi: Aoi) -> tuple[Observation, ...]:
    """The observations at a port of which there is a picture, oldest first."""
    return tuple(
        observation
        for observation in observations_of(content.given, aoi.id)
        if observation.acquisition is not None and observation.was_seen
    )


def newest_tile(cache: PageCache, content: PageContent, aoi: Aoi) -> Picture:
    """The small tile of a port's newest clear observation, of the newest one at all where none was clear.

    Parameters
    ----------
    cache : PageCache
        What the page is made from.
    content : PageContent
        The tables as they were read.
    aoi : Aoi
        The port.

    Raises
    ------
    DataError
        The port has no observation with pixels in the archive.
    """
    shown = newest(content, aoi)
    if shown is None:
        raise DataError(f"{aoi.id}: no observation has a picture; run `monitor pull`")

    def draw() -> object:
        studio, found = _studio(cache, content, aoi, content.given), content.given.tables[DETECTIONS]
        frame = detail(aoi, found[found["aoi_id"] == aoi.id]) or overview(aoi)
        return studio.card(shown, frame)

    made = cast("Picture | None", cache.draw(content, ("tile", aoi.id, shown.scene_id), draw))
    if made is None:
        raise DataError(f"{shown.scene_id}: its pixels are not in the archive")
    return made


def newest(content: PageContent, aoi: Aoi) -> Observation | None:
    """The newest clear observation of a port, the newest one that showed anything where none was; None without one."""
    seen = observations(content, aoi)
    return next((k for k in reversed(seen) if k.state == "observed"), seen[-1] if seen else None)


def map_document(cache: PageCache, content: PageContent, aoi: Aoi, scene_id: str) -> str:
    """The layers of one observation at a port, as JSON for the map script.

    Parameters
    ----------
    cache : PageCache
        What the page is made from.
    content : PageContent
        The tables as they were read.
    aoi : Aoi
        The port.
    scene_id : str
        Of the observation.

    Raises
    ------
    DataError
        There is no such observation, or its pixels are not in the archive.
    """
    observation = next((k for k in observations(content, aoi) if k.scene_id == scene_id), None)
    if observation is None:
        raise DataError(f"{scene_id}: no observation at {aoi.id} of this id")

    def draw() -> object:
        studio, frame = _studio(cache, content, aoi, content.given), overview(aoi)
        made = port_map(studio, observation, frame)
        return "" if made is None else made.document

    document = cast("str", cache.draw(content, ("map", aoi.id, scene_id), draw))
    if not document:
        raise DataError(f"{scene_id}: its pixels are not in the archive")
    return document


def _studio(cache: PageCache, content: PageContent, aoi: Aoi, given: BriefInput) -> Studio:
    """The port's pictures with one stretch a sensor for all observations, measured on its newest clear ones."""

    def read(scene_id: str) -> Raster:
        return cache.workspace.archive.read_raster(scene_id)

    measured = cast("dict[str, Stretch]", content.drawn.setdefault(("stretch", aoi.id), {}))
    studio = Studio(given, aoi, read, measured)
    if not measured:
        frame, seen = overview(aoi), observations(content, aoi)
        for sensor in {observation.sensor for observation in seen}:
            ids = tuple(
                observation.scene_id
                for observation in seen
                if observation.sensor == sensor and observation.state == "observed"
            )[-2:]
            if ids:
                studio.stretch_from(sensor, ids, frame)
    return studio
