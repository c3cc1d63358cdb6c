"""Made-up ports as labelled scene folders, which training and evaluation read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from monitor.core.errors import DataError
from monitor.core.parallel import each
from monitor.core.scenes.scene import Acquisition
from monitor.simulate import PortScene, random_fine_scene, random_port_scene
from monitor.simulate.render.fine.surface import check_pixel
from monitor.simulate.rng import generator
from monitor.sources.simulated.labels import port_labels
from monitor.sources.simulated.scene import write_scene

_AT = datetime(2023, 9, 1, 2, 30, tzinfo=UTC)
"""The instant that the items state: no satellite saw these scenes."""


@dataclass(frozen=True, slots=True)
class PortFiles:
    """Which labelled scenes were written where.

    Attributes
    ----------
    folder : Path
        Holds a folder for each scene.
    scenes : int
        How many.
    kinds : mapping of str to int
        Labels by kind.
    """

    folder: Path
    scenes: int
    kinds: Mapping[str, int]

    def as_json(self) -> Mapping[str, object]:
        """The same for JSON."""
        return {"folder": str(self.folder), "scenes": self.scenes, "labels": dict(self.kinds), "simulated": True}

    def text(self) -> str:
        """A line."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()))
        return f"{self.folder}: {self.scenes} SIMULATED labelled scenes with {kinds}"


@dataclass(frozen=True, slots=True)
class PortPlan:
    """Which made-up ports are drawn.

    Attributes
    ----------
    sensor : str
        ``hires`` or ``s2``.
    count : int
        How many.
    seed : int
        The same seed draws the same ports.
    size_px : int
        Rows, and as many columns.
    gsd_m : float
        Side of a pixel of ``hires``; that of ``s2`` is 10 m.
    """

    sensor: str = "hires"
    count: int = 60
    seed: int = 7
    size_px: int = 384
    gsd_m: float = 0.5

    def scene(self, number: int) -> PortScene:
        """One of the ports."""
        rng, size = generator(self.seed, "made-up port", number), (self.size_px, self.size_px)
        if self.sensor == "s2":
            return random_port_scene(rng, size)
        return random_fine_scene(rng, size, gsd_m=self.gsd_m)


def write_ports(plan: PortPlan, folder: Path, *, pool: Executor | None = None) -> PortFiles:
    """Write made-up ports as labelled scene folders.

    Parameters
    ----------
    plan : PortPlan
    folder : Path
        Made when it does not exist.
    pool : Executor, optional
        Draws ports side by side.

    Raises
    ------
    DataError
        The sensor has no made-up ports, the pixel is not of 0.3–5 m, or the folder cannot be written.
    """
    if plan.sensor not in ("hires", "s2"):
        raise DataError(f"sensor {plan.sensor!r}: made-up ports are drawn for hires and s2")
    check_pixel(plan.gsd_m)
    kinds: Counter[str] = Counter()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for outcome in each(partial(_write_one, plan, folder), list(range(plan.count)), pool):
            if outcome.error:
                raise outcome.error
            kinds.update(outcome.value or ())
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror}); choose another folder") from error
    return PortFiles(folder, plan.count, kinds)


def _write_one(plan: PortPlan, folder: Path, number: int) -> Counter[str]:
    scene = plan.scene(number)
    name = f"made_up_{plan.seed}_{number:04d}"
    acquisition = Acquisition(
        id=name,
        aoi_id="made-up",
        sensor=plan.sensor,
        platform="simulated",
        start=_AT,
        end=_AT,
        footprint=scene.raster.grid.footprint(),
        cloud_cover=0.0,
        level="L2A",
        source="simulated",
        simulated=True,
    )
    write_scene(folder / name, acquisition, scene.raster, port_labels(scene))
    return Counter(label.kind for label in scene.labels)
