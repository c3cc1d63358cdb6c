"""A short season over the shipped ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.aoi import Aoi, read_aois
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.truth import truth_tables

PERIOD = TimeRange.parse("2023-08-27/2023-09-12")


@pytest.fixture(scope="session")
def aois(repository: Path) -> tuple[Aoi, ...]:
    return read_aois(repository / "aoi")


@pytest.fixture(scope="session")
def season(aois: tuple[Aoi, ...]) -> Season:
    return Season.make(aois=aois, seed=7, period=PERIOD, sensors=("s2", "s1"))


@pytest.fixture(scope="session")
def truth(season: Season):
    return truth_tables(season)
