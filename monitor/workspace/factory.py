"""The sources and detectors that settings name, made from them; each is imported when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.core.aoi import Aoi
from monitor.core.errors import SettingsError
from monitor.core.scenes.sensors import SERVED
from monitor.core.timerange import TimeRange, span
from monitor.detect.registry import make_detector, with_past
from monitor.io.remote import remote_path
from monitor.pipeline.alerts.plan import AlertPlan
from monitor.sources.imagery.sentinelhub.config import SentinelHubSettings, read_credentials
from monitor.store.archive import Archive
from monitor.workspace.settings import Settings

if TYPE_CHECKING:
    from monitor.detect.base import Detector
    from monitor.report.alerts.send import Target
    from monitor.simulate import Season
    from monitor.sources.base import Source

__all__ = [
    "alert_plan",
    "alert_targets",
    "archive_of",
    "detector",
    "hub_settings",
    "make_detector",
    "make_source",
    "season",
    "season_of",
    "shipped_ids",
    "shipped_place",
    "shipped_ports",
]


def archive_of(root: Path, settings: Settings) -> Archive:
    """Where a workspace's scenes and tables are: its own folder, or the object store that its settings name.

    Raises
    ------
    SettingsError
        The store's client is not installed.
    ArchiveError
        It was written by a newer version, or the store does not answer.
    """
    here = root / "archive"
    return Archive(remote_path(settings.archive.url), here) if settings.archive.url else Archive(here)


def make_source(root: Path, settings: Settings, aois: tuple[Aoi, ...], name: str | None = None) -> Source:
    """The source called `name`, or the settings' own; nothing is opened or requested yet.

    Parameters
    ----------
    root : Path
        The workspace's folder.
    settings : Settings
        Its settings.
    aois : tuple of Aoi
        The ports; the simulated source needs them.
    name : str, optional
        folder, sentinelhub, stac or simulated; the settings' when not given.

    Raises
    ------
    SettingsError
        There is none of that name, or its settings do not fit it.
    """
    chosen = name or settings.source.name
    if chosen == "folder":
        from monitor.sources.imagery.local.source import IN_FOLDER, FolderSource

        given = replace(
            IN_FOLDER,
            sensor=settings.source.sensor or None,
            bands=settings.source.bands,
            unit=settings.source.radar_unit,
            name_pattern=settings.source.name_pattern,
            crs=settings.source.crs,
            nodata=settings.source.nodata,
            limits=settings.limits.value(),
        )
        folder, missing = root / settings.source.folder, settings.source.accept_missing_bands
        return FolderSource(folder, given, missing, corners=settings.source.corners)
    if chosen == "simulated":
        from monitor.sources.simulated.source import SimulatedSource

        return SimulatedSource(season(settings, aois))
    if chosen == "sentinelhub":
        from monitor.sources.imagery.sentinelhub.source import SentinelHubSource
        from monitor.store import UnitQuota

        return SentinelHubSource(hub_settings(settings), UnitQuota(archive_of(root, settings)))
    if chosen == "stac":
        from monitor.sources.imagery.stac.source import StacSource

        chosen_sensors = settings.source.sensors
        return StacSource(
            settings.stac.url,
            settings.stac.collection,
            landsat=settings.stac.landsat if "landsat" in chosen_sensors else "",
            radar=settings.stac.radar if "s1" in chosen_sensors else "",
            limits=settings.limits.value(),
        )
    raise SettingsError(f"no source {chosen!r}; use folder, sentinelhub, stac or simulated")


class Detectors(Mapping[str, "Detector"]):
    """The detector of each sensor, made when it is first used: what only lists or counts loads no model runtime.

    Parameters
    ----------
    sensors : iterable of str
        Those that have one.
    make : callable
        Takes a sensor, gives its detector.
    """

    def __init__(self, sensors: Iterable[str], make: Callable[[str], Detector]) -> None:
        self._sensors = tuple(sensors)
        self._make = make
        self._made: dict[str, Detector] = {}

    def __getitem__(self, sensor: str) -> Detector:
        """The detector of a sensor."""
        if sensor not in self._sensors:
            raise KeyError(sensor)
        if sensor not in self._made:
            self._made[sensor] = self._make(sensor)
        return self._made[sensor]

    def __iter__(self) -> Iterator[str]:
        """The sensors that have one."""
        return iter(self._sensors)

    def __len__(self) -> int:
        """How many sensors have one."""
        return len(self._sensors)


def detector(
    root: Path, settings: Settings, sensor: str, aois: tuple[Aoi, ...] = (), *, opened: bool = False
) -> Detector:
    """The detector that the settings choose for a sensor.

    Parameters
    ----------
    root : Path
        The workspace's folder.
    settings : Settings
        Its settings.
    sensor : str
        Of the scenes.
    aois : tuple of Aoi
        The ports; radar takes their water.
    opened : bool
        Whether a weights file is opened at once.

    Raises
    ------
    DetectorError
        There are no such weights, or the file is not what it should be.
    SettingsError
        There is no detector for the sensor.
    """
    chosen = settings.detector.of(sensor)
    found = make_detector(
        sensor, chosen.weights, chosen.threshold, keys=chosen.keys, home=root, aois=aois, opened=opened
    )
    return with_past(found, chosen.past)


def hub_settings(settings: Settings) -> SentinelHubSettings:
    """The settings of `[sentinelhub]`, with the credentials of the environment or of the credentials file.

    Raises
    ------
    SettingsError
        Deployment and URLs do not fit, or the credentials file cannot be used.
    """
    chosen = settings.sentinelhub
    client_id, secret = chosen.client_id, chosen.client_secret
    if chosen.credentials_file is not None and not (client_id and secret):
        client_id, secret = read_credentials(chosen.credentials_file.expanduser())
    return SentinelHubSettings(
        deployment=chosen.deployment,
        base_url=chosen.base_url,
        token_url=chosen.token_url,
        client_id=client_id,
        client_secret=secret,
        level=chosen.level.upper(),
        sensors=tuple(name for name in settings.source.sensors if name in SERVED),
        units_per_month=chosen.units_per_month,
        deadline_s=chosen.deadline_s,
        incidence=chosen.incidence,
        limits=settings.limits.value(),
    )


def season(settings: Settings, aois: tuple[Aoi, ...]) -> Season:
    """The simulated season that the settings describe."""
    chosen = settings.simulate
    period, sensors = TimeRange.parse(chosen.period), settings.source.sensors
    return season_of(
        aois, seed=chosen.seed, period=period, scenario=chosen.scenario, sensors=sensors, hires_gsd_m=chosen.hires_gsd_m
    )


def season_of(
    aois: tuple[Aoi, ...],
    *,
    seed: int,
    period: TimeRange,
    scenario: str,
    sensors: tuple[str, ...],
    background: Path | None = None,
    hires_gsd_m: float = 0.5,
) -> Season:
    """A simulated season over some ports.

    Parameters
    ----------
    aois : tuple of Aoi
        The ports.
    seed : int
        Everything random follows from it.
    period : TimeRange
        When.
    scenario : str
        One of `monitor.simulate.SCENARIOS`.
    sensors : tuple of str
        Of ``s2``, ``s1`` and ``hires``.
    background : Path, optional
        A folder of real scenes to use as the ground of Sentinel-2's.
    hires_gsd_m : float, optional
        Side of a pixel of ``hires``, metres.

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
    return Season.make(
        seed=seed,
        period=period,
        aois=aois,
        scenario=scenario,
        sensors=sensors,
        backgrounds=real,
        hires_gsd_m=hires_gsd_m,
    )


def shipped_ports() -> Path:
    """The folder of the ports that come with the package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_aoi"
    return installed if installed.is_dir() else package.parent / "aoi"


def shipped_place(name: str) -> Path:
    """The file of a place that comes with the package: a port, or one of ``places/``.

    Raises
    ------
    SettingsError
        There is none of that name.
    """
    ports, others = shipped_ids()
    if name in (*ports, *others):
        return shipped_ports() / ("" if name in ports else "places") / f"{name}.geojson"
    raise SettingsError(
        f"{name}: neither a shipped port ({', '.join(ports)}) nor another shipped place ({', '.join(others)})"
    )


def shipped_ids() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the shipped ports, which a new workspace watches, and of the other shipped places; in order."""
    ports, others = (
        tuple(sorted(path.stem for path in folder.glob("*.geojson")))
        for folder in (shipped_ports(), shipped_ports() / "places")
    )
    return ports, others


def alert_targets(settings: Settings) -> tuple[Target, ...]:
    """Where alerts go: the URLs of the environment, else those of ``[alerts] urls_file``; none when neither is set.

    Raises
    ------
    SettingsError
        The file cannot be used, or something is no URL.
    """
    from monitor.report.alerts.send import read_targets, read_targets_file

    chosen = settings.alerts
    given = chosen.urls.get_secret_value()
    if given or chosen.urls_file is None:
        return read_targets(given)
    return read_targets_file(chosen.urls_file.expanduser())


def alert_plan(settings: Settings, as_of: datetime) -> AlertPlan:
    """Which alerts ``[alerts]`` asks for, of a time that ends at `as_of`."""
    chosen = settings.alerts
    return AlertPlan(
        as_of,
        tuple(chosen.rules),
        chosen.least_likelihood,
        span(chosen.cool_down),
        span(chosen.newest),
        chosen.berths,
        span(chosen.unseen),
        span(chosen.silence),
    )
