from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.core.errors import DataError
from monitor.sources.ais.ports import read_port_list

OFFICIAL = (
    "OID_,World Port Index Number,Region Name,Main Port Name,Alternate Port Name,UN/LOCODE,Country Code,Latitude,"
    "Longitude\n"
    "1,60510,North Korea -- 59950,Najin,Rajin,KP RJN,KP,42.233333,130.3\n"
    "2,60610,Russia,Vladivostok,,RU VVO,RU,43.108889,131.888333\n"
    "3,1,Nowhere,Null Island,,,XX,0,0\n"
    "4,2,Nowhere,Off The Map,,,XX,95,10\n"
)


def test_the_index_as_it_is_given_out_is_read(tmp_path: Path) -> None:
    path = tmp_path / "UpdatedPub150.csv"
    path.write_text("\ufeff" + OFFICIAL, encoding="utf-8")
    ports = read_port_list(path)
    assert ports["port_id"].tolist() == ["kp-najin", "ru-vladivostok"]
    assert ports["wpi_number"].tolist() == [60510, 60610]
    assert ports["lon"].tolist() == [130.3, 131.888333]
    assert ports["source"].tolist() == ["UpdatedPub150.csv"] * 2


def test_points_of_geojson_are_read(tmp_path: Path) -> None:
    path = tmp_path / "ports.geojson"
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [132.3494, 42.9047]}}
    features = [{**feature, "properties": {"PORT_NAME": "Dunai"}}, {"geometry": None, "properties": {"PORT_NAME": "?"}}]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    ports = read_port_list(path)
    assert ports[["port_id", "lon", "lat"]].to_numpy().tolist() == [["dunai", 132.3494, 42.9047]]


@pytest.mark.parametrize(("name", "text"), [("a.csv", "a,b\n1,2\n"), ("b.geojson", "{}"), ("c.csv", "")])
def test_a_file_that_is_no_list_of_ports_says_so(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=name):
        read_port_list(path)
