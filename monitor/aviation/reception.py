"""Whether aircraft could be received at a place: shown by other aircraft, never assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.geo.geodesy import distance_m
from monitor.core.tables.aviation import AIR_POSITIONS, AIR_RECEPTION

AIR_CELL_DEG = 0.5
LOWEST_SHOWN_M = 1500.0
"""An aircraft received below this height shows that an approach could have been received as well (chosen)."""


@dataclass(frozen=True, slots=True)
class NearbyTraffic:
    """Other traffic near a place in a period.

    Attributes
    ----------
    aircraft : int
        The most in one cell and hour: a lower bound, since one aircraft crosses many cells.
    positions : int
    lowest_m : float
        NaN when no height was received.
    hours, hours_received : int
        Hours of the period, and those with any traffic.
    """

    aircraft: int
    positions: int
    lowest_m: float
    hours: int
    hours_received: int

    @property
    def is_low(self) -> bool:
        """Whether an aircraft was received low enough to show that a landing would have been received."""
        return self.aircraft > 0 and self.lowest_m <= LOWEST_SHOWN_M

    def words(self, radius_km: float) -> str:
        """The fixed wording."""
        if not self.aircraft:
            return (
                f"no other aircraft was received within {radius_km:.0f} km in these hours: silence there proves nothing"
            )
        lowest = "height unknown" if np.isnan(self.lowest_m) else f"lowest {self.lowest_m:,.0f} m"
        tail = (
            "a landing with the transponder on would have been received"
            if self.is_low
            else "none was received low, so a landing need not have been received"
        )
        return (
            f"others were received within {radius_km:.0f} km in {self.hours_received} of {self.hours} h (at least "
            f"{self.aircraft} in one hour, {lowest}): {tail}"
        )


def find_reception(positions: pd.DataFrame, *, without: frozenset[str] = frozenset()) -> pd.DataFrame:
    """AIR_RECEPTION: how many aircraft, and how low, were received by half-degree cell and hour.

    Parameters
    ----------
    positions : AIR_POSITIONS table
    without : frozenset of str
        Addresses to leave out, so that an aircraft is not evidence of its own reception.
    """
    table = positions[~positions["icao24"].isin(without)] if without else positions
    if table.empty:
        return AIR_RECEPTION.empty()
    table = AIR_POSITIONS.conform(table)
    column, row = (np.floor(table[axis] / AIR_CELL_DEG) for axis in ("lon", "lat"))
    height = table["altitude_m"].mask(table["on_ground"].fillna(False).astype(bool), 0.0)
    cells = pd.DataFrame(
        {
            "lon": (column + 0.5) * AIR_CELL_DEG,
            "lat": (row + 0.5) * AIR_CELL_DEG,
            "hour": table["t"].dt.floor("h"),
            "icao24": table["icao24"],
            "height": height,
        }
    )
    grouped = cells.groupby(["lat", "lon", "hour"], sort=True)
    made = grouped.agg(aircraft=("icao24", "nunique"), positions=("icao24", "size"), lowest_m=("height", "min"))
    made = made.reset_index()
    made["cell"] = [f"{lat:+.2f}{lon:+.2f}" for lat, lon in zip(made["lat"], made["lon"], strict=True)]
    return AIR_RECEPTION.conform(made)


@dataclass(frozen=True, slots=True)
class FieldReception:
    """Reception about one place as arrays in order of time, for many periods."""

    hour_s: npt.NDArray[np.float64]
    metres: npt.NDArray[np.float64]
    aircraft: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    lowest_m: npt.NDArray[np.float64]

    def traffic(self, start_s: float, end_s: float, *, radius_m: float) -> NearbyTraffic:
        """Other traffic near the place in a period, by whole hours.

        Parameters
        ----------
        start_s, end_s : float
            Unix seconds.
        radius_m : float
            Distances are to the cells' middles, so the edge is good to about 35 km.
        """
        first_s = start_s // 3600.0 * 3600.0
        hours = int((end_s - first_s) // 3600.0) + 1
        a, b = np.searchsorted(self.hour_s, first_s), np.searchsorted(self.hour_s, end_s, side="right")
        near = self.metres[a:b] <= radius_m
        if not near.any():
            return NearbyTraffic(aircraft=0, positions=0, lowest_m=float("nan"), hours=hours, hours_received=0)
        most, received = int(self.aircraft[a:b][near].max()), len(np.unique(self.hour_s[a:b][near]))
        low = self.lowest_m[a:b][near]
        lowest = float(np.nanmin(low)) if np.isfinite(low).any() else float("nan")
        return NearbyTraffic(
            aircraft=most,
            positions=int(self.positions[a:b][near].sum()),
            lowest_m=lowest,
            hours=hours,
            hours_received=received,
        )


def field_reception(reception: pd.DataFrame, lon: float, lat: float, *, within_m: float = 130000.0) -> FieldReception:
    """Reception about a place.

    Parameters
    ----------
    reception : AIR_RECEPTION table
    lon, lat : float
    within_m : float
        Cells count whose middles lie within it.
    """
    box = reception[(reception["lat"] - lat).abs() < within_m / 100000.0]
    metres = distance_m(lon, lat, box["lon"].to_numpy(), box["lat"].to_numpy())
    keep = metres <= within_m
    order = np.argsort(box["hour"].astype("int64").to_numpy()[keep], kind="stable")
    box, metres = box[keep].iloc[order], metres[keep][order]
    return FieldReception(
        hour_s=box["hour"].astype("int64").to_numpy() / 1e6,
        metres=metres,
        aircraft=box["aircraft"].to_numpy(),
        positions=box["positions"].to_numpy(),
        lowest_m=box["lowest_m"].to_numpy(),
    )
