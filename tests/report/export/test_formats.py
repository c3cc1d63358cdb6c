"""Exports and evidence, read back with what users have."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pyogrio
import pystac
import pytest
import rasterio
from shapely.geometry import LineString, Point

from monitor.core.aoi import Zone
from monitor.core.errors import ArchiveError, DataError
from monitor.core.tables import DETECTIONS
from monitor.core.tableset import TableSet
from monitor.report import FORMATS, Content, EvidenceInput, export, write_evidence
from monitor.report.export.formats import safe_csv
from monitor.store.archive import Archive
from tests.report.made import SCENES, acquisition, brief_input, port, raster


@pytest.fixture(scope="module")
def content() -> Content:
    given = brief_input(simulated=True)
    return Content(given.aois, given.acquisitions, given.tables, "monitor 9.9")


def test_a_geopackage_has_styles_and_time_fields(content: Content, tmp_path: Path) -> None:
    (path,) = export(content, tmp_path / "a.gpkg", format="gpkg")
    layers = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert {"detections", "dark_events", "gaps", "scenes", "zones", "counts", "coverage"} <= layers
    found = pyogrio.read_dataframe(path, layer="detections")
    assert found.crs.to_epsg() == 4326
    assert str(found["t_start"].dtype) == "datetime64[ms, UTC]"
    assert set(found["status"]) == {"matched", "unmatched", "dark", "stack"}
    assert found["simulated"].all()
    with closing(sqlite3.connect(path)) as database:
        styles = dict(database.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall())
    assert layers >= set(styles)
    for text in styles.values():
        assert ET.fromstring(text.split(">", 1)[1]).tag == "qgis"


@pytest.mark.parametrize("form", ["gpkg", "geojson", "kml"])
def test_the_same_content_gives_the_same_file(content: Content, tmp_path: Path, form: str) -> None:
    first, second = (export(content, tmp_path / f"{n}.x", format=form)[0].read_bytes() for n in "ab")
    assert first == second or form == "kml"


def test_no_export_states_an_hour_where_the_day_alone_is_known(content: Content, tmp_path: Path) -> None:
    noon = pd.Timestamp("2023-06-11T11:59:59.500Z")
    found = content.tables[DETECTIONS].assign(acquired_at=noon)
    day = replace(content, tables=content.tables | {DETECTIONS: DETECTIONS.conform(found)})
    (path,) = export(day, tmp_path / "a.geojson", format="geojson")
    rows = [f["properties"] for f in json.loads(path.read_text())["features"]]
    rows = [row for row in rows if row["layer"] == "detections"]
    assert {row["acquired_at"] for row in rows} == {"2023-06-11"}
    assert {(row["t_start"], row["t_end"]) for row in rows} == {("2023-06-11T00:00:00Z", "2023-06-11T23:59:59Z")}
    (path,) = export(day, tmp_path / "a.csv", format="csv")
    assert set(pd.read_csv(path)["acquired_at"]) == {"2023-06-11"}
    for form in ("gpkg", "geoparquet"):  # a typed column cannot leave the hour out
        (path,) = export(day, tmp_path / f"a.{form}", format=form)
        typed = pyogrio.read_dataframe(path, layer="detections") if form == "gpkg" else gpd.read_parquet(path)
        assert typed.loc[typed["acquired_at"] == noon, "day_only"].all()
    (path,) = export(content, tmp_path / "b.gpkg", format="gpkg")
    assert not pyogrio.read_dataframe(path, layer="detections")["day_only"].any()


def test_every_layer_holds_one_kind_of_geometry(content: Content, tmp_path: Path) -> None:
    point = Zone("flag", "reference_point", "flag", Point(0, 0))
    lines = [Zone(kind, kind, kind, LineString([(0, 0), (0.001, 0)])) for kind in ("gate", "rail", "road")]
    aois = (replace(content.aois[0], zones=(*content.aois[0].zones, point, *lines)),)
    (path,) = export(replace(content, aois=aois), tmp_path / "a.gpkg", format="gpkg")
    zones, gates = (pyogrio.read_dataframe(path, layer=name) for name in ("zones", "gates"))
    assert set(zones.geom_type) == {"MultiPolygon"}
    assert {"rail", "road"} <= set(zones["kind"])
    assert "gate" in set(gates["kind"])
    assert set(gates.geom_type) == {"MultiLineString"}
    assert set(pyogrio.read_dataframe(path, layer="reference_points").geom_type) == {"MultiPoint"}


def test_geojson_is_lon_lat_and_says_its_layer(content: Content, tmp_path: Path) -> None:
    (path,) = export(content, tmp_path / "a.geojson", format="geojson")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["simulated"] is True
    vessel = next(f for f in document["features"] if f["properties"]["layer"] == "detections")
    lon, lat = vessel["geometry"]["coordinates"][0][0]
    assert 130 < lon < 131
    assert 42 < lat < 43
    assert vessel["properties"]["acquired_at"].endswith("Z")


def test_geoparquet_reads_back(content: Content, tmp_path: Path) -> None:
    export(content, tmp_path / "pq", format="geoparquet")
    assert len(gpd.read_parquet(tmp_path / "pq" / "detections.parquet")) == 6
    assert len(pd.read_parquet(tmp_path / "pq" / "counts.parquet")) == 2


def test_kml_reads_back(content: Content, tmp_path: Path) -> None:
    (path,) = export(content, tmp_path / "a.kml", format="kml")
    assert len(pyogrio.read_dataframe(path, layer="detections")) == 6


def test_csv_cannot_start_a_formula() -> None:
    text = safe_csv(pd.DataFrame({"a": ["=1+1", "+x", "-y", "@z", "\tq", "plain"], "n": [-1, 2, 3, 4, 5, 6]})).decode()
    cells = [line.split(",")[0].strip('"') for line in text.splitlines()[1:]]
    assert cells == ["'=1+1", "'+x", "'-y", "'@z", "'\tq", "plain"]
    assert ",-1" in text


def test_stac_validates_against_its_own_reader(content: Content, tmp_path: Path) -> None:
    export(content, tmp_path / "stac", format="stac")
    catalogue = pystac.Catalog.from_file(str(tmp_path / "stac" / "catalog.json"))
    items = list(catalogue.get_items(recursive=True))
    assert [item.id for item in items] == [
        "s2_20231005",
        "s2_20231010",
        "s2_20231005-detections",
        "s2_20231010-detections",
    ]
    assert all(item.properties["monitor:simulated"] for item in items)


def test_the_item_of_an_archived_scene_points_at_its_files(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    scene = archive.write_scene(acquisition(SCENES[0]), raster())
    given = Content((port(),), (scene.acquisition,), TableSet(), "m", scenes=(scene,))
    export(given, tmp_path / "out.d" / "stac", format="stac")
    (item,) = pystac.Catalog.from_file(str(tmp_path / "out.d/stac/catalog.json")).get_items(recursive=True)
    archived = pystac.Item.from_file(str(scene.path / "item.json"))
    seal = archived.properties.pop("monitor:sha256")  # of the archive's file alone
    assert len(seal) == 64
    assert item.properties == archived.properties
    assert set(item.assets) == {"data", "mask", "request"}
    for asset in item.assets.values():
        assert not asset.href.startswith("/")
        assert Path(asset.get_absolute_href() or "").resolve().parent == scene.path.resolve()
    assert {uri.split("/")[3] for uri in item.stac_extensions} >= {"projection", "raster"}


def test_what_was_found_is_an_item_derived_from_its_scene(content: Content, tmp_path: Path) -> None:
    export(content, tmp_path / "stac", format="stac")
    catalogue = pystac.Catalog.from_file(str(tmp_path / "stac" / "catalog.json"))
    (item,) = catalogue.get_items("s2_20231010-detections", recursive=True)
    (link,) = item.get_links("derived_from")
    assert link.resolve_stac_object().target.id == "s2_20231010"
    found = gpd.read_file(item.assets["detections"].get_absolute_href() or "")
    assert len(found) == item.properties["monitor:detections"] == 3
    assert item.properties["processing:software"] == {"monitor": "9.9"}


def test_each_layer_of_a_geopackage_has_one_kind_of_shape(content: Content, tmp_path: Path) -> None:
    (path,) = export(content, tmp_path / "a.gpkg", format="gpkg")
    kinds = {str(name): kind for name, kind in pyogrio.list_layers(path)}
    assert "Unknown" not in kinds.values()
    assert kinds["gaps"] == "LineString"
    assert kinds["open_gaps"] == "Point"
    assert kinds["gap_reach"] == "MultiPolygon"
    assert len(pyogrio.read_dataframe(path, layer="open_gaps")) == 1
    assert len(pyogrio.read_dataframe(path, layer="gap_reach")) == 1


def test_a_scene_of_unknown_hour_has_a_null_datetime(tmp_path: Path) -> None:
    scene = acquisition(SCENES[0], exact=False)
    export(Content((port(),), (scene,), TableSet(), "m"), tmp_path / "s", format="stac")
    (item,) = pystac.Catalog.from_file(str(tmp_path / "s" / "catalog.json")).get_items(recursive=True)
    assert item.datetime is None


@pytest.mark.parametrize("form", FORMATS)
def test_empty_tables_export(tmp_path: Path, form: str) -> None:
    written = export(Content((port(),), (), TableSet(), "m"), tmp_path / "out", format=form)
    assert all(path.is_file() for path in written)


def test_an_unknown_format_is_named(content: Content, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'shp' is not known: use one of gpkg"):
        export(content, tmp_path / "a", format="shp")


def evidence(**changes: object) -> EvidenceInput:
    given = brief_input()
    fields = {
        "subject": "dark-1",
        "detection_id": "s2_20231010-1",
        "aoi": port(),
        "raster": raster(),
        "acquisition": given.acquisitions[1],
        "tables": given.tables,
        "provenance": given.provenance,
        "request": b"{}",
        "finding": given.findings[0],
        **changes,
    }
    return EvidenceInput(**fields)  # type: ignore[arg-type]


def test_evidence_has_a_manifest_that_holds(tmp_path: Path) -> None:
    path = write_evidence(evidence(), tmp_path / "e.zip")
    with zipfile.ZipFile(path) as bundle:
        lines = bundle.read("MANIFEST.sha256").decode().splitlines()
        assert {line.split("  ")[1] for line in lines} == set(bundle.namelist()) - {"MANIFEST.sha256"}
        for line in lines:
            digest, name = line.split("  ")
            assert hashlib.sha256(bundle.read(name)).hexdigest() == digest
        chain = json.loads(bundle.read("chain.json"))
        pixels = bundle.read("original/pixels.tif")
    assert chain["matches"][0]["status"] == "unmatched"
    assert [gap["gap_id"] for gap in chain["gaps"]] == ["gap-1"]
    with rasterio.open(io.BytesIO(pixels)) as image:
        assert image.descriptions == ("B02", "B03", "B04", "B08")


def test_evidence_is_reproducible(tmp_path: Path) -> None:
    first, second = (write_evidence(evidence(), tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second


def test_evidence_for_a_detection_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nosuch: not among those of scene s2_20231010"):
        write_evidence(evidence(detection_id="nosuch"), tmp_path / "e.zip")


def test_a_text_in_a_kml_is_text_and_no_markup(content: Content, tmp_path: Path) -> None:
    found = content.tables[DETECTIONS].assign(detector="<script>alert(1)</script>")
    odd = replace(content, tables=content.tables | {DETECTIONS: found})
    (path,) = export(odd, tmp_path / "a.kml", format="kml")
    read = gpd.read_file(path, layer="detections")
    assert "&lt;script&gt;" in read["description" if "description" in read else "Description"].iloc[0]
    assert "<script>" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("free", "words"), [(0, "the disk is full"), (1 << 40, "cannot be written")])
def test_a_driver_that_cannot_write_names_the_file(
    content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, words: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise pyogrio.errors.DataSourceError("failed")

    monkeypatch.setattr(pyogrio, "write_dataframe", fail)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(ArchiveError, match=f"a.gpkg: {words}"):
        export(content, tmp_path / "a.gpkg", format="gpkg")
    assert list(tmp_path.iterdir()) == []
