"""Real passes over one port without an account: a new workspace on an open catalog, and its first brief."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import pipeline
from monitor.core.errors import SettingsError
from monitor.core.scenes.scene import Acquisition
from monitor.core.timerange import TimeRange, span
from monitor.pipeline.outcome import RunResult
from monitor.workspace.factory import shipped_ids, shipped_place
from monitor.workspace.run import Progress
from monitor.workspace.search import due_period, source_of
from monitor.workspace.settings import FILE_NAME, read_settings

if TYPE_CHECKING:
    from monitor.core.aoi import Aoi
    from monitor.pipeline.context import Context
    from monitor.sources.base import Source
    from monitor.workspace.workspace import Workspace

SOURCE = "stac"
PLANETARY = "https://planetarycomputer.microsoft.com/api/stac/v1"
CLEAR = 0.3
"""Cloud cover of a whole tile up to which a pass counts as clear, 0–1; chosen: a port is a small part of its tile."""
FARTHEST = timedelta(days=366)
"""How far back a clear pass is looked for: chosen, so that any climate has a dry season in it."""


def port_file(port: str | Path) -> Path:
    """The file of a place: a shipped one's by its id, or the file itself.

    Raises
    ------
    SettingsError
        It is neither.
    """
    ports, others = shipped_ids()
    if port in (*ports, *others):
        return shipped_place(str(port))
    if Path(port).is_file():
        return Path(port)
    raise SettingsError(
        f"{port}: neither a shipped port ({', '.join(ports)}) nor a file; give an outline by --port FILE. "
        f"Other shipped places: {', '.join(others)}"
    )


def check_folder(folder: Path) -> None:
    """Refuse a folder that is a workspace on another source than an open catalog.

    Raises
    ------
    SettingsError
        It is one.
    """
    if not (folder / FILE_NAME).is_file():
        return
    name = read_settings(folder / FILE_NAME).source.name
    if name != SOURCE:
        raise SettingsError(f"{folder}: is a workspace on source {name}; choose another folder, or set [source] name")


def run_quickstart(workspace: Workspace, pool: str | None, progress: Progress) -> RunResult:
    """Pull, detect and report what an open catalog has of the last weeks, and the newest clear pass before them.

    Parameters
    ----------
    workspace : Workspace
        On the source ``stac``; what it has already is not fetched again.
    pool : str or None
        As `monitor --pool` takes it.
    progress : Progress
        Called with a line of text after each step.

    Raises
    ------
    SourceError
        The catalog cannot be reached.
    """
    context = workspace.context()
    source = source_of(workspace, context)
    for aoi in context.aois:
        progress(_first(context, source, aoi, due_period(workspace)))
    return workspace.run(pool=pool, progress=progress)


def _first(context: Context, source: Source, aoi: Aoi, period: TimeRange) -> str:
    """Archive the newest clear pass when the period to come has none; what was found, in words."""
    listed = _passes(source, aoi, period)
    said = f"{aoi.name}: {len(listed)} passes since {period.start:%Y-%m-%d}"
    if clear := _newest_clear(listed):
        return f"{said}, the newest clear one on {clear.start:%Y-%m-%d}"
    step, end = period.end - period.start, period.start
    while end > period.end - FARTHEST:
        earlier = TimeRange(end - step, end)
        if clear := _newest_clear(_passes(source, aoi, earlier)):
            return f"{said}, none clear; {_archived(context, source, aoi, clear)}"
        end = earlier.start
    return f"{said}, none clear within a year"


def _passes(source: Source, aoi: Aoi, period: TimeRange) -> list[Acquisition]:
    found = pipeline.pull.search(source, [aoi], period)
    for outcome in found.failed:
        if not found.found and outcome.error is not None:
            raise outcome.error
    return [acquisition for acquisition, _ in found.found]


def _newest_clear(listed: Sequence[Acquisition]) -> Acquisition | None:
    clear = [a for a in listed if a.cloud_cover is not None and a.cloud_cover <= CLEAR]
    return max(clear, key=lambda a: a.start, default=None)


def _archived(context: Context, source: Source, aoi: Aoi, acquisition: Acquisition) -> str:
    """Archive one pass unless it is there; what became of it, in words."""
    day = f"the newest clear one on {acquisition.start:%Y-%m-%d}"
    if not context.archive.missing([acquisition]):
        return f"{day} is here"
    (outcome,) = pipeline.pull.pull_scenes(source, context.archive, [(acquisition, aoi)])
    return f"{day} archived" if outcome.ok else f"{day}: {outcome.error}"


def catalog_settings(last: str, *, radar: bool) -> dict[str, dict[str, str]]:
    """Sections of monitor.toml for an open catalog, as TOML values.

    Radar is of the one open catalog that serves it without charge, and Sentinel-2 then too.

    Parameters
    ----------
    last : str
        How far back, such as ``30d``.
    radar : bool
        Whether Sentinel-1 is wanted.

    Raises
    ------
    DataError
        `last` is no length of time.
    """
    span(last)
    source = {"name": f'"{SOURCE}"', "sensors": '["s2", "s1"]' if radar else '["s2"]', "last": f'"{last}"'}
    both = {"url": f'"{PLANETARY}"', "collection": '"sentinel-2-l2a"', "radar": '"sentinel-1-grd"'}
    return {"source": source} | ({SOURCE: both} if radar else {})
