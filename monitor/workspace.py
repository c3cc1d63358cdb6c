"""A workspace: a folder with ports, settings and an archive. The only place that names concrete classes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from filelock import FileLock, Timeout

from monitor import pipeline
from monitor.core.aoi import Aoi, read_aois
from monitor.core.errors import ArchiveError, MonitorError, SettingsError
from monitor.core.instants import TimeRange, isoformat, span, utc
from monitor.core.parallel import Outcome, open_pool
from monitor.core.passes import find_passes
from monitor.core.scene import Scene
from monitor.core.tables import (
    BERTH_STATES,
    COUNTS,
    COVERAGE,
    DARK_EVENTS,
    DETECTIONS,
    MATCHES,
    STACKS,
    VISITS,
    VOYAGES,
    Schema,
)
from monitor.offers import DETECTED, make_detector, make_source, season, shipped_ports
from monitor.pipeline.outcome import RunResult, Step, Table, failure
from monitor.pipeline.schedule import Timer, run_command
from monitor.settings import FILE_NAME, Settings, read_settings, template
from monitor.store.archive import Archive
from monitor.store.index import Record
from monitor.store.offers import OfferBook
from monitor.store.positions import PositionStore

if TYPE_CHECKING:
    from monitor.detect import Detector
    from monitor.doctor import Check
    from monitor.pipeline import IngestReport, Ports, Progress
    from monitor.pipeline.bring import Search
    from monitor.sources.base import Source
    from monitor.sources.faults import Problem

Say = Callable[[str], None]
Period = str | TimeRange | None


_SCENE_COLUMNS = (
    "scene_id", "aoi_id", "sensor", "platform", "acquired_at", "is_exact", "relative_orbit", "cloud_cover",
    "valid_fraction", "simulated", "geometry",
)  # fmt: skip


def _quiet(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """What notebooks and the command line hold: a folder and its settings.

    Tables come back as (Geo)DataFrames of `monitor.core.tables`; methods that bring or make something return what
    became of each item.
    """

    root: Path
    settings: Settings

    # making and opening

    @classmethod
    def open(cls, folder: str | Path = ".") -> Workspace:
        """The workspace in a folder.

        Raises
        ------
        SettingsError
            The folder holds no monitor.toml, or a setting is wrong.
        """
        root = Path(folder)
        path = root / FILE_NAME
        if not path.is_file():
            raise SettingsError(f"{root.absolute()}: no {FILE_NAME} here; `monitor init` makes a workspace")
        return cls(root, read_settings(path))

    @classmethod
    def create(cls, folder: str | Path, *, source: Mapping[str, str] | None = None) -> Workspace:
        """A new workspace: a commented monitor.toml, the shipped ports, an empty archive.

        What is there stays as it is. `source` holds settings of that section that are written in force, as TOML values.

        Raises
        ------
        SettingsError
            The folder cannot be written.
        """
        root = Path(folder)
        try:
            for name in ("aoi", "ais", "archive", "reports"):
                (root / name).mkdir(parents=True, exist_ok=True)
            for path in sorted(shipped_ports().glob("*.geojson")):
                if not (root / "aoi" / path.name).exists():
                    shutil.copyfile(path, root / "aoi" / path.name)
            if not (root / FILE_NAME).exists():
                (root / FILE_NAME).write_text(template(source=source or {}), encoding="utf-8")
        except OSError as error:
            raise SettingsError(f"{root}: cannot be written ({error.strerror}); choose another folder") from error
        return cls.open(root)

    @classmethod
    def demo(cls, folder: str | Path, *, pool: str | None = None, say: Say = _quiet) -> list[Path]:
        """Run the whole job on the embedded simulated season; the briefs.

        Raises
        ------
        SettingsError
            The folder cannot be written.
        """
        from monitor.sources.simulated_files import write_ais, write_truth

        workspace = cls.create(folder, source={"name": '"simulated"', "sensors": '["s2"]'})
        if not any((workspace.root / "ais").iterdir()):
            say("making the season's AIS and its truth")
            made = season(workspace.settings, workspace.aois)
            write_truth(made, workspace.root / "truth")
            write_ais(made, workspace.root / "ais")
        result = workspace.run(pool=pool, say=say)
        if result.failed:
            raise ArchiveError(
                f"{workspace.root}: some steps failed; run `monitor run --due -w {workspace.root}` again"
            )
        return sorted((workspace.root / "reports").glob("*.html"))

    @property
    def aois(self) -> tuple[Aoi, ...]:
        """The ports in ``aoi/``.

        Raises
        ------
        DataError
            A file is invalid.
        SettingsError
            There is none.
        """
        ports = read_aois(self.root / "aoi")
        if not ports:
            raise SettingsError(f"{self.root / 'aoi'}: no *.geojson; put one file a port there")
        return ports

    @property
    def archive(self) -> Archive:
        """Where scenes and tables rest."""
        return Archive(self.root / "archive")

    @property
    def positions(self) -> PositionStore:
        """Where AIS positions rest."""
        return PositionStore(self.root / "archive" / "positions")

    @property
    def detectors(self) -> dict[str, Detector]:
        """What looks at the scenes of each sensor."""
        chosen = self.settings.detector
        return {
            sensor: make_detector(sensor, chosen.weights or None, chosen.threshold)
            for sensor in self.settings.source.sensors
            if sensor in DETECTED
        }

    def ports(self, aoi: str | None = None) -> Ports:
        """The ports, or one of them, with what looks at them."""
        return pipeline.Ports(self._chosen(aoi), self.detectors)

    # bringing and making

    def plan(
        self, period: Period = None, *, aoi: str | None = None, sensor: str | None = None, source: str | None = None
    ) -> Table:
        """What `pull` would bring: a row a pass, with whether it is here."""
        found = self._search(period, aoi=aoi, sensor=sensor, source=source, noted=False)
        lacking = {acquisition.id for acquisition, _ in pipeline.missing(self.archive, found)}
        costs = pipeline.costs(self._source(source), found)
        rows = tuple(
            {
                "scene": a.id, "aoi": a.aoi_id, "sensor": a.sensor, "start": isoformat(a.start),
                "cloud": "" if a.cloud_cover is None else f"{a.cloud_cover:.0%}", "here": a.id not in lacking,
                **costs.get(a.id, {}),
            }
            for a, _ in found.offered
        )  # fmt: skip
        units = sum(float(str(costs[a].get("units", 0))) for a in lacking if a in costs)
        price = f", {units:.1f} processing units" if costs else ""
        return Table(f"{len(rows)} passes, {len(lacking)} to pull{price}", rows)

    def pull(
        self, period: Period = None, *, aoi: str | None = None, sensor: str | None = None, source: str | None = None,
        pool: str | None = None,
    ) -> list[Outcome[object, object]]:  # fmt: skip
        """Archive what is missing."""
        found = self._search(period, aoi=aoi, sensor=sensor, source=source)
        work = pipeline.missing(self.archive, found)
        with open_pool(pool) as workers:
            return [*found.failed, *pipeline.pull(self._source(source), self.archive, work, workers)]

    def detect(
        self, period: Period = None, *, aoi: str | None = None, pool: str | None = None
    ) -> list[Outcome[object, object]]:
        """Look at archived scenes that were not looked at."""
        ports = self.ports(aoi)
        scenes = self.archive.scenes(period=_period(period))
        work = pipeline.unseen(self.archive, ports.aois, ports.detectors, scenes)
        with open_pool(pool) as workers:
            return [*pipeline.detect_scenes(self.archive, ports.detectors, work, workers)]

    def ingest(
        self, *files: str | Path, start_date: str | None = None, progress: Progress | None = None
    ) -> IngestReport:
        """Read AIS files into positions."""
        start = start_date or self.settings.ais.start_date
        paths = [Path(file) for file in files]
        told, columns = utc(start) if start else None, self.settings.ais.columns
        return pipeline.ingest(self.positions, paths, start=told, columns=columns, progress=progress)

    def correlate(self, period: Period = None) -> dict[str, int]:
        """Derive matches, dark events, visits, voyages and counts; how many rows of each there are."""
        result = pipeline.correlate_all(self.archive, self.positions, self.ports(), span(self.settings.ais.gap))
        chosen = _period(period)
        return {name: len(_within(table, chosen)) for name, table in result.tables().items()}

    def report(
        self, aoi: str | None = None, period: Period = None, *, out: Path | None = None, pdf: bool = False
    ) -> list[Path]:
        """Write the brief of a port, or of all; the files written."""
        ports = self.ports(aoi)
        if not pipeline.is_current(self.archive, self.ports(), span(self.settings.ais.gap)):
            self.correlate()
        chosen = _period(period) or self._span(ports)
        name = f"{aoi or 'brief'}_{chosen.start:%Y%m%d}_{chosen.end:%Y%m%d}.html"
        target = out or self.root / "reports" / name
        return pipeline.write_brief(self.archive, self.positions, ports, chosen, target, pdf=pdf)

    def run(self, *, pool: str | None = None, say: Say = _quiet) -> RunResult:
        """Do everything that is due: pull, detect, ingest, correlate, report. A second run finds nothing to do.

        Raises
        ------
        ArchiveError
            Another run is at work here.
        """
        lock = FileLock(self.root / "archive" / ".run.lock")
        (self.root / "archive").mkdir(parents=True, exist_ok=True)
        try:
            with lock.acquire(timeout=0):
                began = datetime.now(UTC)
                result = self._run(pool, say)
                self.archive.record(Record("run", f"{began:%Y%m%dT%H%M%S%f}", began, result.as_json()))
                return result
        except Timeout as error:
            raise ArchiveError(f"{self.root}: another run is at work here; wait for it to end") from error

    def _run(self, pool: str | None, say: Say) -> RunResult:
        steps: list[Step] = []

        def done(step: Step) -> None:
            steps.append(step)
            say(step.text())

        done(self._pull_due(pool))
        done(self._ingest_due())
        done(Step.of("detect", self.detect(pool=pool)))
        ports, gap = self.ports(), span(self.settings.ais.gap)
        if pipeline.is_current(self.archive, ports, gap):
            done(Step("correlate"))
        else:
            result = pipeline.correlate_all(self.archive, self.positions, ports, gap)
            done(Step("correlate", 1, note=pipeline.summary(result)))
        briefs = self._brief_due(ports)
        done(Step("report", len(briefs)))
        return RunResult(tuple(steps), tuple(str(path) for path in briefs))

    def _pull_due(self, pool: str | None) -> Step:
        name = self.settings.source.name
        try:
            found = self._search(None)
        except MonitorError as error:
            return failure("pull", name, error)
        work = pipeline.missing(self.archive, found)
        with open_pool(pool) as workers:
            brought = pipeline.pull(self._source(None), self.archive, work, workers)
        faults = [(p.where, p.reason) for aoi in self.aois for p in self._problems(aoi) if p.is_fault]
        step = Step.of("pull", [*found.failed, *brought])
        return Step(step.name, step.done, (*step.failures, *faults), step.note)

    def _ingest_due(self) -> Step:
        patterns = self.settings.ais.files
        files = sorted({path for pattern in patterns for path in self.root.glob(pattern) if path.is_file()})
        report = self.ingest(*files)
        return Step("ingest", report.new, report.failures)

    def _brief_due(self, ports: Ports) -> list[Path]:
        if not self.archive.scenes():
            return []
        chosen = self._span(ports)
        target = self.root / "reports" / f"brief_{chosen.start:%Y%m%d}_{chosen.end:%Y%m%d}.html"
        if target.is_file() and pipeline.brief_is_current(self.archive, target):
            return []
        return pipeline.write_brief(self.archive, self.positions, ports, chosen, target)

    # tables

    def scenes(self, aoi: str | None = None, period: Period = None) -> gpd.GeoDataFrame:
        """What is archived: a row a scene, with its footprint."""
        return _scene_table(self.archive.scenes(aoi, _period(period)))

    def detections(self, aoi: str | None = None, period: Period = None) -> gpd.GeoDataFrame:
        """DETECTIONS: a row an object."""
        return pipeline.scene_tables(self.archive, self.ports(aoi), "detections", DETECTIONS, _period(period))

    def coverage(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """COVERAGE: what each look showed of water, berths and yards, and why not."""
        return pipeline.scene_tables(self.archive, self.ports(aoi), "coverage", COVERAGE, _period(period))

    def berth_states(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """BERTH_STATES: occupied, empty or not observed, with a probability."""
        return self._derived("berth_states", BERTH_STATES, aoi, period)

    def stacks(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """STACKS: container stacks by yard and look."""
        return self._derived("stacks", STACKS, aoi, period)

    def counts(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """COUNTS: vessels per look; missing where the look was not observed."""
        return self._derived("counts", COUNTS, aoi, period)

    def gaps(self, *, at_least: timedelta | None = None, until: str | datetime | None = None) -> pd.DataFrame:
        """GAPS: silences longer than `at_least` (the settings' when not given), from the positions that are in."""
        longest = at_least or span(self.settings.ais.gap)
        return pipeline.stored_gaps(self.positions, at_least=longest, until=utc(until) if until else None)

    def matches(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """MATCHES as they now stand."""
        return pipeline.standing(self._derived("matches", MATCHES, aoi, period))

    def dark_events(self, aoi: str | None = None, period: Period = None) -> gpd.GeoDataFrame:
        """DARK_EVENTS: detections that no AIS explains."""
        return self._derived("dark_events", DARK_EVENTS, aoi, period)

    def visits(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """VISITS: stays at berths, not before and not after."""
        return self._derived("visits", VISITS, aoi, period)

    def voyages(self) -> pd.DataFrame:
        """VOYAGES between ports, from AIS and from imagery."""
        return self._derived("voyages", VOYAGES, None, None)

    def _derived(self, name: str, schema: Schema, aoi: str | None, period: Period) -> pd.DataFrame:
        table = _within(self.archive.read_table(name, schema), _period(period))
        if aoi is None or "aoi_id" not in table:
            return table
        self._chosen(aoi)
        return table[table["aoi_id"] == aoi].reset_index(drop=True)

    # looking after

    def passes(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """PASSES: when each satellite looked at the ports, would have, and will; 15 days either way by default."""
        now = datetime.now(UTC)
        book = OfferBook(self.archive)
        within = _period(period) or TimeRange(now - timedelta(days=15), now + timedelta(days=15))
        chosen = {port.id for port in self._chosen(aoi)}
        looks = [a for a in self.archive.acquisitions() if a.aoi_id in chosen]
        tried = [attempt for attempt in book.tried() if attempt.aoi_id in chosen]
        return find_passes(looks, within, now=now, searched=book.searched(), tried=tried)

    def schedule(self, kind: str = "systemd", *, remove: bool = False) -> str:
        """Set the timer that calls `run --due`, or take it away; what was done.

        Raises
        ------
        SettingsError
            systemd or cron is not here, or refuses.
        """
        return self._timer.remove(kind, run_command) if remove else self._timer.install(kind, run_command)

    def schedule_text(self, kind: str = "systemd") -> str:
        """What `schedule` would write."""
        if kind == "cron":
            return self._timer.cron()
        return "\n".join(f"# {self._timer.units / name}\n{text}" for name, text in self._timer.systemd().items())

    @property
    def _timer(self) -> Timer:
        return Timer(Path(sys.executable).with_name("monitor"), self.root, Path.home())

    def doctor(self) -> list[Check]:
        """What is wrong, and what mends it."""
        from monitor.doctor import examine

        return examine(self.root, self.settings)

    def status(self) -> Table:
        """What is there: a row a port and sensor, and the positions."""
        rows: list[dict[str, object]] = []
        for aoi in self.aois:
            for sensor in self.settings.source.sensors:
                scenes = self.archive.scenes(aoi.id, sensor=sensor)
                times = [scene.acquisition.acquired_at for scene in scenes]
                rows.append(
                    {
                        "port": aoi.id, "what": sensor, "number": len(scenes),
                        "first": isoformat(min(times)) if times else "", "last": isoformat(max(times)) if times else "",
                    }
                )  # fmt: skip
        brought = self.positions.ingested()
        instants = [instant for done in brought for first, last, _ in done.spans for instant in (first, last)]
        rows.append(
            {
                "port": "", "what": "positions", "number": sum(done.positions for done in brought),
                "first": isoformat(min(instants)) if instants else "",
                "last": isoformat(max(instants)) if instants else "",
            }
        )  # fmt: skip
        return Table(str(self.root.absolute()), tuple(rows))

    def reindex(self) -> int:
        """Rebuild the index from the files; the number of scenes."""
        return self.archive.reindex()

    # giving away

    def export(
        self,
        out: Path,
        *,
        format: str = "gpkg",  # noqa: A002
        aoi: str | None = None,
        period: Period = None,
    ) -> list[Path]:
        """Write tables for QGIS and others; the files written.

        `format` is gpkg, geojson, geoparquet, kml, csv or stac.
        """
        return pipeline.export(
            self.archive, self.positions, self.ports(aoi), out, format=format, period=_period(period)
        )

    def evidence(self, id: str, *, out: Path) -> Path:  # noqa: A002
        """Pack the chain of custody of one finding, event or detection into a zip file."""
        return pipeline.pack_evidence(self.archive, self.positions, self.ports(), id, out)

    def write_csv(self, table: pd.DataFrame, out: Path) -> Path:
        """Write a table as CSV that no spreadsheet takes for formulas."""
        return pipeline.write_csv(table, out)

    # choosing

    def _chosen(self, aoi: str | None) -> tuple[Aoi, ...]:
        ports = self.aois
        if aoi is None:
            return ports
        mine = tuple(port for port in ports if port.id == aoi)
        if not mine:
            raise SettingsError(f"no port {aoi!r} in {self.root / 'aoi'}; there are {', '.join(p.id for p in ports)}")
        return mine

    def _source(self, name: str | None) -> Source:
        return make_source(self.root, self.settings, self.aois, name)

    def _search(
        self, period: Period, *, aoi: str | None = None, sensor: str | None = None, source: str | None = None,
        noted: bool = True,
    ) -> Search:  # fmt: skip
        asked, ports = self._source(source), self._chosen(aoi)
        within = _period(period) or self._due(source)
        offered = pipeline.search(asked, ports, within)
        if noted:
            pipeline.note_search(self.archive, asked, ports, offered, within)
        return offered.of_sensors((sensor,) if sensor else self.settings.source.sensors)

    def _due(self, source: str | None) -> TimeRange:
        """What `run --due` looks at: the settings' period, the season, everything on disk, or the last days."""
        chosen = self.settings.source
        name = source or chosen.name
        if chosen.period:
            return TimeRange.parse(chosen.period)
        if name == "simulated":
            return TimeRange.parse(self.settings.simulate.period)
        now = datetime.now(UTC)
        if name == "folder":
            return TimeRange(datetime(2014, 1, 1, tzinfo=UTC), now + timedelta(days=1))
        return TimeRange.last(chosen.last, now=now)

    def _problems(self, aoi: Aoi) -> Sequence[Problem]:
        return pipeline.problems(self._source(None), aoi, self._due(None))

    def _span(self, ports: Ports) -> TimeRange:
        """The days from the first archived scene to the last, at most the settings' weeks."""
        ids = {aoi.id for aoi in ports.aois}
        times = [s.acquisition.acquired_at for s in self.archive.scenes() if s.acquisition.aoi_id in ids]
        if not times:
            raise ArchiveError(f"{self.root}: no scene is archived; `monitor pull` brings some")
        end = max(times).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        first = min(times).replace(hour=0, minute=0, second=0, microsecond=0)
        return TimeRange(max(first, end - timedelta(weeks=self.settings.report.weeks)), end)


def _period(period: Period) -> TimeRange | None:
    return TimeRange.parse(period) if isinstance(period, str) else period


def _within(table: pd.DataFrame, period: TimeRange | None) -> pd.DataFrame:
    """The rows of which the first instant that the table has lies in the period; all without one."""
    columns = ("acquired_at", "arrived_not_before", "arrived_not_after", "departed_at", "start")
    column = next((name for name in columns if name in table), None)
    if period is None or column is None:
        return table
    return table[(table[column] >= period.start) & (table[column] < period.end)].reset_index(drop=True)


def _scene_table(scenes: Sequence[Scene]) -> gpd.GeoDataFrame:
    rows = [
        {
            "scene_id": s.id, "aoi_id": s.acquisition.aoi_id, "sensor": s.acquisition.sensor,
            "platform": s.acquisition.platform, "acquired_at": pd.Timestamp(s.acquisition.acquired_at),
            "is_exact": s.acquisition.is_exact, "relative_orbit": s.acquisition.relative_orbit,
            "cloud_cover": s.acquisition.cloud_cover, "valid_fraction": s.valid_fraction,
            "simulated": s.acquisition.simulated, "geometry": s.acquisition.footprint,
        }
        for s in scenes
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, columns=list(_SCENE_COLUMNS), geometry="geometry", crs="EPSG:4326")
