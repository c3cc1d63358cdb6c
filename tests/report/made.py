"""Made-up ports, scenes and tables with known answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Polygon, box

from monitor.core.aoi import Aoi, parse_aoi
from monitor.core.errors import ArchiveError
from monitor.core.findings import Finding
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tables import BERTH_STATES, COUNTS, COVERAGE, DARK_EVENTS, DETECTIONS, GAPS, MATCHES
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.fuse.series.counts import count
from monitor.report import BriefInput, InputFile, Provenance, SceneRecord

PERIOD = TimeRange.parse("2023-W41")
SCENES = (datetime(2023, 10, 5, 2, 16, 9, tzinfo=UTC), datetime(2023, 10, 10, 2, 16, 9, tzinfo=UTC))


def port() -> Aoi:
    """A port of 2.4 km with one berth, in UTM 52N, Hangul in its name."""

    def feature(kind: str, ident: str, shape: Polygon, name: str) -> dict[str, object]:
        return {
            "type": "Feature",
            "properties": {"kind": kind, "id": ident, "name": name},
            "geometry": shape.__geo_interface__,
        }

    return parse_aoi(
        {
            "type": "FeatureCollection",
            "title": "Rajin 라진 <b>",
            "timezone": "Asia/Pyongyang",
            "features": [
                feature("aoi", "rajin", box(130.27, 42.22, 130.30, 42.24), "Rajin"),
                feature("berth", "b1", box(130.284, 42.229, 130.287, 42.230), "Pier 1, berth 1"),
            ],
        },
        id="rajin",
    )


def acquisition(at: datetime, *, exact: bool = True, simulated: bool = False) -> Acquisition:
    """A Sentinel-2 pass over the port."""
    start, end = (at, at) if exact else (at.replace(hour=0), at.replace(hour=23))
    return Acquisition(
        f"s2_{at:%Y%m%d}",
        "rajin",
        "s2",
        "Sentinel-2A",
        start,
        end,
        port().geometry,
        61,
        "descending",
        0.1,
        ("S2A_X",),
        "L2A",
        "made",
        simulated,
    )


def raster(seed: int = 1) -> Raster:
    """Dark water with a bright quay, a corner without data and a cloud."""
    grid = Grid.covering(port().geometry, epsg=32652)
    noise = np.random.default_rng(seed).integers(150, 260, (4, *grid.shape))
    data = noise.astype("uint16")
    data[:, 40:80, 100:160] = 2600
    valid, cloud = np.ones(grid.shape, bool), np.zeros(grid.shape, bool)
    valid[:20, :20] = False
    cloud[-30:, -40:] = True
    return Raster(data, ("B02", "B03", "B04", "B08"), valid, grid, cloud, 1e-4)


def detections(scene: Acquisition) -> pd.DataFrame:
    """A vessel at the berth, one in the bay, and a stack."""
    boxes = [
        box(130.285, 42.2292, 130.2864, 42.2295),
        box(130.290, 42.225, 130.2905, 42.226),
        box(130.280, 42.231, 130.281, 42.2315),
    ]
    n = len(boxes)
    rows = {
        "detection_id": [f"{scene.id}-{i}" for i in range(n)],
        "scene_id": scene.id,
        "aoi_id": "rajin",
        "acquired_at": pd.Timestamp(scene.acquired_at),
        "sensor": "s2",
        "class_name": ["vessel", "vessel", "container_stack"],
        "score": [0.9, 0.4, 0.8],
        "length_m": [118.0, 92.0, 80.0],
        "length_low_m": [108.0, 80.0, 70.0],
        "length_high_m": [128.0, 104.0, 90.0],
        "axis_deg": [146.0, 10.0, 0.0],
        "area_m2": [np.nan, np.nan, 1500.0],
        "zone": ["berth", "open", "inshore"],
        "zone_id": ["b1", "", ""],
        "detector": "made",
        "geometry": boxes,
    }
    return DETECTIONS.conform(gpd.GeoDataFrame(rows, geometry="geometry", crs=4326))


def coverage(scene: Acquisition, state: str) -> list[dict[str, object]]:
    """Rows of one scene: the water and the berth alike."""
    share = {"observed": 1.0, "partly": 0.6, "not observed": 0.0}[state]
    reason = "" if state == "observed" else "cloud"
    return [
        {
            "scene_id": scene.id,
            "aoi_id": "rajin",
            "acquired_at": pd.Timestamp(scene.acquired_at),
            "sensor": "s2",
            "zone_id": zone,
            "kind": kind,
            "state": state,
            "observed_fraction": share,
            "reason": reason,
        }
        for zone, kind in (("rajin", "water"), ("b1", "berth"))
    ]


def tables(scenes: tuple[Acquisition, ...], states: tuple[str, ...]) -> TableSet:
    """Tables of the scenes: the first vessel matched, the second dark, one gap with a formula-like receiver."""
    seen = COVERAGE.conform(
        pd.DataFrame([row for s, state in zip(scenes, states, strict=True) for row in coverage(s, state)])
    )
    clear = [s for s, state in zip(scenes, states, strict=True) if state != "not observed"]
    found = [detections(s) for s in clear]
    boxes = DETECTIONS.conform(pd.concat(found)) if found else DETECTIONS.empty()
    pairs = _matches(clear) if clear else MATCHES.empty()
    berths = [
        {
            "scene_id": s.id,
            "aoi_id": "rajin",
            "berth_id": "b1",
            "acquired_at": pd.Timestamp(s.acquired_at),
            "sensor": "s2",
            "state": "occupied" if state == "observed" else "not observed",
            "probability": 0.97 if state == "observed" else np.nan,
            "observations": 3,
            "method": "both",
            "detection_ids": "",
        }
        for s, state in zip(scenes, states, strict=True)
    ]
    return TableSet(
        {
            COVERAGE: seen,
            DETECTIONS: boxes,
            MATCHES: pairs,
            COUNTS: count(boxes, seen, matches=pairs),
            DARK_EVENTS: _dark(clear[-1]) if clear else DARK_EVENTS.empty(),
            GAPS: _gaps(),
            BERTH_STATES: BERTH_STATES.conform(pd.DataFrame(berths)),
        }
    )


def _matches(scenes: list[Acquisition]) -> pd.DataFrame:
    rows = [
        {
            "match_id": f"{s.id}-m{i}",
            "scene_id": s.id,
            "aoi_id": "rajin",
            "acquired_at": pd.Timestamp(s.acquired_at),
            "detection_id": f"{s.id}-{i}",
            "mmsi": mmsi,
            "status": status,
            "distance_m": 40.0,
            "dt_s": 60.0,
            "cost": 1.0,
            "cost_position": 0.5,
            "cost_length": 0.3,
            "cost_heading": 0.1,
            "cost_berth": 0.1,
            "margin": 2.0,
            "runner_up_mmsi": None,
            "reason": "",
            "probability": 0.9,
            "ais_lon": 130.28,
            "ais_lat": 42.22,
            "version": 1,
            "as_of": pd.Timestamp("2023-10-17", tz="UTC"),
        }
        for s in scenes
        for i, mmsi, status in ((0, 445000001, "matched"), (1, None, "unmatched"))
    ]
    return MATCHES.conform(pd.DataFrame(rows))


def _dark(scene: Acquisition) -> pd.DataFrame:
    row = {
        "event_id": "dark-1",
        "detection_id": f"{scene.id}-1",
        "scene_id": scene.id,
        "aoi_id": "rajin",
        "acquired_at": pd.Timestamp(scene.acquired_at),
        "status": "dark",
        "score": 0.4,
        "length_m": 92.0,
        "length_low_m": 80.0,
        "length_high_m": 104.0,
        "zone": "open",
        "zone_id": "",
        "reception_vessels": 5.0,
        "reasons": "5 vessels received",
        "alternatives": "naval vessel; late AIS",
        "gap_ids": "gap-1",
        "likelihood": "likely",
        "probability": 0.7,
        "geometry": box(130.290, 42.225, 130.2905, 42.226),
    }
    return DARK_EVENTS.conform(gpd.GeoDataFrame([row], geometry="geometry", crs=4326))


def _gaps() -> pd.DataFrame:
    rows = [
        {
            "gap_id": f"gap-{i}",
            "mmsi": 445000009,
            "start": pd.Timestamp("2023-10-08", tz="UTC"),
            "end": end,
            "is_closed": closed,
            "duration_h": 50.0,
            "distance_m": 12000.0 if closed else np.nan,
            "implied_kn": 0.1 if closed else np.nan,
            "start_lon": 130.5,
            "start_lat": 42.1,
            "end_lon": 130.6 if closed else np.nan,
            "end_lat": 42.2 if closed else np.nan,
            "positions_before_12h": 30,
        }
        for i, (end, closed) in enumerate([(pd.Timestamp("2023-10-10T02:00Z"), True), (pd.NaT, False)], 1)
    ]
    table = pd.DataFrame(rows)
    return GAPS.conform(table.assign(end=pd.to_datetime(table["end"], utc=True)))


def brief_input(
    states: tuple[str, ...] = ("observed", "observed"), *, simulated: bool = False, exact: bool = True
) -> BriefInput:
    """A week with two passes, the first of them before the week."""
    scenes = tuple(acquisition(at, exact=exact, simulated=simulated) for at in SCENES[: len(states)])
    findings = (
        (
            Finding(
                "dark-1",
                "dark_event",
                "rajin",
                SCENES[1],
                SCENES[1],
                "A vessel lay there & no AIS fits it.",
                "likely",
                "moderate",
                ("5 vessels received",),
                ("s2_20231010-1",),
                ("a naval ship.",),
            ),
        )
        if states
        else ()
    )
    return BriefInput(
        (port(),),
        PERIOD,
        datetime(2023, 10, 17, tzinfo=UTC),
        PERIOD.end + timedelta(hours=6),
        scenes,
        tables(scenes, states) if states else TableSet(),
        Provenance(
            "monitor 9.9",
            (InputFile("w.onnx", "ab" * 32),),
            tuple(SceneRecord(s.id, "cd" * 32, "ef" * 32, "made") for s in scenes),
        ),
        findings,
        simulated=simulated,
    )


def read_pixels(scene_id: str) -> Raster:
    """The made-up pixels of a scene."""
    return raster(int(scene_id[-2:]))


def no_pixels(scene_id: str) -> Raster:
    """An archive that has lost its pixels."""
    raise ArchiveError(f"{scene_id}: no pixels")
