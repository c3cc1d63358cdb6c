"""Static data put beside positions: length, and where on the hull the antenna stands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats
from monitor.core.tables import DIMENSIONS

_MOST_M = 1000.0
"""Hulls of this length and more do not exist: two distances of at most 511 m can be sent."""


def dimensions(table: pd.DataFrame) -> dict[str, Floats]:
    """The columns of `DIMENSIONS` in metres, each NaN where the pair it belongs to is not available.

    Parameters
    ----------
    table : DataFrame
        With some of the columns, in any numeric dtype; those that it lacks are NaN.

    Notes
    -----
    ITU-R M.1371: a length or width of 0 is not available. A = C = 0 with B and D above 0 gives length and width, and
    an unknown place of the antenna; it is kept as sent.
    """
    bow, stern = _pair(floats(table, DIMENSIONS[0]), floats(table, DIMENSIONS[1]))
    port, starboard = _pair(floats(table, DIMENSIONS[2]), floats(table, DIMENSIONS[3]))
    return dict(zip(DIMENSIONS, (bow, stern, port, starboard), strict=True))


def _pair(near: Floats, far: Floats) -> tuple[Floats, Floats]:
    total = near + far
    known: npt.NDArray[np.bool_] = (near >= 0) & (far >= 0) & (total > 0) & (total < _MOST_M)
    return np.where(known, near, np.nan), np.where(known, far, np.nan)


def with_static(positions: pd.DataFrame, vessels: pd.DataFrame) -> pd.DataFrame:
    """POSITIONS whose missing length and dimensions are taken from VESSELS where they are known.

    Parameters
    ----------
    positions : POSITIONS table
        Values that it has stay; an antenna's four distances are taken together or not at all.
    vessels : VESSELS table
        One row an MMSI.
    """
    if positions.empty or vessels.empty:
        return positions
    known = vessels.set_index("mmsi")
    added: dict[str, pd.Series] = {}
    if "length_m" in positions and positions["length_m"].isna().any():
        added["length_m"] = positions["length_m"].fillna(positions["mmsi"].map(known["length_m"]).astype("float64"))
    if (lacking := np.isnan(floats(positions, DIMENSIONS[0]))).any():
        for column in DIMENSIONS:
            sent = positions["mmsi"].map(pd.Series(floats(known, column), index=known.index)).astype("float64")
            added[column] = pd.Series(floats(positions, column), index=positions.index).where(~lacking, sent)
    return positions.assign(**added) if added else positions
