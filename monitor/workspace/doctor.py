"""What is wrong with a workspace, and the command that helps."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from monitor.core.aoi import read_aois
from monitor.core.errors import ArchiveError, DataError, MonitorError, SettingsError
from monitor.core.text import public_url
from monitor.core.timerange import TimeRange, isoformat
from monitor.io.atomic import write_bytes
from monitor.pipeline.pull import left_out, read_once
from monitor.pipeline.snapshot import DERIVED
from monitor.sources.ais.report import is_lost
from monitor.sources.connectivity import check_reachable
from monitor.store import Archive, UnitQuota
from monitor.store.verify import verify
from monitor.workspace.factory import alert_targets, archive_of, detector, hub_settings, make_source
from monitor.workspace.places import report_places
from monitor.workspace.settings import FILE_NAME, Settings

LEAST_FREE_BYTES = 2 * 1024**3
"""Less free disk than this is a fault: a year of two ports needs about as much."""

MOST_SKEW_S = 120.0
"""A clock further off than this breaks logins and the match with AIS."""


SAMPLE = 100
"""How many of the archive's files are compared with their checksums; `monitor verify` takes all."""

_SHOWN = 3
"""How many failures of the last run are shown; chosen."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing checked; `remedy` is what to do, "" when all is well."""

    name: str
    ok: bool
    what: str
    remedy: str = ""

    def as_row(self) -> dict[str, object]:
        """For a table."""
        return {"check": self.name, "ok": self.ok, "what": self.what, "remedy": self.remedy}


def examine(root: Path, settings: Settings) -> list[Check]:
    """Every check, in the order in which to correct them; services are reached only when the settings name them."""
    checks = [_ports(root), *_measures(root), *_disk(root)]
    opened, archive = _opened(root, settings)
    checks += [opened] if archive is None else [_archive(archive), _tables(archive), _files(archive), *_kept(archive)]
    checks += _sources(root, settings)
    checks += [_weights(root, settings, sensor) for sensor in settings.detector.sensors(settings.source.wanted)]
    return [*checks, *_alerts(settings), *([] if archive is None else [_last_run(archive)])]


def _opened(root: Path, settings: Settings) -> tuple[Check, Archive | None]:
    """The archive, or what keeps it from being opened."""
    try:
        return Check("archive", True, ""), archive_of(root, settings)
    except MonitorError as error:
        return Check("archive", False, str(error), "monitor reindex"), None


def _alerts(settings: Settings) -> Iterator[Check]:
    """Where alerts go, when the settings give any; nothing is sent."""
    chosen = settings.alerts
    if not (chosen.send or chosen.urls_file or chosen.urls.get_secret_value()):
        return

    def check() -> str:
        targets = alert_targets(settings)
        if not targets:
            raise SettingsError("[alerts] send is true, and there is no target to send to")
        return ", ".join(str(target) for target in targets)

    yield _tried("alerts", "set MONITOR_ALERTS__URLS, or [alerts] urls_file to a file that only you can read", check)


def _tried(name: str, remedy: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check())
    except MonitorError as error:
        return Check(name, False, str(error), remedy)


def _ports(root: Path) -> Check:
    folder = root / "aoi"

    def check() -> str:
        return ", ".join(aoi.id for aoi in read_aois(folder))

    found = _tried("ports", f"correct the file in {folder}, or copy a port from a new `monitor init`", check)
    if found.ok and not found.what:
        return Check("ports", False, f"{folder}: no *.geojson", f"put one GeoJSON file a port into {folder}")
    return found


def _measures(root: Path) -> Iterator[Check]:
    """What is measured at each place, by its zones; a place at which nothing can be is a fault."""
    for place in report_places(root / "aoi"):
        if not place.fault:
            draw = f"draw in {root / 'aoi' / place.id}.geojson {place.draw_next}" if place.draw_next else ""
            remedy = draw or ("" if place.measured else "draw a zone that is watched, such as rail or storage")
            yield Check(f"place {place.id}", bool(place.measured), place.text, remedy)


def _disk(root: Path) -> Iterator[Check]:
    free = shutil.disk_usage(root).free
    what = f"{free / 1024**3:.1f} GB free at {root.absolute()}"
    yield Check("disk", free >= LEAST_FREE_BYTES, what, "" if free >= LEAST_FREE_BYTES else "free some space")
    probe = root / "archive" / ".writable"

    def check() -> str:
        write_bytes(probe, b"")
        probe.unlink()
        return f"{probe.parent} can be written"

    yield _tried("writing", f"chown -R $USER {root.absolute()}", check)


def _archive(archive: Archive) -> Check:
    def check() -> str:
        scenes = archive.scenes()
        newest = max((s.acquisition.acquired_at for s in scenes), default=None)
        ahead = newest is not None and newest > datetime.now(UTC)
        return f"{len(scenes)} scenes" + (f"; the newest, {newest}, is in the future: set the clock" if ahead else "")

    found = _tried("archive", "monitor reindex", check)
    return Check("clock", False, found.what, "timedatectl set-ntp true") if "set the clock" in found.what else found


def _kept(archive: Archive) -> Iterator[Check]:
    """AIS files that were read and of which nothing was kept."""

    def check() -> str:
        done = archive.positions.ingested()
        lost = [d.file for d in done if is_lost({**d.report, "positions": d.positions})]
        if lost:
            raise DataError(f"nothing was kept of {', '.join(lost)}")
        return f"something was kept of each of {len(done)} files"

    if archive.positions.root.is_dir():
        yield _tried("ais files", "monitor ingest FILE names the reasons", check)


def _tables(archive: Archive) -> Check:
    """Whether every derived table can be read as this version has it."""

    def check() -> str:
        faults = []
        for schema in DERIVED:
            try:
                archive.read_table(schema.name, schema)
            except ArchiveError as error:
                faults.append(str(error))
        if faults:
            raise ArchiveError(f"{len(faults)} tables are damaged or of another version; the first is {faults[0]}")
        return "can be read"

    return _tried("tables", "monitor run --due", check)


def _files(archive: Archive) -> Check:
    """Whether a sample of the archive's files is what was written."""
    found = verify(archive, archive.positions, sample=SAMPLE)
    names = ", ".join(damage.path for damage in found.damaged[:_SHOWN])
    what = f"{found.checked} files compared with their checksums" + (f"; damaged: {names}" if names else "")
    return Check("files", not found.damaged, what, "monitor verify" if found.damaged else "")


def _sources(root: Path, settings: Settings) -> Iterator[Check]:
    name = settings.source.name
    if name == "folder":
        folder = root / settings.source.folder
        here = folder.is_dir()
        remedy = "" if here else f"put GeoTIFF scenes there, or set [source] folder in {root / FILE_NAME}"
        yield Check("source", here, f"{folder}: {'is there' if here else 'no such folder'}", remedy)
        if here:
            yield _scenes_on_disk(root, settings)
    elif name == "stac":
        yield from _reached("stac", settings.stac.url, "[stac] url")
    elif name == "sentinelhub":
        yield from _hub(root, settings)


def _scenes_on_disk(root: Path, settings: Settings) -> Check:
    """Whether each picture on disk can be read, and any is of a port."""

    def check() -> str:
        aois = read_aois(root / "aoi")
        source, ever = make_source(root, settings, aois), TimeRange(datetime(2014, 1, 1, tzinfo=UTC), datetime.now(UTC))
        found = left_out(read_once(source), aois, ever)
        if found.faults:
            raise DataError("; ".join(f"{where}: {why}" for where, why in found.faults[:3]))
        return ", ".join(("every picture can be read", *found.passed_over))

    return _tried("scenes", "correct or remove the files named, or set [source] folder", check)


def _hub(root: Path, settings: Settings) -> Iterator[Check]:
    from monitor.sources.imagery.sentinelhub.client import check_login

    check = _tried(
        "settings", f"correct [sentinelhub] in {root / FILE_NAME}", lambda: str(hub_settings(settings).deployment)
    )
    yield check
    if not check.ok:
        return
    hub = hub_settings(settings)
    problem = hub.credentials_problem
    remedy = "export MONITOR_SENTINELHUB__CLIENT_ID=… MONITOR_SENTINELHUB__CLIENT_SECRET=…"
    yield Check("credentials", not problem, problem or "given", remedy if problem else "")
    reached = [*_reached("service", hub.endpoints.base_url, "[sentinelhub] deployment")]
    yield from reached
    if not problem and reached[0].ok:

        def login() -> str:
            check_login(hub)
            return "accepted"

        yield _tried("login", f"{remedy}, made for deployment {hub.deployment}", login)
    spent, cap = UnitQuota(archive_of(root, settings)).spent(datetime.now(UTC)), hub.units_per_month
    what = f"{spent:.1f} of {cap:.0f} processing units used this month"
    full = spent >= cap
    yield Check(
        "quota", not full, what, "raise [sentinelhub] units_per_month, or wait for the next month" if full else ""
    )


def _reached(name: str, url: str, setting: str) -> Iterator[Check]:
    found = check_reachable(url)
    shown = public_url(url)
    remedy = "" if found.reached else f"check the network, then {setting}; `curl -I {shown}` shows what comes back"
    yield Check(name, found.reached, f"{shown}: {found.detail}", remedy)
    if found.skew_s is not None:
        right = abs(found.skew_s) <= MOST_SKEW_S
        yield Check(
            "clock", right, f"{found.skew_s:+.0f} s against {shown}", "" if right else "timedatectl set-ntp true"
        )


def _weights(root: Path, settings: Settings, sensor: str) -> Check:
    def check() -> str:
        return detector(root, settings, sensor, opened=True).key

    return _tried(f"weights {sensor}", f"monitor weights lists what is known; set [detector.{sensor}] weights", check)


def _last_run(archive: Archive) -> Check:
    def check() -> str:
        runs = archive.records("run")
        if not runs:
            return "none yet; `monitor run --due` makes the first"
        last, steps = runs[-1], cast("list[dict[str, list[dict[str, str]]]]", runs[-1].body.get("steps") or [])
        failed = [f"{fault['item']}: {fault['error']}" for step in steps for fault in step.get("failures", [])]
        if failed or last.body.get("failed"):
            more = f"; and {len(failed) - _SHOWN} more" if len(failed) > _SHOWN else ""
            raise DataError(f"{isoformat(last.at)}, some items failed: {'; '.join(failed[:_SHOWN])}{more}")
        return f"{isoformat(last.at)}, all well"

    return _tried("last run", "correct what failed, then monitor run --due", check)
