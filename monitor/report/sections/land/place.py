"""What a place's section has of its land: tracks and storage, lasting changes, chains, and what has not happened."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import isnan
from typing import Any

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.findings import likelihood_word
from monitor.core.tables import CHAINS, LAND_CHANGES, LAND_STATES
from monitor.core.wording import day, number, plural
from monitor.fuse.findings.land import wording
from monitor.fuse.findings.land.build import seen_states
from monitor.fuse.findings.land.chains import beats_chance
from monitor.fuse.findings.rules import FindingRule
from monitor.report.page.blocks import Block, Cell, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.sections.notable import names_of, short_name

_RULE = FindingRule().land
_MOST_ZONES, _MOST_CHANGES, _MOST_CHAINS = 6, 4, 3


def land(given: BriefInput, aoi: Aoi) -> tuple[Block, ...]:
    """The blocks of a place's own section: a few rows of what was seen, a sentence of what was not.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    aoi : Aoi
        The place; without tracks, storage or ground that is followed there are no blocks.
    """
    states, changes = states_of(given, aoi), changes_of(given, aoi)
    if states.empty and changes.empty:
        return ()
    tables = (_in_use(given, aoi, states), _changed(given, aoi, changes), _chains(given, aoi))
    quiet = _quiet(given, aoi, states, changes)
    return (*(one for one in tables if one is not None), *((Text((quiet,)),) if quiet else ()))


def states_of(given: BriefInput, aoi: Aoi) -> pd.DataFrame:
    """LAND_STATES of a place in the period, those with a share, in order of zone and time."""
    states = LAND_STATES.within(given.tables[LAND_STATES], given.period)
    return seen_states(states[states["aoi_id"] == aoi.id])


def changes_of(given: BriefInput, aoi: Aoi) -> pd.DataFrame:
    """LAND_CHANGES of a place that have a part in the period and are likely, in order of their beginning."""
    made = LAND_CHANGES.within(given.tables[LAND_CHANGES], given.period)
    made = made[(made["aoi_id"] == aoi.id) & (made["probability"] >= _RULE.least_probability)]
    return made.sort_values(["began_before", "change_id"], ignore_index=True)


def chains_of(given: BriefInput, aoi: Aoi) -> pd.DataFrame:
    """CHAINS that were tested and have one end at a place, the least p-value first."""
    made = given.tables[CHAINS]
    made = made[((made["from_aoi"] == aoi.id) | (made["to_aoi"] == aoi.id)) & made["p_adjusted"].notna()]
    return made.sort_values(["p_adjusted", "p_value", "chain_id"], ignore_index=True)


def share_text(row: Mapping[Hashable, Any]) -> str:
    """``about half (0.3–0.6)`` of a row of LAND_STATES or STACKS; a dash where it is not known."""
    share, low, high = (float(row[name]) for name in ("share", "share_low", "share_high"))
    if isnan(share):
        return "–"
    return f"{wording.share_word(share, '').strip()} ({low:.1f}–{high:.1f})"


def is_occupied(states: pd.DataFrame) -> pd.Series:
    """Whether each row of LAND_STATES shows a zone that is surely not empty."""
    return states["share_low"] > _RULE.empty_share


def _in_use(given: BriefInput, aoi: Aoi, states: pd.DataFrame) -> Table | None:
    """A row for each zone on which something was seen; None where there is none."""
    names, rows = names_of(given), []
    for zone, mine in states.groupby("zone_id", sort=True):
        occupied = int(is_occupied(mine).sum())
        if occupied:
            last = next(mine.tail(1).itertuples())
            fullest = next(mine.nlargest(1, "share").itertuples())
            cells = (
                Cell(names.get(str(zone), str(zone))),
                Cell(f"{occupied} of {len(mine)}"),
                Cell(f"{share_text(last._asdict())}, {short_day(last.acquired_at)}"),
                Cell(f"{share_text(fullest._asdict())}, {short_day(fullest.acquired_at)}"),
            )
            rows.append((-occupied, cells))
    if not rows:
        return None
    shown = tuple(cells for _, cells in sorted(rows, key=lambda row: row[0])[:_MOST_ZONES])
    left = len(rows) - len(shown)
    return Table(
        f"{short_name(aoi.name or aoi.id)}: tracks and storage in use",
        ("Zone", "Occupied", "Newest observation", "Fullest"),
        shown,
        f"{plural(left, 'more zone')} in the appendix." if left else "",
        compact=True,
    )


def _changed(given: BriefInput, aoi: Aoi, changes: pd.DataFrame) -> Table | None:
    """The largest lasting changes; None without any."""
    if changes.empty:
        return None
    names = names_of(given)
    largest = changes.nlargest(_MOST_CHANGES, "area_m2").sort_values("began_before")
    rows = tuple(
        (
            Cell(f"{wording.ground_word(str(row['kind']))}, {names.get(str(row['zone_id']), str(row['zone_id']))}"),
            Cell(wording.hectares((row["area_m2"], row["area_low_m2"], row["area_high_m2"])).removeprefix("about ")),
            Cell(f"{short_day(row['began_after'])} to {short_day(row['began_before'])}"),
            Cell(likelihood_word(float(row["probability"]))),
        )
        for row in largest.to_dict("records")
    )
    left = len(changes) - len(rows)
    return Table(
        f"{short_name(aoi.name or aoi.id)}: ground that changed and stayed so",
        ("What, where", "Area", "Began between", "Likelihood"),
        rows,
        f"{plural(left, 'smaller change')} in the appendix." if left else "",
        compact=True,
    )


def _chains(given: BriefInput, aoi: Aoi) -> Table | None:
    """The chains with an end here that beat chance; None without any."""
    found = chains_of(given, aoi)
    found = found[beats_chance(found, _RULE)].head(_MOST_CHAINS)
    if found.empty:
        return None
    return Table(
        f"{short_name(aoi.name or aoi.id)}: what follows what more often than chance gives",
        ("First", "Then", "After", "Followed", "By chance"),
        tuple(chain_cells(given, row) for row in found.to_dict("records")),
        wording.CHAIN_CAVEAT,
        compact=True,
    )


def chain_cells(given: BriefInput, row: dict[str, object]) -> tuple[Cell, ...]:
    """The cells of a row of CHAINS: what left, what came, after how long, how often, and how often by chance."""
    names = names_of(given)
    ends = [str(row[key]) for key in ("from_aoi", "to_aoi")]
    numbers = [number(float(str(row[f"chance_{name}"])), 1) for name in ("followed", "low", "high")]
    days = [float(str(row[f"fit_{name}_days"])) for name in ("low", "high")]
    return (
        Cell(f"{row['from_kind']}, {names.get(ends[0], ends[0])}"),
        Cell(f"{row['to_kind']}, {names.get(ends[1], ends[1])}"),
        Cell(f"{days[0]:.0f}–{days[1]:.0f} days"),
        Cell(f"{float(str(row['followed'])):.1f} of {row['departures']}"),
        Cell(f"{numbers[0]} ({numbers[1]}–{numbers[2]})"),
    )


def _quiet(given: BriefInput, aoi: Aoi, states: pd.DataFrame, changes: pd.DataFrame) -> str:
    """What has not happened, in as many short sentences as there are things to say."""
    name, parts = short_name(aoi.name or aoi.id), list[str]()
    if changes.empty:
        made = LAND_CHANGES.within(given.tables[LAND_CHANGES], given.period)
        less_likely = int((made["aoi_id"] == aoi.id).sum())
        parts.append(wording.no_change(name, states["scene_id"].nunique(), less_likely=less_likely))
    tracks = states[states["kind"] == "rail"]
    empty = [zone for zone, mine in tracks.groupby("zone_id") if (mine["share"] <= _RULE.empty_share).all()]
    if empty:
        mine = tracks[tracks["zone_id"].isin(empty)]
        names = names_of(given)
        tracks_named = [names.get(str(zone), str(zone)) for zone in empty]
        parts.append(wording.no_trains(tracks_named, mine["scene_id"].nunique()))
    tested = chains_of(given, aoi)
    if len(tested) and not beats_chance(tested, _RULE).any():
        parts.append(wording.no_chain(len(tested)))
    return " ".join(parts)


def short_day(at: pd.Timestamp) -> str:
    """``5 Oct``, the day in UTC without its year."""
    return day(at).rpartition(" ")[0]
