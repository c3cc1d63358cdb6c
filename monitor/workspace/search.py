"""What a workspace's source has over its ports, and over which period it is searched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor import pipeline
from monitor.core.errors import SettingsError
from monitor.core.scenes.sensors import SENSORS, SERVED
from monitor.core.timerange import TimeRange
from monitor.pipeline.context import Context
from monitor.workspace.factory import make_source

if TYPE_CHECKING:
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
    """What a source has over the context's ports.

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
    return found.of_sensors((sensor,) if sensor else (*workspace.settings.source.sensors, *others))


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
    return max((acquisition.acquired_at for acquisition in context.acquisitions), default=today)
