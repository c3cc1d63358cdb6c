"""How land is read, and how wrong that can be: the sentences and figures of a brief's method."""

from __future__ import annotations

from monitor.detect.land.layout import has_land
from monitor.report.page.model import BriefInput, ErrorFigure

_SAMPLE = (
    "made-up places of sixteen months that chose none of the rules: three seeds with changes, two without; "
    "no labelled real place is known"
)
LAND_ERRORS = (
    ErrorFigure("land: changes of 0.5 ha and more that are found", "12 of 22", _SAMPLE),
    ErrorFigure("land: of these with the right interval of their beginning", "10 of 12", _SAMPLE),
    ErrorFigure("land: stated changes that are wrong", "2 of 14", _SAMPLE),
    ErrorFigure("land: changes stated where nothing changed", "2 in 5 place-years", _SAMPLE),
    ErrorFigure("land: error of a share of tracks", "0.19 in the mean; 90 % intervals held in three of four", _SAMPLE),
)
"""As docs/explanation/land.md has them; shares of lots are too low."""
HOW = (
    "On land each track, lot and piece of ground is compared with its own other clear observations, season, sun and "
    "rain taken out by the ground around. A change is stated when two clear observations in a row show it."
)
ERROR = (
    "Measured on made-up places, not on real ones: 12 of 22 changes of 0.5 ha and more were found, 2 of 14 that were "
    "stated were wrong, and shares of tracks were off by 0.19 in the mean."
)
LIMITS = (
    "What wagons, sheds and bunkers hold cannot be seen, and a share of tracks is no count of wagons.",
    "Works at harvest and felled ground among meadows are missed; shares of lots come out too low.",
)


def is_of_land(given: BriefInput) -> bool:
    """Whether tracks, storage or ground of any place of a brief are followed."""
    return any(has_land(aoi) for aoi in given.aois)
