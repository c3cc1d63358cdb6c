"""What a watch is told to tell, and whether it has: asked at every run, so light to load."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from monitor.pipeline.freshness import NOTE
from monitor.store.archive import Archive

_RAISED = "alerts"


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """Which alerts are raised.

    Attributes
    ----------
    as_of : when the watch ends; silences and blindness run to it
    rules, least_likelihood, cool_down, newest, berths : see `monitor.fuse.AlertRule`
    unseen : longest time without seeing anything of a port
    silence : longest silence of the whole AIS feed; a day at least, since the store knows its days
    """

    as_of: datetime
    rules: tuple[str, ...]
    least_likelihood: str
    cool_down: timedelta
    newest: timedelta
    berths: tuple[str, ...]
    unseen: timedelta
    silence: timedelta

    def digest(self, archive: Archive) -> str:
        """What the alerts would be raised from."""
        return f"{archive.read_note(NOTE).strip()} {astuple(self)}\n"


def alerts_are_raised(archive: Archive, plan: AlertPlan) -> bool:
    """Whether everything that is there now was asked already."""
    return archive.read_note(_RAISED) == plan.digest(archive)


def note_raised(archive: Archive, plan: AlertPlan) -> None:
    """Remember that it was."""
    archive.write_note(_RAISED, plan.digest(archive))
