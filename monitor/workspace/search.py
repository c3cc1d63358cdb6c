"""What a workspace's source has over its ports, and over which period it is searched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor import pipeline
from monitor.core.errors import DataError, SettingsError
from monitor.core.parallel import Outcome, open_pool
from monitor.core.scenes.sensors import SENSORS, SERVED
from monitor.core.timerange import TimeRange
from monitor.pipeline.context import Context
from monitor.pipeline.outcome import label
from monitor.workspace.factory import make_source

if TYPE_CHECKING:
    from monitor.pipeline.outcome import Table
    from monitor.pipeline.pull import Search
    from monitor.sources.base import Source
    from monitor.workspace.workspace import Workspace


def source_of(workspace: Workspace, context: Context, name: str | None = None) -> Source:
    """The source of that name; nothing is opened or requested yet.

    Parameters
    ----------
    workspace : Workspace
        Its folder and settings.
    context : Context
        Its ports; the simulated source needs them.
    name : str, optional
        The settings' when not given.
    """
    return make_source(workspace.root, workspace.settings, context.aois, name)


def search(
    workspace: Workspace,
    context: Context,
    source: Source,
    period: TimeRange | None = None,
    *,
    sensor: str | None = None,
    is_recorded: bool = True,
) -> Search:
    """What a source has over the context's ports; radar of places without water is passed over.

    Parameters
    ----------
    workspace : Workspace
        Its settings give period and sensors where they are not given.
    context : Context
        Its ports.
    source : Source
        What is searched.
    period : TimeRange, optional
        What `run --due` searches when not given.
    sensor : str, optional
        The settings' when not given.
    is_recorded : bool
        Whether the archive is to know that the source was searched.

    Raises
    ------
    SettingsError
        There is no such sensor.
    """
    chosen = period or due_period(workspace, source.name)
    found = pipeline.pull.search(source, context.aois, chosen)
    if is_recorded:
        pipeline.pull.note_search(context.archive, source, context.aois, found, chosen)
    known = tuple(dict.fromkeys([*SENSORS, *found.sensors]))
    if sensor is not None and sensor not in known:
        raise SettingsError(f"no sensor {sensor!r}; there are {', '.join(known)}")
    others = tuple(name for name in found.sensors if name not in SERVED)
    return found.of_sensors((sensor,) if sensor else (*workspace.settings.source.sensors, *others)).useful()


def plan_pull(
    workspace: Workspace,
    context: Context,
    period: TimeRange | None = None,
    *,
    sensor: str | None = None,
    source: str | None = None,
) -> Table:
    """What `pull_missing` would archive: a row a pass, with whether it is here, what is left out, and what failed.

    Parameters
    ----------
    workspace : Workspace
        Its folder and settings.
    context : Context
        Its ports are searched.
    period : TimeRange, optional
        What `run --due` searches when not given.
    sensor, source : str, optional
        The settings' when not given.
    """
    searched = pipeline.pull.read_once(source_of(workspace, context, source))
    chosen = period or due_period(workspace, searched.name)
    found = search(workspace, context, searched, chosen, sensor=sensor, is_recorded=False)
    table = pipeline.pull.plan_table(context.archive, searched, found)
    left_out = pipeline.pull.left_out(searched, context.aois, chosen)
    return replace(table, left_out=(*found.passed_over, *left_out.passed_over), failures=left_out.faults)


def pull_missing(
    workspace: Workspace,
    context: Context,
    period: TimeRange | None = None,
    *,
    sensor: str | None = None,
    source: str | None = None,
    pool: str | None = None,
) -> tuple[list[Outcome[object, object]], tuple[str, ...]]:
    """Archive what is missing; what became of each acquisition and unreadable file, and what was passed over.

    Parameters
    ----------
    workspace : Workspace
        Its folder and settings.
    context : Context
        Its ports are searched.
    period : TimeRange, optional
        What `run --due` searches when not given.
    sensor, source : str, optional
        The settings' when not given.
    pool : str, optional
        As `monitor --pool` takes it.
    """
    from_source = source_of(workspace, context, source)
    searched = pipeline.pull.read_once(from_source)
    chosen = period or due_period(workspace, searched.name)
    found = search(workspace, context, searched, chosen, sensor=sensor)
    work = pipeline.pull.missing(context.archive, found)
    with open_pool(pool) as workers:
        pulled = pipeline.pull.pull_scenes(from_source, context.archive, work, workers)
    left_out = pipeline.pull.left_out(searched, context.aois, chosen)
    known = {(label(outcome.item), str(outcome.error)) for outcome in found.failed}
    new = [fault for fault in left_out.faults if fault not in known]
    refused: list[Outcome[object, object]] = [Outcome(name, error=DataError(why)) for name, why in new]
    return [*found.failed, *pulled, *refused], (*found.passed_over, *left_out.passed_over)


def due_period(workspace: Workspace, source: str | None = None) -> TimeRange:
    """What `run --due` searches: the settings' period, the season, everything on disk, or the last days."""
    chosen = workspace.settings.source
    name = source or chosen.name
    if chosen.period:
        return TimeRange.parse(chosen.period)
    if name == "simulated":
        return TimeRange.parse(workspace.settings.simulate.period)
    now = datetime.now(UTC)
    if name == "folder":
        return TimeRange(datetime(2014, 1, 1, tzinfo=UTC), now + timedelta(days=1))
    return TimeRange.last(chosen.last, now=now)


def monitored_until(workspace: Workspace, context: Context) -> datetime:
    """When monitoring ends: today, or with the settings' period; for files on disk, at the last scene."""
    today = context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    if workspace.settings.source.name != "folder" or workspace.settings.source.period:
        return min(due_period(workspace).end, today)
    return max((scene.acquired_at for scene in context.listed), default=today)
