"""Key numbers: vessels per clear observation now and in the past, with intervals.

The past is a week ago, the twelve weeks before, and a year ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betainc

from monitor.core.aoi import Aoi
from monitor.core.statistics import poisson_interval
from monitor.core.tables import COUNTS, DETECTIONS
from monitor.core.timerange import TimeRange
from monitor.core.wording import plural
from monitor.fuse.series.counts import SMALL_M
from monitor.fuse.series.together import once, under
from monitor.report.page.blocks import Cell, Section, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import NOT_OBSERVED

WEEK = timedelta(weeks=1)
PAST_WEEKS = 12
WHAT = {
    "vessels": "Vessels, all",
    "berth": "… at berths or alongside",
    "anchorage": "… at anchorages",
    "open": "… in open water",
    "unmatched": "… that no AIS explains",
    "stacks": "Yards with container stacks",
    "small_craft": "Small craft under 40 m, by radar or finer pixels alone",
}
CLASSES = (
    (0.0, 60.0, "… under 60 m"),
    (60.0, 120.0, "… 60 to 119 m"),
    (120.0, 200.0, "… 120 to 199 m"),
    (200.0, np.inf, "… 200 m or longer"),
    (np.nan, np.nan, "… of unknown length"),
)
_TITLE = "Key numbers per clear observation"


@dataclass(frozen=True, slots=True)
class ObservedRate:
    """What was seen of something in `observations` observations.

    One seen in part counts by its share in `exposure`.
    """

    seen: int
    exposure: float
    observations: int

    @property
    def rate(self) -> float:
        """Seen per clear observation; NaN without an observation."""
        return self.seen / self.exposure if self.exposure > 0 else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Exact 95 % interval of the rate."""
        return poisson_interval(self.seen, self.exposure)

    def text(self) -> str:
        """``2.7 (2.0–3.7), 18 observations``; ``not observed`` without an observation."""
        if self.exposure <= 0:
            return NOT_OBSERVED
        low, high = self.interval
        return f"{self.rate:.1f} ({low:.1f}–{high:.1f}), {plural(self.observations, 'observation')}"


@dataclass(frozen=True, slots=True)
class Windows:
    """The stretches of time that are set beside one another; `week` is the last of the period."""

    period: TimeRange
    week: TimeRange

    @classmethod
    def of(cls, period: TimeRange) -> Windows:
        """Those of a period; the week is the whole of it when it is no longer."""
        return cls(period, TimeRange(max(period.start, period.end - WEEK), period.end))

    @property
    def is_long(self) -> bool:
        """Whether the period is longer than its last week."""
        return self.period.start < self.week.start

    def back(self, weeks: int) -> TimeRange:
        """The week's own span, that many weeks earlier."""
        return TimeRange(self.week.start - weeks * WEEK, self.week.end - weeks * WEEK)

    @property
    def past(self) -> TimeRange:
        """The twelve weeks before the week."""
        return TimeRange(self.week.start - PAST_WEEKS * WEEK, self.week.start)


def key_numbers(given: BriefInput) -> Section:
    """Rates per clear observation with intervals against the past; "not observed" where there was no observation."""
    windows = Windows.of(given.period)
    ports = [aoi for aoi in given.aois if aoi.has_water]
    blocks = [_table(windows, with_classes(given, aoi), aoi.name or aoi.id) for aoi in ports]
    note = Text(
        (
            "A rate is the number seen divided by the observations, an observation seen in part counting by "
            "its seen share; "
            "intervals are "
            "95 % (Poisson). The median is over the weeks that had an observation, with the least and the greatest "
            "of them. The "
            "same ship seen in several observations counts in each, so rates show how full the port was, not how "
            "many ships came; "
            "visits, which do, are lower bounds.",
        ),
        "note",
    )
    return Section("numbers", _TITLE, (*blocks, note))


@dataclass(frozen=True, slots=True, eq=False)
class ObservedCounts:
    """The observations that have one count: instants (numpy, UTC), numbers seen, exposures; all of one length."""

    at: npt.NDArray[np.datetime64]
    number: npt.NDArray[np.int64]
    exposure: npt.NDArray[np.float64]

    @classmethod
    def of(cls, counts: pd.DataFrame, what: str) -> ObservedCounts:
        """Those of one column of COUNTS; a missing count is no observation."""
        known = counts[counts[what].notna() & (counts["observed_fraction"] > 0)]
        at = known["acquired_at"].dt.tz_localize(None).to_numpy()
        return cls(at, known[what].to_numpy(np.int64), known["observed_fraction"].to_numpy(np.float64))

    def within(self, window: TimeRange) -> ObservedRate:
        """What the observations of a window show."""
        start, end = (np.datetime64(t.astimezone(UTC).replace(tzinfo=None)) for t in (window.start, window.end))
        inside = (self.at >= start) & (self.at < end)
        return ObservedRate(int(self.number[inside].sum()), float(self.exposure[inside].sum()), int(inside.sum()))


def observed_rate(counts: pd.DataFrame, what: str, window: TimeRange) -> ObservedRate:
    """What a window's observations show of one column of COUNTS.

    Parameters
    ----------
    counts : COUNTS table
    what : str
        Column of COUNTS.
    window : TimeRange
        The observations that count.
    """
    return ObservedCounts.of(counts, what).within(window)


def probability_of_more(now: ObservedRate, past: ObservedRate) -> float:
    """Probability that the rate behind `now` is greater than that behind `past`; NaN when either had no observation.

    Both rates have Jeffreys' prior; then the share of one in their sum follows a beta distribution.
    """
    if now.exposure <= 0 or past.exposure <= 0:
        return float("nan")
    share = now.exposure / (now.exposure + past.exposure)
    return float(1.0 - betainc(now.seen + 0.5, past.seen + 0.5, share))


def with_classes(given: BriefInput, aoi: Aoi) -> pd.DataFrame:
    """COUNTS of one port with a column for each length class, named by its label.

    A value is missing where there was no observation; small craft that only radar or fine pixels show are in none.
    """
    counts = given.tables[COUNTS]
    counts = counts[counts["aoi_id"] == aoi.id].copy()
    found = given.tables[DETECTIONS]
    ships = once(found[(found["aoi_id"] == aoi.id) & (found["class_name"] == "vessel") & ~found["is_fixed"]])
    lead = {r.scene_id: r.counted_in for r in counts.itertuples() if r.counted_in}
    fine = set(counts.loc[counts["small_craft"].notna(), "scene_id"])
    fine |= {scene for scene, first in lead.items() if first in fine}
    ships = under(ships[~(ships["scene_id"].isin(fine) & (ships["length_m"] < SMALL_M))], lead)
    for low, high, label in CLASSES:
        mine = ships[
            ships["length_m"].isna() if np.isnan(low) else (ships["length_m"] >= low) & (ships["length_m"] < high)
        ]
        tally = counts["scene_id"].map(mine["scene_id"].value_counts()).fillna(0).astype("Int64")
        counts[label] = tally.where(counts["vessels"].notna())
    return counts


def _table(windows: Windows, counts: pd.DataFrame, name: str) -> Table:
    labels = [label for *_, label in CLASSES if counts[label].sum() > 0 or label != CLASSES[-1][2]]
    shown = {what: label for what, label in WHAT.items() if what != "small_craft" or counts[what].notna().any()}
    rows = [_row(windows, counts, what, label) for what, label in shown.items()]
    rows[1:1] = [_row(windows, counts, label, label) for label in labels]
    last = windows.week.end - timedelta(seconds=1)
    week = (
        f"{last:%d %b %Y}"
        if windows.week.duration <= timedelta(days=1)
        else (f"{windows.week.start:%d %b} to {last:%d %b %Y}")
    )
    span = "Last week" if windows.week.duration >= WEEK else "This period"
    columns = [
        "What",
        f"{span}: {week}",
        "The week before",
        f"Median of the {PAST_WEEKS} weeks before",
        "Same week, 52 weeks earlier",
    ]
    if windows.is_long:
        columns.insert(1, "Whole period")
    return Table(
        f"{name}: per clear observation, 95 % interval and observations", tuple(columns), tuple(rows), compact=True
    )


def _row(windows: Windows, counts: pd.DataFrame, what: str, label: str) -> tuple[Cell, ...]:
    spans: list[TimeRange] = [windows.period] if windows.is_long else []
    seen = ObservedCounts.of(counts, what)
    rates = [_cell(seen.within(span)) for span in (*spans, windows.week, windows.back(1))]
    weeks = [seen.within(windows.back(index)) for index in range(1, PAST_WEEKS + 1)]
    return (Cell(label), *rates, _median(weeks), _cell(seen.within(windows.back(52))))


def _cell(made: ObservedRate) -> Cell:
    return Cell(made.text(), *(("", "") if made.exposure > 0 else ("none", "no observation at this, so no number")))


def _median(weeks: Sequence[ObservedRate]) -> Cell:
    rates = [week.rate for week in weeks if week.exposure > 0]
    if not rates:
        return Cell(NOT_OBSERVED, "none", "no observation in any of these weeks, so no number")
    return Cell(f"{np.median(rates):.1f} ({min(rates):.1f}–{max(rates):.1f}), {plural(len(rates), 'week')}")
