"""The scorer against answers whose scores are known."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from monitor.core.tables import BERTH_STATES, DETECTIONS, SHUTTLES, VISITS, VOYAGES
from monitor.fuse import Linked
from tests.independent.judging import LIKELY, Tally, add
from tests.independent.score import case_names, case_row, loss, pooled, reliability, report, scored, seeds_of
from tests.independent.seasons import ZERO, Season, season, shifted, unwatched


def from_truth(made: Season) -> tuple[pd.DataFrame, Linked]:
    """What one who knows the truth would state of the stays that a detection met."""
    found = (
        made.tables[DETECTIONS]
        .drop(columns="geometry")
        .assign(ship=lambda d: d["detection_id"].map(made.truth.ship_of))
    )
    rows, calls = [], []
    for stay in made.truth.stays.query("port != ''").itertuples():
        own = found[(found["ship"] == stay.ship) & (found["zone_id"] == stay.berth)]
        own = own[(own["acquired_at"] >= stay.arrived_at) & (own["acquired_at"] < stay.departed_at)]
        if own.empty:
            continue
        calls.append((stay.ship, stay.call, stay.port, f"visit-{len(rows)}"))
        rows.append(
            {
                "visit_id": f"visit-{len(rows)}",
                "aoi_id": stay.port,
                "berth_id": stay.berth,
                "arrived_not_before": stay.arrived_at,
                "arrived_not_after": own["acquired_at"].iloc[0],
                "departed_not_before": own["acquired_at"].iloc[-1],
                "departed_not_after": stay.departed_at,
                "observations": len(own),
                "mmsi": pd.NA,
                "length_m": stay.length_m,
                "length_low_m": stay.length_m,
                "length_high_m": stay.length_m,
                "is_open": False,
                "detection_ids": " ".join(own["detection_id"]),
                "evidence": "imagery",
                "probability": 0.99,
            }
        )
    table = pd.DataFrame(rows)
    visits = VISITS.conform(table.assign(mmsi=table["mmsi"].astype("Int64")))
    return visits, Linked(voyages=legs_of(calls), shuttles=shuttles_of(calls, made))


def legs_of(calls: list[tuple[int, int, str, str]]) -> pd.DataFrame:
    legs = []
    for ship, call, port, name in calls:
        for other, later, there, then in calls:
            if other == ship and later == call + 1 and there != port:
                legs.append((port, there, name, then))
    table = pd.DataFrame(legs, columns=["from_port", "to_port", "from_visit", "to_visit"])
    table = table.assign(
        voyage_id=table["from_visit"] + ">" + table["to_visit"],
        mmsi=pd.array([pd.NA] * len(table), dtype="Int64"),
        departed_at=ZERO,
        arrived_at=ZERO,
        duration_h=0.0,
        evidence="imagery",
        probability=0.98,
        shuttle_id="",
        silent_h=np.nan,
    )
    return VOYAGES.conform(table) if len(table) else VOYAGES.empty()


def shuttles_of(calls: list[tuple[int, int, str, str]], made: Season) -> pd.DataFrame:
    rows = [
        {
            "shuttle_id": f"shuttle-{ship}",
            "port_a": "a",
            "port_b": "b",
            "mmsi": pd.NA,
            "legs": crossed,
            "legs_low": crossed - 1,
            "legs_high": crossed + 1,
            "first": ZERO,
            "last": ZERO + pd.Timedelta(days=90),
            "period_days": np.nan,
            "length_m": np.nan,
            "voyage_ids": "",
            "probability": 0.97,
            "visit_ids": " ".join(name for owner, _, _, name in calls if owner == ship),
            "crossings_median": crossed,
            "crossings_low_50": crossed,
            "crossings_high_50": crossed,
            "crossings_low_90": crossed - 1,
            "crossings_high_90": crossed + 1,
        }
        for ship, crossed in made.truth.crossed.items()
    ]
    if not rows:
        return SHUTTLES.empty()
    return pd.DataFrame(rows).astype({"mmsi": "Int64", "legs_high": "Int64"})


@pytest.fixture(scope="module")
def known() -> Tally:
    tally = Tally()
    for seed in range(3):
        add(tally, season("two-shuttles", seed), seed, from_truth)
    return tally


def test_one_who_knows_the_truth_scores_all(known: Tally) -> None:
    row = case_row("two-shuttles", known)
    for figure in ("true", "told in", "found in", "holds 90", "in span", "holds 50", "visit P", "visit R", "F1"):
        assert row[figure] == pytest.approx(1.0), figure
    assert row["arrival holds"] == row["departure holds"] == 1.0
    assert row["false legs/season"] == row["false shuttles/season"] == 0.0
    assert row["legs"] > 20
    assert 0 < row["R of observed"] < 1
    assert 0 < row["width"] < 1


def test_crossings_outside_the_span_do_not_count_in_it() -> None:
    def half(made: Season) -> tuple[pd.DataFrame, Linked]:
        stays, linked = from_truth(made)
        return stays, replace(linked, shuttles=linked.shuttles.assign(last=ZERO + pd.Timedelta(days=45)))

    tally = Tally()
    add(tally, season("two-shuttles", 2), 2, half)
    row = case_row("two-shuttles", tally)
    assert (row["holds 90"], row["in span"]) == (1.0, 0.0)


def test_legs_with_a_call_between_or_of_two_ships_are_false() -> None:
    def skipping(made: Season) -> tuple[pd.DataFrame, Linked]:
        stays, linked = from_truth(made)
        later = linked.voyages["to_visit"].shift(-4)
        return stays, Linked(voyages=linked.voyages.assign(to_visit=later).dropna(subset=["to_visit"]))

    tally = Tally()
    add(tally, season("two-shuttles", 1), 1, skipping)
    assert len(tally.of("leg")) > 5
    assert not tally.of("leg")["true"].any()


def test_a_shuttle_of_visiting_ships_is_false_and_one_of_two_shuttles_is_of_several() -> None:
    def of_all(kinds: tuple[str, ...], made: Season) -> Linked:
        stays, linked = from_truth(made)
        ships = made.truth.ships.index[made.truth.ships["kind"].isin(kinds)]
        owner = pd.Series([made.truth.ship_of[d.split()[0]] for d in stays["detection_ids"]])
        mine = stays["visit_id"][owner.isin(ships) & (owner.groupby(owner).cumcount() < 4)]
        return Linked(shuttles=linked.shuttles.iloc[:1].assign(visit_ids=" ".join(mine)))

    for kinds, several in ((("visitor", "home"), 0), (("shuttle",), 1)):
        tally, made = Tally(), season("perfect-detector", 7)
        add(tally, made, 7, lambda s, k=kinds: (from_truth(s)[0], of_all(k, s)))
        row = case_row("perfect-detector", tally)
        assert row["shuttles"] == row["false shuttles/season"] == 1
        assert (row["of several"], row["found in"], row["told in"]) == (several, 0.0, 1.0)


def test_a_named_shuttle_is_judged_by_its_name_and_by_how_many_of_its_visits_are_its_own() -> None:
    """AIS shows the shuttles of seed 101 at sea alone."""

    def called(mmsi: int, made: Season) -> tuple[pd.DataFrame, Linked]:
        stays, linked = from_truth(made)
        row, other = linked.shuttles.iloc[:1], str(linked.shuttles["visit_ids"].iloc[1])
        own = " ".join(str(row["visit_ids"].iloc[0]).split()[:2])
        named = row.assign(mmsi=pd.array([mmsi], dtype="Int64"), visit_ids=f"{own} {other}")
        return stays, Linked(shuttles=named)

    made = season("two-shuttles", 101)
    ships = made.truth.ships
    first = min(made.truth.crossed)
    innocent = ships.loc[ships["kind"].isin(["visitor", "home"]) & (ships["mmsi"] > 0), "mmsi"].iloc[0]
    for mmsi, true in ((ships.loc[first, "mmsi_at_sea"], True), (innocent, False)):
        tally = Tally()
        add(tally, made, 101, partial(called, mmsi))
        (row,) = tally.of("shuttle").to_dict("records")
        assert row["true"] == true
        assert row["own"] < 0.5
        assert case_row("two-shuttles", tally)["found in"] == float(true)


def test_a_visit_counts_once_and_not_across_two_stays() -> None:
    def doubled(made: Season) -> tuple[pd.DataFrame, Linked]:
        stays, linked = from_truth(made)
        copy = stays.assign(visit_id=stays["visit_id"] + "'")
        long = stays.assign(
            visit_id=stays["visit_id"] + "''", departed_not_before=stays["departed_not_before"] + pd.Timedelta(days=60)
        )
        return pd.concat([stays, copy, long], ignore_index=True), linked

    tally = Tally()
    add(tally, season("two-shuttles", 0), 0, doubled)
    assert tally.of("visit")["true"].mean() == pytest.approx(1 / 3)
    assert case_row("", tally)["visit R"] == 1.0


def test_shifting_one_port_leaves_no_true_leg_and_as_many_stays() -> None:
    made = season("two-shuttles", 2)
    late = shifted(made, 23.0)
    tally = Tally()
    add(tally, late, 2, from_truth)
    row = case_row("shifted", tally)
    assert row["legs"] == 0
    assert row["visit P"] == row["visit R"] == 1.0
    assert late.truth.shuttles == frozenset()
    first = made.aois[0].id
    for schema in late.tables:
        if "aoi_id" in late.tables[schema] and len(late.tables[schema]):
            table, whole = late.tables[schema], made.tables[schema]
            assert set(table.loc[table["aoi_id"] == first, "acquired_at"]) <= set(whole["acquired_at"])
            moved = table.loc[table["aoi_id"] != first, "acquired_at"] - pd.Timedelta(days=23)
            assert set(moved) <= set(whole["acquired_at"])


def test_with_the_other_end_not_watched_no_shuttle_is_true_and_calls_there_are_elsewhere() -> None:
    made = season("three-ports", 2)
    less = unwatched(made, 1)
    assert made.truth.shuttles
    assert less.truth.shuttles == frozenset()
    assert len(less.truth.stays) == len(made.truth.stays)
    assert set(less.truth.stays["port"]) == {"port-a", "port-c", ""}
    assert {aoi.id for aoi in less.aois} == set(less.tables[BERTH_STATES]["aoi_id"]) == {"port-a", "port-c"}
    tally = Tally()
    add(tally, less, 2, from_truth)
    row = case_row("unwatched", tally)
    assert row["shuttles"] == row["false shuttles/season"] == 0
    assert row["visit P"] == row["visit R"] == 1.0


def test_reliability_holds_only_within_seven_hundredths() -> None:
    rng = np.random.default_rng(0)
    stated = rng.uniform(0.56, 0.79, 4000)
    for bias, holds in ((0.0, "True"), (0.15, "False")):
        rows = [{"kind": "leg", "probability": p, "true": rng.random() < p - bias} for p in stated]
        table = reliability(pooled([Tally(rows), Tally()]), "leg")
        assert table[["word", "holds"]].to_numpy().tolist() == [["likely", holds]]
    assert reliability(Tally(rows[:20]), "leg")["holds"].tolist() == [""]


def test_a_case_without_statements_has_no_shares(known: Tally) -> None:
    tally = Tally()
    add(tally, season("no-shuttle", 1), 1, lambda made: (from_truth(made)[0].iloc[:0], Linked()))
    row = case_row("no-shuttle", tally)
    assert (row["legs"], row["shuttles"], row["false legs/season"]) == (0, 0, 0.0)
    assert np.isnan(row["true"])
    assert np.isnan(row["found in"])
    text = report({"two-shuttles": known, "no-shuttle": tally})
    assert text.count("no-shuttle") == 2
    assert LIKELY == 0.55


def test_knowing_the_truth_costs_least_and_leaving_out_costs_most() -> None:
    def answer(made: Season, *, link: float, keep: int) -> tuple[pd.DataFrame, Linked]:
        stays, linked = from_truth(made)
        legs = linked.voyages.iloc[::keep]
        return stays, replace(linked, links=legs.assign(probability=link))

    costs = []
    for link, keep in ((0.98, 1), (0.5, 1), (0.98, 2), (0.001, 1)):
        tally = Tally()
        add(tally, season("two-shuttles", 1), 1, partial(answer, link=link, keep=keep))
        costs.append(loss(tally))
    assert costs == sorted(costs)
    assert costs[0] < 2.0 < costs[-1]


def test_several_processes_give_the_answer_of_one() -> None:
    one, two = (scored("one-shuttle", range(2), how=from_truth, jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.of("leg"), two.of("leg"))
    assert [row["seed"] for row in two.seasons] == [0, 1]


def test_cases_are_named_once() -> None:
    assert case_names(["busy", "nulls", "busy"])[0] == "busy"
    assert len(case_names(["all", "nulls"])) == len(case_names(["all"]))


def test_seeds_are_read_with_both_ends() -> None:
    assert list(seeds_of("3-5")) == [3, 4, 5]
    assert list(seeds_of("7")) == [7]
