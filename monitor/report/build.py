"""From tables and pixels to a `Brief`."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.tables import DETECTIONS, MATCHES
from monitor.fuse.matching.versions import latest
from monitor.report.page.blocks import Pair, Section, TileFigure
from monitor.report.page.model import Brief, BriefInput, ReadPixels
from monitor.report.sections.appendix import corrections, method, method_in_full, provenance
from monitor.report.sections.dark import all_events, dark_events
from monitor.report.sections.key_numbers import key_numbers
from monitor.report.sections.lead import lead
from monitor.report.sections.place import berths_frame, place
from monitor.report.sections.port import port, prepare
from monitor.report.sections.season import season, season_data
from monitor.report.sections.summary import coverage, header
from monitor.report.sections.traffic import ais, gaps
from monitor.report.sections.voyages import voyages
from monitor.report.tiles.observations import choose, observations_of
from monitor.report.tiles.studio import Studio


def build_brief(given: BriefInput, read_pixels: ReadPixels, parts: tuple[Section, ...] = ()) -> Brief:
    """The brief of one or more ports: the answer and the picture first, everything else behind them.

    Parameters
    ----------
    given : BriefInput
        What it states, and nothing else: no clock and no disk is read here.
    read_pixels : ReadPixels
        Scene id -> Raster.
        Called for the few scenes that get a picture; a scene that it does not have (ArchiveError) gets a sentence
        instead.
    parts : tuple of Section, optional
        Of others, such as flights; they stand in the appendix before the corrections.
    """
    now = replace(given, tables=given.tables | {MATCHES: latest(given.tables[MATCHES])})
    observations = {aoi.id: observations_of(now, aoi.id) for aoi in now.aois}
    studios = {aoi.id: Studio(now, aoi, read_pixels) for aoi in now.aois}
    found = now.tables[DETECTIONS]
    frames = {aoi.id: berths_frame(aoi, found[found["aoi_id"] == aoi.id]) for aoi in now.aois}
    for aoi in now.aois:
        prepare(aoi, choose(observations[aoi.id], now.period), studios[aoi.id])
    top = header(given)
    first = lead(now, observations, studios, frames)
    ports = [
        _without(place(now, aoi, observations[aoi.id], studios[aoi.id], frames[aoi.id]), first.picture)
        for aoi in now.aois
    ]
    behind = [
        part for aoi in now.aois for part in port(now, aoi, observations[aoi.id], studios[aoi.id], frames[aoi.id])
    ]
    appendix = (
        coverage(now, observations),
        *((key_numbers(now),) if now.has_ships else ()),
        *behind,
        *((ais(now), all_events(now), gaps(now), voyages(now)) if now.has_ships else ()),
        season_data(now, observations),
        *parts,
        corrections(now),
        method_in_full(now),
        provenance(now, top.digest),
    )
    afloat = (dark_events(now, studios),) if now.has_ships else ()
    sections = (season(now, observations), *ports, *afloat, method(now))
    return Brief(top, first, sections, appendix)


def _without(part: Section, picture: Pair | TileFigure | None) -> Section:
    """A section without the picture that the first screen shows."""
    if not isinstance(picture, TileFigure):
        return part
    kept = tuple(block for block in part.blocks if not (isinstance(block, TileFigure) and block.id == picture.id))
    return replace(part, blocks=kept)
