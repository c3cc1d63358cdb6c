"""What is stated of land, where a wrong word would mislead."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from affine import Affine

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.fuse.findings.land import wording
from monitor.report.sections.land.method import ERROR, LAND_ERRORS
from monitor.report.tiles.stretch import measure

DOCS = Path(__file__).parents[4] / "docs/explanation/land.md"


def test_the_errors_in_a_brief_are_those_of_the_docs() -> None:
    text = " ".join(DOCS.read_text().split())
    assert "of 77 of 0.5 ha and more 66 were found, and 84 of 90 statements were right, 82 of these" in text
    for zones, error, holds in (
        ("one or two tracks", "0.09", "0.95"),
        ("yards of four tracks", "0.14", "0.92"),
        ("open storage", "0.05", "0.95"),
    ):
        row = next(line.split("|") for line in DOCS.read_text().splitlines() if line.startswith(f"| {zones}"))
        assert (row[2].strip(), row[5].strip()) == (error, holds)
        figure = next(figure for figure in LAND_ERRORS if figure.what.endswith(zones))
        assert figure.value == f"{error} in the mean; {holds} of intervals hold"
    values = " ".join(figure.value for figure in LAND_ERRORS)
    assert re.findall(r"\d+ of \d+", values) == ["66 of 77", "84 of 90", "82 of 84"]
    assert all(words in ERROR for words in ("66 of 77", "84 of 90", "0.09", "0.14"))


def test_changes_that_are_less_than_likely_are_not_passed_over() -> None:
    assert (
        wording.no_change("Depot", 5) == "No lasting change of the ground was found at Depot in 5 clear observations."
    )
    assert wording.no_change("Depot", 5, less_likely=1) == (
        "No likely change of the ground was found at Depot in 5 clear observations (less likely: 1, in the appendix)."
    )


def test_a_stretch_measured_on_snow_does_not_show_bare_ground() -> None:
    grid = Grid(32652, Affine(10, 0, 500_000, 0, -10, 4_700_000), (60, 60))
    snow, ground = (_picture(grid, level) for level in (4500, 900))
    made = measure("s2", [snow])
    assert made.shows(snow)
    assert not made.shows(ground)
    assert measure("s2", [ground]).shows(ground)


def _picture(grid: Grid, level: int) -> Raster:
    bands = ("B02", "B03", "B04")
    noise = np.random.default_rng(level).normal(1.0, 0.1, (3, *grid.shape))
    data = np.clip(level * noise, 1, 10_000).astype(np.uint16)
    return Raster(data=data, bands=bands, grid=grid, valid=np.ones(grid.shape, dtype=bool))
