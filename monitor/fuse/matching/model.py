"""The numbers of the matching, and what a scene's own pairs teach of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MatchModel:
    """Numbers of the matching. Where no origin is given a number is chosen.

    Attributes
    ----------
    floor_m : tuple of float
        Standard error of a hull's centre in the image along each axis (GNSS, box edges, registration), elsewhere and
        at a berth, before a scene's own pairs are known.
    length_share : float
        Part of the ship's length added along the hull: a box that is too short or too long is so at one end.
    antenna : tuple of (float, float, float)
        Where the hull's centre lies ahead of an antenna of unknown place, in lengths of the ship: share, mean and
        standard deviation of normals. Of 32 ships of 60 m and more whose static messages give it, in public logs of
        receivers, 21 have the bridge aft (0.18 to 0.41), 8 forward (-0.19 to -0.45) and 3 say amidships. On 36 ships
        of 30 to 60 m in the same logs, which it was not set on, it gains 0.30 a ship in the log over an even spread
        along the hull, and a single normal loses 0.07.
    antenna_across : float
        Standard deviation of the centre across the hull from such an antenna, in lengths. A sixth of a beam, where
        ships are six to seven beams long.
    dimensions_right : float
        Share of stated antenna places that are right.
    strangers_per_km2 : tuple of (str, float)
        Density of detections that are no ship on AIS, by zone, where no other detection is near; "" where no zone is
        given.
    strangers_share : tuple of (float, float)
        Share of a scene's detections that are no ship on AIS before its pairs are known, and the number of detections
        that this is worth.
    crowd : int
        The density of detections about one is taken from that many nearest others, or from the `row_m` if it is
        greater there.
    row_m : tuple of float
        Half length and half width of the row in which ships lie along a quay, on the detection's axis.
    row_ships : int
        With so many others in its row a detection lies along a quay.
    sure : float
        Probability from which a pair is ``matched``.
    possible : float
        Probability from which a pair is ``potential``.
    gate_m : float
        Least distance within which a pair is considered; `gate_sigmas` standard errors when these are more.
    near_gate_m : float
        Greatest distance when a fix lies within `near_fix_s`.
    matched_within_h : float
        A ship under way without a fix this near in time is no more than ``potential``, whatever its probability.
    longest_silence_h : float
        Vessels without any fix this near in time are left out.
    gate_sigmas, near_fix_s : float
        See `gate_m` and `near_gate_m`.
    tails : tuple of (float, float)
        Share and relative width of the wider normal of the distance, elsewhere and at a berth, where ships lie side by
        side.
    length_spread : tuple of (str, float)
        Standard deviation of the log of measured over broadcast length, by sensor, where the detection states no
        interval; "" for other sensors. Sentinel-2: of 12 whole ships of 80 m and more that AIS showed under way or
        moored around Kiel on 12 August 2022, the shipped weights measured 0.09 too much in the mean, give or take
        0.07; below 60 m they measured 0.2 to 0.7 too much. Set a little wider. The others are chosen.
    length_pairs : float
        Number of pairs that the spread (or the stated intervals), the bias and `floor_m` are worth against what the
        scene's own pairs show.
    broadcast_spread : float
        Of broadcast over true length: standard deviation of the log.
    length_fit, length_density : float
        Share of ships whose broadcast length is right, and density of the log among all ships.
    axis_spread_deg, axis_fit : float
        Of measured axis against heading: standard deviation, and share that follows it.
    under_way_kn : float
        A ship that is faster rarely is the one at a berth, by the factor `berthed_under_way`.
    berthed_under_way : float
    steering_kn : float
        From it on the course stands for a heading that is missing.
    steady_h, steady_kn, steady_deg : float
        A silent ship under way holds course and speed for this long in the mean; meanwhile both stray by so much (one
        standard deviation). Otherwise it may be anywhere that `ais.uncertainty` allows.
    most_cost : float
        Pairs that cost more are infeasible: odds of less than one in four hundred.
    seen_pairs : float
        Number of ships that the expected share of ships seen is worth against the scene's own.
    expected : float
        Probability to be seen from which a vessel on AIS alone is stated as not seen.
    placed_m : float
        Greatest radius of 90 % of that vessel's place.
    long_silence_min : float
        From it on a doubtful pair's reason names the nearest fix.
    rounds : int
        Times that the scene's own pairs are weighed anew.
    """

    floor_m: tuple[float, float] = (20.0, 12.0)
    length_share: float = 0.05
    antenna: tuple[tuple[float, float, float], ...] = ((0.5, 0.32, 0.08), (0.2, -0.36, 0.08), (0.3, 0.0, 0.27))
    antenna_across: float = 0.035
    dimensions_right: float = 0.97
    strangers_per_km2: tuple[tuple[str, float], ...] = (("berth", 1.0), ("inshore", 0.15), ("open", 0.005), ("", 0.005))
    strangers_share: tuple[float, float] = (0.25, 10.0)
    crowd: int = 4
    row_m: tuple[float, float] = (400.0, 40.0)
    row_ships: int = 2
    sure: float = 0.7
    possible: float = 0.2
    gate_m: float = 500.0
    near_gate_m: float = 1500.0
    matched_within_h: float = 3.0
    longest_silence_h: float = 12.0
    gate_sigmas: float = 3.0
    near_fix_s: float = 600.0
    tails: tuple[tuple[float, float], tuple[float, float]] = ((0.1, 2.5), (0.02, 2.0))
    length_spread: tuple[tuple[str, float], ...] = (("s2", 0.13), ("s1", 0.2), ("", 0.18))
    length_pairs: float = 10.0
    broadcast_spread: float = 0.03
    length_fit: float = 0.95
    length_density: float = 0.8
    axis_spread_deg: float = 8.0
    axis_fit: float = 0.9
    under_way_kn: float = 3.0
    berthed_under_way: float = 20.0
    steering_kn: float = 1.0
    steady_h: float = 5.0
    steady_kn: float = 0.7
    steady_deg: float = 3.0
    most_cost: float = 6.0
    seen_pairs: float = 5.0
    expected: float = 0.6
    placed_m: float = 2000.0
    long_silence_min: float = 15.0
    rounds: int = 4


DEFAULT_MODEL = MatchModel()


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the pairs of one scene say of it.

    Attributes
    ----------
    east_m, north_m : float
        By how much the image lies off AIS.
    floor : float
        Standard error of a centre over that of the model.
    length_bias, length_scale : float
        Mean log of measured over broadcast length, and its spread over that of the model.
    strangers : float
        Share of the detections that are no ship on AIS.
    seen : float
        Share of the expected ships that were seen.
    """

    east_m: float = 0.0
    north_m: float = 0.0
    floor: float = 1.0
    length_bias: float = 0.0
    length_scale: float = 1.0
    strangers: float = 0.2
    seen: float = 1.0
