"""How long a year of correlation takes: two ports, 100 scenes each, made positions (5 million by default).

Run ``python -m tests.benchmarks.correlate_year [POSITIONS [PORTS]]``; prints processor seconds. More ports are the same
two again, further east.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.affinity import translate
from shapely.geometry import Point

from monitor.core.aoi import Aoi, read_aoi
from monitor.core.geo.geodesy import utm_epsg
from monitor.core.scenes.scene import Acquisition
from monitor.core.schema import UTC
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS, POSITIONS, VISITS
from monitor.core.tableset import TableSet
from monitor.fuse import correlate

START = pd.Timestamp("2023-01-01", tz="UTC")
VESSELS = 200
EACH_DEG = 4.0
"""Between a port and the same again."""


def made_ports(count: int) -> tuple[Aoi, ...]:
    """Rajin and Dunai, and so often again further east as ports are asked for."""
    folder = Path(__file__).resolve().parents[2] / "aoi"
    two = [read_aoi(folder / f"{name}.geojson") for name in ("rajin", "dunai")]
    return tuple(_moved(two[n % 2], n // 2) for n in range(count))


def _moved(aoi: Aoi, times: int) -> Aoi:
    if not times:
        return aoi
    east = EACH_DEG * times
    zones = tuple(replace(zone, id=f"{zone.id}{times}", geometry=translate(zone.geometry, east)) for zone in aoi.zones)
    there = translate(aoi.geometry, east)
    epsg = utm_epsg(there.centroid.x, there.centroid.y)
    return replace(aoi, id=f"{aoi.id}{times}", zones=zones, geometry=there, epsg=epsg)


def made_positions(number: int, pairs: int = 1) -> pd.DataFrame:
    """So many positions of 200 ships that circle off the ports for a year."""
    rng, parts = np.random.default_rng(0), []
    for vessel in range(VESSELS):
        seconds = np.sort(rng.integers(0, 365 * 86_400, number // VESSELS))
        lon, lat = (130.4, 42.2) if vessel % 2 else (132.4, 42.85)
        lon += EACH_DEG * (vessel // 2 % pairs)
        turn = seconds / 86_400 * 2 * np.pi / 7 + vessel
        parts.append(
            pd.DataFrame(
                {
                    "mmsi": 444_000_000 + vessel,
                    "t": START + pd.to_timedelta(seconds, unit="s"),
                    "lon": lon + 0.3 * np.cos(turn),
                    "lat": lat + 0.2 * np.sin(turn),
                    "cog_deg": np.degrees(turn) % 360.0,
                }
            )
        )
    blank = {
        "sog_kn": 6.0,
        "heading_deg": np.nan,
        "nav_status": 0,
        "length_m": 120.0,
        "receiver": "terrestrial",
        "source_file": "made",
    }
    table = pd.concat(parts, ignore_index=True).assign(**blank)
    return POSITIONS.conform(table.astype({"t": UTC}))


def made_observations(aois: tuple[Aoi, ...], each: int = 100) -> tuple[TableSet, tuple[Acquisition, ...]]:
    """An observation every 3.6 days at both ports: a third of the berths taken, eight ships in open water."""
    rng = np.random.default_rng(1)
    scenes, states, found, coverage = [], [], [], []
    for aoi in aois:
        middle = aoi.geometry.centroid
        for observation in range(each):
            at, name = START + pd.Timedelta(minutes=5184 * observation + 121), f"{aoi.id}_{observation}"
            scenes.append(Acquisition(name, aoi.id, "s2", "S2A", at.to_pydatetime(), at.to_pydatetime(), aoi.geometry))
            base = (name, aoi.id, at, "s2")
            coverage.append((*base, aoi.id, "water", "observed", 1.0, ""))
            places = [(f"{name}_o{n}", "open", "", rng.normal((middle.x, middle.y), 0.02)) for n in range(8)]
            for berth in aoi.of_kind("berth"):
                taken = rng.random() < 0.3
                ship = f"{name}_{berth.id}" if taken else ""
                centre = berth.geometry.centroid
                places += [(ship, "berth", berth.id, (centre.x, centre.y))] if taken else []
                states.append(
                    (
                        name,
                        aoi.id,
                        berth.id,
                        at,
                        "s2",
                        "occupied" if taken else "empty",
                        0.95 if taken else 0.05,
                        0,
                        "detector",
                        ship,
                    )
                )
            found += [
                (
                    ship,
                    *base,
                    "vessel",
                    0.8,
                    120.0,
                    108.0,
                    132.0,
                    np.nan,
                    np.nan,
                    zone,
                    zone_id,
                    "made",
                    Point(*place).buffer(3e-4),
                )
                for ship, zone, zone_id, place in places
            ]
    detections = gpd.GeoDataFrame(
        pd.DataFrame(found, columns=[c for c in DETECTIONS.columns if c not in DETECTIONS.absent]), crs="EPSG:4326"
    )
    tables = {
        DETECTIONS: DETECTIONS.conform(detections),
        COVERAGE: COVERAGE.conform(pd.DataFrame(coverage, columns=list(COVERAGE.columns))),
        BERTH_STATES: BERTH_STATES.conform(
            pd.DataFrame(states, columns=[c for c in BERTH_STATES.columns if c not in BERTH_STATES.absent])
        ),
    }
    return TableSet(tables), tuple(scenes)


def main(number: int, ports: int = 2) -> None:
    """Print the seconds."""
    aois = made_ports(ports)
    observed, scenes = made_observations(aois)
    tables = observed | {POSITIONS: made_positions(number, (ports + 1) // 2)}
    begun = time.process_time()
    made, stated = correlate(tables, aois, scenes=scenes)
    seconds = time.process_time() - begun
    print(
        f"{len(tables[POSITIONS]):,} positions, {len(scenes)} scenes, {len(tables[DETECTIONS])} detections: "
        f"{seconds:.1f} s, {len(made[VISITS])} visits, {len(stated)} findings"
    )


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 5_000_000, *map(int, sys.argv[2:3]))
