"""The known layouts of AIS tables and messages, and what a column of one may mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files

from monitor.core.errors import DataError
from monitor.sources.tabular.layouts import Layout, LayoutBook, read_book

FIELDS = (
    "mmsi",
    "vessel_id",
    "segment",
    "t",
    "date",
    "clock",
    "lon",
    "lat",
    "sog_kn",
    "cog_deg",
    "heading_deg",
    "nav_status",
    "length_m",
    "receiver",
    "kind",
    "millisecond",
    "message_type",
    "name",
    "imo",
    "callsign",
    "ship_type",
    "width_m",
    "bow_m",
    "stern_m",
    "port_m",
    "starboard_m",
)
"""What a column of a file may mean. `date` and `clock` are a day and an hour in columns of their own; `vessel_id` is an
id that is no MMSI; `segment` begins with the MMSI."""
REQUIRED = (("mmsi", "vessel_id", "segment"), ("t", "date"), ("lon",), ("lat",))


@lru_cache(maxsize=1)
def shipped_layouts() -> LayoutBook:
    """The layouts of ``layouts.toml`` beside this file."""
    file = files("monitor.sources.ais") / "layouts.toml"
    return read_book(file, fields=FIELDS, required=REQUIRED, data="AIS", setting="[ais.layouts.NAME]")


def column_map(columns: Mapping[str, str], header: Collection[str], where: str) -> Layout:
    """A layout from a user's column map.

    Parameters
    ----------
    columns : mapping of str to str
        Field to column name, in any case.
    header : collection of str
        The column names of the file, in lower case.
    where : str
        Names the file in errors.

    Raises
    ------
    DataError
        The map names an unknown field, leaves out a required one, or a column that the header lacks.
    """
    unknown = [name for name in columns if name not in FIELDS]
    if unknown:
        raise DataError(f"column map: unknown field {', '.join(unknown)}; the fields are {', '.join(FIELDS)}")
    missing = [group[0] for group in REQUIRED if not set(group) & set(columns)]
    if missing:
        raise DataError(f"column map: {', '.join(missing)} missing; mmsi, t, lon and lat are needed")
    lower = {name: column.strip().lower() for name, column in columns.items()}
    absent = [columns[name] for name, column in lower.items() if column not in header]
    if absent:
        raise DataError(f"{where}: the column map names {', '.join(absent)}, but the header is {', '.join(header)}")
    return Layout("column map", {name: (column,) for name, column in lower.items()})
