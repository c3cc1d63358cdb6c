"""A shuttle that observations days apart cannot tell leg by leg is still told as a candidate, when AIS hears it
between."""

import pandas as pd

from monitor.core.tables import SHUTTLES
from monitor.fuse import link_voyages
from monitor.fuse.findings import wording
from tests.fuse.voyages.test_at_sea import _heard
from tests.fuse.voyages.test_links import PORTS, _visits


def _seldom_seen(trips: int) -> pd.DataFrame:
    """A ship that sails every 5 days, met at each port on every fourth trip, with bounds of several days."""
    rows = []
    for trip in range(trips):
        day = 5.0 * trip
        if trip % 4 == 0:
            rows.append(("rajin", day - 4.0, day + 0.8, day + 0.8, day + 4.5, 120.0))
        elif trip % 4 == 2:
            rows.append(("dunai", day - 2.0, day + 2.8, day + 2.8, day + 7.0, 120.0))
    return _visits(*rows)


def _heard_between(trips: int) -> pd.DataFrame:
    out = [_heard(5, 5.0 * trip + 1.2, start=0.3, stop=0.6) for trip in range(trips)]
    back = [_heard(5, 5.0 * trip + 3.9, start=0.3, stop=0.6, back=True) for trip in range(trips)]
    return pd.concat([*out, *back], ignore_index=True)


def test_a_ship_heard_to_and_fro_and_met_at_both_ends_is_a_candidate() -> None:
    linked = link_voyages(_seldom_seen(12), PORTS, positions=_heard_between(12))
    row = linked.shuttles.iloc[0]
    assert row["status"] == "candidate"
    assert 0.5 < row["probability"] < 0.95
    assert row["legs"] >= 6
    assert row["mmsi"] == 5
    assert len(row["visit_ids"].split()) >= 4


def test_what_ais_hears_alone_is_no_shuttle_of_ships_in_port() -> None:
    linked = link_voyages(_seldom_seen(3), PORTS, positions=_heard_between(8))
    assert linked.shuttles.empty


def test_an_older_table_of_shuttles_is_read_as_shown() -> None:
    old = SHUTTLES.empty().drop(columns=["status", "probability", "visit_ids"])
    assert list(SHUTTLES.conform(old).columns) == list(SHUTTLES.columns)


def test_a_rhythm_is_told_only_where_few_legs_can_have_been_missed() -> None:
    assert "every 6 days" in wording.shuttle("Rajin", "Dunai", 9, (9, 14), 6.0)
    assert "every" not in wording.shuttle("Rajin", "Dunai", 4, (16, 84), 16.0)
    assert "every" not in wording.shuttle("Rajin", "Dunai", 4, (4, pd.NA), 16.0)
