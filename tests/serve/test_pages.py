from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import quote

import httpx
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
        todo += [link for link in Outline(answer.text).links if link.startswith("/")]
    assert {"/", "/review", "/activity", "/api", "/ports/made"} <= seen
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


def test_the_page_of_a_port_has_coverage_before_counts(reader: httpx.Client) -> None:
    text = reader.get("/ports/made").text
    places = [text.index(f'id="{name}"') for name in ("coverage", "series", "timeline", "berths", "visits", "gaps")]
    assert places == sorted(places)


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
