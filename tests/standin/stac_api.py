"""A STAC API on 127.0.0.1 over files in a folder, with ranges, so that GDAL reads COGs as it would from a bucket."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from shapely.geometry import shape

from monitor.core.timerange import utc

_CONFORMS = [
    "https://api.stacspec.org/v1.0.0/core",
    "https://api.stacspec.org/v1.0.0/item-search",
    "https://api.stacspec.org/v1.0.0/collections",
]


class StacApi:
    """Serves `items` (dicts; ``{url}`` in hrefs stands for the server) and the files of `folder`."""

    def __init__(self, folder: Path, items: list[dict]) -> None:
        self.folder, self.asked, self.status = folder, [], 0
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.api = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.items = [json.loads(json.dumps(item).replace("{url}", self.url)) for item in items]

    def __enter__(self) -> StacApi:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def landing(self) -> dict:
        return {
            "type": "Catalog",
            "id": "standin",
            "stac_version": "1.0.0",
            "description": "x",
            "conformsTo": _CONFORMS,
            "links": [
                {"rel": "root", "href": self.url, "type": "application/json"},
                {"rel": "self", "href": self.url, "type": "application/json"},
                {"rel": "data", "href": f"{self.url}/collections", "type": "application/json"},
                {"rel": "search", "href": f"{self.url}/search", "type": "application/geo+json", "method": "POST"},
            ],
        }

    def search(self, body: dict) -> dict:
        found = [item for item in self.items if item["collection"] in body["collections"]]
        if "ids" in body:
            found = [item for item in found if item["id"] in body["ids"]]
        if "intersects" in body:
            area = shape(body["intersects"])
            found = [item for item in found if shape(item["geometry"]).intersects(area)]
        if "datetime" in body:
            start, end = (utc(part) for part in body["datetime"].split("/"))
            found = [item for item in found if start <= utc(item["properties"]["datetime"]) <= end]
        offset, page = body.get("token", 0), 2
        links = []
        if offset + page < len(found):
            more = {**body, "token": offset + page}
            links = [{"rel": "next", "href": f"{self.url}/search", "method": "POST", "body": more}]
        return {"type": "FeatureCollection", "features": found[offset : offset + page], "links": links}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    api: StacApi

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        api = self.server.api
        api.asked.append(self.path)
        file = api.folder / self.path.lstrip("/")
        if self.path in ("", "/"):
            self.send(api.status or 200, json.dumps(api.landing()).encode(), "application/json")
        elif not file.is_file():
            self.send(404, b"{}", "application/json")
        else:
            self.send_file(file.read_bytes())

    def do_POST(self) -> None:
        api = self.server.api
        api.asked.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if api.status:
            self.send(api.status, b"{}", "application/json")
        else:
            self.send(200, json.dumps(api.search(body)).encode(), "application/geo+json")

    def send_file(self, content: bytes) -> None:
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not found:
            self.send(200, content, "image/tiff")
            return
        start, end = int(found[1]), min(int(found[2] or len(content) - 1), len(content) - 1)
        span = {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
        self.send(206 if start < len(content) else 416, content[start : end + 1], "image/tiff", span)

    def send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Accept-Ranges", "bytes")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
