"""What a scene showed of each part of a port, and why not: the denominator of every count."""

from __future__ import annotations

import json

import pandas as pd
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import BERTH_KINDS, Aoi
from monitor.core.arrays import Mask
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tables import COVERAGE
from monitor.detect.context.water import ice_mask, shows_water, water_mask

OBSERVED, PARTLY = 0.9, 0.5
"""Clear share of a zone from which it counts as observed, and as observed in part (chosen)."""
_AFLOAT = frozenset({"water", "anchorage", *BERTH_KINDS})
"""Zones that sea ice hides."""
_ICE_TAG = "ice_fraction"


def coverage(acquisition: Acquisition, raster: Raster, aoi: Aoi) -> pd.DataFrame:
    """COVERAGE of one scene: a row for the whole place, its water or its area, and one for each watched zone.

    Parameters
    ----------
    acquisition : Acquisition
    raster : Raster
        Its tag ``ice_fraction`` (JSON, zone id to share), where the source wrote one, counts as ice.
    aoi : Aoi

    Notes
    -----
    A zone is ``observed`` when at least 90 % of it was clear, ``partly`` from 50 %, else ``not observed`` with the
    reason that hid most of it. Measured over the zone, not over the image: what lies outside the image was not seen.
    Without water polygons, and without a band that shows water, the whole port counts as its water. Water under sea
    ice does not count as observed, since ships in ice are missed: the larger of the source's share and of what the
    pixels show (`ice_mask`). A place without water has no row of it: rice and rivers around a depot are no harbour.
    """
    ice = ice_mask(raster)
    kind, ground = aoi.whole
    inside = raster.grid.mask(ground)
    whole = _pixels(ground, raster)
    if kind == "water" and aoi.water is None and shows_water(raster):
        beyond = whole - int(inside.sum())
        inside &= water_mask(raster) | ~raster.valid
        whole = int(inside.sum()) + beyond
    rows = [_row(acquisition, raster, (aoi.id, kind), inside, whole, ice=ice)]
    for zone in aoi.watched:
        outline = zone.outline
        mask, whole = raster.grid.mask(outline), _pixels(outline, raster)
        rows.append(_row(acquisition, raster, (zone.id, zone.kind), mask, whole, ice=ice))
    return COVERAGE.conform(pd.DataFrame(rows))


def _pixels(geometry: BaseGeometry, raster: Raster) -> int:
    """How many pixels the zone would have if the grid went on for ever."""
    mask = int(raster.grid.mask(geometry).sum())
    share = geometry.intersection(raster.grid.footprint()).area / geometry.area if geometry.area else 0.0
    return max(mask, round(mask / share)) if share > 0 else 1


def _row(
    acquisition: Acquisition, raster: Raster, zone: tuple[str, str], mask: Mask, whole: int, *, ice: Mask
) -> dict[str, object]:
    with_data = mask & raster.valid
    clear = with_data if raster.cloud is None else with_data & ~raster.cloud
    dry = zone[1] not in _AFLOAT
    reported = 0.0 if dry else float(json.loads(raster.tags.get(_ICE_TAG, "{}")).get(zone[0], 0.0))
    shown = 0.0 if dry else float((clear & ice).sum()) / max(float(clear.sum()), 1.0)
    frozen = max(reported, shown)
    fraction = min(float(clear.sum()) * (1.0 - frozen) / max(whole, 1), 1.0)
    state = "observed" if fraction >= OBSERVED else "partly" if fraction >= PARTLY else "not observed"
    hidden = {
        "outside": whole - int(mask.sum()),
        "no data": int(mask.sum() - with_data.sum()),
        "cloud": int(with_data.sum() - clear.sum()),
        "sea ice": round(frozen * float(clear.sum())),
    }
    reason = max(hidden, key=lambda name: hidden[name]) if state != "observed" else ""
    return {
        "scene_id": acquisition.id,
        "aoi_id": acquisition.aoi_id,
        "acquired_at": pd.Timestamp(acquisition.acquired_at),
        "sensor": acquisition.sensor,
        "zone_id": zone[0],
        "kind": zone[1],
        "state": state,
        "observed_fraction": fraction,
        "reason": reason,
    }
