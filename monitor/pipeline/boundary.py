"""The one boundary around the reading of a file or item: whatever is wrong with it is its own failure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from monitor.core.errors import DataError, MonitorError

log = logging.getLogger(__name__)

T = TypeVar("T")


@contextmanager
def reading(item: object) -> Iterator[None]:
    """Turn any error within that is none of ours into a `DataError` of the item; its trace goes to the log.

    Readers foresee most of what can be wrong with a file, and libraries below them raise the rest. One such file must
    not stop a run.

    Parameters
    ----------
    item : object
        What is read; its text names it.

    Raises
    ------
    DataError
        Something that is no `MonitorError` was raised.
    """
    try:
        yield
    except MonitorError:
        raise
    except Exception as error:
        log.error("%s: an error in reading that monitor does not foresee; please report it", item, exc_info=error)
        what = f"{type(error).__name__}: {error}"
        raise DataError(f"{item}: cannot be read ({what[:300]}); it was left out, correct or remove it") from error


def read_each(read: Callable[[], Iterable[T]], item: object) -> Iterator[T]:
    """What `read` gives, made within `reading`; errors of whoever uses them are not its concern.

    Parameters
    ----------
    read : callable
        Gives what is read, one by one.
    item : object
        As `reading`.
    """
    with reading(item):
        values = iter(read())
    while True:
        with reading(item):
            try:
                value = next(values)
            except StopIteration:
                return
        yield value
