"""Sensors that are known, and those that users name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from shapely.geometry import box

from monitor.core.errors import DataError
from monitor.core.scenes.revisit import find_cycles
from monitor.core.scenes.scene import Acquisition
from monitor.core.scenes.sensors import SENSORS, sensor


def test_a_word_of_ones_own_is_an_optical_sensor_of_that_name() -> None:
    own = sensor("drone-2")
    assert (own.id, own.name, own.optical, own.needed, own.gsd_m) == ("drone-2", "drone-2", True, (), None)
    assert sensor("planet") is SENSORS["planet"]


@pytest.mark.parametrize("name", ["", "Planet Scope", "../s2", "x" * 33])
def test_what_cannot_be_a_name_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(DataError, match="cannot name a sensor: use one of s2, s1, planet, hires, landsat, or a word"):
        sensor(name)


def test_only_what_flies_the_same_track_again_has_a_cycle() -> None:
    at = datetime(2023, 9, 5, 2, tzinfo=UTC)
    one = Acquisition("a", "port", "s2", "sentinel-2a", at, at, box(0, 0, 1, 1), relative_orbit=3)
    seen = [replace(one, id=name, sensor=name) for name in ("s2", "planet", "drone-2", "landsat")]
    cycles = find_cycles(seen)
    assert {(cycle.sensor, cycle.repeat) for cycle in cycles} == {
        ("s2", timedelta(days=10)),
        ("landsat", timedelta(days=16)),
    }
