"""What the season's figure is drawn from: passes, berths, stacks, legs, gaps, flights and the sightings of others."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.tables import BERTH_STATES, GAPS, LEDGER, STACKS, TIMELINE, VISITS
from monitor.core.wording import about_length, day, hours, minute, number, plural
from monitor.fuse.findings.rules import FindingRule
from monitor.report.charts.season import Lane, Leg, Place, Sight, Span, season_chart
from monitor.report.charts.series import describe, tally
from monitor.report.page.blocks import Block, Cell, Section, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.sections.land.season import chain_legs, land_lanes
from monitor.report.sections.notable import short_name
from monitor.report.sections.traffic import could_call
from monitor.report.sections.voyages import touching
from monitor.report.tiles.observations import NOT_OBSERVED, OBSERVED, PARTLY, Observation, within

_MOST_BERTHS = 9
_MOST_GAPS = 20
_SIGHTS = {OBSERVED: "clear", PARTLY: "partly", NOT_OBSERVED: "none"}
_CAPTION = "One row a berth: thick where a ship was seen, thin where it may have been."
_LAND_CAPTION = "Tracks and storage: the height of a bar is the share that is occupied."
_CHAINS_CAPTION = (
    "Grey slanted lines join what left and what came where that beats chance; it is no evidence of cause or of the "
    "same cargo."
)
_LEGS_CAPTION = "Slanted lines are legs inferred between the ports. Nearness in time is no evidence of cause."


def season(given: BriefInput, observations: Mapping[str, tuple[Observation, ...]]) -> Section:
    """The season in one figure.

    Parameters
    ----------
    given : BriefInput
        What the brief states; TIMELINE and LEDGER in its tables add flights and the sightings of others.
    observations : mapping of str to tuple of Observation
        Each port's, by its id.
    """
    places, legs = _drawn(given, observations)
    has_land = any(sight.kind == "share" for one in places for lane in one.lanes for sight in lane.sights)
    has_berths = any(aoi.berths for aoi in given.aois)
    kinds = {leg.kind for leg in legs}
    parts = (
        (has_berths, _CAPTION),
        (has_land, _LAND_CAPTION),
        ("leg" in kinds, _LEGS_CAPTION),
        ("chain" in kinds, _CHAINS_CAPTION),
    )
    caption = " ".join(words for is_shown, words in parts if is_shown)
    chart = season_chart("season-chart", places, legs, given.period, caption=caption, details=_table(places, legs))
    blocks: list[Block] = [chart]
    if given.corrections:
        number_ = plural(len(given.corrections), "statement")
        blocks.append(Text((f"{number_} of an earlier issue changed since: see the appendix.",), "note"))
    return Section("season", "Evidence over time", tuple(blocks))


def season_data(given: BriefInput, observations: Mapping[str, tuple[Observation, ...]]) -> Section:
    """The rows that the season's figure is drawn from, in words.

    Parameters
    ----------
    given : BriefInput
        As for `season`.
    observations : mapping of str to tuple of Observation
        As for `season`.
    """
    places, legs = _drawn(given, observations)
    return Section("season-data", "The numbers behind the time axis", (_table(places, legs),))


def _drawn(given: BriefInput, observations: Mapping[str, tuple[Observation, ...]]) -> tuple[list[Place], list[Leg]]:
    ports = [_port(given, aoi, observations[aoi.id]) for aoi in given.aois]
    others = tuple(lane for lane in (_gaps(given), *_flights(given), _others(given)) if lane is not None)
    places = [*ports, Place("Elsewhere", others)] if others else ports
    return places, [*_legs(given), *chain_legs(given)]


def _port(given: BriefInput, aoi: Aoi, observations: tuple[Observation, ...]) -> Place:
    seen = within(observations, given.period)
    passes = tuple(Sight(pd.Timestamp(k.at), _SIGHTS.get(k.state, "none"), describe(k)) for k in seen)
    berths = [_berth(given, aoi, zone.id, zone.title) for zone in aoi.berths]
    busy = [lane for lane in berths if lane.spans or any(s.kind == "occupied" for s in lane.sights)]
    busy = sorted(busy, key=lambda lane: -len(lane.spans))[:_MOST_BERTHS]
    shown = [lane for lane in berths if lane in busy]
    stacks = _stacks(given, aoi)
    lanes = (Lane(tally(seen).split(":")[0], passes), *shown, *((stacks,) if stacks else ()), *land_lanes(given, aoi))
    return Place(aoi.name or aoi.id, lanes)


def _berth(given: BriefInput, aoi: Aoi, berth_id: str, name: str) -> Lane:
    states = BERTH_STATES.within(given.tables[BERTH_STATES], given.period)
    states = states[(states["berth_id"] == berth_id) & states["state"].isin(["occupied", "empty"])]
    sights = tuple(
        Sight(r.acquired_at, str(r.state), f"{name}, {minute(r.acquired_at)}: {r.state}") for r in states.itertuples()
    )
    visits = VISITS.within(given.tables[VISITS], given.period)
    visits = visits[(visits["aoi_id"] == aoi.id) & (visits["berth_id"] == berth_id)]
    return Lane(name, sights, tuple(_stay(r, name, given) for r in visits.to_dict("records")))


def _stay(row: Mapping[object, object], name: str, given: BriefInput) -> Span:
    first, last = pd.Timestamp(str(row["arrived_not_after"])), pd.Timestamp(str(row["departed_not_before"]))
    low = row["arrived_not_before"] if pd.notna(row["arrived_not_before"]) else first
    high = row["departed_not_after"] if pd.notna(row["departed_not_after"]) else last
    if row["is_open"]:
        high = pd.Timestamp(given.period.end)
    length = about_length(float(str(row["length_m"])))
    words = f"A ship {length} at {name}, seen from {minute(first)} to {minute(last)}"
    return Span(pd.Timestamp(str(low)), first, last, pd.Timestamp(str(high)), "stay", words)


def _stacks(given: BriefInput, aoi: Aoi) -> Lane | None:
    rows = STACKS.within(given.tables[STACKS], given.period)
    least = FindingRule().least_stack_change_m2
    rows = rows[(rows["aoi_id"] == aoi.id) & (rows["change_m2"].abs() >= least)]
    if rows.empty:
        return None
    names = {zone.id: zone.name or zone.id for zone in aoi.zones}
    return Lane(
        "Container stacks",
        tuple(
            Sight(
                r.acquired_at,
                "grew" if r.change_m2 > 0 else "shrank",
                f"{names.get(str(r.yard_id), str(r.yard_id))}, {minute(r.acquired_at)}: {number(r.change_m2)} m²",
            )
            for r in rows.itertuples()
        ),
    )


def _legs(given: BriefInput) -> list[Leg]:
    """Voyages between two ports of the brief, with the bounds that the stays at their ends give."""
    place = {aoi.id: n for n, aoi in enumerate(given.aois)}
    names = {aoi.id: short_name(aoi.name or aoi.id) for aoi in given.aois}
    stays = given.tables[VISITS].set_index("visit_id")
    made = []
    for r in touching(given).itertuples():
        if r.from_port == r.to_port or r.from_port not in place or r.to_port not in place:
            continue
        left, came = (r.departed_at, r.departed_at), (r.arrived_at, r.arrived_at)
        if r.from_visit in stays.index and r.to_visit in stays.index:
            left = _bounds(stays.loc[r.from_visit], "departed", r.departed_at)
            came = _bounds(stays.loc[r.to_visit], "arrived", r.arrived_at)
        words = f"{names[r.from_port]} to {names[r.to_port]}, between {minute(left[0])} and {minute(came[1])}"
        made.append(Leg(place[r.from_port], place[r.to_port], left, came, words))
    return made


def _bounds(stay: pd.Series, event: str, middle: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    low, high = stay[f"{event}_not_before"], stay[f"{event}_not_after"]
    return (middle if pd.isna(low) else low, middle if pd.isna(high) else high)


def _gaps(given: BriefInput) -> Lane | None:
    made = GAPS.within(given.tables[GAPS], given.period)
    made = made[could_call(made, given)].sort_values("duration_h", ascending=False).head(_MOST_GAPS)
    until = pd.Timestamp(given.cut_off)
    spans = tuple(
        _span(r.start, r.end if r.is_closed else until, "gap", f"MMSI {r.mmsi}, silent for {hours(r.duration_h)}")
        for r in made.itertuples()
    )
    return Lane("Silence on AIS", (), spans, is_deep=True) if spans else None


def _flights(given: BriefInput) -> tuple[Lane | None, Lane | None]:
    rows = TIMELINE.within(given.tables[TIMELINE], given.period)
    lanes = []
    for lane, kind, label in (("flight", "flight", "Flights"), ("published flight", "published", "Flights, published")):
        spans = tuple(
            _span(r.start, r.end, kind, str(r.claim))
            for r in rows[rows["lane"] == lane].itertuples()
            if pd.notna(r.start)
        )
        lanes.append(Lane(label, (), spans, is_deep=True) if spans else None)
    return lanes[0], lanes[1]


def _others(given: BriefInput) -> Lane | None:
    """What others published of the ports; nothing beside made-up pixels, which they cannot bear on."""
    rows = LEDGER.within(given.tables[LEDGER], given.period)
    rows = rows[(rows["origin"] != "ours") & rows["port"].isin([aoi.id for aoi in given.aois])]
    if rows.empty or given.is_simulated:
        return None
    spans = (_span(r.start, r.end, "published", f"{r.event} at {r.port}, {day(r.start)}") for r in rows.itertuples())
    return Lane("Others' sightings", (), tuple(spans), is_deep=True)


def _span(start: pd.Timestamp, end: pd.Timestamp, kind: str, words: str) -> Span:
    last = start if pd.isna(end) else end
    return Span(start, start, last, last, kind, words)


def _table(places: list[Place], legs: list[Leg]) -> Table:
    rows = [
        (Cell(minute(s.at)), Cell(minute(s.at)), Cell(place.name), Cell(lane.label), Cell(s.kind), Cell(s.words))
        for place in places
        for lane in place.lanes
        for s in lane.sights
        if s.kind in ("grew", "shrank")
    ]
    rows += [
        (Cell(minute(s.low)), Cell(minute(s.high)), Cell(place.name), Cell(lane.label), Cell(s.kind), Cell(s.words))
        for place in places
        for lane in place.lanes
        for s in lane.spans
    ]
    rows += [
        (Cell(minute(leg.left[0])), Cell(minute(leg.came[1])), Cell("–"), Cell("legs"), Cell(leg.kind), Cell(leg.words))
        for leg in legs
    ]
    columns = ("From, at the earliest", "To, at the latest", "Place", "Row", "Kind", "In words")
    return Table(
        "Bars, legs and changes of stacks on the time axis",
        columns,
        tuple(sorted(rows, key=lambda row: row[0].text)),
        "Passes stand under “What could be seen”, the state of each berth at each of them under its port.",
        empty="Nothing but passes is drawn.",
        compact=True,
    )
