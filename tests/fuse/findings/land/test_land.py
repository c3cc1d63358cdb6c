"""What may be stated of rail yards, storage, the ground and chains."""

import pandas as pd
import pytest

from monitor.core.findings import Finding
from monitor.core.tables import CHAINS, LAND_CHANGES, LAND_STATES, VISITS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.fuse import AlertRule, alerts, findings
from monitor.fuse.findings.land.build import land_findings
from monitor.fuse.findings.land.chains import chain_findings
from monitor.fuse.findings.land.wording import CHAIN_CAVEAT, share_word, wrong_here
from tests.fuse.findings.land.made import PERIOD, START, chain, change, depot, states

NONE = float("nan")
EMPTY, HALF, HIDDEN = (0.03, 0.0, 0.1), (0.5, 0.3, 0.6), (NONE, NONE, NONE)


def _of(kind: str, tables: TableSet, period: TimeRange = PERIOD) -> list[Finding]:
    return [finding for finding in land_findings((depot(),), tables, period=period) if finding.kind == kind]


def test_a_track_is_stated_as_last_seen_with_its_interval() -> None:
    (found,) = _of("land_state", TableSet({LAND_STATES: states({0: EMPTY, 5: HALF, 10: HIDDEN})}))
    assert found.claim == "Track A, Depot was about half occupied (0.3–0.6) on 6 Aug 2023 08:20 UTC."
    assert found.likelihood == ""
    assert found.evidence == ("s2-5",)
    assert "wagons that stand there without a train" in found.alternatives


def test_a_track_that_was_never_seen_gives_no_statement() -> None:
    assert not land_findings((depot(),), TableSet({LAND_STATES: states({0: HIDDEN, 5: HIDDEN})}), period=PERIOD)


def test_first_trains_need_weeks_of_clear_observations_without() -> None:
    quiet = dict.fromkeys((0, 5, 10, 20, 30, 36), EMPTY)
    (found,) = _of("first_train", TableSet({LAND_STATES: states({**quiet, 33: HIDDEN, 41: HALF, 46: HALF})}))
    assert found.claim == (
        "Trains or wagons stood on Track A, Depot on 11 Sep 2023 08:20 UTC, the first seen in 5 weeks: "
        "6 clear observations from 1 Aug 2023 to 6 Sep 2023 showed none."
    )
    assert (found.start, found.end) == (START + pd.Timedelta(days=36), START + pd.Timedelta(days=41))
    assert not _of("first_train", TableSet({LAND_STATES: states({0: EMPTY, 30: EMPTY, 41: HALF})}))
    short = states({**dict.fromkeys((0, 3, 6, 9, 12), EMPTY), 15: HALF})
    assert not _of("first_train", TableSet({LAND_STATES: short}))


def test_first_trains_of_an_earlier_time_are_not_of_this_period() -> None:
    rows = states({**dict.fromkeys((0, 10, 20, 30), EMPTY), 41: HALF, 80: HALF})
    later = TimeRange.parse("2023-10-01/2023-11-01")
    assert not _of("first_train", TableSet({LAND_STATES: rows}), later)


def test_a_lasting_change_has_its_area_onset_error_and_alternatives() -> None:
    (found,) = _of("land_change", TableSet({LAND_CHANGES: change()}))
    assert found.claim == (
        "Depot ground, Depot has new bare ground, about 1.2 ha (0.9–1.5): it began between 17 Aug 2023 08:20 UTC and "
        "22 Aug 2023 08:20 UTC and was seen in 9 clear observations, to 30 Sep 2023."
    )
    assert found.likelihood == "very likely"
    assert found.reasons[0] == "on this zone's own quiet past the same rule finds 0.2 changes a year"
    assert found.alternatives == ("harvest", "a flood")
    assert "not known" in wrong_here(NONE)


def test_a_change_that_is_not_likely_is_not_stated() -> None:
    assert not _of("land_change", TableSet({LAND_CHANGES: change(probability=0.5)}))


def test_a_change_that_ended_says_so() -> None:
    (found,) = _of("land_change", TableSet({LAND_CHANGES: change(ended=True)}))
    assert found.claim.endswith("to 30 Sep 2023, and no longer after it.")


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.02, "nearly empty"),
        (0.3, "about a quarter occupied"),
        (0.356, "about a third occupied"),
        (0.5, "about half occupied"),
        (0.8, "mostly occupied"),
        (1.0, "almost all occupied"),
    ],
)
def test_shares_have_words(share: float, words: str) -> None:
    assert share_word(share, "occupied") == words


def test_a_chain_is_stated_with_chance_and_never_as_cause() -> None:
    (found,) = chain_findings((depot(), depot("port", 130.0)), TableSet({CHAINS: chain()}), period=PERIOD)
    assert found.claim == (
        "Trains came to Depot 9 to 16 days after stacks left Port more often than chance gives: after about 8.2 of "
        "10 departures, where chance gives 3.1 (1.6–5.0)."
    )
    assert (found.likelihood, found.confidence) == ("", "moderate")
    assert found.reasons[0].endswith("0.002 after Holm's correction for 4 comparisons")
    assert CHAIN_CAVEAT.rstrip(".") in found.reasons
    assert found.alternatives


@pytest.mark.parametrize(
    "values", [{"p_value": 0.02, "p_adjusted": 0.08}, {"p_value": NONE, "p_adjusted": NONE, "chance_followed": NONE}]
)
def test_a_chain_that_does_not_beat_chance_is_not_stated(values: dict[str, object]) -> None:
    assert not list(chain_findings((depot(),), TableSet({CHAINS: chain(**values)}), period=PERIOD))


def test_changes_first_trains_and_ships_at_oil_berths_raise_an_alert() -> None:
    quiet = dict.fromkeys((0, 10, 20, 30), EMPTY)
    tables = TableSet({LAND_CHANGES: change(), LAND_STATES: states({**quiet, 41: HALF})})
    raised = alerts(
        land_findings((depot(),), tables, period=PERIOD), now=START + pd.Timedelta(days=60), rule=AlertRule()
    )
    assert sorted(raised["rule"]) == ["first_train", "land_change"]
    assert set(raised["state"]) == {"new"}


def test_a_ship_at_an_oil_berth_is_no_tanker_for_sure() -> None:
    aoi = depot()
    zones = tuple(
        zone if zone.id != "depot_ground" else type(zone)("jetty", "oil_berth", "Oil jetty", zone.geometry)
        for zone in aoi.zones
    )
    port = type(aoi)(aoi.id, aoi.name, aoi.geometry, zones, aoi.epsg)
    visit = VISITS.conform(
        pd.DataFrame(
            [
                {
                    "visit_id": "v1",
                    "aoi_id": "depot",
                    "berth_id": "jetty",
                    "arrived_not_before": START,
                    "arrived_not_after": START + pd.Timedelta(days=2),
                    "departed_not_before": START + pd.Timedelta(days=4),
                    "departed_not_after": START + pd.Timedelta(days=7),
                    "observations": 2,
                    "mmsi": pd.NA,
                    "length_m": 120.0,
                    "length_low_m": 110.0,
                    "length_high_m": 130.0,
                    "is_open": False,
                    "detection_ids": "d1 d2",
                    "evidence": "imagery",
                    "probability": 0.9,
                }
            ]
        ).astype({"mmsi": "Int64"})
    )
    found = [f for f in findings((port,), TableSet({VISITS: visit}), period=PERIOD) if f.kind == "oil_stay"]
    assert [f.id for f in found] == ["v1"]
    assert "Oil jetty, Depot" in found[0].claim
    assert "a ship that is no tanker" in found[0].alternatives
    assert alerts(found, now=START + pd.Timedelta(days=9))["rule"].tolist() == ["oil_stay"]
