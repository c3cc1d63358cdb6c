"""How a port's data fare: what was last seen, how often clearly, how long AIS was received, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.tables import COUNTS, POSITIONS
from monitor.core.timerange import TimeRange
from monitor.fuse.series.rates import RateRule, rates
from monitor.report.tiles.observations import Observation, observations_of, within
from monitor.serve.cache import PageContent
from monitor.store.archive import Archive

RECENT = timedelta(days=7)
MOST_RUNS = 50


@dataclass(frozen=True, slots=True)
class Health:
    """The figures of one port's card.

    Attributes
    ----------
    last : Observation, optional
        The newest observation, whatever it showed; None before the first.
    until : datetime
        The end of the seven days that the next three figures are of: the last observation's day.
    clear, passes : int
        Clear observations and passes in those days.
    ais_hours : int
        Hours of them in which any position near the port came in.
    rate : tuple of float
        Vessels per clear observation of the last observed week with its interval, NaN without observations.
    expected : tuple of float
        Between what and what the port's own past lets that rate lie, NaN with too little past.
    """

    aoi: Aoi
    last: Observation | None
    until: datetime
    clear: int
    passes: int
    ais_hours: int
    rate: tuple[float, float, float]
    expected: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Run:
    """One recorded run: when, its steps as (name, done, note) and what failed as (step, item, reason)."""

    at: datetime
    steps: tuple[tuple[str, int, str], ...]
    failures: tuple[tuple[str, str, str], ...]
    briefs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PortCard:
    """A port's figures, what failed for it in the last run, and how many findings about it have no decision.

    `headline` is the claim of its newest finding about a ship, "" without one; `shown` the observation of its tile.
    """

    health: Health
    errors: tuple[str, ...]
    open_findings: int
    headline: str = ""
    shown: Observation | None = None


def health(content: PageContent, aoi: Aoi) -> Health:
    """The figures of a port, of the seven days to its newest observation."""
    observations = observations_of(content.given, aoi.id)
    until = content.given.period.end
    recent = within(observations, TimeRange(until - RECENT, until))
    counts = content.given.tables[COUNTS]
    made = rates(
        counts[counts["aoi_id"] == aoi.id],
        period=content.given.period,
        rule=RateRule.of(content.given.false_alarms_per_year),
    )
    weeks = made[(made["what"] == "vessels") & (made["observations"] > 0)]
    missing = {
        "rate": float("nan"),
        "rate_low": float("nan"),
        "rate_high": float("nan"),
        "expected_low": float("nan"),
        "expected_high": float("nan"),
    }
    row = weeks.iloc[-1].to_dict() if len(weeks) else missing
    return Health(
        aoi=aoi,
        last=observations[-1] if observations else None,
        until=until,
        clear=sum(k.state == "observed" for k in recent),
        passes=len(recent),
        ais_hours=ais_hours(content.given.tables[POSITIONS], aoi, until),
        rate=(float(row["rate"]), float(row["rate_low"]), float(row["rate_high"])),
        expected=(float(row["expected_low"]), float(row["expected_high"])),
    )


def ais_hours(positions: pd.DataFrame, aoi: Aoi, until: datetime) -> int:
    """Hours of the seven days before `until` in which AIS positions came in within half a degree of a port.

    Parameters
    ----------
    positions : POSITIONS table
    aoi : Aoi
        The port.
    until : datetime
        End of the seven days.
    """
    west, south, east, north = aoi.geometry.buffer(0.5).bounds
    near = POSITIONS.within(positions, TimeRange(until - RECENT, until))
    near = near[near["lon"].between(west, east) & near["lat"].between(south, north)]
    return int(near["t"].dt.floor("h").nunique())


def runs(archive: Archive) -> list[Run]:
    """The recorded runs, newest first."""
    return [_run(record.at, record.body) for record in reversed(archive.records("run")[-MOST_RUNS:])]


def errors_of(run: Run | None, aoi_id: str) -> tuple[str, ...]:
    """What failed in a run and names a port."""
    return tuple(f"{step}: {item}: {why}" for step, item, why in (run.failures if run else ()) if aoi_id in item)


def _run(at: datetime, body: object) -> Run:
    recorded = cast("dict[str, object]", body)
    steps = cast("list[dict[str, object]]", recorded.get("steps") or [])
    failed = tuple(
        (str(step["name"]), str(failure.get("item", "")), str(failure.get("error", "")))
        for step in steps
        for failure in cast("list[dict[str, object]]", step.get("failures") or [])
    )
    done = tuple((str(s["name"]), int(str(s.get("done", 0))), str(s.get("note", ""))) for s in steps)
    briefs = tuple(str(path) for path in cast("list[str]", recorded.get("briefs") or []))
    return Run(at, done, failed, briefs)
