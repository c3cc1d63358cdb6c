from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.core.tables import OBSERVATIONS
from monitor.fuse import Seen, compare, read_observations
from monitor.fuse.ledger import when
from tests.fuse.test_voyages import PORTS, _at, _visits


def _said(event: str, day: float, port: str = "Rajin", days: float = 1.0) -> pd.DataFrame:
    blank = dict.fromkeys(("berth", "vessel", "ais_status", "source", "confidence", "note"), "")
    return OBSERVATIONS.conform(pd.DataFrame([{
        "observation_id": "o1", "start": _at(day), "end": _at(day + days), "port": port, "event": event,
        "containers_low": None, "containers_high": None, **blank,
    }]))  # fmt: skip


def _states(*days: float, state: str = "empty") -> pd.DataFrame:
    return pd.DataFrame([
        {"scene_id": f"s{d}", "aoi_id": "rajin", "berth_id": "b", "acquired_at": _at(d), "state": state} for d in days
    ])  # fmt: skip


VISITS = _visits(("rajin", 0.0, 1.0, 2.0, 3.0, 120.0))


def _verdict(observation: pd.DataFrame, seen: Seen) -> str:
    return str(compare(observation, PORTS, seen).iloc[0]["verdict"])


def test_a_published_stay_within_ours_is_seen_by_both() -> None:
    table = compare(_said("docked", 1.2), PORTS, Seen(visits=VISITS))
    assert table["verdict"].tolist() == ["both"]
    assert table["visit_id"].tolist() == ["rajin|0"]


def test_a_published_stay_where_our_clear_looks_show_none_is_only_there() -> None:
    assert _verdict(_said("docked", 9.0), Seen(berth_states=_states(9.5))) == "only there"


def test_a_published_stay_on_a_cloudy_day_was_not_observable_and_says_why() -> None:
    coverage = pd.DataFrame({"scene_id": ["s"], "aoi_id": "rajin", "acquired_at": [_at(9.5)], "reason": "cloud"})
    table = compare(_said("docked", 9.0), PORTS, Seen(berth_states=_states(9.5, state="not observed"),
                                                      coverage=coverage))  # fmt: skip
    assert table["verdict"].tolist() == ["not observable"]
    assert "cloud" in table["reason"].iloc[0]


def test_a_published_absence_against_our_stay_is_only_here() -> None:
    assert _verdict(_said("absent", 1.2), Seen(visits=VISITS)) == "only here"


def test_a_published_absence_and_our_empty_look_agree() -> None:
    assert _verdict(_said("absent", 9.0), Seen(berth_states=_states(9.5))) == "both"


def test_totals_and_other_ports_are_not_compared() -> None:
    assert _verdict(_said("aggregate", 1.0), Seen(visits=VISITS)) == "not comparable"
    assert _verdict(_said("docked", 1.0, port="Vostochny"), Seen()) == "not comparable"


def test_our_stay_that_nobody_published_is_only_here() -> None:
    table = compare(_said("aggregate", 1.0), PORTS, Seen(visits=VISITS))
    assert table["verdict"].tolist() == ["not comparable", "only here"]


def test_stacks_published_are_compared_with_stacks_seen() -> None:
    stacks = pd.DataFrame({"aoi_id": ["rajin"], "acquired_at": [_at(1.5)], "area_m2": [900.0]})
    assert _verdict(_said("containers_seen", 1.0), Seen(stacks=stacks)) == "both"
    assert _verdict(_said("containers_seen", 1.0), Seen(stacks=stacks.assign(area_m2=0.0))) == "only there"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023-10-20", (2023, 10, 20), (2023, 10, 21)),
        ("2023-10", (2023, 10, 1), (2023, 11, 1)),
        ("2023-09/2023-12", (2023, 9, 1), (2024, 1, 1)),
        ("2023-08-26/2023-10-14", (2023, 8, 26), (2023, 10, 15)),
    ],
)
def test_a_date_is_as_wide_as_its_source_leaves_it(text: str, start: tuple[int, ...], end: tuple[int, ...]) -> None:
    span = when(text)
    assert span.start == datetime(*start, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert span.end == datetime(*end, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_an_hour_is_read_with_its_zone() -> None:
    assert when("2023-10-20T11:01+09:00").start == datetime(2023, 10, 20, 2, 1, tzinfo=UTC)


def test_the_published_observations_read_and_each_has_a_source() -> None:
    table = read_observations()
    assert len(table) == 65
    assert (table["source"] != "").all()
    assert (table["start"] < table["end"]).all()


def test_a_bad_date_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("date,port\n2023-10-01,Rajin\nlast week,Rajin\n")
    with pytest.raises(DataError, match="line 3"):
        read_observations(path)
