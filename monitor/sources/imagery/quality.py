"""Cloud and ice from the masks that come with Sentinel-2; pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Mask

MASKS = ("SCL", "CLM", "dataMask")
_SCL_CLOUD = (3, 8, 9, 10)
_SCL_ICE = 11
_CLM_NONE = 255

Numbers = npt.NDArray[np.generic]


def cloud(masks: Mapping[str, Numbers]) -> Mask | None:
    """(row, col) bool: cloud, cloud shadow (SCL 3) and cirrus (8, 9, 10), or CLM 1; None without either mask."""
    found: list[Mask] = []
    if "SCL" in masks:
        found.append(np.isin(masks["SCL"], _SCL_CLOUD))
    if "CLM" in masks and (masks["CLM"] != _CLM_NONE).any():
        found.append(masks["CLM"] == 1)
    return np.logical_or.reduce(found) if found else None


def ice(masks: Mapping[str, Numbers]) -> Mask | None:
    """(row, col) bool: snow or ice (SCL 11); None without SCL."""
    return masks["SCL"] == _SCL_ICE if "SCL" in masks else None
