"""Tables to findings, in the fixed wording; the only statements that a brief may make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.findings import Finding, likelihood_word
from monitor.core.tables import COUNTS, COVERAGE, DARK_EVENTS, IDENTITY, RATES, SHUTTLES, STACKS, VISITS, VOYAGES
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.core.wording import about_length, plural
from monitor.fuse.dark.events import DARK, NOT_LIKELY
from monitor.fuse.findings import wording
from monitor.fuse.findings.gaps import gap_findings
from monitor.fuse.findings.land.build import land_findings
from monitor.fuse.findings.land.chains import chain_findings
from monitor.fuse.findings.land.wording import TANKER_ALTERNATIVE
from monitor.fuse.findings.rules import FindingRule
from monitor.fuse.matching.match import HOUR_UNKNOWN
from monitor.fuse.series.counts import clear_observations
from monitor.fuse.voyages.told import CANDIDATE


def findings(
    aois: tuple[Aoi, ...], tables: TableSet, *, period: TimeRange, rule: FindingRule | None = None
) -> tuple[Finding, ...]:
    """The findings of a period, shuttles and dark events first, coverage before counts.

    Observations carry no likelihood; inferences always do. Each names its evidence by id. A port that was never
    clearly seen in the period gets the finding that says so, and no count.

    Parameters
    ----------
    aois : tuple of Aoi
        The ports.
    tables : TableSet
        DARK_EVENTS, GAP_CANDIDATES, GAPS, GAP_CALLS, VISITS, IDENTITY, VOYAGES, SHUTTLES, COUNTS, RATES, STACKS,
        LAND_STATES, LAND_CHANGES, CHAINS and CHAIN_LINKS, and COVERAGE for places
        without water; what is missing counts as empty.
    period : TimeRange
        What the findings are about.
    rule : FindingRule, optional
    """
    rule = rule or FindingRule()
    names = {zone.id: zone.name for aoi in aois for zone in aoi.zones} | {aoi.id: aoi.name for aoi in aois}
    made: list[Finding] = []
    made += _shuttles(tables, names, period, rule)
    made += _dark(tables, names, period, rule)
    for aoi in aois:
        made += _coverage(aoi, tables, period)
        made += _counts(aoi, tables, period, rule)
    oil = frozenset(zone.id for aoi in aois for zone in aoi.of_kind("oil_berth"))
    made += _visits(tables, names, period, oil=oil, rule=rule)
    made += _voyages(tables, names, period, rule)
    made += _stacks(tables, names, period, rule)
    made += land_findings(aois, tables, period=period, rule=rule.land)
    made += chain_findings(aois, tables, period=period, rule=rule.land)
    made += gap_findings(aois, tables, period=period, rule=rule)
    return tuple(made)


def _at(value: object) -> datetime:
    at: datetime = pd.Timestamp(value).to_pydatetime()
    return at


def _within(table: pd.DataFrame, column: str, period: TimeRange) -> Iterator[dict[object, object]]:
    inside = (table[column] >= pd.Timestamp(period.start)) & (table[column] < pd.Timestamp(period.end))
    yield from table[inside].to_dict("records")


def _number(value: object) -> float:
    return float("nan") if pd.isna(value) else float(str(value))


def _length(row: dict[object, object]) -> str:
    low, high = (_number(row.get(name, float("nan"))) for name in ("length_low_m", "length_high_m"))
    return about_length(_number(row["length_m"]), low, high)


def _confidence(number: int, many: int, some: int) -> str:
    return "high" if number >= many else ("moderate" if number >= some else "low")


def _place(row: dict[object, object], key: str, names: dict[str, str]) -> str:
    zone, aoi = str(row.get(key, "")), str(row["aoi_id"])
    port = names.get(aoi, aoi)
    return f"{names.get(zone, zone)}, {port}" if zone else port


def _dark(tables: TableSet, names: dict[str, str], period: TimeRange, rule: FindingRule) -> Iterator[Finding]:
    events = tables[DARK_EVENTS]
    for row in _within(events[events["status"] != NOT_LIKELY], "acquired_at", period):
        place, at = _place(row, "zone_id", names), _at(row["acquired_at"])
        gap_ids = tuple(str(row["gap_ids"]).split())
        others = tuple(text for text in str(row["alternatives"]).split("; ") if text)
        shown = row["status"] == DARK
        received = 0 if not shown else int(_number(row["reception_vessels"]))
        claim = wording.dark(place, _length(row), at, received) if shown else wording.unmatched(place, at)
        if HOUR_UNKNOWN in str(row["reasons"]):
            claim = wording.uncompared(place, at)
        yield Finding(
            str(row["event_id"]),
            "dark_event",
            str(row["aoi_id"]),
            at,
            at,
            claim,
            str(row["likelihood"]),
            "moderate" if shown and _number(row["score"]) >= rule.moderate_score else "low",
            tuple(text for text in str(row["reasons"]).split("; ") if text),
            (str(row["detection_id"]), str(row["scene_id"]), *gap_ids[:3]),
            others,
        )


def _visits(
    tables: TableSet, names: dict[str, str], period: TimeRange, *, oil: frozenset[str], rule: FindingRule
) -> Iterator[Finding]:
    for row in _within(tables[VISITS], "arrived_not_after", period):
        bounds = (
            row["arrived_not_before"],
            row["arrived_not_after"],
            row["departed_not_before"],
            row["departed_not_after"],
        )
        who = tables[IDENTITY][(tables[IDENTITY]["subject_id"] == row["visit_id"]) & (tables[IDENTITY]["rank"] == 1)]
        claim = wording.stay(_place(row, "berth_id", names), _length(row), bounds)
        if len(who):
            claim += f" {who['wording'].iloc[0]}"
        observations, probability = int(_number(row["observations"])), _number(row["probability"])
        is_oil = row["berth_id"] in oil
        others = ("two ships of like length, one after the other",) if observations > 1 else ()
        yield Finding(
            str(row["visit_id"]),
            "oil_stay" if is_oil else "visit",
            str(row["aoi_id"]),
            _at(bounds[1]),
            _at(bounds[2]),
            claim,
            likelihood_word(probability),
            _confidence(observations, rule.many_sightings, rule.some_sightings),
            (f"seen in {plural(observations, 'observation')}",),
            tuple(str(row["detection_ids"]).split()),
            (*others, TANKER_ALTERNATIVE) if is_oil else others,
        )


def _voyages(tables: TableSet, names: dict[str, str], period: TimeRange, rule: FindingRule) -> Iterator[Finding]:
    stays = tables[VISITS].set_index("visit_id") if len(tables[VISITS]) else None
    for row in _within(tables[VOYAGES], "departed_at", period):
        probability = _number(row["probability"])
        if str(row["evidence"]) == "ais" or not probability >= rule.least_leg_probability or stays is None:
            continue
        if row["from_visit"] not in stays.index or row["to_visit"] not in stays.index:
            continue
        left, came = stays.loc[row["from_visit"]], stays.loc[row["to_visit"]]
        bounds = (left["departed_not_before"], came["arrived_not_after"])
        ports = [names.get(str(row[name]), str(row[name])) for name in ("from_port", "to_port")]
        claim = wording.passage(ports[0], ports[1], bounds, _length(left.to_dict()))
        yield Finding(
            str(row["voyage_id"]),
            "voyage",
            str(row["from_port"]),
            _at(bounds[0]),
            _at(bounds[1]),
            claim,
            likelihood_word(probability),
            "moderate" if probability >= rule.moderate_leg_probability else "low",
            ("time, water and length allow it", *_chance_of_leg(row)),
            (str(row["from_visit"]), str(row["to_visit"])),
            ("another ship of like length", "a call at a third port on the way"),
        )


def _chance_of_leg(row: Mapping[object, object]) -> tuple[str, ...]:
    """What the moved ports give for a leg, of a ship that AIS does not name."""
    return () if pd.isna(row["by_chance"]) else (wording.chance_of_leg(_number(row["by_chance"])),)


def _shuttles(tables: TableSet, names: dict[str, str], period: TimeRange, rule: FindingRule) -> Iterator[Finding]:
    for row in tables[SHUTTLES].to_dict("records"):
        start, end = _at(row["first"]), _at(row["last"])
        probability = _number(row["probability"])
        if not period.overlaps(start, end) or not probability >= rule.least_leg_probability:
            continue
        ports = [names.get(str(row[name]), str(row[name])) for name in ("port_a", "port_b")]
        median, low, high = (_number(row[f"crossings_{name}"]) for name in ("median", "low_90", "high_90"))
        is_wide = rule.is_wide(low, high)
        mmsi = None if pd.isna(row["mmsi"]) else int(str(row["mmsi"]))
        in_port = mmsi is not None and probability >= rule.sure_probability
        sure = "moderate" if probability >= rule.moderate_leg_probability and row["status"] != CANDIDATE else "low"
        against = wording.chance_of_shuttle(_number(row["prior"]), _number(row["by_chance"]))
        note = (wording.crossings_interval((median, low, high)),) if is_wide else ()
        why = "when ships lay at the one port and the other"
        if mmsi is not None:
            why = "AIS received it in port" if in_port else "AIS received it on its way between them, and not in port"
        yield Finding(
            str(row["shuttle_id"]),
            "shuttle",
            str(row["port_a"]),
            start,
            end,
            wording.shuttle(ports[0], ports[1], (median, low, high), mmsi, is_wide=is_wide),
            likelihood_word(probability),
            "high" if in_port else sure,
            (*((why, against) if mmsi is None else (why,)), *note),
            tuple(f"{row['voyage_ids']} {row['visit_ids']}".split()),
            ("several ships of like length, each calling at one port", "calls at other ports between"),
        )


def _coverage(aoi: Aoi, tables: TableSet, period: TimeRange) -> Iterator[Finding]:
    counts = tables[COUNTS] if aoi.has_water else tables[COVERAGE][tables[COVERAGE]["kind"] == "aoi"]
    counts = counts[counts["aoi_id"] == aoi.id]
    inside = counts[
        (counts["acquired_at"] >= pd.Timestamp(period.start)) & (counts["acquired_at"] < pd.Timestamp(period.end))
    ]
    if len(clear_observations(inside)):
        return
    yield Finding(
        f"coverage|{aoi.id}|{period}",
        "coverage",
        aoi.id,
        period.start,
        period.end,
        wording.not_observed(aoi.name, period.start, period.end),
        "",
        "high",
        (f"{len(inside)} passes, none of them clear",),
        tuple(inside["scene_id"].astype(str)),
        (),
    )


def _counts(aoi: Aoi, tables: TableSet, period: TimeRange, rule: FindingRule) -> Iterator[Finding]:
    mine = tables[RATES][(tables[RATES]["aoi_id"] == aoi.id) & (tables[RATES]["what"] == "vessels")]
    for row in _within(mine, "start", period):
        observations = int(_number(row["observations"]))
        if not observations:
            continue
        rate = (_number(row["rate"]), _number(row["rate_low"]), _number(row["rate_high"]))
        claim = wording.vessels_per_observation(aoi.name, int(_number(row["seen"])), observations, rate)
        if row["is_change"]:
            claim += " " + wording.fewer_or_more(
                aoi.name, rate[0], (_number(row["expected_low"]), _number(row["expected_high"]))
            )
        start, end = _at(row["start"]), _at(row["end"])
        seen = tables[COUNTS][
            (tables[COUNTS]["aoi_id"] == aoi.id)
            & (tables[COUNTS]["acquired_at"] >= row["start"])
            & (tables[COUNTS]["acquired_at"] < row["end"])
        ]
        yield Finding(
            f"count|{aoi.id}|{start.isoformat()}",
            "count",
            aoi.id,
            start,
            end,
            claim,
            "",
            _confidence(observations, rule.many_observations, rule.some_observations),
            (plural(observations, "observation"),),
            tuple(seen["scene_id"].astype(str)),
            (wording.SNAPSHOT,),
        )


def _stacks(tables: TableSet, names: dict[str, str], period: TimeRange, rule: FindingRule) -> Iterator[Finding]:
    for row in _within(tables[STACKS], "acquired_at", period):
        length, change = _number(row["length_m"]), _number(row["change_m2"])
        if not length > 0 or not abs(change) >= rule.least_stack_change_m2:
            continue
        at, place = _at(row["acquired_at"]), _place(row, "yard_id", names)
        claim = wording.stack(place, length, (_number(row["teu_low"]), _number(row["teu_high"])), at)
        yield Finding(
            f"stack|{row['scene_id']}|{row['yard_id']}",
            "stack",
            str(row["aoi_id"]),
            at,
            at,
            claim,
            "",
            "moderate",
            (f"area changed by {change:+.0f} m² since the last clear observation",),
            (str(row["scene_id"]), str(row["previous_scene_id"])),
            (wording.EMPTY_BOXES, "another load on the pier"),
        )
