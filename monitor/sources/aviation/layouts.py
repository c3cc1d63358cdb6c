"""The known layouts of aircraft tables, and what a column of one may mean."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from monitor.sources.tabular.layouts import LayoutBook, read_book

FIELDS = (
    "icao24",
    "registration",
    "callsign",
    "t",
    "date",
    "clock",
    "lon",
    "lat",
    "lat_lon",
    "altitude_m",
    "altitude_ft",
    "geometric_m",
    "on_ground",
    "speed_kn",
    "speed_ms",
    "track_deg",
    "climb_ms",
    "climb_fpm",
    "citation",
    "time_zone",
)
"""What a column of a file may mean. `date` and `clock` are a day and an hour apart from it, `lat_lon` is
both in one cell, latitude first."""
REQUIRED = (("icao24", "registration", "callsign"), ("t", "date"), ("lon", "lat_lon"), ("lat", "lat_lon"))


@lru_cache(maxsize=1)
def shipped_layouts() -> LayoutBook:
    """The layouts of ``layouts.toml`` beside this file."""
    file = files("monitor.sources.aviation") / "layouts.toml"
    return read_book(file, fields=FIELDS, required=REQUIRED, data="aircraft", setting="[flights.layouts.NAME]")
