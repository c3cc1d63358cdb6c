"""What stands behind a place's land: every observation of its zones, each change in full, each link of a chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.findings import likelihood_word
from monitor.core.tables import CHAIN_LINKS, LAND_CHANGES, LAND_STATES
from monitor.core.timerange import TimeRange
from monitor.core.wording import minute, number
from monitor.fuse.findings.land import wording
from monitor.report.charts.shares import Share, ZoneShares, share_chart
from monitor.report.page.blocks import Block, Cell, Section, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.sections.land.place import chain_cells, chains_of
from monitor.report.sections.notable import names_of

WEEKS = 26
"""How far back a place's land is shown."""
_MOST_LINKS = 60
_DRAWN = ("rail", "open_storage")
_LAND = (*_DRAWN, "storage")


def land_sections(given: BriefInput, aoi: Aoi) -> tuple[Section, ...]:
    """The section of a place's land in the appendix; none where nothing on land is followed.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    aoi : Aoi
        The place.
    """
    blocks = land_blocks(given, aoi)
    title = f"{aoi.name or aoi.id}: {land_title(aoi).lower()}"
    return (Section(f"{aoi.id}-land", title, blocks),) if blocks else ()


def land_title(aoi: Aoi) -> str:
    """What the land of a place is about: departures alone where it has neither tracks nor storage."""
    return "Tracks, storage and ground" if any(aoi.of_kind(kind) for kind in _LAND) else "Departures and arrivals"


def land_blocks(given: BriefInput, aoi: Aoi) -> tuple[Block, ...]:
    """All that is known of a place's land in the last 26 weeks: how full its zones were, changes, chains.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    aoi : Aoi
        The place.
    """
    weeks = TimeRange(given.period.end - timedelta(weeks=WEEKS), given.period.end)
    blocks = (*_shares(given, aoi, weeks), *_changes(given, aoi, weeks), *_chains(given, aoi))
    if blocks or not any(aoi.of_kind(kind) for kind in _DRAWN):
        return blocks
    return (Text(("Not observed: nothing was measured of its tracks and storage.",), "limit"),)


def _shares(given: BriefInput, aoi: Aoi, weeks: TimeRange) -> tuple[Block, ...]:
    states = LAND_STATES.within(given.tables[LAND_STATES], weeks)
    states = states[states["aoi_id"] == aoi.id].sort_values(["acquired_at", "scene_id"], kind="stable")
    zones = [zone for kind in _DRAWN for zone in aoi.of_kind(kind) if (states["zone_id"] == zone.id).any()]
    if not zones:
        return ()
    names = names_of(given)
    shown = [ZoneShares(names[zone.id], _passes(states[states["zone_id"] == zone.id])) for zone in zones]
    first = max(weeks.start, states["acquired_at"].min().floor("D").to_pydatetime())
    return (
        share_chart(
            f"shares-{aoi.id}", shown, replace(weeks, start=first), _observations(states, names, aoi.name or aoi.id)
        ),
    )


def _passes(states: pd.DataFrame) -> tuple[Share, ...]:
    return tuple(
        Share(row.acquired_at, row.share, row.share_low, row.share_high, f"{minute(row.acquired_at)}: {_words(row)}")
        for row in states.itertuples()
    )


def _words(row: object) -> str:
    share, low, high = (float(getattr(row, name)) for name in ("share", "share_low", "share_high"))
    reason = str(getattr(row, "reason")) or str(getattr(row, "state"))  # noqa: B009
    return f"{share:.2f} ({low:.2f}–{high:.2f})" if share == share else f"no share ({reason})"


def _observations(states: pd.DataFrame, names: dict[str, str], place: str) -> Table:
    known = states[states["share"].notna()]
    rows = tuple(
        (
            Cell(minute(row.acquired_at)),
            Cell(names.get(str(row.zone_id), str(row.zone_id))),
            Cell(_words(row)),
            Cell(number(row.area_m2, 0, "m²")),
            Cell(str(row.observations)),
            Cell(str(row.scene_id)),
        )
        for row in known.itertuples()
    )
    return Table(
        f"{place}: share occupied, by observation",
        ("Acquired", "Zone", "Share (90 %)", "Area in use", "Other observations", "Scene"),
        rows,
        "Passes that did not show a zone have no row; those without a share (cloud, snow, no past, an interval that "
        "says nothing) are crosses above.",
        numeric=(3, 4),
        empty="No clear observation.",
        compact=True,
    )


def _changes(given: BriefInput, aoi: Aoi, weeks: TimeRange) -> tuple[Block, ...]:
    made = LAND_CHANGES.within(given.tables[LAND_CHANGES], weeks)
    made = made[made["aoi_id"] == aoi.id].sort_values(["began_before", "change_id"])
    if made.empty:
        return ()
    names = names_of(given)
    rows = tuple(
        (
            Cell(f"{wording.ground_word(str(row['kind']))}, {names.get(str(row['zone_id']), str(row['zone_id']))}"),
            Cell(wording.hectares((row["area_m2"], row["area_low_m2"], row["area_high_m2"]))),
            Cell(f"{minute(row['began_after'])} to {minute(row['began_before'])}"),
            Cell(wording.lasting(int(row["observations"]), row["last_seen"], ended=bool(row["ended"]))),
            Cell(likelihood_word(float(row["probability"]))),
            Cell(wording.wrong_here(float(row["false_alarms_per_year"]))),
            Cell(str(row["alternatives"]) or "–"),
        )
        for row in made.to_dict("records")
    )
    columns = ("What, where", "Area (90 %)", "Began between", "Lasted", "Likelihood", "False alarms", "Could also be")
    note = "A change is stated when at least two clear observations in a row show it."
    return (Table(f"{aoi.name or aoi.id}: lasting changes of the ground", columns, rows, note, compact=True),)


def _chains(given: BriefInput, aoi: Aoi) -> tuple[Block, ...]:
    tested = chains_of(given, aoi)
    if tested.empty:
        return ()
    rows = tuple(
        (*chain_cells(given, row), Cell(f"{row['p_value']:.2g}"), Cell(f"{row['p_adjusted']:.2g}"))
        for row in tested.to_dict("records")
    )
    comparisons = int(tested["comparisons"].iloc[0])
    table = Table(
        f"{aoi.name or aoi.id}: departures beside arrivals elsewhere",
        ("First", "Then", "After", "Followed", "By chance (90 %)", "p", f"p, of {comparisons} comparisons"),
        rows,
        f"{wording.CHAIN_CAVEAT} Chance is what the same arrivals give when they are moved in time within their "
        "season; the last column is after Holm's correction.",
        compact=True,
    )
    return (table, _links(given, tested))


def _links(given: BriefInput, tested: pd.DataFrame) -> Table:
    """The links of the strongest of the chains."""
    first = tested.iloc[0]
    links = given.tables[CHAIN_LINKS]
    mine = links[links["chain_id"] == first["chain_id"]].sort_values("left_after")
    rows = tuple(
        (
            Cell(f"{minute(row['left_after'])} to {minute(row['left_before'])}"),
            Cell(f"{minute(row['came_after'])} to {minute(row['came_before'])}" if row["came_evidence"] else "–"),
            Cell(str(row["state"])),
            Cell(number(float(row["probability"]), 2)),
        )
        for row in mine.tail(_MOST_LINKS).to_dict("records")
    )
    names = names_of(given)
    ends = [names.get(str(first[key]), str(first[key])) for key in ("from_aoi", "to_aoi")]
    return Table(
        f"Departures of the first of these: {first['from_kind']}, {ends[0]}; {first['to_kind']}, {ends[1]}",
        ("Left between", "Came between", "State", "Probability"),
        rows,
        "By the observations before and after each; the probability is that the time between fits.",
        numeric=(3,),
        compact=True,
    )
