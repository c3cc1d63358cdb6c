"""Observations of berths in order of time: which were clear, and which vessels each showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from monitor.core.aoi import BERTH_KINDS
from monitor.core.arrays import Floats
from monitor.core.columns import floats, lonlat, require, texts, vessels_only
from monitor.core.tables import BERTH_STATES
from monitor.detect.berths.history import BerthRule
from monitor.fuse.dark.rules import REAL_BY_SCORE

OCCUPIED, EMPTY, NOT_OBSERVED = "occupied", "empty", "not observed"
_LEAST_CHANCE = 1e-3
"""No score makes a hull or a false one certain."""
LEAST_SHOWN = 0.1
"""An observation that shows less of a berth says nothing of it. Chosen."""


@dataclass(frozen=True, slots=True)
class BerthVessel:
    """A ship at a berth in one observation.

    Without an id, and NaN for place, length and score, when only the berth's state shows it. `probability` is that of
    the berth's state, less by its score for one that is not the surest hull there.
    """

    berth_id: str
    detection_id: str
    lon: float
    lat: float
    length_m: float
    length_low_m: float
    length_high_m: float
    score: float
    mmsi: int | None
    probability: float


@dataclass(frozen=True, slots=True)
class Observation:
    """One scene's berths, as far as it shows them, and their hulls.

    `occupied` holds for each clear berth the probability that a hull lies there, NaN where the states do not give it;
    `shown` the share that the scene shows of each berth that it shows at all, clear or not.
    """

    aoi_id: str
    scene_id: str
    at: pd.Timestamp
    occupied: Mapping[str, float]
    shown: Mapping[str, float]
    hulls: tuple[BerthVessel, ...]


def median(values: Sequence[float]) -> float:
    """The median of the values that are known; NaN when none is."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else float("nan")


def observations(
    berth_states: pd.DataFrame,
    detections: pd.DataFrame | None = None,
    matches: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    *,
    real: tuple[tuple[float, float], ...] = REAL_BY_SCORE,
) -> list[Observation]:
    """The observations in order of time; berths of which they show nothing are in none.

    Parameters
    ----------
    berth_states : BERTH_STATES table
        Needs ``scene_id, berth_id, acquired_at, state``; where radar and optics are combined, what each scene shows
        alone (`alone`) counts. Hulls are the detections that it names in ``detection_ids``,
        else those whose ``zone_id`` is the berth, else one hull of unknown length per occupied berth.
    detections, matches : DETECTIONS and MATCHES tables
        For place, length and MMSI of the hulls.
    coverage : COVERAGE table
        How much each observation shows of each berth; without it all of those that were observed, and else nothing.
    real : tuple of (float, float), optional
        As of `fuse.dark.rules.DarkRule`: it weighs the hulls at one berth against one another.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(berth_states, ("scene_id", "berth_id", "acquired_at", "state"), "berth_states")
    hulls = dict(_hulls(detections, matches))
    by_berth: dict[tuple[str, str], list[str]] = {}
    if detections is not None and "zone_id" in detections:
        ships = vessels_only(detections)
        for scene, zone, name in zip(ships["scene_id"], ships["zone_id"], ships["detection_id"], strict=True):
            by_berth.setdefault((str(scene), str(zone)), []).append(str(name))
    states = _alone(berth_states)
    states = states.assign(aoi=texts(states, "aoi_id"), ids=texts(states, "detection_ids"))
    clear = states["state"].isin([OCCUPIED, EMPTY]).to_numpy(np.bool_)
    states = states.assign(occupied=np.where(clear, floats(states, "probability"), np.nan), clear=clear)
    states = states.assign(shown=_shown(states, coverage))[lambda table: table["shown"] > 0.0]
    found = []
    for (at, aoi, scene), group in states.groupby(["acquired_at", "aoi", "scene_id"], sort=True):
        seen = []
        for row in group[group["state"] == OCCUPIED].to_dict("records"):
            names = row["ids"].split() or by_berth.get((str(scene), str(row["berth_id"])), [])
            there = [hulls[n] for n in names if n in hulls]
            seen += _at_berth(str(row["berth_id"]), there, float(row["occupied"]), real)
        known = group[group["clear"]]
        occupied = {str(name): float(p) for name, p in zip(known["berth_id"], known["occupied"], strict=True)}
        shown = {str(name): float(share) for name, share in zip(group["berth_id"], group["shown"], strict=True)}
        found.append(Observation(str(aoi), str(scene), pd.Timestamp(at), occupied, shown, tuple(seen)))
    return found


def _alone(states: pd.DataFrame) -> pd.DataFrame:
    """The states by each scene alone: a stay weighs its observations itself, and would count combined ones twice."""
    if "combined_with" not in states:
        return states
    both = states["combined_with"] != ""
    own = np.where(states["alone"] >= BerthRule().occupied, OCCUPIED, EMPTY)
    return states.assign(
        state=states["state"].where(~both, own), probability=states["probability"].where(~both, states["alone"])
    )


def _shown(states: pd.DataFrame, coverage: pd.DataFrame | None) -> Floats:
    """(states,) share of each berth that its observation shows; 0 of one that shows too little to count."""
    clear = states["clear"].to_numpy(np.bool_)
    if coverage is None or "observed_fraction" not in coverage:
        return np.where(clear, 1.0, 0.0)
    berths = coverage[coverage["kind"].isin(BERTH_KINDS)]
    share = berths.drop_duplicates(["scene_id", "zone_id"]).set_index(["scene_id", "zone_id"])["observed_fraction"]
    keys = pd.MultiIndex.from_arrays([states["scene_id"], states["berth_id"]])
    part = np.nan_to_num(share.reindex(keys).to_numpy(np.float64), nan=-1.0)
    shown = np.where(clear, np.where(part < 0.0, 1.0, np.maximum(part, LEAST_SHOWN)), part)
    return np.asarray(np.where(shown >= LEAST_SHOWN, np.minimum(shown, 1.0), 0.0))


def _at_berth(
    berth_id: str, hulls: list[BerthVessel], probability: float, real: tuple[tuple[float, float], ...]
) -> list[BerthVessel]:
    nan = float("nan")
    if not hulls:
        return [
            BerthVessel(
                berth_id=berth_id,
                detection_id="",
                lon=nan,
                lat=nan,
                length_m=nan,
                length_low_m=nan,
                length_high_m=nan,
                score=nan,
                mmsi=None,
                probability=probability,
            )
        ]
    points, chances = zip(*real, strict=True)
    chance = np.clip(np.interp([vessel.score for vessel in hulls], points, chances), _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)
    odds = np.nan_to_num(chance / (1.0 - chance), nan=1.0)
    odds *= probability / (1.0 - min(probability, 1.0 - 1e-9)) / odds.max()
    return [
        replace(vessel, berth_id=berth_id, probability=float(one / (1.0 + one)))
        for vessel, one in zip(hulls, odds, strict=True)
    ]


def _hulls(detections: pd.DataFrame | None, matches: pd.DataFrame | None) -> Iterator[tuple[str, BerthVessel]]:
    if detections is None or detections.empty:
        return
    ships = vessels_only(detections)
    known: dict[str, int] = {}
    if matches is not None and len(matches):
        sure = matches[(matches["status"] == "matched") & matches["mmsi"].notna()]
        known = {str(d): int(m) for d, m in zip(sure["detection_id"], sure["mmsi"], strict=True)}
    lon, lat = lonlat(ships)
    sizes = (floats(ships, name) for name in ("length_m", "length_low_m", "length_high_m", "score"))
    for name, x, y, length, low, high, score in zip(ships["detection_id"], lon, lat, *sizes, strict=True):
        yield (
            str(name),
            BerthVessel(
                berth_id="",
                detection_id=str(name),
                lon=float(x),
                lat=float(y),
                length_m=float(length),
                length_low_m=float(low),
                length_high_m=float(high),
                score=float(score),
                mmsi=known.get(str(name)),
                probability=float("nan"),
            ),
        )


def states_from_coverage(detections: pd.DataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    """BERTH_STATES from detections and coverage alone: occupied when a vessel lies in an observed berth.

    A berth seen in part is occupied when a vessel is found, and else not observed.
    """
    require(coverage, ("scene_id", "zone_id", "kind", "state", "acquired_at"), "coverage")
    berths = coverage[coverage["kind"].isin(BERTH_KINDS)].reset_index(drop=True)
    ships = vessels_only(detections)
    names = ships.groupby(["scene_id", "zone_id"])["detection_id"].agg(" ".join) if len(ships) else {}
    ids = [str(names.get(key, "")) for key in zip(berths["scene_id"], berths["zone_id"], strict=True)]
    seen = np.where(berths["state"] == "observed", EMPTY, NOT_OBSERVED)
    state = np.where([bool(i) for i in ids], OCCUPIED, seen)
    state = np.where(berths["state"] == NOT_OBSERVED, NOT_OBSERVED, state)
    chance = np.select([state == OCCUPIED, state == EMPTY], [0.95, 0.05], np.nan)
    table = pd.DataFrame(
        {
            "scene_id": berths["scene_id"],
            "aoi_id": texts(berths, "aoi_id"),
            "berth_id": berths["zone_id"],
            "acquired_at": berths["acquired_at"],
            "sensor": texts(berths, "sensor"),
            "state": state,
            "probability": chance,
            "alone": chance,
            "combined_with": "",
            "observations": 0,
            "method": "detector",
            "detection_ids": ids,
        }
    )
    return BERTH_STATES.conform(table)
