from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely.geometry import mapping

from monitor.core.aoi import as_collection, measures, missing, parse_aoi, read_aoi, read_aois, started
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import area_m2

SQUARE = [[130.0, 42.0], [130.05, 42.0], [130.05, 42.05], [130.0, 42.05], [130.0, 42.0]]


def feature(ring: list[list[float]], **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def collection(*features: dict[str, object], **members: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def test_the_shipped_ports_have_all_that_the_logic_needs(repository: Path) -> None:
    ports = {aoi.id: aoi for aoi in read_aois(repository / "aoi")}
    assert set(ports) >= {"rajin", "dunai"}
    for aoi in ports.values():
        kinds = {zone.kind for zone in aoi.zones}
        assert kinds >= {"aoi", "water", "pier", "berth", "yard", "anchorage"}
        assert "OpenStreetMap" in aoi.attribution
        assert "ODbL" in aoi.attribution
        for zone in aoi.zones:
            assert zone.source, zone.id
            assert zone.confidence in {"high", "medium", "low"}, zone.id
            assert zone.uncertainty_m is not None, zone.id
        for berth in aoi.of_kind("berth"):
            assert berth.azimuth_deg is not None
            assert aoi.geometry.covers(berth.geometry), berth.id
    assert ports["rajin"].of_kind("gate")
    assert (ports["rajin"].epsg, ports["dunai"].epsg) == (32652, 32653)
    assert (ports["rajin"].timezone, ports["dunai"].timezone) == ("Asia/Pyongyang", "Asia/Vladivostok")


def test_the_angara_berth_of_october_2024_is_where_the_report_puts_it(repository: Path) -> None:
    rajin = read_aoi(repository / "aoi/rajin.geojson")
    flag = rajin.zone("rajin_ref_msmt").geometry
    assert rajin.zone("rajin_b23_head").geometry.distance(flag) < 0.0002


@pytest.mark.parametrize("shape", ["geometry", "feature", "collection"])
def test_a_single_polygon_is_a_port(shape: str) -> None:
    one = feature(SQUARE)
    document = {"geometry": one["geometry"], "feature": one, "collection": collection(one)}[shape]
    aoi = parse_aoi(document, id="mine")
    assert aoi.id == "mine"
    assert aoi.epsg == 32652
    assert aoi.water is None
    assert mapping(aoi.geometry) == mapping(parse_aoi(one, id="x").geometry)


def test_polygons_of_a_collection_holes_and_heights_are_taken() -> None:
    hole = [[130.01, 42.01], [130.02, 42.01], [130.02, 42.02], [130.01, 42.02], [130.01, 42.01]]
    high = {"type": "Polygon", "coordinates": [[[*point, 5.0] for point in ring] for ring in (SQUARE, hole)]}
    east = {"type": "Polygon", "coordinates": [[[x + 0.1, y] for x, y in SQUARE]]}
    line = {"type": "LineString", "coordinates": [[130, 42], [130.1, 42]]}
    inner = {"type": "GeometryCollection", "geometries": [east]}
    aoi = parse_aoi({"type": "GeometryCollection", "geometries": [high, line, inner]}, id="mine")
    assert aoi.geometry.geom_type == "MultiPolygon"
    assert not aoi.geometry.has_z
    assert aoi.geometry.area == pytest.approx(2 * 0.05**2 - 0.01**2)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (collection(), "empty"),
        (collection(feature(SQUARE, kind="aoi"), feature(SQUARE, id="b1")), r"feature 2 \(b1\) has no kind"),
        (collection(feature(SQUARE, kind="aoi"), feature(SQUARE, kind="dock")), "kind 'dock', which is none of"),
        (collection(feature(SQUARE, kind="aoi"), feature(SQUARE, kind="aoi", id="two")), "exactly one"),
        (collection(feature(SQUARE, kind="aoi", id="a"), feature(SQUARE, kind="pier", id="a")), "the id 'a'"),
        (feature([[130, 42], [130.05, 42.05], [130.05, 42], [130, 42.05], [130, 42]]), "ring 1: Self-intersection"),
        (feature([[y, x] for x, y in SQUARE]), "latitude and longitude look swapped"),
        (feature([[5.2e5, 4.65e6], [5.25e5, 4.65e6], [5.25e5, 4.655e6], [5.2e5, 4.65e6]]), "reproject it to EPSG"),
        ({**collection(feature(SQUARE)), "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::32652"}}}, "32652"),
        (feature([[179.9, 10], [-179.9, 10], [-179.9, 10.1], [179.9, 10.1], [179.9, 10]]), "antimeridian"),
        (
            {
                "type": "MultiPolygon",
                "coordinates": [
                    [[[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y]]] for x, y in ((179.8, 1), (-180, 1))
                ],
            },
            "both sides of the antimeridian; give each side a file",
        ),
        (feature([[0, 85], [1, 85], [1, 86], [0, 86], [0, 85]]), "UTM ends at"),
        ({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": []}}, "no geometry"),
        ({"type": "Feature", "properties": {}, "geometry": None}, "no geometry"),
        ({"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [130, 42]}}, "a Polygon"),
        ({"type": "Topology"}, "'Topology'"),
        ([], "not a GeoJSON object"),
    ],
)
def test_an_invalid_port_says_what_is_wrong(document: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_aoi(document, id="bad", where="bad.geojson")


def test_the_ring_at_fault_is_named() -> None:
    hole = [[130.01, 42.01], [130.02, 42.02], [130.02, 42.01], [130.01, 42.02], [130.01, 42.01]]
    document = feature(SQUARE)
    document["geometry"]["coordinates"].append(hole)  # type: ignore[index]
    with pytest.raises(DataError, match="ring 2: Self-intersection"):
        parse_aoi(document, id="bad")


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "port.geojson"
    path.write_text("{")
    with pytest.raises(DataError, match=r"port\.geojson: not a readable GeoJSON"):
        read_aoi(path)
    path.write_text("[" * 100_000)
    with pytest.raises(DataError, match=r"port\.geojson: not a readable GeoJSON"):
        read_aoi(path)
    path.write_text(json.dumps(feature(SQUARE)), encoding="utf-8-sig")
    assert read_aoi(path).id == "port"


def test_a_port_in_another_format_is_never_passed_over(tmp_path: Path) -> None:
    (tmp_path / "port.kml").write_text("<kml/>")
    with pytest.raises(DataError, match=r"port\.kml: ports are kept as \*\.geojson; `monitor init FOLDER --port"):
        read_aois(tmp_path)
    (tmp_path / "port.geojson").write_text(json.dumps(feature(SQUARE)))
    assert [aoi.id for aoi in read_aois(tmp_path)] == ["port"]


@pytest.mark.parametrize("feature", [[], "x", {"type": "Feature", "properties": [1]}])
def test_a_feature_that_is_none_is_named(feature: object) -> None:
    with pytest.raises(DataError, match=r"port: feature 1 (is not a GeoJSON Feature|has properties)"):
        parse_aoi({"type": "FeatureCollection", "features": [feature]}, id="port")


def test_the_other_shipped_places_say_how_well_they_are_known(repository: Path) -> None:
    places = {aoi.id: aoi for aoi in read_aois(repository / "aoi" / "places")}
    assert set(places) == {"chongjin", "hungnam", "nampo", "tikhoretsk", "tumangang", "vostochny"}
    assert not {"tikhoretsk", "tumangang"} & {aoi.id for aoi in places.values() if aoi.has_water}
    for aoi in places.values():
        said = json.loads((repository / "aoi" / "places" / f"{aoi.id}.geojson").read_text())
        assert "Left out" in " ".join(said["comment"]), aoi.id
        assert bool(aoi.attribution) == any("OpenStreetMap" in zone.source for zone in aoi.zones)
        for zone in aoi.zones:
            assert zone.source, zone.id
            assert zone.confidence in {"high", "medium", "low"}, zone.id
            assert zone.uncertainty_m is not None, zone.id
            assert aoi.geometry.covers(zone.geometry), zone.id
            if zone in aoi.watched:
                assert zone.confidence == "low", zone.id
                assert "redraw before use" in zone.note, zone.id


LINE = {"type": "LineString", "coordinates": [[130.01, 42.02], [130.04, 42.02]]}


def zone(kind: str, geometry: dict[str, object] | None = None, **properties: object) -> dict[str, object]:
    return {**feature(SQUARE, kind=kind, **properties), **({"geometry": geometry} if geometry else {})}


def test_a_line_is_watched_with_its_width_and_several_are_one_yard() -> None:
    lines = {"type": "MultiLineString", "coordinates": [LINE["coordinates"], [[130.01, 42.03], [130.04, 42.03]]]}
    document = collection(
        zone("aoi"),
        zone("rail", LINE, id="one", width_m=30),
        zone("rail", LINE, id="usual"),
        zone("rail", lines, id="y"),
    )
    aoi = parse_aoi(document, id="yard")
    length = 2481.0
    widths = {name: area_m2(aoi.zone(name).outline) / length for name in ("one", "usual", "y")}
    assert widths == pytest.approx({"one": 30.0, "usual": 15.0, "y": 30.0}, rel=0.01)
    assert aoi.zone("yard").outline.equals(aoi.geometry)
    assert [z.id for z in aoi.watched] == ["one", "usual", "y"]


@pytest.mark.parametrize(
    ("kinds", "place", "has_water"),
    [
        ((), "", True),
        (("rail", "storage"), "", False),
        (("gate", "road", "site"), "", True),
        (("rail", "berth"), "", True),
        (("tank", "oil_berth"), "", True),
        (("yard", "rail"), "", False),
        ((), "depot", False),
        (("water",), "depot", True),
        (("tank",), "terminal", True),
    ],
)
def test_ships_are_searched_for_only_where_something_lies_at_the_water(
    kinds: tuple[str, ...], place: str, has_water: bool
) -> None:
    features = [zone(kind, LINE if kind in ("rail", "road", "gate") else None) for kind in ("aoi", *kinds)]
    aoi = parse_aoi(collection(*features, place=place), id="here")
    assert aoi.has_water is has_water
    assert aoi.whole[0] == ("water" if has_water else "aoi")


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            collection(zone("aoi"), zone("rail", {"type": "Point", "coordinates": [130.0, 42.0]})),
            "draw tracks as lines",
        ),
        (collection(zone("aoi"), zone("rail", LINE, width_m=0)), "width_m is 0; give the metres across"),
        (collection(zone("aoi"), place="harbour"), "place 'harbour' is none of port, depot"),
    ],
)
def test_what_is_wrong_with_a_track_or_a_place_is_named(bad: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_aoi(bad, id="here")


def test_what_is_measured_and_what_to_draw_next_follow_from_the_zones() -> None:
    outline = as_collection(feature(SQUARE), where="out.geojson")
    depot = started(outline, "depot")
    aoi = parse_aoi(depot, id="out")
    assert (aoi.place, measures(aoi), missing(aoi)[:2]) == ("depot", (), ("rail", "storage"))
    depot["features"] += [zone("rail", LINE), zone("open_storage", id="o")]  # type: ignore[operator]
    aoi = parse_aoi(depot, id="out")
    assert measures(aoi) == (
        "share of tracks that is occupied at 1 rail zone",
        "area in use and lasting change at 1 open-storage zone",
    )
    assert missing(aoi) == ("storage", "gate", "road")
    vague = zone("rail", LINE)
    vague["properties"]["uncertainty_m"] = 300
    depot["features"][-2] = vague  # type: ignore[index]
    assert measures(parse_aoi(depot, id="out")) == ("area in use and lasting change at 1 open-storage zone",)
    oil = parse_aoi(collection(zone("aoi"), zone("oil_berth", id="b")), id="port")
    assert measures(oil) == ("ships in its water", "stays of tankers at 1 oil berth")
    assert [b.title for b in oil.berths] == ["b (oil berth)"]
    assert missing(oil) == ()
    with pytest.raises(DataError, match="'harbour' is no kind of place; use port"):
        started(outline, "harbour")
