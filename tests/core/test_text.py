from __future__ import annotations

import pandas as pd
from shapely.geometry import box, mapping

from monitor.core.aoi import parse_aoi
from monitor.core.tables import VESSELS
from monitor.core.text import plain, public_url


def test_what_colours_moves_or_reverses_is_replaced() -> None:
    assert plain("Rajin\x1b[31m\r\x07\x9b2J") == "Rajin\ufffd[31m\ufffd\ufffd\ufffd2J"
    assert plain("a\u202eb\udc80") == "a\ufffdb\ufffd"


def test_text_of_any_script_stays() -> None:
    text = "Rajin (라진)\n\tНаджин – Müller"
    assert plain(text) == text


def test_a_url_is_shown_without_its_secrets() -> None:
    assert public_url("https://user:hush@host:8443/v1?key=hush#hush") == "https://host:8443/v1"
    assert public_url("http://[::1]:80/x") == "http://[::1]:80/x"
    assert public_url("https://host/v1") == "https://host/v1"
    assert public_url("http://host:port/") == "a URL that cannot be read"


def test_text_is_cleaned_where_it_comes_in() -> None:
    odd, clean = "Angara\x1b[31m\u202e\udc80", "Angara\ufffd[31m\ufffd\ufffd"
    rows = (
        VESSELS.empty()
        .reindex(range(2))
        .assign(mmsi=[273000001, 273000002], name=pd.Series([odd, "Мария"], dtype=object))
    )
    assert VESSELS.conform(rows.astype({"mmsi": "int64"}))["name"].tolist() == [clean, "Мария"]
    port = {
        "type": "Feature",
        "properties": {"name": odd, "note": odd},
        "geometry": mapping(box(18.4, 54.5, 18.5, 54.6)),
    }
    aoi = parse_aoi({"type": "FeatureCollection", "features": [port], "title": odd}, id="gdynia")
    assert {aoi.name, aoi.zones[0].name, aoi.zones[0].note} == {clean}
