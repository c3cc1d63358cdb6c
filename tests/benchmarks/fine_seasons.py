"""Vessels and containers in SIMULATED fine pictures: ``python -m tests.benchmarks.fine_seasons WEIGHTS HOME [seed …]``.

Renders the clear pictures of 0.5 m of each season, two or three a port, into the folder HOME (those that lie there
already are taken), without WEIGHTS (``-``) no more than that, and prints F1 of vessels of 10 m and more, and
for each yard of 50 containers and more how many were seen from above and how many were found. Wanted: F1 0.95, and
counts within 10 %. Seeds are others than those trained on; none of it is a measure of real images.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from shapely.geometry import shape

from monitor.core.aoi import Aoi, read_aois
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.scenes.scene import Raster
from monitor.detect.base import CONTAINER, Boxes, Detector
from monitor.detect.evaluation.evaluate import figures
from monitor.detect.evaluation.matching import SceneScore
from monitor.detect.evaluation.reader import score_folder
from monitor.simulate import Season
from monitor.simulate.truth import truth_tables
from monitor.sources.simulated.labels import season_labels
from monitor.sources.simulated.scene import write_scene
from monitor.workspace.factory import make_detector, shipped_ports

CLEAR, A_PORT, LEAST = 0.05, 3, 50


class Kept:
    """A detector that keeps what it found last."""

    def __init__(self, detector: Detector) -> None:
        self.detector, self.key = detector, detector.key
        self.raster: Raster | None = None
        self.boxes: Boxes | None = None

    def __call__(self, raster: Raster) -> Boxes:
        """What the detector finds."""
        self.raster, self.boxes = raster, self.detector(raster)
        return self.boxes


def scenes(season: Season, aoi: Aoi, folder: Path) -> list[Path]:
    """The folders of a port's first clear pictures."""
    truth = truth_tables(season)
    clear = [a for a in season.acquisitions(aoi) if a.cloud_cover is not None and a.cloud_cover <= CLEAR]
    made = []
    for item in clear[:A_PORT]:
        made.append(folder / item.id)
        if (folder / item.id / "labels.geojson").is_file():
            continue
        raster = season.render(item, aoi)
        rows = [truth[name][truth[name]["scene_id"] == item.id] for name in ("vessels", "stacks")]
        write_scene(folder / item.id, item, raster, season_labels(raster, *rows, season.containers(item, aoi)))
    return made


def counts(folder: Path, aoi: Aoi, kept: Kept) -> list[tuple[str, int, int]]:
    """Yard, containers labelled in it, containers found in it."""
    assert kept.raster is not None
    assert kept.boxes is not None
    features = json.loads((folder / "labels.geojson").read_text())["features"]
    true = [shape(f["geometry"]).centroid for f in features if f["properties"]["kind"] == CONTAINER]
    grid = kept.raster.grid
    centres = [
        ring.mean(axis=0)
        for ring, name in zip(kept.boxes.rings, kept.boxes.class_name, strict=True)
        if name == CONTAINER
    ]
    found = grid.lonlat([c[1] for c in centres], [c[0] for c in centres])
    rows = []
    for yard in aoi.of_kind("yard"):
        inside = reproject(yard.geometry, WGS84, aoi.epsg)
        labelled = sum(inside.contains(reproject(point, WGS84, aoi.epsg)) for point in true)
        seen = sum(yard.geometry.contains(point) for point in map(_point, *found))
        rows.append((yard.id, int(labelled), int(seen)))
    return rows


def _point(lon: float, lat: float) -> object:
    return shape({"type": "Point", "coordinates": (lon, lat)})


def main(weights: str, home: Path, seeds: list[int]) -> None:
    """Renders, detects and prints."""
    kept = None if weights == "-" else Kept(make_detector("hires", weights))
    all_scores, yards = [], []
    for seed in seeds:
        season = Season.make(aois=read_aois(shipped_ports()), seed=seed, sensors=("hires",))
        for aoi in season.aois:
            for folder in scenes(season, aoi, home / str(seed)):
                if kept is None:
                    continue
                scores = score_folder(folder, kept, floor_m=0.0, sensor="hires")
                all_scores += scores
                got = figures(scores)
                print(
                    f"{folder.name}: {got['found']} of {got['vessels']} vessels, {got['false_alarms']} false",
                    flush=True,
                )
                for yard, true, found in counts(folder, aoi, kept):
                    if true >= LEAST:
                        yards.append((yard, true, found))
                        print(f"  {yard}: {true} containers, {found} found ({found / true - 1:+.0%})", flush=True)
    if kept is not None:
        _print_all(all_scores, pd.DataFrame(yards, columns=["yard", "true", "found"]))


def _print_all(all_scores: list[SceneScore], table: pd.DataFrame) -> None:
    pooled, off = figures(all_scores), (table["found"] / table["true"] - 1).abs()
    print(f"vessels: F1 {pooled['f1']:.3f}, precision {pooled['precision']:.3f}, recall {pooled['recall']:.3f}")
    print(f"yards of {LEAST} and more: {(off <= 0.1).sum()} of {len(off)} within 10 %, worst {off.max():.0%}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), [int(value) for value in sys.argv[3:]] or [301])
