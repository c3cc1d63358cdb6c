"""Chains out of hand-made tables: what follows, what does not, and what nobody could have seen."""

from datetime import timedelta

import pandas as pd
import pytest

from monitor.core.aoi import Aoi, parse_aoi
from monitor.core.tables import CHAIN_LINKS, CHAINS, LAND_STATES, SHIPS_AND_STACKS, VISITS
from monitor.core.tableset import TableSet
from monitor.fuse.chains.find import find_chains
from monitor.fuse.chains.rule import ChainRule
from monitor.fuse.chains.series import changes_of

START = pd.Timestamp("2023-01-01T02:00Z")
LEFT_DAYS = (11, 29, 58, 74, 103, 131, 150, 181, 204, 233, 251, 280)
RAIL = ChainRule(places=(("port", "depot"),))


def _day(number: float) -> pd.Timestamp:
    return START + timedelta(days=number)


def _aoi(name: str, lon: float) -> Aoi:
    ring = [[lon, 45.0], [lon + 0.1, 45.0], [lon + 0.1, 45.1], [lon, 45.1], [lon, 45.0]]
    return parse_aoi({"type": "Polygon", "coordinates": [ring]}, id=name)


AOIS = (_aoi("port", 130.0), _aoi("depot", 100.0))


def stacks(*days: int) -> pd.DataFrame:
    """SHIPS_AND_STACKS with an interval of three days each; those that end on `days` lost some for sure."""
    rows = [
        {
            **dict.fromkeys(SHIPS_AND_STACKS.columns, float("nan")),
            "aoi_id": "port",
            "scene_id": f"port-{k}",
            "start": _day(k - 3),
            "end": _day(k),
            "yards": 1,
            "change_m2": -4000.0 if k in days else 0.0,
            "change_low_m2": -6000.0 if k in days else -900.0,
            "change_high_m2": -2000.0 if k in days else 900.0,
            "berth": pd.NA,
            "visit_ids": "",
            "reading": "",
        }
        for k in sorted({*range(3, 360, 3), *days})
    ]
    return SHIPS_AND_STACKS.conform(pd.DataFrame(rows).astype({"berth": "Int64"}))


def shares(*trains: int, hidden: tuple[int, int] = (0, 0), zone: str = "track") -> pd.DataFrame:
    """LAND_STATES of a track every three days: full for six days from each of `trains`, cloud within `hidden`."""
    rows = []
    for k in range(1, 364, 3):
        share = 0.8 if any(0 <= k - day < 6 for day in trains) else 0.1
        is_hidden = hidden[0] <= k < hidden[1]
        rows.append(
            {
                "scene_id": f"depot-{k}",
                "aoi_id": "depot",
                "zone_id": zone,
                "kind": "rail",
                "acquired_at": _day(k),
                "sensor": "s2",
                "state": "not observed" if is_hidden else "observed",
                "share": float("nan") if is_hidden else share,
                "share_low": float("nan") if is_hidden else share - 0.1,
                "share_high": float("nan") if is_hidden else share + 0.1,
                **dict.fromkeys(("area_m2", "area_low_m2", "area_high_m2"), float("nan")),
                "observations": 20,
                "reason": "cloud" if is_hidden else "",
            }
        )
    return LAND_STATES.conform(pd.DataFrame(rows))


def _found(trains: pd.DataFrame, rule: ChainRule = RAIL) -> TableSet:
    return find_chains(TableSet({SHIPS_AND_STACKS: stacks(*LEFT_DAYS), LAND_STATES: trains}), AOIS, rule=rule)


def test_trains_nine_days_after_stacks_left_beat_chance() -> None:
    made = _found(shares(*(k + 9 for k in LEFT_DAYS[:-2])))
    chain = made[CHAINS].iloc[0]
    assert (chain["from_aoi"], chain["to_aoi"], chain["to_zone"]) == ("port", "depot", "track")
    assert chain["departures"] == len(LEFT_DAYS)
    assert 8.0 < chain["followed"] <= 10.0
    assert chain["chance_high"] < chain["followed"]
    assert chain["p_adjusted"] <= 0.01
    assert chain["fit_low_days"] < 9 < chain["fit_high_days"]
    links = made[CHAIN_LINKS]
    assert links["state"].tolist() == ["followed"] * 10 + ["not followed"] * 2
    assert links["came_evidence"].iloc[0].endswith("depot-22|track")
    assert links["left_evidence"].iloc[0] == "port-11"


def test_trains_at_their_own_times_do_not_beat_chance() -> None:
    chain = _found(shares(5, 44, 68, 99, 139, 160, 193, 221, 260, 300))[CHAINS].iloc[0]
    assert chain["p_value"] > 0.05


def test_a_departure_that_cloud_hides_the_answer_to_is_not_observable() -> None:
    made = _found(shares(*(k + 9 for k in LEFT_DAYS if k != 131), hidden=(128, 160)))
    links = made[CHAIN_LINKS].set_index("left_before")["state"]
    assert links[_day(131)] == "not observable"
    assert links[_day(181)] == "followed"
    assert made[CHAINS]["not_observable"].iloc[0] >= 1
    assert made[CHAINS]["departures"].iloc[0] == len(LEFT_DAYS) - made[CHAINS]["not_observable"].iloc[0]


def test_a_track_that_is_named_is_compared_by_itself() -> None:
    busy = shares(*range(5, 350, 9), zone="busy")
    rows = LAND_STATES.join([shares(*(k + 9 for k in LEFT_DAYS[:-2])), busy])
    whole = _found(rows)[CHAINS].iloc[0]
    alone = _found(rows, ChainRule(places=(("port", "track"),)))[CHAINS]
    assert (whole["chain_id"], whole["to_zone"]) == ("port|stacks left|depot|train came", "")
    assert alone["chain_id"].tolist() == ["port|stacks left|track|train came"]
    assert alone["p_adjusted"].iloc[0] <= 0.01


def test_too_few_events_are_listed_and_not_tested() -> None:
    chain = _found(shares(40, 90))[CHAINS].iloc[0]
    assert chain["arrivals"] == 2
    assert pd.isna(chain["p_value"])
    assert pd.isna(chain["p_adjusted"])
    assert chain["comparisons"] == 0


def test_the_same_tables_give_the_same_numbers_whatever_stands_beside_them() -> None:
    trains = shares(*(k + 9 for k in LEFT_DAYS))
    alone, again = _found(trains), _found(trains.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(alone[CHAINS], again[CHAINS])
    other = LAND_STATES.join([trains, shares(30, 60, 95).assign(aoi_id="port", zone_id="quay")])
    beside = _found(other)[CHAINS]
    assert beside["p_value"].iloc[0] == alone[CHAINS]["p_value"].iloc[0]


def test_no_event_at_one_end_gives_no_chain() -> None:
    none = find_chains(TableSet({SHIPS_AND_STACKS: stacks(), LAND_STATES: shares(10, 20, 30)}), AOIS)
    assert none[CHAINS].empty
    assert none[CHAIN_LINKS].empty
    assert find_chains(TableSet({}), AOIS)[CHAINS].empty


def test_a_track_that_fills_by_and_by_has_one_arrival_with_a_wider_interval() -> None:
    rows = shares().iloc[:5].assign(share_low=[0.1, 0.2, 0.3, 0.4, 0.4], share_high=[0.3, 0.4, 0.5, 0.6, 0.6])
    rises = list(changes_of(rows, rises=True))
    assert [evidence for _, _, evidence in rises] == ["depot-1|track depot-10|track"]
    assert rises[0][1] - rises[0][0] == pytest.approx(9.0)


def test_tankers_that_leave_one_oil_berth_and_come_to_another_are_a_chain() -> None:
    def berth(aoi: str, lon: float) -> Aoi:
        def ring(d: float) -> list[list[float]]:
            return [[lon, 45.0], [lon + d, 45.0], [lon + d, 45.0 + d], [lon, 45.0 + d], [lon, 45.0]]

        features = [
            {
                "type": "Feature",
                "properties": {"kind": kind, "id": aoi if kind == "aoi" else f"{aoi}_oil"},
                "geometry": {"type": "Polygon", "coordinates": [ring(size)]},
            }
            for kind, size in (("aoi", 0.1), ("oil_berth", 0.01))
        ]
        return parse_aoi({"type": "FeatureCollection", "features": features}, id=aoi)

    stays = [("south", k) for k in LEFT_DAYS] + [("north", k + 2) for k in LEFT_DAYS]
    visits = VISITS.conform(
        pd.DataFrame(
            [
                {
                    **dict.fromkeys(VISITS.columns, ""),
                    "visit_id": f"{aoi}-{k}",
                    "aoi_id": aoi,
                    "berth_id": f"{aoi}_oil",
                    "arrived_not_before": _day(k - 1 if aoi == "north" else k - 3),
                    "arrived_not_after": _day(k if aoi == "north" else k - 2),
                    "departed_not_before": _day(k + 1 if aoi == "north" else k - 1),
                    "departed_not_after": _day(k + 2 if aoi == "north" else k),
                    "observations": 2,
                    "mmsi": pd.NA,
                    **dict.fromkeys(("length_m", "length_low_m", "length_high_m"), 120.0),
                    "is_open": False,
                    "probability": 0.9,
                }
                for aoi, k in stays
            ]
        ).astype({"mmsi": "Int64"})
    )
    made = find_chains(TableSet({VISITS: visits}), (berth("south", 130.0), berth("north", 132.0)))[CHAINS]
    there = made[(made["from_aoi"] == "south") & (made["from_kind"] == "oil stay ended")].iloc[0]
    assert there["to_kind"] == "oil stay began"
    assert there["followed"] > there["chance_high"]
