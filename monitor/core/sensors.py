"""Facts of the sensors, in one table: code asks for bands and scale, never for a sensor's name."""

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

    `scale` turns stored numbers into physical ones: Sentinel-2 DN × 0.0001 is surface reflectance,
    Sentinel-1 is stored as linear power (sigma nought) as it is.
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


SENSORS: Mapping[str, Sensor] = MappingProxyType(
    {
        "s2": Sensor(
            "s2",
            "Sentinel-2",
            "MSI",
            S2_BANDS,
            10.0,
            "uint16",
            1e-4,
            "reflectance",
            ("B04", "B03", "B02"),
            True,
            "Contains modified Copernicus Sentinel data",
        ),
        "s1": Sensor(
            "s1",
            "Sentinel-1",
            "C-SAR",
            S1_BANDS,
            10.0,
            "float32",
            1.0,
            "sigma0 (linear power)",
            ("VV", "VH", "VV"),
            False,
            "Contains modified Copernicus Sentinel data",
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
