"""How observations of land become statements."""

from __future__ import annotations

from dataclasses import dataclass

YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class LandRule:
    """When the ground counts as changed for good.

    Attributes
    ----------
    persistence : int
        Clear observations in a row that must show a change before it is stated.
    settling : int
        Clear observations that make a level.
    memory : int
        Over how many observations a level is averaged.
    departure : float
        How many spreads a cell must be from its level, root mean square over the bands.
    least_step : float
        How far at least, in reflectance, root mean square over the bands.
    floor : float
        Least spread of a quiet cell, in reflectance.
    kinds_of_ground : int
        Groups of cells that the season treats alike.
    least_cells : int
        Fewest cells that must be clear for an observation to count.
    least_area_m2 : float
        Smallest patch that is stated; set by the user.
    least_inside : float
        Least share of a patch within the zones.
    false_alarms_per_year : float
        How many changes a year the rule may find in the quiet past of a place before it is made stricter; set by the
        user.
    periods : int
        Parts of the past that are left out in turn to measure that.
    """

    persistence: int = 2
    settling: int = 3
    memory: int = 6
    departure: float = 3.5
    least_step: float = 0.02
    floor: float = 0.006
    kinds_of_ground: int = 10
    least_cells: int = 200
    least_area_m2: float = 5000.0
    least_inside: float = 0.5
    false_alarms_per_year: float = 0.5
    periods: int = 4

    @classmethod
    def of(cls, least_change_ha: float, false_alarms_per_year: float) -> LandRule:
        """The rule that the settings of ``[land]`` ask for.

        Parameters
        ----------
        least_change_ha : float
            Smallest patch that is stated.
        false_alarms_per_year : float
            As the attribute.
        """
        return cls(least_area_m2=1e4 * least_change_ha, false_alarms_per_year=false_alarms_per_year)


@dataclass(frozen=True, slots=True)
class UseRule:
    """How pixels of a track or a lot become what is in use.

    Attributes
    ----------
    least_observations : int
        Clear observations that make a past.
    prior : float
        Chance that a piece is in use when nothing is known of it.
    contrast : float
        How far wagons or goods differ from the ground under them in brightness, in reflectance.
    tint : float
        How far beyond that in each band.
    together : float
        Log odds that a neighbour in use adds, in an area.
    train_pieces : float
        Mean length of a train, in pieces of 20 m.
    trust : float
        Power given to the pixels' evidence, below 1 as neighbouring pixels and bands share their errors.
    floor : float
        Least spread of an unexplained pixel, in reflectance.
    rounds, sweeps : int
        How often level and use are found in turn, and how often each piece is.
    pieces_alike : float
        How many neighbouring pieces err together.
    share_error : tuple of float
        Standard error of a share that is left when every piece is certain: fixed, and in proportion to what is in use.
    """

    least_observations: int = 3
    prior: float = 0.15
    contrast: float = 0.05
    tint: float = 0.02
    together: float = 1.5
    train_pieces: float = 15.0
    trust: float = 0.5
    floor: float = 0.008
    rounds: int = 3
    sweeps: int = 6
    pieces_alike: float = 6.0
    share_error: tuple[float, float] = (0.12, 0.3)


RAIL = UseRule()
LOT = UseRule(contrast=0.08, tint=0.04, together=0.7)
"""Goods in the open differ more from bare ground than wagons from ballast, and fill whole pixels."""
