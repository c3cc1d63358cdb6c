"""The observations of one part of a place as arrays: time, band, place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Bools, Floats, Pixels
from monitor.detect.land.profiles import CLEAR, unpacked


@dataclass(frozen=True, slots=True, eq=False)
class LandSeries:
    """One part of a place over time, by one sensor.

    Attributes
    ----------
    sensor : str
        That took them.
    scene_ids : tuple of str
        In order of time.
    times : DatetimeIndex
        When each was acquired (UTC).
    bands : tuple of str
        Those that every observation has.
    values : Pixels
        (time, band, place) reflectance; NaN where none.
    flags : array of int
        (time, place) as in LAND_PROFILES.
    """

    sensor: str
    scene_ids: tuple[str, ...]
    times: pd.DatetimeIndex
    bands: tuple[str, ...]
    values: Pixels
    flags: npt.NDArray[np.uint8]

    @property
    def clear(self) -> Bools:
        """(time, place) where the ground itself was seen."""
        made: Bools = self.flags == CLEAR
        return made

    @property
    def days(self) -> Floats:
        """(time,) days since the first observation."""
        made: Floats = np.asarray((self.times - self.times[0]) / pd.Timedelta(days=1), dtype=np.float64)
        return made

    def only(self, observations: Bools) -> LandSeries:
        """Some of the observations.

        Parameters
        ----------
        observations : Bools
            (time,) which.
        """
        ids = tuple(scene for scene, chosen in zip(self.scene_ids, observations, strict=True) if chosen)
        return replace(
            self,
            scene_ids=ids,
            times=self.times[observations],
            values=self.values[observations],
            flags=self.flags[observations],
        )


def land_series(profiles: pd.DataFrame, part: str, zone_id: str = "") -> list[LandSeries]:
    """One part's observations, a series for each sensor; empty when there are none.

    Parameters
    ----------
    profiles : LAND_PROFILES table
        Of one AOI.
    part : str
        ground | around | track | lot.
    zone_id : str
        Of the rail or open-storage zone, "" for ground.
    """
    mine = profiles[(profiles["part"] == part) & (profiles["zone_id"] == zone_id) & (profiles["places"] > 0)]
    out = []
    for sensor, group in mine.groupby("sensor"):
        rows = group.sort_values(["acquired_at", "scene_id"])
        rows = rows[rows["places"] == rows["places"].iloc[-1]]
        given = [str(names).split() for names in rows["bands"]]
        bands = tuple(band for band in given[0] if all(band in names for names in given))
        out.append(
            LandSeries(
                sensor=str(sensor),
                scene_ids=tuple(rows["scene_id"]),
                times=pd.DatetimeIndex(rows["acquired_at"]),
                bands=bands,
                values=np.stack([_chosen(v, names, bands) for v, names in zip(rows["values"], given, strict=True)]),
                flags=np.stack([np.frombuffer(flags, dtype=np.uint8) for flags in rows["flags"]]),
            )
        )
    return out


def _chosen(values: bytes, given: Sequence[str], bands: Sequence[str]) -> Pixels:
    """(band, place) the bands that every observation has."""
    known = unpacked(values, len(given))
    return known if len(given) == len(bands) else known[[given.index(band) for band in bands]]
