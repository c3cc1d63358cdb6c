"""The map as data, and pages that show themselves in a notebook."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from monitor.core.geo.geodesy import distance_m
from monitor.core.scenes.scene import Raster
from monitor.core.tables import POSITIONS, VESSELS
from monitor.report.map.layers import land
from monitor.report.map.port_map import composite, port_map
from monitor.report.page.blocks import MapView
from monitor.report.page.model import BriefInput
from monitor.report.render.notebook import map_page, table_html
from monitor.report.tiles.frames import overview
from monitor.report.tiles.observations import Observation, observations_of
from monitor.report.tiles.studio import Studio
from tests.report.made import brief_input, no_pixels, port, read_pixels

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def positions() -> pd.DataFrame:
    """A coaster and a pilot boat that both go up and down the bay."""
    start = pd.Timestamp("2023-10-12", tz="UTC")
    rows = [
        {
            "mmsi": mmsi,
            "t": start + pd.Timedelta(minutes=10 * i),
            "lon": 130.28 + i / 2e3,
            "lat": 42.22,
            "sog_kn": 5.0,
            "cog_deg": 90.0,
            "heading_deg": np.nan,
            "nav_status": None,
            "length_m": length,
            "receiver": "",
            "source_file": "made",
        }
        for mmsi, length in ((445000100, 98.0), (445000200, 16.0))
        for i in range(12)
    ]
    return POSITIONS.conform(pd.DataFrame(rows))


def vessels() -> pd.DataFrame:
    rows = [
        {
            "mmsi": mmsi,
            "imo": "",
            "name": name,
            "callsign": "",
            "ship_type": None,
            "length_m": length,
            "width_m": 10.0,
            "source_file": "made",
        }
        for mmsi, name, length in ((445000100, "COASTER </script>", 98.0), (445000200, "PILOT", 16.0))
    ]
    return VESSELS.conform(pd.DataFrame(rows))


@pytest.fixture(scope="module")
def given() -> BriefInput:
    made = brief_input()
    return replace(made, tables=made.tables | {POSITIONS: positions(), VESSELS: vessels()})


@pytest.fixture(scope="module")
def view(given: BriefInput) -> MapView:
    made = port_map(Studio(given, port(), read_pixels), newest(given), overview(port()))
    assert made is not None
    return made


def newest(given: BriefInput) -> Observation:
    return observations_of(given, "rajin")[-1]


def layers(view: MapView) -> dict[str, dict[str, Any]]:
    return {layer["name"]: layer for layer in json.loads(view.document)["layers"]}


def test_small_craft_do_not_smother_the_map_when_it_opens(view: MapView) -> None:
    shown = layers(view)
    large, other = shown["AIS tracks, last 14 days"], shown["AIS tracks of other craft"]
    assert large["on"]
    assert not other["on"]
    assert [f["properties"]["text"][:22] for f in other["features"]] == ["Track of MMSI 44500020"]
    assert "80 m or longer" in large["features"][0]["properties"]["text"]


def test_each_status_is_a_layer_and_berths_say_what_was_seen(view: MapView) -> None:
    shown = layers(view)
    assert {"Detections: matched (1)", "Detections: dark event (1)", "Detections: container stack (1)"} <= set(shown)
    assert "occupied" in shown["Berths and other zones"]["features"][0]["properties"]["text"]
    assert not shown["Cloud"]["on"]


def test_a_gap_that_could_explain_a_dark_event_shows_its_area_and_says_nothing_of_intent(view: MapView) -> None:
    layer = next(value for name, value in layers(view).items() if name.startswith("AIS gaps"))
    kinds = {f["geometry"]["type"] for f in layer["features"]}
    assert kinds & {"Polygon", "MultiPolygon"}
    assert all("nothing of intent" in f["properties"]["text"] for f in layer["features"])


def test_cloud_is_filled_from_the_observation_before_and_what_is_clear_stays(given: BriefInput) -> None:
    def read(scene_id: str) -> Raster:
        made = read_pixels(scene_id)
        data = made.data.copy()
        data[:, :, :] = 1000 if scene_id.endswith("10") else 2000
        clouds = made.cloud if scene_id.endswith("10") else np.zeros_like(made.valid)
        return Raster(data, made.bands, made.valid, made.grid, clouds, made.scale)

    before, latest = observations_of(given, "rajin")
    studio = Studio(given, port(), read)
    colour, _, used = composite(studio, (latest, before), overview(port()))
    alone, _, _ = composite(studio, (latest,), overview(port()))
    raster = studio.cut(latest.scene_id, overview(port()))
    assert raster is not None
    assert raster.cloud is not None
    clear = raster.valid & ~raster.cloud
    assert [observation.scene_id for observation in used] == [latest.scene_id, before.scene_id]
    assert np.array_equal(colour[clear], alone[clear])
    assert not np.array_equal(colour[raster.cloud], alone[raster.cloud])


def test_a_map_without_pixels_is_none(given: BriefInput) -> None:
    assert port_map(Studio(given, port(), no_pixels), newest(given), overview(port())) is None


def test_a_notebook_gets_a_frame_that_fetches_nothing(view: MapView) -> None:
    framed = map_page(view)._repr_html_()
    page = unescape(unescape(re.search(r'srcdoc="([^"]*)"', framed)[1]))  # type: ignore[index]
    assert page.startswith("<!DOCTYPE html>")
    assert "default-src 'none'" in page
    assert not re.search(r"""(src=|url\(|@import)\W*http""", page)
    assert "COASTER &lt;/script" not in framed
    assert 'sandbox="allow-scripts' in framed


def test_a_summary_escapes_what_it_shows() -> None:
    assert "&lt;b&gt;" in table_html("There", [{"port": "<b>", "number": 3}])
    assert "Nothing here yet" in table_html("There", [])


def test_the_map_opens_on_the_berths_with_300_m_around_them(view: MapView) -> None:
    (south, west), (north, east) = json.loads(view.document)["home"]
    assert distance_m(west, 42.2295, 130.284, 42.2295) == pytest.approx(300, abs=15)
    assert distance_m(130.287, 42.2295, east, 42.2295) == pytest.approx(300, abs=15)
    assert distance_m(130.285, south, 130.285, 42.229) == pytest.approx(300, abs=15)
    assert north > 42.230


def test_a_port_without_berths_opens_on_its_picture(given: BriefInput) -> None:
    bare = replace(port(), zones=())
    made = port_map(Studio(given, bare, read_pixels), newest(given), overview(bare))
    assert made is not None
    document = json.loads(made.document)
    assert document["home"] == document["bounds"]


def test_a_mark_says_when_and_leads_to_its_evidence(view: MapView) -> None:
    (event,) = layers(view)["Detections: dark event (1)"]["features"]
    about = event["properties"]
    assert about["time"] == "2023-10-10 02:16 UTC"
    assert (about["subject"], about["anchor"]) == ("s2_20231010-1", "event-dark-1")
    assert event["ring"] == pytest.approx([130.29025, 42.2255])
    (matched,) = layers(view)["Detections: matched (1)"]["features"]
    assert matched["properties"]["anchor"] == "tile-s2_20231010-rajin-overview"
    assert "ring" not in matched


def test_the_coast_lies_under_the_picture_with_its_credit(view: MapView) -> None:
    document = json.loads(view.document)
    (ground,) = document["land"]
    assert ground["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert "OpenStreetMap" in document["credit"]
    assert "ODbL" in document["credit"]


def test_where_no_coast_is_charted_there_is_no_land_and_no_credit() -> None:
    nothing, credit = land((9.5, 54.0, 10.5, 55.0))
    assert (nothing.features, credit) == ((), "")


@pytest.mark.skipif(BROWSER is None, reason="no chromium here")
def test_a_browser_draws_the_map_with_its_controls_and_marks(view: MapView, tmp_path: Path) -> None:
    out = map_page(view).write(tmp_path / "map.html")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    shown = subprocess.run(
        [str(BROWSER), *flags, out.as_uri()], capture_output=True, check=True, timeout=60, text=True
    ).stdout
    shown = re.sub(r"<script>.*?</script>", "", shown, flags=re.S)
    assert 'aria-label="Back to the berths"' in shown
    assert shown.count('class="swatch"') == len(layers(view)) + 1
    assert re.search(r'<path[^>]*tabindex="0"[^>]*aria-label="2023-10-10 02:16 UTC: \d+D: dark event', shown)
    assert "COASTER </script>" not in shown
