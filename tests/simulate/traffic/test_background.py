"""Harbour craft at their quays."""

from __future__ import annotations

from itertools import combinations

from monitor.core.geo.geodesy import WGS84, reproject
from monitor.simulate.truth import truth_tables


def test_no_craft_lies_over_another(season) -> None:
    vessels = truth_tables(season)["vessels"]
    still = vessels[(vessels["situation"] == "berthed") & (vessels["role"].isin(["harbour", "fishing"]))]
    pairs = abreast = 0
    for _, scene in still.groupby("scene_id"):
        hulls = [reproject(hull, WGS84, 32652) for hull in scene["geometry"]]
        for one, other in combinations(hulls, 2):
            assert one.intersection(other).area < 0.02 * min(one.area, other.area)
            pairs, abreast = pairs + 1, abreast + (one.distance(other) < 2.0)
    assert pairs > 50
    assert abreast > 5
