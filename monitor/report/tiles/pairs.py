"""Two observations at one frame and stretch, to be compared."""

from __future__ import annotations

from monitor.report.page.blocks import Pair, Picture
from monitor.report.page.wording import when
from monitor.report.tiles.captions import between
from monitor.report.tiles.frames import Frame
from monitor.report.tiles.observations import Observation
from monitor.report.tiles.studio import Studio


def pair_of(studio: Studio, observations: tuple[Observation, Observation], frame: Frame) -> Pair | None:
    """The pixels of two observations in a frame; None where one of them has none, or they differ in size.

    Parameters
    ----------
    studio : Studio
        Draws the port's pictures.
    observations : tuple of Observation
        The earlier and the later one.
    frame : Frame
        What both show.
    """
    before, after = observations
    labels = [when(k.acquisition) for k in observations if k.acquisition is not None]
    pictures = [
        studio.pair_picture(observation, frame, f"{frame.title}, {label}, pixels without annotation")
        for observation, label in zip(observations, labels, strict=True)
    ]
    if pictures[0] is None or pictures[1] is None or _size(pictures[0]) != _size(pictures[1]):
        return None
    return Pair(
        id=f"pair-{frame.id}",
        before=pictures[0],
        after=pictures[1],
        before_label=labels[0],
        after_label=labels[1],
        caption=pair_caption(studio, (before, after), frame),
    )


def pair_caption(studio: Studio, observations: tuple[Observation, Observation], frame: Frame) -> str:
    """What two pictures of a frame show, what berths came to in between, and what cannot be seen.

    Parameters
    ----------
    studio : Studio
        Of the port.
    observations : tuple of Observation
        The earlier and the later one.
    frame : Frame
        What both show.
    """
    before, after = observations
    labels = [when(k.acquisition) if k.acquisition else str(k.at) for k in observations]
    is_alike = all(studio.has_site_stretch(k, frame) for k in observations)
    same = "the same frame and stretch" if is_alike else "the same frame, not the same stretch,"
    return (
        f"{frame.title}: {same} at {labels[0]} and {labels[1]}. "
        f"{between(studio.given, studio.aoi, before.scene_id, after.scene_id)}What came or went in between did "
        "so within that interval; the pictures do not show when."
    )


def _size(picture: Picture) -> tuple[int, int]:
    return picture.width, picture.height
