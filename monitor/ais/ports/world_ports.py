"""Ports of the world as facts: the World Port Index, shipped, and the names that port calls go by."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import distance_m

COLUMNS = ("port_id", "name", "country", "lon", "lat", "wpi_number", "unlocode", "source")
SOURCE = "World Port Index (NGA Pub. 150), snapshot of 24 July 2026"
SAME_PORT_M = 8_000.0
"""A port of the index nearer than this to an anchor point of one's own is that port: the index gives one point a
harbour, to the minute of arc (1.9 km) for most."""


@lru_cache(maxsize=1)
def _shipped() -> pd.DataFrame:
    with files("monitor.ais").joinpath("data", "ports_wpi.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, keep_default_na=False, dtype={"wpi_number": "Int64"})
    return table.assign(source=SOURCE)[list(COLUMNS)]


def world_ports() -> pd.DataFrame:
    """The ports of the World Port Index: `port_id, name, country, lon, lat, wpi_number, unlocode, source`.

    `port_id` is the country's two letters and the name, ``ru-vladivostok``; `country` after ISO 3166.

    Notes
    -----
    A work of the United States government (National Geospatial-Intelligence Agency, Pub. 150) without copyright under
    17 U.S.C. 105; taken from the normalised copy in the package harborly 1.1.4. 2,951 harbours; many small quays are
    not in it (Dunai is not), and points lie anywhere in a harbour.
    """
    return _shipped().copy()


def beyond(ports: pd.DataFrame, anchors: pd.DataFrame, *, within_m: float = SAME_PORT_M) -> pd.DataFrame:
    """The ports that lie further than a distance from every anchor point.

    Parameters
    ----------
    ports, anchors : DataFrame
        With `lon` and `lat`.
    within_m : float
    """
    kept = np.ones(len(ports), dtype=bool)
    for lon, lat in zip(anchors["lon"], anchors["lat"], strict=True):
        kept &= distance_m(ports["lon"].to_numpy(), ports["lat"].to_numpy(), float(lon), float(lat)) > within_m
    return ports[kept].reset_index(drop=True)


def port_ids(countries: pd.Series, names: pd.Series, numbers: pd.Series) -> list[str]:
    """``<country>-<name>`` in lower case ASCII; the number follows where several ports would share that.

    Parameters
    ----------
    countries, names, numbers : Series
        One row a port.
    """
    plain = [
        f"{_plain(str(country))}-{_plain(str(name))}".strip("-") for country, name in zip(countries, names, strict=True)
    ]
    repeated = pd.Series(plain).duplicated(keep=False)
    return [f"{a}-{n}" if twice else a for a, n, twice in zip(plain, numbers, repeated, strict=True)]


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
