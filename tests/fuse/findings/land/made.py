"""A depot with one track, one yard for open storage, and what was measured there, by hand."""

from datetime import timedelta

import pandas as pd
from shapely.geometry import box, mapping

from monitor.core.aoi import Aoi, parse_aoi
from monitor.core.tables import CHAINS, LAND_CHANGES, LAND_STATES
from monitor.core.timerange import TimeRange

START = pd.Timestamp("2023-08-01T08:20Z")
PERIOD = TimeRange.parse("2023-08-01/2023-11-01")


def depot(name: str = "depot", lon: float = 40.0) -> Aoi:
    """An AOI without water: a track, open storage and a site."""
    parts = {
        "aoi": ("aoi", name, box(lon, 45.0, lon + 0.02, 45.02)),
        "track": ("rail", "Track A", box(lon + 0.001, 45.001, lon + 0.015, 45.002)),
        "stores": ("open_storage", "Open storage", box(lon + 0.001, 45.004, lon + 0.006, 45.006)),
        "ground": ("site", "Depot ground", box(lon + 0.001, 45.008, lon + 0.019, 45.019)),
    }
    features = [
        {
            "type": "Feature",
            "properties": {"kind": kind, "id": f"{name}_{key}", "name": words},
            "geometry": mapping(shape),
        }
        for key, (kind, words, shape) in parts.items()
    ]
    return parse_aoi({"type": "FeatureCollection", "title": name.title(), "features": features}, id=name)


def states(shares: dict[int, tuple[float, float, float]], *, zone: str = "track", kind: str = "rail") -> pd.DataFrame:
    """LAND_STATES of a zone: day since `START` to share and bounds."""
    rows = [
        {
            "scene_id": f"s2-{day}",
            "aoi_id": "depot",
            "zone_id": f"depot_{zone}",
            "kind": kind,
            "acquired_at": START + timedelta(days=day),
            "sensor": "s2",
            "state": "observed" if share[0] == share[0] else "not observed",
            "share": share[0],
            "share_low": share[1],
            "share_high": share[2],
            **dict.fromkeys(("area_m2", "area_low_m2", "area_high_m2"), float("nan")),
            "observations": 20,
            "reason": "" if share[0] == share[0] else "cloud",
        }
        for day, share in shares.items()
    ]
    return LAND_STATES.conform(pd.DataFrame(rows))


def change(**values: object) -> pd.DataFrame:
    """One row of LAND_CHANGES: 1.2 ha of bare ground from the third week on."""
    row = {
        "change_id": "depot_ground|7|s2-21",
        "aoi_id": "depot",
        "zone_id": "depot_ground",
        "kind": "bare ground",
        "began_after": START + timedelta(days=16),
        "began_before": START + timedelta(days=21),
        "last_seen": START + timedelta(days=60),
        "ended": False,
        "observations": 9,
        "area_m2": 12_000.0,
        "area_low_m2": 9_000.0,
        "area_high_m2": 15_000.0,
        "probability": 0.93,
        "false_alarms_per_year": 0.2,
        "alternatives": "harvest; a flood",
        "geometry": box(40.005, 45.012, 40.0064, 45.013),
    }
    return LAND_CHANGES.conform(pd.DataFrame([row | values]))


def chain(**values: object) -> pd.DataFrame:
    """One row of CHAINS: stacks leave the port, trains come to the depot."""
    row = {
        "chain_id": "port|stacks left|depot|train came",
        "from_aoi": "port",
        "from_zone": "",
        "from_kind": "stacks left",
        "to_aoi": "depot",
        "to_zone": "depot_track",
        "to_kind": "train came",
        "departures": 10,
        "not_observable": 2,
        "arrivals": 11,
        "followed": 8.2,
        "chance_followed": 3.1,
        "chance_low": 1.6,
        "chance_high": 5.0,
        "p_value": 0.0005,
        "p_adjusted": 0.002,
        "comparisons": 4,
        "travel_low_days": 6.0,
        "travel_high_days": 34.0,
        "fit_low_days": 9.0,
        "fit_high_days": 16.0,
        "first": START,
        "last": START + timedelta(days=80),
    }
    return CHAINS.conform(pd.DataFrame([row | values]))
