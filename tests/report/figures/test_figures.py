"""Figures to publish: what stands in them, and that they are what their format says."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from monitor.core.errors import DataError
from monitor.core.tables.aviation import TIMELINE
from monitor.report import BriefInput
from monitor.report.charts.timeline import timeline_chart
from monitor.report.figures.encode import Figure
from monitor.report.figures.layout import Box, cells, fitted, regions, wrapped
from monitor.report.figures.model import SIZES, FigureContent
from monitor.report.figures.notes import read_notes
from monitor.report.figures.panels import chart_content, film_content, pair_content, tile_content, widened
from monitor.report.tiles.frames import around, overview
from monitor.report.tiles.observations import observations_of
from monitor.report.tiles.studio import Studio
from tests.report.made import PERIOD, brief_input, no_pixels, read_pixels


def studio(given: BriefInput) -> Studio:
    return Studio(given, given.aois[0], read_pixels)


def pair(*, simulated: bool = False) -> FigureContent:
    drawn = studio(brief_input(simulated=simulated))
    first, last = observations_of(drawn.given, "rajin")
    return pair_content(drawn, (first, last), overview(drawn.aoi))


def tile(*, simulated: bool = False) -> FigureContent:
    drawn = studio(brief_input(simulated=simulated))
    return tile_content(drawn, observations_of(drawn.given, "rajin")[-1], overview(drawn.aoi))


def image(content: FigureContent, size: str = "wide") -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(Figure(content, size).encoded("png"))).convert("RGB")).astype(int)


@pytest.mark.parametrize("size", SIZES)
def test_a_figure_has_the_size_that_was_asked_for(size: str) -> None:
    assert image(tile(), size).shape[1::-1] == SIZES[size]


def test_a_tile_says_what_it_shows_whose_pixels_they_are_and_of_which_scene() -> None:
    made = tile()
    assert "consistent with vessels are marked" in made.caption
    assert "Copernicus" in made.credit
    assert "2023" in made.credit
    assert "s2_20231010" in made.source
    assert not made.simulated


def test_made_up_pixels_say_simulated_in_words_pixels_and_metadata() -> None:
    made, real = tile(simulated=True), tile()
    assert made.last_line.startswith("SIMULATED")
    assert "Copernicus" not in made.last_line
    red = np.array([0xA1, 0x1D, 0x00])
    near = [(np.abs(image(content) - red).sum(axis=2) < 30).sum() for content in (made, real)]
    assert near[0] > 500 > near[1]
    with Image.open(io.BytesIO(Figure(made).encoded("png"))) as opened:
        assert str(opened.info["Description"]).startswith("SIMULATED")


def test_svg_is_vectors_with_a_title_and_nothing_from_outside() -> None:
    root = ElementTree.fromstring(Figure(tile()).encoded("svg"))
    text = ElementTree.tostring(root, encoding="unicode")
    assert "Rajin 라진 &lt;b&gt;: overview" in text
    assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) > 50
    links = [v for element in root.iter() for k, v in element.attrib.items() if k.endswith("href")]
    assert all(link.startswith(("#", "data:image/png")) for link in links)


def test_the_same_figure_gives_the_same_bytes() -> None:
    for form in ("png", "svg"):
        assert Figure(pair()).encoded(form) == Figure(pair()).encoded(form)


def test_an_animation_has_a_frame_an_observation() -> None:
    with Image.open(io.BytesIO(Figure(pair(), "square").encoded("gif"))) as made:
        assert made.n_frames == 2  # type: ignore[attr-defined]
        assert made.size == SIZES["square"]
        first = np.asarray(made.convert("RGB")).astype(int)
        made.seek(1)
        assert np.abs(np.asarray(made.convert("RGB")).astype(int) - first).max() > 50


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg here")
def test_a_video_is_one_that_players_open() -> None:
    made = Figure(pair(), "square").encoded("mp4")
    assert made[4:8] == b"ftyp"
    assert b"avc1" in made
    assert made.index(b"moov") < made.index(b"mdat")


def test_without_ffmpeg_a_video_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match=r"ffmpeg.*install it"):
        Figure(pair()).encoded("mp4")


def test_one_picture_is_no_animation_and_a_format_that_is_none_is_named() -> None:
    with pytest.raises(DataError, match="one picture is no animation"):
        Figure(tile()).encoded("gif")
    with pytest.raises(DataError, match="'bmp'; use one of png, svg, gif, mp4"):
        Figure(tile()).write("figure.bmp")
    with pytest.raises(DataError, match="'tall'; use one of wide, square, story"):
        Figure(tile(), "tall").encoded("png")


def test_pixels_that_are_gone_make_no_figure() -> None:
    given = brief_input()
    drawn = Studio(given, given.aois[0], no_pixels)
    with pytest.raises(DataError, match="not in the archive"):
        tile_content(drawn, observations_of(given, "rajin")[0], overview(drawn.aoi))


def test_a_film_says_that_nothing_is_known_in_between_and_needs_two() -> None:
    drawn = studio(brief_input())
    seen = observations_of(drawn.given, "rajin")
    whole = replace(PERIOD, start=seen[0].at)
    made = film_content(drawn, seen, overview(drawn.aoi), whole, "s2")
    assert len(made.panels) == 2
    assert "Nothing is known" in made.caption
    with pytest.raises(DataError, match=r"1 observation in .*needs two"):
        film_content(drawn, seen, overview(drawn.aoi), PERIOD, "s2")


def test_a_clouded_observation_says_so_on_its_picture() -> None:
    drawn = studio(brief_input(("partly", "observed")))
    seen = observations_of(drawn.given, "rajin")
    made = pair_content(drawn, (seen[0], seen[1]), overview(drawn.aoi))
    assert [panel.label.endswith("partly") for panel in made.panels] == [True, False]
    assert "60% of the water was seen (cloud)" in tile_content(drawn, seen[0], overview(drawn.aoi)).caption


def timeline() -> FigureContent:
    at = pd.Timestamp("2023-10-11", tz="UTC")
    texts = {"lane": "visit", "status": "closed", "claim": "A vessel <of> 90 m", "row_id": "v1"}
    row = {"start": at, "end": at + pd.Timedelta("1D")} | {
        name: texts.get(name, "") for name in TIMELINE.columns if name not in ("start", "end")
    }
    rows = TIMELINE.conform(pd.DataFrame([row]))
    return chart_content(brief_input(), timeline_chart("timeline-chart", rows, PERIOD), "Timeline")


def test_a_timeline_is_drawn_in_pixels_as_in_the_brief() -> None:
    pixels = image(timeline())
    green = (np.abs(pixels - np.array([0x00, 0x9E, 0x73])).sum(axis=2) < 12).sum()
    assert green > 1000


def notes_file(path: Path, *features: tuple[str, object, object]) -> Path:
    made = [
        {"type": "Feature", "properties": {"text": text}, "geometry": {"type": kind, "coordinates": places}}
        for kind, places, text in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}))
    return path


def test_arrows_and_labels_are_drawn_on_the_pixels(tmp_path: Path) -> None:
    path = notes_file(
        tmp_path / "notes.geojson",
        ("LineString", [[130.295, 42.236], [130.285, 42.230]], "crane"),
        ("Point", [130.280, 42.224], "창고 · склад"),
    )
    made = tile()
    plain, noted = image(made), image(replace(made, notes=read_notes(path)))
    assert (np.abs(plain - noted).sum(axis=2) > 60).sum() > 2000


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([("Polygon", [[[130, 42], [131, 42], [131, 43], [130, 42]]], "x")], "feature 1: neither a Point nor"),
        ([("Point", [130.28, 42.22], "")], "a label needs its words"),
        ([("Point", [130.28, 42.22], "x" * 81)], "at most 80 letters"),
        ([("Point", [4_700_000.0, 42.22], "x")], "EPSG:4326"),
        ([("Point", [], "x")], "feature 1"),
        ([], "holds no features"),
    ],
)
def test_a_wrong_note_is_named(tmp_path: Path, features: list[tuple[str, object, object]], said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_notes(notes_file(tmp_path / "notes.geojson", *features))


def test_a_note_off_the_figure_or_on_a_chart_is_refused(tmp_path: Path) -> None:
    notes = read_notes(notes_file(tmp_path / "n.geojson", ("Point", [10.0, 50.0], "elsewhere")))
    with pytest.raises(DataError, match="'elsewhere' lies outside"):
        replace(tile(), notes=notes)
    with pytest.raises(DataError, match="a chart has none"):
        replace(timeline(), notes=notes)


@pytest.mark.parametrize("number", [1, 2, 3, 5, 10, 16])
@pytest.mark.parametrize("size", SIZES)
def test_pictures_stand_inside_their_part_and_apart_from_one_another(number: int, size: str) -> None:
    part, words = regions(SIZES[size], beside=True)
    assert part.x + part.width <= words.x or words.y + words.height <= part.y
    made = cells(part, number, 1.4)
    for box in made:
        assert part.x - 1e-6 <= box.x <= box.x + box.width <= part.x + part.width + 1e-6
        assert part.y - 1e-6 <= box.y <= box.y + box.height <= part.y + part.height + 1e-6
        assert box.width / box.height == pytest.approx(1.4)
    assert len({(round(box.x, 3), round(box.y, 3)) for box in made}) == number


def test_words_are_wrapped_to_their_width_hangul_sooner() -> None:
    assert max(map(len, wrapped("word " * 60, 600, 20))) * 0.61 * 20 <= 600
    assert len(wrapped("라진항 " * 40, 600, 20)) > len(wrapped("abcd " * 40, 600, 20))
    assert fitted(Box(0, 0, 100, 50), 10, 10) == Box(25, 0, 50, 50)


def test_a_frame_takes_the_shape_of_its_picture() -> None:
    frame = widened(around("x", "x", 130.28, 42.23, side_m=2000), "story")
    assert frame.width_m == 2000
    assert frame.height_m == pytest.approx(2000 * 1208 / 1008, rel=0.01)
