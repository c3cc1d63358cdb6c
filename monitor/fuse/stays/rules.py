"""The numbers of stays at berths."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OccupancyRule:
    """How ships come to a berth and stay there, and how the detector sees them, before the port's data are known.

    Attributes
    ----------
    stays_h : tuple of float
        Mean stays, each of a gamma distribution of shape 2, of which the stays are a mixture.
    stay_shares : tuple of float
        Share of each before the data. Chosen: most cargo ships lie for half a day to four days.
    arrivals_a_day : float
        Of a berth. Chosen.
    arrivals_weight : float
        How many arrivals this is worth at a port.
    berth_weight : float
        How many arrivals the port's own rate is worth at each of its berths.
    recall, recall_weight : float
        Share of ships at berth that an observation finds, as measured on ports left out of training, and how many
        observations that is worth.
    false, false_weight : float
        False ships a clear berth and observation, and how many observations that is worth.
    rounds : int
        Rounds of expectation and maximisation of these.
    lengths, typical_m : float
        Standard deviation of the log of ships' lengths, and the middle.
    length_steps : int
        Of the grid of lengths, over six standard deviations.
    kernel, general : float
        Standard deviation about each length seen at the port, and how many sightings ships in general are worth.
    outlier : float
        Share of lengths that are measured wrong.
    false_lengths, false_m : float
        The same of false ships.
    least_spread, usual_spread : float
        Least relative standard error of a measured length, and that where no interval is known.
    fixed : float
        Share of places with a fixed object that is taken for a ship again and again. Chosen so low that only looks,
        and not the mere rhythm of ships that come again and again, speak for one.
    fixed_seen : tuple of float
        Shares of the observations in which such an object is taken for a ship.
    fixed_sightings : int
        Fewer sightings at a place are no such object.
    told, whole : float
        Least probability that a sighting is a ship, and that the sightings of one stay are one stay.
    bound : float
        The bounds of a stay hold with this probability, each on its side.
    """

    stays_h: tuple[float, ...] = (12.0, 30.0, 72.0, 180.0, 600.0)
    stay_shares: tuple[float, ...] = (0.25, 0.38, 0.28, 0.07, 0.02)
    arrivals_a_day: float = 0.12
    arrivals_weight: float = 3.0
    berth_weight: float = 3.0
    recall: float = 0.8
    recall_weight: float = 40.0
    false: float = 0.03
    false_weight: float = 150.0
    rounds: int = 5
    lengths: float = 0.45
    typical_m: float = 110.0
    length_steps: int = 37
    kernel: float = 0.12
    general: float = 5.0
    outlier: float = 0.03
    false_lengths: float = 0.5
    false_m: float = 80.0
    least_spread: float = 0.07
    usual_spread: float = 0.15
    fixed: float = 1e-5
    fixed_seen: tuple[float, ...] = (0.12, 0.25, 0.5)
    fixed_sightings: int = 3
    told: float = 0.5
    whole: float = 0.6
    bound: float = 0.9


@dataclass(frozen=True, slots=True)
class VisitRule:
    """When sightings are of one place, and which stays are told.

    Attributes
    ----------
    same_place_m : float
        Greatest distance between the centres of two ships that lie at one place (or half the length, when that is
        more). Chosen.
    least_probability : float
        Stays that are less likely are not told.
    doubt_range : tuple of float
        Least and greatest factor by which a berth state's own probability makes a sighting more or less doubtful.
    taken_range : tuple of float
        Least and greatest share of a port's berths that counts as usually occupied.
    missed_range : tuple of float
        Least and greatest probability that an observation of a berth said to be empty missed a ship there.
    occupancy : OccupancyRule
    """

    same_place_m: float = 70.0
    least_probability: float = 0.5
    doubt_range: tuple[float, float] = (0.1, 10.0)
    taken_range: tuple[float, float] = (0.05, 0.9)
    missed_range: tuple[float, float] = (1e-6, 0.5)
    occupancy: OccupancyRule = field(default_factory=OccupancyRule)
