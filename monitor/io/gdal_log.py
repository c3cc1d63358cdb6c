"""What GDAL says of a file is logged once, however often the file is opened."""

from __future__ import annotations

import logging

_LOGGERS = ("rasterio._env", "rasterio._err")
"""Through which rasterio passes on what GDAL says."""
_MOST = 10_000
"""Messages that are remembered; after so many all are forgotten, so that memory is bounded."""


class OnceFilter(logging.Filter):
    """Lets each message through once."""

    def __init__(self) -> None:
        super().__init__()
        self._passed = set[str]()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the message is new.

        Parameters
        ----------
        record : LogRecord
            Of GDAL.
        """
        message = record.getMessage()
        if message in self._passed:
            return False
        if len(self._passed) >= _MOST:
            self._passed.clear()
        self._passed.add(message)
        return True


def log_once() -> None:
    """Log each message of GDAL once from now on; calling it again changes nothing."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, OnceFilter) for known in logger.filters):
            logger.addFilter(OnceFilter())
