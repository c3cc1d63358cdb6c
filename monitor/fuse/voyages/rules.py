"""The numbers of voyages: how a ship sails between two ports, what a sighting is worth, and when a shuttle is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class MotionRule:
    """How one ship moves between two ports. Chosen, before any season: most cargo ships lie for one to three days.

    Attributes
    ----------
    step_h : float
        Hours of a step of the grid.
    stays_h : tuple of float
        Mean stays, each as likely as the others, at either port.
    delay_h : float
        Mean time by which a passage takes longer than at the usual speed.
    roads, roads_h : float
        Share of arrivals that wait in the roads, and the mean wait.
    elsewhere : float
        Share of a shuttle's departures to another port than these two.
    seldom : float
        That of a ship that AIS names and that seldom goes from the one port to the other.
    elsewhere_h : float
        Mean time until the ship is back.
    starts_elsewhere : float
        Probability that the ship is at neither port nor between them at the beginning.
    """

    step_h: float = 6.0
    stays_h: tuple[float, ...] = (20.0, 40.0, 80.0)
    delay_h: float = 3.0
    roads: float = 0.25
    roads_h: float = 18.0
    elsewhere: float = 0.06
    seldom: float = 0.95
    elsewhere_h: float = 240.0
    starts_elsewhere: float = 0.3


@dataclass(frozen=True, slots=True)
class SightingRule:
    """What a sighting says of one ship more.

    Attributes
    ----------
    recall : float
        Share of ships at berth that an observation finds, as measured on ports left out of training.
    stay_h : float
        Usual stay of other ships: after so long they are gone. Chosen.
    others, others_of_nameless : tuple of float
        Shares of a port's nameless visits that are other ships' than one that AIS names, and than nameless ones that
        go to and fro, each as likely. Chosen.
    again : float
        Probability that a nameless ship that goes on lying in port after a visit is seen there in another one: it
        changed berth, or the visit was cut in two. Chosen.
    least_rate : float
        Least expected number of other ships seen.
    outlier : float
        Share of lengths that are measured wrong.
    lengths, typical_m : float
        Standard deviation of the log of ships' lengths, and the middle.
    kernel, general : float
        Standard deviation about each length seen at a port, and how many visits ships in general are worth there.
    length_steps : int
        Of the grid of lengths.
    usual_spread, least_spread : float
        Relative standard error of a length whose interval is not known, and the least that counts.
    longest_call_days : float
        A hull that lay longer is laid up, and no call of a ship that trades.
    cargo_m2 : float
        Change of the area of a port's stacks that counts.
    cargo_changed, cargo_kept : float
        How much likelier a visit with such a change, and one without, is of a ship that carries cargo to and fro than
        of another. Chosen: weak, since others carry cargo too.
    """

    recall: float = 0.8
    stay_h: float = 60.0
    others: tuple[float, ...] = (0.35, 0.65, 1.0)
    others_of_nameless: tuple[float, ...] = (0.65, 1.0)
    again: float = 0.1
    least_rate: float = 1e-6
    outlier: float = 0.03
    lengths: float = 0.45
    typical_m: float = 110.0
    kernel: float = 0.08
    general: float = 3.0
    length_steps: int = 8
    usual_spread: float = 0.15
    least_spread: float = 0.05
    longest_call_days: float = 21.0
    cargo_m2: float = 500.0
    cargo_changed: float = 1.2
    cargo_kept: float = 0.9


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
class LinkRule:
    """When one ship is said to have gone from one port to another, and to and fro.

    Attributes
    ----------
    prior : float
        Probability, before any evidence, that a ship without AIS goes to and fro between some two of the watched
        ports. It is shared among the pairs of ports.
    prior_named : float
        The same of a ship that AIS names and that was at both ports or between them; and, of one that AIS shows on its
        way between them, that it calls at the one alone and goes on to a place beyond the other, that it does so at the
        other, and that it calls at neither. Which of the places along a coast a ship calls at is not known before.
    shifts : int
        How often one port's observations are moved in time for the null: what unrelated ports give.
    least_shift_days : float
        Least such move.
    stretched : tuple of float
        By how much time is stretched in half of the moves.
    rigid : float
        Weight of the moves without it; the lower, the more the mere regularity of ships counts.
    mixed_null : float
        Weight of the moved ports in the null; the rest is that of ships that come once.
    fastest_kn, usual_kn : float
        Greatest and usual speed over the water distance.
    detour : float
        Water distance over the geodesic where no distance is given; Rajin–Dunai: 209 for 186 km.
    longest_passage_h : float
        Ports further apart at the usual speed are no pair.
    least_legs : int
        Crossings from which a repeated pair is called a shuttle.
    least_probability : float
        Voyages and shuttles below are not told.
    least_link : float
        Links below are not kept among VOYAGE_LINKS.
    most_probability : float
        No link is almost certain, nor a shuttle that AIS does not show in port: the model of how ships sail may be
        wrong in ways that no draw shows. Of the links that nearly all draws had on independent seasons, nine in ten
        took place.
    claimed : float
        A visit is a shuttle's when so many draws say so.
    negligible : float
        Pairs of ports whose shuttle is less likely than this, by so much of the null as is known, are not looked at
        further.
    draws, seed : int
        How many paths are drawn, and the seed of the random numbers.
    chains : int
        How many chains draw those of ships that AIS names.
    most_r_hat : float
        Split R-hat of a ship's crossings above which nothing is told of it. The draws of all chains are taken together,
        so that what they differ by widens the interval; on the independent seasons 200-217 it held to about 2.
    rounds : int
        How often nameless ships' paths are drawn, each time given the berths that the ship's last path makes likely.
    named_rounds, named_rounds_apart : int
        How often the ships that AIS names are drawn, each given the others on average; and how many rounds of these,
        the last, are each draw given that draw of the others.
    received, received_at_sea, received_elsewhere : float
        Probability that a step of the grid has a fix of the ship: in port with AIS on (without, the rest), under way
        between the ports, elsewhere. Chosen; each ship's own are learnt.
    received_weight : float
        How many steps these chosen shares are worth against the ship's own. Chosen.
    sure : float
        Log odds of what AIS shows: a ship is where it was received.
    under_way : float
        Log odds that a ship received on a line from one port to the other sails that way, to it or to a place beyond.
    matched : float
        Log odds that a visit is the ship's that it was matched with.
    habit : float
        How many visits a ship's choice of berths is worth before its own are known.
    hidden : float
        Log odds against a ship that AIS names at berth having lain at one namelessly.
    near_port_m : float
        A ship received within so far of a port's berths is there.
    same_leg : timedelta
        An AIS leg and an image leg whose ends differ by no more are one.
    motion : MotionRule
    sightings : SightingRule
    underway : UnderwayRule
    """

    prior: float = 0.1
    prior_named: float = 0.1
    shifts: int = 24
    least_shift_days: float = 5.0
    stretched: tuple[float, ...] = (0.8, 0.87, 0.94, 1.07, 1.15, 1.25)
    rigid: float = 0.4
    mixed_null: float = 0.5
    fastest_kn: float = 17.0
    usual_kn: float = 11.0
    detour: float = 1.12
    longest_passage_h: float = 120.0
    least_legs: int = 3
    least_probability: float = 0.45
    least_link: float = 0.02
    most_probability: float = 0.94
    claimed: float = 0.5
    negligible: float = 0.02
    draws: int = 160
    rounds: int = 6
    seed: int = 1
    chains: int = 4
    most_r_hat: float = 2.0
    named_rounds: int = 7
    named_rounds_apart: int = 2
    received: float = 0.95
    received_at_sea: float = 0.2
    received_elsewhere: float = 0.2
    received_weight: float = 10.0
    sure: float = 14.0
    under_way: float = 4.0
    matched: float = 4.0
    habit: float = 2.0
    hidden: float = 5.0
    near_port_m: float = 9_000.0
    same_leg: timedelta = timedelta(hours=36)
    motion: MotionRule = field(default_factory=MotionRule)
    sightings: SightingRule = field(default_factory=SightingRule)
    underway: UnderwayRule = field(default_factory=UnderwayRule)
