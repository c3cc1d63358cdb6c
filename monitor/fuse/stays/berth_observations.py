"""Observations of berths in order of time: which were clear, and which vessels each showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from monitor.core.columns import floats, lonlat, require, texts, vessels_only
from monitor.core.tables import BERTH_STATES

OCCUPIED, EMPTY, NOT_OBSERVED = "occupied", "empty", "not observed"


@dataclass(frozen=True, slots=True)
class BerthVessel:
    """A ship at a berth in one observation.

    Without an id, and NaN for place and length, when only the berth's state shows it.
    """

    berth_id: str
    detection_id: str
    lon: float
    lat: float
    length_m: float
    length_low_m: float
    length_high_m: float
    mmsi: int | None
    probability: float


@dataclass(frozen=True, slots=True)
class Observation:
    """One scene's clear berths and their hulls.

    `occupied` holds for each clear berth the probability that a hull lies there; NaN where the states do not give it.
    """

    aoi_id: str
    scene_id: str
    at: pd.Timestamp
    occupied: Mapping[str, float]
    hulls: tuple[BerthVessel, ...]


def observations(
    berth_states: pd.DataFrame, detections: pd.DataFrame | None = None, matches: pd.DataFrame | None = None
) -> list[Observation]:
    """The observations in order of time; berths that were not observed are in none.

    Parameters
    ----------
    berth_states : BERTH_STATES table
        Needs ``scene_id, berth_id, acquired_at, state``. Hulls are the detections that it names in ``detection_ids``,
        else those whose ``zone_id`` is the berth, else one hull of unknown length per occupied berth.
    detections, matches : DETECTIONS and MATCHES tables
        For place, length and MMSI of the hulls.

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
    states = berth_states.assign(aoi=texts(berth_states, "aoi_id"), ids=texts(berth_states, "detection_ids"))
    states = states[states["state"].isin([OCCUPIED, EMPTY])]
    states = states.assign(occupied=floats(states, "probability"))
    found = []
    for (at, aoi, scene), group in states.groupby(["acquired_at", "aoi", "scene_id"], sort=True):
        seen = []
        for row in group[group["state"] == OCCUPIED].to_dict("records"):
            names = row["ids"].split() or by_berth.get((str(scene), str(row["berth_id"])), [])
            seen += _at_berth(str(row["berth_id"]), [hulls[n] for n in names if n in hulls], float(row["occupied"]))
        occupied = {str(row["berth_id"]): float(row["occupied"]) for row in group.to_dict("records")}
        found.append(Observation(str(aoi), str(scene), pd.Timestamp(at), occupied, tuple(seen)))
    return found


def _at_berth(berth_id: str, hulls: list[BerthVessel], probability: float) -> list[BerthVessel]:
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
                mmsi=None,
                probability=probability,
            )
        ]
    return [replace(vessel, berth_id=berth_id, probability=probability) for vessel in hulls]


def _hulls(detections: pd.DataFrame | None, matches: pd.DataFrame | None) -> Iterator[tuple[str, BerthVessel]]:
    if detections is None or detections.empty:
        return
    ships = vessels_only(detections)
    known: dict[str, int] = {}
    if matches is not None and len(matches):
        sure = matches[(matches["status"] == "matched") & matches["mmsi"].notna()]
        known = {str(d): int(m) for d, m in zip(sure["detection_id"], sure["mmsi"], strict=True)}
    lon, lat = lonlat(ships)
    sizes = (floats(ships, name) for name in ("length_m", "length_low_m", "length_high_m"))
    for name, x, y, length, low, high in zip(ships["detection_id"], lon, lat, *sizes, strict=True):
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
                mmsi=known.get(str(name)),
                probability=float("nan"),
            ),
        )


def states_from_coverage(detections: pd.DataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    """BERTH_STATES from detections and coverage alone: occupied when a vessel lies in an observed berth.

    A berth seen in part is occupied when a vessel is found, and else not observed.
    """
    require(coverage, ("scene_id", "zone_id", "kind", "state", "acquired_at"), "coverage")
    berths = coverage[coverage["kind"] == "berth"].reset_index(drop=True)
    ships = vessels_only(detections)
    names = ships.groupby(["scene_id", "zone_id"])["detection_id"].agg(" ".join) if len(ships) else {}
    ids = [str(names.get(key, "")) for key in zip(berths["scene_id"], berths["zone_id"], strict=True)]
    seen = np.where(berths["state"] == "observed", EMPTY, NOT_OBSERVED)
    state = np.where([bool(i) for i in ids], OCCUPIED, seen)
    state = np.where(berths["state"] == NOT_OBSERVED, NOT_OBSERVED, state)
    table = pd.DataFrame(
        {
            "scene_id": berths["scene_id"],
            "aoi_id": texts(berths, "aoi_id"),
            "berth_id": berths["zone_id"],
            "acquired_at": berths["acquired_at"],
            "sensor": texts(berths, "sensor"),
            "state": state,
            "probability": np.select([state == OCCUPIED, state == EMPTY], [0.95, 0.05], np.nan),
            "observations": 0,
            "method": "detector",
            "detection_ids": ids,
        }
    )
    return BERTH_STATES.conform(table)
