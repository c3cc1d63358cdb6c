"""Raw rows to POSITIONS: what is rejected and what is not available, each counted by its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.ais.static import dimensions
from monitor.core.instants import believable
from monitor.core.tables import DIMENSIONS, POSITIONS

NO_MMSI = 10**12
"""Numbers from here on stand for vessels whose source gives another id in place of the MMSI."""
RAW_COLUMNS = (
    "mmsi",
    "t",
    "lon",
    "lat",
    "sog_kn",
    "cog_deg",
    "heading_deg",
    "nav_status",
    "length_m",
    "receiver",
    "kind",
    *DIMENSIONS,
)
"""The columns that a reader returns. `t` is time-zone-aware UTC (NaT when it could not be read), numbers are float64
(NaN when they could not be read), `kind` is "" or the reason why this sender is no vessel. The dimensions may be left
out."""

_LEVELS: tuple[tuple[str, float, float, float], ...] = (
    ("sog_kn", 0.0, 102.2, 102.3),
    ("cog_deg", 0.0, 359.95, 360.0),
    ("heading_deg", 0.0, 359.95, 511.0),
)


@dataclass(frozen=True, slots=True)
class Screened:
    """POSITIONS that passed, how many rows were rejected by reason, and how many values were not available."""

    positions: pd.DataFrame
    rejected: Counter[str] = field(default_factory=Counter)
    unavailable: Counter[str] = field(default_factory=Counter)


def vessel_number(vessel_id: str) -> int:
    """A number above `NO_MMSI` for an id that is no MMSI: the same for the same id, exact as a float.

    Two of 100 000 ids share one with a probability of less than one in a million.
    """
    return NO_MMSI + int.from_bytes(sha256(vessel_id.encode()).digest()[:8]) % (2**53 - NO_MMSI)


def sender_kind(mmsi: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """What sends under an MMSI: "" for vessels, else the reason to reject it.

    Ships (2–7), hand-held sets (8) and craft of a mother ship (98) are vessels; numbering after ITU-R M.585: 00
    base stations, 0 groups, 111 search and rescue aircraft, 970/972/974 beacons, 99 aids to navigation. Numbers of
    `vessel_number` are vessels too. Anything else is no MMSI.
    """
    number = np.asarray(mmsi, dtype=np.float64)
    kind = np.full(number.shape, "bad mmsi", dtype=object)
    kind[(number >= 2e8) & (number < 9e8)] = ""
    kind[(number >= 9.8e8) & (number < 9.9e8)] = ""
    kind[(number >= NO_MMSI) & (number < 2**53)] = ""
    kind[(number >= 9.92e8) & (number < 9.98e8)] = "aid to navigation"
    kind[(number >= 2_000_000) & (number < 8_000_000)] = "base station"
    kind[(number >= 20_000_000) & (number < 80_000_000)] = "group of ships"
    kind[(number >= 111_200_000) & (number < 111_800_000)] = "SAR aircraft"
    prefix = np.floor(np.where(np.isfinite(number), number, 0.0) / 1e6)
    kind[np.isin(prefix, (970, 972, 974))] = "distress beacon"
    return kind


def screen(raw: pd.DataFrame, *, source_file: str, latest: datetime) -> Screened:
    """Rows that are positions of vessels, with sentinels turned into missing values.

    Parameters
    ----------
    raw : DataFrame
        The columns of `RAW_COLUMNS`, in any order of rows.
    source_file : str
        Written into every position.
    latest : datetime
        Later instants are impossible.

    Returns
    -------
    Screened
        `positions` in the order of the rows. Of rows with the same MMSI, instant and place the first stays. Reasons:
        bad mmsi, base station, aid to navigation, group of ships, SAR aircraft, distress beacon, bad time, impossible
        time, no position, impossible position, duplicate.
    """
    reason = _reasons(raw, latest)
    kept = raw[reason == ""]
    rejected = Counter({str(k): int(v) for k, v in pd.Series(reason[reason != ""]).value_counts().items()})
    repeated = _repeats(kept)
    if repeated.any():
        rejected["duplicate"] += int(repeated.sum())
        kept = kept[~repeated]
    unavailable: Counter[str] = Counter()
    table: dict[str, object] = {
        "mmsi": kept["mmsi"].to_numpy(np.float64).astype(np.int64),
        "t": kept["t"],
        "lon": kept["lon"],
        "lat": kept["lat"],
    }
    for column, low, high, sentinel in _LEVELS:
        table[column] = _available(kept[column].to_numpy(np.float64), low, high, sentinel, column, unavailable)
    status = kept["nav_status"].to_numpy(np.float64)
    usable = (status >= 0) & (status < 15) & (status == np.floor(status))
    table["nav_status"] = pd.array(np.where(usable, status, np.nan), dtype="Int16")
    length = kept["length_m"].to_numpy(np.float64)
    table["length_m"] = np.where((length > 0) & (length < 1000), length, np.nan)
    table["receiver"] = kept["receiver"]
    frame = pd.DataFrame(table)
    frame["source_file"] = source_file
    frame = frame.assign(**dimensions(kept))
    return Screened(POSITIONS.conform(frame), rejected, unavailable)


def _reasons(raw: pd.DataFrame, latest: datetime) -> npt.NDArray[np.object_]:
    lon, lat = raw["lon"].to_numpy(np.float64), raw["lat"].to_numpy(np.float64)
    mmsi = raw["mmsi"].to_numpy(np.float64)
    given = raw["kind"].to_numpy(object)
    t = raw["t"]
    missing = t.isna().to_numpy()
    checks: tuple[tuple[npt.NDArray[np.bool_], str], ...] = (
        (missing, "bad time"),
        (~missing & ~believable(t, latest), "impossible time"),
        (~(np.isfinite(lon) & np.isfinite(lat)) | (np.abs(lat) == 91.0) | (np.abs(lon) == 181.0), "no position"),
        ((np.abs(lat) > 90.0) | (np.abs(lon) > 180.0), "impossible position"),
    )
    whole = np.isfinite(mmsi) & (mmsi == np.floor(mmsi))
    reason = np.where(given != "", given, sender_kind(np.where(whole, mmsi, np.nan)))
    for wrong, name in checks:
        reason[(reason == "") & wrong] = name
    return np.asarray(reason, dtype=object)


def _repeats(kept: pd.DataFrame) -> npt.NDArray[np.bool_]:
    if kept.empty:
        return np.zeros(0, dtype=bool)
    return np.asarray(kept.duplicated(["mmsi", "t", "lon", "lat"]).to_numpy(), dtype=np.bool_)


def _available(
    values: npt.NDArray[np.float64], low: float, high: float, sentinel: float, name: str, unavailable: Counter[str]
) -> npt.NDArray[np.float64]:
    if name == "heading_deg":
        values = np.where(values == 360.0, 0.0, values)
    missing = np.isnan(values) | np.isclose(values, sentinel)
    wrong = ~missing & ~((values >= low) & (values <= high))
    if missing.any():
        unavailable[name] += int(missing.sum())
    if wrong.any():
        unavailable[f"{name} out of range"] += int(wrong.sum())
    return np.where(missing | wrong, np.nan, values)
