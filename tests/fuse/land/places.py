"""Made places with land: a depot among forest, grass and fields, with tracks; what changed is known.

Reflectances are those of `simulate.render.spectra`. Each observation has its own sun, haze, noise, registration error
and clouds (some without a mask); grass and fields follow the season, fields are harvested, snow lies in winter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from affine import Affine
from scipy import ndimage
from shapely.geometry import LineString, box
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, Zone
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.detect.land.profiles import LAND_PROFILES, land_profiles
from monitor.simulate.render import spectra
from monitor.simulate.render.noise import fractal, smooth

EPSG = 32637
WEST, NORTH = 430_000.0, 5_080_000.0
SIDE_PX = 260
START = datetime(2023, 3, 20, 8, 20, tzinfo=UTC)
STUBBLE = np.array([820, 1050, 1350, 2300, 2900], np.float32)
BURNT = np.array([380, 430, 480, 700, 1300], np.float32)
CLEARED = np.array([620, 820, 900, 1900, 2300], np.float32)
BALLAST = np.array([1050, 1150, 1250, 1500, 1800], np.float32)
WAGONS = np.array(
    [
        [550, 560, 580, 650, 700],
        [700, 720, 1200, 1400, 1500],
        [1700, 1750, 1800, 1900, 1700],
        [850, 1000, 900, 1300, 1200],
    ],
    np.float32,
)
GOODS = np.array([[650, 700, 1900, 2250, 2300], [2300, 2350, 2350, 2500, 2250], [750, 760, 780, 900, 1000]], np.float32)
SITE = (60, 60, 200, 200)
STORE = (140, 70, 185, 120)
KINDS = {"bare ground": spectra.SOIL, "structure": spectra.ROOF_WHITE, "burnt": BURNT, "cleared": CLEARED}


@dataclass(frozen=True)
class Change:
    """A patch of the ground that changed for good, or until `end`."""

    kind: str
    rows: slice
    cols: slice
    at: datetime
    end: datetime | None = None

    @property
    def area_m2(self) -> float:
        return 100.0 * (self.rows.stop - self.rows.start) * (self.cols.stop - self.cols.start)


@dataclass(frozen=True)
class Place:
    """A made year: observations, what changed, and how much of each track and of the storage area was in use."""

    aoi: Aoi
    passes: tuple[Acquisition, ...]
    changes: tuple[Change, ...]
    trains: dict[tuple[str, str], float] = field(default_factory=dict)
    seed: int = 0


def lonlat(rows: Sequence[float], cols: Sequence[float], *, line: bool = False) -> BaseGeometry:
    """A rectangle, or a line, of pixels in degrees."""
    xs, ys = [WEST + 10 * c for c in cols], [NORTH - 10 * r for r in rows]
    local = LineString(list(zip(xs, ys, strict=True))) if line else box(min(xs), min(ys), max(xs), max(ys))
    return reproject(local, EPSG, WGS84)


def aoi() -> Aoi:
    """The depot: a site, a store of goods in the open, and three tracks."""
    outline = lonlat((0, SIDE_PX), (0, SIDE_PX))
    zones = (
        Zone("depot", "aoi", "Depot", outline),
        Zone("inner", "site", "Site", lonlat((SITE[0], SITE[2]), (SITE[1], SITE[3]))),
        Zone("bunkers", "storage", "Bunkers", lonlat((65, 135), (70, 190))),
        Zone("goods", "open_storage", "Goods", lonlat((STORE[0], STORE[2]), (STORE[1], STORE[3]))),
        Zone("rail_1", "rail", "Spur", lonlat((215, 225), (10, 120), line=True)),
        Zone("rail_2", "rail", "Siding", lonlat((190, 150), (150, 195), line=True)),
        Zone("rail_3", "rail", "Often full", lonlat((235, 235), (20, 110), line=True)),
    )
    return Aoi("depot", "Depot", outline, zones, EPSG)


def passes(rng: np.random.Generator, days: int = 365, every: float = 5.0) -> list[datetime]:
    """When it was observed: two passes in three are too cloudy in winter, one in three in summer."""
    out = []
    for step in range(int(days / every)):
        at = START + timedelta(days=step * every)
        winter = 0.5 + 0.5 * np.cos(2 * np.pi * (at.timetuple().tm_yday - 15) / 365)
        if rng.random() > 0.3 + 0.35 * winter:
            out.append(at)
    return out


class Land:
    """The ground of a seed, and its look on any day."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        self.seed = seed
        n = SIDE_PX
        self.texture = 1.0 + 0.08 * fractal(rng, (n, n), slope=2.0, longest_px=40.0)
        self.lean = smooth(rng, (n, n), length_px=6.0)
        self.kind = np.zeros((n, n), np.int8)  # 0 grass 1 forest 2 field 3 hard
        self.kind[smooth(rng, (n, n), length_px=12.0) > 0.6] = 1
        self.harvest = np.full((n, n), np.nan)
        self.green = np.ones((n, n), np.float32)
        size = int(rng.integers(24, 40))
        for r in range(0, n, size):
            for c in range(0, n, size):
                inside = SITE[0] - 12 < r + size / 2 < SITE[2] + 12 and SITE[1] - 12 < c + size / 2 < SITE[3] + 12
                if inside or rng.random() < 0.35:
                    continue
                block = (slice(r, r + size - 1), slice(c, c + size - 1))
                self.kind[block] = 2
                self.harvest[block] = rng.choice([rng.uniform(185, 215), rng.uniform(255, 285)])
                self.green[block] = rng.uniform(0.8, 1.1)
        for r in range(66, 130, 14):
            for c in range(74, 186, 12):
                self.kind[r : r + 3, c : c + 5] = 3
        self.kind[STORE[0] : STORE[2], STORE[1] : STORE[3]] = 3
        self.hard = rng.uniform(0.8, 1.3, size=(n, n)).astype(np.float32)

    def surface(self, at: datetime) -> npt.NDArray[np.float32]:
        """(5, row, col) reflectance × 10 000 of the ground without what people put on it."""
        day = at.timetuple().tm_yday
        grown = float(np.clip(np.sin(np.pi * (day - 75) / 230), 0.0, 1.0)) ** 0.7 if 75 < day < 305 else 0.0
        dry = float(np.exp(-(((day - 225) / 35) ** 2)))
        image = np.empty((5, SIDE_PX, SIDE_PX), np.float32)
        grass = spectra.GRASS * grown * (1 - 0.4 * dry) + spectra.AUTUMN * (1 - grown * (1 - 0.4 * dry))
        forest = spectra.FOREST * (0.6 + 0.4 * grown) + spectra.AUTUMN * 0.4 * (1 - grown)
        hard = spectra.CONCRETE
        for kind, spectrum in ((0, grass), (1, forest), (3, hard)):
            image[:, self.kind == kind] = spectrum[:, None]
        image[:, self.kind == 3] *= self.hard[self.kind == 3]
        field_ = self.kind == 2
        crop = np.clip(grown * 1.15 * self.green, 0, 1) * field_
        since = day - np.nan_to_num(self.harvest, nan=999.0)
        cut = field_ & (since >= 0)
        soil = spectra.SOIL[:, None, None]
        planted = spectra.GRASS[:, None, None] * crop + soil * (1 - crop)
        again = np.clip((since - 30) / 50, 0, 0.5)
        cut_ground = STUBBLE[:, None, None] * (1 - again) + spectra.GRASS[:, None, None] * again
        image = np.where(field_, np.where(cut, cut_ground, planted), image)
        return (image * self.texture).astype(np.float32)


def draw(
    place: Place, land: Land, at: datetime, trains: npt.NDArray[np.float32], goods: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.bool_]]:
    """Pixels and mask of cloud of one observation."""
    rng = np.random.default_rng([place.seed, 7, int(at.timestamp()) % 2**31])
    image = land.surface(at)
    for change in place.changes:
        if at >= change.at and (change.end is None or at < change.end):
            spectrum = KINDS[change.kind]
            old = (at - change.at).days
            fade = 0.0 if change.kind != "burnt" else min(old / 500.0, 0.5)
            was = image[:, change.rows, change.cols]
            image[:, change.rows, change.cols] = (spectrum[:, None, None] * (1 - fade)) * land.texture[
                change.rows, change.cols
            ] + was * fade
    for number, colour in enumerate(GOODS):
        image[:, goods == number + 1] = colour[:, None]
    share, colour_of = trains[0], trains[1:]
    image = image * (1 - share) + colour_of * share
    day = at.timetuple().tm_yday
    winter = np.cos(2 * np.pi * (day - 15) / 365)
    snow = float(rng.uniform(0.35, 1.0)) if (day < 60 or day > 335) and rng.random() < 0.45 else 0.0
    if snow:
        lies = np.clip(
            snow * (1.0 + 0.3 * smooth(rng, (SIDE_PX, SIDE_PX), length_px=8.0)) - 0.3 * (land.kind == 1), 0, 0.95
        )
        image = image * (1 - lies) + spectra.SNOW[:, None, None] * lies
    image *= 1.0 + (0.05 + 0.06 * winter) * land.lean * rng.uniform(0.8, 1.2)
    image *= rng.normal(1.0, 0.03) * (1 + rng.normal(0, 0.01, size=(5, 1, 1)))
    image += spectra.PATH_RADIANCE[:, None, None] * abs(rng.normal(0, 0.25))
    cloud = np.zeros((SIDE_PX, SIDE_PX), bool)
    cover = rng.beta(0.5, 1.2)
    if cover > 0.05:
        blob = smooth(rng, (SIDE_PX, SIDE_PX), length_px=25.0)
        limit = np.quantile(blob, 1 - cover)
        thick = np.clip((blob - limit) * 3, 0, 0.9)
        shadow = ndimage.shift(thick, (-14, 9), order=1)
        image = image * (1 - 0.5 * shadow)
        image = image * (1 - thick) + spectra.CLOUD[:, None, None] * thick
        cloud = ndimage.binary_dilation((thick > 0.25) | (shadow > 0.3), iterations=1)
    if rng.random() < 0.15:
        r, c = rng.integers(20, SIDE_PX - 20, 2)
        rr, cc = np.ogrid[:SIDE_PX, :SIDE_PX]
        puff = 0.6 * np.exp(-(((rr - r) / 9.0) ** 2 + ((cc - c) / 9.0) ** 2))
        image = image * (1 - puff) + spectra.CLOUD[:, None, None] * puff
    shift = rng.normal(0, 0.25, 2)
    out = np.stack([ndimage.shift(ndimage.gaussian_filter(b, 0.5), shift, order=1, mode="nearest") for b in image])
    out[4] = np.kron(out[4].reshape(SIDE_PX // 2, 2, SIDE_PX // 2, 2).mean(axis=(1, 3)), np.ones((2, 2)))
    out += rng.standard_normal(out.shape) * (spectra.NOISE[:, None, None] + 0.008 * out)
    return np.clip(np.rint(out), 1, 16000).astype(np.uint16), cloud


def _rail_points(port: Aoi) -> dict[str, npt.NDArray[np.float64]]:
    out = {}
    for zone in port.of_kind("rail"):
        local = reproject(zone.geometry, WGS84, EPSG)
        n = int(local.length / 2.0)
        xy = np.array([local.interpolate(2.0 * i).coords[0] for i in range(n)])
        out[zone.id] = np.column_stack([(NORTH - xy[:, 1]) / 10, (xy[:, 0] - WEST) / 10])
    return out


@lru_cache(maxsize=4)
def make(seed: int, *, changes: int = 4) -> tuple[Place, pd.DataFrame]:
    """A place and its LAND_PROFILES; kept for the other tests, which only read them."""
    days = 365
    rng = np.random.default_rng([seed, 3])
    port, land = aoi(), Land(seed)
    made: list[Change] = []
    tries = 0
    while len(made) < changes and tries < 500:
        tries += 1
        kind = str(rng.choice(list(KINDS)))
        h, w = (int(v) for v in rng.integers(7, 18, 2))
        r, c = int(rng.integers(62, 136 - h)), int(rng.integers(64, 196 - w))
        if kind == "cleared":
            land.kind[r - 2 : r + h + 2, c - 2 : c + w + 2] = 1
        if any(abs(r - o.rows.start) < 20 and abs(c - o.cols.start) < 20 for o in made):
            continue
        at = START + timedelta(days=float(rng.uniform(60, days - 80)))
        made.append(Change(kind, slice(r, r + h), slice(c, c + w), at))
    times = passes(rng, days)
    grid = Grid(EPSG, Affine(10.0, 0.0, WEST, 0.0, -10.0, NORTH), (SIDE_PX, SIDE_PX))
    points = _rail_points(port)
    place = Place(port, (), tuple(made), seed=seed)
    ballast = _line_share(points)
    use = {"rail_1": 0.3, "rail_2": 0.45, "rail_3": 0.75}
    truth: dict[tuple[str, str], float] = {}
    tables, acquisitions = [], []
    stock = 0.3
    for number, at in enumerate(times):
        trains, shares = _trains(rng, points, use, ballast)
        stock = float(np.clip(stock + rng.normal(0, 0.12), 0.0, 0.95))
        goods = _goods(seed, stock)
        pixels, cloud = draw(place, land, at, trains, goods)
        scene = f"depot_{at:%Y%m%d}_{number}"
        acquisition = Acquisition(scene, "depot", "s2", "Sentinel-2A", at, at, port.geometry, 21, "descending")
        raster = Raster(pixels, ("B02", "B03", "B04", "B08", "B11"), np.ones(cloud.shape, bool), grid, cloud, 1e-4)
        tables.append(land_profiles(acquisition, raster, port))
        acquisitions.append(acquisition)
        truth.update({(scene, zone): share for zone, share in shares.items()})
        truth[(scene, "goods")] = float((goods[STORE[0] : STORE[2], STORE[1] : STORE[3]] > 0).mean())
    place = Place(port, tuple(acquisitions), tuple(made), truth, seed)
    return place, LAND_PROFILES.join(tables)


def _line_share(points: dict[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float32]:
    """(row, col) share of ballast: some 5 m wide."""
    share = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for rc in points.values():
        np.add.at(share, (rc[:, 0].astype(int), rc[:, 1].astype(int)), 2.0 * 5.0 / 100.0)
    return np.clip(share, 0, 0.9)


def _trains(
    rng: np.random.Generator,
    points: dict[str, npt.NDArray[np.float64]],
    use: dict[str, float],
    ballast: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float32], dict[str, float]]:
    """(1 + 5, row, col) share of each pixel under ballast and trains and its colour, and the share of each track."""
    n = SIDE_PX
    share = ballast.copy()
    colour = np.repeat(BALLAST[:, None, None], n, axis=1).repeat(n, axis=2) * np.ones((1, n, n), np.float32)
    shares = {}
    for zone, rc in points.items():
        full = np.zeros(len(rc), bool)
        if rng.random() < min(1.0, use[zone] + 0.2):
            wagons = WAGONS[rng.integers(len(WAGONS))]
            length = int(np.clip(rng.normal(1.2 * use[zone] * len(rc), 0.2 * len(rc)), 40, len(rc)))
            start = int(rng.integers(0, len(rc) - length + 1))
            full[start : start + length] = True
            rows, cols = rc[full, 0].astype(int), rc[full, 1].astype(int)
            with_train = np.zeros((n, n), np.float32)
            np.add.at(with_train, (rows, cols), 2.0 * 3.2 / 100.0)
            with_train = np.clip(with_train, 0, 0.6)
            total = np.maximum(share, with_train)
            mix = np.divide(with_train, total, out=np.zeros_like(total), where=total > 0)
            colour = colour * (1 - mix) + wagons[:, None, None] * mix
            share = total
        shares[zone] = float(full.mean())
    return np.concatenate([share[None], colour]).astype(np.float32), shares


def _goods(seed: int, stock: float) -> npt.NDArray[np.int8]:
    """(row, col) number of the goods on each pixel: blocks of 4 × 6 that are filled from one side."""
    rng = np.random.default_rng([seed, 11])
    goods = np.zeros((SIDE_PX, SIDE_PX), np.int8)
    blocks = [(r, c) for r in range(STORE[0], STORE[2] - 3, 5) for c in range(STORE[1], STORE[3] - 5, 7)]
    order = rng.permutation(len(blocks))
    for at in order[: int(stock * len(blocks))]:
        r, c = blocks[at]
        goods[r : r + 4, c : c + 6] = rng.integers(1, len(GOODS) + 1)
    return goods
