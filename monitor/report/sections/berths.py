"""The berths and yards of a port: calendar, stacks, stays."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta
from typing import Any

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import BERTH_STATES, STACKS, VISITS
from monitor.core.timerange import TimeRange
from monitor.core.wording import measured_length, minute, plural
from monitor.fuse.stays.visits import detectability
from monitor.report.page.blocks import Block, Cell, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.sections.land.place import share_text

WEEKS = 26
STAYS_H = (12.0, 24.0, 48.0)
"""Lengths of stays for which a brief states how many the observations would have met."""
_ALIKE = 0.01
_CALENDAR_COLUMNS = 18
_P = {"occupied": ("P", "present", "present: a vessel lay there"), "empty": ("A", "absent", "absent: berth seen empty")}


def berth_calendar(given: BriefInput, aoi: Aoi) -> tuple[Block, ...]:
    """Berth by observation: P present, A absent, ? not observed; one table for every eighteen observations."""
    weeks = TimeRange(given.period.end - timedelta(weeks=WEEKS), given.period.end)
    states = BERTH_STATES.within(given.tables[BERTH_STATES], weeks)
    states = states[states["aoi_id"] == aoi.id]
    berths = {zone.id: zone.title for zone in aoi.berths}
    if not berths:
        return (Text(("The port's file names no berths, so none are followed.",), "limit"),)
    if states.empty:
        return (Text(("Not observed: no observation at the berths is on record.",), "limit"),)
    scenes = states.drop_duplicates("scene_id").sort_values(["acquired_at", "scene_id"])
    table = {(str(r.berth_id), str(r.scene_id)): r for r in states.itertuples()}
    blocks: list[Block] = []
    for first in range(0, len(scenes), _CALENDAR_COLUMNS):
        some = scenes.iloc[first : first + _CALENDAR_COLUMNS]
        head = tuple(f"{r.acquired_at:%d %b} {_short(str(r.sensor))}".strip() for r in some.itertuples())
        rows = tuple(
            (Cell(name), *(_berth(table.get((berth, str(scene)))) for scene in some["scene_id"]))
            for berth, name in berths.items()
        )
        span = f"{some['acquired_at'].iloc[0]:%Y-%m-%d} to {some['acquired_at'].iloc[-1]:%Y-%m-%d}"
        blocks.append(
            Table(
                f"{aoi.name or aoi.id}: berth by observation, {span}",
                ("Berth", *head),
                rows,
                "P a vessel was present; A absent: the berth was seen empty; ? not observed at that observation.",
                compact=True,
            )
        )
    return tuple(blocks)


def _short(name: str) -> str:
    """What stands beside a date for an observation that is not Sentinel-2's: radar, or the sensor."""
    return "" if name == "s2" else name if sensor(name).optical else "radar"


def _berth(row: object) -> Cell:
    code, kind, note = _P.get(str(getattr(row, "state", "")), ("?", "none", "not observed"))
    probability = getattr(row, "probability", float("nan"))
    return Cell(code, kind, note if pd.isna(probability) else f"{note}; probability occupied {probability:.2f}")


def stacks(given: BriefInput, aoi: Aoi) -> tuple[Block, ...]:
    """Yards at the observations of the period in which something stood or changed, as intervals.

    The rest follow in a sentence.
    """
    made = STACKS.within(given.tables[STACKS], given.period)
    made = made[made["aoi_id"] == aoi.id]
    names = {zone.id: zone.name or zone.id for zone in aoi.zones}
    made = made.sort_values(["yard_id", "acquired_at"])
    notable = made[(made["area_m2"] > 0) | (made["change_m2"].fillna(0.0) != 0)]
    table = Table(
        f"{aoi.name or aoi.id}: container stacks by yard and observation",
        ("Yard", "Observation", "In use", "Length (interval)", "Area (interval)", "Change", "Room for 20-ft boxes"),
        tuple(_stack_row(row, names) for row in notable.to_dict("records")),
        "Room for boxes is area over 14.8 m² a box, one to three tiers: a bound, never a count. Boxes may be empty.",
        numeric=(5, 6),
        compact=True,
        empty="No observation at a yard in this period, or the port's file names no yards."
        if made.empty
        else "No stack was found at any yard in the observations of this period; small stacks on piers can be missed.",
    )
    parts = []
    for yard, rows in made.groupby("yard_id", sort=True):
        seen, bare = rows["area_m2"].notna().sum(), (rows["area_m2"] == 0).sum()
        parts.append(
            f"{names.get(str(yard), str(yard))}: {plural(int(seen), 'observation')} of {len(rows)} passes, no stack "
            f"found in {bare}"
        )
    return (table, Text(("; ".join(parts) + ".",), "note")) if parts else (table,)


def _stack_row(row: dict[Hashable, Any], names: dict[str, str]) -> tuple[Cell, ...]:
    change = "–" if pd.isna(row["change_m2"]) else f"{row['change_m2']:+,.0f} m²"
    return (
        Cell(names.get(str(row["yard_id"]), str(row["yard_id"]))),
        Cell(minute(row["acquired_at"])),
        Cell(share_text(row)),
        Cell(_span(row["length_m"], row["length_low_m"], row["length_high_m"], "m")),
        Cell(_span(row["area_m2"], row["area_low_m2"], row["area_high_m2"], "m²")),
        Cell(change),
        Cell("–" if pd.isna(row["teu_low"]) else f"{row['teu_low']:,.0f}–{row['teu_high']:,.0f}"),
    )


def _span(value: float, low: float, high: float, unit: str) -> str:
    interval = "" if pd.isna(low) or pd.isna(high) else f" ({low:,.0f}–{high:,.0f})"
    return f"{value:,.0f} {unit}{interval}"


def visits(given: BriefInput, aoi: Aoi) -> Table:
    """Stays that may share an instant with the period, each with the intervals in which it began and ended."""
    made = VISITS.within(given.tables[VISITS], given.period)
    made = made[made["aoi_id"] == aoi.id]
    names = {zone.id: zone.name for zone in aoi.zones}
    rows = tuple(
        (
            Cell(names.get(str(r.berth_id), str(r.berth_id) or "–")),
            Cell(_between(r.arrived_not_before, r.arrived_not_after)),
            Cell(
                "still there at the last clear observation"
                if r.is_open
                else _between(r.departed_not_before, r.departed_not_after)
            ),
            Cell(measured_length(r.length_m, r.length_low_m, r.length_high_m)),
            Cell(str(r.observations)),
            Cell("none" if pd.isna(r.mmsi) else f"MMSI {r.mmsi}"),
            Cell(str(r.evidence)),
        )
        for r in made.sort_values(["arrived_not_after", "visit_id"]).itertuples()
    )
    return Table(
        f"{aoi.name or aoi.id}: stays seen, with the bounds of arrival and departure",
        ("Place", "Arrived between", "Left between", "Length (90 %)", "Observations", "AIS", "Evidence"),
        rows,
        "At least these: a stay between two observations leaves no trace here.",
        numeric=(4,),
        empty="No stay was seen. That bounds nothing where there were no observations.",
        compact=True,
    )


def detectable_stays(given: BriefInput, aoi: Aoi) -> Text:
    """What share of the stays of each length the clear observations at the berths would have met.

    Stays that begin within the period count.
    """
    states = given.tables[BERTH_STATES]
    states = states[states["aoi_id"] == aoi.id]
    start, end = pd.Timestamp(given.period.start), pd.Timestamp(given.period.end)
    shares = detectability(states, start=start, end=end, stays_h=STAYS_H)
    if shares.empty:
        return Text(
            (f"{aoi.name or aoi.id}: no berth is followed, so no share of the stays could have been met.",), "limit"
        )
    parts = []
    for stay_h, rows in shares.groupby("stay_h", sort=True):
        low, mean, high = (float(getattr(rows["share"], name)()) for name in ("min", "mean", "max"))
        spread = "" if high - low < _ALIKE else f" ({low:.0%}–{high:.0%} by berth)"
        parts.append(f"{mean:.0%} of those of {stay_h:.0f} h{spread}")
    return Text(
        (
            f"Of the stays at {plural(shares['berth_id'].nunique(), 'berth')} that could have begun in this "
            "period, the "
            f"clear observations would have met {', '.join(parts[:-1])} and {parts[-1]}; the rest would have left no "
            "trace. This "
            "is computed from the observations alone and takes a ship that lay there at a clear observation for seen.",
        ),
        "note",
    )


def _between(low: pd.Timestamp, high: pd.Timestamp) -> str:
    if pd.isna(low) and pd.isna(high):
        return "not bounded"
    if pd.isna(low):
        return f"not after {minute(high)}"
    return f"not before {minute(low)}" if pd.isna(high) else f"{minute(low)} and {minute(high)}"
