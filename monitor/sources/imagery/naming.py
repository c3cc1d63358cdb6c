"""Instant, satellite and band from the names of files, products and bands; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.core.errors import DataError

_BANDS = {
    "blue": "B02",
    "green": "B03",
    "red": "B04",
    "nir": "B08",
    "nearinfrared": "B08",
    "swir16": "B11",
    "swir1": "B11",
    "scl": "SCL",
    "clm": "CLM",
    "datamask": "dataMask",
    "qapixel": "QA_PIXEL",
    "vv": "VV",
    "vh": "VH",
    "hh": "HH",
    "hv": "HV",
    "coastal": "B01",
    "coastalblue": "B01",
    "greeni": "green_i",
    "yellow": "yellow",
    "rededge": "B05",
    "pan": "PAN",
    "panchromatic": "PAN",
    "incidence": "localIncidenceAngle",
    "localincidenceangle": "localIncidenceAngle",
}
_COLOURS = {"red": "B04", "green": "B03", "blue": "B02", "nir": "B08"}
_OPTICAL = re.compile(r"(?<![a-z0-9])b(?:and)?[ _\-]?0?(\d{1,2}a?)(?![a-z0-9])")
_OPTICAL_NAMES = frozenset([*(f"B{number:02d}" for number in range(1, 13)), "B8A"])
_RADAR = re.compile(r"(?:.*[ _])?(vv|vh|hh|hv)(?:[ _].*)?")
_S2_PRODUCT = re.compile(r"(S2[A-Z])_MSIL(1C|2A)_(\d{8}T\d{6})(?:_N\d{4})?(?:_R(\d{3}))?")
_S1_PRODUCT = re.compile(r"(S1[A-Z])_\w\w_GRD\w_\w{4}_(\d{8}T\d{6})_(\d{8}T\d{6})")
_INSTANT = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})[T_](\d{2})[:\-]?(\d{2})[:\-]?(\d{2})(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{4})[-_]?(\d{2})[-_]?(\d{2})(?!\d)")
_PLATFORM = re.compile(r"(?<![A-Za-z0-9])(S[12])([A-D])(?![A-Za-z0-9])")
_GRANULE = re.compile(r"(?<![A-Za-z0-9])T\d{2}[C-X][A-Z]{2}(?![A-Za-z0-9])")
_SENSORS = {
    "s2": re.compile(r"sentinel-?2|\bs2[a-d]?\b"),
    "s1": re.compile(r"sentinel-?1|\bs1[a-d]?\b"),
    "landsat": re.compile(r"landsat[-_ ]?[89]\b|\bl[coe]0[89]\b"),
    "planet": re.compile(r"planetscope|psscene|psorthotile|\bps[b2](\.sd)?\b|\d{8} \d{6} (\d{2} )?[0-9a-f]{4} [13]a?b"),
    "hires": re.compile(
        r"skysat|ssc\d+(d\d)?\b|worldview|\bwv0\d\b|geoeye|\bge0?1\b|quickbird|\bqb0?2\b|legion|\blg0\d\b|ikonos|"
        r"pleiades|pneo|\bphr1[ab]\b|spot-?[67]\b|kompsat|superview|blacksky|jilin|maxar|\bhires"
    ),
}
"""Words of platforms, instruments, products and file names, by the sensor that they mean."""
_ORBIT = re.compile(r"_R(\d{3})(?!\d)")

DATATAKE = timedelta(minutes=20)
"""The name of a Sentinel-2 product or granule holds the start of its data take; a place in it was observed up to this
much later."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a file's name holds.

    Attributes
    ----------
    start, end : datetime
        The interval that holds the instant; equal when it is exact.
    platform : str, optional
        Such as ``sentinel-2a``.
    relative_orbit : int, optional
        Its number.
    level : str, optional
        ``L1C``, ``L2A`` or ``GRD``.
    """

    start: datetime
    end: datetime
    platform: str | None = None
    relative_orbit: int | None = None
    level: str | None = None


def band_name(text: str | None) -> str | None:
    """``B02`` … ``B12``, ``VV``, ``SCL`` … from a band's description.

    Such as ``b2``, ``B02 - Blue``, ``B4, central wavelength 665 nm``, ``S2A_T29SPS_B4``, ``Sigma0_VV_db``. None when
    the description names no known band, or several.
    """
    if not text:
        return None
    low = text.strip().lower()
    if (word := re.sub(r"[^a-z0-9]", "", low)) in _BANDS:
        return _BANDS[word]
    named = {number.upper().zfill(2) for number in _OPTICAL.findall(low)}
    if len(named) == 1:
        name = f"B{named.pop()}"
        return name if name in _OPTICAL_NAMES else None
    if found := _RADAR.fullmatch(low):
        return found[1].upper()
    return None


def band_names(descriptions: Sequence[str | None], colours: Sequence[str] = ()) -> tuple[str, ...]:
    """The known name of each band of a file, ``""`` where it has none.

    Parameters
    ----------
    descriptions : sequence of str or None
        Of the bands. ``Band 1``, ``Band 2``, ``Band 3`` … in order are numbers, not names.
    colours : sequence of str, optional
        The bands' colour interpretation (``red``, ``green`` …), which names them where no description does.
    """
    numbered = are_numbers(descriptions)
    names = ("",) * len(descriptions) if numbered else tuple(band_name(text) or "" for text in descriptions)
    if any(names) or not {"red", "green", "blue"} <= set(colours):
        return names
    return tuple(_COLOURS.get(colour, "") for colour in colours)


def are_numbers(descriptions: Sequence[str | None]) -> bool:
    """Whether bands are merely counted: ``Band 1``, ``Band 2``, ``Band 3`` … in order."""
    texts = [(text or "").strip().lower() for text in descriptions]
    return all(re.fullmatch(rf"band[ _]?0?{number}", text) for number, text in enumerate(texts, 1))


def read_name(name: str) -> Named:
    """When, and by which satellite, from a file's name.

    ``…_20230905T021609…`` is an instant, ``…_20220514…`` a day whose hour is unknown. The name of a Sentinel-2
    product, or of a granule (``T52TEM_20230905T021601``), gives the start of its data take only, so the instant is
    within `DATATAKE` of it; that of a Sentinel-1 slice gives start and stop.

    Raises
    ------
    DataError
        There is no date in the name.
    """
    platform = _platform(name)
    orbit = int(found[1]) if (found := _ORBIT.search(name)) else None
    if product := _S1_PRODUCT.search(name):
        return Named(_instant(product[2]), _instant(product[3]), platform, level="GRD")
    if product := _S2_PRODUCT.search(name):
        start = _instant(product[3])
        return Named(start, start + DATATAKE, platform, orbit, level=f"L{product[2]}")
    for found in _INSTANT.finditer(name):
        if at := _moment(*found.groups()):
            return Named(at, at + DATATAKE if _GRANULE.search(name) else at, platform, orbit)
    for found in _DAY.finditer(name):
        if at := _moment(*found.groups()):
            return Named(at, at + timedelta(hours=23, minutes=59, seconds=59), platform, orbit)
    raise DataError(
        f"{name}: no date in the name; put one there (…_20230905T021609.tif, …_20230905.tif) or a STAC item.json beside"
    )


def platform_name(text: str) -> str:
    """``sentinel-2a`` from ``S2A``; anything else in lower case as it is."""
    found = _PLATFORM.fullmatch(text.strip())
    return f"sentinel-{found[1][1]}{found[2].lower()}" if found else text.strip().lower()


def sensor_of(text: str) -> str | None:
    """The sensor that a platform, an instrument or a file's name means; None where they show none.

    Parameters
    ----------
    text : str
        Such as ``sentinel-2a``, ``PSB.SD``, ``WV03`` or ``20230905_021609_34_2416_3B_AnalyticMS``.
    """
    low = text.lower().replace("_", " ")
    return next((sensor for sensor, words in _SENSORS.items() if words.search(low)), None)


def short_platform(platform: str) -> str:
    """``S2A`` from ``sentinel-2a``; anything else as it is."""
    found = re.fullmatch(r"sentinel-(\d)([a-z]?)", platform)
    return f"S{found[1]}{found[2].upper()}" if found else platform


def safe_id(text: str) -> str:
    """The text with ``_`` for each character that a file's name cannot have."""
    return re.sub(r"[^A-Za-z0-9._@+=-]+", "_", text).strip("._") or "scene"


def _platform(name: str) -> str | None:
    found = _PLATFORM.search(name.replace("_", " "))
    return platform_name(found[0]) if found else None


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise DataError(f"{text}: no such instant") from error


def _moment(*parts: str) -> datetime | None:
    try:
        at = datetime(*(int(part) for part in parts), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    return at if 1970 <= at.year <= 2100 else None
