"""How long the briefs of the made-up season, of its week and of one real pass are before their appendices."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from shapely.geometry import box, mapping

from monitor.core.timerange import TimeRange
from monitor.pipeline import report, snapshot
from monitor.pipeline.aviation.derive import flights
from monitor.report import Brief
from monitor.report.render.html import page
from monitor.workspace.workspace import Workspace
from tests.report.test_first_screen import before_the_appendix, text_of

MOST_WORDS_OF_A_SEASON, MOST_WORDS_OF_A_WEEK, MOST_WORDS_OF_A_SCENE = 2500, 900, 400
MOST_SHEETS_OF_A_WEEK = 4

pytestmark = [pytest.mark.slow, pytest.mark.weights]


def words(html: str) -> int:
    return len(text_of(before_the_appendix(html)).split())


def test_a_season_of_two_ports_is_read_in_ten_minutes(season_workspace: Path) -> None:
    (written,) = (season_workspace / "reports").glob("brief_*.html")
    html = written.read_text(encoding="utf-8")
    assert 500 < words(html) <= MOST_WORDS_OF_A_SEASON
    assert "SIMULATED" in before_the_appendix(html)


def test_both_eyes_saw_the_season_and_its_first_picture_is_optical(season_workspace: Path) -> None:
    scenes = Workspace.open(season_workspace).scenes()
    seen = set(zip(scenes["aoi_id"], scenes["sensor"], strict=True))
    assert seen == {(port, kind) for port in ("dunai", "rajin") for kind in ("s1", "s2")}
    (written,) = (season_workspace / "reports").glob("brief_*.html")
    lead = re.search(r'<figure id="lead".*?</figure>', written.read_text(encoding="utf-8"), re.S)
    assert lead is not None
    hours = re.findall(r"(?:Before|After) · \d{4}-\d\d-\d\d (\d\d):", lead[0])
    assert hours == ["02", "02"]  # Sentinel-2 passes at a quarter past, Sentinel-1 at 9 and 21


@pytest.fixture(scope="module")
def week(season_workspace: Path) -> Brief:
    """The brief of one week of the season, of which nothing is written."""
    context = Workspace.open(season_workspace).context()
    tables, period = snapshot.read(context), TimeRange.parse("2023-W41")
    given = report.brief_input(context, tables, period)
    return report.compose(context, given, tables, flights(context.archive))


def test_a_week_is_short(week: Brief) -> None:
    assert 300 < words(page(week, paper=False)) <= MOST_WORDS_OF_A_WEEK


def test_a_week_fits_on_four_sheets_and_its_first_page_stands_alone(week: Brief) -> None:
    weasyprint = pytest.importorskip("weasyprint")
    paper = page(replace(week, appendix=()), paper=True)
    sheets = [set(sheet.anchors) for sheet in weasyprint.HTML(string=paper).render().pages]
    appendix = min(number for number, anchors in enumerate(sheets) if "appendix" in anchors)
    assert appendix <= MOST_SHEETS_OF_A_WEEK
    assert {"bottom-line", "unseen"} <= sheets[0]
    assert "season" in sheets[1]


def test_one_real_pass_is_shorter_than_a_page(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "s2_ports" / "busan"
    port = box(*json.loads((source / "item.json").read_text())["bbox"])
    feature = {"type": "Feature", "geometry": mapping(port), "properties": {"id": "busan", "kind": "aoi"}}
    document = {"type": "FeatureCollection", "timezone": "Asia/Seoul", "features": [feature]}
    for folder in ("aoi", "scenes"):
        (tmp_path / folder).mkdir()
    (tmp_path / "aoi" / "busan.geojson").write_text(json.dumps(document))
    (tmp_path / "monitor.toml").write_text('[source]\nname = "folder"\nsensors = ["s2"]\n')
    shutil.copy(source / "busan_S2_20220514.tif", tmp_path / "scenes")
    workspace = Workspace.open(tmp_path)
    workspace.pull()
    workspace.detect()
    (written,) = workspace.report("busan")
    html = written.read_text(encoding="utf-8")
    assert 50 < words(html) <= MOST_WORDS_OF_A_SCENE
    assert "<figure" in before_the_appendix(html)
