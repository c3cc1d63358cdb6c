"""The made-up places as AOIs: a depot, a rail yard and an oil terminal. SIMULATED: they lie where there is only sea."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from shapely.affinity import scale
from shapely.geometry import LineString, Point, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, parse_aoi
from monitor.core.geo.geodesy import WGS84, convergence_deg, reproject
from monitor.simulate.land.layout import EPSG, Layout, Place, bed, tracks

Drawn = list[tuple[str, str, BaseGeometry]]
_ZONES = frozenset(("rail", "storage", "open_storage", "tank", "oil_berth", "road", "site", "water", "pier"))
_APRON_M = 5.0
"""Ballast and gravel beyond the beds of sidings and yards, which makes them two to four pixels wide (chosen)."""
_NOTE = "SIMULATED: a made-up place in the open sea; nothing real stands here"
_NAMES = {
    "rail": "Tracks",
    "storage": "Store",
    "open_storage": "Open storage",
    "tank": "Tank",
    "oil_berth": "Oil berth",
    "road": "Road",
    "site": "Site",
    "water": "Water",
    "pier": "Jetty",
}


@lru_cache(maxsize=1)
def layouts() -> Mapping[str, Layout]:
    """The made-up places by the id of their AOI."""
    return {made.id: made for made in (_depot(), _railyard(), _terminal())}


@lru_cache(maxsize=1)
def places() -> tuple[Aoi, ...]:
    """The AOIs of the made-up places, by id."""
    return tuple(parse_aoi(document, id=name) for name, document in sorted(documents().items()))


def documents() -> dict[str, dict[str, object]]:
    """The made-up places as GeoJSON FeatureCollections by AOI id, as files of a workspace's ``aoi`` folder."""
    return {name: _document(layout) for name, layout in layouts().items()}


def _document(layout: Layout) -> dict[str, object]:
    features = [_feature(layout, "aoi", "aoi", layout.title, layout.extent)]
    for part in layout.parts:
        if part.kind in _ZONES and part.id:
            name = f"{_NAMES[part.kind]} {part.id.rsplit('_', 1)[-1]}"
            shape = part.geometry.intersection(layout.extent) if part.kind == "water" else part.geometry
            features.append(_feature(layout, part.kind, part.id, name, shape))
    return {
        "type": "FeatureCollection",
        "title": f"{layout.title} (SIMULATED)",
        "timezone": "UTC",
        "epsg": EPSG,
        "features": features,
    }


def _feature(layout: Layout, kind: str, name: str, label: str, shape: BaseGeometry) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": f"{layout.id}_{name}",
        "kind": kind,
        "name": label,
        "source": "SIMULATED",
        "uncertainty_m": 0,
        "confidence": "high",
        "note": _NOTE,
    }
    shown = reproject(shape, EPSG, WGS84)
    if kind == "oil_berth":
        assert isinstance(shape, Polygon)
        facts["length_m"] = round(max(LineString(shape.exterior.coords[n : n + 2]).length for n in range(2)), 1)
        east = 90.0 - layout.turn_deg + convergence_deg(shown.centroid.x, shown.centroid.y, EPSG)
        facts["azimuth_deg"] = round(east % 360.0, 3)
    return {"type": "Feature", "properties": facts, "geometry": mapping(shown)}


def _depot() -> Layout:
    """Stores between banks, two lots in the open, a siding of two tracks and a spur, room for more to the north."""
    place, drawn = Place(667_004.0, 4_584_006.0, 17.0), Drawn()
    drawn += [
        ("low ground", "", _ellipse(430.0, 860.0)),
        ("low ground", "", _ellipse(900.0, -900.0)),
        ("town", "", box(-1500.0, -1250.0, -900.0, -760.0)),
        ("site", "site_main", box(-650.0, -350.0, 650.0, 450.0)),
        ("site", "site_north", box(-650.0, 480.0, 650.0, 1010.0)),
        ("road", "road_fence", box(-668.0, -368.0, 668.0, 468.0).exterior),
        ("road", "road_inner", LineString([(-640.0, 20.0), (440.0, 20.0), (440.0, 440.0)])),
        ("road", "", LineString([(440.0, 20.0), (440.0, -150.0), (668.0, -150.0), (2000.0, -320.0)])),
    ]
    siding, spur = tracks(-400.0, 240.0, -250.0, 2), tracks(-350.0, 50.0, -120.0, 1)
    leads = [
        LineString([(-2500.0, -424.0), (2500.0, -424.0)]),
        LineString([(-2500.0, -419.0), (2500.0, -419.0)]),
        LineString([(-900.0, -419.0), (-600.0, -300.0), (-400.0, -247.5)]),
        LineString([(-600.0, -300.0), (-480.0, -150.0), (-350.0, -120.0)]),
    ]
    drawn += [("ballast", "", bed(line)) for line in leads]
    drawn += [("ballast", "", bed(line, apron_m=_APRON_M)) for line in (siding, spur)]
    drawn += [("rail", "rail_siding", siding), ("rail", "rail_spur", spur)]
    for row in range(3):
        for column in range(5):
            x, y = -540.0 + 130.0 * column, 90.0 + 110.0 * row
            outer = box(x, y, x + 78.0, y + 46.0)
            bank = outer.difference(box(x + 9.0, y + 9.0, x + 69.0, y + 37.0)).difference(box(x + 30, y, x + 48, y + 9))
            drawn += [
                ("storage", f"store_{5 * row + column + 1:02d}", outer),
                ("mound", "", bank),
                ("shed", "", box(x + 13.0, y + 13.0, x + 65.0, y + 33.0)),
            ]
    drawn += [
        ("open_storage", "open_1", box(170.0, 60.0, 400.0, 210.0)),
        ("open_storage", "open_2", box(170.0, 250.0, 380.0, 380.0)),
    ]
    return Layout("sim_depot", "Made-up depot", place.extent(1250.0, 1200.0), 17.0, place.parts(drawn))


def _ellipse(x: float, y: float) -> BaseGeometry:
    """Ground of 1.5 ha that floods."""
    return scale(Point(x, y).buffer(1.0), 95.0, 50.0)


def _railyard() -> Layout:
    """Three groups of tracks with roads between, a goods shed, a lot in the open, a town to the north."""
    place, drawn = Place(687_507.0, 4_566_003.0, -24.0), Drawn()
    groups = (("rail_a", 60.0, 4), ("rail_b", 20.0, 2), ("rail_c", -40.0, 4))
    lines = {name: tracks(-500.0, 500.0, y, count) for name, y, count in groups}
    drawn += [
        ("town", "", box(-900.0, 330.0, 900.0, 1100.0)),
        ("site", "site_yard", box(-620.0, -330.0, 620.0, 300.0)),
        ("ballast", "", bed(LineString([(-2500.0, 8.0), (2500.0, 8.0)]))),
        ("ballast", "", bed(LineString([(-2500.0, 3.0), (2500.0, 3.0)]))),
    ]
    for name, y, count in groups:
        middle = y + (count - 1) * 2.5
        drawn += [("ballast", "", bed(lines[name], apron_m=_APRON_M)), ("rail", name, lines[name])]
        drawn += [("ballast", "", bed(LineString([(s * 500.0, middle), (s * 700.0, 6.0)]))) for s in (-1.0, 1.0)]
    drawn += [
        ("road", "road_yard", LineString([(-600.0, 110.0), (600.0, 110.0), (700.0, 500.0)])),
        ("shed", "", box(-300.0, 130.0, -120.0, 165.0)),
        ("shed", "", box(-60.0, 130.0, 20.0, 170.0)),
        ("open_storage", "open_1", box(120.0, 125.0, 330.0, 245.0)),
    ]
    return Layout("sim_railyard", "Made-up rail yard", place.extent(1000.0, 800.0), -24.0, place.parts(drawn))


def _terminal() -> Layout:
    """Tanks ashore, two jetties with an oil berth each, a track where tank wagons are filled."""
    place, drawn = Place(704_002.0, 4_601_008.0, 9.0), Drawn()
    sea = Polygon(
        [
            (-2000, -170),
            (-700, -200),
            (-350, -180),
            (200, -190),
            (600, -160),
            (2000, -230),
            (2000, -2000),
            (-2000, -2000),
        ]
    )
    heads = {"b1": -330.0, "b2": 250.0}
    jetties = [
        (
            "pier",
            f"jetty_{name}",
            box(x - 7.0, -430.0, x + 7.0, -150.0).union(box(x - 130.0, -452.0, x + 130.0, -428.0)),
        )
        for name, x in heads.items()
    ]
    drawn += [
        ("town", "", box(-1500.0, 620.0, -500.0, 1300.0)),
        ("water", "water", sea.difference(jetties[0][2]).difference(jetties[1][2])),
        ("site", "site_main", box(-650.0, -140.0, 650.0, 520.0)),
        *jetties,
        *(("oil_berth", f"oil_{name}", box(x - 130.0, -492.0, x + 130.0, -452.0)) for name, x in heads.items()),
        ("road", "road_shore", LineString([(-900.0, -100.0), (900.0, -100.0)])),
        ("road", "", LineString([(0.0, -100.0), (0.0, 1500.0)])),
    ]
    rack = tracks(120.0, 480.0, 290.0, 2)
    drawn += [("ballast", "", bed(rack, apron_m=_APRON_M)), ("rail", "rail_rack", rack)]
    drawn += [("ballast", "", bed(LineString([(480.0, 292.5), (1900.0, 420.0)])))]
    drawn += [
        ("tank", f"tank_{4 * row + column + 1:02d}", Point(-480.0 + 105.0 * column, 0.0 + 100.0 * row).buffer(22.0))
        for row in range(3)
        for column in range(4)
    ]
    drawn += [("shed", "", box(120.0, -60.0, 190.0, -30.0))]
    return Layout("sim_terminal", "Made-up oil terminal", place.extent(1000.0, 900.0), 9.0, place.parts(drawn))
