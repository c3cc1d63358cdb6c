"""How far a long step is: steps report it, and whoever listens shows it. Without a listener nothing happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]
"""Takes a step's name ("" where it has none), how many items are done, and of how many; 0 when that is not known."""

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call a listener with the progress of what this thread runs inside the block.

    Parameters
    ----------
    listener : callable
        Takes the step's name, the number of items done, and the number of all.
    """
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def report(step: str, done: int, total: int) -> None:
    """Say how far a step is to the listener of this thread, if there is one.

    Parameters
    ----------
    step : str
        Its name, as a user knows it.
    done : int
        Items done.
    total : int
        All items; 0 when that is not known.
    """
    listener = _LISTENER.get()
    if listener is not None:
        listener(step, done, total)
