from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import httpx
import pyogrio
import pytest

from monitor.workspace.workspace import Workspace
from tests.serve.conftest import served

pytestmark = [pytest.mark.loopback, pytest.mark.weights, pytest.mark.slow]


class Outline(HTMLParser):
    """What a page consists of: links, ids, pictures without words, headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.mute = 0
        self.h1 = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        self.mute += tag == "img" and not given.get("alt")
        self.h1 += tag == "h1"


def test_every_link_leads_somewhere(reader: httpx.Client) -> None:
    todo, seen = ["/"], set[str]()
    while todo:
        path = todo.pop().split("#")[0]
        if path in seen or not path or "show=" in path:
            continue
        seen.add(path)
        answer = reader.get(path)
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        todo += [link for link in Outline(answer.text).links if link.startswith("/")]
    assert {"/", "/review", "/activity", "/api", "/ports/made", "/ports/made?tab=ais"} <= seen
    assert {"/ports/made?tab=files", "/downloads/made/gpkg", "/downloads/made/csv"} <= seen
    assert any(path.startswith("/evidence/") for path in seen)


@pytest.mark.parametrize("path", ["/", "/review?show=findings", "/ports/made", "/activity", "/api"])
def test_a_page_has_one_title_and_words_for_every_picture(reader: httpx.Client, path: str) -> None:
    outline = Outline(reader.get(path).text)
    assert outline.h1 == 1
    assert outline.mute == 0
    assert len(outline.ids) == len(set(outline.ids))


def test_a_card_says_when_it_was_last_looked_and_how_long_ais_was_heard(reader: httpx.Client) -> None:
    port = reader.get("/api/ports").json()[0]
    assert port["last_observation"].startswith("2023-09-15")
    assert port["clear_observations_7d"] == 2
    assert 0 < port["ais_hours_7d"] <= 168
    text = reader.get("/").text
    assert "2023-09-15 02:16 UTC" in text
    assert f"{port['ais_hours_7d']} of 168 hours" in text


def test_the_axis_of_a_port_begins_with_its_first_day(reader: httpx.Client) -> None:
    strip = reader.get("/ports/made").text.split('id="coverage-strip"')[1].split("</svg>")[0]
    assert set(re.findall(r">\d\d ([A-Z][a-z]{2})<", strip)) == {"Sep"}


def tabs(reader: httpx.Client) -> dict[str, str]:
    """The address and text of each tab of the port's page, in the order of its tabs."""
    bar = reader.get("/ports/made").text.split('<nav class="tabs"')[1].split("</nav>")[0]
    return {path: reader.get(path).text for path in re.findall(r'href="([^"]+)"', bar)}


def test_the_tabs_of_a_port_have_coverage_before_counts(reader: httpx.Client) -> None:
    text = "".join(tabs(reader).values())
    places = [text.index(f'id="{name}"') for name in ("coverage", "series", "timeline", "berths", "visits", "gaps")]
    assert places == sorted(places)
    for name in ("map", "coverage", "series", "berths", "visits", "stacks", "voyages", "ais", "gaps", "briefs"):
        assert text.count(f'<h2 id="{name}"') == 1, name


def test_each_tab_marks_itself_and_needs_no_script(reader: httpx.Client) -> None:
    made = tabs(reader)
    assert len(made) >= 7
    for path, text in made.items():
        bar = text.split('<nav class="tabs"')[1].split("</nav>")[0]
        assert re.findall(r'href="([^"]+)" aria-current="page"', bar) == [path]
    assert '<h2 id="map"' in reader.get("/ports/made?tab=<b>").text


def test_a_port_links_its_briefs_and_no_other_file(workspace: Workspace) -> None:
    (made,) = (workspace.root / "reports").glob("brief_*.html")
    alone = made.with_name(made.name.replace("brief_", "made_"))
    alone.write_bytes(made.read_bytes())
    (workspace.root / "reports" / "secret.html").symlink_to(workspace.root / "monitor.toml")
    with served(workspace) as client:
        text = client.get("/ports/made?tab=files").text
        assert f'<a href="/reports/{made.name}">Brief of all ports, 2023-' in text
        assert f'<a href="/reports/{alone.name}">Brief of ' in text
        assert "secret.html" not in text
        answer = client.get(f"/reports/{made.name}")
        assert answer.content == made.read_bytes()
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox allow-scripts allow-downloads;")
        assert "allow-same-origin" not in policy
        for name in ("nothing.html", "secret.html", "..%2fmonitor.toml"):
            assert client.get(f"/reports/{name}").status_code == 404


def test_downloads_are_what_an_export_writes(reader: httpx.Client, finished: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(finished)
    (tmp_path / "made.gpkg").write_bytes(reader.get("/downloads/made/gpkg").content)
    (exported,) = workspace.export(tmp_path / "again.gpkg", format="gpkg", aoi="made")
    layers = {str(name) for name, _ in pyogrio.list_layers(exported)}
    assert layers == {str(name) for name, _ in pyogrio.list_layers(tmp_path / "made.gpkg")}
    ships = pyogrio.read_dataframe(tmp_path / "made.gpkg", layer="detections")
    assert len(ships) == len(workspace.detections("made")) > 0
    with zipfile.ZipFile(io.BytesIO(reader.get("/downloads/made/csv").content)) as packed:
        for path in workspace.export(tmp_path / "csv", format="csv", aoi="made"):
            assert packed.read(path.name) == path.read_bytes()
    assert reader.get("/downloads/nowhere/gpkg").status_code == 404


def test_a_port_or_picture_that_is_not_there_is_said_to_be_so(reader: httpx.Client) -> None:
    assert reader.get("/ports/nowhere").status_code == 404
    assert "no port" in reader.get("/ports/nowhere").text
    assert reader.get("/evidence/nothing").status_code == 404
    assert reader.get("/pictures/nothing").status_code == 404
    assert reader.get("/api/tables/nothing").json()["error"].startswith("no table")


def test_a_chip_is_a_picture_of_the_detection(reader: httpx.Client) -> None:
    ships = reader.get("/api/tables/detections").json()["rows"]
    answer = reader.get("/pictures/" + quote(ships[0]["detection_id"]))
    assert answer.headers["content-type"] == "image/webp"
    assert answer.content[8:12] == b"WEBP"


def test_the_map_of_an_observation_has_its_picture_and_layers(reader: httpx.Client) -> None:
    page = reader.get("/ports/made").text
    observation = re.findall(r'<option value="([^"]+)"', page)[0]
    assert '"?observation="' in reader.get("/static/port.js").text
    document = reader.get("/api/ports/made/map", params={"observation": observation}).json()
    assert document["image"].startswith("data:image/")
    assert any(layer["name"].startswith("Detections") for layer in document["layers"])


def test_tables_are_paged_and_say_how_many_rows_there_are(reader: httpx.Client) -> None:
    first = reader.get("/api/tables/positions", params={"limit": 3}).json()
    assert len(first["rows"]) == 3
    assert first["total"] > 3
    second = reader.get("/api/tables/positions", params={"limit": 3, "offset": 3}).json()
    assert second["rows"] != first["rows"]
    day = reader.get("/api/tables/detections", params={"aoi": "made", "period": "2023-09-05"}).json()
    assert {row["acquired_at"][:10] for row in day["rows"]} == {"2023-09-05"}
    assert day["rows"][0]["geometry"]["type"] == "Polygon"


def test_the_description_names_every_request(reader: httpx.Client) -> None:
    described = reader.get("/api/openapi.json").json()
    listed = reader.get("/api").text
    for path in described["paths"]:
        assert path in listed
    assert "/api/reviews" in described["paths"]


def test_readers_meet_no_error_while_tables_are_written(workspace: Workspace) -> None:
    paths = ("/", "/ports/made", "/review", "/api/tables/matches", "/api/findings")
    with served(workspace) as client, ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(client.get, paths[n % len(paths)]) for n in range(18)]
        workspace.review(workspace.detections()["detection_id"].iloc[0], "reject")
        workspace.correlate()
        answers += [pool.submit(client.get, path) for path in paths]
        assert {answer.result().status_code for answer in answers} == {200}


def test_home_shows_the_newest_tile_and_headline_of_each_port(reader: httpx.Client) -> None:
    text = reader.get("/").text
    assert re.search(r'<img src="/tiles/made"[^>]*alt="Newest tile of [^"]*, 2023-09-15 02:16 UTC"', text)
    assert re.search(r'<p class="claim">[^<]{20,}', text)
    answer = reader.get("/tiles/made")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.content[8:12] == b"WEBP"
    assert reader.get("/tiles/nowhere").status_code == 404


def test_an_address_that_no_page_has_is_answered_in_the_style_of_the_site(reader: httpx.Client) -> None:
    answer = reader.get("/nope/<b>")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "there is no such page" in answer.text
    assert "<b>" not in answer.text
    assert '<a href="/review">' in answer.text
    assert reader.get("/api/nope").json() == {"error": "/api/nope: there is no such page"}


def test_hangul_comes_from_this_server_alone(reader: httpx.Client) -> None:
    answer = reader.get("/static/hangul.otf")
    assert answer.content[:4] == b"OTTO"
    assert "font-src 'self'" in answer.headers["content-security-policy"]
    assert 'url("/static/hangul.otf")' in reader.get("/static/page.css").text


def test_the_first_card_of_the_queue_takes_the_focus(reader: httpx.Client) -> None:
    assert "items()[0].focus" in reader.get("/static/review.js").text
    assert 'tabindex="0" data-subject' in reader.get("/review").text


def test_the_keys_of_the_review_page_stand_on_it(reader: httpx.Client) -> None:
    legend = reader.get("/review").text.split('<ul class="keys"')[1].split("</ul>")[0]
    script = reader.get("/static/review.js").text
    for key, words in (("k", "keep"), ("r", "reject"), ("f", "fixed object"), ("u", "unsure")):
        assert f"<kbd>{key}</kbd> {words}" in legend
        assert f"{key}: " in script
    assert "<kbd>Enter</kbd> evidence" in legend
