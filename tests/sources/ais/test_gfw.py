from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pandas.testing import assert_frame_equal
from shapely.geometry import box

from monitor.core.errors import SettingsError, SourceError
from monitor.core.tables import GAPS, PORT_CALLS, RADAR_PRESENCE
from monitor.core.timerange import TimeRange
from monitor.sources.ais.gfw import GfwClient

pytestmark = pytest.mark.loopback
PERIOD = TimeRange(datetime(2023, 8, 1, tzinfo=UTC), datetime(2023, 11, 1, tzinfo=UTC))
AREA = box(129.0, 41.0, 134.0, 44.0)


class StandIn:
    """Answers like the API: pages of events, faults first when told to."""

    def __init__(self) -> None:
        self.entries: list[object] = []
        self.faults: list[tuple[int, dict[str, str]]] = []
        self.asked: list[tuple[str, dict[str, list[str]], dict[str, object], str]] = []
        self.raw: bytes | None = None
        self.stuck = False
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                url = urlsplit(self.path)
                asked = parse_qs(url.query)
                stand_in.asked.append((url.path, asked, body, self.headers["Authorization"]))
                status, headers, content = stand_in.answer(url.path, asked)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v3"

    def answer(self, path: str, asked: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        if self.faults:
            status, headers = self.faults.pop(0)
            return status, headers, b'{"error": "no"}'
        if self.raw is not None:
            return 200, {}, self.raw
        if path.endswith("/report"):
            return 200, {}, json.dumps({"total": 1, "entries": self.entries}).encode()
        offset, limit = int(asked["offset"][0]), int(asked["limit"][0])
        following = offset if self.stuck else offset + limit
        page = {"entries": self.entries[offset : offset + limit], "total": len(self.entries), "nextOffset": None}
        if offset + limit < len(self.entries):
            page["nextOffset"] = following
        return 200, {}, json.dumps(page).encode()


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    made = StandIn()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(stand_in: StandIn, waits: list[float]) -> GfwClient:
    return GfwClient("a-secret", stand_in.url, page=2, sleep=waits.append)


@pytest.fixture
def event(shared_data: Path) -> dict[str, object]:
    path = shared_data / "ais" / "gfw_api" / "events" / "event_item.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_gaps_of_all_pages_arrive_as_our_table(client: GfwClient, stand_in: StandIn, event: dict[str, object]) -> None:
    stand_in.entries = [{**event, "id": f"e{i}", "start": f"2023-08-0{i + 1}T00:00:00Z"} for i in range(5)]
    gaps = client.gaps(PERIOD, AREA)
    assert gaps["gap_id"].tolist() == [f"gfw-e{i}" for i in range(5)]
    first = gaps.iloc[0]
    assert (first["mmsi"], first["start_lon"], first["end_lat"]) == (235063795, 65.0670116667, -14.4101933333)
    assert first["distance_m"] == pytest.approx(55_510.93)
    assert first["positions_before_12h"] == 23
    assert not first["is_closed"]
    assert [asked[1]["offset"] for asked in stand_in.asked] == [["0"], ["2"], ["4"]]
    assert stand_in.asked[0][2]["startDate"] == "2023-08-01"
    assert stand_in.asked[0][3] == "Bearer a-secret"


def test_port_visits_arrive_as_port_calls(client: GfwClient, stand_in: StandIn, event: dict[str, object]) -> None:
    stand_in.entries = [{**event, "end": "2016-12-18T00:00:00Z"}]
    calls = client.port_visits(PERIOD, AREA)
    assert calls[["port_id", "confidence"]].to_numpy().tolist() == [["can-vancouver", 2]]


def test_radar_presence_is_read_under_the_datasets_name(
    client: GfwClient, stand_in: StandIn, shared_data: Path
) -> None:
    path = shared_data / "ais" / "gfw_api" / "fourwings" / "fourwings_report_item.json"
    row = json.loads(path.read_text(encoding="utf-8"))
    stand_in.entries = [{"public-global-sar-presence:v3.0": [row, {**row, "mmsi": "", "detections": 2}]}]
    found = client.radar_presence(PERIOD, AREA)
    assert found["detections"].tolist() == [1, 2]
    assert found["mmsi"].isna().tolist() == [False, True]
    assert stand_in.asked[0][1]["datasets[0]"] == ["public-global-sar-presence:latest"]


def test_nothing_found_gives_the_empty_tables(client: GfwClient) -> None:
    assert_frame_equal(client.gaps(PERIOD, AREA), GAPS.empty())
    assert_frame_equal(client.port_visits(PERIOD, AREA), PORT_CALLS.empty())
    assert_frame_equal(client.radar_presence(PERIOD, AREA), RADAR_PRESENCE.empty())


def test_events_without_a_place_are_passed_over_and_said(
    client: GfwClient, stand_in: StandIn, event: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.entries = [{**event, "gap": None}, {**event, "vessel": {}}, event]
    with caplog.at_level(logging.WARNING):
        assert len(client.gaps(PERIOD, AREA)) == 1
    assert "2 events" in caplog.text


def test_a_rate_limit_is_waited_out(client: GfwClient, stand_in: StandIn, waits: list[float]) -> None:
    stand_in.faults = [(429, {"Retry-After": "7"}), (503, {})]
    assert client.gaps(PERIOD, AREA).empty
    assert waits == [7.0, 4.0]


def test_a_service_that_stays_down_is_a_passing_fault(client: GfwClient, stand_in: StandIn, waits: list[float]) -> None:
    stand_in.faults = [(500, {})] * 9
    with pytest.raises(SourceError, match="after 5 tries") as caught:
        client.gaps(PERIOD, AREA)
    assert caught.value.transient
    assert len(waits) == 4


@pytest.mark.parametrize(("status", "advice"), [(401, "renew"), (403, "access"), (422, "it says")])
def test_a_refusal_is_not_tried_again(client: GfwClient, stand_in: StandIn, status: int, advice: str) -> None:
    stand_in.faults = [(status, {})]
    with pytest.raises(SourceError, match=advice) as caught:
        client.gaps(PERIOD, AREA)
    assert not caught.value.transient
    assert len(stand_in.asked) == 1


@pytest.mark.parametrize("raw", [b"<html>", b"[]", b'{"entries": 3}'])
def test_an_answer_that_is_something_else_is_refused(client: GfwClient, stand_in: StandIn, raw: bytes) -> None:
    stand_in.raw = raw
    with pytest.raises(SourceError):
        client.gaps(PERIOD, AREA)


def test_pages_that_go_in_circles_end(client: GfwClient, stand_in: StandIn, event: dict[str, object]) -> None:
    stand_in.entries, stand_in.stuck = [event] * 5, True
    with pytest.raises(SourceError, match="page after 0"):
        client.gaps(PERIOD, AREA)


def test_no_server_is_a_passing_fault(waits: list[float]) -> None:
    client = GfwClient("a-secret", "http://127.0.0.1:9/v3", attempts=2, sleep=waits.append)
    with pytest.raises(SourceError, match="no answer") as caught:
        client.gaps(PERIOD, AREA)
    assert caught.value.transient


def test_the_token_comes_from_the_environment_and_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_GFW__TOKEN", "a-secret")
    assert "a-secret" not in repr(GfwClient.from_environment())
    monkeypatch.delenv("MONITOR_GFW__TOKEN")
    with pytest.raises(SettingsError, match="MONITOR_GFW__TOKEN"):
        GfwClient.from_environment()
