"""Settings of a workspace: arguments before environment before monitor.toml.

Every setting ``[section] name`` of monitor.toml can be given as ``MONITOR_SECTION__NAME``. Secrets are taken from the
environment or from a file of their own, never from monitor.toml, and never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor.core.errors import DataError, SettingsError
from monitor.core.instants import Order
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.scenes.sensors import SENSORS, SERVED, UNNAMED
from monitor.core.scenes.sensors import sensor as sensor_of
from monitor.core.timerange import TimeRange, span
from monitor.detect.models.description import ModelKeys
from monitor.detect.registry import DETECTED, Choice
from monitor.fuse.chains.rule import RAIL, SEA, ChainRule
from monitor.io.documents import read_toml
from monitor.sources.imagery.local.reading import check_corners, check_pattern
from monitor.sources.tabular.layouts import LayoutTable

FILE_NAME = "monitor.toml"
_SECRETS = {
    "client_id": "credentials_file",
    "client_secret": "credentials_file",
    "token": "credentials_file",
    "urls": "urls_file",
}
"""Settings that monitor.toml may not hold, and the setting that names a file for them instead."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSettings(_Section):
    """Where imagery comes from."""

    name: Literal["folder", "sentinelhub", "stac", "simulated"] = Field(
        "folder", description="folder, sentinelhub, stac or simulated"
    )
    folder: Path = Field(Path("scenes"), description="for the folder source: where GeoTIFFs lie")
    period: str = Field("", description="what `run --due` covers, e.g. 2023-08-01/2023-11-01; empty: see `last`")
    last: str = Field("30d", description="what `run --due` asks services for when `period` is empty")
    accept_missing_bands: bool = Field(False, description="folder: take scenes that lack bands of their sensor")
    bands: tuple[str, ...] = Field((), description="folder: names for the bands of files that carry none, in order")
    radar_unit: Literal["linear", "db"] = Field("linear", description="folder: unit of Sentinel-1 files that name none")
    sensor: str = Field(
        "", description="folder: s2, s1, planet, hires, landsat or a word of your own; empty: each image shows it"
    )
    name_pattern: str = Field(
        "", description="folder: how file names write the time (UTC), e.g. ship_%d%m%Y_%H%M; empty: the usual forms"
    )
    crs: str = Field("", description="folder: of images with a place and no CRS, e.g. EPSG:32652")
    nodata: float | Literal["none"] | None = Field(
        None, description="folder: the number that means nothing was seen, or none; empty: the file's own, and 0"
    )
    corners: dict[str, tuple[float, ...]] = Field(
        {},
        description="folder: where pictures without a place lie, by file name: west, south, east, north, or the "
        "longitude and latitude of four corners",
    )
    sensors: tuple[str, ...] = Field(
        ("s2", "s1"),
        description="which of s2, s1 and landsat services are asked for; a folder's images of others are all taken",
    )

    @property
    def wanted(self) -> tuple[str, ...]:
        """The sensors whose scenes are taken, the folder's own among them."""
        return (*self.sensors, self.sensor) if self.sensor else self.sensors

    @field_validator("name_pattern")
    @classmethod
    def _name_pattern(cls, value: str) -> str:
        if value:
            check_pattern(value)
        return value

    @field_validator("corners")
    @classmethod
    def _corners(cls, value: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
        for name, numbers in value.items():
            check_corners(numbers, f"[source.corners] {name}")
        return value

    @field_validator("sensor")
    @classmethod
    def _sensor(cls, value: str) -> str:
        return sensor_of(value).id if value else value

    @field_validator("sensors")
    @classmethod
    def _sensors(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sensor_of(name).id for name in value)

    @field_validator("period")
    @classmethod
    def _period(cls, value: str) -> str:
        if value:
            TimeRange.parse(value)
        return value

    @field_validator("last")
    @classmethod
    def _last(cls, value: str) -> str:
        span(value)
        return value


class SentinelHubSection(_Section):
    """Sentinel Hub, Copernicus Data Space, or another deployment."""

    deployment: Literal["cdse", "sh", "custom"] = Field("cdse", description="cdse, sh or custom")
    base_url: str = Field("", description="for custom: the service's base URL")
    token_url: str = Field("", description="for custom: where tokens come from")
    client_id: SecretStr = Field(SecretStr(""), description="from the environment or credentials_file only")
    client_secret: SecretStr = Field(SecretStr(""), description="from the environment or credentials_file only")
    credentials_file: Path | None = Field(None, description="a file with client_id and client_secret, mode 600")
    level: Literal["l2a", "l1c"] = Field("l2a", description="Sentinel-2 product level")
    incidence: bool = Field(False, description="fetch Sentinel-1's mean incidence angle, for half as many units again")
    units_per_month: float = Field(10_000.0, gt=0, description="processing units after which a pull stops")
    deadline_s: float = Field(600.0, gt=0, description="longest time for one acquisition, retries included")


class StacSection(_Section):
    """An open STAC API."""

    url: str = Field("https://earth-search.aws.element84.com/v1", description="the API's root")
    collection: str = Field("sentinel-2-c1-l2a", description="the collection to search")
    landsat: str = Field(
        "landsat-c2-l2", description="the collection of Landsat 8/9, searched when [source] sensors has landsat"
    )
    radar: str = Field(
        "", description="the collection of Sentinel-1 GRD, searched when [source] sensors has s1, e.g. sentinel-1-grd"
    )


class SensorDetectorSection(ModelKeys):
    """What finds ships in scenes of one sensor, and what is said of its model."""

    weights: str = Field("", description="a name, a file or a folder of weights")
    threshold: float | None = Field(None, ge=0, le=1, description="least score")  # type: ignore[assignment]


class DetectorSection(_Section):
    """What finds ships; ``[detector.SENSOR]`` says it for one sensor, with keys of its model."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, SensorDetectorSection]

    weights: str = Field(
        "", description="for optical scenes: a name, a file or a folder of weights; empty: the default for each sensor"
    )
    threshold: float | None = Field(None, ge=0, le=1, description="least score; empty: the weights' own")
    past: Literal["", "before", "hindsight"] = Field(
        "",
        description="compare Sentinel-2 scenes with the port's own: before (three earlier ones and more), hindsight "
        "(later ones too); empty: each scene alone",
    )

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: object) -> object:
        for name, value in given.items() if isinstance(given, dict) else ():
            if name not in cls.model_fields and not isinstance(value, Mapping | SensorDetectorSection):
                raise ValueError(f"{name}: no such setting")
        return given

    def of(self, sensor: str) -> Choice:
        """What is chosen for a sensor: its own section before this one.

        Parameters
        ----------
        sensor : str
            Radar takes nothing from this section but the threshold.
        """
        own = (self.__pydantic_extra__ or {}).get(sensor)
        weights = self.weights if sensor != "s1" else ""
        past = self.past if sensor == "s2" else ""
        if own is None:
            return Choice(weights or None, self.threshold, past=past)
        keys = own.model_dump(exclude={"weights", "threshold"}, exclude_unset=True)
        threshold = self.threshold if own.threshold is None else own.threshold
        return Choice(own.weights or weights or None, threshold, keys, past)

    def sensors(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Those sensors that something finds ships for: of those wanted, and of any that no service offers.

        Parameters
        ----------
        wanted : iterable of str
            Of those that services offer, the ones that are taken; and sensors of the user's own.
        """
        asked = tuple(wanted)
        others = (*SENSORS, UNNAMED, *(self.__pydantic_extra__ or {}))
        names = dict.fromkeys([*asked, *(name for name in others if name not in SERVED)])
        return tuple(name for name in names if (name in DETECTED and name in asked) or self.of(name).weights)


class AisSection(_Section):
    """AIS files and gaps."""

    files: tuple[str, ...] = Field(("ais/*",), description="patterns of files that `run --due` ingests")
    gap: str = Field("12h", description="silence longer than this is a gap")
    start_date: str = Field("", description="date of the first sentence, for NMEA files without any")
    ports: str = Field("", description="a list of ports instead of the World Port Index: its CSV, or GeoJSON points")
    columns: dict[str, str] = Field(
        {}, description='of an unknown layout, e.g. {mmsi = "ID", t = "when", lon = "x", lat = "y"}'
    )
    layouts: dict[str, LayoutTable] = Field(
        {},
        description="layouts of your own, as [ais.layouts.NAME] with columns, units, time (docs: AIS and its layouts)",
    )
    dates: Order = Field("", description="of tables whose dates do not show it: day first or month first")
    time_zone: str = Field("", description="of tables whose instants carry none, e.g. Asia/Vladivostok; empty: UTC")

    @field_validator("gap")
    @classmethod
    def _gap(cls, value: str) -> str:
        span(value)
        return value


AlertRuleName = Literal[
    "dark_event", "unmatched", "visit", "shuttle", "change", "feed", "unseen", "land_change", "first_train", "oil_stay"
]
LikelihoodWord = Literal[
    "almost no chance", "very unlikely", "unlikely", "roughly even chance", "likely", "very likely", "almost certain"
]


class VoyagesSection(_Section):
    """How ships without AIS are linked between ports."""

    shuttle_prior: float = Field(
        0.1,
        gt=0,
        lt=1,
        description="probability, before any evidence, that one goes to and fro between some two of the ports",
    )


_PAIR = re.compile(
    r"\s*(?P<start>[^\s>:]+)\s*>\s*(?P<goal>[^\s>:]+)\s*"
    r"(?::\s*(?P<low>\d+(?:\.\d+)?)\s*to\s*(?P<high>\d+(?:\.\d+)?)\s*days\s*)?"
)


class ChainsSection(_Section):
    """What departures at one place are held beside arrivals at another, and after how long."""

    places: tuple[str, ...] = Field(
        (),
        description='pairs that are compared, as "rajin > depot", or "rajin > depot: 6 to 20 days" where the travel '
        "time is known; AOIs, airfields or single zones; every two AOIs when empty, so that fewer pass",
    )
    rail_km_day: tuple[float, float] = Field(
        (RAIL.slowest_km_day, RAIL.fastest_km_day), description="slowest and fastest way by land, km a day"
    )
    sea_km_day: tuple[float, float] = Field(
        (SEA.slowest_km_day, SEA.fastest_km_day), description="slowest and fastest way by sea, km a day"
    )
    wait_days: tuple[float, float] = Field(
        RAIL.wait_days, description="shortest and longest time that cargo by land stands at either end besides"
    )

    def rule(self) -> ChainRule:
        """The rule that these settings make.

        Raises
        ------
        SettingsError
            A pair is no two ids, or the numbers leave no time.
        """
        pairs, known = list[tuple[str, str]](), list[tuple[str, str, float, float]]()
        for text in self.places:
            found = _PAIR.fullmatch(text)
            if not found or (found["low"] and float(found["low"]) > float(found["high"])):
                shape = '"rajin > depot" or "rajin > depot: 6 to 20 days"'
                raise SettingsError(f"[chains] places: {text!r} is no pair; write it as {shape}")
            pairs.append((found["start"], found["goal"]))
            if found["low"]:
                known.append((*pairs[-1], float(found["low"]), float(found["high"])))
        try:
            rail = replace(
                RAIL, slowest_km_day=self.rail_km_day[0], fastest_km_day=self.rail_km_day[1], wait_days=self.wait_days
            )
            sea = replace(SEA, slowest_km_day=self.sea_km_day[0], fastest_km_day=self.sea_km_day[1])
        except DataError as error:
            raise SettingsError(f"[chains]: {error}") from error
        return ChainRule(rail=rail, sea=sea, places=tuple(pairs), known_days=tuple(known))


class LandSection(_Section):
    """When the ground of storage, tanks and sites counts as changed."""

    least_change_ha: float = Field(0.5, ge=0.2, description="smallest change of the ground that is stated, hectares")
    false_alarms_per_year: float = Field(
        0.5, gt=0, description="changes of the ground that a place's quiet past may show a year; more make it stricter"
    )


class AlertsSection(_Section):
    """Which findings raise an alert, and who gets it. `run --due` records alerts, and sends them if `send` is true."""

    send: bool = Field(False, description="send at `run --due`; else only `monitor alerts --send` does")
    urls: SecretStr = Field(
        SecretStr(""), description="apprise URLs, one a line; from the environment or urls_file only"
    )
    urls_file: Path | None = Field(None, description="a file of apprise URLs, one a line, mode 600")
    rules: tuple[AlertRuleName, ...] = Field(
        ("dark_event", "visit", "shuttle", "change", "feed", "unseen", "land_change", "first_train", "oil_stay"),
        description="which findings raise an alert; also there: unmatched (vessels where AIS reception is not shown)",
    )
    least_likelihood: LikelihoodWord = Field("likely", description="what is less likely raises none")
    false_alarms_per_year: float = Field(
        0.5, gt=0, description="changes of counts that a port without one may show a year, all counts together"
    )
    berths: tuple[str, ...] = Field((), description="berths, or ports for all of theirs, whose visits raise an alert")
    cool_down: str = Field(
        "3d", description="same rule and place: what ends within this of the last is recorded, not sent"
    )
    newest: str = Field("30d", description="what is longer past than this when it is first found is recorded, not sent")
    unseen: str = Field("14d", description="alert when nothing of a port was seen for longer than this")
    silence: str = Field("24h", description="alert when no AIS came in for longer than this; a day at least")
    brief_url: str = Field("", description="where reports/ can be read, for links; empty: the file's name alone")

    @field_validator("cool_down", "newest", "unseen", "silence")
    @classmethod
    def _spans(cls, value: str) -> str:
        span(value)
        return value

    @field_validator("silence")
    @classmethod
    def _a_day(cls, value: str) -> str:
        if span(value) < timedelta(days=1):
            raise ValueError(f"{value!r} is less than a day, the shortest silence that is searched for")
        return value


class ReportSection(_Section):
    """The brief."""

    weeks: int = Field(26, ge=1, le=520, description="longest period of a brief when none is given")
    distribution: str = Field("", description="a line in the header, e.g. who may read it")


class FlightsSection(_Section):
    """Government aircraft at closed airfields. Files are named relative to the workspace."""

    files: tuple[str, ...] = Field(
        ("air/**/*",), description="patterns of traces, OpenSky answers and CSV that `run --due` ingests"
    )
    watchlist: str = Field("", description="a CSV of aircraft (icao24, registration, type) instead of the shipped list")
    airfields: str = Field("", description="GeoJSON points of airfields of yours, beside those that are shipped")
    events: str = Field("", description="a CSV of dated events (date, event) to lay beside calls; never as cause")
    within: str = Field("3d", description="a call this near to an event counts as beside it")
    time_zone: str = Field("", description="of CSV instants without a zone, e.g. Asia/Vladivostok; empty: UTC, flagged")
    dates: Order = Field("", description="of tables whose dates do not show it: day first or month first")
    layouts: dict[str, LayoutTable] = Field(
        {}, description="layouts of your own, as [flights.layouts.NAME] (docs: AIS and its layouts)"
    )

    @field_validator("within")
    @classmethod
    def _within(cls, value: str) -> str:
        span(value)
        return value


class ArchiveSection(_Section):
    """Where scenes, tables and positions lie."""

    url: str = Field("", description="an object store, such as s3://bucket/folder; empty: archive/ of the workspace")


class SimulateSection(_Section):
    """The embedded season."""

    seed: int = Field(7, ge=0, description="the same seed makes the same season")
    period: str = Field("2023-08-14/2023-10-23", description="what the season spans")
    scenario: str = Field("shuttle-2023", description="what happens in it")
    hires_gsd_m: float = Field(0.5, ge=0.3, le=5, description="pixel of its fine pictures (sensor hires)")


class LimitsSection(_Section):
    """What one file or answer may take before it is refused; raise what a sound one of yours exceeds."""

    unpack_ratio: float = Field(
        DEFAULT_LIMITS.unpack_ratio, gt=1, description="times its size that a packed file may unpack to, beyond 64 MB"
    )
    unpack_gb: float = Field(DEFAULT_LIMITS.unpack_gb, gt=0, description="gigabytes that a packed file may unpack to")
    document_mb: float = Field(
        DEFAULT_LIMITS.document_mb, gt=0, description="megabytes of memory for one JSON, XML or CSV read in one piece"
    )
    megapixels: float = Field(
        DEFAULT_LIMITS.megapixels, gt=0, description="million pixels of a picture that are read at once"
    )

    def value(self) -> Limits:
        """The limits themselves."""
        return Limits(**self.model_dump())


class Settings(BaseSettings):
    """Every setting, checked. Unknown names are refused."""

    model_config = SettingsConfigDict(
        env_prefix="MONITOR_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    source: SourceSettings = SourceSettings()
    sentinelhub: SentinelHubSection = SentinelHubSection()
    stac: StacSection = StacSection()
    archive: ArchiveSection = ArchiveSection()
    detector: DetectorSection = DetectorSection()
    ais: AisSection = AisSection()
    flights: FlightsSection = FlightsSection()
    report: ReportSection = ReportSection()
    voyages: VoyagesSection = VoyagesSection()
    chains: ChainsSection = ChainsSection()
    land: LandSection = LandSection()
    alerts: AlertsSection = AlertsSection()
    simulate: SimulateSection = SimulateSection()
    limits: LimitsSection = LimitsSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over monitor.toml.

        Parameters
        ----------
        settings_cls : type of Settings
            This class.
        init_settings : PydanticBaseSettingsSource
            Arguments.
        env_settings : PydanticBaseSettingsSource
            The environment.
        dotenv_settings : PydanticBaseSettingsSource
            Not read.
        file_secret_settings : PydanticBaseSettingsSource
            Not read.
        """
        return (env_settings, init_settings)


def read_settings(path: Path) -> Settings:
    """The settings of a monitor.toml (defaults where it does not exist) under those of the environment.

    Raises
    ------
    SettingsError
        The file is no TOML, holds a secret, or a name or value is wrong; the message names section and setting.
    """
    given = _read_toml(path) if path.exists() else {}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [_place(e["loc"]) + ": " + _plain(e["msg"]) for e in error.errors()]
        raise SettingsError(f"{path} or environment: " + "; ".join(lines)) from None
    except DataError as error:
        raise SettingsError(f"{path} or environment: {error}") from error


def _place(location: tuple[int | str, ...]) -> str:
    section, *names = (str(part) for part in location)
    return f"[{section}] {'.'.join(names)}" if names else f"[{section}]"


def _plain(message: str) -> str:
    return message.replace("Extra inputs are not permitted", "no such setting").removeprefix("Value error, ")


def _read_toml(path: Path) -> Mapping[str, object]:
    try:
        given = read_toml(path)
    except DataError as error:
        escaped = any(word in str(error) for word in ("hex", "escape", "\\"))
        hint = "; write paths with / or in 'single quotes', since \\ begins an escape" if escaped else ""
        raise SettingsError(f"{error}{hint}") from error
    for section, values in given.items():
        if not isinstance(values, dict):
            raise SettingsError(
                f"{path}: {section} stands outside a section; sections are {', '.join(Settings.model_fields)}"
            )
        for name in sorted(_SECRETS.keys() & values.keys()):
            raise SettingsError(
                f"{path}: [{section}] {name} is a secret; set MONITOR_{section.upper()}__{name.upper()} in the "
                f"environment or use {_SECRETS[name]}, and remove it here"
            )
    return given


def template(**changes: Mapping[str, str]) -> str:
    """The text of a new monitor.toml: every setting with its meaning, defaults commented out.

    `changes` maps a section to the settings that are written in force, as TOML values.
    """
    lines = [
        "# monitor: settings of this workspace. Each can also be given as MONITOR_SECTION__NAME in the environment."
    ]
    for section, field in Settings.model_fields.items():
        model = field.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        lines += ["", f"[{section}]"]
        for name, setting in model.model_fields.items():
            if name in _SECRETS:
                lines.append(f"# {name}: {setting.description}")
            elif name in changes.get(section, {}):
                lines.append(f"{name} = {changes[section][name]}  # {setting.description}")
            else:
                lines.append(f"# {name} = {_toml(setting.default)}  # {setting.description}")
        if model is DetectorSection:
            keys = ", ".join(SensorDetectorSection.model_fields)
            lines.append(f"# [detector.hires]: the same for one sensor, and what is said of its model: {keys}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return '"' + ("" if value is None else str(value)) + '"'
