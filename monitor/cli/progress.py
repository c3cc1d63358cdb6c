"""A bar for each long step, on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from monitor.core.progress import listening
from monitor.core.text import plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextmanager
def bars(command: str) -> Iterator[None]:
    """Show how far each step inside the block is; nothing where standard error is no terminal.

    Parameters
    ----------
    command : str
        Stands before the counts of steps without a name.
    """
    if not sys.stderr.isatty():
        yield
        return
    shown = _Bars(command)
    try:
        with listening(shown.show):
            yield
    finally:
        shown.clear()


class _Bars:
    """Bars that appear with the first item of a step and go with its last."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._drawn: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def show(self, step: str, done: int, total: int) -> None:
        """Draw a step's bar anew; a step of one item gets none."""
        if total == 1:
            return
        name = plain(step or self._command)
        if total and done >= total:
            self._end(name)
            return
        drawn = self._progress()
        if name in self._tasks:
            drawn.update(self._tasks[name], completed=done)
        else:
            self._tasks[name] = drawn.add_task(name, total=total or None, completed=done)

    def clear(self) -> None:
        """Take all bars away."""
        if self._drawn is not None:
            self._drawn.stop()
        self._drawn, self._tasks = None, {}

    def _end(self, name: str) -> None:
        if name in self._tasks and self._drawn is not None:
            self._drawn.remove_task(self._tasks.pop(name))
        if not self._tasks:
            self.clear()

    def _progress(self) -> Progress:
        if self._drawn is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._drawn = Progress(
                TextColumn("{task.description}", markup=False),
                MofNCompleteColumn(),
                BarColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,
            )
            self._drawn.start()
        return self._drawn
