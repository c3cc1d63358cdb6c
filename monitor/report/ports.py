"""One port: its tiles, pair, series, berth calendar, stacks and visits."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.instants import TimeRange
from monitor.fuse.change import rates
from monitor.report.blocks import Block, Cell, Film, Pair, Section, Table, Text, TileFigure
from monitor.report.charts import weekly_series
from monitor.report.frames import Frame, detail, overview
from monitor.report.looks import Chosen, Look, choose
from monitor.report.map import port_map
from monitor.report.marks import Mark
from monitor.report.model import BriefInput, Tables
from monitor.report.pictures import Studio
from monitor.report.wording import STATUS, acquired, length, lonlat, minute, number, when

WEEKS = 26
FILM_LOOKS = 16
_CALENDAR_COLUMNS = 18
_P = {"occupied": ("P", "present", "present: a vessel lay there"), "empty": ("A", "absent", "absent: berth seen empty")}


def port(given: BriefInput, aoi: Aoi, looks: tuple[Look, ...], studio: Studio) -> Section:
    """The part of a brief that is about one port."""
    chosen = choose(looks, given.period)
    parts = [
        Section(f"{aoi.id}-tiles", "Tiles", _tiles(given, aoi, chosen, looks, studio)),
        Section(f"{aoi.id}-series", "Twenty-six weeks", (_series(given, aoi),)),
        Section(f"{aoi.id}-berths", "Berths", berth_calendar(given, aoi)),
        Section(f"{aoi.id}-stacks", "Container stacks", (stacks(given, aoi),)),
        Section(f"{aoi.id}-visits", "Visits", (visits(given, aoi),)),
    ]
    return Section(f"port-{aoi.id}", aoi.name or aoi.id, (), tuple(parts))


def _tiles(given: BriefInput, aoi: Aoi, chosen: Chosen, looks: tuple[Look, ...], studio: Studio) -> tuple[Block, ...]:
    if chosen.latest is None:
        return (Text((f"{aoi.name or aoi.id} was not observed in this period, so there is no tile.",), "limit"),)
    whole = overview(aoi)
    found = given.tables.detections
    near = detail(aoi, found[found["aoi_id"] == aoi.id]) or whole
    for kind in ("s2", "s1"):
        ids = tuple(look.scene_id for look in chosen.all if look.sensor == kind)
        if ids:
            studio.stretch_from(kind, ids, whole)
    drawn = port_map(studio, chosen.latest, whole)
    blocks: list[Block] = [] if drawn is None else [drawn]
    blocks += _figure(studio, chosen.latest, whole, given.tables)
    if near is not whole:
        blocks += _figure(studio, chosen.latest, near, given.tables)
    if chosen.before is not None:
        blocks += _pair(studio, chosen.before, chosen.latest, near)
        blocks += _figure(studio, chosen.before, near, given.tables)
    if chosen.radar is not None:
        blocks += _figure(studio, chosen.radar, whole, given.tables)
    blocks += _film(given, studio, looks, near, chosen.latest.sensor)
    return tuple(blocks)


def _figure(studio: Studio, look: Look, frame: Frame, tables: Tables) -> tuple[Block, ...]:
    made = studio.tile(look, frame)
    if made is None or look.acquisition is None:
        return (Text((f"The pixels of {look.scene_id} are not in the archive, so there is no tile of it.",), "limit"),)
    annotated, plain, shown = made
    at = acquired(look.acquisition, studio.aoi)
    seen = "" if look.state == "observed" else f" {look.fraction:.0%} of the water was seen ({look.reason})."
    caption = f"{frame.title}, {at}. {annotated.alt.split(': ', 2)[-1].rstrip('.')}.{seen}"
    facts = (
        ("Scene", look.scene_id), ("Acquired", at),
        ("Centre", lonlat(frame.lon, frame.lat)), ("Frame", f"{frame.width_m:.0f} m × {frame.height_m:.0f} m"),
    )  # fmt: skip
    details = detections_table(studio, look, shown, tables)
    return (TileFigure(f"tile-{look.scene_id}-{frame.id}", annotated, plain, caption, facts, details),)


def detections_table(studio: Studio, look: Look, shown: tuple[Mark, ...], tables: Tables) -> Table:
    """The rows that a tile's numbers point to, with what AIS says of each."""
    numbers = {mark.number: mark for mark in shown}
    found = studio.detections(look.scene_id)
    found = found[found["number"].isin(numbers)]
    pairs = tables.matches[tables.matches["scene_id"] == look.scene_id].drop_duplicates("detection_id", keep="last")
    pairs = pairs.set_index("detection_id")
    names = {int(v.mmsi): str(v.name) for v in tables.vessels.itertuples(index=False)}
    rows = []
    for row in found.itertuples():
        mark = numbers[int(row.number)]
        pair = pairs.loc[row.detection_id] if row.detection_id in pairs.index else None
        middle = row.geometry.envelope.centroid
        rows.append((
            Cell(mark.label), Cell(STATUS[mark.status][1].split(":")[0], "warn" if mark.status == "dark" else ""),
            Cell("vessel" if row.class_name == "vessel" else "container stack"),
            Cell(length(row.length_m, row.length_low_m, row.length_high_m)),
            Cell(number(row.axis_deg, 0, "°") if row.class_name == "vessel" else number(row.area_m2, 0, "m²")),
            Cell(f"{row.score:.2f}", "part" if mark.is_low else ""), Cell(row.zone or "–"),
            Cell(lonlat(middle.x, middle.y, 4)), Cell(_ais(pair, names)),
        ))  # fmt: skip
    return Table(
        f"Objects on this tile ({look.scene_id})",
        ("No.", "AIS status", "Class", "Length (90 %)", "Axis or area", "Score", "Zone", "Place", "AIS"),
        tuple(rows), numeric=(5,), empty="Looked, and found nothing.", compact=True,
    )  # fmt: skip


def _ais(pair: pd.Series | None, names: dict[int, str]) -> str:
    if pair is None:
        return "not compared"
    if pd.isna(pair["mmsi"]):
        return "none fits"
    mmsi = int(pair["mmsi"])
    name = f" ({names[mmsi]}, as broadcast)" if names.get(mmsi) else ""
    return f"MMSI {mmsi}{name}, {number(pair['distance_m'])} m off"


def _pair(studio: Studio, before: Look, after: Look, frame: Frame) -> tuple[Block, ...]:
    labels = [when(look.acquisition) for look in (before, after) if look.acquisition is not None]
    pictures = [
        studio.pair_picture(look, frame, f"{frame.title}, {label}, pixels without annotation")
        for look, label in zip((before, after), labels, strict=True)
    ]
    if pictures[0] is None or pictures[1] is None:
        return ()
    caption = (
        f"{frame.title}: the same frame and stretch at {labels[0]} and {labels[1]}. What came or went in between did "
        "so within that interval; the pictures do not say when."
    )
    return (Pair(f"pair-{frame.id}", pictures[0], pictures[1], labels[0], labels[1], caption),)


def _film(given: BriefInput, studio: Studio, looks: tuple[Look, ...], frame: Frame, sensor: str) -> tuple[Block, ...]:
    start = given.period.end - timedelta(weeks=WEEKS)
    seen = [k for k in looks if k.was_seen and k.acquisition is not None and k.sensor == sensor
            and start <= k.at < given.period.end]  # fmt: skip
    if len(seen) < 3:
        return ()
    frames, animation = studio.film(tuple(seen[-FILM_LOOKS:]), frame)
    left = f" The {len(seen) - FILM_LOOKS} before these are not shown." if len(seen) > FILM_LOOKS else ""
    caption = f"{frame.title}: the last {len(frames)} looks, same frame and stretch.{left}"
    return (Film(f"film-{frame.id}", frames, caption, animation),)


def _series(given: BriefInput, aoi: Aoi) -> Block:
    counts = given.tables.counts
    counts = counts[counts["aoi_id"] == aoi.id].copy()
    counts[["berth", "anchorage", "open", "stacks"]] = pd.NA
    end = given.period.end
    made = rates(counts, period=TimeRange(end - timedelta(weeks=WEEKS), end))
    made = made[made["what"] == "vessels"]
    if made.empty:
        return Text(("Not observed: no count for any of the last 26 weeks.",), "limit")
    changes = given.tables.changes
    changes = changes[(changes["aoi_id"] == aoi.id) & (changes["what"] == "vessels")]
    return weekly_series(f"series-{aoi.id}", made, changes, aoi.name or aoi.id)


def berth_calendar(given: BriefInput, aoi: Aoi) -> tuple[Block, ...]:
    """Berth by look: P present, A absent, ? not observed; one table for every eighteen looks."""
    states = given.tables.berth_states
    start = given.period.end - timedelta(weeks=WEEKS)
    states = states[(states["aoi_id"] == aoi.id) & (states["acquired_at"] >= start)
                    & (states["acquired_at"] < given.period.end)]  # fmt: skip
    berths = {zone.id: zone.name for zone in aoi.of_kind("berth")}
    if not berths:
        return (Text(("The port's file names no berths, so none are followed.",), "limit"),)
    if states.empty:
        return (Text(("Not observed: no look at the berths is on record.",), "limit"),)
    scenes = states.drop_duplicates("scene_id").sort_values(["acquired_at", "scene_id"])
    table = {(str(r.berth_id), str(r.scene_id)): r for r in states.itertuples()}
    blocks: list[Block] = []
    for first in range(0, len(scenes), _CALENDAR_COLUMNS):
        some = scenes.iloc[first : first + _CALENDAR_COLUMNS]
        head = tuple(f"{r.acquired_at:%d %b} {'radar' if r.sensor == 's1' else ''}".strip() for r in some.itertuples())
        rows = tuple(
            (Cell(name), *(_berth(table.get((berth, str(scene)))) for scene in some["scene_id"]))
            for berth, name in berths.items()
        )
        span = f"{some['acquired_at'].iloc[0]:%Y-%m-%d} to {some['acquired_at'].iloc[-1]:%Y-%m-%d}"
        blocks.append(Table(
            f"Berth by look, {span}", ("Berth", *head), rows,
            "P a vessel was present; A absent: the berth was seen empty; ? not observed at that look.", compact=True,
        ))  # fmt: skip
    return tuple(blocks)


def _berth(row: object) -> Cell:
    code, kind, note = _P.get(str(getattr(row, "state", "")), ("?", "none", "not observed"))
    chance = getattr(row, "probability", float("nan"))
    return Cell(code, kind, note if pd.isna(chance) else f"{note}; probability occupied {chance:.2f}")


def stacks(given: BriefInput, aoi: Aoi) -> Table:
    """Yards at each look of the period: length, area and room for boxes, always as an interval."""
    made = given.tables.stacks
    made = made[(made["aoi_id"] == aoi.id) & _within(made["acquired_at"], given.period)]
    names = {zone.id: zone.name for zone in aoi.zones}
    rows = []
    for r in made.sort_values(["yard_id", "acquired_at"]).itertuples():
        unseen = pd.isna(r.area_m2)
        change = number(r.change_m2, 0, "m²") if not pd.isna(r.change_m2) else "–"
        rows.append((
            Cell(names.get(str(r.yard_id), str(r.yard_id))), Cell(minute(r.acquired_at)),
            Cell("not observed", "none") if unseen else Cell(_span(r.length_m, r.length_low_m, r.length_high_m, "m")),
            Cell("–") if unseen else Cell(_span(r.area_m2, r.area_low_m2, r.area_high_m2, "m²")),
            Cell(f"+{change}" if not pd.isna(r.change_m2) and r.change_m2 > 0 else change),
            Cell("–" if pd.isna(r.teu_low) else f"{r.teu_low:,.0f}–{r.teu_high:,.0f}"),
        ))  # fmt: skip
    return Table(
        "Container stacks by yard and look",
        ("Yard", "Look", "Length (interval)", "Area (interval)", "Change of area", "Room for 20-ft boxes"), tuple(rows),
        "Room for boxes is area over 14.8 m² a box, one to three tiers: a bound, never a count. Boxes may be "
        "empty.",
        numeric=(4, 5), empty="No look at a yard in this period, or the port's file names no yards.", compact=True,
    )  # fmt: skip


def _span(value: float, low: float, high: float, unit: str) -> str:
    interval = "" if pd.isna(low) or pd.isna(high) else f" ({low:,.0f}–{high:,.0f})"
    return f"{value:,.0f} {unit}{interval}"


def visits(given: BriefInput, aoi: Aoi) -> Table:
    """Stays that touch the period, each with the intervals in which it began and ended."""
    made = given.tables.visits
    start, end = pd.Timestamp(given.period.start), pd.Timestamp(given.period.end)
    began = made["arrived_not_before"].fillna(made["arrived_not_after"])
    ended = made["departed_not_after"].fillna(end)
    made = made[(made["aoi_id"] == aoi.id) & (began < end) & (ended >= start)]
    names = {zone.id: zone.name for zone in aoi.zones}
    rows = tuple(
        (
            Cell(names.get(str(r.berth_id), str(r.berth_id) or "–")),
            Cell(_between(r.arrived_not_before, r.arrived_not_after)),
            Cell("still there at the last clear look" if r.is_open else
                 _between(r.departed_not_before, r.departed_not_after)),
            Cell(length(r.length_m, r.length_low_m, r.length_high_m)), Cell(str(r.looks)),
            Cell("none" if pd.isna(r.mmsi) else f"MMSI {r.mmsi}"), Cell(str(r.evidence)),
        )
        for r in made.sort_values(["arrived_not_after", "visit_id"]).itertuples()
    )  # fmt: skip
    return Table(
        "Stays seen, with the bounds of arrival and departure",
        ("Place", "Arrived between", "Left between", "Length (90 %)", "Looks", "AIS", "Evidence"), rows,
        "At least these: a stay between two looks leaves no trace here.", numeric=(4,),
        empty="No stay was seen. That bounds nothing where there were no looks.", compact=True,
    )  # fmt: skip


def _between(low: pd.Timestamp, high: pd.Timestamp) -> str:
    if pd.isna(low) and pd.isna(high):
        return "not bounded"
    if pd.isna(low):
        return f"not after {minute(high)}"
    return f"not before {minute(low)}" if pd.isna(high) else f"{minute(low)} and {minute(high)}"


def _within(at: pd.Series, period: TimeRange) -> pd.Series:
    return (at >= pd.Timestamp(period.start)) & (at < pd.Timestamp(period.end))
