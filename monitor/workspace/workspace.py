"""A workspace: a folder with ports, settings and an archive; each command is a method of the same name."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from filelock import Timeout

from monitor import pipeline
from monitor.core.aoi import Aoi, read_aois
from monitor.core.errors import ArchiveError, MonitorError, SettingsError
from monitor.core.parallel import Outcome, open_pool
from monitor.core.scenes.revisit import find_passes
from monitor.core.tables import AIR_CALLS, AIRFIELDS, LEDGER
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange, isoformat, span, utc
from monitor.io.atomic import locked
from monitor.pipeline.boundary import reading
from monitor.pipeline.context import Context, Rules
from monitor.pipeline.outcome import RunResult, Step, Table, failure
from monitor.sources import PositionReader
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore
from monitor.store.reviews import Review, login
from monitor.store.searches import SearchStore
from monitor.store.verify import Verification, verify
from monitor.workspace.ais import AisTables
from monitor.workspace.aviation import AviationTables
from monitor.workspace.create import Places, create_folder, write_season_inputs
from monitor.workspace.factory import Detectors, alert_targets, archive_of, detector, season
from monitor.workspace.places import PlaceReport, report_places
from monitor.workspace.quickstart import catalog_settings, check_folder, port_file, run_quickstart
from monitor.workspace.reviews import Reviews
from monitor.workspace.run import Progress, alerts, run_recorded
from monitor.workspace.schedule import Timer, run_command
from monitor.workspace.search import plan_pull, pull_missing
from monitor.workspace.settings import FILE_NAME, Settings, read_settings
from monitor.workspace.tables import Period, as_period, read_table, scene_table, status_table, summary_table

if TYPE_CHECKING:
    from monitor.core.instants import Order
    from monitor.detect.base import Detector
    from monitor.pipeline.ais.ingest import IngestReport
    from monitor.pipeline.alerts.raise_and_send import Waiting
    from monitor.pipeline.planning import Plan
    from monitor.report.figures.encode import Figure
    from monitor.report.render.notebook import Page
    from monitor.simulate import ScoreSheet
    from monitor.workspace.doctor import Check


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder and its settings. Tables come back as (Geo)DataFrames of `monitor.core.tables`.

    Attributes
    ----------
    root : Path
        The folder.
    settings : Settings
        Of its monitor.toml and the environment.
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
            elsewhere = [p.parent for p in (*sorted(root.glob(f"*/{FILE_NAME}")), *_above(root)) if p.is_file()]
            found = f"there is one: -w {elsewhere[0]}; " if elsewhere else "-w FOLDER names one; "
            raise SettingsError(f"{root.absolute()}: no {FILE_NAME} here; {found}`monitor init` makes a workspace")
        return cls(root, read_settings(path))

    @classmethod
    def create(
        cls,
        folder: str | Path,
        *,
        source: Mapping[str, str] | None = None,
        stac: Mapping[str, str] | None = None,
        ports: Sequence[str | Path] = (),
        kind: str = "",
        beside: Sequence[str] = (),
    ) -> Workspace:
        """A new workspace: a commented monitor.toml, the ports, an empty archive.

        What is there stays as it is.

        Parameters
        ----------
        folder : str or Path
            New, or a workspace.
        source, stac : mapping of str to str, optional
            Settings of these sections that are written in force, as TOML values.
        ports : sequence of str or Path, optional
            Files of one place each (GeoJSON, KML, KMZ, GeoPackage, Shapefile) in place of the shipped ports.
        kind : str, optional
            What the places of these files are: ``port``, ``depot``, ``railyard`` or ``terminal``. Their files get a
            comment on the zones that such a place has.
        beside : sequence of str, optional
            Ids of shipped places that are watched as well, such as ``tikhoretsk``.

        Raises
        ------
        SettingsError
            The folder cannot be written, or there is no such shipped place.
        DataError
            A file holds no place.
        """
        chosen = Places(files=tuple(map(Path, ports)), kind=kind, beside=tuple(beside))
        create_folder(Path(folder), {"source": source or {}, "stac": stac or {}}, chosen)
        return cls.open(folder)

    @classmethod
    def demo(cls, folder: str | Path, *, pool: str | None = None, progress: Progress = lambda _: None) -> list[Path]:
        """Run the whole job on the embedded simulated season; the briefs.

        Parameters
        ----------
        folder : str or Path
            A new or an earlier demonstration.
        pool : str, optional
            As `monitor --pool` takes it.
        progress : Progress
            Called with a line of text after each step.

        Raises
        ------
        ArchiveError
            A step failed.
        SettingsError
            The folder cannot be written.
        """
        workspace = cls.create(folder, source={"name": '"simulated"'})
        if not any((workspace.root / "ais").iterdir()):
            progress("making the season's AIS and its truth")
            write_season_inputs(season(workspace.settings, workspace.aois), workspace.root)
        result = workspace.run(pool=pool, progress=progress)
        if result.failed:
            raise ArchiveError(
                f"{workspace.root}: some steps failed; run `monitor run --due -w {workspace.root}` again"
            )
        return sorted((workspace.root / "reports").glob("*.html"))

    @classmethod
    def quickstart(
        cls,
        port: str | Path,
        folder: str | Path,
        *,
        last: str = "30d",
        radar: bool = False,
        pool: str | None = None,
        progress: Progress = lambda _: None,
    ) -> RunResult:
        """Real passes over a port from an open catalog, without an account, to a first brief; what was done.

        A second call fetches only what is new.

        Parameters
        ----------
        port : str or Path
            The id of a shipped port, or a file of one port as `create` takes it.
        folder : str or Path
            New, or the workspace of an earlier call.
        last : str, optional
            How far back: ``30d``, ``12h``. The newest clear pass is fetched even when it is older.
        radar : bool, optional
            Whether Sentinel-1 is fetched too.
        pool : str, optional
            As `monitor --pool` takes it.
        progress : Progress
            Called with a line of text after each step.

        Raises
        ------
        SettingsError
            There is no such port, or the folder is a workspace on another source.
        SourceError
            The catalog cannot be reached.
        """
        check_folder(Path(folder))
        chosen = catalog_settings(last, radar=radar)
        made = cls.create(folder, source=chosen["source"], stac=chosen.get("stac"), ports=[port_file(port)])
        return run_quickstart(made, pool, progress)

    # what it consists of

    @property
    def aois(self) -> tuple[Aoi, ...]:
        """The ports in ``aoi/``, read now.

        Raises
        ------
        DataError
            A file is invalid.
        SettingsError
            There is none.
        """
        with reading(self.root / "aoi"):
            ports = read_aois(self.root / "aoi")
        if not ports:
            raise SettingsError(f"{self.root / 'aoi'}: no *.geojson; put one file a port there")
        return ports

    def places(self) -> tuple[PlaceReport, ...]:
        """What is measured at each place of ``aoi/`` by its zones, and which zone to draw next; by id."""
        return report_places(self.root / "aoi")

    @property
    def archive(self) -> Archive:
        """Where scenes and tables are."""
        return archive_of(self.root, self.settings)

    @property
    def positions(self) -> PositionStore:
        """Where AIS positions are."""
        return self.archive.positions

    @property
    def ais(self) -> AisTables:
        """Tables from AIS alone."""
        return AisTables(self)

    @property
    def reviews(self) -> Reviews:
        """What people decided, and what there is to decide."""
        return Reviews(self)

    @property
    def aviation(self) -> AviationTables:
        """Tables from aircraft traces."""
        return AviationTables(self)

    def context(self, aoi: str | None = None) -> Context:
        """What a step starts from: the ports, or one of them, read now; the archive; detectors and rules.

        Raises
        ------
        SettingsError
            There is no such port, or none at all.
        """
        ports = self.aois

        def make(sensor: str) -> Detector:
            return detector(self.root, self.settings, sensor, ports)

        detectors = Detectors(self.settings.detector.sensors(self.settings.source.wanted), make)
        report, land = self.settings.report, self.settings.land
        rules = Rules(
            gap=span(self.settings.ais.gap),
            distribution=report.distribution,
            weeks=report.weeks,
            false_alarms_per_year=self.settings.alerts.false_alarms_per_year,
            shuttle_prior=self.settings.voyages.shuttle_prior,
            chains=self.settings.chains.rule(),
            land_change_ha=land.least_change_ha,
            land_false_alarms_per_year=land.false_alarms_per_year,
        )
        made = Context(
            archive=self.archive,
            positions=self.positions,
            aois=ports,
            detectors=detectors,
            now=datetime.now(UTC),
            rules=rules,
        )
        return made.of(self._chosen(ports, aoi))

    # commands

    def plan(self, aoi: str, *, partner: str | None = None, stay: str = "24h", season: str = "90d") -> Plan:
        """What passes of Sentinel-2, of both Sentinels and of a daily constellation would let one say of a port.

        Parameters
        ----------
        aoi : str
            The port.
        partner : str, optional
            The port at the other end of a leg; one like the first when not given.
        stay : str
            Time that a ship spends at each end, such as ``24h``.
        season : str
            How long the port is watched from now on, such as ``90d``.

        Raises
        ------
        DataError
            A time has another form, or the stay is too long.
        SettingsError
            There is no such port.
        """
        return pipeline.planning.plan_port(
            self.context(aoi), self.context(partner) if partner else None, stay=span(stay), season=span(season)
        )

    def pull_plan(
        self, period: Period = None, *, aoi: str | None = None, sensor: str | None = None, source: str | None = None
    ) -> Table:
        """What `pull` would archive: a row a pass, with whether it is here.

        Parameters
        ----------
        period : Period
            What `run --due` searches when not given.
        aoi : str, optional
            One port; all when not given.
        sensor : str, optional
            ``s2`` or ``s1``; the settings' when not given.
        source : str, optional
            The settings' when not given.
        """
        return plan_pull(self, self.context(aoi), as_period(period), sensor=sensor, source=source)

    def pull(
        self,
        period: Period = None,
        *,
        aoi: str | None = None,
        sensor: str | None = None,
        source: str | None = None,
        pool: str | None = None,
        left_out: Progress = lambda _: None,
    ) -> list[Outcome[object, object]]:
        """Archive what is missing; what became of each acquisition, and the files that could not be read.

        Parameters
        ----------
        period : Period
            What `run --due` searches when not given.
        aoi : str, optional
            One port; all when not given.
        sensor : str, optional
            ``s2`` or ``s1``; the settings' when not given.
        source : str, optional
            The settings' when not given.
        pool : str, optional
            As `monitor --pool` takes it.
        left_out : callable
            Called with each kind of what the source has and no port needs, such as ``3 outside the AOIs``.
        """
        outcomes, passed_over = pull_missing(
            self, self.context(aoi), as_period(period), sensor=sensor, source=source, pool=pool
        )
        for line in passed_over:
            left_out(line)
        return outcomes

    def detect(
        self, period: Period = None, *, aoi: str | None = None, pool: str | None = None
    ) -> list[Outcome[object, object]]:
        """Run the detectors on archived scenes that lack their detections; what became of each scene.

        Parameters
        ----------
        period : Period
            Only scenes acquired in it.
        aoi : str, optional
            One port; all when not given.
        pool : str, optional
            As `monitor --pool` takes it.
        """
        with open_pool(pool) as workers:
            return [*pipeline.detect.detect_scenes(self.context(aoi), as_period(period), workers)]

    def ingest(
        self,
        *files: str | Path,
        start_date: str | None = None,
        dates: Order | None = None,
        time_zone: str | None = None,
    ) -> IngestReport:
        """Read AIS files into positions; what became of each file.

        Parameters
        ----------
        *files : str or Path
            Of any supported layout.
        start_date : str, optional
            The instant of the first message of NMEA files without times; `[ais] start_date` when not given.
        dates : {"", "day first", "month first"}, optional
            Order of dates such as 10/11/2023, where a file does not show it; `[ais] dates` when not given.
        time_zone : str, optional
            IANA name of the zone of instants in tables that carry none; `[ais] time_zone` when not given.
        """
        chosen = self.settings.ais
        start = start_date or chosen.start_date
        return pipeline.ais.ingest.ingest_files(
            self.positions,
            [Path(file) for file in files],
            reader=PositionReader(
                start_date=utc(start) if start else None,
                layouts=chosen.layouts,
                dates=chosen.dates if dates is None else dates,
                time_zone=chosen.time_zone if time_zone is None else time_zone,
                limits=self.settings.limits.value(),
            ),
            columns=chosen.columns,
        )

    def withdraw(self, *files: str | Path) -> tuple[Path, ...]:
        """Take the positions that AIS files gave out again; the files that were in."""
        return pipeline.ais.ingest.withdraw_files(self.positions, [Path(file) for file in files])

    def correlate(self, period: Period = None, *, pool: str | None = None) -> dict[str, int]:
        """Derive matches, dark events, visits, voyages and counts; how many rows of each there are.

        Parameters
        ----------
        period : Period
            Whose rows are counted; what is derived is of all scenes.
        pool : str, optional
            As `monitor --pool` takes it; the tables are the same on any.

        Raises
        ------
        ArchiveError
            Scenes lack detections by the weights and zones in force; what was derived before stays as it is.
        """
        context = self.context()
        made = self._correlate(context, pool).within(as_period(period))
        return {schema.name: len(made[schema]) for schema in made}

    def report(
        self, aoi: str | None = None, period: Period = None, *, out: Path | None = None, pdf: bool = False
    ) -> list[Path]:
        """Write the brief of a port, or of all; the files written.

        Parameters
        ----------
        aoi : str, optional
            One port; all when not given.
        period : Period
            From the first scene to the last when not given, at most the settings' weeks.
        out : Path, optional
            The HTML file; one in ``reports/`` when not given.
        pdf : bool
            Write a PDF beside it.

        Raises
        ------
        ArchiveError
            No scene is archived.
        """
        context = self._reported(aoi)
        chosen = as_period(period) or context.span()
        name = f"{aoi or 'brief'}_{chosen.start:%Y%m%d}_{chosen.end:%Y%m%d}.html"
        target = self.outside(out) if out else self.root / "reports" / name
        return pipeline.report.write_brief(context, chosen, target, pdf=pdf)

    def run(self, *, pool: str | None = None, progress: Progress = lambda _: None) -> RunResult:
        """Do everything that is due: pull, detect, ingest, correlate, report. A second run finds nothing to do.

        Raises
        ------
        ArchiveError
            Another run is at work here.
        """
        try:
            with locked(self.root / "archive" / ".run.lock", timeout=0):
                return run_recorded(self, pool, progress)
        except Timeout as error:
            raise ArchiveError(f"{self.root}: another run is at work here; wait for it to end") from error

    def passes(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """PASSES: when each satellite passed the ports, would have, and will; 15 days either way by default."""
        context, searches = self.context(aoi), SearchStore(self.archive)
        around = TimeRange(context.now - timedelta(days=15), context.now + timedelta(days=15))
        tried = [attempt for attempt in searches.tried() if attempt.aoi_id in context.ids]
        return find_passes(
            context.acquisitions,
            as_period(period) or around,
            now=context.now,
            searched=searches.searched(),
            tried=tried,
        )

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

    def status(self) -> Table:
        """What is there: a row a port and sensor, and the positions."""
        return status_table(self.context(), self.settings.source.sensors, str(self.root.absolute()))

    def doctor(self) -> list[Check]:
        """What is wrong, and what to do about it."""
        from monitor.workspace.doctor import examine

        return examine(self.root, self.settings)

    def verify(self) -> Verification:
        """Compare every file of the archive with its checksum: which are not what was written, and what to do."""
        return verify(self.archive, self.positions)

    def reindex(self) -> int:
        """Rebuild the index from the files; the number of scenes."""
        return self.archive.reindex()

    def score(self, truth: Path | None = None) -> ScoreSheet:
        """How right every output table is against a season's truth; by default that of the workspace's ``truth/``.

        Raises
        ------
        DataError
            The folder holds no truth, or that of other scenes.
        """
        from monitor.simulate import score
        from monitor.simulate.scoring.score import check_same_scenes, with_ids_of
        from monitor.sources.simulated.files import read_truth_tables

        tables = pipeline.snapshot.current(pipeline.snapshot.read(self.context()))
        found = self.aviation.flights().tables
        made = {schema.name: tables[schema] for schema in pipeline.snapshot.SCORED}
        received, _ = pipeline.aviation.ingest.stored_positions(self.archive)
        made |= {"air_calls": found[AIR_CALLS], "air_positions": received, "airfields": found[AIRFIELDS]}
        scenes = {scene.id for scene in self.archive.scenes()}
        known = with_ids_of(scenes, read_truth_tables(truth or self.root / "truth"))
        check_same_scenes(scenes, known)
        return score(made, known)

    def export(
        self,
        out: str | Path,
        *,
        format: str = "gpkg",  # noqa: A002
        aoi: str | None = None,
        period: Period = None,
        all_links: bool = False,
    ) -> list[Path]:
        """Write tables for QGIS and others; the files written.

        Parameters
        ----------
        out : str or Path
            A file, or a folder for formats of several files.
        format : str
            gpkg, qgis, geojson, geoparquet, kml, csv or stac.
        aoi : str, optional
            One port; all when not given.
        period : Period
            Only rows that share an instant with it.
        all_links : bool
            Also the links between stays that were not chosen, a row each feasible pair.
        """
        return pipeline.export.export_tables(
            self.context(aoi), self.outside(out), format=format, period=as_period(period), all_links=all_links
        )

    def bundle(
        self,
        out: str | Path,
        *,
        aoi: str | None = None,
        period: Period = None,
        evidence: int = 10,
        key: str | Path | None = None,
    ) -> Path:
        """Write brief, figures, tables, layers and evidence with checksums, read-only; the zip or folder.

        Parameters
        ----------
        out : str or Path
            A zip when its name ends in ``.zip``, else a new folder.
        aoi : str, optional
            One port; all when not given.
        period : Period
            The archive's when not given.
        evidence : int
            Of how many dark events, the likeliest first, the evidence is packed.
        key : str or Path, optional
            A secret key of minisign or OpenSSH that signs the checksums.

        Raises
        ------
        ArchiveError
            No scene is archived, or the bundle cannot be written.
        DataError
            The folder is there already, or the key cannot be used.
        """
        context = self._reported(aoi)
        return pipeline.publish.bundle.make_bundle(
            context,
            as_period(period) or context.span(),
            self.outside(out),
            evidence=evidence,
            key=None if key is None else Path(key),
        )

    def evidence(self, id: str, *, out: Path) -> Path:  # noqa: A002
        """Pack the chain of custody of one finding, event or detection into a zip file."""
        return pipeline.export.pack_evidence(self.context(), id, self.outside(out))

    def write_csv(self, table: pd.DataFrame, out: Path) -> Path:
        """Write a table as CSV that no spreadsheet reads as formulas."""
        return pipeline.export.write_csv(table, self.outside(out))

    def add_sightings(self, *files: str | Path) -> dict[str, int]:
        """Add CSV files of an analyst's own sightings, for `ledger`; how many each holds."""
        return {str(file): pipeline.brief.ledger.add_sightings(self.archive, Path(file)) for file in files}

    def messages(self, only: pd.DataFrame | None = None) -> list[Waiting]:
        """What `send_alerts` would send: alerts that wait, each with its message; of all, or `only` of some ALERTS."""
        base = self.settings.alerts.brief_url
        waiting = pipeline.alerts.raise_and_send.to_send(self.context(), self.root / "reports", base=base)
        chosen = None if only is None else set(only["alert_id"])
        return [one for one in waiting if chosen is None or one.alert["alert_id"] in chosen]

    def send_alerts(self, only: pd.DataFrame | None = None) -> Step:
        """Send the alerts that wait, each once to each target; what fails is recorded and tried again next time.

        Of all, or `only` of some ALERTS.
        """
        try:
            targets = alert_targets(self.settings)
            return pipeline.alerts.raise_and_send.send_alerts(self.archive, self.messages(only), targets)
        except MonitorError as error:
            return failure("send", "alerts", error)

    # reviewing

    def review(self, id: str, decision: str, *, note: str = "", who: str = "") -> Review:  # noqa: A002
        """Decide on a detection, dark event or other finding; the row that was recorded.

        The next `correlate` and brief go by it: what is rejected is not counted and makes no dark event, a fixed object
        is set aside, what is kept is confirmed.

        Parameters
        ----------
        id : str
            Of what was reviewed.
        decision : str
            keep, reject, fixed or unsure.
        note : str
            Why.
        who : str
            The name beside the decision; the login's when empty.

        Raises
        ------
        DataError
            Nothing has that id, or there is no such decision.
        """
        context = self.context()
        tables = pipeline.snapshot.read(context)
        return pipeline.review.queue.record_review(context, tables, id, decision, who=who or login(), note=note)

    # tables

    def table(self, name: str, *, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """A stored table by its name in `monitor tables`; rows that share an instant with the period.

        Parameters
        ----------
        name : str
            Such as ``shuttles``, ``berth_states`` or ``stacks``.
        aoi : str, optional
            One port; all when not given. Tables without `aoi_id` stay whole.
        period : Period
            Unknown ends of rows are open.

        Raises
        ------
        DataError
            No table of that name is stored.
        SettingsError
            There is no such port.
        """
        return read_table(self.context(aoi), name, period)

    def scenes(self, aoi: str | None = None, period: Period = None) -> gpd.GeoDataFrame:
        """What is archived: a row a scene, with its footprint."""
        return scene_table(self.archive.scenes(aoi, as_period(period)))

    def detections(self, aoi: str | None = None, period: Period = None) -> gpd.GeoDataFrame:
        """DETECTIONS: a row an object; fixed objects are marked, over the whole archive."""
        return self.table("detections", aoi=aoi, period=period)

    def coverage(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """COVERAGE: what each observation showed of water, berths and yards, and why not."""
        return self.table("coverage", aoi=aoi, period=period)

    def counts(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """COUNTS: vessels per observation; missing where nothing was observed."""
        return self.table("counts", aoi=aoi, period=period)

    def matches(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """MATCHES as they now stand."""
        return self.table("matches", aoi=aoi, period=period)

    def dark_events(self, aoi: str | None = None, period: Period = None) -> gpd.GeoDataFrame:
        """DARK_EVENTS: detections that no AIS explains."""
        return self.table("dark_events", aoi=aoi, period=period)

    def visits(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """VISITS: stays at berths, not before and not after."""
        return self.table("visits", aoi=aoi, period=period)

    def voyages(self, period: Period = None) -> pd.DataFrame:
        """VOYAGES between ports, from AIS and from imagery."""
        return self.table("voyages", period=period)

    def gaps(
        self,
        *,
        at_least: timedelta | None = None,
        until: str | datetime | None = None,
        period: Period = None,
        pool: str | None = None,
    ) -> pd.DataFrame:
        """GAPS in AIS of everything that was ingested.

        Parameters
        ----------
        at_least : timedelta, optional
            The shortest silence that is a gap; `[ais] gap` of the settings when not given.
        until : str or datetime, optional
            Makes open gaps; positions after it are left out.
        period : Period
            Only gaps that share an instant with it.
        pool : str, optional
            As `monitor --pool` takes it.
        """
        return self.ais.gaps(at_least=at_least, until=until, period=period, pool=pool)

    def alerts(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """ALERTS: what was found that an alert is due for, oldest first, and what became of it."""
        return self.table("alerts", aoi=aoi, period=period)

    def ledger(self, aoi: str | None = None, period: Period = None) -> pd.DataFrame:
        """LEDGER: what others published and analysts saw, against what was seen here; a row each, never merged."""
        context = self.context(aoi)
        found = pipeline.brief.ledger.compare_ledger(context, pipeline.snapshot.read(context))
        return LEDGER.within(found, as_period(period))

    # showing

    def map(self, aoi: str, period: Period = None) -> Page:
        """The map of a port, which shows itself in a notebook.

        It shows the newest clear observation of a period, with what was found, tracks, gaps and berths.

        Raises
        ------
        DataError
            No observation of the period shows the port.
        """
        context = self.context(aoi)
        return pipeline.brief.notebook.show_map(context, as_period(period) or context.span())

    def brief(self, aoi: str | None = None, period: Period = None) -> Page:
        """The brief of a port, or of all, which shows itself in a notebook; `report` writes it to a file."""
        context = self.context(aoi)
        return pipeline.brief.notebook.show_brief(context, as_period(period) or context.span())

    def figure(
        self,
        id: str,  # noqa: A002
        *,
        size: str = "wide",
        period: Period = None,
        notes: str | Path | None = None,
    ) -> Figure:
        """One figure to publish, with caption and credit; it shows itself in a notebook, and `write` makes a file.

        Parameters
        ----------
        id : str
            ``timeline``; a port (its newest clear observation); ``pair-PORT`` (that and the one before); ``film-PORT``
            (one observation after another); a scene, detection, dark event or finding; or the anchor of a tile in a
            brief.
        size : str
            wide, square or story.
        period : Period
            Where ``timeline``, ports, pairs and films look; the archive's when not given.
        notes : str or Path, optional
            A GeoJSON file of arrows (lines) and labels (points) with the property ``text``.

        Raises
        ------
        DataError
            Nothing has that id, its pixels are not archived, or the notes do not fit.
        """
        from monitor.report.figures.encode import Figure

        content = pipeline.publish.figure.make_figure(
            self.context(), id, size=size, period=as_period(period), notes=None if notes is None else Path(notes)
        )
        return Figure(content, size)

    def compare(self, aoi: str, before: Period, after: Period) -> Page:
        """The swipe of two observations of a port; it shows itself in a notebook, and `write` makes one HTML file.

        Parameters
        ----------
        aoi : str
            The port.
        before, after : Period
            Two dates such as ``2023-10-05``; of a longer time, such as ``2023-10``, the clearest observation is shown.

        Raises
        ------
        DataError
            No sensor showed the port in both, or the later one is given first.
        """
        first, last = as_period(before), as_period(after)
        if first is None or last is None:
            raise SettingsError("a comparison needs two dates, such as 2023-10-05 and 2023-10-10")
        return pipeline.publish.figure.show_comparison(self.context(aoi), first, last)

    def __repr__(self) -> str:
        """The folder alone."""
        return f"Workspace({str(self.root)!r})"

    def __str__(self) -> str:
        """A row a port and sensor: scenes, first and last day."""
        return self._summary().text()

    def _repr_html_(self) -> str:
        """The same for notebooks, with when it was last updated."""
        runs = self.archive.records("run")
        return pipeline.brief.notebook.show_status(self._summary(), isoformat(runs[-1].at) if runs else "")

    def _summary(self) -> Table:
        return summary_table(self.status(), {aoi.id: aoi.name or aoi.id for aoi in self.aois})

    @property
    def _timer(self) -> Timer:
        return Timer(Path(sys.executable).with_name("monitor"), self.root, Path.home())

    def outside(self, out: str | Path) -> Path:
        """The path itself, unless what is written there would replace what the workspace consists of.

        Raises
        ------
        SettingsError
            It would.
        """
        path, root = Path(out).resolve(), self.root.resolve()
        own = [root / FILE_NAME, *(root / name for name in ("archive", "aoi", "scenes", "ais", "air", "truth"))]
        if any(path == one or one in path.parents for one in own):
            raise SettingsError(f"{out}: is part of the workspace, and would be replaced; write to another place")
        return Path(out)

    def _reported(self, aoi: str | None) -> Context:
        """The context of one port or all, once everything derived is up to date."""
        everything = self.context()
        if not everything.acquisitions:
            raise ArchiveError(f"{self.root}: no scene is archived, so there is nothing to report; run `monitor pull`")
        if not pipeline.freshness.is_current(everything):
            self._correlate(everything)
        return everything.of(self._chosen(everything.aois, aoi))

    def _correlate(self, context: Context, pool: str | None = None) -> TableSet:
        lacking = pipeline.freshness.without_detections(context)
        if lacking:
            raise ArchiveError(
                f"{self.root}: {len(lacking)} scenes have no detections by the weights and zones now in force; "
                "run `monitor detect` first (`monitor run --due` does both)"
            )
        with open_pool(pool) as workers:
            made = pipeline.correlate.correlate_all(context, pool=workers).tables
        alerts(self, context)
        return made

    def _chosen(self, ports: tuple[Aoi, ...], aoi: str | None) -> tuple[Aoi, ...]:
        if aoi is None:
            return ports
        mine = tuple(port for port in ports if port.id == aoi)
        if not mine:
            raise SettingsError(f"no port {aoi!r} in {self.root / 'aoi'}; there are {', '.join(p.id for p in ports)}")
        return mine


def _above(root: Path) -> list[Path]:
    """Where the settings would be if a folder above were the workspace, nearest first."""
    return [folder / FILE_NAME for folder in root.absolute().parents]
