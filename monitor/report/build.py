"""From tables and pixels to a `Brief`."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.tables import MATCHES
from monitor.fuse.matching.versions import latest
from monitor.report.page.blocks import Section
from monitor.report.page.model import Brief, BriefInput, ReadPixels
from monitor.report.sections.appendix import corrections, method, provenance
from monitor.report.sections.key_numbers import key_numbers
from monitor.report.sections.port import port
from monitor.report.sections.summary import coverage, header, statements
from monitor.report.sections.traffic import ais, dark_events, gaps
from monitor.report.sections.voyages import voyages
from monitor.report.tiles.observations import observations_of
from monitor.report.tiles.studio import Studio


def build_brief(given: BriefInput, read_pixels: ReadPixels) -> Brief:
    """The brief of one or more ports, coverage before any count.

    Parameters
    ----------
    given : BriefInput
        What it states, and nothing else: no clock and no disk is read here.
    read_pixels : ReadPixels
        Scene id -> Raster.
        Called for the few scenes that get a picture; a scene that it does not have (ArchiveError) gets a sentence
        instead.
    """
    now = replace(given, tables=given.tables | {MATCHES: latest(given.tables[MATCHES])})
    observations = {aoi.id: observations_of(now, aoi.id) for aoi in now.aois}
    studios = {aoi.id: Studio(now, aoi, read_pixels) for aoi in now.aois}
    ports = [port(now, aoi, observations[aoi.id], studios[aoi.id]) for aoi in now.aois]
    sections: list[Section] = [coverage(now, observations), key_numbers(now), *ports, ais(now)]
    top = header(given)
    sections += [dark_events(now, studios), gaps(now), voyages(now), corrections(now), method(now)]
    sections.append(provenance(now, top.digest))
    return Brief(top, statements(now), tuple(sections))
