"""Facts of the sensors in one place: code reads bands and scale from it, and never depends on a sensor's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from monitor.core.errors import DataError

S2_BANDS = ("B02", "B03", "B04", "B08", "B11")
S1_BANDS = ("VV", "VH")
OPTICAL_BANDS = (
    *("B01", "B02", "green_i", "B03", "yellow", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12"),
    "PAN",
)
"""Every optical band by one name, whichever sensor took it: those of Sentinel-2 (B02 blue, B03 green, B04 red, B08
near infrared), PlanetScope's two that it lacks, and panchromatic; by wavelength."""
SERVED = ("s2", "s1")
"""The sensors whose scenes every service offers, between which the settings choose."""
UNNAMED = "optical"
"""The sensor of a picture of which neither the pixel size nor anything else tells what took it."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class Sensor:
    """One kind of instrument.

    Attributes
    ----------
    id, name, instrument : str
        Key in `SENSORS` or the user's own word, and the mission and the instrument for people.
    bands : tuple of str
        Those that it may have, in the order in which they are stored.
    needed : tuple of str
        Those without which a scene is refused unless the settings accept it.
    gsd_m : float or None
        Of the stored pixels; None where each image has its own.
    dtypes : tuple of str
        Of the stored numbers: uint8 is a picture for the eye, kept as it is.
    scale : float
        From stored numbers of more than 8 bits to physical ones: DN × 0.0001 is surface reflectance, Sentinel-1 is
        stored as linear power (sigma nought).
    unit : str
        Of the physical numbers.
    rgb : tuple of str
        Bands shown as red, green and blue.
    optical : bool
        False for radar.
    credit : str
        What the data's licence asks to be shown.
    repeat_days : int or None
        After how long one satellite flies the same track: 143 orbits of Sentinel-2, 175 of Sentinel-1, 233 of Landsat;
        None for those that are pointed, or of which nothing is known.
    has_band_lag : bool
        Whether it records its bands at the known times of `detect.context.motion`, so that they show what moves.
    """

    id: str
    name: str
    instrument: str
    bands: tuple[str, ...]
    needed: tuple[str, ...]
    gsd_m: float | None
    dtypes: tuple[str, ...]
    scale: float
    unit: str
    rgb: tuple[str, str, str]
    optical: bool
    credit: str
    repeat_days: int | None
    has_band_lag: bool = False


_FINE = Sensor(
    id="hires",
    name="High-resolution image",
    instrument="optical",
    bands=OPTICAL_BANDS,
    needed=(),
    gsd_m=None,
    dtypes=("uint16", "uint8"),
    scale=1e-4,
    unit="reflectance",
    rgb=("B04", "B03", "B02"),
    optical=True,
    credit="Image of the analyst's own; its provider's licence applies",
    repeat_days=None,
)

SENSORS: Mapping[str, Sensor] = MappingProxyType(
    {
        "s2": Sensor(
            id="s2",
            name="Sentinel-2",
            instrument="MSI",
            bands=S2_BANDS,
            needed=S2_BANDS,
            gsd_m=10.0,
            dtypes=("uint16", "uint8"),
            scale=1e-4,
            unit="reflectance",
            rgb=("B04", "B03", "B02"),
            optical=True,
            credit="Contains modified Copernicus Sentinel data",
            repeat_days=10,
            has_band_lag=True,
        ),
        "s1": Sensor(
            id="s1",
            name="Sentinel-1",
            instrument="C-SAR",
            bands=S1_BANDS,
            needed=("VV",),
            gsd_m=10.0,
            dtypes=("float32",),
            scale=1.0,
            unit="sigma0 (linear power)",
            rgb=("VV", "VH", "VV"),
            optical=False,
            credit="Contains modified Copernicus Sentinel data",
            repeat_days=12,
        ),
        "planet": replace(_FINE, id="planet", name="PlanetScope", instrument="PSB", credit="© Planet Labs PBC"),
        "hires": _FINE,
        "landsat": replace(
            _FINE,
            id="landsat",
            name="Landsat 8/9",
            instrument="OLI",
            bands=S2_BANDS,
            needed=S2_BANDS,
            gsd_m=30.0,
            credit="Landsat image courtesy of the U.S. Geological Survey",
            repeat_days=16,
        ),
    }
)


def sensor(sensor_id: str) -> Sensor:
    """The sensor of that id; one that is not in `SENSORS` is an optical one of the user's own, under its own name.

    Parameters
    ----------
    sensor_id : str
        A key of `SENSORS`, or a word of up to 32 lower-case letters, digits, ``-`` and ``_``.

    Raises
    ------
    DataError
        The id cannot be a name.
    """
    if known := SENSORS.get(sensor_id):
        return known
    if not _NAME.fullmatch(sensor_id):
        raise DataError(
            f"{sensor_id!r} cannot name a sensor: use one of {', '.join(SENSORS)}, or a word of your own of up to 32 "
            "lower-case letters, digits, - and _"
        )
    return replace(_FINE, id=sensor_id, name=sensor_id, instrument="optical")
