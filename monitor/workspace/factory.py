"""The sources and detectors that settings name, made from them; each is imported when it is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.core.aoi import Aoi
from monitor.core.errors import SettingsError
from monitor.core.timerange import TimeRange, span
from monitor.detect.registry import DETECTED, make_detector
from monitor.pipeline.alert_plan import AlertPlan
from monitor.sources.imagery.sentinelhub.config import Secret, SentinelHubSettings, read_credentials
from monitor.workspace.settings import Settings

if TYPE_CHECKING:
    from monitor.report.alerts.send import Target
    from monitor.simulate import Season
    from monitor.sources.base import Source

__all__ = [
    "DETECTED",
    "alert_plan",
    "alert_targets",
    "hub_settings",
    "make_detector",
    "make_source",
    "season",
    "season_of",
    "shipped_ports",
]


def make_source(root: Path, settings: Settings, aois: tuple[Aoi, ...], name: str | None = None) -> Source:
    """The source called `name`, or the settings' own; nothing is opened or asked yet.

    Raises
    ------
    SettingsError
        There is none of that name, or its settings do not fit it.
    """
    chosen = name or settings.source.name
    if chosen == "folder":
        from monitor.sources.imagery.local.source import FolderSource

        folder = root / settings.source.folder
        source = FolderSource(folder, settings.source.bands, settings.source.radar_unit)
        return replace(source, needed=()) if settings.source.accept_missing_bands else source
    if chosen == "simulated":
        from monitor.sources.simulated.source import SimulatedSource

        return SimulatedSource(season(settings, aois))
    if chosen == "sentinelhub":
        from monitor.sources.imagery.sentinelhub.source import SentinelHubSource
        from monitor.store import Archive, UnitQuota

        return SentinelHubSource(hub_settings(settings), UnitQuota(Archive(root / "archive")))
    if chosen == "stac":
        from monitor.sources.imagery.stac.source import StacSource

        return StacSource(settings.stac.url, settings.stac.collection)
    raise SettingsError(f"no source {chosen!r}; use folder, sentinelhub, stac or simulated")


def hub_settings(settings: Settings) -> SentinelHubSettings:
    """What `[sentinelhub]` says, with the credentials of the environment or of the credentials file.

    Raises
    ------
    SettingsError
        Deployment and URLs do not fit, or the credentials file cannot be used.
    """
    told = settings.sentinelhub
    client_id, secret = Secret(told.client_id.get_secret_value()), Secret(told.client_secret.get_secret_value())
    if told.credentials_file is not None and not (client_id and secret):
        client_id, secret = read_credentials(told.credentials_file.expanduser())
    return SentinelHubSettings(
        deployment=told.deployment,
        base_url=told.base_url,
        token_url=told.token_url,
        client_id=client_id,
        client_secret=secret,
        level=told.level.upper(),
        sensors=tuple(settings.source.sensors),
        units_per_month=told.units_per_month,
        deadline_s=told.deadline_s,
        incidence=told.incidence,
    )


def season(settings: Settings, aois: tuple[Aoi, ...]) -> Season:
    """The simulated season that the settings describe."""
    told = settings.simulate
    period, sensors = TimeRange.parse(told.period), tuple(settings.source.sensors)
    return season_of(aois, seed=told.seed, period=period, scenario=told.scenario, sensors=sensors)


def season_of(
    aois: tuple[Aoi, ...],
    *,
    seed: int,
    period: TimeRange,
    scenario: str,
    sensors: tuple[str, ...],
    background: Path | None = None,
) -> Season:
    """A simulated season over some ports; `background` is a folder of real scenes to lay under its optical
    observations.

    Raises
    ------
    SourceError
        The folder does not exist.
    DataError
        No scene in it covers any of the ports, or there is no such scenario or sensor.
    """
    from monitor.simulate import Season

    real = None
    if background is not None:
        from monitor.sources.simulated.backgrounds import read_backgrounds

        real = read_backgrounds(background, aois)
    return Season.make(seed=seed, period=period, aois=aois, scenario=scenario, sensors=sensors, backgrounds=real)


def shipped_ports() -> Path:
    """The folder of the ports that come with the package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_aoi"
    return installed if installed.is_dir() else package.parent / "aoi"


def alert_targets(settings: Settings) -> tuple[Target, ...]:
    """Where alerts go: the URLs of the environment, else those of ``[alerts] urls_file``; none when neither is set.

    Raises
    ------
    SettingsError
        The file cannot be used, or something is no URL.
    """
    from monitor.report.alerts.send import read_targets, read_targets_file

    told = settings.alerts
    given = told.urls.get_secret_value()
    if given or told.urls_file is None:
        return read_targets(given)
    return read_targets_file(told.urls_file.expanduser())


def alert_plan(settings: Settings, as_of: datetime) -> AlertPlan:
    """What ``[alerts]`` says is told, of a watch that ends at `as_of`."""
    told = settings.alerts
    return AlertPlan(
        as_of,
        tuple(told.rules),
        told.least_likelihood,
        span(told.cool_down),
        span(told.newest),
        told.berths,
        span(told.unseen),
        span(told.silence),
    )
