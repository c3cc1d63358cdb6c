from pathlib import Path

import pandas as pd
import pytest

from monitor.fuse import identify, read_watchlist
from tests.fuse.voyages.test_links import PORTS, _at, _visits


def _of(length: float, **more: object) -> pd.DataFrame:
    visits = _visits(("rajin", 0.0, 1.0, 2.0, 3.0, length))
    return identify(visits, read_watchlist(), aois=PORTS, **more)  # type: ignore[arg-type]


def test_probabilities_of_a_visit_add_to_one() -> None:
    assert _of(120.0)["probability"].sum() == pytest.approx(1.0)


def test_a_length_of_120_m_cannot_tell_angara_from_lady_r() -> None:
    table = _of(120.0).set_index("candidate")
    assert table["probability"].max() < 0.55
    assert table.loc["Angara", "probability"] == pytest.approx(table.loc["Lady R", "probability"], rel=0.5)


def test_a_length_of_136_m_favours_maia_1() -> None:
    table = _of(136.0).set_index("candidate")
    assert table.loc["Maia-1", "probability"] > 2 * table.loc["Angara", "probability"]


def test_look_alikes_are_listed_with_the_ship_that_they_resemble() -> None:
    assert {"Angara", "Adler", "another ship"} <= set(_of(120.0)["candidate"])


def test_a_ship_of_60_m_is_none_of_them() -> None:
    table = _of(60.0).set_index("candidate")
    assert table["rank"].idxmin() == "another ship"
    assert "No ship of the watch list" in table["wording"].iloc[0]


def test_a_ship_known_elsewhere_is_excluded_and_named_as_such() -> None:
    away = pd.DataFrame({"name": ["Angara"], "aoi_id": ["zhoushan"], "start": [_at(0)], "end": [_at(9)]})
    table = _of(120.0, elsewhere=away)
    assert "Angara" not in set(table["candidate"])
    assert "Elsewhere at the time: Angara" in table["wording"].iloc[0]


def test_a_ship_on_ais_far_away_is_excluded() -> None:
    listed = read_watchlist()
    listed.loc[listed["name"] == "Angara", "mmsi"] = 5
    visits = _visits(("rajin", 0.0, 1.0, 2.0, 3.0, 120.0))
    fixes = pd.DataFrame({"mmsi": [5], "t": [_at(1.5)], "lon": [122.0], "lat": [30.0]})
    assert "Angara" not in set(identify(visits, listed, positions=fixes, aois=PORTS)["candidate"])


def test_no_wording_names_a_ship_without_ais() -> None:
    assert not _of(120.0)["wording"].str.contains("identified").any()


def test_ais_gives_the_right_to_a_name() -> None:
    visits = _visits(("rajin", 0.0, 1.0, 2.0, 3.0, 120.0)).assign(mmsi=pd.array([273], dtype="Int64"))
    table = identify(visits, read_watchlist())
    assert table["wording"].tolist() == ["MMSI 273, identified by AIS."]


def test_the_watch_list_guesses_no_mmsi() -> None:
    assert read_watchlist()["mmsi"].isna().all()


def test_far_from_where_the_list_looks_a_ship_of_like_length_is_another() -> None:
    visits = _visits(("rajin", 0.0, 1.0, 2.0, 3.0, 120.0)).assign(aoi_id="genoa")
    table = identify(visits, read_watchlist()).set_index("candidate")
    assert table.loc["another ship", "probability"] > 0.97
    assert list(table.index) == ["another ship"]


def test_a_row_that_names_an_aoi_counts_there_alone() -> None:
    listed = read_watchlist().assign(aois="genoa dunai")
    visits = _visits(("rajin", 0.0, 1.0, 2.0, 3.0, 120.0))
    assert list(identify(visits, listed)["candidate"]) == ["another ship"]
    assert "Angara" in set(identify(visits.assign(aoi_id="genoa"), listed)["candidate"])


def test_a_list_without_aois_reads_with_a_warning_and_names_nobody_by_length(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "old.csv"
    read_watchlist().drop(columns="aois").to_csv(path, index=False)
    old = read_watchlist(path)
    assert "aois" in caplog.text
    assert set(old["aois"]) == {""}
    visits = _visits(("rajin", 0.0, 1.0, 2.0, 3.0, 120.0))
    for table in (identify(visits, old), identify(visits, old.drop(columns="aois"))):
        assert list(table["candidate"]) == ["another ship"]
