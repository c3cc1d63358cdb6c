"""What a figure of a tile, a comparison, a row of observations or a chart holds, from a port's pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.scenes.sensors import sensor
from monitor.core.timerange import TimeRange
from monitor.core.wording import plural
from monitor.report.figures.layout import regions
from monitor.report.figures.model import FigureContent, Panel, size_of
from monitor.report.page.blocks import Chart
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import acquired, when
from monitor.report.sections.summary import header
from monitor.report.tiles.captions import tally
from monitor.report.tiles.frames import Frame
from monitor.report.tiles.marks import marks
from monitor.report.tiles.observations import OBSERVED, Observation
from monitor.report.tiles.overlay import Overlay
from monitor.report.tiles.pairs import pair_caption
from monitor.report.tiles.studio import Studio

MOST_FRAMES = 16
WEEKS = 26


def tile_content(studio: Studio, observation: Observation, frame: Frame, *, claim: str = "") -> FigureContent:
    """One observation with its numbered objects and zones.

    Parameters
    ----------
    studio : Studio
        Draws the port's pictures.
    observation : Observation
        What is shown.
    frame : Frame
        Where.
    claim : str, optional
        Stands in the caption in place of the number of objects.

    Raises
    ------
    DataError
        The scene's pixels are not in the archive.
    """
    panel = _panel(studio, observation, frame)
    grid = panel.raster.grid
    shown = marks(studio.detections(observation.scene_id), dict(studio.status), grid)
    zones = studio.aoi.watched
    boxes = studio.single_boxes(observation.scene_id, panel.raster)
    panel = replace(panel, label="", overlay=Overlay(shown, zones, studio.aoi.geometry, (), boxes))
    caption = f"{claim or tally(shown, afloat=observation.of_water)}{observation.limit}"
    return _content(studio.given, studio.aoi, (observation,), frame.title, caption, (panel,))


def pair_content(studio: Studio, observations: tuple[Observation, Observation], frame: Frame) -> FigureContent:
    """Two observations at one frame and stretch, pixels alone.

    Parameters
    ----------
    studio : Studio
        Draws the port's pictures.
    observations : tuple of Observation
        The earlier and the later one.
    frame : Frame
        Where.

    Raises
    ------
    DataError
        The pixels of one are not in the archive.
    """
    panels = tuple(_panel(studio, observation, frame) for observation in observations)
    caption = pair_caption(studio, observations, frame).removeprefix(f"{frame.title}: ")
    caption = caption[:1].upper() + caption[1:]
    return _content(studio.given, studio.aoi, observations, frame.title, caption, panels)


def film_content(
    studio: Studio, observations: Sequence[Observation], frame: Frame, period: TimeRange, sensor_id: str
) -> FigureContent:
    """The last observations of a port by one sensor at one frame, in order of time.

    Parameters
    ----------
    studio : Studio
        Draws the port's pictures.
    observations : sequence of Observation
        All of the port's, in order of time.
    frame : Frame
        Where.
    period : TimeRange
        Its last 26 weeks are shown.
    sensor_id : str
        Which sensor's.

    Raises
    ------
    DataError
        There are fewer than two.
    """
    start = max(period.start, period.end - timedelta(weeks=WEEKS))
    mine = [k for k in observations if k.was_seen and k.acquisition is not None and k.sensor == sensor_id]
    mine = [k for k in mine if start <= k.at < period.end]
    if len(mine) < 2:
        raise DataError(f"{frame.title}: {plural(len(mine), 'observation')} in {period}; an animation needs two")
    shown = mine[-MOST_FRAMES:]
    left = len(mine) - len(shown)
    earlier = f" {left} earlier ones of the period are not shown." if left else ""
    caption = (
        f"{plural(len(shown), 'observation')} at the same frame and stretch, in order of time.{earlier} "
        "Nothing is known of what lay here in between."
    )
    panels = tuple(_panel(studio, observation, frame) for observation in shown)
    return _content(studio.given, studio.aoi, shown, frame.title, caption, panels)


def chart_content(given: BriefInput, chart: Chart, title: str) -> FigureContent:
    """A chart of the brief with its caption.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    chart : Chart
        As the brief shows it.
    title : str
        Heading.
    """
    top = header(given)
    return FigureContent(
        title=title,
        when=top.period,
        caption=chart.caption,
        credit=top.credit,
        source=f"{plural(len(given.acquisitions), 'scene')} · {given.provenance.software}",
        chart=chart,
        simulated=given.is_simulated,
    )


def widened(frame: Frame, size: str) -> Frame:
    """The frame, grown along one side to the shape of the pictures' part of a figure of that size."""
    part, _ = regions(size_of(size), beside=True)
    aspect = part.width / part.height
    return replace(
        frame,
        width_m=max(frame.width_m, frame.height_m * aspect),
        height_m=max(frame.height_m, frame.width_m / aspect),
        id=f"{frame.id}-{size}",
    )


def _panel(studio: Studio, observation: Observation, frame: Frame) -> Panel:
    raster = studio.cut(observation.scene_id, frame)
    if raster is None or observation.acquisition is None:
        raise DataError(f"{observation.scene_id}: its pixels are not in the archive; pull the scene again")
    label = when(observation.acquisition) + ("" if observation.state == OBSERVED else f" · {observation.state}")
    return Panel(raster, studio.stretch(observation.sensor, observation.scene_id, frame), label)


def _content(
    given: BriefInput,
    aoi: Aoi,
    observations: Sequence[Observation],
    title: str,
    caption: str,
    panels: tuple[Panel, ...],
) -> FigureContent:
    scenes = [k.acquisition for k in observations if k.acquisition is not None]
    first, last = scenes[0], scenes[-1]
    names = f"Scene {first.id}" if len(scenes) == 1 else f"Scenes {first.id} to {last.id}"
    kinds = dict.fromkeys((scene.sensor, scene.start.year) for scene in scenes)
    return FigureContent(
        title=title,
        when=acquired(first, aoi) if len(scenes) == 1 else f"{when(first)} to {when(last)}",
        caption=caption,
        credit="; ".join(f"{sensor(name).credit} {year}" for name, year in kinds),
        source=f"{names} · {given.provenance.software}",
        panels=panels,
        simulated=given.is_simulated or any(scene.simulated for scene in scenes),
    )
