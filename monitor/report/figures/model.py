"""What a figure to publish holds before it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster
from monitor.report.figures.notes import Note
from monitor.report.page.blocks import Chart
from monitor.report.page.style import Rgb
from monitor.report.page.wording import SIMULATED_LINE
from monitor.report.tiles.overlay import Overlay
from monitor.report.tiles.stretch import Stretch

SIZES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"wide": (1600, 900), "square": (1080, 1080), "story": (1080, 1920)}
)
"""Width and height in pixels: of 16:9 as in articles, and of the two shapes of social media."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One picture of a figure: pixels with how they become colours, what is drawn on them, and a label."""

    raster: Raster
    stretch: Stretch
    label: str
    overlay: Overlay = field(default_factory=Overlay)

    @property
    def colour(self) -> Rgb:
        """(row, col, 3) uint8."""
        return self.stretch.colour(self.raster)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FigureContent:
    """Everything that stands in a figure.

    Attributes
    ----------
    title, when, caption : str
        Heading, instant or period, and what is to be seen.
    credit : str
        Whose pixels they are.
    source : str
        Where it comes from: scenes and software, in small print.
    panels : tuple of Panel
        In order of time; empty for a chart.
    chart : Chart, optional
        In place of panels.
    notes : tuple of Note
        Arrows and labels of the reader's own.
    simulated : bool
        Whether any of it is made up.
    """

    title: str
    when: str
    caption: str
    credit: str
    source: str
    panels: tuple[Panel, ...] = ()
    chart: Chart | None = None
    notes: tuple[Note, ...] = ()
    simulated: bool = False

    def __post_init__(self) -> None:
        if self.notes and self.chart is not None:
            raise DataError(f"{self.title}: arrows and labels need a place on the ground; a chart has none")
        for note in self.notes:
            if not any(note.inside(panel.raster.grid) for panel in self.panels):
                raise DataError(f"note {note.text!r} lies outside of {self.title}; move it, or choose another figure")

    @property
    def last_line(self) -> str:
        """The credit, or the sentence that nothing was observed."""
        return SIMULATED_LINE if self.simulated else self.credit

    @property
    def alt(self) -> str:
        """Text alternative."""
        return f"{'SIMULATED. ' if self.simulated else ''}{self.title}, {self.when}. {self.caption}"


def size_of(name: str) -> tuple[int, int]:
    """Width and height in pixels of a size of `SIZES`.

    Raises
    ------
    DataError
        There is none of that name.
    """
    if name not in SIZES:
        raise DataError(f"no size {name!r}; use one of {', '.join(SIZES)}")
    return SIZES[name]
