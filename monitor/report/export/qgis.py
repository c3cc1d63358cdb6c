"""Default styles for QGIS inside a GeoPackage (table ``layer_styles``)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import quoteattr

from monitor.report.page.style import BLUE, GREEN, ORANGE, SKY, STATUS_COLOUR, VERMILLION, ZONE_COLOUR
from monitor.report.page.wording import STATUS

STYLES: Mapping[str, tuple[str, str, Mapping[str, tuple[str, str]]]] = {
    "detections": ("fill", "status", {k: (STATUS_COLOUR[k], v[1].split(":")[0]) for k, v in STATUS.items()}),
    "dark_events": (
        "fill",
        "status",
        {
            "dark": (VERMILLION, "dark event"),
            "unmatched, dark not likely": (SKY, "unmatched, dark not likely"),
            "unmatched, reception unknown": (ORANGE, "unmatched, reception unknown"),
        },
    ),
    "gaps": ("line", "", {"": (ORANGE, "AIS gap: straight between its ends, not the way that was sailed")}),
    "open_gaps": ("marker", "", {"": (VERMILLION, "last position received here, still silent")}),
    "gap_reach": ("fill", "", {"": (VERMILLION, "where a silent ship could have been")}),
    "gates": (
        "line",
        "kind",
        {"gate": ("#111111", "gate"), "rail": ("#7a5230", "tracks"), "road": ("#9aa5b1", "road")},
    ),
    "reference_points": ("marker", "", {"": ("#111111", "reference point")}),
    "voyages": (
        "line",
        "evidence",
        {"ais": (GREEN, "voyage from AIS"), "imagery": (ORANGE, "voyage from imagery"), "both": (BLUE, "voyage, both")},
    ),
    "berth_states": (
        "fill",
        "state",
        {"occupied": (VERMILLION, "occupied"), "empty": (GREEN, "empty"), "not observed": ("#9aa5b1", "not observed")},
    ),
    "visits": ("fill", "", {"": (ORANGE, "visit")}),
    "container_counts": ("fill", "kind", {"yard": ("#CC79A7", "yard"), "stack": (ORANGE, "stack of boxes")}),
    "land_changes": (
        "fill",
        "kind",
        {
            "bare ground": (ORANGE, "new bare ground"),
            "structure": (VERMILLION, "new structure"),
            "burnt": ("#111111", "burnt"),
            "cleared": ("#CC79A7", "cleared"),
            "other": (SKY, "other lasting change"),
        },
    ),
    "scenes": (
        "fill",
        "sensor",
        {"s2": (SKY, "Sentinel-2 footprint"), "s1": ("#666666", "Sentinel-1 footprint"), "": (BLUE, "other footprint")},
    ),
    "zones": (
        "fill",
        "kind",
        {
            kind: (colour, "area of interest" if kind == "aoi" else kind.replace("_", " "))
            for kind, colour in ZONE_COLOUR.items()
        },
    ),
}

"""Layer -> kind of symbol, the column of its classes, and colour and label of each class."""

OUTLINED = frozenset({"gap_reach", "scenes", "zones"})
"""Areas that lie over others: drawn as outlines, since many of them filled hide what is below."""

TIMELESS = frozenset({"zones", "gates", "reference_points"})
"""Layers without `t_start` and `t_end`."""

TEMPORAL = (
    '<temporal enabled="1" mode="2" startField="t_start" endField="t_end" fixedDuration="0" durationUnit="min" '
    'durationField="" accumulate="0" limitMode="1" startExpression="" endExpression="">'
    "<fixedRange><start></start><end></end></fixedRange></temporal>"
)

_TABLE = """CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
_CONTENTS = """INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
    VALUES ('layer_styles', 'attributes', 'layer_styles', '', '2000-01-01T00:00:00.000Z')"""


def add_styles(path: Path) -> None:
    """Add ``layer_styles`` to a GeoPackage: outlines by status, and the temporal controller set to the two instants."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_TABLE)
        database.execute(_CONTENTS)
        for name in STYLES:
            database.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
                " styleQML, styleSLD, useAsDefault, description, owner, update_time)"
                " VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', '2000-01-01T00:00:00.000Z')",
                (name, name, qml(name), f"default style of {name}"),
            )


def qml(layer: str) -> str:
    """The QGIS style of a layer of `STYLES`: its symbols, visible by its instants."""
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version=\"3.22\" "
        f'styleCategories="Symbology|Temporal">{"" if layer in TIMELESS else TEMPORAL}{renderer(layer)}</qgis>'
    )


def renderer(layer: str) -> str:
    """The element of a layer's symbols: categories of its column, or one symbol for all."""
    kind, column, classes = STYLES[layer]
    symbols = "".join(
        f'<symbol name="{i}" type="{kind}" alpha="1">{_symbol(kind, colour, filled=layer not in OUTLINED)}</symbol>'
        for i, (colour, _) in enumerate(classes.values())
    )
    if not column:
        return f'<renderer-v2 type="singleSymbol"><symbols>{symbols}</symbols></renderer-v2>'
    ranks = "".join(
        f'<category render="true" symbol="{i}" value={quoteattr(value)} label={quoteattr(label)}/>'
        for i, (value, (_, label)) in enumerate(classes.items())
    )
    return (
        f'<renderer-v2 type="categorizedSymbol" attr="{column}"><categories>{ranks}</categories>'
        f"<symbols>{symbols}</symbols></renderer-v2>"
    )


def _symbol(kind: str, colour: str, *, filled: bool) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    rgb = f"{red},{green},{blue}"
    if kind == "line":
        options = {"line_color": f"{rgb},255", "line_width": "0.6", "line_style": "solid"}
        name = "SimpleLine"
    elif kind == "marker":
        options = {"color": f"{rgb},255", "name": "circle", "size": "3", "outline_color": "0,0,0,255"}
        name = "SimpleMarker"
    else:
        options = {"color": f"{rgb},40", "outline_color": f"{rgb},255", "outline_width": "0.5"}
        options["style"] = "solid" if filled else "no"
        name = "SimpleFill"
    made = "".join(f'<Option name="{k}" value="{v}" type="QString"/>' for k, v in options.items())
    return f'<layer class="{name}" enabled="1" locked="0" pass="0"><Option type="Map">{made}</Option></layer>'
