"""Cloud and ice from the masks that come with Sentinel-2 and with Planet's images; pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Mask

MASKS = ("SCL", "CLM", "dataMask", "QA_PIXEL")
_SCL_CLOUD = (3, 8, 9, 10)
_SCL_ICE = 11
_CLM_NONE = 255
UDM2 = {"UDM2_SNOW": 2, "UDM2_SHADOW": 3, "UDM2_HEAVY_HAZE": 5, "UDM2_CLOUD": 6, "UDM2_UNUSABLE": 8}
"""The bands, from 1, of Planet's usable data mask that are used; light haze hides no ship. Planet Labs, "UDM2"."""
_UDM2_CLOUD = ("UDM2_SHADOW", "UDM2_HEAVY_HAZE", "UDM2_CLOUD")
_UDM2_BLACKFILL = 1
_QA_FILL, _QA_CLOUD, _QA_SNOW = 1 << 0, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4, 1 << 5
"""Bits of Landsat's QA_PIXEL: fill; dilated cloud, cirrus, cloud and its shadow; snow. USGS, "Landsat 8-9 Collection 2
Level 2 Science Product Guide"."""

Numbers = npt.NDArray[np.generic]


def cloud(masks: Mapping[str, Numbers]) -> Mask | None:
    """(row, col) bool: cloud, cloud shadow (SCL 3) and cirrus (8, 9, 10), or CLM 1; None without any mask of cloud.

    With Planet's mask: cloud, its shadow and heavy haze; with Landsat's: cloud, its rim and shadow, and cirrus.
    """
    found: list[Mask] = []
    if "SCL" in masks:
        found.append(np.isin(masks["SCL"], _SCL_CLOUD))
    if "CLM" in masks and (masks["CLM"] != _CLM_NONE).any():
        found.append(masks["CLM"] == 1)
    if "QA_PIXEL" in masks:
        found.append(_has_bits(masks["QA_PIXEL"], _QA_CLOUD))
    found += [np.asarray(masks[name] != 0, dtype=bool) for name in _UDM2_CLOUD if name in masks]
    return np.logical_or.reduce(found) if found else None


def ice(masks: Mapping[str, Numbers]) -> Mask | None:
    """(row, col) bool: snow or ice (SCL 11, or Planet's or Landsat's snow); None without any of these masks."""
    if "QA_PIXEL" in masks:
        return _has_bits(masks["QA_PIXEL"], _QA_SNOW)
    if "UDM2_SNOW" in masks:
        return np.asarray(masks["UDM2_SNOW"] != 0, dtype=bool)
    return masks["SCL"] == _SCL_ICE if "SCL" in masks else None


def unseen(masks: Mapping[str, Numbers]) -> Mask | None:
    """(row, col) bool: outside the picture by Planet's or Landsat's mask; None without either."""
    if "QA_PIXEL" in masks:
        return _has_bits(masks["QA_PIXEL"], _QA_FILL)
    return _has_bits(masks["UDM2_UNUSABLE"], _UDM2_BLACKFILL) if "UDM2_UNUSABLE" in masks else None


def _has_bits(mask: Numbers, bits: int) -> Mask:
    return np.asarray((mask.astype(np.uint16) & bits) != 0, dtype=bool)
