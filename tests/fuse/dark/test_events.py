from datetime import timedelta

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import DARK_EVENTS, GAP_CANDIDATES
from monitor.fuse import dark_events, fixed_objects, gap_candidates, match
from tests.fuse.conftest import AT, Found, Track

PLACE = (130.35, 42.25)


@pytest.fixture
def traffic(track: Track) -> pd.DataFrame:
    return pd.concat([track(m, 130.2 + 0.01 * m, 42.12, 8.0, 90.0) for m in (1, 2, 3)], ignore_index=True)


def _gap(gap_id: str, mmsi: int, start_h: float, end_h: float | None, place: tuple[float, float]) -> dict[str, object]:
    return {
        "gap_id": gap_id,
        "mmsi": mmsi,
        "start": pd.Timestamp(AT + timedelta(hours=start_h)),
        "end": pd.NaT if end_h is None else pd.Timestamp(AT + timedelta(hours=end_h)),
        "is_closed": end_h is not None,
        "start_lon": place[0],
        "start_lat": place[1],
        "end_lon": place[0] if end_h is not None else float("nan"),
        "end_lat": place[1] if end_h is not None else float("nan"),
    }


def _gaps(*rows: dict[str, object]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows))
    for name in ("start", "end"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return table


def test_unmatched_where_others_are_heard_is_dark(optical: Acquisition, traffic: pd.DataFrame, found: Found) -> None:
    ships = found(PLACE, score=0.9, length_m=120.0, length_low_m=105.0, length_high_m=135.0)
    events = dark_events(ships, match(ships, traffic, scene=optical), traffic)
    row = events.iloc[0]
    assert row["status"] == "dark"
    assert row["reception_vessels"] == 3
    assert row["likelihood"] in ("likely", "very likely")
    assert "3 other vessels received" in row["reasons"]
    assert "naval" in row["alternatives"]


def test_nothing_heard_nearby_is_reception_unknown(optical: Acquisition, track: Track, found: Found) -> None:
    far = pd.concat([track(m, 129.0, 40.0) for m in (1, 2, 3)])
    ships = found(PLACE)
    row = dark_events(ships, match(ships, far, scene=optical), far).iloc[0]
    assert row["status"] == "unmatched, reception unknown"
    assert row["likelihood"] == ""
    assert pd.isna(row["probability"])


def test_without_any_ais_reception_is_unknown(optical: Acquisition, traffic: pd.DataFrame, found: Found) -> None:
    ships = found(PLACE)
    events = dark_events(ships, match(ships, traffic.iloc[:0], scene=optical))
    assert events["status"].tolist() == ["unmatched, reception unknown"]


def test_nothing_is_dark_during_a_feed_outage(optical: Acquisition, traffic: pd.DataFrame, found: Found) -> None:
    at = pd.Timestamp(AT)
    ships = found(PLACE)
    for hole in (
        traffic["t"].between(at - timedelta(hours=4), at + timedelta(hours=4)),
        traffic["t"] > at,
        traffic["t"] < at,
    ):
        received = traffic[~hole]
        events = dark_events(ships, match(ships, received, scene=optical), received)
        assert events["status"].tolist() == ["unmatched, reception unknown"]


def test_a_scene_of_uncertain_hour_gives_nothing_dark(
    optical: Acquisition, traffic: pd.DataFrame, found: Found
) -> None:
    ships = found(PLACE)
    matches = match(ships, traffic, scene=optical).assign(reason="hour unknown")
    assert dark_events(ships, matches, traffic)["status"].tolist() == ["unmatched, reception unknown"]


def test_matched_and_potential_detections_are_not_events(
    optical: Acquisition, track: Track, traffic: pd.DataFrame, found: Found
) -> None:
    positions = pd.concat([traffic, track(9, *PLACE)])
    ships = found(PLACE)
    matches = match(ships, positions, scene=optical)
    assert dark_events(ships, matches, positions).empty
    assert dark_events(ships, matches.assign(status="potential"), positions).empty


@pytest.mark.parametrize("columns", [{"score": 0.1}, {"length_m": 25.0}])
def test_doubtful_and_small_detections_are_not_events(
    optical: Acquisition, traffic: pd.DataFrame, found: Found, columns: dict[str, float]
) -> None:
    ships = found(PLACE, **columns)
    assert dark_events(ships, match(ships, traffic, scene=optical), traffic).empty


def test_reception_by_cells_and_hours_is_enough(optical: Acquisition, traffic: pd.DataFrame, found: Found) -> None:
    ships, hour = found(PLACE), pd.Timestamp(AT).floor("h")
    cells = pd.DataFrame(
        {
            "cell": "a",
            "hour": [hour, hour + timedelta(hours=1)],
            "lon": 130.3,
            "lat": 42.2,
            "vessels": [4, 3],
            "positions": [40, 30],
        }
    )
    matches = match(ships, traffic.iloc[:0], scene=optical)
    assert dark_events(ships, matches, reception=cells)["status"].tolist() == ["dark"]
    assert dark_events(ships, matches, reception=cells.iloc[:1])["status"].iloc[0] != "dark"


def _seen_weekly(zone: str) -> gpd.GeoDataFrame:
    weeks = [pd.Timestamp(AT) + timedelta(days=7 * n) for n in range(12)]
    return gpd.GeoDataFrame(
        {
            "detection_id": [f"x{n}" for n in range(12)],
            "scene_id": [f"s{n}" for n in range(12)],
            "zone": zone,
            "acquired_at": weeks,
            "geometry": [Point(*PLACE).buffer(4e-4)] * 12,
        },
        crs="EPSG:4326",
    )


def test_what_is_always_there_is_a_fixed_object() -> None:
    assert len(fixed_objects(_seen_weekly("open"))) == 12


def test_what_lies_at_a_berth_is_never_fixed() -> None:
    assert fixed_objects(_seen_weekly("berth")) == frozenset()


def test_a_fixed_object_is_not_dark(optical: Acquisition, traffic: pd.DataFrame, found: Found) -> None:
    ships = found(PLACE)
    assert dark_events(ships, match(ships, traffic, scene=optical), traffic, fixed={"d0"}).empty


def test_gaps_that_could_explain_are_ranked_not_picked(
    optical: Acquisition, traffic: pd.DataFrame, found: Found
) -> None:
    near, far = (130.3, 42.0), (131.5, 42.5)
    gaps = _gaps(
        _gap("far", 11, -30.0, 30.0, far),
        _gap("near", 12, -30.0, 30.0, near),
        _gap("over", 13, -60.0, -30.0, near),
        _gap("too fast", 14, -1.0, 1.0, far),
    )
    ships = found(PLACE)
    events = dark_events(ships, match(ships, traffic, scene=optical), traffic, gaps=gaps)
    assert events["gap_ids"].tolist() == ["near far"]
    ranked = gap_candidates(events, gaps)
    assert ranked["rank"].tolist() == [1, 2]
    assert ranked["weight"].sum() == pytest.approx(1.0)
    assert (ranked["spare_h"] > 0).all()


def test_the_length_that_a_silent_ship_broadcasts_counts(found: Found) -> None:
    gaps = _gaps(_gap("a", 11, -30.0, 30.0, (130.3, 42.0)), _gap("b", 12, -30.0, 30.0, (130.3, 42.0)))
    event = found(PLACE, length_m=120.0, length_low_m=108.0, length_high_m=132.0)
    ranked = gap_candidates(event, gaps, lengths={11: 60.0, 12: 120.0})
    assert ranked["gap_id"].tolist() == ["b", "a"]
    assert ranked["length_fits"].tolist() == [True, False]


def test_an_open_gap_needs_only_the_way_there(found: Found) -> None:
    ranked = gap_candidates(found(PLACE), _gaps(_gap("a", 11, -30.0, None, (130.3, 42.0))))
    assert ranked["gap_id"].tolist() == ["a"]
    assert pd.isna(ranked["spare_h"].iloc[0])


def test_nothing_gives_empty_tables(optical: Acquisition, traffic: pd.DataFrame, found: Found) -> None:
    ships = found()
    assert list(dark_events(ships, match(ships, traffic, scene=optical), traffic)) == list(DARK_EVENTS.columns)
    assert list(gap_candidates(ships, _gaps(_gap("a", 1, -1.0, 1.0, PLACE)))) == list(GAP_CANDIDATES.columns)
