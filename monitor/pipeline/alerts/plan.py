"""Which alerts the settings ask for, and whether they were raised: checked at every run, so light to load."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from monitor.pipeline.freshness import NOTE
from monitor.store.archive import Archive

_RAISED = "alerts"


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """Which alerts are due.

    Attributes
    ----------
    as_of : datetime
        When monitoring ends; silences and times without an observation run to it.
    rules : tuple of str
        The rules in force; this and the next five as in `monitor.fuse.AlertRule`.
    least_likelihood : str
        A finding below this word makes no alert.
    cool_down : timedelta
        How long the same subject makes no other alert.
    newest : timedelta
        What ended longer ago is recorded only.
    berths : tuple of str
        Only visits at these; all when empty.
    unseen : timedelta
        The longest time without an observation of a port.
    silence : timedelta
        The longest silence of the whole AIS feed; a day at least, since the store knows its days.
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
    """Whether the alerts of everything that is there now were raised already."""
    return archive.read_note(_RAISED) == plan.digest(archive)


def note_raised(archive: Archive, plan: AlertPlan) -> None:
    """Record that they were."""
    archive.write_note(_RAISED, plan.digest(archive))
