"""Voyages, the links that compete, shuttles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from monitor.core.tables import SHUTTLES, VOYAGE_LINKS, VOYAGES
from monitor.report.page.blocks import Table
from monitor.report.page.model import BriefInput
from monitor.report.sections.voyages import voyages
from tests.report.made import brief_input


def given() -> BriefInput:
    """One leg from imagery with a rival of less chance and one of none, one leg on AIS."""
    at = pd.Timestamp("2023-10-11", tz="UTC")
    legs = pd.DataFrame(
        [
            {
                "voyage_id": f"v{i}",
                "mmsi": mmsi,
                "from_port": "rajin",
                "to_port": "dunai",
                "departed_at": at,
                "arrived_at": at + pd.Timedelta(hours=14),
                "duration_h": 14.0,
                "evidence": evidence,
                "probability": chance,
                "shuttle_id": "s1",
                "from_visit": "a",
                "to_visit": "b",
                "silent_h": np.nan,
                "by_chance": by_chance,
            }
            for i, (mmsi, evidence, chance, by_chance) in enumerate(
                [(None, "imagery", 0.7, 0.08), (445000001, "ais", 1.0, np.nan)]
            )
        ]
    )
    links = pd.DataFrame(
        [
            {
                "link_id": f"{a}>{b}",
                "from_visit": a,
                "to_visit": b,
                "from_port": "rajin",
                "to_port": "dunai",
                "is_chosen": chosen,
                "probability": chance,
                "by_chance": 0.06,
                "longest_h": 30.0,
                "distance_m": 185200.0,
                "required_kn": 3.3,
                "reason": "length fits",
            }
            for a, b, chosen, chance in [("a", "b", True, 0.7), ("a", "c", False, 0.2), ("d", "b", False, 0.01)]
        ]
    )
    shuttles = pd.DataFrame(
        [
            {
                "shuttle_id": "s1",
                "port_a": "rajin",
                "port_b": "dunai",
                "mmsi": None,
                "legs": 5,
                "legs_low": 9,
                "legs_high": 17,
                "first": at,
                "last": at,
                "period_days": 9.0,
                "length_m": 120.0,
                "voyage_ids": "v0",
                "probability": 0.86,
                "crossings_median": 12.0,
                "crossings_low_90": 9.0,
                "crossings_high_90": 17.0,
                "by_chance": 0.06,
            }
        ]
    )
    made = brief_input()
    tables = made.tables | {
        VOYAGES: VOYAGES.conform(legs),
        VOYAGE_LINKS: VOYAGE_LINKS.conform(links),
        SHUTTLES: SHUTTLES.conform(shuttles),
    }
    return replace(made, tables=tables)


def tables(given: BriefInput) -> dict[str, Table]:
    return {block.caption: block for block in voyages(given).blocks if isinstance(block, Table)}


def test_a_chosen_link_stands_with_those_that_compete_for_its_ends() -> None:
    table = tables(given())["Links from imagery and what competes with them"]
    assert [row[1].text for row in table.rows] == ["chosen", "competes"]
    assert [row[2].text for row in table.rows] == ["likely (0.70)", "unlikely (0.20)"]
    assert table.rows[0][3].text == "0.06"
    assert table.rows[0][5].text == "100 nmi"


def test_what_ais_shows_carries_no_likelihood() -> None:
    rows = tables(given())["Voyages"].rows
    assert {row[5].text: row[6].text for row in rows} == {"imagery": "likely (0.70)", "AIS": "on AIS"}


def test_a_leg_from_imagery_stands_beside_what_chance_gives() -> None:
    rows = tables(given())["Voyages"].rows
    assert {row[5].text: row[7].text for row in rows} == {"imagery": "0.08", "AIS": "–"}


def test_a_place_that_the_brief_is_not_about_has_its_name() -> None:
    alone = replace(given(), aois=tuple(aoi for aoi in given().aois if aoi.id != "dunai"), elsewhere={"dunai": "Dunai"})
    cells = [row[0].text for table in tables(alone).values() for row in table.rows]
    assert cells
    assert all("Dunai" in text and "dunai" not in text for text in cells)


def test_a_shuttle_is_told_with_its_crossings_and_what_chance_gives() -> None:
    (row,) = tables(given())["Shuttles: the same pair of ports again and again"].rows
    assert row[1].text == "12 (9–17)"
    assert row[2].text == "5 legs"
    assert row[3].text == "very likely (0.86)"
    assert row[4].text == "0.06"


def test_a_withheld_shuttle_is_said_to_be_so_without_numbers() -> None:
    made = given()
    unknown = dict.fromkeys(("probability", "crossings_median", "crossings_low_90", "crossings_high_90"), np.nan)
    withheld = made.tables[SHUTTLES].assign(status="withheld", **unknown)
    (row,) = tables(replace(made, tables=made.tables | {SHUTTLES: withheld}))[
        "Shuttles: the same pair of ports again and again"
    ].rows
    assert row[1].text == "–"
    assert row[2].text == "withheld: repeated inferences do not agree"
    assert row[3].text == "–"


def test_no_shuttle_is_said_without_claiming_that_there_was_none() -> None:
    block = next(b for b in voyages(brief_input()).blocks if isinstance(b, Table))
    assert not block.rows
    assert "can go unseen" in block.empty
