"""Layouts of tables as data: which column holds what, in which unit, and which header belongs to which layout."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import KNOT_MS
from monitor.core.instants import TimeStyle

METRES_PER_FOOT = 0.3048
UNITS: Mapping[str, Mapping[str, float]] = {
    "_kn": {"kn": 1.0, "kn/10": 0.1, "m/s": 1 / KNOT_MS, "km/h": 1 / 1.852, "mph": 1609.344 / 1852},
    "_m": {"m": 1.0, "ft": METRES_PER_FOOT, "dm": 0.1},
    "_ms": {"m/s": 1.0, "ft/min": METRES_PER_FOOT / 60, "kn": KNOT_MS},
    "_deg": {"deg": 1.0, "deg/10": 0.1, "rad": 180 / 3.141592653589793},
    "lon": {"deg": 1.0, "min/10000": 1 / 600_000, "deg/1e7": 1e-7},
    "lat": {"deg": 1.0, "min/10000": 1 / 600_000, "deg/1e7": 1e-7},
}
"""Units that a field may have in a file, by the ending of the field's name, and what one of them is in the field's."""


def _names(value: object) -> object:
    return [value] if isinstance(value, str) else value


class LayoutTable(BaseModel):
    """One layout as it stands in a TOML file, shipped or a user's ``[ais.layouts.NAME]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, Annotated[tuple[str, ...], BeforeValidator(_names)]]
    units: dict[str, str] = {}
    units_if: dict[str, str] = {}
    needs: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    time: str = ""
    time_zone: str = ""
    receiver: Literal["", "terrestrial", "satellite"] = ""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One kind of table.

    Attributes
    ----------
    name : str
        Of the layout, as reports show it.
    columns : mapping of str to tuple of str
        Field to the names that its column may have, in lower case, the best first. In JSON a name is a path with dots;
        ``*`` stands for one step or several.
    factors : mapping of str to float
        What a number of the file is in the field's own unit; 1 where a field is not there.
    factors_if : mapping of str to str
        Field to a pattern that its text must match for the factors to hold in a row; empty: they hold in every row.
    needs : tuple of str
        Names of which the header must have one, beside the required fields; empty for none.
    time : TimeStyle
        How instants are written.
    receiver : str
        Receiver of rows that name none.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    factors: Mapping[str, float] = field(default_factory=dict)
    factors_if: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    time: TimeStyle = field(default_factory=TimeStyle)
    receiver: str = ""

    def found(self, header: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Field to the header's columns that hold it, the best first; without the fields that it lacks."""
        made = {f: tuple(c for name in names for c in _matching(name, header)) for f, names in self.columns.items()}
        return {field: columns for field, columns in made.items() if columns}

    def lacking(self, header: Collection[str], required: Sequence[tuple[str, ...]]) -> list[str]:
        """What of the required fields (one of each group) a header has no column for, as column names."""
        there = self.found(header)
        missing = [group for group in required if not any(field in there for field in group)]
        names = [next((self.columns[f][0] for f in group if f in self.columns), group[0]) for group in missing]
        if self.needs and not any(_matching(name, header) for name in self.needs):
            names.append(" or ".join(self.needs))
        return names


def _matching(name: str, header: Collection[str]) -> list[str]:
    if "*" not in name:
        return [name] if name in header else []
    pattern = _pattern(name)
    return [column for column in header if pattern.fullmatch(column)]


@lru_cache(maxsize=1024)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in name.split("*")))


_Names = tuple[frozenset[str], tuple[re.Pattern[str], ...]]
APART = frozenset({"date", "clock"})
"""Fields of a day and an hour in columns of their own; such columns are also those of an instant."""


@dataclass(frozen=True, slots=True, eq=False)
class LayoutBook:
    """Every layout of one kind of data.

    Attributes
    ----------
    layouts : tuple of Layout
        The first of those that fit equally well is taken; a user's come before those that are shipped.
    fields : tuple of str
        What a column may mean.
    required : tuple of tuple of str
        Groups of fields; a header must have one of each.
    data : str
        What the layouts are of, for messages: AIS or aircraft.
    setting : str
        Where users name their own, for messages.
    users : frozenset of str
        Names of the layouts that come from the user; they win wherever they fit.
    """

    layouts: tuple[Layout, ...]
    fields: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]
    data: str
    setting: str
    users: frozenset[str] = frozenset()

    def fitting(self, header: Collection[str]) -> Layout | None:
        """The layout that a header has most columns of; None where none fits."""
        fits = [layout for layout in self.layouts if not layout.lacking(header, self.required)]
        return max(fits, key=lambda fit: (fit.name in self.users, len(fit.found(header).keys() - APART)), default=None)

    def fitting_names(self, header: frozenset[str]) -> bool:
        """Whether any layout fits; remembered, since the objects of a JSON file have few sets of names."""
        return _fits(self, header)

    def knows(self, name: str) -> bool:
        """Whether any layout reads a column of that name."""
        names: _Names = _columns_read(self)
        return name in names[0] or any(pattern.fullmatch(name) for pattern in names[1])

    def find(self, header: Collection[str], where: str) -> Layout:
        """The layout of a header.

        Raises
        ------
        DataError
            None fits; the message names the nearest and what it lacks.
        """
        layout = self.fitting(header)
        if layout is not None:
            return layout
        nearest = max(self.layouts, key=lambda near: len(near.found(header)))
        near = len(nearest.found(header)) >= 3
        lacks = ", ".join(nearest.lacking(header, self.required))
        raise DataError(
            f"{where}: no known {self.data} layout has the columns {', '.join(header)[:200]}"
            + (f"; nearest is {nearest.name}, without {lacks}" if near else "")
            + f". Name its columns in {self.setting} of monitor.toml"
        )

    def with_users(self, tables: Mapping[str, LayoutTable]) -> LayoutBook:
        """The same with a user's layouts before those that are shipped.

        Raises
        ------
        DataError
            A layout names an unknown field, unit or way of writing time.
        """
        own = tuple(made_layout(name, table, self) for name, table in tables.items())
        return LayoutBook((*own, *self.layouts), self.fields, self.required, self.data, self.setting, frozenset(tables))


@lru_cache(maxsize=64)
def _columns_read(book: LayoutBook) -> _Names:
    """The names of all columns that any layout reads, and the patterns of those with steps left open."""
    names = {name for fit in book.layouts for group in fit.columns.values() for name in group}
    starred = sorted(name for name in names if "*" in name)
    return frozenset(names - set(starred)), tuple(map(_pattern, starred))


@lru_cache(maxsize=4096)
def _fits(book: LayoutBook, header: frozenset[str]) -> bool:
    return book.fitting(header) is not None


def made_layout(name: str, table: LayoutTable, book: LayoutBook) -> Layout:
    """A layout of what stands in TOML.

    Parameters
    ----------
    name : str
        Of the layout.
    table : LayoutTable
        Its entry.
    book : LayoutBook
        Says which fields there are and which are required.

    Raises
    ------
    DataError
        It names an unknown field, unit or way of writing time, or leaves out a required field.
    """
    where = f"layout {name}"
    named = (*table.columns, *table.units, *table.units_if)
    unknown = [field for field in named if field not in book.fields]
    if unknown:
        raise DataError(f"{where}: unknown field {', '.join(unknown)}; the fields are {', '.join(book.fields)}")
    missing = [" or ".join(group) for group in book.required if not set(group) & set(table.columns)]
    if missing:
        raise DataError(f"{where}: {', '.join(missing)} missing; name the column of each")
    factors = {field: _factor(field, unit, where) for field, unit in table.units.items()}
    columns = {field: tuple(column.strip().lower() for column in names) for field, names in table.columns.items()}
    for name_if, pattern in table.units_if.items():
        try:
            re.compile(pattern)
        except re.error as error:
            raise DataError(f"{where}: units_if {name_if} = {pattern!r} is no pattern ({error})") from error
    style = time_style(table.time, table.time_zone)
    needs = tuple(column.strip().lower() for column in table.needs)
    return Layout(name, columns, factors, table.units_if, needs, style, table.receiver)


def _factor(field: str, unit: str, where: str) -> float:
    known = next((units for ending, units in UNITS.items() if field.endswith(ending)), {})
    if unit not in known:
        raise DataError(f"{where}: {field} in {unit!r}; units of it are {', '.join(known) or 'none'}")
    return known[unit]


def time_style(time: str, zone: str = "") -> TimeStyle:
    """How instants are written: ``day first``, ``month first``, a strptime pattern, or "" for by content.

    Raises
    ------
    DataError
        The text is none of these.
    """
    if time in ("", "day first", "month first"):
        return TimeStyle(order=time, zone=zone)  # type: ignore[arg-type]
    if "%" not in time:
        raise DataError(f"time {time!r}: give day first, month first, or a strptime pattern such as %Y%m%d_%H%M%S")
    return TimeStyle(pattern=time, zone=zone)


def read_book(
    file: Traversable, *, fields: Iterable[str], required: tuple[tuple[str, ...], ...], data: str, setting: str
) -> LayoutBook:
    """The layouts of a TOML file.

    Parameters
    ----------
    file : Traversable
        The file.
    fields : iterable of str
        What a column may mean.
    required : tuple of tuple of str
        Groups of fields; a header must have one of each.
    data : str
        What the layouts are of.
    setting : str
        Where users name their own.

    Raises
    ------
    DataError
        An entry is not what it should be.
    """
    book = LayoutBook((), tuple(fields), required, data, setting)
    try:
        tables = {n: LayoutTable.model_validate(t) for n, t in tomllib.loads(file.read_text("utf-8")).items()}
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise DataError(f"{file}: {error}") from error
    layouts = tuple(made_layout(name, table, book) for name, table in tables.items())
    return LayoutBook(layouts, book.fields, required, data, setting)
