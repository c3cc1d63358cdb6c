"""What a port's own data teach: the same detection is judged by what else was seen there."""

from datetime import datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.tables import MATCHES
from monitor.fuse import dark_events
from monitor.fuse.dark.events import DARK, NOT_LIKELY
from tests.fuse.conftest import AT

SCENES = 12
MIDDLE = (130.30, 42.20)

Place = tuple[float, float]


def _at(scene: int) -> datetime:
    return AT + timedelta(days=7 * scene)


class Harbour:
    """Detections, their matches and the AIS of a port, row by row."""

    def __init__(self, aoi_id: str = "rajin") -> None:
        self.aoi_id = aoi_id
        self.found: list[dict[str, object]] = []
        self.pairs: list[dict[str, object]] = []
        self.fixes: list[dict[str, object]] = []

    def see(self, scene: int, place: Place, *, score: float = 0.8, mmsi: int | None = None, zone: str = "open") -> str:
        """A detection of 80 to 260 m, matched with `mmsi` or unmatched; gives its id."""
        name = f"{self.aoi_id}-{scene}-{len(self.found)}"
        length = (120.0, 80.0, 260.0, 170.0)[len(self.found) % 4]
        lengths = {"length_m": length, "length_low_m": 0.8 * length, "length_high_m": 1.2 * length}
        point = Point(*place).buffer(4e-4)
        row = {"detection_id": name, "acquired_at": pd.Timestamp(_at(scene)), "score": score, "zone": zone}
        self.found.append(row | lengths | {"geometry": point})
        self._pair(scene, name, mmsi, "unmatched" if mmsi is None else "matched")
        return name

    def hear(
        self,
        scene: int,
        mmsi: int,
        place: Place,
        *,
        apart_min: float = 1.0,
        status: str = "",
        course_deg: float | None = None,
    ) -> None:
        """Fixes so many minutes before and after the scene; with `status` a row of MATCHES without detection.

        The ship lies still; with a course it sails on it.
        """
        speed = {"sog_kn": 0.0 if course_deg is None else 8.0, "cog_deg": course_deg or 0.0}
        for minutes in (-apart_min, apart_min):
            t = pd.Timestamp(_at(scene) + timedelta(minutes=minutes))
            self.fixes.append({"mmsi": mmsi, "t": t, "lon": place[0], "lat": place[1], **speed})
        if status:
            self._pair(scene, "", mmsi, status)

    def _pair(self, scene: int, name: str, mmsi: int | None, status: str) -> None:
        probability = {"matched": 0.98, "unmatched": 0.0}.get(status, np.nan)
        about = {"match_id": f"{scene}|{name or mmsi}", "scene_id": f"{self.aoi_id}{scene}", "aoi_id": self.aoi_id}
        self.pairs.append(
            about
            | {"detection_id": name, "mmsi": mmsi, "status": status, "reason": "", "probability": probability}
            | {"acquired_at": pd.Timestamp(_at(scene)), "version": 1, "as_of": pd.NaT}
        )

    def tables(self) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
        """Detections, MATCHES and positions."""
        pairs = pd.DataFrame(self.pairs)
        pairs["mmsi"] = pairs["mmsi"].astype("Int64")
        pairs["runner_up_mmsi"] = pd.array([pd.NA] * len(pairs), dtype="Int64")
        pairs["as_of"] = pd.to_datetime(pairs["as_of"], utc=True)
        numbers = [c for c, column in MATCHES.columns.items() if column.dtype == "float64" and c not in pairs]
        matches = MATCHES.conform(pairs.assign(**dict.fromkeys(numbers, np.nan)))
        return gpd.GeoDataFrame(self.found, geometry="geometry", crs=4326), matches, pd.DataFrame(self.fixes)

    def events(self) -> pd.DataFrame:
        """Its dark events by detection id."""
        return dark_events(*self.tables(), fixed=()).set_index("detection_id")


def _somewhere(rng: np.random.Generator, middle: Place = MIDDLE) -> Place:
    return float(middle[0] + rng.normal(0, 0.01)), float(middle[1] + rng.normal(0, 0.01))


def _harbour(honest: int, silent: int, *, seed: int = 3, aoi_id: str = "rajin") -> tuple[Harbour, str]:
    """A port with so many matched and so many unmatched ships a scene, and the id of one unmatched find."""
    rng, port, name = np.random.default_rng(seed), Harbour(aoi_id), ""
    first, middle = (1, MIDDLE) if aoi_id == "rajin" else (500_001, (132.35, 42.85))
    for scene in range(SCENES):
        for ship in range(max(honest, 3)):
            place, mmsi = _somewhere(rng, middle), first + 1000 * scene + ship
            port.hear(scene, mmsi, place)
            if ship < honest:
                port.see(scene, place, mmsi=mmsi)
        for _ in range(silent):
            name = port.see(scene, _somewhere(rng, middle))
    return port, name or port.see(SCENES - 1, _somewhere(rng, middle))


def test_one_unmatched_find_at_an_honest_port_is_no_dark_event() -> None:
    port, name = _harbour(12, 0)
    row = port.events().loc[name]
    assert row["status"] == NOT_LIKELY
    assert row["probability"] < 0.55
    assert row["base_rate"] < 0.05


def test_the_same_find_at_a_port_of_silent_ships_is_very_likely_dark() -> None:
    port, name = _harbour(4, 6)
    row = port.events().loc[name]
    assert row["status"] == DARK
    assert row["probability"] > 0.8
    assert row["base_rate_low"] < 0.6 < row["base_rate_high"]


def test_the_probability_is_the_product_of_its_three_parts() -> None:
    events = _harbour(6, 2)[0].events()
    product = events["p_ship"] * events["p_received"] * events["p_without_ais"]
    np.testing.assert_allclose(product, events["probability"], rtol=1e-9)


def test_a_silent_ship_that_may_have_been_there_explains_the_find() -> None:
    port, name = _harbour(12, 1)
    before = port.events().loc[name, "p_without_ais"]
    place = next(row["geometry"].centroid for row in port.found if row["detection_id"] == name)  # type: ignore[attr-defined]
    port.hear(SCENES - 1, 999_999, (place.x + 0.002, place.y), apart_min=40.0, status="ais_only")
    after = port.events().loc[name]
    assert after["p_without_ais"] < before - 0.2
    assert "a ship whose own AIS was there and was not matched" in after["alternatives"]


def test_a_spot_that_is_taken_for_a_ship_again_and_again_is_no_fleet() -> None:
    port, _ = _harbour(8, 0)
    spot = (MIDDLE[0] + 0.02, MIDDLE[1] + 0.02)
    names = [port.see(scene, spot, score=0.6) for scene in range(0, SCENES, 2)]
    events = port.events()
    assert (events.loc[names, "probability"] < 0.2).all()
    assert (events["base_rate"] < 0.1).all()


def test_low_scores_are_judged_by_those_of_ships_that_ais_confirmed() -> None:
    port, _ = _harbour(12, 2)
    rng = np.random.default_rng(8)
    low = port.see(0, _somewhere(rng), score=0.5)
    high = port.see(0, _somewhere(rng), score=0.8)
    events = port.events()
    assert events.loc[low, "p_ship"] < events.loc[high, "p_ship"] - 0.2


def test_finds_as_long_as_only_false_hulls_are_judged_by_it() -> None:
    """Ships of 80 to 260 m, and a false hull of 80 m in every scene: a doubtful find of 260 m is more likely a ship."""
    port, _ = _harbour(8, 3)
    rng = np.random.default_rng(4)
    for scene in range(SCENES):
        name = port.see(scene, _somewhere(rng), score=0.55)
        port.found[-1] |= {"length_m": 80.0}
    short, long = (port.see(3, _somewhere(rng), score=0.55) for _ in range(2))
    port.found[-2] |= {"length_m": 80.0}
    port.found[-1] |= {"length_m": 260.0}
    events = port.events()
    assert name in events.index
    assert events.loc[long, "p_ship"] > events.loc[short, "p_ship"] + 0.15


def test_a_find_on_a_lane_across_it_is_less_likely_a_ship_than_one_along_it() -> None:
    port, _ = _harbour(0, 0)
    lane = [(MIDDLE[0] + 0.002 * n, MIDDLE[1]) for n in range(-20, 21)]
    for scene in range(SCENES):
        for ship in range(8):
            place = lane[(7 * scene + 5 * ship) % len(lane)]
            port.hear(scene, 1000 * scene + ship + 1, place, course_deg=90.0)
            port.see(scene, place, mmsi=1000 * scene + ship + 1)
            port.found[-1] |= {"axis_deg": 90.0}
        port.see(scene, lane[3 * scene])
        port.found[-1] |= {"axis_deg": 90.0}
        port.see(scene, (MIDDLE[0], MIDDLE[1] + 0.002 * (scene + 5)), score=0.5)
        port.found[-1] |= {"axis_deg": 15.0 * scene}
    along, across = (port.see(scene, lane[20], score=0.5) for scene in (2, 8))
    port.found[-2] |= {"axis_deg": 90.0}
    port.found[-1] |= {"axis_deg": 0.0}
    events = port.events()
    assert events.loc[along, "p_ship"] > events.loc[across, "p_ship"] + 0.1


def test_each_port_is_judged_by_its_own_base_rates() -> None:
    honest, silent = _harbour(12, 1, seed=1)[0], _harbour(4, 6, seed=2, aoi_id="dunai")[0]
    both = [pd.concat(pair, ignore_index=True) for pair in zip(honest.tables(), silent.tables(), strict=True)]
    together = dark_events(*both, fixed=()).set_index("detection_id")
    for port in (honest, silent):
        alone = port.events()
        assert together.loc[alone.index, "base_rate"].mean() == pytest.approx(alone["base_rate"].mean(), abs=1e-9)


def test_running_twice_gives_the_same_bytes() -> None:
    port, _ = _harbour(6, 2)
    pd.testing.assert_frame_equal(port.events(), port.events())


def test_a_reviewer_who_saw_a_ship_leaves_only_ais_in_doubt() -> None:
    port, _ = _harbour(4, 6)
    name = port.see(2, (MIDDLE[0] + 0.03, MIDDLE[1] - 0.03), score=0.5)
    detections, matches, positions = port.tables()
    plain = dark_events(detections, matches, positions, fixed=()).set_index("detection_id").loc[name]
    seen = dark_events(detections, matches, positions, fixed=(), confirmed={name}).set_index("detection_id").loc[name]
    assert plain["probability"] < seen["probability"] - 0.2
    assert seen["probability"] > 0.8
    assert "a reviewer saw a ship" in seen["reasons"]
