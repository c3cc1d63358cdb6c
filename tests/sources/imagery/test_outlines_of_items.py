"""Items of a catalog whose outlines are none hide no others, and crossed ones are read."""

from __future__ import annotations

import pytest

from monitor.sources.imagery.grouping import group_acquisitions, read_items
from tests.sources.places import aoi_over

SQUARE = [[128.9, 42.1], [129.1, 42.1], [129.1, 42.3], [128.9, 42.3], [128.9, 42.1]]
CROSSED = [[128.9, 42.1], [129.1, 42.3], [129.1, 42.1], [128.9, 42.3], [128.9, 42.1]]
AOI = aoi_over(499_900, 4_670_000, 500_500, 4_670_600)


def feature(tile: str, ring: list[list[float]]) -> dict[str, object]:
    """An item of a catalog."""
    facts = {"datetime": "2023-10-05T02:16:00Z", "platform": "sentinel-2a", "sat:relative_orbit": 3}
    name = f"S2A_MSIL2A_20231005T021510_N0509_R003_T{tile}_20231005T043812"
    return {"id": name, "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": facts}


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
def test_an_outline_without_numbers_is_one_fault(odd: float) -> None:
    ring = [SQUARE[0], [odd, 42.1], *SQUARE[2:]]
    items, faults = read_items([feature("52TEM", SQUARE), feature("52TDM", ring)], sensor="s2")
    assert len(group_acquisitions(items, AOI, sensor="s2", source="test")) == 1
    [fault] = faults
    assert "T52TDM" in str(fault)
    assert "no numbers" in str(fault)


def test_a_crossed_outline_is_read() -> None:
    items, faults = read_items([feature("52TEM", SQUARE), feature("52TDM", CROSSED)], sensor="s2")
    assert not faults
    assert len(group_acquisitions(items, AOI, sensor="s2", source="test")) == 1
