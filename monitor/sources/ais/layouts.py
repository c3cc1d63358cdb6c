"""The known layouts of AIS tables: which column holds what, and which header belongs to which layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.core.errors import DataError

FIELDS = (
    "mmsi",
    "t",
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
    "segment",
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
"""What a column of a file may mean."""
REQUIRED = ("mmsi", "t", "lon", "lat")


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of table.

    Attributes
    ----------
    name : str
        Of the layout, as reports show it.
    columns : mapping of str to str
        Field (`FIELDS`) to column name, in lower case.
    delimiter : str
        Between the cells of a line.
    time_format : str
        ``iso`` (also epochs), or a strptime pattern.
    from_segment : bool
        Whether the MMSI is read from the segment's id, for want of a column.
    default_receiver : str
        Receiver of rows that name none.
    optional : frozenset of str
        Fields that a header of this layout may lack.
    """

    name: str
    columns: Mapping[str, str]
    delimiter: str = ","
    time_format: str = "iso"
    from_segment: bool = False
    default_receiver: str = ""
    optional: frozenset[str] = field(default_factory=frozenset)

    def fits(self, header: Sequence[str]) -> bool:
        """Whether every column that distinguishes this layout from others is in the header."""
        return not self.lacking(header)

    def lacking(self, header: Sequence[str]) -> list[str]:
        """The columns that this layout needs and the header does not have."""
        must = [self.columns[f] for f in REQUIRED if not (f == "mmsi" and self.from_segment)]
        if self.from_segment:
            must.append(self.columns["segment"])
        must += [self.columns[f] for f in ("message_type", "kind") if f in self.columns and f not in self.optional]
        return [column for column in must if column not in header]


_NOAA = {
    "sog_kn": "sog",
    "cog_deg": "cog",
    "heading_deg": "heading",
    "imo": "imo",
    "length_m": "length",
    "width_m": "width",
}
LAYOUTS = (
    Layout(
        "marinecadastre",
        {
            **_NOAA,
            "mmsi": "mmsi",
            "t": "basedatetime",
            "lat": "lat",
            "lon": "lon",
            "nav_status": "status",
            "name": "vesselname",
            "callsign": "callsign",
            "ship_type": "vesseltype",
        },
    ),
    Layout(
        "marinecadastre csv2",
        {
            **_NOAA,
            "mmsi": "mmsi",
            "t": "base_date_time",
            "lat": "latitude",
            "lon": "longitude",
            "nav_status": "status",
            "name": "vessel_name",
            "callsign": "call_sign",
            "ship_type": "vessel_type",
        },
    ),
    Layout(
        "marinecadastre track",
        {
            **_NOAA,
            "mmsi": "mmsi",
            "t": "send",
            "lat": "lat",
            "lon": "lon",
            "nav_status": "nav",
            "name": "name",
            "callsign": "callsign",
            "ship_type": "category",
        },
    ),
    Layout(
        "danish dma",
        {
            "mmsi": "mmsi",
            "t": "timestamp",
            "lat": "latitude",
            "lon": "longitude",
            "kind": "type of mobile",
            "nav_status": "navigational status",
            "sog_kn": "sog",
            "cog_deg": "cog",
            "heading_deg": "heading",
            "imo": "imo",
            "callsign": "callsign",
            "name": "name",
            "ship_type": "ship type",
            "length_m": "length",
            "width_m": "width",
            "bow_m": "a",
            "stern_m": "b",
            "port_m": "c",
            "starboard_m": "d",
        },
        time_format="%d/%m/%Y %H:%M:%S",
    ),
    Layout(
        "norwegian",
        {
            "mmsi": "mmsi",
            "t": "date_time_utc",
            "lon": "lon",
            "lat": "lat",
            "sog_kn": "sog",
            "cog_deg": "cog",
            "heading_deg": "true_heading",
            "nav_status": "nav_status",
            "message_type": "message_nr",
            "receiver": "source",
        },
        delimiter=";",
        optional=frozenset({"message_type"}),
    ),
    Layout(
        "exactearth",
        {
            "mmsi": "mmsi",
            "t": "time",
            "millisecond": "millisecond",
            "message_type": "message_id",
            "lon": "longitude",
            "lat": "latitude",
            "sog_kn": "sog",
            "cog_deg": "cog",
            "heading_deg": "heading",
            "nav_status": "navigational_status",
            "name": "vessel_name",
            "imo": "imo",
            "callsign": "call_sign",
            "ship_type": "ship_type",
            "bow_m": "dimension_to_bow",
            "stern_m": "dimension_to_stern",
            "port_m": "dimension_to_port",
            "starboard_m": "dimension_to_starboard",
        },
        time_format="%Y%m%d_%H%M%S",
    ),
    Layout(
        "spire",
        {
            "mmsi": "mmsi",
            "t": "timestamp",
            "lon": "longitude",
            "lat": "latitude",
            "sog_kn": "speed",
            "cog_deg": "course",
            "heading_deg": "heading",
            "nav_status": "status",
            "receiver": "collection_type",
            "message_type": "msg_type",
            "name": "shipname",
            "imo": "imo",
            "callsign": "call_sign",
            "ship_type": "ship_type",
            "length_m": "length",
            "width_m": "width",
        },
        optional=frozenset({"message_type"}),
    ),
    Layout(
        "gfw track",
        {
            "mmsi": "mmsi",
            "t": "timestamp",
            "lon": "lon",
            "lat": "lat",
            "sog_kn": "speed",
            "cog_deg": "course",
            "segment": "seg_id",
        },
        from_segment=True,
    ),
    Layout(
        "gfw positions",
        {
            "mmsi": "ssvid",
            "t": "timestamp",
            "lon": "lon",
            "lat": "lat",
            "sog_kn": "speed",
            "cog_deg": "course",
            "heading_deg": "heading",
            "receiver": "receiver_type",
        },
    ),
    Layout(
        "monitor csv",
        {
            name: f"to_{name}" if name in ("bow_m", "stern_m", "port_m", "starboard_m") else name
            for name in FIELDS
            if name not in ("kind", "millisecond", "message_type", "segment")
        },
    ),
)


def custom_layout(columns: Mapping[str, str], header: Sequence[str], delimiter: str, where: str) -> Layout:
    """A layout from a user's column map.

    Parameters
    ----------
    columns : mapping of str to str
        Field to column name, in any case.
    header : sequence of str
        The column names of the file, in lower case.
    delimiter : str
        Of the file.
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
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise DataError(f"column map: {', '.join(missing)} missing; mmsi, t, lon and lat are needed")
    lower = {name: column.strip().lower() for name, column in columns.items()}
    absent = [columns[name] for name, column in lower.items() if column not in header]
    if absent:
        raise DataError(f"{where}: the column map names {', '.join(absent)}, but the header is {', '.join(header)}")
    return Layout("column map", lower, delimiter=delimiter)


def find_layout(header: Sequence[str], delimiter: str, where: str) -> Layout:
    """The layout whose columns a header has.

    Parameters
    ----------
    header : sequence of str
        The column names of the file, in lower case.
    delimiter : str
        Of the file.
    where : str
        Names the file in errors.

    Raises
    ------
    DataError
        None fits; the message names the nearest layout and what it lacks.
    """
    fitting = [layout for layout in LAYOUTS if layout.delimiter == delimiter and layout.fits(header)]
    if fitting:
        return max(fitting, key=lambda layout: sum(column in header for column in layout.columns.values()))
    nearest = max(LAYOUTS, key=lambda layout: sum(column in header for column in layout.columns.values()))
    shared = sum(column in header for column in nearest.columns.values())
    hint = f"; nearest is {nearest.name}, without {', '.join(nearest.lacking(header))}" if shared >= 3 else ""
    raise DataError(
        f"{where}: no known AIS layout has the header {', '.join(header)[:200]}{hint}. "
        "Name its columns in [ais.columns] of monitor.toml (mmsi, t, lon, lat at least)"
    )
