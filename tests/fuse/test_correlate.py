from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.aoi import Aoi, read_aoi
from monitor.core.scene import Acquisition
from monitor.core.schema import UTC
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS, MATCHES, POSITIONS
from monitor.core.timerange import TimeRange
from monitor.fuse import CorrelateInput, Correlation, correlate, read_watchlist

START = pd.Timestamp("2023-08-01T02:16:00Z")
BERTHS = {"rajin": "rajin_b2_sw", "dunai": "dunai_ba_n"}


@pytest.fixture(scope="module")
def aois() -> tuple[Aoi, ...]:
    folder = Path(__file__).resolve().parents[2] / "aoi"
    return tuple(read_aoi(folder / f"{name}.geojson") for name in ("rajin", "dunai"))


def _season(aois: tuple[Aoi, ...], *, days: int = 40, cloudy: frozenset[int] = frozenset()) -> CorrelateInput:
    """A ship that is two days at Rajin, half a day at sea, two at Dunai, half a day at sea; an observation a day."""
    scenes, states, found, coverage = [], [], [], []
    for aoi in aois:
        place = aoi.zone(BERTHS[aoi.id]).geometry.centroid
        for day in range(days):
            at = START + timedelta(days=day)
            name = f"{aoi.id}_{day}"
            there = (day % 5 in (0, 1)) if aoi.id == "rajin" else (day % 5 in (3, 4))
            clear = day not in cloudy
            scenes.append(Acquisition(name, aoi.id, "s2", "S2A", at.to_pydatetime(), at.to_pydatetime(), aoi.geometry))
            seen = "observed" if clear else "not observed"
            base = (name, aoi.id, at, "s2")
            coverage += [
                (*base, aoi.id, "water", seen, float(clear), "" if clear else "cloud"),
                (*base, BERTHS[aoi.id], "berth", seen, float(clear), "" if clear else "cloud"),
            ]
            state = ("occupied" if there else "empty") if clear else "not observed"
            name_of = f"{name}_v" if there and clear else ""
            states.append((name, aoi.id, BERTHS[aoi.id], at, "s2", state, 0.9 if there else 0.1, 5, "both", name_of))
            if name_of:
                found.append(
                    (
                        name_of,
                        name,
                        aoi.id,
                        at,
                        "s2",
                        "vessel",
                        0.9,
                        120.0,
                        108.0,
                        132.0,
                        np.nan,
                        np.nan,
                        "berth",
                        BERTHS[aoi.id],
                        "made",
                        Point(place.x, place.y).buffer(3e-4),
                    )
                )
    detections = gpd.GeoDataFrame(
        pd.DataFrame(found, columns=[c for c in DETECTIONS.columns if c not in DETECTIONS.absent]), crs="EPSG:4326"
    )
    return CorrelateInput(
        aois,
        tuple(scenes),
        DETECTIONS.conform(detections),
        COVERAGE.conform(pd.DataFrame(coverage, columns=list(COVERAGE.columns))),
        BERTH_STATES.conform(pd.DataFrame(states, columns=list(BERTH_STATES.columns))),
        positions=_traffic(days),
        watchlist=read_watchlist(),
    )


def _traffic(days: int) -> pd.DataFrame:
    parts = []
    for number, (lon, lat) in enumerate([(130.35, 42.15), (130.4, 42.2), (132.4, 42.85), (132.45, 42.9)]):
        t = pd.date_range(START - timedelta(days=1), START + timedelta(days=days), freq="20min")
        parts.append(pd.DataFrame({"mmsi": 273000000 + number, "t": t, "lon": lon, "lat": lat, "sog_kn": 0.0}))
    blank = {
        "cog_deg": np.nan,
        "heading_deg": np.nan,
        "nav_status": 1,
        "length_m": 150.0,
        "receiver": "terrestrial",
        "source_file": "made",
    }
    table = pd.concat(parts, ignore_index=True).assign(**blank)
    return POSITIONS.conform(table.astype({"t": UTC}))


@pytest.fixture(scope="module")
def season(aois: tuple[Aoi, ...]) -> Correlation:
    return correlate(_season(aois))


def test_every_stay_of_the_season_is_a_visit(season: Correlation) -> None:
    assert season.visits.groupby("aoi_id").size().to_dict() == {"dunai": 8, "rajin": 8}


def test_every_sighting_is_dark_where_others_are_heard(season: Correlation) -> None:
    assert set(season.dark_events["status"]) == {"dark"}
    assert len(season.dark_events) == 32


def test_the_legs_make_one_shuttle(season: Correlation) -> None:
    assert len(season.voyages) == 15
    assert season.shuttles["legs"].tolist() == [15]
    assert season.shuttles["period_days"].iloc[0] == pytest.approx(5.0, abs=0.2)


def test_chance_matches_are_reported_beside(season: Correlation) -> None:
    assert len(season.null_tests) == 32
    assert (season.null_tests["chance_rate"] == 0).all()


def test_every_finding_has_a_claim_and_evidence(season: Correlation) -> None:
    kinds = {finding.kind for finding in season.findings}
    assert {"shuttle", "dark_event", "visit", "voyage", "count"} <= kinds
    assert all(finding.claim.endswith(".") for finding in season.findings)
    assert all(finding.evidence for finding in season.findings)
    assert len({finding.id for finding in season.findings}) == len(season.findings)


def test_observations_carry_no_likelihood_and_inferences_do(season: Correlation) -> None:
    for finding in season.findings:
        assert bool(finding.likelihood) == (finding.kind in ("dark_event", "visit", "voyage", "shuttle"))


def test_a_port_under_cloud_is_not_observed_and_has_no_count(aois: tuple[Aoi, ...]) -> None:
    inputs = _season(aois, days=10, cloudy=frozenset(range(10)))
    made = correlate(inputs)
    assert made.counts["vessels"].isna().all()
    assert {finding.kind for finding in made.findings} == {"coverage"}
    assert all("not observed" in finding.claim for finding in made.findings)


def test_findings_are_about_the_period_asked_for(aois: tuple[Aoi, ...]) -> None:
    inputs = _season(aois, days=20)
    week = TimeRange.parse("2023-08-08/2023-08-15")
    made = correlate(
        CorrelateInput(
            inputs.aois,
            inputs.scenes,
            inputs.detections,
            inputs.coverage,
            inputs.berth_states,
            positions=inputs.positions,
            period=week,
        )
    )
    instants = [finding.start for finding in made.findings if finding.kind == "dark_event"]
    assert instants
    assert all(instant in week for instant in instants)


def test_the_same_input_gives_the_same_output(aois: tuple[Aoi, ...], season: Correlation) -> None:
    again = correlate(_season(aois))
    assert again.findings == season.findings
    for name, table in again.tables().items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(season.tables()[name]))


def test_no_scenes_give_empty_tables(aois: tuple[Aoi, ...]) -> None:
    made = correlate(CorrelateInput(aois, ()))
    assert all(table.empty for table in made.tables().values())
    assert made.findings == ()


def test_versions_go_on_when_ais_comes_late(aois: tuple[Aoi, ...]) -> None:
    inputs = _season(aois, days=5)
    first = correlate(CorrelateInput(aois, inputs.scenes, inputs.detections, as_of=START.to_pydatetime()))
    place = aois[0].zone(BERTHS["rajin"]).geometry.centroid
    t = pd.date_range(START - timedelta(days=1), START + timedelta(days=1.5), freq="20min")
    late = inputs.positions.iloc[: len(t)].assign(mmsi=5, t=t, lon=place.x, lat=place.y, length_m=120.0)
    second = correlate(
        CorrelateInput(
            aois,
            inputs.scenes,
            inputs.detections,
            positions=POSITIONS.conform(late.astype({"t": UTC})),
            previous_matches=first.matches,
            as_of=(START + timedelta(days=9)).to_pydatetime(),
        )
    )
    assert set(first.matches["status"]) == {"unmatched"}
    assert (second.matches_now["status"] == "matched").sum() == 2
    assert list(second.matches.columns) == list(MATCHES.columns)
    assert (second.matches["version"] == 2).sum() >= 2
