"""The rows of a place's land on the season's time axis: how full tracks and storage were, and what changed."""

from __future__ import annotations

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.wording import minute
from monitor.fuse.findings.land import wording
from monitor.report.charts.season import Lane, Sight, Span
from monitor.report.page.model import BriefInput
from monitor.report.sections.land.place import changes_of, is_occupied, states_of
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
        words = f"{row['kind']}, {area}, {names.get(str(row['zone_id']), aoi.id)}"
        spans.append(Span(row["began_after"], row["began_before"], last, last, "change", words))
    return Lane("Lasting changes", (), tuple(spans), is_deep=True)
