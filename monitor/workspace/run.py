"""Everything that is due, in order: pull, ingest, flights, detect, correlate, alerts, report. Idempotent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import pipeline
from monitor.core.errors import ArchiveError, MonitorError, SettingsError
from monitor.core.parallel import open_pool
from monitor.io.atomic import sweep
from monitor.pipeline.alerts import plan as alert_plans
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import brief_is_current, is_current, without_detections
from monitor.pipeline.outcome import RunResult, Step, failure
from monitor.store.records import Record
from monitor.workspace.factory import alert_plan
from monitor.workspace.search import monitored_until, pull_missing

if TYPE_CHECKING:
    from monitor.workspace.workspace import Workspace

Progress = Callable[[str], None]
"""Takes a line of text about what was done."""


def run_recorded(workspace: Workspace, pool: str | None, progress: Progress) -> RunResult:
    """Do what is due and record it, also when an error ends it midway: what was done, and the error.

    Parameters
    ----------
    workspace : Workspace
        What is run.
    pool : str or None
        As `monitor --pool` takes it.
    progress : Progress
        Called with a line of text after each step.
    """
    began, steps = datetime.now(UTC), list[Step]()

    def record(result: RunResult) -> None:
        name = f"{began:%Y%m%dT%H%M%S%f}"
        workspace.archive.record(Record("run", name, began, result.as_json()))

    def done(step: Step) -> None:
        steps.append(step)
        progress(step.text())

    try:
        briefs = run_due(workspace, pool, done)
    except Exception as error:
        steps.append(Step("run", 0, (("run", f"ended by {type(error).__name__}: {error}"[:2000]),)))
        record(RunResult(tuple(steps)))
        raise
    result = RunResult(tuple(steps), tuple(map(str, briefs)))
    record(result)
    return result


def run_due(workspace: Workspace, pool: str | None, done: Callable[[Step], None]) -> list[Path]:
    """Do what is due; a second run finds nothing to do. The briefs that were written.

    Parameters
    ----------
    workspace : Workspace
        What is run.
    pool : str or None
        As `monitor --pool` takes it.
    done : callable
        Called with each step that was done.
    """
    workspace.archive.recover()
    sweep(workspace.root / "reports")
    context = workspace.context()
    done(_pull(workspace, context, pool))
    done(_ingest(workspace))
    done(_flights(workspace, context))
    context = context.after_pull()
    lacking = without_detections(context)
    with open_pool(pool) as workers:
        done(Step.of("detect", pipeline.detect.detect_scenes(context, pool=workers) if lacking else ()))
    if lacking:
        lacking = without_detections(context)
    if lacking and len(lacking) == _detectable(context):
        reason = f"none of {len(lacking)} scenes has detections; see what `detect` reports, then run again"
        error = ArchiveError(f"{workspace.root}: {reason}")
        done(failure("correlate", "all scenes", error))
        done(failure("report", "briefs", error))
        return []
    done(correlated := _correlate(context, pool))
    if correlated.failures:
        return []
    done(alerts(workspace, context))
    briefs: list[Path] = []
    try:
        briefs = _report(workspace, context)
        done(Step("report", len(briefs)))
    except MonitorError as fault:
        done(failure("report", "briefs", fault))
    if workspace.settings.alerts.send:
        done(workspace.send_alerts())
    return briefs


def alerts(workspace: Workspace, context: Context) -> Step:
    """Record the alerts that are due; nothing when they were raised for what there is."""
    plan = alert_plan(workspace.settings, monitored_until(workspace, context))
    if alert_plans.alerts_are_raised(context.archive, plan):
        return Step("alerts")
    try:
        return pipeline.alerts.raise_and_send.raise_alerts(context, plan)
    except MonitorError as error:
        return failure("alerts", "alerts", error)


def _detectable(context: Context) -> int:
    return sum(scene.sensor in context.detectors for scene in context.listed)


def _pull(workspace: Workspace, context: Context, pool: str | None) -> Step:
    try:
        outcomes, passed_over = pull_missing(workspace, context, pool=pool)
        return Step.of("pull", outcomes, note=f"left out: {', '.join(passed_over)}" if passed_over else "")
    except MonitorError as error:
        return failure("pull", workspace.settings.source.name, error)


def _ingest(workspace: Workspace) -> Step:
    try:
        report = workspace.ingest(*sorted(_files(workspace.root, workspace.settings.ais.files, "[ais] files")))
    except MonitorError as error:
        return failure("ingest", "AIS", error)
    return Step("ingest", report.new, report.faults)


def _flights(workspace: Workspace, context: Context) -> Step:
    chosen = workspace.settings.flights
    try:
        found = _files(workspace.root, chosen.files, "[flights] files")
        if not found and not context.archive.read_note("air_files"):
            return Step("flights")
    except MonitorError as error:
        return failure("flights", "flights", error)
    lists = {(workspace.root / name).resolve() for name in (chosen.watchlist, chosen.airfields, chosen.events) if name}
    try:
        report = workspace.aviation.ingest(*sorted(path for path in found if path.resolve() not in lists))
    except MonitorError as error:
        return failure("flights", "flights", error)
    return Step("flights", len(report.reports), report.faults)


def _files(root: Path, patterns: Iterable[str], setting: str) -> set[Path]:
    """The files of a folder that some patterns of a setting name."""
    try:
        return {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    except (ValueError, NotImplementedError) as error:
        raise SettingsError(f"{setting}: {error}; use patterns relative to the workspace, such as ais/*") from error


def _correlate(context: Context, pool: str | None) -> Step:
    try:
        if is_current(context):
            return Step("correlate")
        late = pipeline.ais.rematch.late_scenes(context)
        with open_pool(pool) as workers:
            made = pipeline.correlate.correlate_all(context, pool=workers)
    except MonitorError as error:
        return failure("correlate", "all scenes", error)
    return Step("correlate", 1, note=pipeline.correlate.summary(made, len(context.aois), late))


def _report(workspace: Workspace, context: Context) -> list[Path]:
    if not context.listed:
        return []
    period = context.span()
    target = workspace.root / "reports" / f"brief_{period.start:%Y%m%d}_{period.end:%Y%m%d}.html"
    if target.is_file() and brief_is_current(context.archive, target):
        return []
    return pipeline.report.write_brief(context, period, target)
