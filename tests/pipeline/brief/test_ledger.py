from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.aoi import read_aoi, read_aois
from monitor.core.errors import DataError
from monitor.core.tableset import TableSet
from monitor.pipeline.brief import ledger as steps
from monitor.store.archive import Archive
from tests.pipeline.contexts import context

HEAD = "date,port,event,source,confidence\n"


def _file(folder: Path, text: str) -> Path:
    path = folder / "mine.csv"
    path.write_text(HEAD + text)
    return path


def test_sightings_stand_beside_what_was_published_with_their_origin(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    published = steps.observations(archive)
    assert set(published["origin"]) == {"published"}
    assert steps.add_sightings(archive, _file(tmp_path, "2023-10-05,rajin,docked,own,high\n")) == 1
    both = steps.observations(archive)
    assert both["origin"].value_counts().to_dict() == {"published": len(published), "own": 1}


def test_a_file_of_the_same_name_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    steps.add_sightings(archive, _file(tmp_path, "2023-10-05,rajin,docked,own,high\n"))
    steps.add_sightings(archive, _file(tmp_path, "2023-10-06,rajin,absent,own,low\n"))
    own = steps.observations(archive).query("origin == 'own'")
    assert own["event"].tolist() == ["absent"]


def test_a_wrong_file_changes_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    with pytest.raises(DataError, match="line 2"):
        steps.add_sightings(archive, _file(tmp_path, "soon,rajin,docked,own,high\n"))
    assert set(steps.observations(archive)["origin"]) == {"published"}


def test_without_an_archive_all_is_not_observable_or_not_comparable(tmp_path: Path, repository: Path) -> None:
    ports = read_aois(repository / "aoi")
    table = steps.compare_ledger(context(Archive(tmp_path), *ports), TableSet())
    assert set(table["verdict"]) == {"not_observable", "not_comparable"}
    assert "ours" not in set(table["origin"])


def test_what_was_published_of_other_ports_is_left_out(tmp_path: Path, repository: Path) -> None:
    archive, dunai = Archive(tmp_path / "archive"), read_aoi(repository / "aoi" / "dunai.geojson")
    steps.add_sightings(archive, _file(tmp_path, "2023-10-05,elsewhere,docked,own,high\n"))
    table = steps.compare_ledger(context(archive, dunai), TableSet())
    assert all("dunai" in port.casefold() for port in table.loc[table["origin"] == "published", "port"])
    assert (table["origin"] == "own").sum() == 1
    assert (table["origin"] == "published").sum() > 1
