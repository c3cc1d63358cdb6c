from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais import decode
from pyais.encode import encode_dict

from monitor.ais.decoding import decode_reports


def payload_of(fields: dict[str, object]) -> bytes:
    return encode_dict(fields)[0].split(",")[5].encode()


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from([1, 2, 3, 18, 19, 27]),
    mmsi=st.integers(0, 999_999_999),
    lon=st.floats(-181, 181),
    lat=st.floats(-91, 91),
    speed=st.integers(0, 62),
    course=st.integers(0, 359),
    heading=st.integers(0, 511),
    second=st.integers(0, 63),
)
def test_every_field_is_as_pyais_decodes_it(
    kind: int, mmsi: int, lon: float, lat: float, speed: int, course: int, heading: int, second: int
) -> None:
    payload = payload_of(
        {
            "type": kind,
            "mmsi": mmsi,
            "lon": lon,
            "lat": lat,
            "speed": speed,
            "course": course,
            "heading": heading,
            "second": second,
        }
    )
    expected = decode(b"!AIVDM,1,1,,A," + payload + b",0*00").asdict()
    ours = decode_reports([payload])
    assert ours.ok[0]
    assert ours.mmsi[0] == int(expected["mmsi"])
    assert abs(ours.lon[0] - expected["lon"]) < 1e-6
    assert abs(ours.lat[0] - expected["lat"]) < 1e-6
    assert abs(ours.sog_kn[0] - expected["speed"]) < 1e-9
    assert abs(ours.cog_deg[0] - expected["course"]) < 1e-9
    if kind != 27:
        assert ours.heading_deg[0] == expected["heading"]
        assert ours.second[0] == expected["second"]


def test_many_at_once_are_as_one_by_one() -> None:
    payloads = [b"15NBj>PP1gG>1PVKTDTUJOv00<0M", b"B39H9GP0;@H136UI3ijEowU5oP06", b"KEkV@caow3vMnRkg20"]
    together = decode_reports(payloads)
    for i, payload in enumerate(payloads):
        alone = decode_reports([payload])
        assert together.mmsi[i] == alone.mmsi[0]
        assert together.lon[i] == alone.lon[0]


def test_short_foreign_and_illegal_payloads_are_not_ok() -> None:
    reports = decode_reports([b"15NBj", b"402R3Wiuef:dO0tgkNOgc?A00HBd", b"15NBj>PP1gG>1PVKTDT~JOv00<0M"])
    assert not reports.ok.any()
    assert np.isnan(reports.lon).all()


def test_nothing_gives_nothing() -> None:
    assert len(decode_reports([]).mmsi) == 0
