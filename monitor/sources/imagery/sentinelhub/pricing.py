"""What a request costs, in processing units, before it is sent; pure.

The formula is the service's own ("Processing Unit definition" in the Sentinel Hub documentation): area against
512 × 512 px, bands against three, twice for 32-bit output, twice for orthorectified radar. The data mask is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.sources.errors import QuotaError

_UNIT_PX = 512 * 512
_LEAST = 0.005
_LEAST_AREA = 0.01


class UnitLedger(Protocol):
    """Who keeps the month's account."""

    def reserve(self, units: float, *, cap: float, what: str, now: datetime) -> str | None:
        """Set units aside if the month's sum stays within `cap`; a ticket, or None when it would not."""

    def settle(self, ticket: str, units: float, *, now: datetime) -> None:
        """Replace what a ticket set aside by what was spent, 0 when nothing was."""

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
    """Units for one Process request of one sample; `bands` without the data mask."""
    area = max(width * height / _UNIT_PX, _LEAST_AREA)
    units = area * bands / 3.0 * (2.0 if float32 else 1.0) * (2.0 if orthorectified else 1.0)
    return max(units, _LEAST)


def over_cap(units: float, spent: float, cap: float) -> QuotaError:
    """The error for a request that the monthly cap of the settings does not allow."""
    return QuotaError(
        f"the request needs about {units:.1f} processing units, {spent:.1f} of this month's {cap:.0f} are used; raise "
        "[sentinelhub] units_per_month, narrow the AOI, or wait for the next month (UTC). Nothing was sent"
    )
