"""The numbers of voyages: what makes a leg possible, how ships come and go, and how divisions are sampled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class TransitionRule:
    """How one ship's stays follow one another where no single passage explains it. Chosen on made seasons 100–117.

    Attributes
    ----------
    missed : float
        Probability that no observation met a call, at a port for which that is not known.
    missed_range : tuple of float
        Least and greatest such probability where it is known.
    found : float
        Probability that a stay which an observation met was found there.
    usual_detectability : float
        Share of stays met at a port whose detectability is not known.
    typical_stays : float
        A call that no observation met lasts so many times `LinkRule.stay_h`.
    nearby_legs : float
        Stays further apart than so many times `LinkRule.longest` are not weighed.
    least_span_h : float
        Least length of the period over which a port's arrivals are counted: a week.
    cargo_m2 : float
        Change of a yard's stacks from which it counts for or against a leg.
    cargo_carried, cargo_kept : float
        Factors of a leg's odds where stacks shrank before it and grew after it, and where they grew at both ends.
    skipped_spread : float
        Standard deviation of the log of the time that missed calls take.
    skipped_least_h : float
        Least time that missed calls take beside the passages.
    away_share, away_h : float
        Share of ships that go away for so long that the time says nothing, and the hours over which they return.
    home_share, home_h : float
        Share of ships that come back to their port from elsewhere, and the mean time until then.
    away_passages : float
        A ship that went elsewhere was away for at least so many passages.
    shift_rate : float
        How fast shifts to another berth become rarer over `LinkRule.shift_within`.
    fit_odds : tuple of float
        Least and greatest log odds that a stay is the one which an underway fix left or came to.
    open_width_h : float
        Stands for the width of a bound that no observation sets.
    elsewhere_h, return_h : float
        Least time between a stay and an underway fix of another port, and of a ship that has to come back first.
    roads_odds : float
        Log odds against a stay that begins only after hours in the roads.
    """

    missed: float = 0.4
    missed_range: tuple[float, float] = (0.1, 0.8)
    found: float = 0.95
    usual_detectability: float = 0.6
    typical_stays: float = 1.5
    nearby_legs: float = 1.5
    least_span_h: float = 24.0 * 7
    cargo_m2: float = 500.0
    cargo_carried: float = 1.6
    cargo_kept: float = 0.7
    skipped_spread: float = 0.4
    skipped_least_h: float = 4.0
    away_share: float = 0.05
    away_h: float = 720.0
    home_share: float = 0.3
    home_h: float = 200.0
    away_passages: float = 2.0
    shift_rate: float = 4.0
    fit_odds: tuple[float, float] = (-4.0, 3.0)
    open_width_h: float = 240.0
    elsewhere_h: float = 12.0
    return_h: float = 24.0
    roads_odds: float = -1.2


@dataclass(frozen=True, slots=True)
class UnderwayRule:
    """Which stretches of AIS are a passage between two ports. Chosen.

    Attributes
    ----------
    silence_h : float
        Silence that ends a stretch.
    near_port_m : float
        A stretch that begins or ends nearer to a port is a call there.
    shortest_m : float
        Shorter stretches show no course.
    speeds_kn : tuple of float
        Least and greatest speed of a cargo ship under way.
    direct : float
        Greatest length of the way by the stretch over the direct one.
    detour : float
        Way sailed over the geodesic, from and to the ports.
    doubt_h, doubt_share : float
        Doubt of departure and arrival: so long, and this share of the time to the further port.
    """

    silence_h: float = 3.0
    near_port_m: float = 9_000.0
    shortest_m: float = 4_000.0
    speeds_kn: tuple[float, float] = (4.0, 20.0)
    direct: float = 1.3
    detour: float = 1.08
    doubt_h: float = 1.5
    doubt_share: float = 0.15


@dataclass(frozen=True, slots=True)
class ExclusionRule:
    """Which ships with AIS cannot have been a stay without one. Chosen.

    Attributes
    ----------
    near_port_deg : float
        AIS received within so much latitude of a port shows reception there: 40 km.
    slack_nmi : float
        Doubt of the distance between a fix and a berth.
    slack_h : float
        Doubt of the two ends of a stay.
    """

    near_port_deg: float = 0.36
    slack_nmi: float = 10.0
    slack_h: float = 0.5


@dataclass(frozen=True, slots=True)
class ShuttleRule:
    """When a repeated pair of ports is stated though its legs are not sure. Chosen.

    Attributes
    ----------
    least_probability : float
        Candidates below it are not kept.
    most_probability : float
        No candidate is almost certain: the model of how ships sail may be wrong in ways that no sample shows.
    least_met : int
        Observations must have met the ship so often in each port: what AIS receives between may be bound elsewhere.
    tail : float
        Of the interval of legs and crossings, on either side.
    """

    least_probability: float = 0.45
    most_probability: float = 0.94
    least_met: int = 2
    tail: float = 0.05


@dataclass(frozen=True, slots=True)
class SamplerRule:
    """How divisions of stays among ships are sampled, and what the lengths and berths of one ship's stays say. Chosen.

    Attributes
    ----------
    restarts : int
        Runs that cool down for `warm` rounds; the likeliest goes on for `kept`.
    warm, kept : int
        Rounds that cool down, and rounds that count.
    work : int
        Bounds rounds times stays.
    seed : int
        Of the random numbers.
    many : int
        Of more stays than this one run of a third of `work` is made.
    thinning : int
        Whole divisions are kept of every so many rounds.
    swaps : int
        Moves of many stays at once, in a round.
    heat : float
        By how much the first warm round is hotter than the last.
    lengths : float
        Standard deviation of the log of ships' lengths.
    least_spread : float
        Least relative standard error of a measured length.
    outlier : float
        Share of lengths that are measured wrong.
    habit : float
        How many stays a ship's general choice of berths is worth beside its own.
    negligible : float
        Log odds below which a ship is not considered for a stay.
    """

    restarts: int = 3
    warm: int = 120
    kept: int = 500
    work: int = 12_000
    seed: int = 1
    many: int = 200
    thinning: int = 5
    swaps: int = 6
    heat: float = 3.0
    lengths: float = 0.45
    least_spread: float = 0.05
    outlier: float = 0.03
    habit: float = 1.0
    negligible: float = -12.0


@dataclass(frozen=True, slots=True)
class LinkRule:
    """What makes a leg between two stays possible.

    Attributes
    ----------
    fastest_kn : float
        Greatest speed over the water distance.
    usual_kn : float
        Speed from which waiting is counted.
    waits : tuple of (float, float)
        Share and mean hours of the time lost on the way: none to speak of, in the roads, weather or orders.
    unseen_h : float
        Mean hours that a stay goes on before its first observation and after its last.
    strangers : float
        Part of a port's arrivals that are ships never seen before.
    hidden : float
        Log odds against a ship whose AIS is received at other times having lain in port without it.
    shifts : float
        Share of stays that go on at another berth of the port within `shift_within`.
    roads : timedelta
        Longest time at anchor before a berth is free, for stays that an underway fix leads to.
    far : float
        Log odds of two stays too far apart in time to be linked.
    least_probability : float
        Links below are kept among VOYAGE_LINKS and make no voyage.
    surer : tuple of float
        Intercept and slope, in log odds, from a link's share of the samples to the probability that its leg took
        place; fitted to 220 legs of the made seasons 100–117, whose legs took place more often than they were sampled.
    sampled_range : tuple of float
        Least and greatest share of the samples that counts there.
    longest_call : timedelta
        A hull that lay longer is laid up, and no call of a ship that trades.
    longest : timedelta
        Longest time from being last seen to being first seen elsewhere.
    detour : float
        Water distance over the geodesic where no distance is given; Rajin–Dunai: 209 for 186 km.
    shift_within : timedelta
        Longest time between two stays of one ship at two berths of a port that are one stay there.
    least_legs : int
        Legs from which a repeated pair is called a shuttle.
    stay_h : float
        Usual length of stay.
    stays_h : tuple of float
        Shortest and longest usual stay, for the bounds of the share of legs that observations could have met.
    same_leg : timedelta
        An AIS leg and an image leg whose ends differ by no more are one.
    transitions : TransitionRule
    underway : UnderwayRule
    exclusions : ExclusionRule
    sampler : SamplerRule
    candidates : ShuttleRule
    """

    fastest_kn: float = 17.0
    usual_kn: float = 11.0
    waits: tuple[tuple[float, float], ...] = ((0.7, 2.5), (0.25, 12.0), (0.05, 48.0))
    unseen_h: float = 36.0
    strangers: float = 0.4
    hidden: float = 5.0
    shifts: float = 0.06
    roads: timedelta = timedelta(hours=24)
    far: float = -2.0
    least_probability: float = 0.55
    surer: tuple[float, float] = (0.35, 1.19)
    sampled_range: tuple[float, float] = (0.01, 0.99)
    longest_call: timedelta = timedelta(days=21)
    longest: timedelta = timedelta(days=8)
    detour: float = 1.12
    shift_within: timedelta = timedelta(hours=30)
    least_legs: int = 3
    stay_h: float = 36.0
    stays_h: tuple[float, float] = (24.0, 72.0)
    same_leg: timedelta = timedelta(hours=36)
    transitions: TransitionRule = field(default_factory=TransitionRule)
    underway: UnderwayRule = field(default_factory=UnderwayRule)
    exclusions: ExclusionRule = field(default_factory=ExclusionRule)
    sampler: SamplerRule = field(default_factory=SamplerRule)
    candidates: ShuttleRule = field(default_factory=ShuttleRule)
