from datetime import timedelta

import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.aoi import Aoi
from monitor.core.tables import VISITS, VOYAGES
from monitor.fuse import link_voyages
from tests.fuse.conftest import AT

PORTS = tuple(
    Aoi(name, name.title(), Point(*place).buffer(0.02), (), 32652)
    for name, place in (("rajin", (130.285, 42.228)), ("dunai", (132.36, 42.897)))
)


def _at(day: float) -> pd.Timestamp:
    return pd.Timestamp(AT) + timedelta(days=day)


def _visits(*rows: tuple[str, float, float, float, float, float]) -> pd.DataFrame:
    """Port, then the four bounds in days, then length; a NaN bound is open."""
    table = pd.DataFrame(
        [
            {
                "visit_id": f"{port}|{number}",
                "aoi_id": port,
                "berth_id": f"{port}_b",
                "length_m": length,
                "length_low_m": length - 12,
                "length_high_m": length + 12,
                "is_open": pd.isna(last),
                **{
                    name: pd.NaT if pd.isna(day) else _at(day)
                    for name, day in zip(
                        ("arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after"),
                        (first, came, left, last),
                        strict=True,
                    )
                },
            }
            for number, (port, first, came, left, last, length) in enumerate(rows)
        ]
    )
    for name in ("arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after"):
        table[name] = pd.to_datetime(table[name], utc=True).astype("datetime64[us, UTC]")
    table["mmsi"] = pd.array([pd.NA] * len(table), dtype="Int64")
    return VISITS.conform(table.assign(observations=2, detection_ids="", evidence="imagery", probability=0.95))


Stay = tuple[str, float, float, float, float, float]


def _shuttle(trips: int, length: float = 120.0, start: float = 0.0) -> list[Stay]:
    rows = []
    for trip in range(trips):
        day = start + 5.0 * trip
        rows.append(("rajin", day - 0.5, day + 0.2, day + 1.2, day + 1.7, length))
        rows.append(("dunai", day + 1.9, day + 2.3, day + 3.4, day + 3.9, length))
    return rows


def test_a_stay_that_ended_is_linked_to_one_that_began_a_passage_later() -> None:
    linked = link_voyages(_visits(*_shuttle(1)), PORTS)
    leg = linked.voyages.iloc[0]
    assert (leg["from_port"], leg["to_port"]) == ("rajin", "dunai")
    assert 6.0 < leg["duration_h"] < 30.0
    assert leg["evidence"] == "imagery"
    assert leg["probability"] > 0.5


def test_a_passage_faster_than_a_ship_sails_is_no_link() -> None:
    rows = [("rajin", -1.0, 0.0, 1.0, 1.05, 120.0), ("dunai", 1.0, 1.15, 2.0, 3.0, 120.0)]
    assert link_voyages(_visits(*rows), PORTS).links.empty


def test_another_length_is_no_link() -> None:
    rows = _shuttle(1)
    rows[1] = (*rows[1][:5], 60.0)
    assert link_voyages(_visits(*rows), PORTS).voyages.empty


def test_a_ship_still_in_port_has_not_sailed() -> None:
    rows = [("rajin", -0.5, 0.2, 1.2, float("nan"), 120.0), ("dunai", 1.9, 2.3, 3.4, 3.9, 120.0)]
    assert link_voyages(_visits(*rows), PORTS).voyages.empty


def test_competing_links_are_kept_with_their_probabilities() -> None:
    rows = [*_shuttle(1)[:1], ("dunai", 1.9, 2.3, 3.4, 3.9, 120.0), ("dunai", 2.0, 2.4, 3.4, 3.9, 118.0)]
    links = link_voyages(_visits(*rows), PORTS).links
    assert len(links) == 2
    assert links["is_chosen"].sum() == 1
    assert 0.4 < links["probability"].sum() < 1.3
    assert not (links["probability"] > 0.9).any()


def test_two_ships_of_different_length_are_kept_apart() -> None:
    rows = [*_shuttle(4), *_shuttle(4, length=80.0, start=0.3)]
    linked = link_voyages(_visits(*rows), PORTS)
    assert len(linked.shuttles) == 2
    assert sorted(round(v) for v in linked.shuttles["length_m"]) == [80, 120]


def test_a_pair_that_repeats_is_a_shuttle_with_its_period() -> None:
    linked = link_voyages(_visits(*_shuttle(6)), PORTS)
    row = linked.shuttles.iloc[0]
    assert {row["port_a"], row["port_b"]} == {"rajin", "dunai"}
    assert row["legs"] == 11
    assert row["period_days"] == pytest.approx(5.0, abs=0.3)
    assert set(linked.voyages["shuttle_id"]) == {row["shuttle_id"]}


def test_two_legs_are_not_yet_a_shuttle() -> None:
    assert link_voyages(_visits(*_shuttle(1)), PORTS).shuttles.empty


def test_the_count_of_legs_widens_with_what_the_observations_could_miss() -> None:
    visits = _visits(*_shuttle(6))

    def states(every: float) -> pd.DataFrame:
        days = [every * n for n in range(int(30 / every))]
        return pd.DataFrame(
            [
                {
                    "aoi_id": port,
                    "berth_id": f"{port}_b",
                    "acquired_at": _at(d),
                    "state": "empty",
                    "scene_id": f"{port}{d}",
                }
                for port in ("rajin", "dunai")
                for d in days
            ]
        )

    often, seldom = (link_voyages(visits, PORTS, berth_states=states(e)).shuttles.iloc[0] for e in (1.0, 3.0))
    assert often["legs_low"] == often["legs_high"] == 11
    assert seldom["legs_high"] > seldom["legs_low"] >= 11


def test_ais_and_imagery_tell_of_one_passage_once() -> None:
    ais = VOYAGES.conform(
        pd.DataFrame(
            [
                {
                    "voyage_id": "a1",
                    "mmsi": 5,
                    "from_port": "rajin",
                    "to_port": "dunai",
                    "departed_at": _at(1.4),
                    "arrived_at": _at(2.0),
                    "duration_h": 14.4,
                    "evidence": "ais",
                    "probability": 1.0,
                    "shuttle_id": "",
                    "from_visit": "",
                    "to_visit": "",
                    "silent_h": 1.0,
                }
            ]
        ).astype({"mmsi": "Int64"})
    )
    table = link_voyages(_visits(*_shuttle(1)), PORTS, ais_voyages=ais).voyages
    assert len(table) == 1
    assert table["evidence"].tolist() == ["both"]
    assert table["departed_at"].tolist() == [_at(1.4)]


def test_a_call_on_ais_is_linked_with_a_stay_in_imagery() -> None:
    calls = pd.DataFrame(
        {
            "mmsi": [5],
            "port_id": "dunai",
            "arrived_at": [_at(2.0)],
            "departed_at": [_at(3.5)],
            "confidence": 4,
            "has_gap": False,
        }
    )
    table = link_voyages(_visits(*_shuttle(1)[:1]), PORTS, port_calls=calls).voyages
    assert table["evidence"].tolist() == ["both"]
    assert table["mmsi"].tolist() == [5]


def test_a_ship_that_shifts_berth_sails_from_the_second_one() -> None:
    rows = [("rajin", -0.5, 0.2, 0.8, 1.2, 120.0), ("rajin", 0.8, 1.2, 1.6, 1.9, 120.0), _shuttle(1)[1]]
    visits = _visits(*rows).assign(berth_id=["rajin_1", "rajin_2", "dunai_1"])
    linked = link_voyages(visits, PORTS)
    assert linked.voyages["from_visit"].tolist() == ["rajin|1"]
    other = linked.links[~linked.links["is_chosen"]]
    assert other["from_visit"].tolist() == ["rajin|0"]
    assert (other["probability"] < 0.4).all()


def test_a_like_ship_at_the_next_pier_is_not_taken_for_a_shift_when_each_has_its_own_leg() -> None:
    """One leaves the one pier as the other comes to the next: both sail on, each with a leg of its own."""
    rows, berths = [], []
    for trip in range(4):
        for name, lag in (("x", 0.0), ("y", 1.4)):
            day = 6.0 * trip + lag
            rows.append(("rajin", day - 0.3, day + 0.2, day + 1.1, day + 1.5, 120.0))
            rows.append(("dunai", day + 1.7, day + 2.0, day + 3.0, day + 3.3, 120.0))
            berths += [f"rajin_{name}", f"dunai_{name}"]
    visits = _visits(*rows).assign(berth_id=berths)
    out = link_voyages(visits, PORTS).voyages.query("from_port == 'rajin'")
    berth = dict(zip(visits["visit_id"], visits["berth_id"], strict=True))
    assert len(out) == 8
    assert all(berth[a][-1] == berth[b][-1] for a, b in zip(out["from_visit"], out["to_visit"], strict=True))


def test_no_visits_give_empty_tables() -> None:
    linked = link_voyages(VISITS.empty(), PORTS)
    assert linked.voyages.empty
    assert linked.links.empty
    assert linked.shuttles.empty


def test_a_hull_laid_up_for_weeks_is_no_call() -> None:
    rows = [*_shuttle(1)[:1], ("dunai", 1.9, 2.3, 40.0, 41.0, 120.0)]
    assert link_voyages(_visits(*rows), PORTS).links.empty


def test_a_ship_that_was_on_the_air_is_not_the_nameless_one() -> None:
    visits = _visits(*_shuttle(1))
    visits["mmsi"] = pd.array([5, pd.NA], dtype="Int64")
    silent = pd.DataFrame({"mmsi": [5], "t": [_at(0.5)]})
    loud = pd.DataFrame({"mmsi": [5], "t": [_at(2.8)]})
    assert len(link_voyages(visits, PORTS, positions=silent).voyages) == 1
    assert link_voyages(visits, PORTS, positions=loud).voyages.empty
    assert (link_voyages(visits, PORTS, positions=loud).links["probability"] < 0.01).all()


def test_ships_that_keep_to_their_berths_are_told_apart_by_habit() -> None:
    """Two ships of one length on the same days: only the berths that repeat tell which is which."""
    rows, berths = [], []
    for trip in range(8):
        for name, lag in (("x", 0.0), ("y", 0.9 if trip < 6 else 0.0)):
            day = 6.0 * trip + lag
            rows.append(("rajin", day - 0.2, day + 0.2, day + 1.2, day + 1.3, 120.0))
            rows.append(("dunai", day + 1.75, day + 1.95, day + 3.0, day + 3.1, 120.0))
            berths += [f"rajin_{name}", f"dunai_{name}"]
    visits = _visits(*rows).assign(berth_id=berths)
    legs = link_voyages(visits, PORTS).voyages
    berth = dict(zip(visits["visit_id"], visits["berth_id"], strict=True))
    out = legs[legs["from_port"] == "rajin"]
    kept = [berth[a][-1] == berth[b][-1] for a, b in zip(out["from_visit"], out["to_visit"], strict=True)]
    assert sum(kept) >= 0.9 * len(kept)
    assert len(kept) >= 12
