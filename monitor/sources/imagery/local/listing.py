"""A folder's pictures and products as they were read once, and which of them are of a port."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from shapely import Point, STRtree, union_all

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.timerange import TimeRange
from monitor.sources.errors import OUTSIDE, Problem
from monitor.sources.imagery.grouping import Item, group_acquisitions, one_a_pass
from monitor.sources.imagery.local.files import Files, nothing_here


@dataclass(frozen=True, slots=True)
class Survey:
    """What a search found: acquisitions in order of time, what was left out with its reason, and every file's fate.

    Attributes
    ----------
    acquisitions : tuple of Acquisition
        In order of time.
    problems : tuple of Problem
        What was left out, and why.
    account : str
        How many files were read, over the port, elsewhere, damaged and not recognised.
    """

    acquisitions: tuple[Acquisition, ...]
    problems: tuple[Problem, ...]
    account: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Listing:
    """What a folder holds, whatever the port: its files are opened for this alone, and not again for each port.

    Attributes
    ----------
    root : Path
        The folder.
    source : str
        The source's name in acquisitions.
    files : Files
        What lies in it.
    images : tuple of Acquisition
        Of each picture that could be read, in the order of their names; of no AOI yet.
    items : tuple of Item
        Of each Sentinel-2 product that could be read, in the order of their names.
    problems : tuple of Problem
        What is left out whatever the port.
    """

    root: Path
    source: str
    files: Files
    images: tuple[Acquisition, ...]
    items: tuple[Item, ...]
    problems: tuple[Problem, ...]

    def survey(self, aoi: Aoi, period: TimeRange) -> Survey:
        """What there is of a port, and what is left out."""
        near = sorted(self._tree.query(aoi.geometry, predicate="intersects").tolist())
        first = len(self.images)
        images = [self.images[n] for n in near if n < first]
        found = [
            replace(image, id=f"{image.id}_{aoi.id}", aoi_id=aoi.id)
            for image in images
            if image.footprint.intersection(aoi.geometry).area
        ]
        items = [self.items[n - first] for n in near if n >= first]
        found += group_acquisitions(items, aoi, sensor="s2", source=self.source)
        over = {name for acquisition in found for name in acquisition.product_ids if name in self._outside}
        problems = [*self.problems, *(problem for name, problem in self._outside.items() if name not in over)]
        damaged = len(self.files.images) + len(self.files.products) - first - len(self.items)
        if not over and not damaged:
            why = nothing_here(self.files, aoi, self._middle)
            problems.append(Problem(str(self.root), why, is_fault=False, is_empty=True))
        claims: dict[str, list[Acquisition]] = defaultdict(list)
        for acquisition in one_a_pass(found):
            claims[acquisition.id].append(acquisition)
        problems += [_contested(claim) for claim in claims.values() if len(claim) > 1]
        kept = [claim[0] for claim in claims.values() if len(claim) == 1 and claim[0].start in period]
        account = self.files.account(over=len(over), outside=len(self._outside) - len(over), damaged=damaged)
        return Survey(tuple(kept), tuple(problems), account)

    @cached_property
    def _tree(self) -> STRtree:
        """Finds pictures, and then products, by their outlines."""
        return STRtree([*(image.footprint for image in self.images), *(item.geometry for item in self.items)])

    @cached_property
    def _outside(self) -> dict[str, Problem]:
        """By name, what is stated of each file at the search for a port that it does not show."""
        names = [*(image.product_ids[0] for image in self.images), *(item.id for item in self.items)]
        return {name: Problem(name, OUTSIDE, is_fault=False) for name in names}

    @cached_property
    def _middle(self) -> Point | None:
        """The middle of all there is; None where there is nothing."""
        return union_all(self._tree.geometries).centroid if len(self._tree.geometries) else None


def _contested(claim: list[Acquisition]) -> Problem:
    files = ", ".join(acquisition.product_ids[0] for acquisition in claim)
    return Problem(files, f"all claim to be scene {claim[0].id}; keep one, or give them different names or item ids")
