"""Rasters that the network would misread are refused: wrong bands, pixel size, scale or order."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import numpy as np

from monitor.core.errors import DetectorError
from monitor.core.scenes.scene import BANDS_TAG, GUESSED, Raster
from monitor.detect.context.water import ice_mask
from monitor.detect.yolo.weights import Weights

_LEAST_BANDS = ("B08",)
_CHECKED_PX = 250_000
_OWN = "--weights FILE or [detector] weights"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InputRule:
    """Which rasters the network would misread.

    Attributes
    ----------
    gsd_tolerance : float
        Most that the pixel size may differ from that of training, as a share of it (chosen).
    bright : tuple of float
        Reflectance of the brightest half percent of pixels: above the first value, up to the second. The first is the
        most that an 8-bit number amounts to.
    least_bare : float
        Share of pixels without ice that the check of the bands' order needs.
    near_over_blue, spread : float
        The order is swapped where the darkest tenth has B08 / B02 above the first and the spreads of the two bands have
        a ratio below the second. Over ten ports the darkest tenth has 0.1–1.0 (1.0–12 when swapped), the spread 1.7–4.2
        (0.2–0.6).
    """

    gsd_tolerance: float = 0.2
    bright: tuple[float, float] = (255 * 1e-4, 4.0)
    least_bare: float = 0.5
    near_over_blue: float = 0.95
    spread: float = 0.8


INPUT = InputRule()


def thinned(raster: Raster, most_px: int) -> Raster:
    """The raster itself, or every n-th pixel of one of some more than `most_px`: enough to measure its levels."""
    step = max(1, int(np.sqrt(raster.valid.size / most_px)))
    if step == 1:
        return raster
    rows, cols = raster.grid.shape
    grid = replace(raster.grid, shape=(-(-rows // step), -(-cols // step)))
    return Raster(
        raster.data[:, ::step, ::step],
        raster.bands,
        raster.valid[::step, ::step],
        grid,
        None if raster.cloud is None else raster.cloud[::step, ::step],
        raster.scale,
        raster.offset,
    )


def taken_gsd_m(weights: Weights) -> tuple[float, float]:
    """Least and greatest pixel size that the network takes."""
    return weights.gsd_m * (1 - INPUT.gsd_tolerance), weights.gsd_m * (1 + INPUT.gsd_tolerance)


def check_fits_weights(raster: Raster, weights: Weights) -> None:
    """Refuse pixels that the network would misread.

    Raises
    ------
    DetectorError
        No band of the network, a pixel size more than a fifth off, or numbers that cannot be reflectance.
    """
    if raster.is_picture:
        raise DetectorError(
            f"8-bit numbers are a picture for the eye, not reflectance, and {weights.name} needs reflectance; give the "
            f"product's own numbers (reflectance x 10000), or a model for pictures by {_OWN}"
        )
    missing = [band for band in _LEAST_BANDS if not raster.has(band)]
    if missing:
        raise DetectorError(
            f"bands {', '.join(raster.bands)}: {weights.name} needs at least {', '.join(missing)} "
            f"of {', '.join(weights.bands)}; name the file's bands in its band descriptions or by --bands, or give a "
            f"model for these bands by {_OWN}"
        )
    low, high = taken_gsd_m(weights)
    if not low <= raster.grid.gsd_m <= high:
        raise DetectorError(
            f"pixels of {raster.grid.gsd_m:g} m: {weights.name} was trained at {weights.gsd_m:g} m; give a "
            f"model for this pixel size by {_OWN}, or resample the image"
        )
    check_scale(raster, weights)


def check_scale(raster: Raster, weights: Weights) -> None:
    """Refuse numbers that are not reflectance times 10000: float reflectance, 8-bit pictures, radiances.

    A sea without much land is dark: integers of more than 8 bits whose bands are named are trusted however dark they
    are, and the doubt is a warning.

    Raises
    ------
    DetectorError
        The brightest half percent of the valid pixels lies where no reflectance lies, or the bands are in another
        order.
    """
    thin = thinned(raster, _CHECKED_PX)
    if not thin.valid.any():
        return
    names = [band for band in weights.bands if thin.has(band)]
    bright = max(float(np.percentile(thin.band(band)[thin.valid], 99.5)) for band in names)
    if bright > INPUT.bright[1]:
        raise DetectorError(
            f"reflectance up to {bright:.3g}: {weights.name} expects stored numbers x {weights.scale:g} to be "
            "reflectance (DN = reflectance x 10000); set the scale of the file, or convert it"
        )
    if bright <= INPUT.bright[0] and _is_trusted(raster):
        log.warning(
            "reflectance no higher than %.2g: open sea, or not reflectance x 10000; its numbers are taken as stated",
            bright,
        )
    elif bright <= INPUT.bright[0]:
        raise DetectorError(
            f"reflectance no higher than {bright:.2g}: the file seems to be float reflectance or 8-bit numbers read as "
            f"DN; {weights.name} expects DN = reflectance x 10000 (scale {weights.scale:g})"
        )
    _check_order(thin)


def _is_trusted(raster: Raster) -> bool:
    """Whether numbers are integers that 8 bits cannot hold by kind, of bands that something names."""
    return raster.data.dtype.kind in "ui" and raster.data.dtype.itemsize > 1 and raster.tags.get(BANDS_TAG) != GUESSED


def _check_order(raster: Raster) -> None:
    """Water is darker in the infrared than in blue, and land and water differ more there: the reverse is a swap.

    Ice is bright in blue and is left out, and so is cloud; where little else is there, the order is not checked.
    """
    if not (raster.has("B02") and raster.has("B08")):
        return
    bare = raster.valid & ~ice_mask(raster)
    if raster.cloud is not None:
        bare &= ~raster.cloud
    if bare.mean() < INPUT.least_bare:
        return
    blue, near = raster.band("B02")[bare], raster.band("B08")[bare]
    dark = blue + near <= np.percentile(blue + near, 10)
    if np.median(near[dark]) > INPUT.near_over_blue * np.median(blue[dark]) and near.std() < INPUT.spread * blue.std():
        raise DetectorError(
            "bands seem swapped: the darkest ground is brighter in B08 than in B02, and land and water differ less; "
            "check the order of the band descriptions"
        )
