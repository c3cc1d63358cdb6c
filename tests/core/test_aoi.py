from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely.geometry import mapping

from monitor.core.aoi import parse_aoi, read_aoi, read_aois
from monitor.core.errors import DataError

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
