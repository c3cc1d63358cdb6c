"""Single figures and comparisons of what the archive holds, by the id of what they show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.findings import Finding
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import DETECTIONS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.pipeline import snapshot
from monitor.pipeline.aviation.derive import flights
from monitor.pipeline.aviation.section import timeline_rows
from monitor.pipeline.context import Context
from monitor.pipeline.export import detection_behind
from monitor.pipeline.report import brief_input
from monitor.report.charts.timeline import timeline_chart
from monitor.report.figures.model import FigureContent, size_of
from monitor.report.figures.notes import read_notes
from monitor.report.figures.panels import chart_content, film_content, pair_content, tile_content, widened
from monitor.report.page.model import BriefInput
from monitor.report.render.notebook import Page
from monitor.report.render.swipe import swipe_page
from monitor.report.tiles.frames import Frame, around, detail, overview
from monitor.report.tiles.observations import OBSERVED, Observation, choose, observations_of
from monitor.report.tiles.pairs import pair_of
from monitor.report.tiles.studio import Studio

TIMELINE = "timeline"
_SIDE_M = 2000.0


def make_figure(
    context: Context, subject: str, *, size: str, period: TimeRange | None = None, notes: Path | None = None
) -> FigureContent:
    """What a figure shows, by an id.

    Parameters
    ----------
    context : Context
        Of all ports.
    subject : str
        ``timeline``; a port's id (its newest clear observation); ``pair-PORT`` (that and the one before);
        ``film-PORT`` (all of the period); the id of a scene, a detection, a dark event or a finding; or the anchor of a
        tile, comparison or row of pictures in a brief.
    size : str
        One of `report.figures.model.SIZES`; a picture of a part of a port is cut to its shape.
    period : TimeRange, optional
        The archive's when not given.
    notes : Path, optional
        A GeoJSON file of arrows and labels.

    Raises
    ------
    DataError
        Nothing has that id, its pixels are not in the archive, or the notes do not fit.
    """
    size_of(size)
    found = _subject(context, subject, size, period or context.span())
    return found if notes is None else replace(found, notes=read_notes(notes))


def _subject(context: Context, subject: str, size: str, period: TimeRange) -> FigureContent:
    tables = snapshot.read(context)
    given = brief_input(context, tables, period)
    if subject in (TIMELINE, f"{TIMELINE}-chart"):
        return _timeline(context, given)
    kind, _, rest = subject.partition("-")
    for aoi in context.aois:
        port = _Port(context, given, aoi, size)
        if subject == aoi.id:
            return tile_content(port.studio, port.latest, port.near)
        if kind in ("pair", "film") and rest in (aoi.id, f"{aoi.id}-detail", f"{aoi.id}-overview"):
            frame = port.whole if rest.endswith("-overview") else port.detail
            return port.pair(frame) if kind == "pair" else port.film(frame)
        shown = port.scene(subject)
        if shown is not None:
            return tile_content(port.studio, *shown)
    return _detection(context, given, tables, subject, size)


def standard_figures(context: Context, period: TimeRange) -> dict[str, FigureContent]:
    """The figures of a bundle by name: the timeline, and of each port that was seen its newest tile and last pair."""
    given = brief_input(context, snapshot.read(context), period)
    made = {TIMELINE: _timeline(context, given)}
    for aoi in context.aois:
        port = _Port(context, given, aoi, "wide")
        chosen = choose(port.observations, period)
        if chosen.latest is not None:
            made[aoi.id] = tile_content(port.studio, chosen.latest, port.near)
        if chosen.before is not None:
            made[f"pair-{aoi.id}"] = port.pair(port.detail)
    return made


def show_comparison(context: Context, before: TimeRange, after: TimeRange) -> Page:
    """The swipe of two observations of the context's first port as a page of its own.

    Parameters
    ----------
    context : Context
        Of one port.
    before, after : TimeRange
        The clearest observation of each is shown, both by the same sensor; the newest of equally clear ones.

    Raises
    ------
    DataError
        The times are in the wrong order, or no sensor showed the port in both.
    """
    if before.start >= after.start:
        raise DataError(f"{_days(before)} is not before {_days(after)}; give the earlier date first")
    aoi = context.aois[0]
    given = brief_input(context, snapshot.read(context), TimeRange(before.start, after.end))
    port = _Port(context, given, aoi, "square")
    two = _alike(port.observations, before, after)
    if two is None:
        raise DataError(
            f"{aoi.id}: no sensor showed it in both {_days(before)} and {_days(after)}; {_seen_on(port.observations)}"
        )
    pair = pair_of(port.studio, two, port.detail)
    if pair is None:
        raise DataError(f"{aoi.id}: the pixels of {two[0].scene_id} and {two[1].scene_id} do not cover one frame")
    content = pair_content(port.studio, two, port.detail)
    title = f"{aoi.name or aoi.id}: {pair.before_label} and {pair.after_label}"
    return swipe_page(pair, title=title, credit=content.last_line, simulated=content.simulated)


@dataclass(frozen=True, eq=False)
class _Port:
    """One port's observations, frames and pictures, made when they are asked for."""

    context: Context
    given: BriefInput
    aoi: Aoi
    size: str

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        return observations_of(self.given, self.aoi.id)

    @cached_property
    def studio(self) -> Studio:
        return Studio(self.given, self.aoi, self.context.archive.read_raster)

    @cached_property
    def whole(self) -> Frame:
        return overview(self.aoi)

    @cached_property
    def detail(self) -> Frame:
        found = self.given.tables[DETECTIONS]
        return detail(self.aoi, found[found["aoi_id"] == self.aoi.id]) or self.whole

    @cached_property
    def near(self) -> Frame:
        return widened(self.detail, self.size) if self.detail is not self.whole else self.whole

    @property
    def latest(self) -> Observation:
        found = choose(self.observations, self.given.period).latest
        if found is None:
            raise DataError(
                f"{self.aoi.id}: no observation of {self.given.period} shows the port; choose another period"
            )
        return found

    def pair(self, frame: Frame) -> FigureContent:
        latest, before = self.latest, choose(self.observations, self.given.period).before
        if before is None:
            raise DataError(f"{self.aoi.id}: only one observation shows the port, so nothing can be compared")
        return pair_content(self.studio, (before, latest), frame)

    def film(self, frame: Frame) -> FigureContent:
        return film_content(self.studio, self.observations, frame, self.given.period, self.latest.sensor)

    def scene(self, subject: str) -> tuple[Observation, Frame] | None:
        """The observation and frame of a scene's id or of the anchor of its tile; None for other ids."""
        for seen in self.observations:
            frames = {f"tile-{seen.scene_id}-{self.aoi.id}-{k}": k for k in ("overview", "detail")}
            if subject == seen.scene_id or subject in frames:
                return seen, self.whole if frames.get(subject) == "overview" else self.near
        return None


def _timeline(context: Context, given: BriefInput) -> FigureContent:
    until = pd.Timestamp(given.period.end)
    rows = timeline_rows(flights(context.archive), given.tables, given.aois, until=until, elsewhere=given.elsewhere)
    names = ", ".join(aoi.name or aoi.id for aoi in given.aois)
    return chart_content(given, timeline_chart(f"{TIMELINE}-chart", rows, given.period), f"{names}: one timeline")


def _detection(context: Context, given: BriefInput, tables: TableSet, subject: str, size: str) -> FigureContent:
    finding = next((f for f in given.findings if f.id == subject), None)
    name = detection_behind(subject, snapshot.current(tables), finding)
    found = given.tables[DETECTIONS]
    found = found[found["detection_id"] == name]
    if found.empty:
        raise DataError(f"{subject}: reviewers set its detection aside, so it is not published")
    row = found.iloc[0]
    port = _Port(context, given, next(a for a in given.aois if a.id == row["aoi_id"]), size)
    place = row.geometry.envelope.centroid
    title = f"{port.aoi.name or port.aoi.id}: {finding.kind.replace('_', ' ') if finding else 'detection'}"
    frame = widened(around(name, title, place.x, place.y, side_m=_SIDE_M), size)
    seen = next(k for k in port.observations if k.scene_id == row["scene_id"])
    made = tile_content(port.studio, seen, frame, claim=_claim(finding) if finding else "")
    return replace(made, source=f"{made.source} · {subject}")


def _claim(finding: Finding) -> str:
    likely = f" Likelihood: {finding.likelihood}." if finding.likelihood else ""
    return f"{finding.claim}{likely} Confidence: {finding.confidence}."


def _alike(
    observations: tuple[Observation, ...], before: TimeRange, after: TimeRange
) -> tuple[Observation, Observation] | None:
    """The clearest observations of two times by one sensor, optical first; None without such."""
    best: dict[str, list[Observation]] = {}
    for period in (before, after):
        shown = [k for k in observations if k.was_seen and k.acquisition is not None and k.at in period]
        for name in {k.sensor for k in shown}:
            mine = [k for k in shown if k.sensor == name]
            best.setdefault(name, []).append(max(mine, key=lambda k: (k.state == OBSERVED, k.fraction, k.at)))
    pairs = [(two[0], two[1]) for two in best.values() if len(two) == 2 and two[0].at in before and two[1].at in after]
    order = sorted(
        pairs, key=lambda two: (not sensor(two[0].sensor).optical, -min(k.fraction for k in two), two[0].sensor)
    )
    return order[0] if order else None


def _days(period: TimeRange) -> str:
    first, last = period.start.date(), (period.end - timedelta(microseconds=1)).date()
    return f"{first}" if first == last else f"{first} to {last}"


def _seen_on(observations: tuple[Observation, ...]) -> str:
    days = sorted({f"{k.at:%Y-%m-%d}" for k in observations if k.was_seen})
    return f"it was seen on {', '.join(days[-12:])}" if days else "it was never seen; run `monitor pull`"
