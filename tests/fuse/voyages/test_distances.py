from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from monitor.core.geo.geodesy import distance_m
from monitor.fuse import gap_candidates, link_voyages
from monitor.fuse.voyages.distances import between_ports
from tests.fuse.conftest import AT
from tests.fuse.voyages.test_links import PORTS, season, shuttle


class TwiceAsFar:
    """A sea in which every way is twice the geodesic."""

    def distances_m(
        self, place: tuple[float, float], others: Sequence[tuple[float, float]]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        lon, lat = np.array(others, dtype=np.float64).T
        return np.asarray(2.0 * distance_m(*place, lon, lat)), np.ones(len(others), dtype=bool)


def _silence(hours: float) -> pd.DataFrame:
    at = pd.Timestamp(AT)
    return pd.DataFrame(
        {
            "gap_id": ["g"],
            "mmsi": [5],
            "start": [at - timedelta(hours=hours)],
            "end": [at + timedelta(hours=hours)],
            "start_lon": [131.0],
            "start_lat": [42.3],
            "end_lon": [131.0],
            "end_lat": [42.3],
        }
    )


def _event() -> pd.DataFrame:
    return pd.DataFrame({"event_id": ["e"], "acquired_at": [pd.Timestamp(AT)], "lon": [130.28], "lat": [42.2]})


def test_by_water_less_time_is_left_than_as_the_crow_flies() -> None:
    straight = gap_candidates(_event(), _silence(12.0)).iloc[0]
    round_about = gap_candidates(_event(), _silence(12.0), sea=TwiceAsFar()).iloc[0]
    assert round_about["spare_h"] < straight["spare_h"]
    assert round_about["required_in_kn"] == pytest.approx(2.0 * straight["required_in_kn"])
    assert "h to spare by water" in round_about["reason"]
    assert "at most" in straight["reason"]
    assert bool(round_about["by_water"])
    assert not bool(straight["by_water"])


def test_a_silence_too_short_for_the_way_by_water_explains_nothing() -> None:
    assert len(gap_candidates(_event(), _silence(2.0))) == 1
    assert gap_candidates(_event(), _silence(2.0), sea=TwiceAsFar()).empty


def test_legs_are_as_long_as_the_way_by_water() -> None:
    known = between_ports(PORTS, TwiceAsFar(), detour=1.12)
    guessed = between_ports(PORTS, None, detour=1.12)
    ports = frozenset(("rajin", "dunai"))
    assert known[ports] == pytest.approx(guessed[ports] * 2.0 / 1.12)
    visits, states = season(shuttle(np.random.default_rng(5)), every=0.5)
    links = link_voyages(visits, PORTS, berth_states=states, sea=TwiceAsFar()).links
    assert links["distance_m"].tolist() == pytest.approx([known[ports]] * len(links))
    assert len(links)
