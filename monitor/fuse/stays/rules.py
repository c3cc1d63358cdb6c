"""The numbers of stays at berths."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.fuse.dark.rules import REAL_BY_SCORE


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
        Share of ships of `typical_m` at berth that an observation of the whole berth finds, and how many observations
        that is worth. The shipped weights found 0.60 of 60 to 100 m, 0.79 of 100 to 200 m and 0.93 of longer ones at
        berth, at ports left out of training.
    recall_by_length : float
        How the log odds of recall grow with the log of the length: 1.9 by these three.
    recall_spread : float
        Standard deviation of the log odds of recall among ships and places of one length. Chosen.
    recall_range : tuple of float
        Least and greatest recall that a port's own sightings may teach. Chosen.
    length_bands_m : tuple of float
        Bounds of the bands of length within which ships are seen alike.
    false, false_weight : float
        False ships a clear berth and observation, and how many observations that is worth.
    named, named_weight : float
        Share of ships that AIS names, and how many ships this is worth. Chosen.
    least_named : float
        That share at a port where AIS names none. Chosen.
    unnamed, false_named : float
        Share of the sightings of such a ship that AIS does not name, and of those of false ships that it does. Chosen.
    doubt_weight : float
        How many sightings, of ships and false ones alike, the states' own probabilities are worth. Chosen.
    rounds : int
        Rounds of expectation and maximisation of these.
    lengths, typical_m : float
        Standard deviation of the log of ships' lengths, and the middle.
    length_steps : int
        Of the grid of lengths, over six standard deviations.
    kernel, general : float
        Standard deviation about each length seen at the port beside its own error, and how many sightings
        ships in general are worth.
    length_rounds : int
        Rounds of expectation and maximisation of the lengths.
    outlier : float
        Share of lengths that are measured wrong.
    fixed_m : float
        Standard deviation on either axis of where such an object is seen about its place. Chosen: a pixel.
    berthed_weight : float
        How many named sightings it is worth that ships lie no further from the middle of a place: where AIS names none
        the spot says nothing. Chosen.
    astray : float
        Share of the sightings of such an object that lie as ships do. Chosen.
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
    recall: float = 0.75
    recall_weight: float = 40.0
    recall_by_length: float = 1.9
    recall_spread: float = 0.4
    recall_range: tuple[float, float] = (0.05, 0.999)
    length_bands_m: tuple[float, ...] = (75.0, 110.0, 160.0)
    false: float = 0.035
    false_weight: float = 60.0
    named: float = 0.5
    named_weight: float = 12.0
    least_named: float = 0.001
    unnamed: float = 0.1
    false_named: float = 0.015
    doubt_weight: float = 5.0
    rounds: int = 5
    lengths: float = 0.45
    typical_m: float = 110.0
    length_steps: int = 37
    kernel: float = 0.05
    general: float = 5.0
    length_rounds: int = 10
    outlier: float = 0.03
    fixed_m: float = 10.0
    berthed_weight: float = 5.0
    astray: float = 0.05
    false_lengths: float = 0.5
    false_m: float = 80.0
    least_spread: float = 0.07
    usual_spread: float = 0.15
    fixed: float = 1e-3
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
    place_m, length_off : float
        By how much centres and logs of lengths of one ship usually differ from one observation to another: of two
        places within reach a hull goes to the one that it fits better. Chosen.
    forgotten_d : float
        And to the one where a hull was seen this much less long ago. Chosen.
    same_name, other_name : float
        By how much, as a log likelihood, the name of AIS speaks for a place whose last named ship has it, and against
        one whose last named ship has another. Chosen.
    fits : float
        Cost of a hull at a place, as a negative log likelihood, from which on others that fit better come first.
        Chosen.
    one_ship_d : float
        Days before a place's latest hull within which others there are likely the same ship's. Chosen.
    usual_doubt : float
        Odds that a sighting is false against which its state's own probability is held, unless the port's states have
        greater ones all together. Chosen.
    doubt_range : tuple of float
        Least and greatest factor by which a berth state's own probability makes a sighting more or less doubtful.
    taken_range : tuple of float
        Least and greatest share of a port's berths that counts as usually occupied.
    missed_range : tuple of float
        Least and greatest probability that an observation of a berth said to be empty missed a ship there.
    real : tuple of (float, float)
        As of `fuse.dark.rules.DarkRule`.
    occupancy : OccupancyRule
    """

    same_place_m: float = 70.0
    place_m: float = 30.0
    length_off: float = 0.2
    forgotten_d: float = 10.0
    same_name: float = 8.0
    other_name: float = 1.0
    fits: float = 4.0
    one_ship_d: float = 4.0
    least_probability: float = 0.5
    usual_doubt: float = 0.2
    doubt_range: tuple[float, float] = (0.1, 10.0)
    taken_range: tuple[float, float] = (0.05, 0.9)
    missed_range: tuple[float, float] = (1e-6, 0.5)
    real: tuple[tuple[float, float], ...] = REAL_BY_SCORE
    occupancy: OccupancyRule = field(default_factory=OccupancyRule)
