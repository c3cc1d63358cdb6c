"""Facts of the sensors in one table: code reads bands and scale from it, and never depends on a sensor's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from monitor.core.errors import DataError

S2_BANDS = ("B02", "B03", "B04", "B08", "B11")
S1_BANDS = ("VV", "VH")


@dataclass(frozen=True, slots=True)
class Sensor:
    """One kind of instrument.

    Attributes
    ----------
    id, name, instrument : str
        Key in `SENSORS`, and the mission and the instrument for people.
    bands : tuple of str
        In the order in which they are stored.
    gsd_m : float
        Of the stored pixels.
    dtype : str
        Of the stored numbers.
    scale : float
        From stored to physical numbers: Sentinel-2 DN × 0.0001 is surface reflectance, Sentinel-1 is stored as linear
        power (sigma nought).
    unit : str
        Of the physical numbers.
    rgb : tuple of str
        Bands shown as red, green and blue.
    optical : bool
        False for radar.
    credit : str
        What the data's licence asks to be shown.
    repeat_days : int
        After how long one satellite flies the same track: 143 orbits of Sentinel-2, 175 of Sentinel-1.
    """

    id: str
    name: str
    instrument: str
    bands: tuple[str, ...]
    gsd_m: float
    dtype: str
    scale: float
    unit: str
    rgb: tuple[str, str, str]
    optical: bool
    credit: str
    repeat_days: int


SENSORS: Mapping[str, Sensor] = MappingProxyType(
    {
        "s2": Sensor(
            id="s2",
            name="Sentinel-2",
            instrument="MSI",
            bands=S2_BANDS,
            gsd_m=10.0,
            dtype="uint16",
            scale=1e-4,
            unit="reflectance",
            rgb=("B04", "B03", "B02"),
            optical=True,
            credit="Contains modified Copernicus Sentinel data",
            repeat_days=10,
        ),
        "s1": Sensor(
            id="s1",
            name="Sentinel-1",
            instrument="C-SAR",
            bands=S1_BANDS,
            gsd_m=10.0,
            dtype="float32",
            scale=1.0,
            unit="sigma0 (linear power)",
            rgb=("VV", "VH", "VV"),
            optical=False,
            credit="Contains modified Copernicus Sentinel data",
            repeat_days=12,
        ),
    }
)


def sensor(sensor_id: str) -> Sensor:
    """The sensor of that id (``s2`` or ``s1``).

    Raises
    ------
    DataError
        There is none of that id.
    """
    try:
        return SENSORS[sensor_id]
    except KeyError as error:
        raise DataError(f"{sensor_id!r} is no sensor: use one of {', '.join(SENSORS)}") from error
