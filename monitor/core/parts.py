"""What is derived part by part, a port or a pair of ports each, and made again only where its input has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Protocol, TypeVar

from monitor.core.digest import digest_of
from monitor.core.parallel import each, values
from monitor.core.schema import Schema
from monitor.core.tableset import TableSet
from monitor.core.version import VERSION

T = TypeVar("T")


class Parts(Protocol):
    """Keeps the tables of each part of a step, under a digest of what they were made from."""

    def read(self, step: str, name: str, key: str, schemas: Sequence[Schema]) -> TableSet | None:
        """The tables of a part; None when there are none that were made from `key`.

        Parameters
        ----------
        step, name : str
            Of the part.
        key : str
            Digest of what they are made from.
        schemas : sequence of Schema
            Of the tables.
        """

    def write(self, step: str, name: str, key: str, tables: TableSet) -> None:
        """Keep the tables of a part in place of earlier ones.

        Parameters
        ----------
        step, name : str
            Of the part.
        key : str
            Digest of what they were made from.
        tables : TableSet
            Each under its schema.
        """


def each_part(
    fn: Callable[[T], TableSet],
    items: Mapping[str, T],
    *,
    step: str,
    schemas: Sequence[Schema],
    parts: Parts | None = None,
    basis: Mapping[str, object] | None = None,
    pool: Executor | None = None,
    progress: str = "",
) -> dict[str, TableSet]:
    """The tables that a function makes of each item, by the item's name; kept ones where the input is the same.

    Parameters
    ----------
    fn : callable
        Pure: what it returns is decided by the item and this version of the software. Picklable when `pool` crosses
        processes.
    items : mapping of str to object
        By name: a port's id, or two with a slash between.
    step : str
        Names what is made.
    schemas : sequence of Schema
        Of the tables that `fn` makes.
    parts : Parts, optional
        Where they are kept; without it all are made.
    basis : mapping of str to object, optional
        What decides each result, where an item does not carry it itself or is dear to read; the items when not given.
    pool : Executor, optional
        Takes the items side by side (`monitor.core.parallel.each`).
    progress : str
        What `monitor.core.progress` calls this.
    """
    keys, known = dict[str, str](), dict[str, TableSet]()
    if parts is not None:
        keys = {name: digest_of((VERSION, step, (basis or items)[name])) for name in items}
        found = {name: parts.read(step, name, key, schemas) for name, key in keys.items()}
        known = {name: tables for name, tables in found.items() if tables is not None}
    due = [name for name in items if name not in known]
    made = dict(zip(due, values(each(fn, [items[name] for name in due], pool, step=progress)), strict=True))
    if parts is not None:
        for name, tables in made.items():
            parts.write(step, name, keys[name], tables)
    return {name: made[name] if name in made else known[name] for name in items}


def joined(made: Mapping[str, TableSet], schemas: Sequence[Schema]) -> TableSet:
    """The tables of all parts together, in their order.

    Parameters
    ----------
    made : mapping of str to TableSet
        As `each_part` gives them.
    schemas : sequence of Schema
        Those to join.
    """
    return TableSet({schema: schema.join([tables[schema] for tables in made.values()]) for schema in schemas})
