"""How long a brief of half a year takes: two ports, 80 scenes, made-up season, detections made from its truth.

Run ``python -m tests.benchmarks.brief_half_year [FOLDER] [--pdf]``; prints processor and wall seconds and the size.
The network does not run. A first, untimed build archives the pixels that the brief will ask for.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from monitor.ais import find_gaps, port_calls, voyages
from monitor.core.aoi import Aoi, read_aoi
from monitor.core.errors import ArchiveError
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tables import DETECTIONS, GAPS, PORT_CALLS, POSITIONS, VESSELS, VOYAGES
from monitor.core.timerange import TimeRange
from monitor.fuse import correlate
from monitor.report import BriefInput, Provenance, SceneRecord, build_brief, write_html, write_pdf
from monitor.simulate.season import Season
from monitor.simulate.truth import truth_tables
from monitor.store.archive import Archive
from tests.fuse.seasons import known_season

PERIOD = TimeRange.parse("2023-05-01/2023-10-30")
SCENES = 80


def given(season: Season, aois: tuple[Aoi, ...]) -> BriefInput:
    """What a brief of the season's newest 80 observations may state."""
    offered = sorted((a for aoi in aois for a in season.acquisitions(aoi)), key=lambda a: a.start)[-SCENES:]
    names = {a.id for a in offered}
    truth = {
        name: rows[rows["scene_id"].isin(names)] if "scene_id" in rows else rows
        for name, rows in truth_tables(season).items()
    }
    made = known_season(offered, season.positions(), truth, seed=season.seed).tables
    gaps = find_gaps(made[POSITIONS], at_least=timedelta(hours=12))
    calls = port_calls(made[POSITIONS], _anchors(aois))
    known = made | {GAPS: gaps, PORT_CALLS: calls, VOYAGES: voyages(calls)}
    result, stated = correlate(known, aois, scenes=offered)
    tables = known | result | {VESSELS: season.vessels()}
    records = tuple(SceneRecord(a.id, "ab" * 32, "cd" * 32, "truth") for a in offered)
    end: datetime = PERIOD.end
    return BriefInput(aois, PERIOD, end, end, tuple(offered), tables, Provenance("benchmark", scenes=records), stated)


def _anchors(aois: tuple[Aoi, ...]) -> pd.DataFrame:
    points = [(aoi.id, zone.geometry.centroid) for aoi in aois for zone in aoi.of_kind("berth")]
    return pd.DataFrame([(name, point.x, point.y) for name, point in points], columns=["port_id", "lon", "lat"])


class Shelf:
    """An archive that renders a scene when it is first asked for."""

    def __init__(
        self, season: Season, aois: tuple[Aoi, ...], observations: tuple[Acquisition, ...], root: Path
    ) -> None:
        self.season, self.archive = season, Archive(root)
        self.aois, self.observations = {aoi.id: aoi for aoi in aois}, {a.id: a for a in observations}

    def __call__(self, scene_id: str) -> Raster:
        try:
            return self.archive.read_raster(scene_id)
        except ArchiveError:
            observation = self.observations[scene_id]
            raster = self.season.render(observation, self.aois[observation.aoi_id])
            self.archive.write_scene(observation, raster, request={"made": scene_id})
            return self.archive.read_raster(scene_id)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=None)
    parser.add_argument("--pdf", action="store_true")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="half-year-"))
    home = Path(__file__).resolve().parents[2] / "aoi"
    aois = tuple(read_aoi(home / f"{name}.geojson") for name in ("dunai", "rajin"))
    season = Season.make(aois=aois, seed=7, period=PERIOD)
    known = given(season, aois)
    read = Shelf(season, aois, known.acquisitions, folder / "archive")
    build_brief(known, read)
    wall, processor = time.perf_counter(), time.process_time()
    brief = build_brief(known, read)
    out = write_html(brief, folder / "brief.html")
    print(
        f"{len(known.acquisitions)} scenes, {len(known.tables[DETECTIONS])} detections: "
        f"{time.process_time() - processor:.1f} s processor, {time.perf_counter() - wall:.1f} s wall, "
        f"{out.stat().st_size / 1e6:.1f} MB (asked: 20 s, 10 MB)"
    )
    if asked.pdf:
        wall, processor = time.perf_counter(), time.process_time()
        out = write_pdf(brief, folder / "brief.pdf")
        print(
            f"PDF: {time.process_time() - processor:.1f} s processor, {time.perf_counter() - wall:.1f} s wall, "
            f"{out.stat().st_size / 1e6:.1f} MB"
        )
    print(folder)


if __name__ == "__main__":
    main()
