"""Flights, published flights, visits, shuttles, stacks and dated events on one time axis.

`timeline_html` is the timeline as a fragment of a page (drawing, caption and the table behind it); `timeline_chart` is
the same as a block of a brief. Both take TIMELINE rows, which `ws.aviation.timeline` gathers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from monitor.core.tables import SHUTTLES, STACKS, VISITS
from monitor.core.tables.aviation import TIMELINE
from monitor.core.timerange import TimeRange
from monitor.core.wording import about_length, minute, number, plural
from monitor.report.charts.svg import day_ticks, document, line, tag, text, title
from monitor.report.page.blocks import Cell, Chart, Table
from monitor.report.page.style import BLUE, BROWN, GREEN, INK, ORANGE, PURPLE, QUIET, RULE, SKY, VERMILLION
from monitor.report.render.html import environment

LANES = ("flight", "published flight", "visit", "oil stay", "shuttle", "stack", "ground", "chain", "event")
_COLOUR = {
    "flight": ORANGE,
    "published flight": SKY,
    "visit": GREEN,
    "oil stay": INK,
    "shuttle": BLUE,
    "stack": PURPLE,
    "ground": BROWN,
    "chain": QUIET,
    "event": VERMILLION,
}
_HOLLOW = frozenset({"consistent", "contested", "overflight", "open"})
_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 900, 150, 28, 18, 15
_CAPTION = (
    "What was seen in the air, on the water and on the ground, on one axis. A bar is as wide as the doubt about its "
    "time; hollow bars are landings that were not seen, and stays still open; thin ones are passes. That two things "
    "stand near each other in time is not evidence that one caused the other."
)


def visit_rows(
    visits: pd.DataFrame,
    *,
    until: pd.Timestamp,
    oil_berths: Collection[str] = frozenset(),
    names: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """TIMELINE rows of VISITS: from the earliest arrival to the latest departure, open ones to `until`.

    Parameters
    ----------
    visits : VISITS table
    until : Timestamp
        Where open visits end.
    oil_berths : collection of str, optional
        Ids of berths whose stays have a lane of their own, ``oil stay``.
    names : mapping of str to str, optional
        What berths and ports are called, by id.
    """
    made = []
    for row in VISITS.conform(visits).itertuples():
        start = _first(row.arrived_not_before, row.arrived_not_after)
        end = until if row.is_open else _first(row.departed_not_after, row.departed_not_before, until)
        seen = f"{minute(row.arrived_not_after)} to {minute(row.departed_not_before)}"
        length, place = about_length(float(row.length_m)), row.berth_id or row.aoi_id
        claim = f"A vessel {length} at {names.get(place, place)}, seen {seen} in "
        claim += f"{plural(row.observations, 'observation')}."
        made.append(
            (
                row.visit_id,
                start,
                end,
                "oil stay" if row.berth_id in oil_berths else "visit",
                row.aoi_id,
                row.berth_id,
                "open" if row.is_open else "closed",
                claim,
                row.detection_ids,
                "",
            )
        )
    return _table(made)


def shuttle_rows(shuttles: pd.DataFrame, *, names: Mapping[str, str] = MappingProxyType({})) -> pd.DataFrame:
    """TIMELINE rows of SHUTTLES, from the first leg to the last; `names` as for `visit_rows`."""
    made = []
    for row in SHUTTLES.conform(shuttles).itertuples():
        ends = f"between {names.get(row.port_a, row.port_a)} and {names.get(row.port_b, row.port_b)}"
        legs = f"At least {plural(int(row.legs), 'leg')} {ends}."
        claim = legs if row.legs else f"A shuttle {ends}; no single leg is shown."
        made.append(
            (
                row.shuttle_id,
                row.first,
                row.last,
                "shuttle",
                f"{row.port_a} {row.port_b}",
                row.shuttle_id,
                "",
                claim,
                row.voyage_ids,
                "",
            )
        )
    return _table(made)


def stack_rows(
    stacks: pd.DataFrame, *, least_m2: float = 1000.0, names: Mapping[str, str] = MappingProxyType({})
) -> pd.DataFrame:
    """TIMELINE rows of STACKS whose area changed enough since the last clear observation.

    Parameters
    ----------
    stacks : STACKS table
    least_m2 : float, optional
        How much is enough, either way.
    names : mapping of str to str, optional
        What yards are called, by id.
    """
    table = STACKS.conform(stacks)
    made = []
    for row in table[table["change_m2"].abs() >= least_m2].itertuples():
        word = "grew" if row.change_m2 > 0 else "shrank"
        yard, area = names.get(row.yard_id, row.yard_id), number(abs(row.change_m2))
        claim = f"The stack in {yard} {word} by about {area} m² since the last clear observation."
        made.append(
            (
                f"{row.scene_id}-{row.yard_id}",
                row.acquired_at,
                row.acquired_at,
                "stack",
                row.aoi_id,
                row.yard_id,
                word,
                claim,
                row.scene_id,
                "",
            )
        )
    return _table(made)


def merged(*tables: pd.DataFrame) -> pd.DataFrame:
    """Several TIMELINE tables as one, in order of time."""
    filled = [TIMELINE.conform(table) for table in tables if len(table)]
    if not filled:
        return TIMELINE.empty()
    table = pd.concat(filled, ignore_index=True).drop_duplicates("row_id")
    return TIMELINE.conform(table.sort_values(["start", "row_id"], kind="stable"))


def timeline_chart(id: str, rows: pd.DataFrame, period: TimeRange) -> Chart:  # noqa: A002
    """The rows that share an instant with a period, a lane for each kind; overlapping bars go under each other.

    A row whose start is unknown begins at the left edge.

    Parameters
    ----------
    id : str
        Anchor in the page.
    rows : TIMELINE table
    period : TimeRange
        What the axis spans; rows outside are left out.
    """
    table = TIMELINE.within(TIMELINE.conform(rows), period)
    table = table.assign(end=table["end"].fillna(pd.Timestamp(period.end)))
    table = table.sort_values(["start", "row_id"], kind="stable", na_position="first")
    parts: list[str] = []
    y = float(_TOP)
    for lane in LANES:
        own = table[table["lane"] == lane]
        if len(own):
            drawn, y = _lane(lane, own, period, y)
            parts += drawn
    axis = [line(_LEFT, y, _WIDTH - _RIGHT, y, colour=INK)]
    for at, label in day_ticks(period):
        x = _x(pd.Timestamp(at), period)
        axis += [line(x, _TOP, x, y + 5, colour=RULE), text(x, y + 19, label, anchor="middle")]
    counts = ", ".join(f"{n} {lane}" for lane in LANES if (n := int((table["lane"] == lane).sum())))
    alt = f"Timeline {period}: {counts or 'nothing'}"
    return Chart(id, document(_WIDTH, y + 30, axis + parts, alt=alt), alt, _CAPTION, _details(table))


def timeline_html(rows: pd.DataFrame, period: TimeRange, *, id: str = "timeline") -> str:  # noqa: A002
    """The timeline as an HTML fragment: a ``figure`` with the SVG and its caption, and the folded table behind it.

    Parameters
    ----------
    rows : TIMELINE table
        Empty gives an axis without bars and the sentence that nothing is there.
    period : TimeRange
        What the axis spans; rows outside are left out.
    id : str
        The figure's anchor in the page.

    Notes
    -----
    The drawing carries no styles or scripts; classes are those of ``templates/brief.css``. All text is escaped.
    """
    template = environment().from_string('{% import "blocks.html.j2" as b with context %}{{ b.render(block) }}')
    return str(template.render(block=timeline_chart(id, rows, period), paper=False, paper_rows=0, short_rows=0))


def _lane(lane: str, own: pd.DataFrame, period: TimeRange, y: float) -> tuple[list[str], float]:
    colour = _COLOUR[lane]
    parts = [text(8, y + 13, lane, size=12.5, weight="600")]
    free: list[float] = []
    for row in own.itertuples():
        x0, x1 = _x(row.start, period), _x(row.end, period)
        x1 = max(x1, x0 + 5.0)
        level = next((k for k, edge in enumerate(free) if edge <= x0), len(free))
        free[level : level + 1] = [x1 + 2.0]
        hollow, thin = row.status in _HOLLOW, row.status == "overflight"
        bar: dict[str, str | float] = {
            "x": x0,
            "y": y + (6 if thin else 3) + level * _ROW,
            "width": x1 - x0,
            "height": 4.0 if thin else 10.0,
            "stroke": INK if not hollow else colour,
            "stroke-width": 0.8 if not hollow else 1.8,
            "fill": colour if not hollow else "none",
            "rx": 2.0,
        }
        words = f"{minute(row.start)} to {minute(row.end)}: {row.claim}"
        parts.append(tag("rect", bar, title(words)))
    bottom = y + max(len(free), 1) * _ROW + 8.0
    return [*parts, line(8, bottom - 2, _WIDTH - _RIGHT, bottom - 2, colour=RULE)], bottom


def _x(at: pd.Timestamp, period: TimeRange) -> float:
    share = 0.0 if pd.isna(at) else (at - pd.Timestamp(period.start)) / period.duration
    return float(_LEFT + min(max(share, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT))


def _details(table: pd.DataFrame) -> Table:
    rows = tuple(
        (
            Cell(minute(r.start)),
            Cell(minute(r.end)),
            Cell(r.lane),
            Cell(r.place or "–"),
            Cell(r.subject),
            Cell(r.claim),
            Cell(r.alternatives or "–"),
        )
        for r in table.itertuples()
    )
    columns = ("From", "To", "Kind", "Place", "Subject", "Statement", "Alternatives or note")
    return Table("Everything on the timeline", columns, rows, empty="Nothing in this period.", compact=True)


def _first(*instants: pd.Timestamp) -> pd.Timestamp:
    return next((t for t in instants if pd.notna(t)), pd.NaT)


def _table(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    if not rows:
        return TIMELINE.empty()
    table = pd.DataFrame(rows, columns=list(TIMELINE.columns))
    for column in ("start", "end"):
        table[column] = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]")
    return TIMELINE.conform(table.sort_values(["start", "row_id"], kind="stable"))
