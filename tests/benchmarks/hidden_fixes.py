"""Fixes of a real track hidden and predicted from the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from monitor.ais import track_at
from monitor.core.geodesy import distance_m

CLASSES_KN = (-1.0, 0.5, 3.0, 8.0, 14.0, 60.0)
NEAREST_MIN = (0.0, 2.0, 10.0, 30.0, 60.0, 120.0, 720.0)
KEEP_EVERY = (2, 3, 5, 9, 17, 33, 65, 129)


def hidden_fixes(track: pd.DataFrame) -> pd.DataFrame:
    """Errors of fixes between those kept, for several densities; `sog_kn` is what the hidden fix itself says."""
    track = track.drop_duplicates("t").sort_values("t").reset_index(drop=True)
    parts = []
    for every in KEEP_EVERY:
        for first in range(0, every, max(every // 4, 1)):
            kept = (np.arange(len(track)) - first) % every == 0
            hidden = track[~kept]
            points = track_at(track[kept], hidden["t"])
            points = points.merge(hidden[["t", "lon", "lat", "sog_kn"]], on="t", suffixes=("", "_true"))
            points = points[points["method"] == "interpolated"]
            apart = distance_m(points["lon"], points["lat"], points["lon_true"], points["lat_true"])
            nearest = points[["before_s", "after_s"]].min(axis=1) / 60.0
            parts.append(pd.DataFrame({
                "error_m": apart, "r50_m": points["r50_m"].to_numpy(), "r90_m": points["r90_m"].to_numpy(),
                "sog_kn": points["sog_kn_true"].to_numpy(), "nearest_min": nearest.to_numpy(), "every": every,
            }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def shares(found: pd.DataFrame) -> pd.DataFrame:
    """Fixes and the shares inside `r50_m` and `r90_m`, by speed class and minutes to the nearest fix."""
    return (
        found.assign(
            speed=pd.cut(found["sog_kn"], CLASSES_KN), near=pd.cut(found["nearest_min"], NEAREST_MIN),
            in50=found["error_m"] <= found["r50_m"], in90=found["error_m"] <= found["r90_m"],
        )
        .groupby(["speed", "near"], observed=True)
        .agg(fixes=("in50", "size"), in50=("in50", "mean"), in90=("in90", "mean"))
        .reset_index()
    )  # fmt: skip
