"""What a request costs, in processing units, before it is sent; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.sources.errors import QuotaError


@dataclass(frozen=True, slots=True)
class PriceRule:
    """The service's own price list ("Processing Unit definition", Sentinel Hub documentation).

    Attributes
    ----------
    unit_px : int
        Pixels that cost one unit, at three 16-bit bands.
    unit_bands : int
        Bands that cost one unit.
    float32_factor : float
        For 32-bit output.
    orthorectified_factor : float
        For orthorectified radar.
    least_area : float
        Least share of `unit_px` that is charged.
    least_units : float
        Least price of a request, in processing units.
    """

    unit_px: int = 512 * 512
    unit_bands: int = 3
    float32_factor: float = 2.0
    orthorectified_factor: float = 2.0
    least_area: float = 0.01
    least_units: float = 0.005


PRICES = PriceRule()


class UnitLedger(Protocol):
    """The month's use of the quota, in processing units, over runs and processes."""

    def reserve(self, units: float, *, cap: float, what: str, now: datetime) -> str | None:
        """A ticket for units that are set aside; None when the month's sum would exceed the cap.

        Parameters
        ----------
        units : float
            Processing units that the request will take.
        cap : float
            Processing units allowed in the calendar month.
        what : str
            Names the request in the record.
        now : datetime
            In the month that is charged (UTC).
        """

    def settle(self, ticket: str, units: float, *, now: datetime) -> None:
        """Replace what a ticket set aside by what was spent.

        Parameters
        ----------
        ticket : str
            From `reserve`.
        units : float
            Processing units spent, 0 when nothing was.
        now : datetime
            In the month that is charged (UTC).
        """

    def spent(self, now: datetime) -> float:
        """Units spent or set aside in the calendar month (UTC) of `now`."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What fetching one acquisition takes: pixels, requests, processing units."""

    width: int
    height: int
    requests: int
    units: float


def processing_units(
    width: int, height: int, *, bands: int, float32: bool = False, orthorectified: bool = False
) -> float:
    """Processing units of one Process request, by `PRICES`; each pixel sampled once.

    Parameters
    ----------
    width, height : int
        Pixels.
    bands : int
        Output bands without the data mask, which is free.
    float32 : bool, optional
        Whether the output has 32 bits.
    orthorectified : bool, optional
        Whether radar is orthorectified.
    """
    area = max(width * height / PRICES.unit_px, PRICES.least_area)
    units = area * bands / PRICES.unit_bands
    units *= PRICES.float32_factor if float32 else 1.0
    units *= PRICES.orthorectified_factor if orthorectified else 1.0
    return max(units, PRICES.least_units)


def over_cap(units: float, spent: float, cap: float) -> QuotaError:
    """The error for a request that the monthly cap of the settings does not allow.

    Parameters
    ----------
    units : float
        Processing units of the request.
    spent : float
        Processing units used in the month so far.
    cap : float
        Processing units allowed in the month.
    """
    return QuotaError(
        f"the request needs about {units:.1f} processing units, {spent:.1f} of this month's {cap:.0f} are used; raise "
        "[sentinelhub] units_per_month, narrow the AOI, or wait for the next month (UTC). Nothing was sent"
    )
