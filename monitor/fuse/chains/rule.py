"""Which departures are held beside which arrivals, after what travel time, and how chance is judged."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.errors import DataError

STACKS_LEFT, TRAIN_LEFT, OIL_ENDED, SHIP_LEFT = "stacks left", "train left", "oil stay ended", "ship left"
TRAIN_CAME, FILLED, CHANGED = "train came", "storage filled", "ground changed"
OIL_BEGAN, LANDED = "oil stay began", "flight landed"

_KM = 1000.0


@dataclass(frozen=True, slots=True)
class Travel:
    """How long something may be on its way.

    Attributes
    ----------
    fastest_km_day, slowest_km_day : float
        Kilometres of way a day.
    detour : float
        Length of the way over the geodesic distance.
    wait_days : tuple of float
        Shortest and longest time, in days, that it may stand at either end besides.

    Raises
    ------
    DataError
        The numbers leave no time, or an endless one.
    """

    fastest_km_day: float
    slowest_km_day: float
    detour: float = 1.3
    wait_days: tuple[float, float] = (0.0, 10.0)

    def __post_init__(self) -> None:
        if not 0 < self.slowest_km_day <= self.fastest_km_day or not 0 <= self.wait_days[0] <= self.wait_days[1]:
            raise DataError(f"{self}: needs 0 < slowest_km_day <= fastest_km_day and wait_days from short to long")

    def days(self, distance_m: float) -> tuple[float, float]:
        """Shortest and longest travel time in days.

        Parameters
        ----------
        distance_m : float
            Geodesic.
        """
        way = distance_m / _KM * self.detour
        return self.wait_days[0] + way / self.fastest_km_day, self.wait_days[1] + way / self.slowest_km_day


RAIL = Travel(1500.0, 296.0)
"""1500 km a day is what Russian Railways aimed at for container trains ("Trans-Siberian in 7 Days"); 296 km a day its
average delivery in 2014, loading and unloading among it (PortNews, 18 August 2015). The detour is chosen, and so are
up to ten days of waiting for a train and in marshalling yards."""
SEA = Travel(889.0, 267.0, wait_days=(0.0, 2.0))
"""20 kn as `FindingRule.fastest_kn`, and 6 kn; chosen, as are detour and waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRule:
    """The numbers that decide a chain.

    Attributes
    ----------
    rail, sea : Travel
        By land, and from oil berth to oil berth.
    flight_days : tuple of float
        Shortest and longest time to a landing, in days; it need not carry what left. Chosen.
    kinds : tuple of tuple of str
        Which kind of departure is held beside which kind of arrival.
    places : tuple of tuple of str
        Ids of the AOIs, airfields, or single zones, from and to; every two AOIs when empty. Fewer comparisons make each
        easier to pass, and a track by itself may show what a busy yard hides.
    known_days : tuple of tuple
        Ids of the places from and to, with the shortest and longest travel time in days where more is known of it than
        the distance.
    span_days : float
        What leaves is on its way equally long each time, give or take: of all spans of this length within the possible
        travel time the one that fits most departures is taken, for chance as well. Chosen.
    longest_interval_days : float
        A departure or arrival between observations further apart is left out: it would fit nearly anything. Chosen.
    least_observed : float
        Share of the time of a possible arrival that observations must bracket for it to be observable. Chosen.
    least_events : int
        Fewer observable departures, or fewer arrivals, are not tested. Chosen.
    block_days : float
        Arrivals are moved within blocks of at least this length, so that seasons stay where they are. Chosen on random
        series: with 90 days those that share a season passed at 0.05 in 12 %, with 60 in 5 %.
    draws : int
        Times that the arrivals are moved: the least p-value is one over one more.
    """

    rail: Travel = RAIL
    sea: Travel = SEA
    flight_days: tuple[float, float] = (0.0, 14.0)
    kinds: tuple[tuple[str, str], ...] = (
        (STACKS_LEFT, TRAIN_CAME),
        (STACKS_LEFT, FILLED),
        (STACKS_LEFT, CHANGED),
        (STACKS_LEFT, LANDED),
        (TRAIN_LEFT, TRAIN_CAME),
        (TRAIN_LEFT, FILLED),
        (SHIP_LEFT, TRAIN_CAME),
        (SHIP_LEFT, LANDED),
        (OIL_ENDED, OIL_BEGAN),
    )
    places: tuple[tuple[str, str], ...] = ()
    known_days: tuple[tuple[str, str, float, float], ...] = ()
    span_days: float = 7.0
    longest_interval_days: float = 20.0
    least_observed: float = 0.5
    least_events: int = 3
    block_days: float = 60.0
    draws: int = 1999

    def days(self, ends: tuple[str, str], to_kind: str, distance_m: float) -> tuple[float, float]:
        """Shortest and longest travel time in days.

        Parameters
        ----------
        ends : tuple of str
            Ids of the places from and to.
        to_kind : str
            Kind of the arrival: it decides the way.
        distance_m : float
            Geodesic, from place to place.
        """
        for start, goal, low, high in self.known_days:
            if (start, goal) == ends:
                return low, high
        if to_kind == LANDED:
            return self.flight_days
        return (self.sea if to_kind == OIL_BEGAN else self.rail).days(distance_m)

    def spans(self, low: float, high: float) -> tuple[tuple[float, float], ...]:
        """The spans of travel time that are tried, a day apart; one where the possible time is no longer.

        Parameters
        ----------
        low, high : float
            Shortest and longest possible travel time, in days.
        """
        number = max(int(high - low - self.span_days), 0) + 1 if high - low > self.span_days else 0
        if not number:
            return ((low, high),)
        step = (high - low - self.span_days) / number
        return tuple((low + k * step, low + k * step + self.span_days) for k in range(number + 1))

    def is_compared(self, start: str, goal: str) -> bool:
        """Whether two places are held beside each other.

        Parameters
        ----------
        start, goal : str
            Ids of AOIs, airfields or zones.
        """
        return not self.places or (start, goal) in self.places
