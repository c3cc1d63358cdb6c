"""Passes of satellites over a port in a season: known ones, else by its latitude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from monitor.core.arrays import Floats
from monitor.fuse.planning.rule import PlanRule

_EQUATOR_KM = 40_075.0


@dataclass(frozen=True, slots=True)
class Fleet:
    """Satellites of one kind.

    Attributes
    ----------
    sensor, name : str
        As the archive names it, and for people.
    is_optical : bool
        Whether clouds hide what it would see.
    recall : float
        Share of the ships at berths of a clear pass that are detected.
    source : str
        Where the recall comes from.
    hours : tuple of float
        Local solar hours of its passes: one for each direction that sees a port.
    days : int
        After how many days one satellite flies the same track.
    satellites : int
        How many share a track evenly.
    swath_km : float
        Width of what a pass sees.
    tracks : int
        Tracks around the Earth; 0 when the fleet sees every place once a day.
    """

    sensor: str
    name: str
    is_optical: bool
    recall: float
    source: str
    hours: tuple[float, ...]
    days: int = 1
    satellites: int = 1
    swath_km: float = 0.0
    tracks: int = 0

    def tracks_over(self, lat_deg: float) -> float:
        """How many tracks of one direction see a place of that latitude on average: swaths overlap to the poles.

        Parameters
        ----------
        lat_deg : float
            Latitude, degrees.
        """
        if not self.tracks:
            return 1.0
        return max(1.0, self.swath_km / (_EQUATOR_KM / self.tracks * float(np.cos(np.radians(lat_deg)))))


FLEETS = (
    Fleet("s2", "Sentinel-2", True, 0.78, "measured at berths of ten ports", (10.5,), 10, 2, 290.0, 143),
    Fleet("s1", "Sentinel-1", False, 0.7, "chosen, not measured at ports", (6.0, 18.0), 12, 2, 250.0, 175),
    Fleet("daily", "a daily 3 m constellation", True, 0.9, "chosen, not measured", (10.0,)),
)
"""Tracks, swaths and repeats are those that ESA publishes; 250 km and 175 tracks are Sentinel-1's IW mode with two
satellites that acquire on every pass, which ESA's plan does not grant everywhere."""


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a port before a season.

    Attributes
    ----------
    aoi_id : str
        Its id.
    lon_deg, lat_deg : float
        Where it is, degrees.
    clear : float, optional
        Share of optical passes that show it; `PlanRule.clear` without.
    scenes : int
        On how many scenes `clear` rests.
    passes_h : mapping of str to tuple of float
        Known passes in the season by sensor, hours from its first; by latitude for the others.
    """

    aoi_id: str
    lon_deg: float
    lat_deg: float
    clear: float | None = None
    scenes: int = 0
    passes_h: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """Passes over one port.

    Attributes
    ----------
    at_h : Floats
        Instants in order, hours from the season's first.
    chance : Floats
        Chance that each shows a ship that lies there: clear, and detected.
    """

    at_h: Floats
    chance: Floats

    def seen(self, arrived_h: Floats, left_h: Floats) -> Floats:
        """Chance that at least one pass shows a ship that is there from one instant to the other.

        Parameters
        ----------
        arrived_h, left_h : Floats
            Hours from the season's first, of one shape.
        """
        missed = np.concatenate([[0.0], np.cumsum(np.log1p(-np.minimum(self.chance, 1.0 - 1e-12)))])
        first, last = np.searchsorted(self.at_h, arrived_h), np.searchsorted(self.at_h, left_h)
        return np.asarray(-np.expm1(missed[last] - missed[first]))


def passes_over(
    fleets: Sequence[Fleet], site: Site, random: np.random.Generator, rule: PlanRule
) -> tuple[Passes, float]:
    """Passes over a port in a season, and how many of them show it on average.

    Parameters
    ----------
    fleets : sequence of Fleet
        Whose.
    site : Site
        The port; passes that it does not know are drawn.
    random : numpy.random.Generator
        Gives their tracks.
    rule : PlanRule
        The season, and the clear share where the site knows none.
    """
    share = rule.clear if site.clear is None else site.clear
    at, chance, clear = [np.zeros(0)], [np.zeros(0)], 0.0
    for fleet in fleets:
        known = site.passes_h.get(fleet.sensor)
        found = np.array(known) if known else _by_latitude(fleet, site, random, rule)
        at.append(found)
        visible = share if fleet.is_optical else 1.0
        chance.append(np.full(len(found), visible * fleet.recall))
        clear += visible * len(found)
    times, chances = np.concatenate(at), np.concatenate(chance)
    order = np.argsort(times, kind="stable")
    return Passes(times[order], chances[order]), clear


def _by_latitude(fleet: Fleet, site: Site, random: np.random.Generator, rule: PlanRule) -> Floats:
    step = fleet.days // fleet.satellites
    found = [np.zeros(0)]
    for hour in fleet.hours:
        mean = fleet.tracks_over(site.lat_deg)
        for _ in range(int(mean) + int(random.uniform() < mean % 1.0)):
            first = 24.0 * int(random.integers(step)) + (hour - site.lon_deg / 15.0) % 24.0
            found.append(np.arange(first, 24.0 * rule.season_d, 24.0 * step))
    return np.concatenate(found)
