"""Whether the speeds that ships state fit the distances that they cover: what finds a wrong unit or a wrong clock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from monitor.ais.decoding import Reports
from monitor.core.arrays import Floats, Ints
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import KNOT_MS, distance_m
from monitor.sources.tabular.cells import is_wrong_unit, unit_ratio

_LARGEST = 25.0
"""The largest factor between two units of speed in use, with room: tenths of a knot."""
_STEPS_S = (10.0, 600.0)
_MOVING_KN = 3.0
_FASTEST_KN = 45.0
"""No traffic has a median speed above this, moored ships left out; tenths of a knot have; chosen."""
_PAIRS = 20_000


def speed_ratio(mmsi: Ints, micros: Ints, lon: Floats, lat: Floats, sog_kn: Floats) -> float:
    """How many times the stated speeds are what consecutive positions of a vessel imply; NaN where it cannot be told.

    Parameters
    ----------
    mmsi, micros : array
        Vessel and microseconds since 1970.
    lon, lat : array
        Degrees, WGS 84.
    sog_kn : array
        Knots; NaN where none is stated.
    """
    order = np.lexsort((micros, mmsi))
    here, there = order[:-1], order[1:]
    step = (micros[there] - micros[here]) / 1e6
    pairs = (mmsi[here] == mmsi[there]) & (step >= _STEPS_S[0]) & (step <= _STEPS_S[1])
    here, there, step = here[pairs][:_PAIRS], there[pairs][:_PAIRS], step[pairs][:_PAIRS]
    if not len(step):
        return float("nan")
    implied = distance_m(lon[here], lat[here], lon[there], lat[there]) / step / KNOT_MS
    return unit_ratio((sog_kn[here] + sog_kn[there]) / 2, implied, least=_MOVING_KN)


def check_speeds(mmsi: Ints, micros: Ints, lon: Floats, lat: Floats, sog_kn: Floats, *, where: str) -> bool:
    """Whether the distances between positions show the speeds of a table to be knots; False where nothing shows it.

    Parameters
    ----------
    mmsi, micros : array
        Vessel and microseconds since 1970.
    lon, lat : array
        Degrees, WGS 84.
    sog_kn : array
        What is said to be knots.
    where : str
        Names the file in errors.

    Raises
    ------
    DataError
        They are in another unit.
    """
    ratio = speed_ratio(mmsi, micros, lon, lat, sog_kn)
    moving = sog_kn[sog_kn >= 0.5]
    fast = float(np.median(moving)) if len(moving) >= 10 else 0.0
    if is_wrong_unit(ratio, largest=_LARGEST):
        reason = f"speeds are {ratio:.2g} times what the distances between positions show"
    elif fast > _FASTEST_KN and np.isnan(ratio):
        reason = f"half of the ships under way make over {fast:.0f} kn"
    else:
        return not np.isnan(ratio)
    raise DataError(
        f"{where}: {reason}; the column is not in knots. Name the unit in monitor.toml, e.g. [ais.layouts.mine] with "
        'units = {sog_kn = "kn/10"} or "m/s" or "km/h", and the columns'
    )


def fits_speeds(reports: Reports, micros: Ints, timed: npt.NDArray[np.bool_]) -> bool:
    """Whether ships cover the distances that their speeds say by a clock, as far as that can be told.

    Parameters
    ----------
    reports : Reports
        Decoded positions.
    micros : array
        Their times by the clock, microseconds since 1970.
    timed : array
        Which of them the clock timed.
    """
    usable = timed & (np.abs(reports.lat) <= 90) & (np.abs(reports.lon) <= 180) & (reports.sog_kn < 102.2)
    ratio = speed_ratio(
        reports.mmsi[usable], micros[usable], reports.lon[usable], reports.lat[usable], reports.sog_kn[usable]
    )
    return not is_wrong_unit(ratio, largest=np.inf)
