"""The sentences on rail yards, storage, the ground and chains: fixed wording, as in `monitor.fuse.findings.wording`."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.wording import Instant, day, day_and_time, either, number, plural

M2_PER_HA = 10_000.0

CHAIN_CAVEAT = (
    "That things happen one after the other at two places is no evidence that one caused the other, or that the same "
    "cargo moved."
)
CHAIN_ALTERNATIVES = (
    "cargo from or to elsewhere",
    "a schedule or season that both places follow",
    "chance, among the places and kinds compared",
)
TRAIN_ALTERNATIVES = (
    "wagons that stand there without a train",
    "works or other objects on the track",
    "snow, shadow or smoke",
)
STORAGE_ALTERNATIVES = ("vehicles or works in the area", "snow, shadow or smoke")
TANKER_ALTERNATIVE = "a ship that is no tanker"

_GROUND = {
    "bare ground": "new bare ground",
    "structure": "a new structure",
    "burnt": "burnt ground",
    "cleared": "cleared ground",
    "other": "changed ground",
}
_LEFT = {
    "stacks left": "stacks left {place}",
    "train left": "trains left {place}",
    "oil stay ended": "ships left oil berths of {place}",
    "ship left": "ships left {place}",
}
_CAME = {
    "train came": "trains came to {place}",
    "storage filled": "open storage filled at {place}",
    "ground changed": "lasting changes of the ground began at {place}",
    "oil stay began": "ships came to oil berths of {place}",
    "flight landed": "aircraft landed at {place}",
}
_SHARES = (
    (0.1, "nearly empty"),
    (0.3, "about a quarter {}"),
    (0.42, "about a third {}"),
    (0.625, "about half {}"),
    (0.9, "mostly {}"),
)


def share_word(share: float, verb: str) -> str:
    """``about half occupied``; ``nearly empty`` up to a tenth, ``almost all`` of it from nine tenths on.

    Parameters
    ----------
    share : float
        0–1.
    verb : str
        ``occupied`` or ``in use``.
    """
    return next((text.format(verb) for most, text in _SHARES if share <= most), f"almost all {verb}")


def in_use(place: str, share: tuple[float, float, float], at: Instant, *, is_rail: bool) -> str:
    """Measured: how much of a zone is occupied.

    Parameters
    ----------
    place : str
        Name of the zone and its place.
    share : tuple of float
        The share, and the bounds of its 90 % interval.
    at : datetime or Timestamp
        UTC.
    is_rail : bool
        Whether it is tracks, else open storage.
    """
    word = share_word(share[0], "occupied" if is_rail else "in use")
    return f"{place} was {word} ({share[1]:.1f}–{share[2]:.1f}) on {day_and_time(at)}."


def first_trains(place: str, weeks: int, clear: int, quiet: tuple[Instant, Instant], at: Instant) -> str:
    """Measured: occupied tracks after weeks without.

    Parameters
    ----------
    place : str
        Name of the tracks and their place.
    weeks : int
        Whole weeks without.
    clear : int
        Clear observations without.
    quiet : tuple of datetime or Timestamp
        The first and the last of them, UTC.
    at : datetime or Timestamp
        First observation with, UTC.
    """
    return (
        f"Trains or wagons stood on {place} on {day_and_time(at)}, the first seen in {plural(weeks, 'week')}: "
        f"{plural(clear, 'clear observation')} from {day(quiet[0])} to {day(quiet[1])} showed none."
    )


def ground_changed(
    place: str, kind: str, area_m2: tuple[float, float, float], began: tuple[Instant, Instant], lasted: str
) -> str:
    """Inferred: ground that is another since.

    Parameters
    ----------
    place : str
        Name of the zone and its place.
    kind : str
        As in LAND_CHANGES.
    area_m2 : tuple of float
        The area, and the bounds of its 90 % interval.
    began : tuple of datetime or Timestamp
        The last clear observation without and the first with, UTC.
    lasted : str
        As `lasting` gives it.
    """
    what = ground_word(kind)
    return (
        f"{place} has {what}, {hectares(area_m2)}: it began between {day_and_time(began[0])} and "
        f"{day_and_time(began[1])} and {lasted}."
    )


def ground_word(kind: str) -> str:
    """``new bare ground``: a kind of LAND_CHANGES in words."""
    return _GROUND.get(kind, _GROUND["other"])


def ground_subject(kind: str, area_m2: float) -> str:
    """``About 1.2 ha of new bare ground``: a change as the subject of a headline.

    Parameters
    ----------
    kind : str
        As in LAND_CHANGES.
    area_m2 : float
    """
    what = ground_word(kind)
    size = f"{number(area_m2 / M2_PER_HA, 1)} ha"
    return f"A new structure of about {size}" if kind == "structure" else f"About {size} of {what}"


def appeared(place: str, began: tuple[Instant, Instant]) -> str:
    """The verb phrase of a change.

    Parameters
    ----------
    place : str
        Name of the zone and its place.
    began : tuple of datetime or Timestamp
        The last clear observation without and the first with, UTC.
    """
    return f"appeared at {place} between {day(began[0])} and {day(began[1])}"


def hectares(area_m2: tuple[float, float, float]) -> str:
    """``about 1.2 ha (0.9–1.5)``, of square metres with the bounds of the 90 % interval."""
    middle, low, high = (value / M2_PER_HA for value in area_m2)
    return f"about {number(middle, 1)} ha ({number(low, 1)}–{number(high, 1)})"


def lasting(observations: int, last: Instant, *, ended: bool) -> str:
    """How long a change was seen: ``was seen in 5 clear observations, to 5 Oct 2023``, and whether it ended.

    Parameters
    ----------
    observations : int
        Clear observations that show it.
    last : datetime or Timestamp
        The last of them, UTC.
    ended : bool
        Whether the ground was as before after that.
    """
    seen = f"was seen in {plural(observations, 'clear observation')}, to {day(last)}"
    return f"{seen}, and no longer after it" if ended else seen


def wrong_here(per_year: float) -> str:
    """How often the rule behind a change answers on the zone's own quiet past."""
    if per_year != per_year:
        return "how often the same rule is wrong here is not known: the zone has too little quiet past"
    return f"on this zone's own quiet past the same rule finds {per_year:.2g} changes a year"


def chain(
    kinds: tuple[str, str], places: tuple[str, str], counts: tuple[float, int], by_chance: Sequence[float]
) -> str:
    """Measured: two series of events that co-occur.

    Parameters
    ----------
    kinds : tuple of str
        Of the departures and arrivals, as in CHAINS.
    places : tuple of str
        Names of both.
    counts : tuple
        Departures that were followed, and all that could be observed.
    by_chance : sequence of float
        How many chance gives, the bounds of its 90 % range, and the shortest and longest time in days.
    """
    left, came = _LEFT[kinds[0]].format(place=places[0]), _CAME[kinds[1]].format(place=places[1])
    mean, low, high, shortest, longest = by_chance
    return (
        f"{came[:1].upper()}{came[1:]} {shortest:.0f} to {longest:.0f} days after {left} more often than chance gives: "
        f"after about {counts[0]:.1f} of {plural(counts[1], 'departure')}, where chance gives {mean:.1f} "
        f"({low:.1f}–{high:.1f})."
    )


def chain_headline(kinds: tuple[str, str], places: tuple[str, str]) -> str:
    """A chain as a headline, without numbers and without a full stop.

    Parameters
    ----------
    kinds : tuple of str
        Of the departures and arrivals, as in CHAINS.
    places : tuple of str
        Names of both.
    """
    left, came = _LEFT[kinds[0]].format(place=places[0]), _CAME[kinds[1]].format(place=places[1])
    return f"{came[:1].upper()}{came[1:]} after {left} more often than chance gives"


def chain_numbers(counts: tuple[float, int], by_chance: float, days: tuple[float, float]) -> str:
    """What a chain's headline rests on, in a sentence.

    Parameters
    ----------
    counts : tuple
        Departures that were followed, and all that could be observed.
    by_chance : float
        How many chance gives.
    days : tuple of float
        Shortest and longest time.
    """
    return (
        f"About {counts[0]:.0f} of {plural(counts[1], 'departure')} were followed {days[0]:.0f} to {days[1]:.0f} days "
        f"later, where chance gives {by_chance:.0f}; that is no evidence of cause."
    )


def chance_of_chain(p_value: float, adjusted: float, comparisons: int) -> str:
    """What a chain was held against.

    Parameters
    ----------
    p_value, adjusted : float
        Share of the draws with as many or more, and the same after Holm's correction.
    comparisons : int
        Pairs of places and kinds that were compared.
    """
    return (
        f"with the arrivals moved in time {p_value:.2g} of the draws give as many; {adjusted:.2g} after Holm's "
        f"correction for {plural(comparisons, 'comparison')}"
    )


def no_change(place: str, clear: int, *, less_likely: int = 0) -> str:
    """Observed: what has not happened to the ground.

    Parameters
    ----------
    place : str
        Name of the place.
    clear : int
        Clear observations.
    less_likely : int, optional
        Changes that were found and are less than likely.
    """
    what = "likely change" if less_likely else "lasting change"
    found = f"No {what} of the ground was found at {place} in {plural(clear, 'clear observation')}"
    return f"{found} (less likely: {less_likely}, in the appendix)." if less_likely else f"{found}."


def no_trains(tracks: Sequence[str], clear: int) -> str:
    """Observed: tracks that stayed empty.

    Parameters
    ----------
    tracks : sequence of str
        Names of the zones of tracks, one at least.
    clear : int
        Clear observations of them together.
    """
    return f"No train or wagon was seen on {either(tracks)} in {plural(clear, 'clear observation')}."


def no_chain(comparisons: int) -> str:
    """Observed: chains that chance explains.

    Parameters
    ----------
    comparisons : int
        Pairs of places and kinds that were compared.
    """
    return f"Of {plural(comparisons, 'pair')} of places and kinds of event compared, none beats chance."
