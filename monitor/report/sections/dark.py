"""Detections that AIS does not explain: the strongest as cards, all of them in a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import timedelta

import pandas as pd

from monitor.core.geo.mgrs import mgrs
from monitor.core.tables import DARK_EVENTS, GAP_CANDIDATES
from monitor.core.wording import coordinates, day, measured_length, minute, number
from monitor.fuse.dark.events import DARK, NOT_LIKELY, UNKNOWN
from monitor.fuse.findings import wording
from monitor.report.page.blocks import Block, Card, Cards, Cell, Section, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import NOT_COMPARED
from monitor.report.sections.notable import ranked, short_name
from monitor.report.sections.traffic import compared
from monitor.report.tiles.frames import around
from monitor.report.tiles.studio import Studio

CHIP_M = 900.0
MOST_CARDS, FEW_CARDS = 6, 2
"""Of a season, and of two weeks or less: what a reader takes in. Chosen."""
_SHORT = timedelta(weeks=2)
_FEW_ALTERNATIVES = 2
_STATUS_RANK = {DARK: 0, UNKNOWN: 1, NOT_LIKELY: 2}


def events_of(given: BriefInput) -> pd.DataFrame:
    """The DARK_EVENTS of the period at the brief's ports, in the order of `ranked`; those without a likelihood last."""
    events = DARK_EVENTS.within(given.tables[DARK_EVENTS], given.period)
    events = events[events["aoi_id"].isin([aoi.id for aoi in given.aois])]
    place = {finding.id: n for n, finding in enumerate(ranked(given))}
    order = events["event_id"].map(place).fillna(len(place))
    events = events.assign(
        rank=events["status"].map(_STATUS_RANK), order=order, chance=-events["probability"].fillna(0)
    )
    return events.sort_values(["rank", "order", "chance", "event_id"])


def dark_events(given: BriefInput, studios: Mapping[str, Studio]) -> Section:
    """A card for each of the strongest events.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    studios : mapping of str to Studio
        Draws each port's chips.
    """
    events = events_of(given)
    shown = _on_cards(given, events).to_dict("records")
    cards = tuple(_card(given, studios[str(e["aoi_id"])], e, _again(events, e)) for e in shown)
    none = "None that is likely to be a dark vessel."
    if events.empty:
        none = NOT_COMPARED if compared(given).empty else "No detection without AIS in this period."
    blocks: list[Block] = [Cards(cards, none)]
    if alternatives := _alternatives(shown):
        blocks.append(Text((f"What else it could be: {'; '.join(alternatives)}.",)))
    if left := len(events) - len(cards):
        words = f"{left} more in the appendix."
        blocks.append(Text((words,), "note"))
    return Section("dark", "Not explained by AIS", tuple(blocks))


def _on_cards(given: BriefInput, events: pd.DataFrame) -> pd.DataFrame:
    """Those that get a card: the strongest at each berth, and each that lies at none."""
    most = FEW_CARDS if given.period.duration <= _SHORT else MOST_CARDS
    notable = events[events["status"] != NOT_LIKELY]
    spot = (notable["aoi_id"] + " " + notable["zone_id"]).where(notable["zone_id"] != "", notable["event_id"])
    return notable[~spot.duplicated()].head(most)


def _alternatives(shown: Sequence[Mapping[Hashable, object]]) -> tuple[str, ...]:
    """The other explanations of the events on cards, the most frequent first."""
    each = Counter(other for event in shown for other in _split(event["alternatives"]))
    return tuple(other for other, _ in each.most_common(_FEW_ALTERNATIVES))


def _again(events: pd.DataFrame, event: Mapping[str, object]) -> str:
    """The other days on which such a detection was made at the same berth; "" for none."""
    same = (events["zone_id"] == event["zone_id"]) & (events["aoi_id"] == event["aoi_id"])
    others = events[same & (events["event_id"] != event["event_id"]) & (events["status"] == event["status"])]
    if not event["zone_id"] or others.empty:
        return ""
    return ", ".join(day(at) for at in sorted(others["acquired_at"]))


def all_events(given: BriefInput) -> Section:
    """Base rates, a table of all events with their chances, and the silent ships that could be one of them."""
    names = {aoi.id: aoi.name or aoi.id for aoi in given.aois}
    events = events_of(given)
    confidence = {finding.id: finding.confidence for finding in given.findings}
    carded = set(_on_cards(given, events)["event_id"])
    rows = tuple(
        (
            Cell(minute(e["acquired_at"]), id="" if e["event_id"] in carded else f"event-{e['event_id']}"),
            Cell(names[str(e["aoi_id"])]),
            Cell(str(e["status"]), "warn" if e["status"] == DARK else "part"),
            Cell(measured_length(e["length_m"], e["length_low_m"], e["length_high_m"])),
            Cell(number(e["score"], 2)),
            Cell(coordinates(e["geometry"].envelope.centroid.x, e["geometry"].envelope.centroid.y)),
            Cell(str(e["zone_id"]) or str(e["zone"]) or "–"),
            Cell("not known" if pd.isna(e["reception_vessels"]) else number(e["reception_vessels"])),
            Cell(_chances(e)),
            Cell(str(e["likelihood"]) or "–"),
            Cell(confidence.get(str(e["event_id"]), "low")),
            Cell(str(e["detection_id"])),
        )
        for e in events.to_dict("records")
    )
    table = Table(
        "Detections that AIS does not explain",
        (
            "Observation",
            "Port",
            "Status",
            "Length (90 %)",
            "Score",
            "Place",
            "Zone",
            "Vessels received there",
            "Chance of a ship · that it sends no AIS",
            "Likelihood",
            "Confidence",
            "Detection",
        ),
        rows,
        numeric=(4, 7),
        empty=NOT_COMPARED if compared(given).empty else "None.",
        compact=True,
    )
    candidates = (_candidates(given, str(event)) for event in events["event_id"])
    shown = tuple(made for made in candidates if made is not None)
    blocks: list[Block] = [*_base_rates(events, names), table, _why(events, names), *shown]
    return Section("dark-all", "All detections that AIS does not explain", tuple(blocks))


def _why(events: pd.DataFrame, names: Mapping[str, str]) -> Table:
    rows = tuple(
        (
            Cell(minute(e["acquired_at"])),
            Cell(names[str(e["aoi_id"])]),
            Cell("; ".join(_split(e["reasons"])) or "–"),
            Cell("; ".join(_split(e["alternatives"])) or "–"),
        )
        for e in events.to_dict("records")
    )
    columns = ("Observation", "Port", "What the status rests on", "What else it could be")
    return Table("Reasons and other explanations", columns, rows, empty="None.", compact=True)


def _base_rates(events: pd.DataFrame, names: Mapping[str, str]) -> tuple[Text, ...]:
    """A sentence for each port whose base rates are known: that of the ships as large as its largest event."""
    made = []
    for aoi_id, mine in events[events["base_rate"].notna()].groupby("aoi_id"):
        row = mine.sort_values("length_m").iloc[-1]
        share = (float(row["base_rate"]), float(row["base_rate_low"]), float(row["base_rate_high"]))
        dark = int((mine["status"] == DARK).sum())
        made.append(wording.base_rate(names[str(aoi_id)], share, float(row["false_per_scene"]), dark, len(mine)))
    return (Text(tuple(made), "note"),) if made else ()


def _card(given: BriefInput, studio: Studio, event: dict[str, object], again: str) -> Card:
    place = event["geometry"].envelope.centroid  # type: ignore[attr-defined]
    at, scene = minute(event["acquired_at"]), str(event["scene_id"])
    name = studio.aoi.name or studio.aoi.id
    frame = around(f"event-{event['event_id']}", name, place.x, place.y, side_m=CHIP_M)
    sensor = next((a.sensor for a in given.acquisitions if a.id == scene), "")
    alt = f"Chip of {CHIP_M:.0f} m around a detection at {name}, {at}, status {event['status']}"
    picture = studio.chip(str(event["detection_id"]), scene, sensor, frame, alt)
    known = (f for f in given.findings if event["detection_id"] in f.evidence or f.id == event["event_id"])
    finding = next(known, None)
    facts = (
        ("Place", f"MGRS {mgrs(place.x, place.y, digits=3)}"),
        ("Likelihood", str(event["likelihood"]) or "not given: reception unknown"),
        ("Confidence", finding.confidence if finding else "low"),
        *((("There too", again),) if again else ()),
    )
    return Card(
        id=f"event-{event['event_id']}",
        title=f"{short_name(name)}, {at}",
        picture=picture,
        facts=facts,
        statement=finding.claim if finding else "No AIS position known at the cut-off fits this detection.",
        detection_id=str(event["detection_id"]),
    )


def _chances(event: Mapping[str, object]) -> str:
    parts = (float(str(event[name])) for name in ("p_ship", "p_without_ais"))
    return " · ".join(f"{part:.2f}" if part == part else "–" for part in parts)


def _candidates(given: BriefInput, event_id: str) -> Table | None:
    made = given.tables[GAP_CANDIDATES]
    made = made[made["event_id"] == event_id].sort_values("rank").head(4)
    if made.empty:
        return None
    rows = tuple(
        (
            Cell(f"MMSI {r.mmsi}"),
            Cell(number(r.required_in_kn, 1)),
            Cell(number(r.required_out_kn, 1)),
            Cell(number(r.length_m, 0, "m")),
            Cell(str(r.reason)),
        )
        for r in made.itertuples()
    )
    return Table(
        f"Silent vessels that could have been there; none is picked ({event_id.removeprefix('dark|')})",
        ("Vessel", "Knots needed there", "Knots needed on", "Length it reports", "Note"),
        rows,
        numeric=(1, 2),
        compact=True,
    )


def _split(value: object) -> tuple[str, ...]:
    return tuple(part for part in str(value).split("; ") if part and part != "nan")
