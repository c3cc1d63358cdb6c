"""Aeroplanes: each band shows one elsewhere, further on than any ship can get between two bands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Floats
from monitor.core.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.context.motion import SEEN_AT_S

BANDS = ("B02", "B03", "B04")
LEAST_MS = 35.0
"""Metres a second from which a thing flies: 68 kn, more than any ship and less than any jet."""
_REACH_M = 250.0
_NEAR_M = 120.0
_LEAST_BRIGHT = 0.03
_CORE = 0.4
_MOST_BLOB_M2 = 15_000.0
_ALONE = 0.35
_LEAST_COSINE = 0.9
_UNEVEN = 1.6


def without_aircraft(found: Boxes, raster: Raster) -> Boxes:
    """The boxes less the vessels that are aeroplanes in flight; all of them where blue, green and red are not there."""
    if not len(found) or not all(raster.has(band) for band in BANDS):
        return found
    kept = [
        index
        for index, (name, ring) in enumerate(zip(found.class_name, found.rings, strict=True))
        if name != VESSEL or not is_aloft(raster, ring)
    ]
    return found if len(kept) == len(found) else found.take(kept)


def is_aloft(raster: Raster, ring: Floats) -> bool:
    """Whether what lies about a ring (column, row) is one thing that flies.

    Its brightest blob stands apart in blue, green and red, each where the other two show little, and the three lie on
    one line at the pace of `SEEN_AT_S` and at `LEAST_MS` and more. At Algiers on 17 August 2023 a jet's lie 75 m apart.
    """
    gsd = raster.grid.gsd_m
    reach = round(_REACH_M / gsd)
    middle = ring.mean(axis=0)
    rows, cols = raster.grid.shape
    top, left = max(int(middle[1]) - reach, 0), max(int(middle[0]) - reach, 0)
    part = raster.window(slice(top, min(top + 2 * reach, rows)), slice(left, min(left + 2 * reach, cols)))
    if not part.valid.any():
        return False
    above = [np.where(part.valid, part.band(band), 0.0) for band in BANDS]
    above = [band - np.median(band[part.valid]) for band in above]
    blobs = [_brightest(band, gsd) for band in above]
    if any(blob is None for blob in blobs) or not _apart(above, blobs):
        return False
    places = np.array([ndimage.center_of_mass(band * blob) for band, blob in zip(above, blobs, strict=True)])
    here = np.array([middle[1] - top, middle[0] - left])
    return bool(np.hypot(*(places - here).T).min() * gsd <= _NEAR_M) and _flies(places * gsd)


def _brightest(above: Floats, gsd_m: float) -> npt.NDArray[np.bool_] | None:
    """The blob around the brightest pixel of a band; None when nothing is bright, or it is too large for a jet."""
    peak = float(above.max())
    if peak < _LEAST_BRIGHT:
        return None
    labels, _ = ndimage.label(above >= _CORE * peak, np.ones((3, 3)))
    blob = labels == labels[np.unravel_index(int(np.argmax(above)), above.shape)]
    return blob if blob.sum() * gsd_m**2 <= _MOST_BLOB_M2 else None


def _apart(above: list[Floats], blobs: list[npt.NDArray[np.bool_] | None]) -> bool:
    """Whether each band's blob is dark in the other bands."""
    for mine, blob in zip(above, blobs, strict=True):
        level = float(mine[blob].mean())
        if any(float(other[blob].mean()) > _ALONE * level for other in above if other is not mine):
            return False
    return True


def _flies(places_m: Floats) -> bool:
    """Whether three places in blue, green and red lie on one way at one speed, too fast for a ship."""
    first, second = places_m[1] - places_m[0], places_m[2] - places_m[1]
    times = [SEEN_AT_S[band] for band in BANDS]
    pace = np.hypot(*first) / (times[1] - times[0]), np.hypot(*second) / (times[2] - times[1])
    if min(pace) < LEAST_MS or max(pace) > _UNEVEN * min(pace):
        return False
    return float(first @ second) >= _LEAST_COSINE * float(np.hypot(*first) * np.hypot(*second))
