"""What a good detector would have said of a season, made from the truth: for scoring all that comes after detection."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.affinity import translate

from monitor.core.aoi import Aoi
from monitor.core.geodesy import destination
from monitor.core.tables import COVERAGE, DETECTIONS
from monitor.simulate.rng import generator

DETECTOR = "from truth"
_LEAST_M = 45.0
_PLACE_M, _LENGTH = 8.0, 0.08
_CLEAR, _PARTLY = 0.8, 0.2
_FEATURES = {"scene_id", "aoi_id", "acquired_at", "sensor"}


def detections_from(
    truth: dict[str, pd.DataFrame], *, seed: int = 0, missed: float = 0.05, false_per_observation: float = 0.05
) -> gpd.GeoDataFrame:
    """DETECTIONS of the visible vessels of 45 m and more, with errors of place (8 m) and length (8 %).

    Parameters
    ----------
    missed : share of visible vessels that are not found
    false_per_look : mean number of false alarms an observation, scattered over open water near true vessels' places
    """
    rows: list[dict[str, object]] = []
    seen = truth["vessels"][truth["vessels"]["visible"] & (truth["vessels"]["length_m"] >= _LEAST_M)]
    for item in seen.itertuples():
        rng = generator(seed, "seen", item.scene_id, item.mmsi)
        if rng.random() >= missed:
            rows.append(_row(rng, item, len(rows)))
    for observation in truth["clouds"].itertuples():
        rng = generator(seed, "false", observation.scene_id)
        if observation.hidden_fraction < 0.5 and rng.random() < false_per_observation and len(seen):
            ghost = seen.iloc[int(rng.integers(len(seen)))]
            if ghost["aoi_id"] == observation.aoi_id:
                rows.append(_ghost(rng, ghost, observation, len(rows)))
    if not rows:
        return DETECTIONS.empty()
    return DETECTIONS.conform(gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs="EPSG:4326"))


def _row(rng: np.random.Generator, item: object, number: int) -> dict[str, object]:
    told = item._asdict()  # type: ignore[attr-defined]
    length = float(told["length_m"]) * float(np.exp(rng.normal(0.0, _LENGTH)))
    lon, lat = destination(told["lon"], told["lat"], float(rng.uniform(0, 360)), abs(float(rng.normal(0, _PLACE_M))))
    zone = {"berthed": "berth", "anchored": "inshore", "open": "inshore"}[told["situation"]]
    return {
        **{key: told[key] for key in _FEATURES},
        "detection_id": f"{told['scene_id']}-{number}",
        "class_name": "vessel",
        "score": float(rng.uniform(0.5, 0.95)),
        "length_m": length,
        "length_low_m": length * 0.86,
        "length_high_m": length * 1.16,
        "area_m2": np.nan,
        "axis_deg": (float(told["axis_deg"]) + float(rng.normal(0, 3.0))) % 180.0,
        "zone": zone,
        "zone_id": told["zone_id"],
        "detector": DETECTOR,
        "geometry": _moved(told, float(lon), float(lat)),
    }


def _ghost(rng: np.random.Generator, ghost: pd.Series, observation: object, number: int) -> dict[str, object]:
    told = observation._asdict()  # type: ignore[attr-defined]
    lon, lat = destination(ghost["lon"], ghost["lat"], float(rng.uniform(0, 360)), float(rng.uniform(300, 900)))
    length = float(rng.uniform(45, 80))
    return {
        **{key: told[key] for key in _FEATURES},
        "detection_id": f"{told['scene_id']}-{number}",
        "class_name": "vessel",
        "score": float(rng.uniform(0.3, 0.5)),
        "length_m": length,
        "length_low_m": length * 0.8,
        "length_high_m": length * 1.25,
        "area_m2": np.nan,
        "axis_deg": float(rng.uniform(0, 180)),
        "zone": "inshore",
        "zone_id": "",
        "detector": DETECTOR,
        "geometry": _moved(ghost.to_dict(), float(lon), float(lat)),
    }


def _moved(told: dict[str, object], lon: float, lat: float) -> object:
    from_lon, from_lat = float(told["lon"]), float(told["lat"])  # type: ignore[arg-type]
    return translate(told["geometry"], lon - from_lon, lat - from_lat)


def coverage_from(truth: dict[str, pd.DataFrame], aois: tuple[Aoi, ...]) -> pd.DataFrame:
    """COVERAGE of every observation as a perfect cloud mask would give it: water, berths and yards."""
    parts = [_water(truth["clouds"], aois)]
    for name, key, kind in (("berths", "berth_id", "berth"), ("stacks", "yard_id", "yard")):
        table = truth[name]
        parts.append(
            pd.DataFrame(
                {
                    **{column: table[column] for column in _FEATURES},
                    "zone_id": table[key],
                    "kind": kind,
                    "observed_fraction": table["observed"].astype(float),
                }
            )
        )
    made = pd.concat(parts, ignore_index=True)
    share = made["observed_fraction"]
    made["state"] = np.where(share >= _CLEAR, "observed", np.where(share > _PARTLY, "partly", "not observed"))
    made["reason"] = np.where(share >= _CLEAR, "", "cloud")
    return COVERAGE.conform(made)


def _water(clouds: pd.DataFrame, aois: tuple[Aoi, ...]) -> pd.DataFrame:
    known = {aoi.id for aoi in aois}
    mine = clouds[clouds["aoi_id"].isin(known)]
    return pd.DataFrame(
        {
            **{column: mine[column] for column in _FEATURES},
            "zone_id": mine["aoi_id"],
            "kind": "water",
            "observed_fraction": 1.0 - mine["hidden_fraction"],
        }
    )
