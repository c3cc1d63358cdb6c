"""A QGIS project beside a GeoPackage: layers in groups, labelled, with map tips, by time."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from monitor.report.export.evidence import zipped
from monitor.report.export.layers import Content
from monitor.report.export.qgis import STYLES, TEMPORAL, TIMELESS, renderer
from monitor.report.page.wording import SIMULATED_LINE

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Findings": ("dark_events", "detections", "container_counts", "land_changes"),
        "Berths and visits": ("visits", "berth_states"),
        "AIS": ("open_gaps", "gaps", "voyages"),
        "Places": ("reference_points", "gates", "zones"),
        "Areas": ("gap_reach", "scenes"),
    }
)
"""Group -> its layers, the uppermost first."""

HIDDEN = frozenset({"gap_reach", "scenes", "gaps", "voyages", "berth_states"})
"""Layers that are off at first: areas and lines that lie over all else."""

_LABELS = {
    "dark_events": "format('%1 m', round(\"length_m\"))",
    "zones": '"name"',
    "reference_points": '"name"',
    "open_gaps": '"mmsi"',
    "visits": "format('%1 m', round(\"length_m\"))",
    "land_changes": 'format(\'%1, %2 ha\', "kind", round("area_m2" / 10000, 1))',
}
_TIPS = {
    "detections": ("detection_id", "class_name", "status_text", "length_m", "score", "t_start"),
    "dark_events": ("event_id", "status", "likelihood", "length_m", "reasons", "t_start"),
    "container_counts": ("scene_id", "kind", "t_start"),
    "land_changes": (
        "change_id",
        "kind",
        "zone_id",
        "area_m2",
        "probability",
        "false_alarms_per_year",
        "alternatives",
        "began_after",
        "began_before",
        "last_seen",
    ),
    "visits": ("visit_id", "berth_id", "length_m", "t_start", "t_end"),
    "berth_states": ("berth_id", "state", "probability", "t_start"),
    "gaps": ("gap_id", "mmsi", "duration_h", "t_start", "t_end"),
    "open_gaps": ("gap_id", "mmsi", "duration_h", "t_start"),
    "gap_reach": ("gap_id", "mmsi", "duration_h", "speed_kn"),
    "voyages": ("voyage_id", "evidence", "t_start", "t_end"),
    "scenes": ("scene_id", "sensor", "cloud_cover", "t_start"),
    "zones": ("name", "kind", "source", "uncertainty_m"),
    "gates": ("name", "kind", "source"),
    "reference_points": ("name", "source"),
}
_GEOMETRY = {"fill": "Polygon", "line": "Line", "marker": "Point"}
_SRS = (
    "<spatialrefsys><proj4>+proj=longlat +datum=WGS84 +no_defs</proj4><srsid>3452</srsid><srid>4326</srid>"
    "<authid>EPSG:4326</authid><description>WGS 84</description><projectionacronym>longlat</projectionacronym>"
    "<ellipsoidacronym>EPSG:7030</ellipsoidacronym><geographicflag>true</geographicflag></spatialrefsys>"
)
_PROJECTED = (
    '<properties><SpatialRefSys><ProjectionsEnabled type="int">1</ProjectionsEnabled></SpatialRefSys></properties>'
)
_MARGIN = 0.15


def project(content: Content, geopackage: str) -> bytes:
    """A ``.qgz`` whose layers are those of a GeoPackage beside it; the same content gives the same bytes.

    Parameters
    ----------
    content : Content
        Its ports give the extent that is shown first.
    geopackage : str
        The GeoPackage's file name, in the same folder.
    """
    name = geopackage.rsplit(".", 1)[0]
    tree = "".join(
        f'<layer-tree-group name={quoteattr(group)} checked="Qt::Checked" expanded="1">'
        f"{''.join(_leaf(layer, geopackage) for layer in layers)}</layer-tree-group>"
        for group, layers in GROUPS.items()
    )
    layers = "".join(_layer(layer, geopackage) for group in GROUPS.values() for layer in group)
    title = f"SIMULATED · {name}" if content.is_simulated else name
    note = SIMULATED_LINE if content.is_simulated else ""
    text = (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        f'<qgis projectname={quoteattr(title)} version="3.22.0"><title>{escape(title)}</title>'
        f"<projectCrs>{_SRS}</projectCrs>{_PROJECTED}<layer-tree-group>{tree}</layer-tree-group>"
        f'<mapcanvas name="theMapCanvas"><units>degrees</units>{_extent(content)}'
        f"<destinationsrs>{_SRS}</destinationsrs></mapcanvas><projectlayers>{layers}</projectlayers>"
        f"<projectMetadata><title>{escape(title)}</title><abstract>{escape(note)}</abstract></projectMetadata>"
        '<ProjectTimeSettings timeStep="1" timeStepUnit="d" frameRate="1" cumulativeTemporalRange="0"/></qgis>'
    )
    return zipped({f"{name}.qgs": text.encode()})


def _leaf(layer: str, geopackage: str) -> str:
    shown = "Qt::Unchecked" if layer in HIDDEN else "Qt::Checked"
    source = quoteattr(f"./{geopackage}|layername={layer}")
    return (
        f'<layer-tree-layer id="monitor_layer_{layer}" name={quoteattr(_name(layer))} source={source} '
        f'providerKey="ogr" checked="{shown}" expanded="0"/>'
    )


def _layer(layer: str, geopackage: str) -> str:
    rows = "".join(f'<tr><td>{c}</td><td>[% "{c}" %]</td></tr>' for c in _TIPS[layer])
    return (
        f'<maplayer type="vector" geometry="{_GEOMETRY[STYLES[layer][0]]}" labelsEnabled="{int(layer in _LABELS)}">'
        f"<id>monitor_layer_{layer}</id><datasource>{escape(f'./{geopackage}|layername={layer}')}</datasource>"
        f"<layername>{escape(_name(layer))}</layername><srs>{_SRS}</srs>"
        f'<provider encoding="UTF-8">ogr</provider>{"" if layer in TIMELESS else TEMPORAL}{renderer(layer)}'
        f"{_label(layer)}<mapTip>{escape(f'<table>{rows}</table>')}</mapTip></maplayer>"
    )


def _label(layer: str) -> str:
    """White-haloed words at each object; overlapping ones are left out by QGIS."""
    if layer not in _LABELS:
        return ""
    return (
        f'<labeling type="simple"><settings><text-style fieldName={quoteattr(_LABELS[layer])} isExpression="1" '
        'fontSize="9" fontSizeUnit="Point" textColor="21,32,43,255" fontFamily="DejaVu Sans">'
        '<text-buffer bufferDraw="1" bufferSize="1" bufferSizeUnits="MM" bufferColor="255,255,255,255"/></text-style>'
        f'<placement placement="{int(STYLES[layer][0] != "marker")}" dist="2"/>'
        '<rendering drawLabels="1" scaleVisibility="0" obstacle="0"/>'
        "</settings></labeling>"
    )


def _name(layer: str) -> str:
    return "AIS gaps" if layer == "gaps" else layer.replace("_", " ").capitalize()


def _extent(content: Content) -> str:
    """The first port with a margin."""
    if not content.aois:
        return ""
    west, south, east, north = (float(v) for v in np.round(content.aois[0].geometry.bounds, 6))
    x, y = (east - west) * _MARGIN, (north - south) * _MARGIN
    return (
        f"<extent><xmin>{west - x:.6f}</xmin><ymin>{south - y:.6f}</ymin><xmax>{east + x:.6f}</xmax>"
        f"<ymax>{north + y:.6f}</ymax></extent>"
    )
