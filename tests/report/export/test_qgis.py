"""The QGIS project beside a GeoPackage, and QGIS itself where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from monitor.report.export.formats import export
from monitor.report.export.layers import SPATIAL, Content
from monitor.report.export.qgis_project import HIDDEN
from tests.report.made import brief_input

SYSTEM_PYTHON = Path("/usr/bin/python3")
LABELLED = ("dark_events", "land_changes", "open_gaps", "reference_points", "visits", "zones")
OPEN_AND_DRAW = """
import json, sys
from qgis.core import QgsApplication, QgsMapRendererSequentialJob, QgsMapSettings, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QSize
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], True)
app.initQgis()
project = QgsProject.instance()
read = project.read(sys.argv[1])
nodes = project.layerTreeRoot().findLayers()
shown = [node.layer() for node in nodes if node.isVisible()]
settings = QgsMapSettings()
settings.setLayers(shown)
settings.setOutputSize(QSize(600, 400))
settings.setDestinationCrs(project.crs())
settings.setExtent(QgsRectangle(130.27, 42.22, 130.30, 42.24))
job = QgsMapRendererSequentialJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(sys.argv[2])
layers = list(project.mapLayers().values())
print(json.dumps({
    "read": read,
    "title": project.title(),
    "crs": project.crs().authid(),
    "invalid": [layer.name() for layer in layers if not layer.isValid()],
    "shown": sorted(layer.id() for layer in shown),
    "layers": len(layers),
    "groups": [group.name() for group in project.layerTreeRoot().findGroups()],
    "temporal": sum(layer.temporalProperties().isActive() for layer in layers),
    "tips": sum(bool(layer.mapTipTemplate()) for layer in layers),
    "labelled": sorted(layer.id() for layer in layers if layer.labelsEnabled()),
    "errors": len(job.errors()),
}))
"""


@pytest.fixture
def geopackage(tmp_path: Path) -> Path:
    given = brief_input(simulated=True)
    out = tmp_path / "layers.gpkg"
    assert export(Content(given.aois, given.acquisitions, given.tables, "m 1"), out, format="qgis") == [
        out,
        out.with_suffix(".qgz"),
    ]
    return out


def has_qgis() -> bool:
    if shutil.which("qgis") is None or not SYSTEM_PYTHON.is_file():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0


def project_of(geopackage: Path) -> ElementTree.Element:
    with zipfile.ZipFile(geopackage.with_suffix(".qgz")) as opened:
        return ElementTree.fromstring(opened.read("layers.qgs").split(b">", 1)[1])


def test_every_layer_is_there_once_and_found_beside_the_project(geopackage: Path) -> None:
    root = project_of(geopackage)
    sources = [element.text for element in root.findall(".//maplayer/datasource")]
    assert sorted(str(source) for source in sources) == sorted(f"./layers.gpkg|layername={name}" for name in SPATIAL)
    leaves = {leaf.attrib["id"] for leaf in root.findall(".//layer-tree-layer")}
    assert leaves == {str(element.text) for element in root.findall(".//maplayer/id")}
    assert str(root.findtext("title")).startswith("SIMULATED")


def test_areas_that_lie_over_others_are_outlines_and_off(geopackage: Path) -> None:
    root = project_of(geopackage)
    for name in ("gap_reach", "scenes"):
        leaf = root.find(f".//layer-tree-layer[@id='monitor_layer_{name}']")
        assert leaf is not None
        assert leaf.attrib["checked"] == "Qt::Unchecked"
        (layer,) = [each for each in root.findall(".//maplayer") if each.findtext("id") == f"monitor_layer_{name}"]
        assert {o.attrib["value"] for o in layer.findall(".//symbol//Option[@name='style']")} == {"no"}


@pytest.mark.skipif(not has_qgis(), reason="QGIS is not installed")
def test_qgis_opens_and_draws_it(geopackage: Path, tmp_path: Path) -> None:
    picture = tmp_path / "map.png"
    line = [str(SYSTEM_PYTHON), "-c", OPEN_AND_DRAW, str(geopackage.with_suffix(".qgz")), str(picture)]
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(line, capture_output=True, text=True, env=clean, timeout=120, check=True)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["read"]
    assert found["title"] == "SIMULATED · layers"
    assert (found["invalid"], found["errors"], found["crs"]) == ([], 0, "EPSG:4326")
    assert found["layers"] == found["tips"] == len(SPATIAL)
    assert found["shown"] == sorted(f"monitor_layer_{name}" for name in SPATIAL if name not in HIDDEN)
    assert found["groups"] == ["Findings", "Berths and visits", "AIS", "Places", "Areas"]
    assert found["temporal"] == len(SPATIAL) - 3
    assert found["labelled"] == sorted(f"monitor_layer_{name}" for name in LABELLED)
    with Image.open(picture) as image:
        colours = image.convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert len(colours) > 20
