"""A workspace: a folder with ports, settings and an archive. The only place that names concrete classes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from filelock import FileLock, Timeout

from monitor import pipeline
from monitor.core.aoi import Aoi
from monitor.core.errors import ArchiveError, MonitorError, SettingsError
from monitor.core.parallel import Outcome, open_pool
from monitor.core.revisit import find_passes
from monitor.core.tables.aviation import AIR_POSITIONS
from monitor.core.timerange import TimeRange, isoformat, span, utc
from monitor.pipeline.outcome import RunResult, Step, Table, failure
from monitor.store.index import Record
from monitor.store.reviews import Review, ReviewStore, login
from monitor.store.searches import SearchStore
from monitor.workspace.factory import alert_plan, alert_targets, make_source, season, shipped_ports
from monitor.workspace.schedule import Timer, run_command
from monitor.workspace.settings import FILE_NAME, read_settings, template
from monitor.workspace.tables import Period, Views, chosen_period, within

if TYPE_CHECKING:
    from monitor.pipeline import IngestReport, Ports, Progress
    from monitor.pipeline.alerts import Waiting
    from monitor.pipeline.aviation.ingest import AirIntake
    from monitor.pipeline.pull import Search
    from monitor.report.render.notebook import Page
    from monitor.simulate import ScoreSheet
    from monitor.sources.base import Source
    from monitor.sources.errors import Problem
    from monitor.workspace.doctor import Check

Report = Callable[[str], None]
"""A function of one line of text on progress."""


def _quiet(_: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Workspace(Views):
    """What notebooks and the command line hold: a folder and its settings.

    Tables come back as (Geo)DataFrames of `monitor.core.tables`; methods that bring or make something return what
    became of each item.
    """

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
    def demo(cls, folder: str | Path, *, pool: str | None = None, progress: Report = _quiet) -> list[Path]:
        """Run the whole job on the embedded simulated season; the briefs.

        Raises
        ------
        SettingsError
            The folder cannot be written.
        """
        from monitor.sources.simulated.aviation import write_air
        from monitor.sources.simulated.files import write_ais, write_truth

        workspace = cls.create(folder, source={"name": '"simulated"', "sensors": '["s2"]'})
        if not any((workspace.root / "ais").iterdir()):
            progress("making the season's AIS and its truth")
            made = season(workspace.settings, workspace.aois)
            write_truth(made, workspace.root / "truth")
            write_ais(made, workspace.root / "ais")
            write_air(made, workspace.root)
        result = workspace.run(pool=pool, progress=progress)
        if result.failed:
            raise ArchiveError(
                f"{workspace.root}: some steps failed; run `monitor run --due -w {workspace.root}` again"
            )
        return sorted((workspace.root / "reports").glob("*.html"))

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
                "scene": a.id,
                "aoi": a.aoi_id,
                "sensor": a.sensor,
                "start": isoformat(a.start),
                "cloud": "" if a.cloud_cover is None else f"{a.cloud_cover:.0%}",
                "here": a.id not in lacking,
                **costs.get(a.id, {}),
            }
            for a, _ in found.offered
        )
        units = sum(float(str(costs[a].get("units", 0))) for a in lacking if a in costs)
        price = f", {units:.1f} processing units" if costs else ""
        return Table(f"{len(rows)} passes, {len(lacking)} to pull{price}", rows)

    def pull(
        self,
        period: Period = None,
        *,
        aoi: str | None = None,
        sensor: str | None = None,
        source: str | None = None,
        pool: str | None = None,
    ) -> list[Outcome[object, object]]:
        """Archive what is missing."""
        found = self._search(period, aoi=aoi, sensor=sensor, source=source)
        work = pipeline.missing(self.archive, found)
        with open_pool(pool) as workers:
            return [*found.failed, *pipeline.pull_scenes(self._source(source), self.archive, work, workers)]

    def detect(
        self, period: Period = None, *, aoi: str | None = None, pool: str | None = None
    ) -> list[Outcome[object, object]]:
        """Look at archived scenes that were not looked at."""
        ports = self.ports(aoi)
        scenes = self.archive.scenes(period=chosen_period(period))
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
        return pipeline.ingest_files(self.positions, paths, start=told, columns=columns, progress=progress)

    def correlate(self, period: Period = None) -> dict[str, int]:
        """Derive matches, dark events, visits, voyages and counts; how many rows of each there are.

        Raises
        ------
        ArchiveError
            Scenes lack detections by the weights and zones now in force; what was derived before stays as it is.
        """
        ports = self.ports()
        lacking = pipeline.unseen(self.archive, ports.aois, ports.detectors, self.archive.scenes())
        if lacking:
            raise ArchiveError(
                f"{self.root}: {len(lacking)} scenes have no detections by the weights and zones now in force; "
                "run `monitor detect` first (`monitor run --due` does both)"
            )
        result = pipeline.correlate_all(self.archive, self.positions, ports, span(self.settings.ais.gap))
        self._alerts_due(ports)
        chosen = chosen_period(period)
        return {name: len(within(table, chosen)) for name, table in result.tables().items()}

    def report(
        self, aoi: str | None = None, period: Period = None, *, out: Path | None = None, pdf: bool = False
    ) -> list[Path]:
        """Write the brief of a port, or of all; the files written."""
        ports = self.ports(aoi)
        if not pipeline.is_current(self.archive, self.ports(), span(self.settings.ais.gap)):
            self.correlate()
        chosen = chosen_period(period) or self._span(ports)
        name = f"{aoi or 'brief'}_{chosen.start:%Y%m%d}_{chosen.end:%Y%m%d}.html"
        target = out or self.root / "reports" / name
        line = self.settings.report.distribution
        return pipeline.write_brief(self.archive, self.positions, ports, chosen, target, pdf=pdf, distribution=line)

    def map(self, aoi: str, period: Period = None) -> Page:
        """The map of a port, which shows itself in a notebook: its newest clear observation of a period, with what
        was found, tracks, gaps and berths.

        Raises
        ------
        DataError
            No observation of the period shows the port.
        """
        ports = self.ports(aoi)
        chosen = chosen_period(period) or self._span(ports)
        return pipeline.show_map(self.archive, self.positions, ports, chosen, ports.aois[0])

    def brief(self, aoi: str | None = None, period: Period = None) -> Page:
        """The brief of a port, or of all, which shows itself in a notebook; `report` writes it to a file."""
        ports = self.ports(aoi)
        chosen = chosen_period(period) or self._span(ports)
        return pipeline.show_brief(self.archive, self.positions, ports, chosen)

    def run(self, *, pool: str | None = None, progress: Report = _quiet) -> RunResult:
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
                result = self._run(pool, progress)
                self.archive.record(Record("run", f"{began:%Y%m%dT%H%M%S%f}", began, result.as_json()))
                return result
        except Timeout as error:
            raise ArchiveError(f"{self.root}: another run is at work here; wait for it to end") from error

    def _run(self, pool: str | None, progress: Report) -> RunResult:
        steps: list[Step] = []

        def done(step: Step) -> None:
            steps.append(step)
            progress(step.text())

        done(self._pull_due(pool))
        done(self._ingest_due())
        done(self._flights_due())
        done(Step.of("detect", self.detect(pool=pool)))
        ports, gap = self.ports(), span(self.settings.ais.gap)
        if pipeline.is_current(self.archive, ports, gap):
            done(Step("correlate"))
        else:
            late = self.late_scenes()
            result = pipeline.correlate_all(self.archive, self.positions, ports, gap)
            done(Step("correlate", 1, note=pipeline.summary(result, late)))
        done(self._alerts_due(ports))
        briefs = self._brief_due(ports)
        done(Step("report", len(briefs)))
        if self.settings.alerts.send:
            done(self.send_alerts())
        return RunResult(tuple(steps), tuple(str(path) for path in briefs))

    def _pull_due(self, pool: str | None) -> Step:
        name = self.settings.source.name
        try:
            found = self._search(None)
        except MonitorError as error:
            return failure("pull", name, error)
        work = pipeline.missing(self.archive, found)
        with open_pool(pool) as workers:
            brought = pipeline.pull_scenes(self._source(None), self.archive, work, workers)
        faults = [(p.where, p.reason) for aoi in self.aois for p in self._problems(aoi) if p.is_fault]
        step = Step.of("pull", [*found.failed, *brought])
        return Step(step.name, step.done, (*step.failures, *faults), step.note)

    def _ingest_due(self) -> Step:
        patterns = self.settings.ais.files
        files = sorted({path for pattern in patterns for path in self.root.glob(pattern) if path.is_file()})
        report = self.ingest(*files)
        return Step("ingest", report.new, report.failures)

    def _flights_due(self) -> Step:
        told = self.settings.flights
        found = {path for pattern in told.files for path in self.root.glob(pattern) if path.is_file()}
        if not found and not self.archive.read_note("air_files"):
            return Step("flights")
        lists = {(self.root / name).resolve() for name in (told.watchlist, told.airfields, told.events) if name}
        try:
            took = self.ingest_flights(*sorted(path for path in found if path.resolve() not in lists))
        except MonitorError as error:
            return failure("flights", "flights", error)
        return Step("flights", len(took.reports), took.failures)

    def _alerts_due(self, ports: Ports) -> Step:
        plan = alert_plan(self.settings, self._watched_until())
        if pipeline.alerts_are_raised(self.archive, plan):
            return Step("alerts")
        try:
            return pipeline.raise_alerts(self.archive, self.positions, ports, plan)
        except MonitorError as error:
            return failure("alerts", "alerts", error)

    def _brief_due(self, ports: Ports) -> list[Path]:
        if not self.archive.scenes():
            return []
        chosen = self._span(ports)
        target = self.root / "reports" / f"brief_{chosen.start:%Y%m%d}_{chosen.end:%Y%m%d}.html"
        if target.is_file() and pipeline.brief_is_current(self.archive, target):
            return []
        line = self.settings.report.distribution
        return pipeline.write_brief(self.archive, self.positions, ports, chosen, target, distribution=line)

    def passes(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """PASSES: when each satellite looked at the ports, would have, and will; 15 days either way by default."""
        now = datetime.now(UTC)
        book = SearchStore(self.archive)
        within = chosen_period(period) or TimeRange(now - timedelta(days=15), now + timedelta(days=15))
        chosen = {port.id for port in self._chosen(aoi)}
        observations = [a for a in self.archive.acquisitions() if a.aoi_id in chosen]
        tried = [attempt for attempt in book.tried() if attempt.aoi_id in chosen]
        return find_passes(observations, within, now=now, searched=book.searched(), tried=tried)

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
        from monitor.workspace.doctor import examine

        return examine(self.root, self.settings)

    def reindex(self) -> int:
        """Rebuild the index from the files; the number of scenes."""
        return self.archive.reindex()

    def score(self, truth: Path | None = None) -> ScoreSheet:
        """What every output table is worth against a season's truth; by default that of the workspace's ``truth/``.

        Raises
        ------
        DataError
            The folder holds no truth.
        """
        from monitor.simulate import score
        from monitor.sources.simulated.files import read_truth

        known = read_truth(truth or self.root / "truth")
        names = (
            "matches",
            "dark_events",
            "gap_candidates",
            "identity",
            "berth_states",
            "stacks",
            "visits",
            "voyages",
            "shuttles",
            "counts",
            "detections",
        )
        made = {name: getattr(self, name)() for name in names}
        found, heard = self.flights(), self.archive.read_table("air_positions", AIR_POSITIONS)
        air = {"air_calls": found.calls, "air_positions": heard, "airfields": found.airfields}
        return score({**made, **air}, known)

    def ingest_flights(
        self, *files: str | Path, watchlist: Path | None = None, time_zone: str | None = None
    ) -> AirIntake:
        """Read aircraft traces and published claims; per file what was read and refused, and what cleaning left out."""
        told = self.settings.flights
        return pipeline.take_flights(
            self.archive,
            [Path(file) for file in files],
            self.air_lists(watchlist=watchlist),
            time_zone=time_zone or told.time_zone or None,
            within=span(told.within),
        )

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
        return pipeline.export_tables(
            self.archive, self.positions, self.ports(aoi), out, format=format, period=chosen_period(period)
        )

    def evidence(self, id: str, *, out: Path) -> Path:  # noqa: A002
        """Pack the chain of custody of one finding, event or detection into a zip file."""
        return pipeline.pack_evidence(self.archive, self.positions, self.ports(), id, out)

    def add_sightings(self, *files: str | Path) -> dict[str, int]:
        """Take in CSV files of an analyst's own sightings, for `ledger`; how many each holds."""
        return {str(file): pipeline.add_sightings(self.archive, Path(file)) for file in files}

    # telling

    def messages(self) -> list[Waiting]:
        """What `send_alerts` would send: alerts that wait, each with its message."""
        base = self.settings.alerts.brief_url
        return pipeline.to_send(self.archive, self.ports(), self.root / "reports", base=base)

    def send_alerts(self) -> Step:
        """Send the alerts that wait, each once to each target; what fails is recorded and tried again next time."""
        try:
            return pipeline.send_alerts(self.archive, self.messages(), alert_targets(self.settings))
        except MonitorError as error:
            return failure("send", "alerts", error)

    # reviewing

    def review(self, id: str, decision: str, *, note: str = "", who: str = "") -> Review:  # noqa: A002
        """Decide on a detection, dark event or other finding: keep, reject, fixed or unsure.

        The next `correlate` and brief go by it: what is rejected is not counted and makes no dark event, a fixed object
        is set aside, what is kept is confirmed. `who` is the name that stands beside it, the login's when not given.

        Raises
        ------
        DataError
            Nothing has that id, or there is no such decision.
        """
        now = datetime.now(UTC)
        return pipeline.record_review(self.archive, self.ports(), id, decision, who=who or login(), note=note, now=now)

    def undo_review(self, id: str = "", *, who: str = "") -> Review:  # noqa: A002
        """Take back that person's last decision that stands, or their last one of `id`.

        Raises
        ------
        DataError
            There is none.
        """
        subject = id.removeprefix("dark|")
        return ReviewStore(self.archive).undo(who=who or login(), now=datetime.now(UTC), subject=subject)

    def export_reviews(self, out: Path) -> list[Path]:
        """Write the reviewed detections as labelled scene folders, which `train` and `evaluate` read; the folders.

        Raises
        ------
        DataError
            Nothing was reviewed that could be a label.
        """
        return pipeline.export_labels(self.archive, self.ports(), out)

    def write_csv(self, table: pd.DataFrame, out: Path) -> Path:
        """Write a table as CSV that no spreadsheet takes for formulas."""
        return pipeline.write_csv(table, out)

    # choosing

    def _source(self, name: str | None) -> Source:
        return make_source(self.root, self.settings, self.aois, name)

    def _search(
        self,
        period: Period,
        *,
        aoi: str | None = None,
        sensor: str | None = None,
        source: str | None = None,
        noted: bool = True,
    ) -> Search:
        asked, ports = self._source(source), self._chosen(aoi)
        within = chosen_period(period) or self._due(source)
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

    def _watched_until(self) -> datetime:
        """When the watch ends: today, or with the period that is looked at; for files on disk, at the last scene."""
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.settings.source.name != "folder" or self.settings.source.period:
            return min(self._due(None).end, today)
        return max((scene.acquisition.acquired_at for scene in self.archive.scenes()), default=today)

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
