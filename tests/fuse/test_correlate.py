from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.aoi import Aoi, read_aoi
from monitor.core.findings import Finding
from monitor.core.geo.geodesy import destination
from monitor.core.parallel import open_pool
from monitor.core.scenes.scene import Acquisition
from monitor.core.schema import UTC
from monitor.core.tables import (
    BERTH_STATES,
    COUNTS,
    COVERAGE,
    DARK_EVENTS,
    DETECTIONS,
    DIMENSIONS,
    GAP_CANDIDATES,
    MATCHES,
    NULL_TESTS,
    POSITIONS,
    SHUTTLES,
    VESSEL_WATCHLIST,
    VESSELS,
    VISITS,
    VOYAGES,
)
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.fuse import CORRELATED, correlate, latest, read_watchlist

START = pd.Timestamp("2023-08-01T02:16:00Z")
Correlated = tuple[TableSet, tuple[Finding, ...]]
BERTHS = {"rajin": "rajin_b2_sw", "dunai": "dunai_ba_n"}


@pytest.fixture(scope="module")
def aois() -> tuple[Aoi, ...]:
    folder = Path(__file__).resolve().parents[2] / "aoi"
    return tuple(read_aoi(folder / f"{name}.geojson") for name in ("rajin", "dunai"))


def _season(
    aois: tuple[Aoi, ...], *, days: int = 40, cloudy: frozenset[int] = frozenset()
) -> tuple[TableSet, tuple[Acquisition, ...]]:
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
    tables = {
        DETECTIONS: DETECTIONS.conform(detections),
        COVERAGE: COVERAGE.conform(pd.DataFrame(coverage, columns=list(COVERAGE.columns))),
        BERTH_STATES: BERTH_STATES.conform(
            pd.DataFrame(states, columns=[c for c in BERTH_STATES.columns if c not in BERTH_STATES.absent])
        ),
        POSITIONS: _traffic(days),
        VESSEL_WATCHLIST: read_watchlist(),
    }
    return TableSet(tables), tuple(scenes)


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
def season(aois: tuple[Aoi, ...]) -> Correlated:
    tables, scenes = _season(aois)
    return correlate(tables, aois, scenes=scenes)


@pytest.mark.parametrize("text", ["threads:2", "processes:2"])
def test_ports_side_by_side_give_the_same_bytes(
    season: Correlated, aois: tuple[Aoi, ...], tmp_path: Path, text: str
) -> None:
    tables, scenes = _season(aois)
    with open_pool(text) as pool:
        made, stated = correlate(tables, aois, scenes=scenes, pool=pool)
    assert stated == season[1]
    for schema in CORRELATED:
        for name, table in (("serial", season[0][schema]), ("pool", made[schema])):
            pd.DataFrame(table).map(str).to_parquet(tmp_path / name)
        assert (tmp_path / "pool").read_bytes() == (tmp_path / "serial").read_bytes(), schema.name


def test_every_stay_of_the_season_is_a_visit(season: Correlated) -> None:
    assert season[0][VISITS].groupby("aoi_id").size().to_dict() == {"dunai": 8, "rajin": 8}


def test_static_data_that_came_in_another_file_moves_the_antenna(aois: tuple[Aoi, ...]) -> None:
    tables, scenes = _season(aois, days=8)
    seen = tables[DETECTIONS].iloc[0]
    place = seen["geometry"].centroid
    stern = destination(place.x, place.y, 210.0, 50.0)
    t = pd.date_range(seen["acquired_at"] - timedelta(hours=1), periods=40, freq="3min")
    ship = {"mmsi": 440000001, "t": t, "lon": float(stern[0]), "lat": float(stern[1]), "sog_kn": 0.0, "cog_deg": 0.0}
    ship |= {"heading_deg": 30.0, "nav_status": 5, "length_m": np.nan, "receiver": "", "source_file": "made"}
    given = tables | {POSITIONS: POSITIONS.join([tables[POSITIONS], POSITIONS.conform(pd.DataFrame(ship))])}
    static = {"mmsi": [440000001], "imo": "", "name": "", "callsign": "", "ship_type": pd.NA, "source_file": ""}
    static |= {"length_m": 120.0, "width_m": 18.0} | dict(zip(DIMENSIONS, (110.0, 10.0, 9.0, 9.0), strict=True))
    known = given | {VESSELS: VESSELS.conform(pd.DataFrame(static))}
    off = []
    for tables_now in (given, known):
        matches = correlate(tables_now, aois, scenes=scenes)[0][MATCHES].set_index("detection_id")
        assert matches.loc[seen["detection_id"], "mmsi"] == 440000001
        off.append(float(matches.loc[seen["detection_id"], "distance_m"]))
    assert off[0] > 40.0
    assert off[1] < 15.0


def test_every_sighting_is_dark_where_others_are_heard(season: Correlated) -> None:
    assert set(season[0][DARK_EVENTS]["status"]) == {"dark"}
    assert len(season[0][DARK_EVENTS]) == 32


def test_the_legs_make_one_shuttle(season: Correlated) -> None:
    row = season[0][SHUTTLES].iloc[0]
    assert len(season[0][SHUTTLES]) == 1
    assert row["crossings_low_90"] <= 15 <= row["crossings_high_90"]
    assert row["period_days"] == pytest.approx(5.0, abs=0.2)


def test_every_leg_of_a_ship_as_regular_as_a_clock_is_told(season: Correlated) -> None:
    assert len(season[0][VOYAGES]) == 15
    assert season[0][SHUTTLES]["legs"].tolist() == [15]


def test_chance_matches_are_reported_beside(season: Correlated) -> None:
    assert len(season[0][NULL_TESTS]) == 32
    assert (season[0][NULL_TESTS]["chance_rate"] == 0).all()


def test_every_finding_has_a_claim_and_evidence(season: Correlated) -> None:
    kinds = {finding.kind for finding in season[1]}
    assert {"shuttle", "dark_event", "visit", "voyage", "count"} <= kinds
    assert all(finding.claim.endswith(".") for finding in season[1])
    assert all(finding.evidence for finding in season[1])
    assert len({finding.id for finding in season[1]}) == len(season[1])


def test_observations_carry_no_likelihood_and_inferences_do(season: Correlated) -> None:
    for finding in season[1]:
        assert bool(finding.likelihood) == (finding.kind in ("dark_event", "visit", "voyage", "shuttle"))


def test_a_port_under_cloud_is_not_observed_and_has_no_count(aois: tuple[Aoi, ...]) -> None:
    tables, scenes = _season(aois, days=10, cloudy=frozenset(range(10)))
    made, stated = correlate(tables, aois, scenes=scenes)
    assert made[COUNTS]["vessels"].isna().all()
    assert {finding.kind for finding in stated} == {"coverage"}
    assert all("not observed" in finding.claim for finding in stated)


def test_findings_are_about_the_period_asked_for(aois: tuple[Aoi, ...]) -> None:
    tables, scenes = _season(aois, days=20)
    week = TimeRange.parse("2023-08-08/2023-08-15")
    _, stated = correlate(tables, aois, scenes=scenes, period=week)
    instants = [finding.start for finding in stated if finding.kind == "dark_event"]
    assert instants
    assert all(instant in week for instant in instants)


def test_the_same_input_gives_the_same_output(aois: tuple[Aoi, ...], season: Correlated) -> None:
    tables, scenes = _season(aois)
    again, stated = correlate(tables, aois, scenes=scenes)
    assert stated == season[1]
    for schema in again:
        pd.testing.assert_frame_equal(pd.DataFrame(again[schema]), pd.DataFrame(season[0][schema]))


def test_no_scenes_give_empty_tables(aois: tuple[Aoi, ...]) -> None:
    made, stated = correlate(TableSet(), aois, scenes=())
    assert set(made) == set(CORRELATED)
    assert all(table.empty for table in made.values())
    assert stated == ()


def test_versions_go_on_when_ais_comes_late(aois: tuple[Aoi, ...]) -> None:
    tables, scenes = _season(aois, days=5)
    seen = TableSet({DETECTIONS: tables[DETECTIONS]})
    first, _ = correlate(seen, aois, scenes=scenes, as_of=START.to_pydatetime())
    place = aois[0].zone(BERTHS["rajin"]).geometry.centroid
    t = pd.date_range(START - timedelta(days=1), START + timedelta(days=1.5), freq="20min")
    late = tables[POSITIONS].iloc[: len(t)].assign(mmsi=5, t=t, lon=place.x, lat=place.y, length_m=120.0)
    later = seen | {POSITIONS: POSITIONS.conform(late.astype({"t": UTC})), MATCHES: first[MATCHES]}
    second, _ = correlate(later, aois, scenes=scenes, as_of=(START + timedelta(days=9)).to_pydatetime())
    assert set(first[MATCHES]["status"]) == {"not compared"}
    assert (latest(second[MATCHES])["status"] == "matched").sum() == 2
    assert list(second[MATCHES].columns) == list(MATCHES.columns)
    assert (second[MATCHES]["version"] == 2).sum() >= 2


def test_without_ais_of_place_and_day_nothing_is_dark_and_nothing_unmatched(aois: tuple[Aoi, ...]) -> None:
    tables, scenes = _season(aois, days=5)
    far = tables[POSITIONS].assign(lon=-74.0, lat=40.6)
    for ais in (POSITIONS.empty(), far):
        made, stated = correlate(tables | {POSITIONS: ais}, aois, scenes=scenes)
        assert set(made[MATCHES]["status"]) == {"not compared"}
        assert made[MATCHES]["reason"].ne("").all()
        assert made[DARK_EVENTS].empty
        assert made[GAP_CANDIDATES].empty
        assert made[COUNTS]["unmatched"].isna().all()
        assert not any(finding.kind == "dark_event" for finding in stated)
