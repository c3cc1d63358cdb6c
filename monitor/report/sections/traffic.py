"""What AIS and imagery show of one another: matches, dark events, gaps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.columns import floats
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.geo.mgrs import mgrs
from monitor.core.statistics import binomial_interval
from monitor.core.tables import DARK_EVENTS, GAP_CALLS, GAP_CANDIDATES, GAP_RULES, GAPS, MATCHES, NULL_TESTS
from monitor.core.wording import coordinates, hours, measured_length, minute, number, plural
from monitor.fuse.dark.candidates import SailingRule
from monitor.fuse.dark.events import DARK, NOT_LIKELY, UNKNOWN
from monitor.fuse.findings import wording
from monitor.report.page.blocks import Card, Cards, Cell, Section, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import GAP_LIMIT, STATUS, UNMATCHED_LIMIT, when
from monitor.report.tiles.frames import around
from monitor.report.tiles.studio import Studio

MOST_CARDS = 6
MOST_GAPS = 40
CHIP_M = 900.0
DAY_H = 24.0
"""By how many hours AIS is shifted to see what chance alone would match."""
_SAILING = SailingRule()
_ORDER = ("matched", "potential", "unmatched", "ais_only")


def ais(given: BriefInput) -> Section:
    """By observation: how many detections AIS explains, and how many AIS positions imagery does not show."""
    names = {aoi.id: aoi.name or aoi.id for aoi in given.aois}
    matches = MATCHES.within(given.tables[MATCHES], given.period)
    matches = matches[matches["aoi_id"].isin(names) & (matches["status"] != "not compared")]
    dark = set(given.tables[DARK_EVENTS].loc[given.tables[DARK_EVENTS]["status"] == DARK, "scene_id"])
    scenes, nulls = {a.id: a for a in given.acquisitions}, _nulls(given, names)
    chance = {str(r.scene_id): f"{r.by_chance} of {r.detections}" for r in nulls.itertuples()}
    rows = []
    for (aoi_id, scene_id), group in matches.groupby(["aoi_id", "scene_id"], sort=False):
        tally = group["status"].value_counts()
        events = given.tables[DARK_EVENTS]
        events = events[(events["scene_id"] == scene_id) & (events["status"] == DARK)] if scene_id in dark else []
        scene = scenes.get(str(scene_id))
        at = when(scene) if scene else minute(group["acquired_at"].iloc[0])
        rows.append(
            (
                group["acquired_at"].iloc[0],
                str(scene_id),
                (
                    Cell(at),
                    Cell(names[str(aoi_id)]),
                    *(Cell(str(int(tally.get(s, 0)))) for s in _ORDER),
                    Cell(str(len(events)), "warn" if len(events) else ""),
                    Cell(chance.get(str(scene_id), "–")),
                    Cell(str(scene_id)),
                ),
            )
        )
    table = Table(
        "Detections and AIS, observation by observation",
        (
            "Observation",
            "Port",
            "Matched",
            "Potential",
            "Unmatched",
            "On AIS only",
            "Of the unmatched: dark events",
            "By chance, AIS shifted by a day",
            "Scene",
        ),
        tuple(cells for _, _, cells in sorted(rows, key=lambda row: row[:2])),
        numeric=(2, 3, 4, 5, 6, 7),
        compact=True,
        empty="Imagery was not compared with AIS in this period: there is no AIS for it, or the hour of the "
        "observations is "
        "not known.",
    )
    words = Table(
        "What the words and codes mean",
        ("Code", "Meaning"),
        tuple((Cell(code), Cell(text)) for code, text in STATUS.values()),
        compact=True,
    )
    by_chance = Text((_by_chance(nulls),), "note")
    return Section("ais", "AIS and imagery", (table, by_chance, Text((UNMATCHED_LIMIT,), "limit"), words))


def _nulls(given: BriefInput, ports: Mapping[str, str]) -> pd.DataFrame:
    """The null tests with AIS of another day, of the period's observations that had detections and a known hour."""
    made = NULL_TESTS.within(given.tables[NULL_TESTS], given.period)
    made = made[made["aoi_id"].isin(ports) & (made["shift_h"] == DAY_H)]
    return made[made["chance_rate"].notna()]


def _by_chance(nulls: pd.DataFrame) -> str:
    """How many matches chance alone would give, from AIS of another day."""
    of, by_chance = int(nulls["detections"].sum()), int(nulls["by_chance"].sum())
    if not of:
        return (
            "How many matches chance alone would give is not known for this period: no observation was "
            "compared with AIS "
            "shifted by a day."
        )
    low, high = binomial_interval(by_chance, of, level=0.95)
    return (
        f"By chance, with AIS shifted by a day, {by_chance} of {plural(of, 'detection')} ({by_chance / of:.1%}, 95 % "
        f"interval {low:.1%}–{high:.1%}) would match a ship that was not there; ships that lay there on both days are "
        "not counted as chance. Where the day before has no AIS, this is too low."
    )


def gaps(given: BriefInput) -> Section:
    """AIS gaps that touch the period and left time for a call at a port of the brief, longest first."""
    touching = GAPS.within(given.tables[GAPS], given.period)
    made = touching[_could_call(touching, given)]
    shown = made.sort_values(["duration_h", "gap_id"], ascending=[False, True]).head(MOST_GAPS)
    rows = tuple(
        (
            Cell(f"MMSI {r.mmsi}"),
            Cell(minute(r.start)),
            Cell(minute(r.end) if r.is_closed else "open at the cut-off"),
            Cell(hours(r.duration_h)),
            Cell("–" if pd.isna(r.distance_m) else f"{r.distance_m / METRES_PER_NAUTICAL_MILE:.0f} nmi"),
            Cell(number(r.implied_kn, 1, "kn")),
            Cell(coordinates(r.start_lon, r.start_lat, 3)),
            Cell(coordinates(r.end_lon, r.end_lat, 3)),
            Cell(str(r.positions_before_12h)),
            *_explained(given, str(r.gap_id)),
        )
        for r in shown.itertuples()
    )
    left = f" {len(made) - len(shown)} shorter ones are in the export." if len(made) > len(shown) else ""
    if away := len(touching) - len(made):
        left += (
            f" {away} more in the period left no time for a call here at {_SAILING.fastest_kn:.0f} kn, or are of ships "
            f"last received over {_SAILING.longest_silent_d:.0f} days before it; they are in the export."
        )
    table = Table(
        "AIS gaps, longest first",
        (
            "Vessel",
            "Last position",
            "Next position",
            "Lasted",
            "Distance",
            "Speed implied",
            "Last at",
            "Next at",
            "Positions in the 12 h before",
            "Others received there meanwhile",
            "Coastal rule · open-sea rule",
            "Time for a call at",
        ),
        rows,
        "Distance along the geodesic between the two positions; the speed is the least that fits. The rules ask "
        "whether reception explains the silence: the coastal one wants three other vessels received nearby meanwhile "
        "and regular positions before, the open-sea one is that of Welch et al. 2022. Time for a call is computed by "
        "water at the speed the ship has shown; it shows what was possible, not what took place." + left,
        numeric=(3, 4, 5, 8),
        empty="No gap in the positions at hand touches this period and left time for a call here. Without positions "
        "there are no gaps to see." + left,
        compact=True,
    )
    return Section("gaps", "AIS gaps", (table, Text((GAP_LIMIT,), "limit")))


def _could_call(gaps: pd.DataFrame, given: BriefInput) -> npt.NDArray[np.bool_]:
    """Whether each gap left time to sail by a port of the brief; along the geodesic, so none that could is left out."""
    cut_off = pd.Timestamp(given.cut_off)
    lasted_h = (gaps["end"].fillna(cut_off) - gaps["start"]).dt.total_seconds().to_numpy() / 3600.0
    oldest = pd.Timestamp(given.period.start) - pd.Timedelta(days=_SAILING.longest_silent_d)
    found: npt.NDArray[np.bool_] = np.zeros(len(gaps), dtype=bool)
    for aoi in given.aois:
        port = aoi.geometry.centroid
        there, on = (
            distance_m(floats(gaps, f"{side}_lon"), floats(gaps, f"{side}_lat"), port.x, port.y)
            for side in ("start", "end")
        )
        nmi = (np.nan_to_num(there) + np.nan_to_num(on)) / METRES_PER_NAUTICAL_MILE
        found |= nmi <= lasted_h * _SAILING.fastest_kn
    could: npt.NDArray[np.bool_] = found & (gaps["start"] >= oldest).to_numpy(dtype=bool)
    return could


def _explained(given: BriefInput, gap_id: str) -> tuple[Cell, ...]:
    """Whether others were received, what the rules find, and which ports the silence left time for."""
    rules, calls = given.tables[GAP_RULES], given.tables[GAP_CALLS]
    rule = next(iter(rules[rules["gap_id"] == gap_id].to_dict("records")), None)
    names = {aoi.id: aoi.name or aoi.id for aoi in given.aois}
    fits = calls[(calls["gap_id"] == gap_id) & calls["is_feasible"]].sort_values("rank")
    ports = [
        f"{names.get(r.port_id, r.port_id)}, {'' if r.by_water else 'at most '}{hours(r.spare_h)} to spare"
        for r in fits.head(3).itertuples()
    ]
    return (
        Cell("–" if rule is None else str(rule["others_during"])),
        Cell("–" if rule is None else f"{rule['coastal']} · {rule['open_sea']}"),
        Cell("; ".join(ports) or "none of these ports"),
    )


def dark_events(given: BriefInput, studios: Mapping[str, Studio]) -> Section:
    """A card for each of the most notable events, and a table of all."""
    names = {aoi.id: aoi.name or aoi.id for aoi in given.aois}
    events = DARK_EVENTS.within(given.tables[DARK_EVENTS], given.period)
    events = events[events["aoi_id"].isin(names)]
    rank = events["status"].map({DARK: 0, UNKNOWN: 1, NOT_LIKELY: 2})
    events = events.assign(rank=rank, big=-events["length_m"].fillna(0.0))
    events = events.sort_values(["rank", "big", "event_id"])
    notable = events[events["status"] != NOT_LIKELY].head(MOST_CARDS)
    cards = tuple(_card(given, studios[str(e["aoi_id"])], e) for e in notable.to_dict("records"))
    rows = tuple(
        (
            Cell(minute(e["acquired_at"])),
            Cell(names[str(e["aoi_id"])]),
            Cell(str(e["status"]), "warn" if e["status"] == DARK else "part"),
            Cell(measured_length(e["length_m"], e["length_low_m"], e["length_high_m"])),
            Cell(f"{e['score']:.2f}"),
            Cell(coordinates(e["geometry"].envelope.centroid.x, e["geometry"].envelope.centroid.y, 4)),
            Cell(str(e["likelihood"]) or "–"),
            Cell(str(e["detection_id"])),
        )
        for e in events.to_dict("records")
    )
    table = Table(
        "Detections that AIS does not explain",
        ("Observation", "Port", "Status", "Length (90 %)", "Score", "Place", "Likelihood", "Detection"),
        rows,
        numeric=(4,),
        empty="None.",
        compact=True,
    )
    none = "No detection without AIS in this period." if events.empty else "None that is likely to be a dark vessel."
    return Section("dark", "Notable detections", (*_base_rates(events, names), Cards(cards, none), table))


def _base_rates(events: pd.DataFrame, names: Mapping[str, str]) -> tuple[Text, ...]:
    """A sentence for each port whose base rates are known: that of the ships as large as its largest event."""
    made = []
    for aoi_id, mine in events[events["base_rate"].notna()].groupby("aoi_id"):
        row = mine.sort_values("length_m").iloc[-1]
        share = (float(row["base_rate"]), float(row["base_rate_low"]), float(row["base_rate_high"]))
        dark = int((mine["status"] == DARK).sum())
        made.append(wording.base_rate(names[str(aoi_id)], share, float(row["false_per_scene"]), dark, len(mine)))
    return (Text(tuple(made), "note"),) if made else ()


def _card(given: BriefInput, studio: Studio, event: dict[str, object]) -> Card:
    place = event["geometry"].envelope.centroid  # type: ignore[attr-defined]
    at, scene = minute(event["acquired_at"]), str(event["scene_id"])
    name = studio.aoi.name or studio.aoi.id
    frame = around(f"event-{event['event_id']}", name, place.x, place.y, side_m=CHIP_M)
    sensor = next((a.sensor for a in given.acquisitions if a.id == scene), "")
    alt = f"Chip of {CHIP_M:.0f} m around a detection at {name}, {at}, status {event['status']}"
    picture = studio.chip(str(event["detection_id"]), scene, sensor, frame, alt)
    status = str(event["status"])
    vessels = event["reception_vessels"]
    known = (f for f in given.findings if event["detection_id"] in f.evidence or f.id == event["event_id"])
    finding = next(known, None)
    facts = (
        ("Status", status),
        ("Observation", at),
        ("Place", f"{coordinates(place.x, place.y)}, MGRS {mgrs(place.x, place.y, digits=3)}"),
        ("Length (90 %)", measured_length(event["length_m"], event["length_low_m"], event["length_high_m"])),  # type: ignore[arg-type]
        ("Score", f"{event['score']:.2f}"),
        ("Zone", str(event["zone_id"]) or str(event["zone"]) or "–"),
        ("Vessels received there", "not known" if pd.isna(vessels) else number(vessels)),  # type: ignore[arg-type]
        ("Chance of a ship · that it sends no AIS", _chances(event)),
        ("Likelihood", str(event["likelihood"]) or "not given: reception unknown"),
        ("Confidence", finding.confidence if finding else "low"),
        ("Detection", str(event["detection_id"])),
    )
    claim = finding.claim if finding else "No AIS position known at the cut-off fits this detection."
    return Card(
        id=f"event-{event['event_id']}",
        title=f"{name}, {at}",
        picture=picture,
        facts=facts,
        statement=claim,
        reasons=_split(event["reasons"]),
        alternatives=_split(event["alternatives"]),
        candidates=_candidates(given, str(event["event_id"])),
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
