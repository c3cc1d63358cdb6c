"""How land is read, and how wrong that can be: the sentences and figures of a brief's method."""

from __future__ import annotations

from monitor.detect.land.layout import has_land
from monitor.report.page.model import BriefInput, ErrorFigure

_SAMPLE = (
    "ten made-up seasons of sixteen months with three places each that chose none of the rules; no labelled real place"
)
LAND_ERRORS = (
    ErrorFigure("land: changes of 0.5 ha and more that are found", "66 of 77", _SAMPLE),
    ErrorFigure("land: statements of a change that are right", "84 of 90", _SAMPLE),
    ErrorFigure("land: of these with the right interval of their beginning", "82 of 84", _SAMPLE),
    ErrorFigure("land: error of a share, one or two tracks", "0.09 in the mean; 0.95 of intervals hold", _SAMPLE),
    ErrorFigure("land: error of a share, yards of four tracks", "0.14 in the mean; 0.92 of intervals hold", _SAMPLE),
    ErrorFigure("land: error of a share, open storage", "0.05 in the mean; 0.95 of intervals hold", _SAMPLE),
)
"""As docs/explanation/land.md has them."""
HOW = (
    "On land each track, lot and piece of ground is compared with its own other clear observations, season, sun and "
    "rain taken out by the ground around. A change is stated when two clear observations in a row show it."
)
ERROR = (
    "Measured on made-up places, not on real ones: 66 of 77 changes of 0.5 ha and more were found, 84 of 90 that were "
    "stated were right, and shares of tracks were off by 0.09 (one or two tracks) and 0.14 (yards) in the mean."
)
LIMITS = (
    "What wagons, sheds and bunkers hold cannot be seen, and a share of tracks is no count of wagons.",
    "A share whose 90 % interval is wider than 0.7 is not stated; bare ground made in fields at harvest can be missed.",
)


def is_of_land(given: BriefInput) -> bool:
    """Whether tracks, storage or ground of any place of a brief are followed."""
    return any(has_land(aoi) for aoi in given.aois)
