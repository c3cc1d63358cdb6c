"""Where and when AIS was received, so that a silence can be separated from a place without reception."""

from __future__ import annotations

import numpy as np
import pandas as pd

from monitor.ais.sorting import micros
from monitor.core.tables import RECEPTION

RECEPTION_CELL_DEG = 0.25
"""About 20 by 28 km at 42° N: the reach of a coastal station spans several."""
_HOUR = 3_600_000_000


def reception_cells(positions: pd.DataFrame, *, cell_deg: float = RECEPTION_CELL_DEG) -> pd.DataFrame:
    """Vessels and positions received in each cell and hour.

    Parameters
    ----------
    positions : DataFrame
        `mmsi`, `t`, `lon`, `lat`.
    cell_deg : float
        Size of a cell in degrees.

    Returns
    -------
    RECEPTION table
        In order of hour and cell; `lon`, `lat` are the cell's middle. A cell and hour without a row is one in which
        nobody was received, which proves nothing about who was there.
    """
    located = positions[positions["lon"].notna() & positions["lat"].notna()]
    if located.empty:
        return RECEPTION.empty()
    keys = pd.DataFrame(
        {
            "column": np.floor((located["lon"].to_numpy() + 180.0) / cell_deg).astype(np.int64),
            "row": np.floor((located["lat"].to_numpy() + 90.0) / cell_deg).astype(np.int64),
            "hour": micros(located, "positions") // _HOUR,
            "mmsi": located["mmsi"].to_numpy(),
        }
    )
    by_vessel = keys.groupby(["hour", "row", "column", "mmsi"], sort=True).size().rename("positions").reset_index()
    cells = by_vessel.groupby(["hour", "row", "column"], sort=True)["positions"].agg(["size", "sum"]).reset_index()
    hours = (cells["hour"].to_numpy() * _HOUR).astype("datetime64[us]")
    return RECEPTION.conform(
        pd.DataFrame(
            {
                "cell": [cell_name(c, r, cell_deg) for c, r in zip(cells["column"], cells["row"], strict=True)],
                "hour": pd.Series(hours).dt.tz_localize("UTC"),
                "lon": (cells["column"] + 0.5) * cell_deg - 180.0,
                "lat": (cells["row"] + 0.5) * cell_deg - 90.0,
                "vessels": cells["size"],
                "positions": cells["sum"],
            }
        )
    )


def cell_name(column: int, row: int, cell_deg: float = RECEPTION_CELL_DEG) -> str:
    """``<cell size>:<column>:<row>``.

    Parameters
    ----------
    column, row : int
        Counted from 180° W and 90° S.
    cell_deg : float
    """
    return f"{cell_deg:g}:{int(column)}:{int(row)}"
