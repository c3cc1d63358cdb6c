"""Digests by content."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.digest import digest_of


@dataclass(frozen=True)
class Rule:
    share: float
    within: timedelta
    table: pd.DataFrame


def _rule(share: float = 0.5) -> Rule:
    frame = gpd.GeoDataFrame({"name": ["a", None], "n": [1.0, np.nan]}, geometry=[Point(1, 2), Point(3, 4)], crs=4326)
    return Rule(share, timedelta(hours=1), frame)


def test_equal_values_have_equal_digests() -> None:
    assert digest_of(_rule()) == digest_of(_rule())
    assert digest_of({"b", "a", "c"}) == digest_of({"c", "a", "b"})


def test_every_part_counts() -> None:
    rule = _rule()
    moved = rule.table.assign(geometry=[Point(1, 2), Point(3, 5)])
    others = [
        _rule(0.6),
        replace(rule, table=moved),
        replace(rule, table=rule.table.rename(columns={"n": "m"})),
        replace(rule, table=rule.table.iloc[::-1]),
        replace(rule, within=timedelta(hours=2)),
    ]
    assert len({digest_of(one) for one in [rule, *others]}) == 6


def test_kind_and_shape_count() -> None:
    day = datetime(2023, 9, 5, tzinfo=UTC)
    values = [1, 1.0, "1", True, (1,), [1, [1]], np.zeros((2, 3)), np.zeros((3, 2)), np.zeros(6, int), day, None]
    assert len({digest_of(value) for value in values}) == len(values)


def test_what_cannot_be_told_from_outside_has_none() -> None:
    with pytest.raises(TypeError, match="function"):
        digest_of((1, test_kind_and_shape_count))
