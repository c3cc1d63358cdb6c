"""Observations: what every pass over a port came to, and which of them get a tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pandas as pd

from monitor.core.aoi import WHOLE_KINDS
from monitor.core.scenes.scene import Acquisition
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import COVERAGE
from monitor.core.timerange import TimeRange
from monitor.report.page.model import BriefInput

OBSERVED, PARTLY, NOT_OBSERVED = "observed", "partly", "not observed"
NOT_PROCESSED = "not processed"


@dataclass(frozen=True, slots=True)
class Observation:
    """One pass over one place. `state` is that of the water, or of the whole area where the place has none.

    It is "not processed" where nobody judged it yet. `has_zones` is True where a watched zone was seen, as by a picture
    of the quays alone. `of_water` is False where ships are not searched for.
    """

    scene_id: str
    aoi_id: str
    sensor: str
    at: datetime
    state: str
    reason: str
    fraction: float
    acquisition: Acquisition | None
    has_zones: bool = False
    of_water: bool = True

    @property
    def shown_part(self) -> str:
        """How much was seen of what, such as ``60% of the water was seen``; ``all of`` where it was observed."""
        share = "all" if self.state == OBSERVED else f"{self.fraction:.0%}"
        return f"{share} of the {'water' if self.of_water else 'area'} was seen"

    @property
    def limit(self) -> str:
        """A sentence with a space before it that says what was not seen; "" where all that counts was."""
        return "" if self.state == OBSERVED else f" {self.shown_part} ({self.reason})."

    @property
    def was_seen(self) -> bool:
        """Whether anything of the place or of its zones was seen."""
        return self.state in (OBSERVED, PARTLY) or self.has_zones

    @property
    def is_optical(self) -> bool:
        """Whether sunlight made the picture."""
        return sensor(self.sensor).optical


def observations_of(given: BriefInput, aoi_id: str) -> tuple[Observation, ...]:
    """Every observation at a port, of all times, in order.

    One for each acquisition, and for each coverage row without one.
    """
    parts = given.tables[COVERAGE]
    parts = parts[parts["aoi_id"] == aoi_id]
    whole = parts["kind"].isin(WHOLE_KINDS)
    zones = set(parts.loc[~whole & (parts["state"] != NOT_OBSERVED), "scene_id"])
    rows = {str(row.scene_id): row for row in parts[whole].itertuples()}
    of_water = "aoi" not in set(parts["kind"])
    made = []
    known = {a.id: a for a in given.acquisitions if a.aoi_id == aoi_id}
    for scene_id, acquisition in known.items():
        row = rows.get(scene_id)
        state, reason = (str(row.state), str(row.reason)) if row is not None else (NOT_PROCESSED, "")
        fraction = float(row.observed_fraction) if row is not None else 0.0
        made.append(
            Observation(
                scene_id=scene_id,
                aoi_id=aoi_id,
                sensor=acquisition.sensor,
                at=acquisition.acquired_at,
                state=state,
                reason=reason,
                fraction=fraction,
                acquisition=acquisition,
                has_zones=scene_id in zones,
                of_water=of_water,
            )
        )
    for scene_id, row in rows.items():
        if scene_id not in known and pd.notna(row.acquired_at):
            made.append(
                Observation(
                    scene_id=scene_id,
                    aoi_id=aoi_id,
                    sensor=str(row.sensor),
                    at=row.acquired_at.to_pydatetime(),
                    state=str(row.state),
                    reason=str(row.reason),
                    fraction=float(row.observed_fraction),
                    acquisition=None,
                    of_water=of_water,
                )
            )
    return tuple(sorted(made, key=lambda observation: (observation.at, observation.scene_id)))


def within(observations: Sequence[Observation], period: TimeRange) -> tuple[Observation, ...]:
    """The observations whose instant lies in a period."""
    return tuple(observation for observation in observations if observation.at in period)


def longest_blind(observations: Sequence[Observation], period: TimeRange) -> tuple[datetime, datetime]:
    """The longest stretch of a period without a clear observation; the whole period when there was none."""
    clear = [
        observation.at for observation in observations if observation.state == OBSERVED and observation.at in period
    ]
    edges = [period.start, *clear, period.end]
    return max(pairwise(edges), key=lambda pair: pair[1] - pair[0])


@dataclass(frozen=True, slots=True)
class Chosen:
    """The observations of a port that get tiles; each may be None.

    The newest optical one, the clear one before it by the same sensor, and the newest one of each other sensor.
    """

    latest: Observation | None
    before: Observation | None
    others: tuple[Observation, ...] = ()

    @property
    def all(self) -> tuple[Observation, ...]:
        """Those that are there."""
        pair = (self.before, self.latest)
        return (*(observation for observation in pair if observation is not None), *self.others)


def choose(observations: Sequence[Observation], period: TimeRange) -> Chosen:
    """The observations to show of a period.

    The newest optical observation is the clear one if it is no older than ten days before the newest partly seen one.
    The observation before it may lie before the period: an honest pair needs no date in the week. Radar stands in
    where there is no optical observation at all.
    """
    shown = [
        observation
        for observation in observations
        if observation.acquisition is not None and observation.was_seen and observation.at < period.end
    ]
    optical = [observation for observation in shown if observation.is_optical and observation.at in period]
    clear = [observation for observation in optical if observation.state == OBSERVED]
    latest = clear[-1] if clear else None
    if optical and (latest is None or optical[-1].at - latest.at > timedelta(days=10)):
        latest = optical[-1]
    newest = {observation.sensor: observation for observation in shown if observation.at in period}
    if latest is None:
        latest = next((k for k in reversed(shown) if k.at in period), None)
    if latest is None:
        return Chosen(None, None)
    earlier = [k for k in shown if k.sensor == latest.sensor and k.at < latest.at]
    clear = [k for k in earlier if k.state == OBSERVED]
    before = clear[-1] if clear else (earlier[-1] if earlier else None)
    others = tuple(observation for kind, observation in sorted(newest.items()) if kind != latest.sensor)
    return Chosen(latest, before, others)
