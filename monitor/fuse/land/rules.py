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
    memory, own_memory : int
        Over how many observations a level is averaged, and the one that the season does not move: what it was lately.
    departure : float
        How many spreads a cell must be from its level, root mean square over the bands.
    least_step : float
        How far at least, in reflectance, root mean square over the bands.
    floor : float
        Least spread of a quiet cell, in reflectance.
    kinds_of_ground : int
        Groups of cells that the season treats alike.
    unmoved_observations : int
        As `persistence`, for ground that stayed as it was while what was like it changed.
    unmoved_days : float
        Days for which it must do so: fields are ploughed up to two months after the harvest (chosen).
    narrow_cells : int
        Mean number of cells of the narrow kinds, those of ground that is like a cell and near to it: some 6 ha.
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
    own_memory: int = 2
    departure: float = 3.5
    least_step: float = 0.02
    floor: float = 0.006
    kinds_of_ground: int = 16
    unmoved_observations: int = 6
    unmoved_days: float = 75.0
    narrow_cells: int = 150
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
class ShareRule:
    """How the chances of the pieces of a zone become a share and its 90 % interval.

    Attributes
    ----------
    cover : float
        Share of pieces in use that wagons or goods cover.
    fixed, in_use : float
        Standard error that is left when every piece is certain, and more in proportion to the share.
    alike : float
        How many neighbouring pieces err together.
    below, above : float
        How far the interval reaches below and above the share, in standard errors: those that hold 0.95 of the errors
        on either side in made seasons (`depot`, seeds 2 to 4) and, but for yards, in made places of another kind, for
        tracks, yards and lots each. Tracks that are in use more often than not were left out.
    few : float
        Standard error of a share that rests on one other observation; it falls with their number. What stands there for
        weeks is read as the ground when there are few (fitted to ten weeks of `depot`, seeds 2 to 6).
    widest : float
        An interval wider than this says nothing, and no share is stated.
    """

    cover: float = 1.0
    fixed: float = 0.05
    in_use: float = 0.2
    alike: float = 6.0
    below: float = 1.645
    above: float = 1.645
    few: float = 0.0
    widest: float = 0.7


@dataclass(frozen=True, slots=True)
class UseRule:
    """How pixels of tracks become what is in use.

    Attributes
    ----------
    least_observations : int
        Clear observations that make a past.
    prior : float
        Chance that a piece is in use when nothing is known of it.
    contrast : float
        How far wagons differ from the ground under them in brightness, in reflectance.
    tint : float
        How far beyond that in each band.
    train_pieces : float
        Mean length of a train, in pieces of 20 m.
    trust : float
        Power given to the pixels' evidence, below 1 as neighbouring pixels and bands share their errors.
    floor : float
        Least spread of an unexplained pixel, in reflectance.
    tails : float
        Degrees of freedom of what nothing explains.
    least_share, most_share : float
        Bounds of the share that is taken to be in use before each further round.
    rounds, sweeps : int
        How often level and use are found in turn, and how often each piece is.
    share : ShareRule
    """

    least_observations: int = 3
    prior: float = 0.15
    contrast: float = 0.1
    tint: float = 0.05
    train_pieces: float = 15.0
    trust: float = 0.5
    floor: float = 0.003
    tails: float = 2.0
    least_share: float = 0.03
    most_share: float = 0.8
    rounds: int = 2
    sweeps: int = 6
    share: ShareRule = ShareRule(fixed=0.15, in_use=0.1, alike=6.0, below=1.65, above=2.85)


@dataclass(frozen=True, slots=True)
class LotRule:
    """How pixels of a lot become what is in use.

    Attributes
    ----------
    least_observations : int
        Clear observations that make a past.
    prior : float
        Share in use when nothing is known of it.
    contrast, tint : float
        How far goods differ from the ground in brightness, and beyond that in each band, in reflectance, before any
        observation.
    quiet : float
        How far ground differs from its level in each band, before any observation.
    doubt : float
        Pixels that count as much as what was known before.
    tails : float
        Degrees of freedom of both distributions: edges, ruts and puddles lie far out.
    uneven, floor : float
        How far the ground of a lot differs from pixel to pixel: in proportion, and at least, in reflectance.
    together : float
        Log odds that a neighbour in use adds.
    rounds, steps, sweeps, sample : int
        How often levels, the two kinds, and neighbours are found in turn, and spectra that show the commonest.
    share : ShareRule
        Lanes between goods are narrower than a pixel, and edges are blurred: goods cover a part of the pixels in use.
    """

    least_observations: int = 3
    prior: float = 0.3
    contrast: float = 0.04
    tint: float = 0.02
    quiet: float = 0.01
    doubt: float = 300.0
    tails: float = 6.0
    uneven: float = 0.04
    floor: float = 0.004
    together: float = 1.5
    rounds: int = 3
    steps: int = 15
    sweeps: int = 3
    sample: int = 600
    share: ShareRule = ShareRule(cover=0.85, fixed=0.03, in_use=0.2, alike=6.0, below=0.95, above=1.2, few=2.0)


RAIL = UseRule()
YARD = UseRule(
    contrast=0.03,
    tint=0.02,
    rounds=3,
    share=ShareRule(fixed=0.15, in_use=0.1, alike=0.0, below=1.5, above=2.2, few=0.4),
)
"""Where tracks lie side by side one train is little of what a pixel shows, and some train stands there most days."""
LOT = LotRule()
