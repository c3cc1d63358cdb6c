"""Aeroplanes: each band shows one elsewhere, further on than any ship can get between two bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Floats
from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.context.motion import BAND_TIME_S

BANDS = ("B02", "B03", "B04")


@dataclass(frozen=True, slots=True)
class AircraftRule:
    """How blue, green and red show an aeroplane in flight (chosen, but for the speed).

    Attributes
    ----------
    least_ms : float
        Metres a second from which an object flies: 68 kn, more than any ship and less than any jet.
    reach_m, near_m : float
        Half the side of the square that is searched, and how far from the box's centre the nearest band may show it.
    least_bright, core : float
        Least reflectance above the surroundings, and the share of the peak that bounds its blob.
    most_blob_m2 : float
        Largest blob.
    alone : float
        Most that the other bands show at a band's blob, as a share of its own level.
    least_cosine, uneven : float
        How straight the three places lie, and how far the two speeds between them may differ.
    """

    least_ms: float = 35.0
    reach_m: float = 250.0
    near_m: float = 120.0
    least_bright: float = 0.03
    core: float = 0.4
    most_blob_m2: float = 15_000.0
    alone: float = 0.35
    least_cosine: float = 0.9
    uneven: float = 1.6


AIRCRAFT = AircraftRule()


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
    """Whether what lies about a ring (column, row) is one object that flies.

    Its brightest blob stands apart in blue, green and red, each where the other two show little, and the three lie on
    one line at the pace of `BAND_TIME_S` and at `AircraftRule.least_ms` and more. At Algiers on 17 August 2023 a jet's
    lie 75 m apart.
    """
    gsd = raster.grid.gsd_m
    reach = round(AIRCRAFT.reach_m / gsd)
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
    return bool(np.hypot(*(places - here).T).min() * gsd <= AIRCRAFT.near_m) and _flies(places * gsd)


def _brightest(above: Floats, gsd_m: float) -> npt.NDArray[np.bool_] | None:
    """The blob around the brightest pixel of a band; None when nothing is bright, or it is too large for a jet."""
    peak = float(above.max())
    if peak < AIRCRAFT.least_bright:
        return None
    labels, _ = ndimage.label(above >= AIRCRAFT.core * peak, np.ones((3, 3)))
    blob = labels == labels[np.unravel_index(int(np.argmax(above)), above.shape)]
    return blob if blob.sum() * gsd_m**2 <= AIRCRAFT.most_blob_m2 else None


def _apart(above: list[Floats], blobs: list[npt.NDArray[np.bool_] | None]) -> bool:
    """Whether each band's blob is dark in the other bands."""
    for mine, blob in zip(above, blobs, strict=True):
        level = float(mine[blob].mean())
        if any(float(other[blob].mean()) > AIRCRAFT.alone * level for other in above if other is not mine):
            return False
    return True


def _flies(places_m: Floats) -> bool:
    """Whether three places in blue, green and red lie on one way at one speed, too fast for a ship."""
    first, second = places_m[1] - places_m[0], places_m[2] - places_m[1]
    times = [BAND_TIME_S[band] for band in BANDS]
    pace = np.hypot(*first) / (times[1] - times[0]), np.hypot(*second) / (times[2] - times[1])
    if min(pace) < AIRCRAFT.least_ms or max(pace) > AIRCRAFT.uneven * min(pace):
        return False
    return float(first @ second) >= AIRCRAFT.least_cosine * float(np.hypot(*first) * np.hypot(*second))
