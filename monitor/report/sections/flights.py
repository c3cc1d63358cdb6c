"""The part of a brief about flights: what traces show, what others published, where the two disagree."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from monitor.aviation.timeline import calls_at
from monitor.core.tables import AIR_CALLS, AIR_CLAIMS, AIR_CONFLICTS, AIR_REPEATS, AIR_TRACKS, AIRFIELDS, TIMELINE
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.core.wording import hours, minute, number, plural
from monitor.report.charts.flight_map import air_map
from monitor.report.charts.timeline import timeline_chart
from monitor.report.page.blocks import Block, Cell, Section, Table, Text, TileFigure

LIMITS = (
    "Flight data corroborate; they prove no cargo and no purpose. Coverage over closed airspace is thin: the end of "
    "a track is not a landing, and a day without calls is not one without flights unless others were received there.",
    "“Landed” means seen at rest at the field, or low and slow there with nothing received beyond. "
    "“Consistent with a landing” means that the trace ends, begins again, and the field was within reach in between.",
)
_STATUS = ("landed", "consistent", "overflight", "contested", "track ends", "track begins")


@dataclass(frozen=True, slots=True, eq=False)
class FlightsInput:
    """What the part draws on.

    Attributes
    ----------
    period : TimeRange
        What the part is about.
    tables : TableSet
        Those of `monitor.core.tables.aviation`. TIMELINE may hold rows of other rooms; it is drawn when given.
    sentences : tuple of str
        How unusual the calls are, in words.
    rate_tables : tuple of Table
        How unusual they are, in numbers.
    simulated : bool
        Whether any of it is made up.
    """

    period: TimeRange
    tables: TableSet
    sentences: tuple[str, ...] = ()
    rate_tables: tuple[Table, ...] = ()
    simulated: bool = False


def flights_section(given: FlightsInput) -> Section:
    """The part ``flights``: limits, calls at closed airfields, map, timeline, published claims, conflicts."""
    airfields = given.tables[AIRFIELDS]
    closed = frozenset(airfields.loc[airfields["closed"], "airfield_id"])
    calls = AIR_CALLS.within(calls_at(given.tables[AIR_CALLS], closed), given.period)
    blocks: list[Block] = [Text(LIMITS, "limit"), _summary(calls), _calls(calls)]
    if len(given.tables[AIR_TRACKS]):
        blocks.append(_map(given, calls))
    if len(given.tables[TIMELINE]):
        blocks.append(timeline_chart("flights-timeline", given.tables[TIMELINE], given.period))
    blocks += given.rate_tables
    if given.sentences:
        blocks.append(Text(given.sentences))
    blocks += [
        _passes(calls),
        _repeats(given.tables[AIR_REPEATS], closed),
        _claims(given.tables[AIR_CLAIMS], given.period),
        _conflicts(given.tables[AIR_CONFLICTS]),
    ]
    return Section("flights", "Flights", tuple(blocks))


def _summary(calls: pd.DataFrame) -> Text:
    counts = calls["status"].value_counts()
    counted = [f"{counts[s]} {s}" for s in _STATUS if s in counts]
    if not counted:
        return Text(("No trace in the period touches closed airspace in a way that can be stated.",))
    aircraft = plural(int(calls["icao24"].nunique()), "aircraft", "aircraft")
    return Text((f"Of {aircraft} on the watch list, at closed airfields: at least {', '.join(counted)}.",))


def _calls(calls: pd.DataFrame) -> Table:
    rows = tuple(
        (
            Cell(row.claim, anchor=row.call_id),
            Cell(row.status),
            Cell(_ground(row)),
            Cell(row.light or "–"),
            Cell(row.evidence),
            Cell(row.reception),
            Cell(row.alternatives or "–"),
            Cell(row.flags or "–"),
        )
        for row in calls[calls["status"].isin(_STATUS) & (calls["status"] != "overflight")].itertuples()
    )
    columns = ("Statement", "Status", "On the ground", "Light", "Evidence", "Reception there", "What else", "Flags")
    return Table("Calls at airfields in closed airspace", columns, rows, empty="None in this period.", compact=True)


def _passes(calls: pd.DataFrame) -> Table:
    rows = tuple(
        (Cell(row.claim, anchor=row.call_id), Cell(row.light or "–"), Cell(row.evidence), Cell(row.flags or "–"))
        for row in calls[calls["status"] == "overflight"].itertuples()
    )
    columns = ("Statement", "Light", "Evidence", "Flags")
    return Table("Passes without a landing", columns, rows, empty="None in this period.", compact=True)


def _ground(row: object) -> str:
    low, high = getattr(row, "ground_low_h"), getattr(row, "ground_high_h")  # noqa: B009
    if pd.isna(low) and pd.isna(high):
        return "not known"
    if pd.isna(high):
        return f"at least {hours(low)}"
    return f"{hours(0.0 if pd.isna(low) else low)} to {hours(high)}"


def _map(given: FlightsInput, calls: pd.DataFrame) -> TileFigure:
    tracks = AIR_TRACKS.within(given.tables[AIR_TRACKS], given.period)
    picture = air_map(
        tracks[tracks["icao24"].isin(set(calls["icao24"]))],
        calls,
        given.tables[AIRFIELDS],
        title=f"Flights {given.period.start:%Y-%m-%d} to {given.period.end:%Y-%m-%d}",
        simulated=given.simulated,
    )
    caption = (
        "Tracks as received; broken where nothing was received for 20 minutes or more. Marks stand beside their "
        "airfields."
    )
    rows = tuple(
        (
            Cell(r.registration or r.icao24),
            Cell(r.status),
            Cell(r.candidates or "–"),
            Cell(minute(r.arrived_not_before)),
            Cell(number(r.closest_km, 1, "km")),
        )
        for r in calls.itertuples()
    )
    details = Table("Calls on the map", ("Aircraft", "Status", "Fields named", "Not before", "Nearest position"), rows)
    return TileFigure(id="flights-map", annotated=picture, plain=None, caption=caption, facts=(), details=details)


def _repeats(repeats: pd.DataFrame, closed: frozenset[str]) -> Table:
    own = repeats[repeats["airfield_id"].isin(closed)]
    rows = tuple(
        (
            Cell(r.registration or r.icao24),
            Cell(r.airfield_id),
            Cell(str(r.calls)),
            Cell(str(r.landed)),
            Cell(minute(r.first)),
            Cell(minute(r.last)),
            Cell(number(r.median_days, 1)),
        )
        for r in own.itertuples()
    )
    columns = ("Aircraft", "Field", "Calls", "Landed", "First", "Last", "Median days between")
    return Table("The same aircraft again", columns, rows, numeric=(2, 3, 6), empty="No aircraft called twice.")


def _claims(claims: pd.DataFrame, period: TimeRange) -> Table:
    claims = AIR_CLAIMS.within(claims, period)
    rows = tuple(
        (
            Cell(r.registration or r.type),
            Cell(f"{r.from_place} to {r.to_place}"),
            Cell(r.event),
            Cell(minute(r.not_before)),
            Cell(minute(r.not_after)),
            Cell(r.statement),
            Cell(r.time_zone or "unsaid"),
            Cell(r.citation),
        )
        for r in claims.sort_values("not_before").itertuples()
    )
    columns = ("Aircraft", "Way", "Event", "Not before", "Not after", "As published", "Time zone", "Source")
    return Table("What others published", columns, rows, empty="None in this period.", compact=True)


def _conflicts(conflicts: pd.DataFrame) -> Table:
    rows = tuple((Cell(r.wording), Cell(r.explained), Cell(str(abs(r.days_apart)))) for r in conflicts.itertuples())
    columns = ("Conflict", "Explained by", "Days apart")
    return Table("Sources that disagree", columns, rows, numeric=(2,), empty="None found.")
