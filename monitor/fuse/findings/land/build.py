"""Findings on rail yards, storage and the ground."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.columns import floats, stamp
from monitor.core.findings import Finding, likelihood_word
from monitor.core.tables import LAND_CHANGES, LAND_STATES
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.core.wording import plural
from monitor.fuse.findings.land import wording
from monitor.fuse.findings.land.rules import LandFindingRule

Names: TypeAlias = Mapping[str, str]
Row: TypeAlias = Mapping[object, object]
_WEEK = pd.Timedelta(days=7)


def land_findings(
    aois: tuple[Aoi, ...], tables: TableSet, *, period: TimeRange, rule: LandFindingRule | None = None
) -> tuple[Finding, ...]:
    """Lasting changes, first trains, and how full each zone was when last seen, in a period.

    Parameters
    ----------
    aois : tuple of Aoi
        The places.
    tables : TableSet
        LAND_CHANGES and LAND_STATES, of all times: what is first needs the past.
    period : TimeRange
        What the findings are about.
    rule : LandFindingRule, optional
    """
    rule = rule or LandFindingRule()
    names = {zone.id: zone.name for aoi in aois for zone in aoi.zones} | {aoi.id: aoi.name for aoi in aois}
    states = seen_states(tables[LAND_STATES])
    return (
        *_changes(tables, names, period, rule),
        *_first_trains(states, names, period, rule),
        *_in_use(states, names, period, rule),
    )


def seen_states(states: pd.DataFrame) -> pd.DataFrame:
    """The rows of LAND_STATES with a share and its interval, in order of zone and time."""
    known = states[states[["share", "share_low", "share_high"]].notna().all(axis=1)]
    return known.sort_values(["aoi_id", "zone_id", "acquired_at", "scene_id"], kind="stable", ignore_index=True)


def place_of(names: Names, aoi_id: str, zone_id: str) -> str:
    """``Track A, Tikhoretsk``; the place alone where the zone is not named, or named after it.

    Parameters
    ----------
    names : mapping of str to str
        Of places and zones, by id.
    aoi_id, zone_id : str
        Ids; "" for no zone.
    """
    place, zone = names.get(aoi_id, aoi_id), names.get(zone_id, zone_id)
    return place if not zone_id or zone == place else f"{zone}, {place}"


def _at(value: object) -> datetime:
    at: datetime = pd.Timestamp(str(value)).to_pydatetime()
    return at


def _triple(row: Row, name: str, unit: str = "") -> tuple[float, float, float]:
    middle, low, high = (float(str(row[f"{name}{part}{unit}"])) for part in ("", "_low", "_high"))
    return middle, low, high


def _changes(tables: TableSet, names: Names, period: TimeRange, rule: LandFindingRule) -> Iterator[Finding]:
    inside = LAND_CHANGES.within(tables[LAND_CHANGES], period)
    for row in inside[inside["probability"] >= rule.least_probability].to_dict("records"):
        began = (_at(row["began_after"]), _at(row["began_before"]))
        observations = int(str(row["observations"]))
        lasted = wording.lasting(observations, _at(row["last_seen"]), ended=bool(row["ended"]))
        place = place_of(names, str(row["aoi_id"]), str(row["zone_id"]))
        yield Finding(
            str(row["change_id"]),
            "land_change",
            str(row["aoi_id"]),
            began[0],
            began[1],
            wording.ground_changed(place, str(row["kind"]), _triple(row, "area", "_m2"), began, lasted),
            likelihood_word(float(str(row["probability"]))),
            "high" if observations >= rule.many_observations else "moderate",
            (wording.wrong_here(float(str(row["false_alarms_per_year"]))), f"seen in {observations} observations"),
            (str(row["change_id"]), str(row["zone_id"])),
            tuple(text for text in str(row["alternatives"]).split("; ") if text),
        )


def _first_trains(states: pd.DataFrame, names: Names, period: TimeRange, rule: LandFindingRule) -> Iterator[Finding]:
    for (aoi, zone), rows in states[states["kind"] == "rail"].groupby(["aoi_id", "zone_id"], sort=True):
        for first, last, now in first_occupied(rows, rule):
            quiet, found = rows.iloc[first : last + 1], rows.iloc[now]
            at = _at(found["acquired_at"])
            if at not in period:
                continue
            since, until = quiet["acquired_at"].iloc[0], quiet["acquired_at"].iloc[-1]
            weeks = int((found["acquired_at"] - since) / _WEEK)
            place = place_of(names, str(aoi), str(zone))
            yield Finding(
                f"first_train|{zone}|{stamp(at)}",
                "first_train",
                str(aoi),
                _at(until),
                at,
                wording.first_trains(place, weeks, len(quiet), (since, until), at),
                "",
                "high" if len(quiet) >= rule.many_observations else "moderate",
                (f"{plural(len(quiet), 'clear observation')} without, the last of them {until:%Y-%m-%d %H:%M} UTC",),
                (str(found["scene_id"]), *quiet["scene_id"].astype(str).tolist()[-3:]),
                wording.TRAIN_ALTERNATIVES,
            )


def first_occupied(rows: pd.DataFrame, rule: LandFindingRule) -> Iterator[tuple[int, int, int]]:
    """The first and the last of a long run of observations of an empty zone, and the next, which shows it occupied.

    Parameters
    ----------
    rows : LAND_STATES table
        Observed rows of one zone, in order of time.
    rule : LandFindingRule
        What is empty, and how long is long.
    """
    low, share = floats(rows, "share_low"), floats(rows, "share")
    at = rows["acquired_at"].tolist()
    start = 0
    for k in range(len(rows)):
        if low[k] <= rule.empty_share:
            continue
        quiet = k - start
        is_long = quiet >= rule.quiet_observations and at[k] - at[start] >= pd.Timedelta(days=rule.quiet_days)
        if is_long and low[k] > share[start:k].max():
            yield start, k - 1, k
        start = k + 1


def _in_use(states: pd.DataFrame, names: Names, period: TimeRange, rule: LandFindingRule) -> Iterator[Finding]:
    """How full each zone was at the newest observation of a period."""
    inside = LAND_STATES.within(states, period)
    for (aoi, zone), rows in inside.groupby(["aoi_id", "zone_id"], sort=True):
        row: Row = rows.iloc[-1].to_dict()
        is_rail, at, past = row["kind"] == "rail", _at(row["acquired_at"]), int(str(row["observations"]))
        place = place_of(names, str(aoi), str(zone))
        yield Finding(
            f"land_state|{row['scene_id']}|{zone}",
            "land_state",
            str(aoi),
            at,
            at,
            wording.in_use(place, _triple(row, "share"), at, is_rail=is_rail),
            "",
            "moderate" if past >= rule.many_observations else "low",
            (f"rests on {plural(past, 'other clear observation')} of the zone",),
            (str(row["scene_id"]),),
            wording.TRAIN_ALTERNATIVES if is_rail else wording.STORAGE_ALTERNATIVES,
        )
