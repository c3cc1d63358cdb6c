"""One function over many items, in this thread or on a pool: the only module that knows about concurrency."""

from __future__ import annotations

import importlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar, cast

from monitor.core.errors import MonitorError, SettingsError
from monitor.core.progress import report

T = TypeVar("T")
R = TypeVar("R")
T_co = TypeVar("T_co", covariant=True)
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T_co, R_co]):
    """What became of one item: a value or an error, never both."""

    item: T_co
    value: R_co | None = None
    error: MonitorError | None = None

    @property
    def ok(self) -> bool:
        """Whether the item succeeded."""
        return self.error is None


def each(
    fn: Callable[[T], R], items: Iterable[T], pool: Executor | None = None, *, step: str = ""
) -> list[Outcome[T, R]]:
    """Outcomes of ``fn(item)`` in the order of the items, whatever the pool.

    Parameters
    ----------
    fn : callable
        Picklable when `pool` crosses processes.
    items : iterable
        Picklable too.
    pool : Executor, optional
        Any `concurrent.futures.Executor`: threads, processes or ``dask.distributed.Client().get_executor()``; None
        runs in the calling thread.
    step : str
        What `monitor.core.progress` calls this; how many items are done is reported after each.

    Notes
    -----
    A `MonitorError` becomes that item's outcome, so that one bad scene does not stop the night's run. Any other
    exception is a bug and stops it.
    """
    work = list(items)
    futures = [pool.submit(fn, item) for item in work] if pool is not None else []
    gets: list[Callable[[], R]] = [future.result for future in futures] or [partial(fn, item) for item in work]
    outcomes: list[Outcome[T, R]] = []
    for item, get in zip(work, gets, strict=True):
        try:
            outcomes.append(Outcome(item, value=get()))
        except MonitorError as error:
            outcomes.append(Outcome(item, error=error))
        report(step, len(outcomes), len(work))
    return outcomes


def values(outcomes: Iterable[Outcome[T, R]]) -> Iterator[R]:
    """What became of each item, where one that failed fails them all.

    Parameters
    ----------
    outcomes : iterable of Outcome
        As `each` gives them.

    Raises
    ------
    MonitorError
        Of the first item that failed.
    """
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
        yield cast(R, outcome.value)


@contextmanager
def open_pool(text: str | None) -> Iterator[Executor | None]:
    """A pool from ``threads:4``, ``processes:2`` or ``dask://host:port``; None (no pool) from None or ``""``.

    Raises
    ------
    SettingsError
        The text has another form, or Dask is asked for and not installed.
    """
    if not text:
        yield None
        return
    kind, _, rest = text.partition(":")
    if kind == "dask":
        with _dask(text.replace("dask://", "tcp://", 1)) as executor:
            yield executor
        return
    if kind not in ("threads", "processes") or not rest.isdigit() or int(rest) < 1:
        raise SettingsError(f"pool {text!r}: use threads:N, processes:N or dask://HOST:PORT")
    pool: Executor = (
        ThreadPoolExecutor(int(rest))
        if kind == "threads"
        else ProcessPoolExecutor(int(rest), mp_context=multiprocessing.get_context("spawn"))
    )
    with pool:
        yield pool


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        distributed = importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        raise SettingsError("pool dask://…: Dask is not installed; pip install 'maritime-monitor[dask]'") from error
    try:
        client = distributed.Client(address, timeout="10s")
    except OSError as error:
        raise SettingsError(f"pool {address}: no Dask scheduler answers there") from error
    with client:
        yield client.get_executor()
