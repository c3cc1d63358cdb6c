"""When each satellite passed over a port, should have, and will: from the repeat cycles of archived observations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.scenes.sensors import sensor as sensor_of
from monitor.core.tables import COVERAGE, PASSES
from monitor.core.timerange import TimeRange

SEEN, NO_DATA, LATE, NOT_ACQUIRED, NOT_SEARCHED, EXPECTED = (
    "seen",
    "no data",
    "late",
    "not acquired",
    "not looked for",
    "expected",
)
"""States of PASSES."""


@dataclass(frozen=True, slots=True)
class RevisitRule:
    """When a pass is one that was seen, and when it is missing; all chosen.

    Attributes
    ----------
    settled : timedelta
        A pass that a catalog does not list this long after is not acquired; before, it is late.
    same : timedelta
        A pass of one track this near to an observation is that observation.
    least_uncertainty_s : float
        A predicted instant is never better known than this.
    """

    settled: timedelta = timedelta(days=3)
    same: timedelta = timedelta(minutes=30)
    least_uncertainty_s: float = 60.0


DEFAULT_RULE = RevisitRule()


@dataclass(frozen=True, slots=True)
class Cycle:
    """One satellite's track over one port.

    Attributes
    ----------
    aoi_id, sensor, platform : str
        As in an `Acquisition`.
    relative_orbit : int
        The track.
    orbit_state : str
        ``ascending`` | ``descending`` | "" when unknown.
    last : datetime
        The last observation.
    repeat : timedelta
        From one pass to the next.
    uncertainty_s : float
        Largest departure of past observations from the cycle, and at least `RevisitRule.least_uncertainty_s`.
    observations : int
        How many it rests on.
    """

    aoi_id: str
    sensor: str
    platform: str
    relative_orbit: int
    orbit_state: str
    last: datetime
    repeat: timedelta
    uncertainty_s: float
    observations: int

    def times(self, period: TimeRange) -> list[datetime]:
        """The passes in a period, past and to come."""
        first = -((self.last - period.start) // self.repeat)
        found, at = [], self.last + first * self.repeat
        while at < period.end:
            if at >= period.start:
                found.append(at)
            at += self.repeat
        return found


@dataclass(frozen=True, slots=True)
class Searched:
    """A search of a catalog, made at `at`, for the passes of a sensor over a port in a period."""

    aoi_id: str
    sensor: str
    period: TimeRange
    at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """A pass that a search listed and whose pixels could not be fetched."""

    acquisition_id: str
    aoi_id: str
    sensor: str
    platform: str
    relative_orbit: int | None
    orbit_state: str | None
    start: datetime
    reason: str


def find_cycles(observations: Iterable[Acquisition], *, rule: RevisitRule = DEFAULT_RULE) -> list[Cycle]:
    """The tracks that archived observations show, one a port, satellite and relative orbit.

    Observations of unknown hour or orbit, and of satellites that are pointed, show no cycle.
    A track seen once is taken to repeat as its satellite does.
    """
    groups: dict[tuple[str, str, str, int, str], list[datetime]] = defaultdict(list)
    for observation in observations:
        if observation.relative_orbit is not None and observation.is_exact and _repeats(observation):
            key = (
                observation.aoi_id,
                observation.sensor,
                observation.platform,
                observation.relative_orbit,
                observation.orbit_state or "",
            )
            groups[key].append(observation.acquired_at)
    return [_cycle(key, sorted(times), rule) for key, times in sorted(groups.items())]


def find_passes(
    observations: Sequence[Acquisition],
    period: TimeRange,
    *,
    now: datetime,
    searched: Sequence[Searched] = (),
    tried: Sequence[Tried] = (),
    rule: RevisitRule = DEFAULT_RULE,
) -> pd.DataFrame:
    """PASSES over the ports of the observations in a period, in order of time.

    Parameters
    ----------
    observations : sequence of Acquisition
        Archived ones, of any period: the more, the better the cycles.
    period : TimeRange
        Past and to come.
    now : datetime
        Later passes are ``expected``.
    searched : sequence of Searched
        Searches of catalogs. A folder on disk is no catalog, since it does not know what it lacks.
    tried : sequence of Tried
        Passes without pixels: ``no data``.
    rule : RevisitRule
        When a pass is late, and when it is missing.
    """
    rows = [_seen(observation) for observation in observations if observation.acquired_at in period]
    rows += [_tried(attempt) for attempt in tried if attempt.start in period]
    known = [(a.aoi_id, a.platform, a.relative_orbit, a.acquired_at) for a in observations]
    known += [(attempt.aoi_id, attempt.platform, attempt.relative_orbit, attempt.start) for attempt in tried]
    for cycle in find_cycles(observations, rule=rule):
        for at in cycle.times(period):
            track = (cycle.aoi_id, cycle.platform, cycle.relative_orbit)
            if not any(k[:3] == track and abs(k[3] - at) < rule.same for k in known):
                rows.append(_missing(cycle, at, searched, now, rule))
    if not rows:
        return PASSES.empty()
    table = pd.DataFrame(rows)
    table["at"] = pd.to_datetime(table["at"], utc=True)
    return PASSES.conform(table.sort_values(["at", "pass_id"]))


def missed_coverage(passes: pd.DataFrame, aoi: Aoi) -> pd.DataFrame:
    """COVERAGE rows of the passes that were searched for and gave no scene of a port; scene ids are pass ids."""
    missed = passes[(passes["aoi_id"] == aoi.id) & passes["state"].isin([NO_DATA, LATE, NOT_ACQUIRED])]
    zones = [(aoi.id, aoi.whole[0]), *((zone.id, zone.kind) for zone in aoi.watched)]
    rows = [
        {
            "scene_id": row["pass_id"],
            "aoi_id": aoi.id,
            "acquired_at": row["at"],
            "sensor": row["sensor"],
            "zone_id": zone,
            "kind": kind,
            "state": "not observed",
            "observed_fraction": 0.0,
            "reason": row["state"],
        }
        for row in missed.to_dict("records")
        for zone, kind in zones
    ]
    return COVERAGE.conform(pd.DataFrame(rows)) if rows else COVERAGE.empty()


def _repeats(observation: Acquisition) -> bool:
    """Whether its satellite flies the same track again after a number of days: one that is pointed has no cycle."""
    return sensor_of(observation.sensor).repeat_days is not None


def _cycle(key: tuple[str, str, str, int, str], times: Sequence[datetime], rule: RevisitRule) -> Cycle:
    aoi_id, sensor, platform, relative_orbit, orbit_state = key
    repeat = timedelta(days=sensor_of(sensor).repeat_days or 0)
    last = times[-1]
    errors = [abs((last - at + repeat / 2) % repeat - repeat / 2).total_seconds() for at in times]
    steady = [error for error in errors if error < rule.same.total_seconds()]
    return Cycle(
        aoi_id=aoi_id,
        sensor=sensor,
        platform=platform,
        relative_orbit=relative_orbit,
        orbit_state=orbit_state,
        last=last,
        repeat=repeat,
        uncertainty_s=max(*steady, rule.least_uncertainty_s),
        observations=len(times),
    )


def _seen(observation: Acquisition) -> dict[str, object]:
    return {
        "pass_id": observation.id,
        "aoi_id": observation.aoi_id,
        "at": observation.acquired_at,
        "sensor": observation.sensor,
        "platform": observation.platform,
        "relative_orbit": observation.relative_orbit,
        "orbit_state": observation.orbit_state or "",
        "state": SEEN,
        "uncertainty_s": (observation.end - observation.start).total_seconds() / 2,
        "scene_id": observation.id,
        "reason": "",
    }


def _tried(attempt: Tried) -> dict[str, object]:
    return {
        "pass_id": attempt.acquisition_id,
        "aoi_id": attempt.aoi_id,
        "at": attempt.start,
        "sensor": attempt.sensor,
        "platform": attempt.platform,
        "relative_orbit": attempt.relative_orbit,
        "orbit_state": attempt.orbit_state or "",
        "state": NO_DATA,
        "uncertainty_s": 0.0,
        "scene_id": "",
        "reason": attempt.reason,
    }


def _missing(
    cycle: Cycle, at: datetime, searched: Sequence[Searched], now: datetime, rule: RevisitRule
) -> dict[str, object]:
    after = [
        s.at
        for s in searched
        if s.aoi_id == cycle.aoi_id and s.sensor == cycle.sensor and at in s.period and s.at >= at
    ]
    if at >= now:
        state, reason = EXPECTED, f"every {cycle.repeat.days} days, {cycle.observations} observations"
    elif not after:
        state, reason = NOT_SEARCHED, "no catalog was searched since"
    elif max(after) - at < rule.settled:
        state, reason = LATE, "not in the catalog yet"
    else:
        state, reason = NOT_ACQUIRED, "the catalog does not list it"
    name = f"{cycle.platform}_R{cycle.relative_orbit:03d}_{at:%Y%m%dT%H%M}_{cycle.aoi_id}"
    return {
        "pass_id": name,
        "aoi_id": cycle.aoi_id,
        "at": at,
        "sensor": cycle.sensor,
        "platform": cycle.platform,
        "relative_orbit": cycle.relative_orbit,
        "orbit_state": cycle.orbit_state,
        "state": state,
        "uncertainty_s": cycle.uncertainty_s,
        "scene_id": "",
        "reason": reason,
    }
