"""How prospects are reckoned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanRule:
    """How prospects are reckoned.

    Attributes
    ----------
    clear : float
        Share of optical passes that show a port where no archive says: over land 55 % is under cloud (King et al. 2013,
        doi:10.1109/TGRS.2012.2227333).
    fewest_scenes : int
        Optical scenes without which the archive's own clear share is not used. Chosen.
    stays_h : tuple of float
        Stays for which the chance to be seen is given.
    season_d : float
        Length of the season, days.
    crossing_d : float
        From one crossing to the next of the ship that the width is given for: 23 crossings in 90 days. Chosen.
    slowest_d : float
        Ships that cross as seldom as this are thought possible beforehand. Chosen.
    passage_h : float
        Time of a passage where no partner port is given. Chosen.
    draws : int
        Sets of tracks that are drawn where passes are not known.
    ships : int
        Made-up ships of each set.
    seed : int
        The same gives the same prospects.
    """

    clear: float = 0.45
    fewest_scenes: int = 10
    stays_h: tuple[float, ...] = (6.0, 12.0, 24.0, 48.0, 72.0)
    season_d: float = 90.0
    crossing_d: float = 3.9
    slowest_d: float = 30.0
    passage_h: float = 12.0
    draws: int = 6
    ships: int = 4000
    seed: int = 1
