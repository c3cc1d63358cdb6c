from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from monitor.ais.sorting import in_order


def positions(vessels: int, rows: int, *, in_time: bool) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    seconds = rng.integers(0, 5_000, rows)
    t = pd.to_datetime(1_700_000_000 + (np.sort(seconds) if in_time else seconds), unit="s", utc=True)
    return pd.DataFrame(
        {
            "mmsi": 200_000_000 + rng.integers(0, vessels, rows),
            "t": t.as_unit("us"),
            "lon": rng.random(rows).round(1),
            "lat": 42.0,
        }
    )


@pytest.mark.parametrize("in_time", [True, False])
@pytest.mark.parametrize(("vessels", "rows"), [(3, 4_000), (100_000, 150_000)])
def test_rows_go_by_vessel_time_and_place_however_they_come(vessels: int, rows: int, in_time: bool) -> None:
    table = positions(vessels, rows, in_time=in_time)
    expected = table.sort_values(["mmsi", "t", "lon", "lat"], kind="stable").index.to_numpy()
    assert (in_order(table).order == expected).all()
