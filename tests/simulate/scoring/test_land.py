"""Scores of places beyond the quay: a perfect answer, none, and ones that are wrong in one way."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.affinity import translate

from monitor.core.tables import CHAIN_LINKS, CHAINS, LAND_CHANGES, LAND_STATES, VISITS
from monitor.simulate import score

DAY = pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def states(land_truth):
    true = land_truth["land_states"]
    hidden = true["observed"] < 0.2
    share = true["share"].mask(hidden)
    return LAND_STATES.conform(
        true.assign(
            state=np.where(hidden, "not observed", "observed"),
            share=share,
            share_low=share - 0.01,
            share_high=share + 0.01,
            area_low_m2=true["area_m2"],
            area_high_m2=true["area_m2"],
            observations=9,
            reason=np.where(hidden, "cloud", ""),
        )
    )


@pytest.fixture(scope="module")
def changes(land_truth):
    true = land_truth["land_changes"]
    true = true[(true["upon"] == "") & (true["clear_before"] > 0) & (true["clear_after"] > 1)]
    return LAND_CHANGES.conform(
        true.assign(
            began_after=true["began_at"] - DAY,
            began_before=true["began_at"] + DAY,
            last_seen=true["began_at"] + 9 * DAY,
            ended=False,
            observations=2,
            area_low_m2=true["area_m2"] * 0.9,
            area_high_m2=true["area_m2"] * 1.1,
            probability=0.95,
            false_alarms_per_year=0.1,
            alternatives="",
        )
    )


def test_true_shares_score_no_error_and_their_intervals_hold(states, land_truth):
    sheet = score({"land_states": states}, land_truth)
    for name in ("rail", "open storage"):
        assert sheet.value("land_states", f"{name}, mean absolute error") == pytest.approx(0.0)
        assert sheet.value("land_states", f"{name}, worst zone's mean error") == pytest.approx(0.0)
        assert sheet.value("land_states", f"{name}, interval holds the truth") == 1.0
        assert sheet.value("land_states", f"{name}, clear, with a share") == 1.0
    assert sheet.value("land_states", "hidden, said not observed") == 1.0


def test_shares_that_are_off_or_missing_cost_what_they_should(states, land_truth):
    off = states.assign(**{c: states[c] + 0.2 for c in ("share", "share_low", "share_high")})
    sheet = score({"land_states": off}, land_truth)
    assert sheet.value("land_states", "rail, mean absolute error") == pytest.approx(0.2)
    assert sheet.value("land_states", "rail, interval holds the truth") == 0.0
    none = score({"land_states": states.iloc[:0]}, land_truth)
    assert np.isnan(none.value("land_states", "rail, mean absolute error"))
    assert none.value("land_states", "rail, clear, with a share") == 0.0
    assert none.value("land_states", "hidden, said not observed") == 0.0


def test_stating_each_zones_mean_scores_as_the_answer_that_says_nothing(states, land_truth):
    true = land_truth["land_states"].query("observed >= 0.7 and snow < 0.2")
    mean = states["zone_id"].map(true.groupby("zone_id")["share"].mean())
    sheet = score({"land_states": states.assign(share=mean)}, land_truth)
    constant = sheet.value("land_states", "rail, error of each zone's mean")
    assert sheet.value("land_states", "rail, mean absolute error") == pytest.approx(constant)
    assert constant > 0.05


def test_true_changes_score_one_and_none_score_no_recall(changes, land_truth):
    assert len(changes) >= 4
    sheet = score({"land_changes": changes}, land_truth)
    figures = ("precision", "recall of observable", "F1", "onset intervals hold the truth", "kind right")
    for figure in figures:
        assert sheet.value("land_changes", figure) == 1.0
    assert sheet.value("land_changes", "area intervals hold the truth") == 1.0
    assert sheet.value("land_changes", "false alarms a place and year") == 0.0
    none = score({"land_changes": changes.iloc[:0]}, land_truth)
    assert np.isnan(none.value("land_changes", "precision"))
    assert none.value("land_changes", "recall of observable") == 0.0


def test_a_claim_elsewhere_is_a_false_alarm_and_a_late_one_misses_its_onset(changes, land_truth):
    ghost = changes.iloc[[0]].assign(change_id="ghost")
    ghost = ghost.set_geometry(gpd.GeoSeries([translate(changes.geometry.iloc[0], 0.004, 0.0)], crs=changes.crs).values)
    sheet = score({"land_changes": pd.concat([changes, ghost], ignore_index=True)}, land_truth)
    assert sheet.value("land_changes", "recall of observable") == 1.0
    assert sheet.value("land_changes", "precision") < 1.0
    days = land_truth["land_states"].groupby("aoi_id")["acquired_at"].agg(lambda t: (t.max() - t.min()) / DAY).sum()
    assert sheet.value("land_changes", "false alarms a place and year") == pytest.approx(365.25 / days)
    late = changes.assign(began_after=changes["began_after"] + 3 * DAY, began_before=changes["began_before"] + 3 * DAY)
    moved = score({"land_changes": late}, land_truth)
    assert moved.value("land_changes", "recall of observable") == 1.0
    assert moved.value("land_changes", "onset intervals hold the truth") == 0.0


def test_a_claim_over_a_reaped_field_counts_as_beside_a_harvest(changes, land_truth):
    reaped = land_truth["land_nuisances"].query("kind == 'harvest'").iloc[0]
    claim = changes.iloc[[0]].assign(
        aoi_id=reaped["aoi_id"],
        began_after=reaped["start"] - 3 * DAY,
        began_before=reaped["start"] + 3 * DAY,
        last_seen=reaped["start"] + 20 * DAY,
        area_m2=40_000.0,
    )
    claim = claim.set_geometry(gpd.GeoSeries([reaped["geometry"]], crs=changes.crs).values)
    sheet = score({"land_changes": claim}, land_truth)
    assert sheet.value("land_changes", "false alarms beside harvest") == 1.0


def test_stays_at_oil_berths_are_scored_apart(land_truth):
    seen = land_truth["visits"].query("aoi_id == 'sim_terminal' and clear_observations > 0").reset_index(drop=True)
    assert len(seen) > 2
    bounds = {
        f"{what}_not_{when}": seen[f"{what}_at"] + (DAY / 24 if when == "after" else -DAY / 24)
        for what in ("arrived", "departed")
        for when in ("before", "after")
    }
    visits = VISITS.conform(
        pd.DataFrame(
            {
                **{name: seen[name] for name in ("aoi_id", "berth_id", "length_m")},
                **bounds,
                "visit_id": [f"v{n}" for n in seen.index],
                "observations": seen["clear_observations"],
                "mmsi": pd.array([pd.NA] * len(seen), dtype="Int64"),
                "length_low_m": seen["length_m"],
                "length_high_m": seen["length_m"],
                "is_open": False,
                "detection_ids": "",
                "evidence": "imagery",
                "probability": 1.0,
            }
        )
    )
    assert score({"visits": visits}, land_truth).value("oil_stays", "F1") == 1.0
    assert score({"visits": visits.iloc[:0]}, land_truth).value("oil_stays", "recall of observable") == 0.0


def _chain(name: str, true: pd.Series, p: float) -> dict[str, object]:
    ends = {c: true[c] for c in ("from_aoi", "from_zone", "from_kind", "to_aoi", "to_zone", "to_kind")}
    return {"chain_id": name, **ends, "p_value": p, "p_adjusted": p}


def _table(schema, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows of a schema with whatever else it asks for left at its empty value."""
    empty = schema.empty()
    filled = pd.DataFrame(rows)
    for column, spec in empty.dtypes.items():
        if column not in filled:
            nothing = 0.0 if spec.kind in "fi" else pd.Timestamp("2023-01-01", tz="UTC") if spec.kind == "M" else ""
            filled[column] = pd.Series([nothing] * len(rows))
    return schema.conform(filled)


def test_true_chains_score_one_and_chance_ones_are_counted_apart(land_truth):
    arrived = land_truth["chain_links"].query("to_aoi == 'sim_railyard'")
    first = arrived.iloc[0]
    elsewhere = first.copy()
    elsewhere[["to_aoi", "to_zone", "to_kind"]] = ["sim_terminal", "", "oil stay began"]
    chains = _table(CHAINS, [_chain("true", first, 0.001), _chain("chance", elsewhere, 0.4)])
    links = _table(
        CHAIN_LINKS,
        [
            {
                "link_id": f"l{n}",
                "chain_id": "true",
                "left_after": row.left_at - DAY,
                "left_before": row.left_at + DAY / 24,
                "came_after": row.came_at - DAY / 24,
                "came_before": row.came_at + DAY / 24,
                "state": "followed",
            }
            for n, row in enumerate(arrived.itertuples())
        ],
    )
    sheet = score({"chains": chains, "chain_links": links}, land_truth)
    assert sheet.value("chains", "linked places, stated") == 1.0
    assert sheet.value("chains", "other places, stated") == 0.0
    assert sheet.value("chain_links", "precision") == 1.0
    assert sheet.value("chain_links", "recall of shipments") == 1.0
    none = score({"chains": chains.iloc[:0], "chain_links": links.iloc[:0]}, land_truth)
    assert np.isnan(none.value("chains", "linked places, stated"))
    wrong = links.assign(came_after=links["came_after"] + 99 * DAY, came_before=links["came_before"] + 99 * DAY)
    assert score({"chains": chains, "chain_links": wrong}, land_truth).value("chain_links", "precision") == 0.0
