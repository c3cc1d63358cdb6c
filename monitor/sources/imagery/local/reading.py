"""What a user states of images that do not state it themselves: the same for single images and for a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.timerange import utc
from monitor.sources.imagery.naming import Named

NO_NUMBER = "none"
"""As `Reading.nodata`: no number means that nothing was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a user states each thing that an image may not state, for messages.

    Attributes
    ----------
    sensor, bands, unit, at, crs, corners, nodata : str
        As in `Reading`.
    """

    sensor: str
    bands: str
    unit: str
    at: str
    crs: str
    corners: str
    nodata: str


FLAGS = Words(
    sensor="--sensor s1, s2, planet, hires or a word of your own",
    bands="--bands B02,B03,…",
    unit="--unit linear or --unit db",
    at="--at 2023-09-05T02:16Z",
    crs="--crs EPSG:32652",
    corners="--corners WEST,SOUTH,EAST,NORTH",
    nodata="--nodata none",
)
SETTINGS = Words(
    sensor="[source] sensor in monitor.toml",
    bands="[source] bands in monitor.toml",
    unit="[source] radar_unit in monitor.toml",
    at="[source] name_pattern in monitor.toml, such as ship_%d%m%Y_%H%M",
    crs="[source] crs in monitor.toml",
    corners='"FILE NAME" = [WEST, SOUTH, EAST, NORTH] below [source.corners] in monitor.toml',
    nodata='[source] nodata = "none" in monitor.toml',
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of images beside what they state; it wins over that, but for `bands` and `unit` of a folder.

    Attributes
    ----------
    sensor : str or None
        Which took them; None where each image shows it.
    bands : tuple of str
        Names of the bands in order; ``-`` for one that is none.
    unit : str or None
        ``linear`` or ``db``, for radar that does not state it.
    at : tuple of datetime or None
        Bounds of the instant at which they were taken.
    name_pattern : str
        How a file's name writes the instant, with the directives of `strptime`; "" for the usual forms alone.
    crs : str
        Of images that have a place and no CRS, such as ``EPSG:32652``; "" where they state it.
    corners : tuple of float
        Where an image without a place lies: west, south, east, north; or longitude and latitude of its upper left,
        upper right, lower right and lower left corner. In `crs`, degrees by default.
    nodata : float, str or None
        The number that means that nothing was seen; ``none`` for no number at all; None for the file's own and 0.
    limits : Limits
        What one file may take.
    words : Words
        How the user states each thing: `FLAGS` or `SETTINGS`.
    """

    sensor: str | None = None
    bands: tuple[str, ...] = ()
    unit: str | None = None
    at: tuple[datetime, datetime] | None = None
    name_pattern: str = ""
    crs: str = ""
    corners: tuple[float, ...] = ()
    nodata: float | str | None = None
    limits: Limits = DEFAULT_LIMITS
    words: Words = FLAGS


AS_STATED = Reading()


def parse_at(text: str) -> tuple[datetime, datetime]:
    """Bounds of an instant: equal for ``2023-09-05T02:16Z``, a day apart for ``2023-09-05``.

    Raises
    ------
    DataError
        The text is neither.
    """
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        day = utc(text)
        return day, day + timedelta(hours=23, minutes=59, seconds=59)
    try:
        at = utc(text)
    except DataError as error:
        raise DataError(f"--at {text}: give an instant as 2023-09-05T02:16Z (UTC), or a day as 2023-09-05") from error
    return at, at


def parse_corners(text: str) -> tuple[float, ...]:
    """The numbers of ``WEST,SOUTH,EAST,NORTH``, or of four corners, each longitude and latitude.

    Raises
    ------
    DataError
        There are neither four nor eight numbers.
    """
    try:
        numbers = tuple(float(part) for part in re.split(r"[,\s]+", text.strip()))
    except ValueError:
        numbers = ()
    check_corners(numbers, f"--corners {text}")
    return numbers


def check_corners(numbers: tuple[float, ...], where: str) -> None:
    """Refuse numbers that are no corners.

    Parameters
    ----------
    numbers : tuple of float
    where : str
        Begins the message.

    Raises
    ------
    DataError
        There are neither four nor eight numbers, or west lies east of east.
    """
    if len(numbers) == 4 and numbers[0] < numbers[2] and numbers[1] < numbers[3]:
        return
    if len(numbers) != 8:
        raise DataError(
            f"{where}: give west,south,east,north, or longitude and latitude of the upper left, upper right, "
            "lower right and lower left corner, eight numbers"
        )


def parse_nodata(text: str) -> float | str:
    """The number, or `NO_NUMBER`.

    Raises
    ------
    DataError
        The text is neither.
    """
    if text.strip().lower() == NO_NUMBER:
        return NO_NUMBER
    try:
        return float(text)
    except ValueError as error:
        raise DataError(f"--nodata {text}: give a number, or none where every number is a picture's own") from error


_PARTS: Mapping[str, str] = MappingProxyType(
    {"Y": r"\d{4}", "y": r"\d{2}", "b": r"[A-Za-z]{3}", "j": r"\d{3}"} | dict.fromkeys("mdHMS", r"\d{2}")
)
_DAYS = ({"d", "m"}, {"d", "b"}, {"j"})


def check_pattern(pattern: str) -> None:
    """Refuse a pattern of file names that gives no day.

    Raises
    ------
    DataError
        It has a directive that is not known, one twice, or no year and day.
    """
    found = re.findall(r"%(.?)", pattern)
    unknown = [part for part in found if part not in _PARTS]
    whole = {"Y", "y"} & set(found) and any(day <= set(found) for day in _DAYS)
    if unknown or len(set(found)) != len(found) or not whole:
        raise DataError(
            f"pattern {pattern!r}: write year, month and day of a file's name as %Y, %m, %d and its time as %H, %M, %S "
            "(also there: %y, %b, %j), each once, such as ship_%d%m%Y_%H%M"
        )


def read_pattern(name: str, pattern: str) -> Named | None:
    """When a file was taken, from the part of its name that a pattern describes; None where none does.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    pattern : str
        With directives of `strptime`; UTC. Without ``%H`` the hour is unknown.
    """
    pieces = re.split(r"%(.)", pattern)
    texts = [re.escape(piece) if n % 2 == 0 else f"({_PARTS[piece]})" for n, piece in enumerate(pieces)]
    order = " ".join(f"%{piece}" for piece in pieces[1::2])
    for found in re.finditer("".join(texts), name):
        try:
            at = datetime.strptime(" ".join(found.groups()), order).replace(tzinfo=UTC)
        except ValueError:
            continue
        seconds = 0 if "%S" in pattern or "%M" in pattern else 3599 if "%H" in pattern else 86399
        return Named(at, at + timedelta(seconds=seconds))
    return None
