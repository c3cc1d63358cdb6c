"""Made tracks with known answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd

START = datetime(2024, 3, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    """`hours` after the start of every made track."""
    return START + timedelta(hours=hours)


def fixes(
    mmsi: int, hours: Sequence[float], *, lon: float = 130.0, lat: float = 42.0, east_kn: float = 0.0
) -> pd.DataFrame:
    """Positions of one vessel at the given hours, moving east at a steady speed."""
    degrees = [east_kn * 1852.0 * h / (111_320.0 * 0.7431) for h in hours]
    return pd.DataFrame(
        {
            "mmsi": mmsi,
            "t": pd.DatetimeIndex([at(h) for h in hours]).as_unit("us"),
            "lon": [lon + d for d in degrees],
            "lat": lat,
            "sog_kn": east_kn,
            "cog_deg": 90.0,
        }
    )
