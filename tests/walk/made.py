"""A small made-up port on disk: scenes, AIS and an AOI with known answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from scipy.ndimage import gaussian_filter
from shapely.geometry import Polygon, mapping

from monitor.core.geo.grid import Grid
from monitor.core.scenes.sensors import S2_BANDS

EPSG = 32652
GRID = Grid(EPSG, Affine(10.0, 0.0, 605_000.0, 0.0, -10.0, 4_676_000.0), (160, 180))
QUAY_COL = 120
SHIP = (slice(59, 74), slice(QUAY_COL - 4, QUAY_COL - 2))
BLUR_PX = 0.7
WATER, LAND, HULL = (300, 320, 200, 150, 80), (1000, 1200, 1300, 2500, 2200), (1500, 1600, 1700, 1900, 1500)


def polygon(rows: tuple[int, int], cols: tuple[int, int], grid: Grid = GRID) -> Polygon:
    """Longitude/latitude rectangle of pixels."""
    return grid.to_lonlat([[rows[0], cols[0]], [rows[0], cols[1]], [rows[1], cols[1]], [rows[1], cols[0]]])


def port(berth: str = "berth", *, name: str = "made", grid: Grid = GRID) -> dict[str, object]:
    """The port's GeoJSON: a quay to the east, a berth (or a zone of another kind) along it, a yard behind."""
    zones = {
        "aoi": polygon((2, 158), (2, 178), grid),
        "water": polygon((2, 158), (2, QUAY_COL), grid),
        berth: polygon((50, 90), (QUAY_COL - 5, QUAY_COL), grid),
        "yard": polygon((50, 90), (QUAY_COL, QUAY_COL + 15), grid),
    }
    features = [
        {
            "type": "Feature",
            "geometry": mapping(geometry),
            "properties": {"id": f"{name}_{kind}", "kind": kind, "azimuth_deg": 0.0, "length_m": 400.0},
        }
        for kind, geometry in zones.items()
    ]
    return {"type": "FeatureCollection", "timezone": "Asia/Pyongyang", "features": features}


def pixels(ships: Sequence[tuple[slice, slice]], *, seed: int = 0) -> np.ndarray:
    """(band, row, col) DN of water, land and bright hulls, as soft as an instrument sees them, with a little noise."""
    data = np.empty((len(S2_BANDS), *GRID.shape), np.float64)
    for band in range(len(S2_BANDS)):
        data[band] = WATER[band]
        data[band, :, QUAY_COL:] = LAND[band]
        for rows, cols in ships:
            data[band, rows, cols] = HULL[band]
        data[band] = gaussian_filter(data[band], BLUR_PX)
    noise = np.random.default_rng(seed).normal(1.0, 0.04, data.shape)
    return np.clip(data * noise, 1, 10_000).astype(np.uint16)


def write_scene(folder: Path, at: datetime, ships: Sequence[tuple[slice, slice]] = (SHIP,)) -> Path:
    """One GeoTIFF with band names and a date in its name."""
    return write_pixels(folder, at, pixels(ships, seed=at.day))


def write_pixels(folder: Path, at: datetime, data: np.ndarray, grid: Grid = GRID) -> Path:
    """(band, row, col) DN as a GeoTIFF with band names and a date in its name."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"S2A_{at:%Y%m%dT%H%M%S}.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=grid.shape[0],
        width=grid.shape[1],
        count=len(S2_BANDS),
        dtype="uint16",
        crs=f"EPSG:{EPSG}",
        transform=grid.transform,
        nodata=0,
    ) as target:
        target.write(data)
        for number, band in enumerate(S2_BANDS, 1):
            target.set_band_description(number, band)
    return path


FIRST = datetime(2023, 9, 5, 2, 16, 9, tzinfo=UTC)
SCENES = tuple(FIRST + timedelta(days=5 * number) for number in range(3))


def write_ais(path: Path) -> Path:
    """MarineCadastre CSV: one vessel at the quay on the first day, and three others all the time."""
    lon, lat = GRID.lonlat(67.0, QUAY_COL - 2.0)
    rows = [
        "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo"
    ]
    start = FIRST - timedelta(days=1)
    for step in range(12 * 24 * 6):
        at = start + timedelta(minutes=10 * step)
        for number in range(3):
            rows.append(
                f"44100000{number},{at:%Y-%m-%dT%H:%M:%S},{lat - 0.01:.5f},{lon - 0.008:.5f},0.1,0,511,,,,30,,20,5,,"
            )
        if at < FIRST + timedelta(days=2):
            rows.append(f"440123456,{at:%Y-%m-%dT%H:%M:%S},{lat:.5f},{lon:.5f},0.0,0,0,,,,70,5,140,20,,")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n")
    return path


def write_late_ais(path: Path, at: datetime) -> Path:
    """AIS of the vessel at the quay for an hour around an instant, in a file of its own."""
    lon, lat = GRID.lonlat(67.0, QUAY_COL - 2.0)
    rows = ["MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width"]
    for minutes in range(-30, 31, 5):
        rows.append(
            f"440123456,{at + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S},{lat:.5f},{lon:.5f},0.0,0,0,,,,70,5,140,20"
        )
    path.write_text("\n".join(rows) + "\n")
    return path


def write_workspace(root: Path, *, berth: str = "berth") -> Path:
    """A workspace over the made port, whose berth may be of another kind: three scenes, AIS, one AOI."""
    (root / "aoi").mkdir(parents=True)
    (root / "aoi/made.geojson").write_text(json.dumps(port(berth)))
    (root / "monitor.toml").write_text('[source]\nname = "folder"\nsensors = ["s2"]\n')
    for number, at in enumerate(SCENES):
        write_scene(root / "scenes", at, (SHIP,) if number < 2 else ())
    write_ais(root / "ais/AIS_2023_09.csv")
    return root
