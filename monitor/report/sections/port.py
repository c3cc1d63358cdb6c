"""What stands behind a port in the appendix: tiles, pair and series; berths, stacks and visits from their files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.tables import CHANGES, COUNTS, MATCHES, VESSELS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.core.wording import coordinates, measured_length, number, zone_word
from monitor.detect.context.motion import MOTION, MOVING, STILL
from monitor.fuse.findings import wording
from monitor.fuse.series.rates import RateRule, rates
from monitor.report.charts.series import weekly_series
from monitor.report.map.port_map import port_map
from monitor.report.page.blocks import Block, Cell, Section, Table, Text, TileFigure
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import STATUS, acquired
from monitor.report.sections.berths import berth_calendar, detectable_stays, stacks, visits
from monitor.report.sections.containers import containers
from monitor.report.sections.land.appendix import land_sections
from monitor.report.tiles.captions import tally, tile_statement
from monitor.report.tiles.frames import Frame, overview
from monitor.report.tiles.marks import Mark, marks
from monitor.report.tiles.observations import Chosen, Observation, choose
from monitor.report.tiles.pairs import pair_of
from monitor.report.tiles.studio import Studio

WEEKS = 26


def port(
    given: BriefInput, aoi: Aoi, observations: tuple[Observation, ...], studio: Studio, frame: Frame
) -> tuple[Section, ...]:
    """What stands behind a port's section: tiles with their objects, series, calendar, stacks and stays in full.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    aoi : Aoi
        The port.
    observations : tuple of Observation
        All of the port's, in order of time.
    studio : Studio
        Draws the port's pictures.
    frame : Frame
        That of the berths, as the port's own section shows it.
    """
    name = aoi.name or aoi.id
    chosen = choose(observations, given.period)
    shown = Section(f"{aoi.id}-tiles", f"{name}: tiles", _tiles(given, aoi, chosen, observations, studio, frame))
    if not aoi.has_water:
        return (shown, *land_sections(given, aoi), *containers(given, aoi))
    return (
        shown,
        Section(f"{aoi.id}-series", f"{name}: twenty-six weeks", _series(given, aoi)),
        Section(f"{aoi.id}-berths", f"{name}: berths", berth_calendar(given, aoi)),
        Section(f"{aoi.id}-stacks", f"{name}: container stacks", stacks(given, aoi)),
        *containers(given, aoi),
        *land_sections(given, aoi),
        Section(f"{aoi.id}-visits", f"{name}: visits", (visits(given, aoi), detectable_stays(given, aoi))),
    )


def prepare(aoi: Aoi, chosen: Chosen, studio: Studio) -> None:
    """Measure the stretch of every sensor whose pictures are shown; it then holds for all pictures of the port.

    Parameters
    ----------
    aoi : Aoi
        The port.
    chosen : Chosen
        The observations that are shown.
    studio : Studio
        Draws the port's pictures.
    """
    for kind in dict.fromkeys(observation.sensor for observation in chosen.all):
        ids = tuple(observation.scene_id for observation in chosen.all if observation.sensor == kind)
        if ids:
            studio.stretch_from(kind, ids, overview(aoi))


def _tiles(
    given: BriefInput, aoi: Aoi, chosen: Chosen, observations: tuple[Observation, ...], studio: Studio, near: Frame
) -> tuple[Block, ...]:
    if chosen.latest is None:
        return (Text((f"{aoi.name or aoi.id} was not observed in this period, so there is no tile.",), "limit"),)
    whole = overview(aoi)
    drawn = port_map(studio, chosen.latest, whole, earlier=_earlier(chosen.latest, observations))
    blocks: list[Block] = [] if drawn is None else [drawn]
    if near.id != whole.id:
        blocks += _figure(studio, chosen.latest, whole, given.tables, details=(near,))
    blocks += _objects(studio, chosen.latest, near, given.tables)
    if chosen.before is not None:
        blocks += _pair(studio, (chosen.before, chosen.latest), near)
        blocks += _figure(studio, chosen.before, near, given.tables, is_extra=True)
    for other in chosen.others:
        blocks += _figure(studio, other, near, given.tables)
    return tuple(blocks)


def _objects(studio: Studio, observation: Observation, frame: Frame, tables: TableSet) -> tuple[Block, ...]:
    """The objects on the berths' picture and what may be quoted of it; a sentence without pixels, nothing on land."""
    raster = studio.cut(observation.scene_id, frame)
    if raster is None:
        return (_lost(observation),)
    shown = marks(studio.detections(observation.scene_id), dict(studio.status), raster.grid)
    if not observation.of_water:
        return ()
    statement = tile_statement(studio.given, observation, studio.detections(observation.scene_id), shown)
    words = tuple(f"{name}: {text}" for name, text in statement)
    return (detections_table(studio, observation, shown, tables, title=frame.title), Text(words, "note"))


def _lost(observation: Observation) -> Text:
    return Text((f"The pixels of {observation.scene_id} are not in the archive, so there is no tile of it.",), "limit")


def _earlier(latest: Observation, observations: tuple[Observation, ...]) -> tuple[Observation, ...]:
    """The observations before one that can fill its clouds, newest first; radar needs none."""
    if not latest.is_optical:
        return ()
    return tuple(k for k in reversed(observations) if k.was_seen and k.sensor == latest.sensor and k.at < latest.at)


def _figure(
    studio: Studio,
    observation: Observation,
    frame: Frame,
    tables: TableSet,
    *,
    details: tuple[Frame, ...] = (),
    is_extra: bool = False,
) -> tuple[Block, ...]:
    made = studio.tile(observation, frame, details=details)
    if made is None or observation.acquisition is None:
        return (_lost(observation),)
    annotated, plain, shown = made
    at = acquired(observation.acquisition, studio.aoi)
    caption = f"{frame.title}, {at}. {tally(shown, afloat=observation.of_water)}{observation.limit}"
    facts = (
        ("Scene", observation.scene_id),
        ("Acquired", at),
        ("Centre", coordinates(frame.lon, frame.lat)),
        ("Frame", f"{frame.width_m:.0f} m × {frame.height_m:.0f} m"),
    )
    rows = detections_table(studio, observation, shown, tables, title=frame.title) if observation.of_water else None
    statement = tile_statement(studio.given, observation, studio.detections(observation.scene_id), shown)
    return (
        TileFigure(
            id=f"tile-{observation.scene_id}-{frame.id}",
            annotated=annotated,
            plain=plain,
            caption=caption,
            facts=facts,
            details=rows,
            statement=statement,
            is_extra=is_extra,
        ),
    )


def detections_table(
    studio: Studio, observation: Observation, shown: tuple[Mark, ...], tables: TableSet, *, title: str = ""
) -> Table:
    """The rows that a tile's numbers point to, with what AIS shows of each.

    Parameters
    ----------
    studio : Studio
        Draws the port's pictures.
    observation : Observation
        The pass that is shown.
    shown : tuple of Mark
        The tile's numbered marks.
    tables : TableSet
        MATCHES and VESSELS are read.
    title : str, optional
        Of the tile; empty for none.
    """
    numbers = {mark.number: mark for mark in shown}
    found = studio.detections(observation.scene_id)
    found = found[found["number"].isin(numbers)]
    pairs = tables[MATCHES][tables[MATCHES]["scene_id"] == observation.scene_id].drop_duplicates(
        "detection_id", keep="last"
    )
    pairs = pairs.set_index("detection_id")
    names = {int(v.mmsi): str(v.name) for v in tables[VESSELS].itertuples(index=False)}
    rows = []
    for row in found.itertuples():
        mark = numbers[int(row.number)]
        pair = pairs.loc[row.detection_id] if row.detection_id in pairs.index else None
        middle = row.geometry.envelope.centroid
        rows.append(
            (
                Cell(mark.label),
                Cell(STATUS[mark.status][1].split(":")[0], "warn" if mark.status == "dark" else ""),
                Cell(_kind(row.class_name, row.motion, row.speed_low_kn, row.speed_high_kn) + _raft(row)),
                Cell(measured_length(row.length_m, row.length_low_m, row.length_high_m)),
                Cell(_beam(row.width_m, row.size_class)),
                Cell(number(row.area_m2, 0, "m²") if row.class_name == "container_stack" else _axis(row.axis_deg)),
                Cell(f"{row.score:.2f}", "part" if mark.is_low else ""),
                Cell(zone_word(row.zone, row.zone_id) or "–"),
                Cell(coordinates(middle.x, middle.y, 4)),
                Cell(_ais(pair, names)),
            )
        )
    return Table(
        f"{title or 'This tile'}: objects on {observation.scene_id}",
        ("No.", "AIS status", "Class", "Length (90 %)", "Beam, class", "Axis or area", "Score", "Zone", "Place", "AIS"),
        tuple(rows),
        "A beam is shown where it is good enough for a class by length and beam; that of a few pixels is not.",
        numeric=(6,),
        empty="Observed; nothing was found.",
        compact=True,
    )


def _kind(class_name: str, motion: str, low_kn: float, high_kn: float) -> str:
    """What a detection is taken for and, where the lag between bands shows it, whether it moved and how fast."""
    if class_name != "vessel":
        return class_name.replace("_", " ")
    if motion == STILL:
        return f"vessel, no motion measured (under {MOTION.still_kn:.0f} kn)"
    speed = "" if pd.isna(low_kn) or motion != MOVING else f" {low_kn:.0f}–{high_kn:.0f} kn"
    return f"vessel, {motion}{speed}" if motion else "vessel"


def _raft(row: Any) -> str:
    """How many hulls a box may stand for, where it is one of several side by side."""
    return f", in a raft of {row.abreast_low}–{row.abreast_high} hulls" if row.abreast_high > 1 else ""


def _beam(width_m: float, size_class: str) -> str:
    return f"{number(width_m, 0, 'm')}, {size_class}" if size_class else "–"


def _axis(axis_deg: float) -> str:
    return "cannot tell" if pd.isna(axis_deg) else number(axis_deg, 0, "°")


def _ais(pair: pd.Series | None, names: dict[int, str]) -> str:
    if pair is None or pair["status"] == "not compared":
        return "not compared"
    if pd.isna(pair["mmsi"]):
        return "none fits"
    mmsi = int(pair["mmsi"])
    name = f" ({names[mmsi]}, as broadcast)" if names.get(mmsi) else ""
    return f"MMSI {mmsi}{name}, {number(pair['distance_m'])} m off"


def _pair(studio: Studio, observations: tuple[Observation, Observation], frame: Frame) -> tuple[Block, ...]:
    made = pair_of(studio, observations, frame)
    return () if made is None else (made,)


def _series(given: BriefInput, aoi: Aoi) -> tuple[Block, ...]:
    counts = given.tables[COUNTS]
    counts = counts[counts["aoi_id"] == aoi.id].copy()
    counts[["berth", "anchorage", "open", "stacks"]] = pd.NA
    end = given.period.end
    rule = RateRule.of(given.false_alarms_per_year)
    made = rates(counts, period=TimeRange(end - timedelta(weeks=WEEKS), end), rule=rule)
    made = made[made["what"] == "vessels"]
    if made.empty:
        return (Text(("Not observed: no count for any of the last 26 weeks.",), "limit"),)
    changes = given.tables[CHANGES]
    changes = changes[(changes["aoi_id"] == aoi.id) & (changes["what"] == "vessels")]
    limit = Text((wording.false_alarms(given.false_alarms_per_year),), "limit")
    return weekly_series(f"series-{aoi.id}", made, changes, aoi.name or aoi.id), limit
