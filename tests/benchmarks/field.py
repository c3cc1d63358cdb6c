"""The same job by others' packages and by ours, for the table in docs/explanation/peers.md.

They need packages that would pin ours, so they live in an environment of their own::

    python -m venv peers && peers/bin/pip install sahi coastsat-package movingpandas pyais
    python -m tests.benchmarks.field ours FOLDER        # makes the inputs, too
    peers/bin/python tests/benchmarks/field.py peers FOLDER
    python -m tests.benchmarks.field table FOLDER

Processor time counts, the best of three runs; both sides on one machine, one thread, one after the other.
"""

from __future__ import annotations

import json
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SIDE, WINDOW = 4096, 640
SENTENCES = 50_000
Task = tuple[str, str, Callable[[], object]]
"""What is done, what is counted, and the work, which returns the count."""


def best(work: Callable[[], object]) -> tuple[float, object]:
    """Least seconds of processor of three runs, and what the work returned."""
    seconds, found = [], None
    for _ in range(3):
        used = time.process_time()
        found = work()
        seconds.append(time.process_time() - used)
    return min(seconds), found


def make(folder: Path) -> None:
    """The inputs: a real scene of Busan, positions of 25 ships, and a log of real sentences."""
    from monitor.detect.evaluation.reader import read_port
    from tests.benchmarks.ais import made, real_sentences

    folder.mkdir(parents=True, exist_ok=True)
    port = read_port(SHARED / "s2_ports" / "busan")
    hulls = np.array([(hull.x, hull.y) for hull in port.hulls])
    np.savez(folder / "busan.npz", dn=port.dn, hulls=hulls)
    made(50_000, vessels=25).to_csv(folder / "positions.csv", index=False)
    many = real_sentences(SENTENCES)
    (folder / "log.nmea").write_bytes(b"\n".join(line + b",%d" % (1_700_000_000 + n) for n, line in enumerate(many)))
    (folder / "plain.nmea").write_bytes(b"\n".join(many))


def positions_of(folder: Path) -> pd.DataFrame:
    """The made positions, with instants in UTC."""
    table = pd.read_csv(folder / "positions.csv")
    return table.assign(t=pd.to_datetime(table["t"], format="ISO8601", utc=True))


def in_water(mask: np.ndarray, hulls: np.ndarray) -> str:
    """How many hulls have their centre in water, and the share of the scene that is water."""
    cols, rows = hulls.astype(int).T
    inside = (rows >= 0) & (rows < mask.shape[0]) & (cols >= 0) & (cols < mask.shape[1])
    return f"{int(mask[rows[inside], cols[inside]].sum())} of {int(inside.sum())}; {mask.mean():.1%}"


WINDOWS = "cut 4096² pixels into windows of 640, a fifth shared", "windows"
WATER = "tell water from land in a Sentinel-2 scene (Busan)", "labelled hulls that are water; water"
GAPS = "silences over 12 h in 50,000 positions", "silences"
PLACES = "where a ship was at 300 instants", "places"
DECODE = f"decode {SENTENCES:,} sentences of real logs", "messages with a position"


NAMES = ("SAHI", "CoastSat", "movingpandas", "movingpandas", "pyais")


def ours(folder: Path) -> Iterator[Task]:
    """Our side."""
    from affine import Affine

    from monitor.ais import find_gaps, track_at
    from monitor.core.geo.grid import Grid
    from monitor.core.scenes.scene import Raster
    from monitor.detect.context.water import scene_water
    from monitor.detect.models.windows import cut_evenly
    from monitor.sources import read_positions

    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    yield *WINDOWS, lambda: len([image[part] for part in cut_evenly(image.shape[:2], (WINDOW, WINDOW))])
    scene, positions = np.load(folder / "busan.npz"), positions_of(folder)
    dn = scene["dn"]
    grid = Grid(32652, Affine(10.0, 0.0, 500_000.0, 0.0, -10.0, 3_900_000.0), dn.shape[1:])
    raster = Raster(dn, ("B02", "B03", "B04", "B08", "B11"), (dn > 0).all(axis=0), grid, scale=1e-4)
    yield *WATER, lambda: in_water(scene_water(raster), scene["hulls"])
    yield *GAPS, lambda: len(find_gaps(positions))
    ship = positions[positions["mmsi"] == positions["mmsi"].iloc[0]]
    span = ship["t"].max() - ship["t"].min()
    instants = pd.Series([ship["t"].min() + span * share for share in np.linspace(0.1, 0.9, 300)])
    yield *PLACES, lambda: len(track_at(ship, instants))
    yield *DECODE, lambda: len(read_positions(folder / "log.nmea")[0])


def stand_in_for_gdal() -> None:
    """Empty modules for GDAL's Python bindings, which CoastSat loads and pip does not bring; what is run needs none."""

    class Absent(types.ModuleType):
        def __getattr__(self, name: str) -> Callable[..., None]:
            if name.startswith("__"):
                raise AttributeError(name)
            return lambda *_: None

    whole = sys.modules["osgeo"] = Absent("osgeo")
    for name in ("gdal", "osr", "gdal_array"):
        sys.modules[f"osgeo.{name}"] = Absent(f"osgeo.{name}")
        setattr(whole, name, sys.modules[f"osgeo.{name}"])


def peers(folder: Path) -> Iterator[Task]:
    """SAHI, CoastSat, movingpandas and pyais; this function imports nothing of ours."""
    stand_in_for_gdal()
    import movingpandas as mpd
    from coastsat.SDS_shoreline import find_wl_contours1
    from coastsat.SDS_tools import nd_index
    from pyais.exceptions import AISBaseException
    from pyais.stream import IterMessages
    from sahi.slicing import slice_image

    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    size = {"slice_height": WINDOW, "slice_width": WINDOW}
    share = {"overlap_height_ratio": 0.2, "overlap_width_ratio": 0.2}
    yield *WINDOWS, lambda: len(slice_image(image, **size, **share).images)
    scene = np.load(folder / "busan.npz")
    dn, clear = scene["dn"].astype(float), np.zeros(scene["dn"].shape[1:], bool)

    def water() -> str:
        index = nd_index(dn[4], dn[1], clear)
        _, threshold = find_wl_contours1(index, clear, ~clear)
        return in_water(index < threshold, scene["hulls"])

    yield *WATER, water
    table = positions_of(folder)
    table["t"] = table["t"].dt.tz_localize(None)
    tracks = mpd.TrajectoryCollection(table, "mmsi", t="t", x="lon", y="lat")

    def gaps() -> int:
        return len(mpd.ObservationGapSplitter(tracks).split(gap=pd.Timedelta(hours=12)).trajectories) - len(tracks)

    yield *GAPS, gaps
    track = tracks.trajectories[0]
    span = track.df.index[-1] - track.df.index[0]
    instants = [track.df.index[0] + span * share for share in np.linspace(0.1, 0.9, 300)]
    yield *PLACES, lambda: len([track.interpolate_position_at(instant) for instant in instants])
    lines = (folder / "plain.nmea").read_bytes().splitlines()

    def decode() -> int:
        number = 0
        for message in IterMessages(lines):
            try:
                number += getattr(message.decode(), "lat", None) is not None
            except AISBaseException:
                continue
        return number

    yield *DECODE, decode


def main(side: str, folder: Path) -> None:
    """Measure one side into a file of the folder, or print both as a table."""
    warnings.simplefilter("ignore")
    if side == "table":
        mine, theirs = (json.loads((folder / f"{name}.json").read_text()) for name in ("ours", "peers"))
        print("| job | package | counted | theirs | ours | their time ÷ ours |\n|---|---|---|---|---|---|")
        for (job, what, seconds, found), (*_, slower, count), name in zip(mine, theirs, NAMES, strict=True):
            print(f"| {job} | {name} | {what} | {count} | {found} | {slower / seconds:.2g} |")
        return
    if side == "ours":
        make(folder)
    rows = [(job, what, *best(work)) for job, what, work in {"ours": ours, "peers": peers}[side](folder)]
    (folder / f"{side}.json").write_text(json.dumps(rows, indent=1))
    for job, _, seconds, found in rows:
        print(f"{job}: {found} in {seconds:.3f} s of processor")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
