"""Every error this package raises on purpose.

MonitorError
├── DataError        a file, table or geometry is not what it should be (also a ValueError)
├── SourceError      a source could not search or fetch; ``transient``: the same call may succeed later
├── ArchiveError     the archive is missing, damaged, or written by a newer version
├── DetectorError    weights or pixels do not fit the detector
└── SettingsError    a setting is missing or wrong (also a ValueError)
"""


class MonitorError(Exception):
    """Base class of all errors of this package."""


class DataError(MonitorError, ValueError):
    """A file, table or geometry is not what it should be."""


class SourceError(MonitorError):
    """A source could not search or fetch.

    Parameters
    ----------
    message : str
        The thing, what is wrong, what to do.
    transient : bool
        True when the same call may succeed later.
    """

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args[0], self.transient)


def _rebuild(kind: type[SourceError], message: str, transient: bool) -> SourceError:
    return kind(message, transient=transient)


class ArchiveError(MonitorError):
    """The local archive is missing, damaged, or written by a newer version."""


class DetectorError(MonitorError):
    """Weights are not what they should be, or pixels do not fit them."""


class SettingsError(MonitorError, ValueError):
    """A setting is missing, unknown or wrong."""
