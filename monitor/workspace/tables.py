"""What a workspace holds, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from monitor import pipeline
from monitor.core.scene import Scene
from monitor.core.schema import Schema
from monitor.core.tables import (
    BERTH_STATES,
    CHANGES,
    COUNTS,
    COVERAGE,
    DARK_EVENTS,
    DETECTABILITY,
    GAP_CANDIDATES,
    IDENTITY,
    MATCHES,
    NULL_TESTS,
    RATES,
    SHIPS_AND_STACKS,
    SHUTTLES,
    STACKS,
    VISITS,
    VOYAGE_LINKS,
    VOYAGES,
)
from monitor.core.timerange import TimeRange, isoformat
from monitor.pipeline.outcome import Table
from monitor.store.alerts import AlertStore
from monitor.store.reviews import ReviewStore
from monitor.workspace.aviation_tables import AirViews
from monitor.workspace.factory import DETECTED, make_detector

if TYPE_CHECKING:
    from monitor.detect import Detector
    from monitor.pipeline import Ports

Period = str | TimeRange | None

_SCENE_COLUMNS = (
    "scene_id",
    "aoi_id",
    "sensor",
    "platform",
    "acquired_at",
    "is_exact",
    "relative_orbit",
    "cloud_cover",
    "valid_fraction",
    "simulated",
    "geometry",
)


@dataclass(frozen=True, slots=True)
class Views(AirViews):
    """A folder and its settings, to be looked at. Tables are those of `monitor.core.tables`."""

    @property
    def detectors(self) -> dict[str, Detector]:
        """What looks at the scenes of each sensor."""
        chosen = self.settings.detector
        return {
            sensor: make_detector(sensor, chosen.weights or None, chosen.threshold, aois=self.aois)
            for sensor in self.settings.source.sensors
            if sensor in DETECTED
        }

    def ports(self, aoi: str | None = None) -> Ports:
        """The ports, or one of them, with what looks at them."""
        return pipeline.Ports(self._chosen(aoi), self.detectors)

    def scenes(self, aoi: str | None = None, period: Period = None) -> gpd.GeoDataFrame:
        """What is archived: a row a scene, with its footprint."""
        return _scene_table(self.archive.scenes(aoi, chosen_period(period)))

    def detections(self, aoi: str | None = None, period: Period = None) -> gpd.GeoDataFrame:
        """DETECTIONS: a row an object; fixed objects are marked, over the whole archive."""
        return pipeline.detections_of(self.archive, self.ports(aoi), chosen_period(period))

    def coverage(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """COVERAGE: what each observation showed of water, berths and yards, and why not."""
        return pipeline.scene_tables(self.archive, self.ports(aoi), "coverage", COVERAGE, chosen_period(period))

    def berth_states(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """BERTH_STATES: occupied, empty or not observed, with a probability."""
        return self._derived("berth_states", BERTH_STATES, aoi, period)

    def stacks(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """STACKS: container stacks by yard and observation."""
        return self._derived("stacks", STACKS, aoi, period)

    def counts(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """COUNTS: vessels per observation; missing where nothing was observed."""
        return self._derived("counts", COUNTS, aoi, period)

    def changes(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """CHANGES: when counts per clear observation changed, between which observations, from what to what."""
        return self._derived("changes", CHANGES, aoi, period)

    def rates(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """RATES: vessels per clear observation by week, with intervals, beside what the past lets expect."""
        return self._derived("rates", RATES, aoi, period)

    def matches(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """MATCHES as they now stand."""
        return pipeline.standing(self._derived("matches", MATCHES, aoi, period))

    def null_tests(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """NULL_TESTS: per observation, how many detections AIS shifted by a day would match by chance."""
        return self._derived("null_tests", NULL_TESTS, aoi, period)

    def dark_events(self, aoi: str | None = None, period: Period = None) -> gpd.GeoDataFrame:
        """DARK_EVENTS: detections that no AIS explains."""
        return self._derived("dark_events", DARK_EVENTS, aoi, period)

    def gap_candidates(self) -> pd.DataFrame:
        """GAP_CANDIDATES: silent ships that could be a dark event, best first; none is picked."""
        return self._derived("gap_candidates", GAP_CANDIDATES, None, None)

    def identity(self) -> pd.DataFrame:
        """IDENTITY: who a stay or dark event may have been, and all that may be said of it."""
        return self._derived("identity", IDENTITY, None, None)

    def visits(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """VISITS: stays at berths, not before and not after."""
        return self._derived("visits", VISITS, aoi, period)

    def detectability(self, aoi: str | None = None) -> pd.DataFrame:
        """DETECTABILITY: share of the stays of each length that the clear observations at a berth would have met."""
        return self._derived("detectability", DETECTABILITY, aoi, None)

    def voyages(self) -> pd.DataFrame:
        """VOYAGES between ports, from AIS and from imagery."""
        return self._derived("voyages", VOYAGES, None, None)

    def voyage_links(self) -> pd.DataFrame:
        """VOYAGE_LINKS: every feasible pair of stays at two ports; those not chosen compete."""
        return self._derived("voyage_links", VOYAGE_LINKS, None, None)

    def shuttles(self) -> pd.DataFrame:
        """SHUTTLES: the same two ports again and again, shown leg by leg or as a candidate."""
        return self._derived("shuttles", SHUTTLES, None, None)

    def ships_and_stacks(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """SHIPS_AND_STACKS: how the stacks changed between clear observations, and which ships lay there meanwhile."""
        return self._derived("ships_and_stacks", SHIPS_AND_STACKS, aoi, period)

    def alerts(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """ALERTS: what was worth telling, oldest first, and what became of it."""
        table = within(AlertStore(self.archive).table(), chosen_period(period))
        return table if aoi is None else table[table["aoi_id"].isin([aoi, ""])].reset_index(drop=True)

    def ledger(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """LEDGER: what others published and analysts saw, against what was seen here; a row each, never merged.

        A period takes the rows that share an instant with it, since sources leave dates wide.
        """
        table, chosen = pipeline.compare_ledger(self.archive, self.ports(aoi)), chosen_period(period)
        if chosen is None:
            return table
        return table[(table["start"] < chosen.end) & (table["end"] >= chosen.start)].reset_index(drop=True)

    @property
    def is_simulated(self) -> bool:
        """Whether any archived scene was made up."""
        return any(scene.acquisition.simulated for scene in self.archive.scenes())

    def reviews(self) -> pd.DataFrame:
        """REVIEWS: who decided what of a detection or finding, oldest first, and whether it stands."""
        return ReviewStore(self.archive).table()

    def review_queue(self, aoi: str | None = None) -> pd.DataFrame:
        """QUEUE: findings and detections that can be reviewed, with what was decided of each."""
        table = pipeline.review_queue(self.archive, self.ports(aoi))
        return table if aoi is None else table[table["aoi_id"] == aoi].reset_index(drop=True)

    def _derived(self, name: str, schema: Schema, aoi: str | None, period: Period) -> pd.DataFrame:
        table = within(self.archive.read_table(name, schema), chosen_period(period))
        if aoi is None or "aoi_id" not in table:
            return table
        self._chosen(aoi)
        return table[table["aoi_id"] == aoi].reset_index(drop=True)

    # showing

    def _repr_html_(self) -> str:
        """What is there and when it was last brought up to date, for notebooks."""
        runs = self.archive.records("run")
        return pipeline.show_status(self.status(), isoformat(runs[-1].at) if runs else "")

    # looking after

    def status(self) -> Table:
        """What is there: a row a port and sensor, and the positions."""
        rows: list[dict[str, object]] = []
        for aoi in self.aois:
            for sensor in self.settings.source.sensors:
                scenes = self.archive.scenes(aoi.id, sensor=sensor)
                times = [scene.acquisition.acquired_at for scene in scenes]
                rows.append(
                    {
                        "port": aoi.id,
                        "what": sensor,
                        "number": len(scenes),
                        "first": isoformat(min(times)) if times else "",
                        "last": isoformat(max(times)) if times else "",
                    }
                )
        brought = self.positions.ingested()
        instants = [instant for done in brought for first, last, _ in done.spans for instant in (first, last)]
        rows.append(
            {
                "port": "",
                "what": "positions",
                "number": sum(done.positions for done in brought),
                "first": isoformat(min(instants)) if instants else "",
                "last": isoformat(max(instants)) if instants else "",
            }
        )
        return Table(str(self.root.absolute()), tuple(rows))


def chosen_period(period: Period) -> TimeRange | None:
    return TimeRange.parse(period) if isinstance(period, str) else period


def within(table: pd.DataFrame, period: TimeRange | None) -> pd.DataFrame:
    """The rows of which the first instant that the table has lies in the period; all without one."""
    columns = ("acquired_at", "changed_at", "arrived_not_before", "arrived_not_after", "departed_at", "start")
    column = next((name for name in columns if name in table), None)
    if period is None or column is None:
        return table
    return table[(table[column] >= period.start) & (table[column] < period.end)].reset_index(drop=True)


def _scene_table(scenes: Sequence[Scene]) -> gpd.GeoDataFrame:
    rows = [
        {
            "scene_id": s.id,
            "aoi_id": s.acquisition.aoi_id,
            "sensor": s.acquisition.sensor,
            "platform": s.acquisition.platform,
            "acquired_at": pd.Timestamp(s.acquisition.acquired_at),
            "is_exact": s.acquisition.is_exact,
            "relative_orbit": s.acquisition.relative_orbit,
            "cloud_cover": s.acquisition.cloud_cover,
            "valid_fraction": s.valid_fraction,
            "simulated": s.acquisition.simulated,
            "geometry": s.acquisition.footprint,
        }
        for s in scenes
    ]
    return gpd.GeoDataFrame(rows, columns=list(_SCENE_COLUMNS), geometry="geometry", crs="EPSG:4326")
