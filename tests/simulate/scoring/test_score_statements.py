"""Shuttles, counts, names and candidates: a true output scores one, and a planted error is seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from monitor.core.tables import COUNTS, DARK_EVENTS, GAP_CANDIDATES, IDENTITY, SHUTTLES, VISITS
from monitor.core.timerange import TimeRange
from monitor.simulate import Season, score
from monitor.simulate.scoring.shuttles import true_shuttles
from monitor.simulate.truth import truth_tables
from tests.simulate.detections import detections_from

START = pd.Timestamp("2023-08-20", tz="UTC")
DAY = pd.Timedelta(days=1)


def legs(mmsi: int, trips: int, *, first_day: float = 0.0, every: float = 8.0) -> list[dict[str, object]]:
    """There and back, so many times."""
    rows = []
    for trip in range(trips):
        out = START + (first_day + trip * every) * DAY
        for ports, begin in ((("rajin", "dunai"), out), (("dunai", "rajin"), out + 3 * DAY)):
            rows.append(
                {
                    "mmsi": mmsi,
                    "role": "shuttle",
                    "from_port": ports[0],
                    "to_port": ports[1],
                    "from_berth": "a",
                    "to_berth": "b",
                    "departed_at": begin,
                    "arrived_at": begin + 0.5 * DAY,
                }
            )
    return rows


def truth_of(*crossings: dict[str, object]) -> dict[str, pd.DataFrame]:
    """A truth of legs alone, every stay at their ends seen."""
    voyages = pd.DataFrame(crossings)
    ends = voyages[["mmsi"]].assign(arrived_at=voyages["departed_at"] - DAY, departed_at=voyages["departed_at"])
    starts = voyages[["mmsi"]].assign(arrived_at=voyages["arrived_at"], departed_at=voyages["arrived_at"] + DAY)
    ships = voyages.drop_duplicates("mmsi")[["mmsi"]]
    return {
        "voyages": voyages,
        "visits": pd.concat([ends, starts], ignore_index=True).assign(clear_observations=1),
        "vessels": ships.assign(sent_mmsi=ships["mmsi"], scene_id="s", name="SIM"),
    }


def shuttle(**other: object) -> pd.DataFrame:
    """The shuttle of ship 1 over three round trips, as it was."""
    row = {
        "shuttle_id": "x",
        "port_a": "dunai",
        "port_b": "rajin",
        "mmsi": pd.NA,
        "legs": 6,
        "legs_low": 6,
        "legs_high": 7,
        "first": START,
        "last": START + 19.5 * DAY,
        "period_days": 8.0,
        "length_m": 119.0,
        "voyage_ids": "",
        "status": "shown",
        "probability": 0.9,
        "visit_ids": "",
    }
    made = pd.DataFrame([row | other])
    return SHUTTLES.conform(made.astype({"mmsi": "Int64", "legs_high": "Int64"}))


def of(shuttles: pd.DataFrame, truth: dict[str, pd.DataFrame]):
    """The score of a figure of shuttles."""
    sheet = score({"shuttles": shuttles}, truth)
    return lambda figure: sheet.value("shuttles", figure)


ALL = (
    "precision, shown",
    "recall of observable, shown",
    "recall of observable, shown or candidate",
    "crossings interval holds the truth",
    "period within its doubt",
)


def test_a_true_shuttle_scores_one_in_everything() -> None:
    value = of(shuttle(), truth_of(*legs(1, 3)))
    assert [value(figure) for figure in ALL] == [1.0] * len(ALL)
    assert np.isnan(value("precision, candidates"))


@pytest.mark.parametrize(
    ("planted", "figure"),
    [
        ({"port_a": "vostochny"}, "precision, shown"),
        ({"mmsi": 2}, "precision, shown"),
        ({"first": START + 300 * DAY, "last": START + 320 * DAY}, "precision, shown"),
        ({"legs_low": 8, "legs_high": 9}, "crossings interval holds the truth"),
        ({"legs_low": 2, "legs_high": 5}, "crossings interval holds the truth"),
        ({"period_days": 16.0}, "period within its doubt"),
        ({"period_days": 4.0}, "period within its doubt"),
    ],
)
def test_a_wrong_shuttle_is_seen(planted: dict[str, object], figure: str) -> None:
    assert of(shuttle(**planted), truth_of(*legs(1, 3)))(figure) == 0.0


def test_a_period_may_be_too_long_by_the_trips_that_could_have_been_missed() -> None:
    value = of(shuttle(period_days=16.0, legs=3, legs_low=3, legs_high=7), truth_of(*legs(1, 3)))
    assert value("period within its doubt") == 1.0


def test_a_candidate_is_kept_apart_from_what_is_shown() -> None:
    value = of(shuttle(status="candidate", period_days=np.nan), truth_of(*legs(1, 3)))
    assert value("precision, candidates") == 1.0
    assert value("recall of observable, shown") == 0.0
    assert value("recall of observable, shown or candidate") == 1.0
    assert np.isnan(value("precision, shown"))


def test_a_withheld_shuttle_is_not_told() -> None:
    value = of(shuttle(status="withheld", probability=np.nan), truth_of(*legs(1, 3)))
    assert value("told") == 0.0
    assert value("recall of observable, shown or candidate") == 0.0


def test_two_rows_cannot_both_be_the_one_shuttle_and_the_named_one_chooses_first() -> None:
    both = pd.concat([shuttle(), shuttle(shuttle_id="y", mmsi=1, first=START + 8 * DAY)], ignore_index=True)
    value = of(SHUTTLES.conform(both), truth_of(*legs(1, 3)))
    assert value("precision, shown") == 0.5
    value = of(SHUTTLES.conform(both), truth_of(*legs(1, 3), *legs(2, 3, first_day=4.0)))
    assert value("precision, shown") == 1.0


def test_crossings_of_two_ships_taken_for_one_are_separated_from_those_of_one() -> None:
    value = of(shuttle(legs=12, legs_low=12, legs_high=12), truth_of(*legs(1, 3), *legs(2, 3, first_day=0.2)))
    assert value("crossings interval holds the truth") == 0.0
    assert value("crossings interval holds all ships'") == 1.0


def test_a_ship_that_crossed_twice_is_no_shuttle() -> None:
    truth = truth_of(*legs(1, 1))
    assert true_shuttles(truth).empty
    assert of(shuttle(), truth)("precision, shown") == 0.0


def test_crossings_of_the_joint_model_are_judged_by_their_own_interval() -> None:
    row = shuttle(legs_low=1, legs_high=90)
    for low, high, holds in ((5, 7, 1.0), (7, 9, 0.0)):
        stated = row.assign(crossings_low_90=low, crossings_high_90=high)
        assert of(stated, truth_of(*legs(1, 3)))("crossings interval holds the truth") == holds


def test_what_is_told_where_no_ship_goes_to_and_fro_is_false() -> None:
    rows = [shuttle(), shuttle(shuttle_id="y", status="candidate", probability=0.6), shuttle(shuttle_id="z")]
    rows[2] = rows[2].assign(probability=0.5)
    value = of(SHUTTLES.conform(pd.concat(rows, ignore_index=True)), truth_of(*legs(1, 1)))
    assert (value("told"), value("true"), value("told, but false")) == (2.0, 0.0, 2.0)
    value = of(shuttle(), truth_of(*legs(1, 3)))
    assert (value("told"), value("true"), value("told, but false")) == (1.0, 1.0, 0.0)


def test_silence_where_there_is_no_shuttle_is_reported_in_words() -> None:
    nothing, crossing = SHUTTLES.empty(), truth_of(*legs(1, 1))
    assert "none told, none true" in score({"shuttles": nothing}, crossing).text()
    assert "none told" not in score({"shuttles": shuttle()}, crossing).text()
    assert "none told" not in score({"shuttles": nothing}, truth_of(*legs(1, 3))).text()
    assert "none told" not in score({}, crossing).text()


@pytest.fixture(scope="module")
def long_truth(aois):
    """Two months, so that ships cross often enough."""
    season = Season.make(aois=aois, seed=7, period=TimeRange.parse("2023-08-27/2023-10-20"), sensors=("s2",))
    return truth_tables(season)


def test_the_shuttles_of_a_season_score_one_when_stated_as_they_were(long_truth) -> None:
    true = true_shuttles(long_truth)
    assert len(true)
    rows = []
    for n, ship in enumerate(true.itertuples()):
        a, b = ship.pair.split()
        rows.append(
            shuttle(
                shuttle_id=f"x{n}",
                port_a=a,
                port_b=b,
                mmsi=ship.sent,
                legs=ship.legs,
                legs_low=ship.legs,
                legs_high=ship.legs,
                first=ship.begin,
                last=ship.finish,
                period_days=np.nan,
            )
        )
    value = of(SHUTTLES.conform(pd.concat(rows, ignore_index=True)), long_truth)
    assert value("precision, shown") == 1.0
    assert value("crossings interval holds the truth") == 1.0


@pytest.fixture(scope="module")
def counts(truth):
    """The counts of a detector that misses nothing of 45 m and more."""
    observations = truth["clouds"].reset_index(drop=True)
    seen = truth["vessels"][truth["vessels"]["visible"] & (truth["vessels"]["length_m"] >= 45.0)]
    hidden = observations["hidden_fraction"] >= 0.9

    def tally(table: pd.DataFrame) -> pd.Series:
        made = observations["scene_id"].map(table["scene_id"].value_counts().to_dict()).fillna(0).astype("Int64")
        return made.where(~hidden)

    none = pd.array([pd.NA] * len(observations), dtype="Int64")
    return COUNTS.conform(
        observations.assign(
            state=np.where(hidden, "not observed", "observed"),
            observed_fraction=1.0 - observations["hidden_fraction"],
            vessels=tally(seen),
            berth=tally(seen[seen["situation"] == "berthed"]),
            anchorage=none,
            open=none,
            under_way=none,
            stacks=none,
            unmatched=none,
        )
    )


def test_true_counts_have_no_error_and_report_what_was_not_observed(truth, counts) -> None:
    sheet = score({"counts": counts}, truth)
    assert sheet.value("counts", "vessels, mean absolute error") == 0.0
    assert sheet.value("counts", "berth, bias") == 0.0
    assert sheet.value("counts", "hidden observations, said not observed") == 1.0
    assert sheet.value("counts", "clear observations, said not observed") == 0.0


def test_one_ship_too_many_in_each_observation_is_a_bias_of_one(truth, counts) -> None:
    sheet = score({"counts": counts.assign(vessels=counts["vessels"] + 1)}, truth)
    assert sheet.value("counts", "vessels, bias") == 1.0
    assert sheet.value("counts", "vessels, mean absolute error") == 1.0
    assert sheet.value("counts", "berth, bias") == 0.0


def test_a_hidden_observation_counted_as_no_ship_is_not_reported_as_hidden(truth, counts) -> None:
    blind = counts.assign(state="observed", vessels=counts["vessels"].fillna(0))
    assert score({"counts": blind}, truth).value("counts", "hidden observations, said not observed") == 0.0
    left_out = counts[counts["state"] == "observed"]
    assert score({"counts": left_out}, truth).value("counts", "hidden observations, said not observed") == 0.0


@pytest.fixture(scope="module")
def stays(truth):
    true = truth["visits"].reset_index(drop=True)
    on_ais = ~true["dark"]
    return VISITS.conform(
        pd.DataFrame(
            {
                "visit_id": [f"v{n}" for n in true.index],
                "aoi_id": true["aoi_id"],
                "berth_id": true["berth_id"],
                "arrived_not_before": true["arrived_at"],
                "arrived_not_after": true["arrived_at"],
                "departed_not_before": true["departed_at"],
                "departed_not_after": true["departed_at"],
                "observations": 1,
                "mmsi": true["mmsi"].astype("Int64").where(on_ais),
                "length_m": true["length_m"],
                "length_low_m": true["length_m"],
                "length_high_m": true["length_m"],
                "is_open": False,
                "detection_ids": "",
                "evidence": "imagery",
                "probability": 1.0,
            }
        )
    )


def who(stays: pd.DataFrame) -> pd.DataFrame:
    """Ships on AIS by their number; of the others nothing but that no list names them."""
    rows = []
    for stay in stays.itertuples():
        on_ais = pd.notna(stay.mmsi)
        name = f"MMSI {stay.mmsi}" if on_ais else "another ship"
        rows.append(
            {
                "subject_id": stay.visit_id,
                "candidate": name,
                "imo": "",
                "mmsi": stay.mmsi,
                "role": "",
                "rank": 1,
                "probability": 0.98 if on_ais else 1.0,
                "likelihood": "",
                "length_ratio": np.nan,
                "reasons": "",
                "wording": f"{name}, identified by AIS." if on_ais else "No ship of the watch list fits.",
            }
        )
    return IDENTITY.conform(pd.DataFrame(rows).astype({"mmsi": "Int64"}))


def test_names_by_ais_alone_break_no_rule_and_hold_the_true_ship(truth, stays) -> None:
    assert stays["mmsi"].isna().any()
    assert stays["mmsi"].notna().any()
    sheet = score({"identity": who(stays), "visits": stays}, truth)
    assert sheet.value("identity", "named without AIS or a reviewer") == 0.0
    assert sheet.value("identity", "true ship among the candidates") == 1.0
    assert sheet.value("identity", "named by AIS, rightly") == 1.0


@pytest.mark.parametrize("wording", ["Angara, identified by AIS.", "Angara, identified by its length."])
def test_a_name_without_evidence_is_counted(truth, stays, wording: str) -> None:
    table = who(stays)
    dark = table.index[table["mmsi"].isna()][0]
    table.loc[dark, "wording"] = wording
    assert score({"identity": table, "visits": stays}, truth).value("identity", "named without AIS or a reviewer") == 1


def test_a_reviewer_may_name_a_ship(truth, stays) -> None:
    table = who(stays)
    table.loc[table.index[table["mmsi"].isna()][0], "wording"] = "Angara, identified by a reviewer."
    assert score({"identity": table, "visits": stays}, truth).value("identity", "named without AIS or a reviewer") == 0


def test_the_wrong_ship_named_by_ais_is_seen(truth, stays) -> None:
    table = who(stays)
    table["mmsi"] = table["mmsi"] + 1
    sheet = score({"identity": table, "visits": stays}, truth)
    assert sheet.value("identity", "named by AIS, rightly") == 0.0
    assert sheet.value("identity", "true ship among the candidates") < 1.0


def test_a_listed_ship_that_was_left_out_is_not_covered_by_another_ship(truth, stays) -> None:
    names = truth["vessels"].drop_duplicates("mmsi").set_index("mmsi")["name"]
    table = who(stays)
    unnamed = stays["mmsi"].isna() & truth["visits"].reset_index(drop=True)["mmsi"].isin(names.index)
    ship = truth["visits"].reset_index(drop=True).loc[unnamed, "mmsi"].iloc[0]
    elsewhere = table.iloc[[0]].assign(candidate=names[ship], rank=2, probability=0.02, mmsi=pd.NA)
    listed = IDENTITY.conform(pd.concat([table, elsewhere.astype({"mmsi": "Int64"})], ignore_index=True))
    assert score({"identity": listed, "visits": stays}, truth).value("identity", "true ship among the candidates") < 1.0


def test_the_silent_ship_that_lay_there_is_found_among_the_candidates(truth) -> None:
    seen = detections_from(truth)
    off = truth["dark_intervals"]
    mine = truth["vessels"]
    vessel, found = next(
        (v, d)
        for v in mine[mine["visible"] & mine["mmsi"].isin(off["mmsi"]) & ~mine["on_ais"]].itertuples()
        for d in seen[seen["scene_id"] == v.scene_id].itertuples()
        if d.geometry.distance(v.geometry.centroid) == 0.0
    )
    event = seen[seen["detection_id"] == found.detection_id].assign(
        event_id="e",
        status="dark",
        reception_vessels=4.0,
        reasons="",
        alternatives="",
        gap_ids="g",
        likelihood="",
        probability=0.8,
    )
    dark = DARK_EVENTS.conform(event)
    sent = getattr(vessel, "sent_mmsi", vessel.mmsi)
    rows = [
        {
            "event_id": "e",
            "gap_id": f"g{n}",
            "mmsi": mmsi,
            "rank": n,
            "required_in_kn": 1.0,
            "required_out_kn": 1.0,
            "spare_h": 3.0,
            "length_m": 100.0,
            "length_fits": True,
            "weight": 0.5,
            "reason": "",
        }
        for n, mmsi in ((1, 1), (2, sent))
    ]
    candidates = GAP_CANDIDATES.conform(pd.DataFrame(rows))
    tables = {"detections": seen, "dark_events": dark, "gap_candidates": candidates}
    sheet = score(tables, truth)
    assert sheet.value("gap_candidates", "right ship among them") == 1.0
    assert sheet.value("gap_candidates", "right ship first") == 0.0
    only = score(tables | {"gap_candidates": candidates.iloc[:1]}, truth)
    assert only.value("gap_candidates", "right ship among them") == 0.0
