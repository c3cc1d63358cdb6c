"""The month's quota of processing units, over runs and processes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from monitor.store.archive import Archive
from monitor.store.records import Record

_KIND = "units"


@dataclass(frozen=True, slots=True)
class UnitQuota:
    """Units set aside and spent, kept as records of an archive.

    What a killed process had set aside stays counted: the service may have charged it.
    """

    archive: Archive

    def reserve(self, units: float, *, cap: float, what: str, now: datetime) -> str | None:
        """Set units aside if the month's sum stays within `cap`; a ticket, or None when it would not.

        Parameters
        ----------
        units : float
            Estimated.
        cap : float
            Units allowed in a calendar month (UTC).
        what : str
            Id of the acquisition.
        now : datetime
        """
        with self.archive.lock("units"):
            if self.spent(now) + units > cap:
                return None
            ticket = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
            self.archive.record(Record(_KIND, ticket, now, {"units": units, "estimate": units, "what": what}))
            return ticket

    def settle(self, ticket: str, units: float, *, now: datetime) -> None:
        """Replace what a ticket set aside by what was spent.

        Parameters
        ----------
        ticket : str
        units : float
            0 when nothing was spent.
        now : datetime
            That of `reserve`.
        """
        self.archive.record(Record(_KIND, ticket, now, {"units": units}))

    def spent(self, now: datetime) -> float:
        """Units spent or set aside in the calendar month (UTC) of `now`."""
        month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        records = self.archive.records(_KIND, since=month)
        return sum(float(cast("float", record.body["units"])) for record in records)
