"""Every picture of one port: read its chosen scenes once, measure the site's stretch, draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.errors import ArchiveError
from monitor.core.geo.geodesy import WGS84, reproject, transformer
from monitor.core.geo.solar import sun_elevation_deg
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import DARK_EVENTS, DETECTIONS, MATCHES
from monitor.core.wording import plural
from monitor.fuse.dark.fixed import fixed_objects
from monitor.fuse.series.containers import FINEST_M
from monitor.report.page.blocks import FilmFrame, Picture
from monitor.report.page.model import BriefInput, ReadPixels
from monitor.report.page.style import Rgb, animation, lossless, webp
from monitor.report.page.wording import acquired, platform, short, when
from monitor.report.tiles.frames import Frame, crop
from monitor.report.tiles.marks import Mark, marks, numbered, outline_of, status_of
from monitor.report.tiles.observations import Observation
from monitor.report.tiles.overlay import Overlay
from monitor.report.tiles.patches import patches
from monitor.report.tiles.stretch import Stretch, measure
from monitor.report.tiles.tile import TileText, draw_chip, draw_tile, plain_tile, stamp

FILM_PX = 216


@dataclass(slots=True, eq=False)
class Studio:
    """Pixels and numbered detections of one port, kept for as long as its pictures are drawn.

    Holds the last scene read and the crops that were asked for; nothing else of the pixels stays in memory.
    """

    given: BriefInput
    aoi: Aoi
    read_pixels: ReadPixels
    status: Mapping[str, str] = field(init=False)
    _stretch: dict[str, Stretch] = field(default_factory=dict)
    _crops: dict[tuple[str, str], Raster | None] = field(default_factory=dict)
    _last: tuple[str, Raster | None] = ("", None)

    def __post_init__(self) -> None:
        tables = self.given.tables
        mine = tables[DETECTIONS][tables[DETECTIONS]["aoi_id"] == self.aoi.id]
        ships = mine[mine["class_name"] == "vessel"]
        self.status = status_of(mine, tables[MATCHES], tables[DARK_EVENTS], fixed=fixed_objects(ships))

    def cut(self, scene_id: str, frame: Frame) -> Raster | None:
        """A scene's pixels inside a frame; None when the archive does not have them."""
        key = (scene_id, frame.id)
        if key not in self._crops:
            raster = self._read(scene_id)
            self._crops[key] = crop(raster, frame) if raster is not None else None
        return self._crops[key]

    def stretch_from(self, sensor_id: str, scene_ids: tuple[str, ...], frame: Frame) -> None:
        """Measure the site's stretch for a sensor from some scenes; it then holds for every picture of this brief.

        Parameters
        ----------
        sensor_id : str
            Id of the sensor, as in the acquisition.
        scene_ids : tuple of str
            Ids of scenes, newest last.
        frame : Frame
            What the picture shows.
        """
        cuts = [c for c in (self.cut(scene_id, frame) for scene_id in scene_ids) if c is not None]
        if sensor_id not in self._stretch:
            alike = [cut for cut in cuts if cut.data.dtype == cuts[-1].data.dtype]
            self._stretch[sensor_id] = measure(sensor_id, alike)

    def stretch(self, sensor_id: str, scene_id: str, frame: Frame) -> Stretch:
        """The site's stretch for a sensor; measured on this very scene if no other came before.

        So it is where the site's does not fit, and on land where snow came or went since.

        Parameters
        ----------
        sensor_id : str
            Id of the sensor, as in the acquisition.
        scene_id : str
            Id of the scene.
        frame : Frame
            What the picture shows.
        """
        if sensor_id not in self._stretch:
            self.stretch_from(sensor_id, (scene_id,), frame)
        made = self._stretch[sensor_id]
        raster = self.cut(scene_id, frame)
        if raster is not None and not (made.fits(raster) and (self.aoi.has_water or made.shows(raster))):
            return replace(measure(sensor_id, [raster]), scope="of this picture alone")
        return made

    def has_site_stretch(self, observation: Observation, frame: Frame) -> bool:
        """Whether the picture of an observation has the stretch of the site, and not one of its own."""
        return self.stretch(observation.sensor, observation.scene_id, frame) is self._stretch[observation.sensor]

    def detections(self, scene_id: str) -> pd.DataFrame:
        """The numbered detections of a scene, without single boxes: these are counted by yard and stack."""
        found = self.given.tables[DETECTIONS]
        return numbered(found[(found["scene_id"] == scene_id) & (found["class_name"] != "container")])

    def single_boxes(self, scene_id: str, raster: Raster) -> tuple[npt.NDArray[np.float64], ...]:
        """Outlines of a scene's container boxes in the pixels of a raster; none where they are a few pixels each."""
        found = self.given.tables[DETECTIONS]
        found = found[(found["scene_id"] == scene_id) & (found["class_name"] == "container")]
        if raster.grid.gsd_m > FINEST_M:
            return ()
        return tuple(outline_of(shape, raster.grid) for shape in found.geometry)

    def tile(
        self, observation: Observation, frame: Frame, *, details: tuple[Frame, ...] = ()
    ) -> tuple[Picture, Picture, tuple[Mark, ...]] | None:
        """Annotated tile, plain twin and the marks on it; None without pixels. `details` are outlined on it.

        Parameters
        ----------
        observation : Observation
            The pass that is shown.
        frame : Frame
            What the picture shows.
        details : tuple of Frame, optional
            Frames to outline in the picture.
        """
        raster = self.cut(observation.scene_id, frame)
        if raster is None or observation.acquisition is None:
            return None
        made = self.stretch(observation.sensor, observation.scene_id, frame)
        shown = marks(self.detections(observation.scene_id), dict(self.status), raster.grid)
        zones = self.aoi.watched
        incidence = str(raster.tags.get("incidence_deg", ""))
        text = self.text(observation.acquisition, frame.title, made, shown, incidence=incidence)
        overlay = Overlay(
            shown,
            zones,
            self.aoi.geometry,
            tuple(self.outline(detail) for detail in details),
            self.single_boxes(observation.scene_id, raster),
            patches(self.given.tables, self.aoi.id, pd.Timestamp(observation.at)),
        )
        return draw_tile(raster, made, text, overlay), plain_tile(raster, made, text), shown

    def outline(self, frame: Frame) -> BaseGeometry:
        """A frame as a polygon in EPSG:4326, its sides along the port's UTM grid."""
        x, y = transformer(WGS84, self.aoi.epsg).transform(frame.lon, frame.lat)
        half = frame.width_m / 2, frame.height_m / 2
        return reproject(box(x - half[0], y - half[1], x + half[0], y + half[1]), self.aoi.epsg, WGS84)

    def pair_picture(self, observation: Observation, frame: Frame, words: str) -> Picture | None:
        """Pixels alone in a frame for the swipe, at native size, lossless.

        Parameters
        ----------
        observation : Observation
            The pass that is shown.
        frame : Frame
            What the picture shows.
        words : str
            Text alternative.
        """
        colour = self._colour(observation, frame)
        return None if colour is None else lossless(colour, words)

    def chip(self, detection_id: str, scene_id: str, sensor_id: str, frame: Frame, alt: str) -> Picture | None:
        """A small annotated cut-out around one detection.

        Parameters
        ----------
        detection_id : str
            Id of the detection.
        scene_id : str
            Id of the scene.
        sensor_id : str
            Id of the sensor, as in the acquisition.
        frame : Frame
            What the picture shows.
        alt : str
            Text alternative.
        """
        raster = self.cut(scene_id, frame)
        acquisition = next((a for a in self.given.acquisitions if a.id == scene_id), None)
        if raster is None or acquisition is None:
            return None
        found = self.detections(scene_id)
        one = marks(found[found["detection_id"] == detection_id], dict(self.status), raster.grid)
        stretch = self.stretch(sensor_id, scene_id, frame)
        text = replace(self.text(acquisition, frame.title, stretch, one), alt=alt, when=when(acquisition))
        return draw_chip(raster, stretch, text, one)

    def card(self, observation: Observation, frame: Frame) -> Picture | None:
        """One observation with its marks as a small picture, which a card can show whole; None without pixels.

        Parameters
        ----------
        observation : Observation
            The pass that is shown.
        frame : Frame
            What the picture shows.
        """
        raster = self.cut(observation.scene_id, frame)
        if raster is None or observation.acquisition is None:
            return None
        shown = marks(self.detections(observation.scene_id), dict(self.status), raster.grid)
        stretch = self.stretch(observation.sensor, observation.scene_id, frame)
        text = self.text(observation.acquisition, frame.title, stretch, shown)
        return draw_chip(raster, stretch, replace(text, when=when(observation.acquisition)), shown)

    def film(self, observations: tuple[Observation, ...], frame: Frame) -> tuple[tuple[FilmFrame, ...], Picture | None]:
        """Small pictures of one frame, observation after observation, and the same as an animation.

        There is no animation of fewer than two.
        """
        made, frames = [], []
        for observation in observations:
            colour = self._colour(observation, frame, small=True)
            self._crops.pop((observation.scene_id, frame.id), None)
            at = when(observation.acquisition) if observation.acquisition else str(observation.at)
            words = f"{frame.title}, {sensor(observation.sensor).name} {at}, {observation.state}"
            if colour is None:
                made.append(FilmFrame(None, at, observation.state, "none"))
                continue
            made.append(
                FilmFrame(
                    webp(colour, words, quality=78),
                    at,
                    observation.state,
                    "" if observation.state == "observed" else "part",
                )
            )
            frames.append(labelled(colour, at))
        alt = f"Animation: {frame.title}, {plural(len(frames), 'observation')} in order of time"
        return tuple(made), animation(frames, alt) if len(frames) > 1 else None

    def text(
        self, scene: Acquisition, title: str, stretch: Stretch, shown: tuple[Mark, ...], *, incidence: str = ""
    ) -> TileText:
        """The words around a tile, from the acquisition, the provenance and, for radar, the angle of `incidence`.

        Parameters
        ----------
        scene : Acquisition
            Whose pixels are shown.
        title : str
            Heading.
        stretch : Stretch
            How values become colours.
        shown : tuple of Mark
            Numbered marks.
        incidence : str, optional
            Of radar, in words; empty for others.
        """
        kind = sensor(scene.sensor)
        orbit = f"relative orbit {scene.relative_orbit}" if scene.relative_orbit is not None else "orbit not recorded"
        orbit += f" {scene.orbit_state}" if scene.orbit_state else ""
        if kind.optical and scene.is_exact:
            middle = self.aoi.geometry.centroid
            orbit += f" · sun {sun_elevation_deg(middle.x, middle.y, scene.acquired_at):.0f}° above the horizon"
        orbit += f" · incidence {incidence}°" if incidence else ""
        bands = "-".join(dict.fromkeys(stretch.bands))
        craft = platform(scene, kind.name)
        record = next((r for r in self.given.provenance.scenes if r.scene_id == scene.id), None)
        detector = record.detector if record and record.detector else _detector(self.detections(scene.id))
        request = f"request {short(record.request_sha256 if record else '')}"
        vessels, stacks = (
            sum(m.status not in ("stack", "other") for m in shown),
            sum(m.status == "stack" for m in shown),
        )
        alt = (
            f"{title}, {craft} {when(scene)}: {plural(vessels, 'candidate vessel')} and "
            f"{plural(stacks, 'container stack')} marked; "
            + ", ".join(f"{sum(m.status == s for m in shown)} {s}" for s in dict.fromkeys(m.status for m in shown))
        )
        marked_by = f"Detector {detector} · " if self.aoi.has_water else ""
        return TileText(
            title=title,
            when=acquired(scene, self.aoi),
            lines=(
                f"{craft} {kind.instrument} · {scene.level or 'level not recorded'} · bands {bands} · {orbit}",
                f"Scene {scene.id} · source {scene.source or 'unknown'}",
                f"{marked_by}{request} · {self.given.provenance.software}",
            ),
            credit=f"{kind.credit} {scene.start.year}",
            alt=alt.rstrip("; "),
            simulated=scene.simulated or self.given.simulated,
        )

    def _colour(self, observation: Observation, frame: Frame, *, small: bool = False) -> Rgb | None:
        raster = self.cut(observation.scene_id, frame)
        if raster is None:
            return None
        colour = self.stretch(observation.sensor, observation.scene_id, frame).colour(raster)
        if small:
            image = Image.fromarray(colour)
            size = (FILM_PX, max(round(FILM_PX * image.height / image.width), 1))
            way = Image.Resampling.NEAREST if image.width < FILM_PX else Image.Resampling.BOX
            colour = np.asarray(image.resize(size, way))
        is_made_up = self.given.simulated or (observation.acquisition is not None and observation.acquisition.simulated)
        return stamp(colour) if is_made_up else colour

    def _read(self, scene_id: str) -> Raster | None:
        if self._last[0] != scene_id:
            try:
                self._last = (scene_id, self.read_pixels(scene_id))
            except ArchiveError:
                self._last = (scene_id, None)
        return self._last[1]


def labelled(colour: Rgb, words: str) -> Rgb:
    """The pixels with a strip of text beneath, for frames of an animation."""
    rows, cols = colour.shape[:2]
    sheet = Image.new("RGB", (cols, rows + 22), "white")
    sheet.paste(Image.fromarray(colour), (0, 0))
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), 12)
    ImageDraw.Draw(sheet).text((4, rows + 4), words, fill="black", font=font)
    return np.asarray(sheet)


def _detector(found: pd.DataFrame) -> str:
    return " ".join(sorted(set(found["detector"]))) if len(found) else "not recorded"
