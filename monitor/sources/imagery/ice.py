"""The share of each zone under snow or ice, as tags of a raster; pure."""

from __future__ import annotations

import json

from monitor.core.aoi import Aoi
from monitor.core.arrays import Mask
from monitor.core.geo.grid import Grid

TAG = "ice_fraction"


def ice_tags(ice: Mask | None, valid: Mask, grid: Grid, aoi: Aoi) -> dict[str, str]:
    """``ice_fraction``: JSON of zone id (the AOI's own id for the whole place) to the share 0–1 of its valid pixels.

    Zones without ice are left out; no tag at all when the source has no ice mask or there is no ice.

    Parameters
    ----------
    ice : (row, col) bool array or None
        Snow and ice; None when the source has no such mask.
    valid : (row, col) bool array
        What was observed.
    grid : Grid
        Of both.
    aoi : Aoi
        Its watched zones and the whole place are measured.
    """
    if ice is None or not (ice & valid).any():
        return {}
    zones = {zone.id: zone.outline for zone in aoi.watched}
    _, zones[aoi.id] = aoi.whole
    shares = {}
    for name, geometry in zones.items():
        seen = grid.mask(geometry) & valid
        if seen.any() and (share := float((ice & seen).sum() / seen.sum())) > 0:
            shares[name] = round(share, 4)
    return {TAG: json.dumps(shares, sort_keys=True)} if shares else {}
