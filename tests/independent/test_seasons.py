"""What the independent seasons promise of themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS, MATCHES, POSITIONS, STACKS
from tests.independent.cases import CASES, NULLS
from tests.independent.seasons import season

TABLES = (DETECTIONS, COVERAGE, BERTH_STATES, STACKS, POSITIONS, MATCHES)
ALLOWED = ("monitor.core.",)


def test_nothing_is_shared_with_the_package_but_its_tables() -> None:
    simulator = ("cases", "ports", "truth", "traffic", "observing", "radio", "made_tables", "seasons")
    for name in simulator:
        tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
        used = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        used |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        assert not [m for m in used if m.startswith("monitor") and not m.startswith(ALLOWED)], name


@pytest.mark.parametrize("case", CASES)
def test_every_case_makes_every_table(case: str) -> None:
    made = season(case, 3)
    for schema in TABLES:
        pd.testing.assert_frame_equal(schema.conform(made.tables[schema]), made.tables[schema])
        assert len(made.tables[schema]) or schema is POSITIONS
    assert set(made.truth.ship_of) == set(made.tables[DETECTIONS]["detection_id"])
    assert set(made.tables[MATCHES]["detection_id"]) == set(made.truth.ship_of)


def test_a_seed_gives_one_season() -> None:
    one, again, other = season("one-shuttle", 5), season("one-shuttle", 5), season("one-shuttle", 6)
    pd.testing.assert_frame_equal(one.tables[DETECTIONS], again.tables[DETECTIONS])
    pd.testing.assert_frame_equal(one.truth.stays, again.truth.stays)
    assert not one.truth.stays.equals(other.truth.stays)


@pytest.mark.parametrize("case", ["two-shuttles", "busy", "liners"])
def test_no_ship_is_in_two_places_at_once(case: str) -> None:
    stays = season(case, 1).truth.stays
    for _, mine in stays.sort_values("arrived_at").groupby("ship"):
        left = mine["departed_at"].to_numpy()[:-1]
        came = mine["arrived_at"].to_numpy()[1:]
        assert (came >= left).all()
        assert mine["call"].is_monotonic_increasing


def test_null_seasons_have_no_shuttle_and_the_others_have() -> None:
    for case in CASES:
        truth = season(case, 2).truth
        assert len(truth.shuttles) == CASES[case].shuttles, case
        crossed = {ship for ship in truth.crossed if ship in truth.shuttles}
        assert crossed == truth.shuttles, case
        assert (case in NULLS) == (not truth.shuttles), case


def test_a_null_season_has_about_as_many_silent_calls_as_one_with_shuttles() -> None:
    def silent(case: str) -> float:
        counts = []
        for seed in range(12):
            truth = season(case, seed).truth
            off = truth.ships.index[truth.ships["mmsi"] == 0]
            counts.append(int((truth.stays["ship"].isin(off) & (truth.stays["port"] != "")).sum()))
        return float(np.mean(counts))

    assert 0.6 < silent("no-shuttle") / silent("two-shuttles") < 1.4


def test_the_detector_finds_four_hulls_in_five_and_three_false_ones_in_a_hundred() -> None:
    shown = met = false = clear = 0
    for seed in range(15):
        made = season("no-shuttle", seed)
        states, stays = made.tables[BERTH_STATES], made.truth.stays
        found = made.tables[DETECTIONS]
        ship = found["detection_id"].map(made.truth.ship_of)
        here = set(zip(found["scene_id"], ship, strict=True))
        full = made.tables[COVERAGE].query("kind == 'berth' and observed_fraction == 1")
        for berth, rows in full.groupby("zone_id"):
            for stay in stays[(stays["berth"] == berth) & (stays["length_m"] >= 60)].itertuples():
                during = rows[(rows["acquired_at"] >= stay.arrived_at) & (rows["acquired_at"] < stay.departed_at)]
                shown += len(during)
                met += sum((scene, stay.ship) in here for scene in during["scene_id"])
        clear += len(states[states["state"] != "not observed"])
        false += int(((ship == 0) & (found["zone"] == "berth")).sum())
    assert 0.74 < met / shown < 0.88
    assert 0.02 < false / clear < 0.08


def test_a_perfect_detector_misses_and_invents_nothing() -> None:
    made = season("perfect-detector", 4)
    assert 0 not in made.truth.ship_of.values()
    full = made.tables[COVERAGE].query("kind == 'berth' and observed_fraction == 1")
    names = made.tables[DETECTIONS].assign(ship=lambda d: d["detection_id"].map(made.truth.ship_of))
    here = set(zip(names["scene_id"], names["ship"], strict=True))
    looked = 0
    for stay in made.truth.stays.query("port != ''").itertuples():
        rows = full[full["zone_id"] == stay.berth]
        during = rows[(rows["acquired_at"] >= stay.arrived_at) & (rows["acquired_at"] < stay.departed_at)]
        looked += len(during)
        assert all((scene, stay.ship) in here for scene in during["scene_id"])
    assert looked > 50


def test_a_third_of_the_optical_view_is_hidden() -> None:
    shares = pd.concat([season("each-5-days", seed).tables[COVERAGE] for seed in range(15)])
    berths = shares[shares["kind"] == "berth"]
    assert 0.62 < berths["observed_fraction"].mean() < 0.8
    assert (berths["observed_fraction"].between(0.01, 0.99)).any()
