"""The rows of a place's land on the season's time axis: how full tracks and storage were, and what changed."""

from __future__ import annotations

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.tables import CHAIN_LINKS, CHAINS
from monitor.core.wording import minute
from monitor.fuse.findings.land import wording
from monitor.report.charts.season import Lane, Leg, Sight, Span
from monitor.report.page.model import BriefInput
from monitor.report.sections.land.place import changes_of, is_occupied, states_of
from monitor.report.sections.land.timeline import followed
from monitor.report.sections.notable import names_of

_MOST_ZONES = 6


def land_lanes(given: BriefInput, aoi: Aoi) -> tuple[Lane, ...]:
    """A row for each zone on which something was seen, the busiest few, and one for lasting changes.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    aoi : Aoi
        The place.
    """
    states, names = states_of(given, aoi), names_of(given)
    busy = states[is_occupied(states)]["zone_id"].value_counts(sort=False).sort_index()
    kept = set(busy.sort_values(ascending=False, kind="stable").index[:_MOST_ZONES])
    lanes = [
        Lane(names[zone.id], _sights(states[states["zone_id"] == zone.id], names[zone.id]))
        for zone in aoi.zones
        if zone.id in kept
    ]
    changes = _changes(given, aoi, names)
    return (*lanes, *((changes,) if changes.spans else ()))


def chain_legs(given: BriefInput) -> list[Leg]:
    """The links that were followed of the chains that beat chance, between places of the brief, in the period."""
    place, names = {aoi.id: n for n, aoi in enumerate(given.aois)}, names_of(given)
    links = CHAIN_LINKS.within(given.tables[CHAIN_LINKS], given.period)
    made = []
    for row in followed(given.tables[CHAINS], links).to_dict("records"):
        ends = [str(row[key]) for key in ("from_aoi", "to_aoi")]
        if ends[0] == ends[1] or not set(ends) <= set(place):
            continue
        left, came = (row["left_after"], row["left_before"]), (row["came_after"], row["came_before"])
        words = (
            f"{row['from_kind']}, {names[ends[0]]}, between {minute(left[0])} and {minute(left[1])}; {row['to_kind']}, "
            f"{names[ends[1]]}, between {minute(came[0])} and {minute(came[1])}"
        )
        made.append(Leg(place[ends[0]], place[ends[1]], left, came, words, "chain"))
    return made


def _sights(states: pd.DataFrame, name: str) -> tuple[Sight, ...]:
    return tuple(
        Sight(
            row.acquired_at,
            "share",
            f"{name}, {minute(row.acquired_at)}: {row.share:.2f} ({row.share_low:.2f}–{row.share_high:.2f}) in use",
            level=float(row.share),
        )
        for row in states.itertuples()
    )


def _changes(given: BriefInput, aoi: Aoi, names: dict[str, str]) -> Lane:
    until = pd.Timestamp(given.period.end)
    spans = []
    for row in changes_of(given, aoi).to_dict("records"):
        area = wording.hectares((row["area_m2"], row["area_low_m2"], row["area_high_m2"]))
        last = row["last_seen"] if row["ended"] else until
        words = f"{wording.ground_word(str(row['kind']))}, {area}, {names.get(str(row['zone_id']), aoi.id)}"
        spans.append(Span(row["began_after"], row["began_before"], last, last, "change", words))
    return Lane("Lasting changes", (), tuple(spans), is_deep=True)
