"""Fixes of real tracks hidden and predicted from the others: ``python -m tests.benchmarks.hidden_fixes``.

Prints how often the 50 % and 90 % radii hold, by speed of the hidden fix and minutes to the nearest fix shown; then the
same with the corrections that one half of the tracks asks for, measured on the other half. Halves are six-hour blocks
of the long track and every other ship of the log.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.ais import track_at
from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import distance_m
from monitor.sources import read_positions

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "ais"
CLASSES_KN = (-1.0, 0.5, 3.0, 8.0, 14.0, 60.0)
NEAREST_MIN = (0.0, 2.0, 10.0, 30.0, 60.0, 120.0, 720.0)
KEEP_EVERY = (2, 3, 5, 9, 17, 33, 65, 129)
WINDOWS_MIN = (3, 6, 12, 20, 40, 60, 90, 120, 240)
KNOTS_S = np.array([30.0, 90.0, 200.0, 420.0, 900.0, 1800.0, 3600.0, 7200.0])
_GRAIN_M = 0.3


def hidden_fixes(track: pd.DataFrame) -> pd.DataFrame:
    """Errors of hidden fixes of one ship between those shown, every k-th one shown or windows hidden.

    `sog_kn` is what the hidden fix itself says, `said_kn` what the fixes around it let expect.
    """
    track = track.drop_duplicates("t").sort_values("t").reset_index(drop=True)
    seconds = (track["t"] - track["t"].iloc[0]).dt.total_seconds().to_numpy()
    rng = np.random.default_rng(0)
    parts = [
        _between(track, (np.arange(len(track)) - first) % every == 0, f"every {every}")
        for every in KEEP_EVERY
        for first in range(0, every, max(every // 4, 1))
    ]
    for minutes in WINDOWS_MIN:
        if minutes * 60 <= seconds[-1]:
            for start in rng.uniform(0.0, 90.0 * minutes, 4):
                shown = (seconds + start) % (90.0 * minutes) < 30.0 * minutes
                parts.append(_between(track, shown, f"{minutes} min"))
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True) if some else pd.DataFrame()


def _between(track: pd.DataFrame, shown: npt.NDArray[np.bool_], scheme: str) -> pd.DataFrame:
    if shown.sum() < 2 or shown.all():
        return pd.DataFrame()
    hidden = track[~shown]
    points = track_at(track[shown], hidden["t"])
    points = points.merge(hidden[["t", "lon", "lat", "sog_kn"]], on="t", suffixes=("", "_true"))
    points = points[points["method"] == "interpolated"]
    return _errors(points, points[["before_s", "after_s"]].min(axis=1)).assign(scheme=scheme)


def beyond_fixes(track: pd.DataFrame, *, every: int = 3) -> pd.DataFrame:
    """Errors of the fixes of the 12 hours before and after single fixes, reckoned from that fix alone."""
    track = track.drop_duplicates("t").sort_values("t").reset_index(drop=True)
    alone = track.iloc[::every].assign(mmsi=np.arange(len(track.iloc[::every])))
    points = track_at(alone, track["t"]).merge(track[["t", "lon", "lat", "sog_kn"]], on="t", suffixes=("", "_true"))
    age = points["before_s"].fillna(points["after_s"])
    return _errors(points[age > 0], age[age > 0])


def _errors(points: pd.DataFrame, nearest_s: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "t": points["t"].to_numpy(),
            "r50_m": points["r50_m"].to_numpy(),
            "r90_m": points["r90_m"].to_numpy(),
            "error_m": distance_m(points["lon"], points["lat"], points["lon_true"], points["lat_true"]),
            "sog_kn": points["sog_kn_true"].to_numpy(),
            "said_kn": points["sog_kn"].to_numpy(),
            "nearest_min": nearest_s.to_numpy() / 60.0,
        }
    )


def shares(found: pd.DataFrame, *, by: str = "sog_kn") -> pd.DataFrame:
    """Predictions, different hidden fixes and the shares inside both radii, by class of speed and nearness."""
    return (
        found.assign(
            speed=pd.cut(found[by], CLASSES_KN),
            near=pd.cut(found["nearest_min"], NEAREST_MIN),
            in50=found["error_m"] <= found["r50_m"],
            in90=found["error_m"] <= found["r90_m"],
        )
        .groupby(["speed", "near"], observed=True)
        .agg(predictions=("in50", "size"), fixes=("t", "nunique"), in50=("in50", "mean"), in90=("in90", "mean"))
        .reset_index()
    )


def corrections(found: pd.DataFrame, radius: str, share: float) -> Floats:
    """What `found` asks to be added to the logarithm of a radius, by class of `said_kn` and at `KNOTS_S`.

    The quantile of the log ratio of error and radius, weighted around each knot and so that every scheme of hiding
    counts the same; drawn to that of all classes where few fixes speak.
    """
    near, knots = np.log(found["nearest_min"].to_numpy() * 60.0), np.log(KNOTS_S)
    ratio = np.log(found["error_m"].to_numpy() + _GRAIN_M) - np.log(found[radius].to_numpy() + _GRAIN_M)
    weight = 1.0 / found.groupby("scheme")["t"].transform("size").to_numpy()
    kind = np.digitize(found["said_kn"].to_numpy(), CLASSES_KN[1:-1], right=True)
    out = np.zeros((len(CLASSES_KN) - 1, len(knots)))
    for column, knot in enumerate(knots):
        low = knots[column - 1] if column else -9.0
        high = knots[column + 1] if column + 1 < len(knots) else 99.0
        at = weight * np.clip(np.where(near < knot, (near - low) / (knot - low), (high - near) / (high - knot)), 0, 1)
        every = _quantile(ratio, at, share)
        for row in range(len(out)):
            mine = at * (kind == row)
            fixes = found.loc[mine > 0, "t"].nunique()
            out[row, column] = (fixes * _quantile(ratio, mine, share) + 6.0 * every) / (fixes + 6.0)
    return out


def _quantile(values: Floats, weight: Floats, share: float) -> float:
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(total, share * total[-1])]) if total[-1] > 0 else 0.0


def crossed(found: pd.DataFrame, half: npt.NDArray[np.int64]) -> pd.DataFrame:
    """`found` with the radii that the other half's corrections give."""
    out = found.copy()
    near = np.log(found["nearest_min"].to_numpy() * 60.0)
    kind = np.digitize(found["said_kn"].to_numpy(), CLASSES_KN[1:-1], right=True)
    for name, share in (("r50_m", 0.5), ("r90_m", 0.9)):
        for side in (0, 1):
            table = corrections(found[half != side], name, share)
            add = np.choose(kind, [np.interp(near, np.log(KNOTS_S), row) for row in table])
            radius = (found[name].to_numpy() + _GRAIN_M) * np.exp(add) - _GRAIN_M
            out.loc[half == side, name] = np.maximum(radius, 0.1)[half == side]
    return out


def real_tracks() -> list[pd.DataFrame]:
    """The long track, and the ships of the log that were heard eight times or more."""
    long, _ = read_positions(SHARED / "marinecadastre" / "noaa_test_track.csv")
    log, _ = read_positions(SHARED / "nmea" / "decode_encode_messages.txt", start_date="2021-01-01")
    return [long, *(track for _, track in log.groupby("mmsi") if len(track) >= 8)]


def main() -> None:
    """Print every table."""
    warnings.simplefilter("ignore")
    found = []
    for ship, track in enumerate(real_tracks()):
        rows = hidden_fixes(track)
        block = (rows["t"] - rows["t"].min()).dt.total_seconds() // 21_600 if ship == 0 else ship
        found.append(rows.assign(half=np.asarray(block, dtype=np.int64) % 2))
    table = pd.concat(found, ignore_index=True)
    across = shares(crossed(table, table["half"].to_numpy()))
    both = shares(table).assign(across50=across["in50"], across90=across["in90"])
    print("Between fixes, by speed of the hidden fix; across: corrections of the other half")
    print(both.round(2).to_string(index=False))
    print("By the speed that the fixes around it let expect")
    print(shares(table, by="said_kn").round(2).to_string(index=False))
    print("Beyond a fix, by the speed that it says")
    print(shares(beyond_fixes(real_tracks()[0]), by="said_kn").round(2).to_string(index=False))


if __name__ == "__main__":
    main()
