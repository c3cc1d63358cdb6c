"""A short season over the shipped ports, and a summer over made-up places with and without changes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from monitor.core.aoi import Aoi, read_aois
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.land.places import places
from monitor.simulate.truth import truth_tables

PERIOD = TimeRange.parse("2023-08-27/2023-09-12")
SUMMER = TimeRange.parse("2023-04-15/2023-08-15")


@pytest.fixture(scope="session")
def aois(repository: Path) -> tuple[Aoi, ...]:
    return read_aois(repository / "aoi")


@pytest.fixture(scope="session")
def season(aois: tuple[Aoi, ...]) -> Season:
    return Season.make(aois=aois, seed=7, period=PERIOD, sensors=("s2", "s1"))


@pytest.fixture(scope="session")
def truth(season: Season):
    return truth_tables(season)


@pytest.fixture(scope="session")
def sites() -> dict[str, Aoi]:
    return {aoi.id: aoi for aoi in places()}


@pytest.fixture(scope="session")
def expanding() -> Season:
    return Season.make(aois=places(), seed=3, period=SUMMER, scenario="depot")


@pytest.fixture(scope="session")
def quiet() -> Season:
    return Season.make(aois=places(), seed=3, period=SUMMER, scenario="depot-quiet")


@pytest.fixture(scope="session")
def land_truth(expanding) -> dict[str, pd.DataFrame]:
    return truth_tables(expanding)
