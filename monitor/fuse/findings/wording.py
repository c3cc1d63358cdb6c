"""The wording ladder: observed, measured, matched, inferred, limits. A brief states these sentences and no others.

Each function returns one sentence for one rung. Rungs are never mixed: what was observed carries no likelihood, what
is inferred always does, counts are "at least", and likelihood and confidence stand in different sentences.
"""

from __future__ import annotations

import pandas as pd

from monitor.core.wording import Instant, at_least, day, day_and_time, either, plural

RUNGS = ("observed", "measured", "matched", "inferred", "limits")

CONTENTS = "Contents are not identified: it is not possible to tell from these images what containers hold."
EMPTY_BOXES = "Containers may be empty."
OTHER_ROUTES = "It cannot be ruled out that cargo also moved by air or rail."
UNMATCHED_CAVEAT = "Unmatched is not proof that AIS was switched off."
GAP_CAVEAT = "A gap is silence in the data and says nothing of intent."
SNAPSHOT = "Imagery is a snapshot: what came and went between observations was not seen."
RESOLUTION = (
    "At 10 m a ship of 120 m is 12 pixels long: length is good to 10–15 m, and ships of like length cannot be "
    "distinguished."
)
NAME_RULE = "A name needs AIS or a reviewer."
CAVEATS = (CONTENTS, EMPTY_BOXES, OTHER_ROUTES, UNMATCHED_CAVEAT, GAP_CAVEAT, SNAPSHOT, RESOLUTION, NAME_RULE)


def observed_vessel(place: str, length: str, at: Instant) -> str:
    """Observed: a vessel lay there.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    length : str
        The phrase of `about_length`; ``of unknown length`` is left out.
    at : datetime or Timestamp
        UTC.
    """
    return (
        f"A vessel {length} long was seen at {place} on {day_and_time(at)}."
        if length != "of unknown length"
        else (f"A vessel was seen at {place} on {day_and_time(at)}.")
    )


def not_seen(what: str, place: str, at: Instant) -> str:
    """Observed: a clear observation without it.

    Parameters
    ----------
    what : str
        The noun in the singular.
    place : str
        Name of the port or berth.
    at : datetime or Timestamp
        UTC.
    """
    return f"No {what} was seen at {place} on {day_and_time(at)}."


def not_observed(place: str, start: Instant, end: Instant) -> str:
    """Limits: nobody looked.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    start, end : datetime or Timestamp
        Bounds of the time, UTC; shown as days.
    """
    return f"{place} was not observed from {day(start)} to {day(end)}: nothing is known of what lay there."


def matched(place: str, mmsi: int, at: Instant) -> str:
    """Matched.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    mmsi : int
        Of the vessel that AIS shows there.
    at : datetime or Timestamp
        UTC.
    """
    return f"The vessel at {place} on {day_and_time(at)} matches AIS of MMSI {mmsi}."


def potential(place: str, mmsi: int, at: Instant) -> str:
    """Between matched and unmatched.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    mmsi : int
        Of the likeliest vessel.
    at : datetime or Timestamp
        UTC.
    """
    return f"The vessel at {place} on {day_and_time(at)} may be MMSI {mmsi}; it is not certain."


def unmatched(place: str, at: Instant) -> str:
    """Observed, without AIS, where reception is not shown."""
    return (
        f"No AIS position fits the vessel at {place} on {day_and_time(at)}; whether AIS was received there is unknown."
    )


def uncompared(place: str, at: Instant) -> str:
    """Observed at an hour that nobody knows, so that AIS cannot be compared."""
    return f"A vessel was seen at {place} on {day(at)}; the hour of the image is unknown, so AIS cannot be compared."


def dark(place: str, length: str, at: Instant, received: int) -> str:
    """Observed, without AIS, where reception is shown.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    length : str
        The phrase of `about_length`.
    at : datetime or Timestamp
        UTC.
    received : int
        Other vessels whose AIS was received there around that time.
    """
    return (
        f"A vessel {length} lay at {place} on {day_and_time(at)} and no AIS position fits it, while AIS of "
        f"{plural(received, 'other vessel')} was received there."
    )


def base_rate(place: str, share: tuple[float, float, float], false_per_scene: float, dark: int, unmatched: int) -> str:
    """Limits: how rare ships without AIS are at a port, which every dark event there rests on.

    Parameters
    ----------
    place : str
        Name of the port.
    share : tuple of float
        Share of its ships that send no AIS, with the bounds of the 90 % interval.
    false_per_scene : float
        Detections a scene that are no ship.
    dark, unmatched : int
        Detections that are likely to be dark, and all that no AIS explains where reception is shown.
    """
    return (
        f"At {place}, as far as its own AIS and detections show, {share[0]:.0%} ({share[1]:.0%} to {share[2]:.0%}) of "
        f"the ships seen send no AIS, and {false_per_scene:.1f} detections a scene are no ship: of "
        f"{plural(unmatched, 'detection')} that no AIS explains, {dark} "
        f"{'is' if dark == 1 else 'are'} likely to be a ship without AIS."
    )


def ais_only(mmsi: int, place: str, at: Instant) -> str:
    """AIS says so, the image does not.

    Parameters
    ----------
    mmsi : int
        Of the vessel that AIS places there.
    place : str
        Name of the port or berth.
    at : datetime or Timestamp
        UTC.
    """
    return f"AIS places MMSI {mmsi} at {place} on {day_and_time(at)}; no vessel was seen there."


def stay(place: str, length: str, bounds: tuple[object, object, object, object]) -> str:
    """Inferred from observations: came and went within these bounds; NaT where nothing bounds it.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    length : str
        The phrase of `about_length`.
    bounds : tuple of Timestamp
        Arrived not before, arrived not after, departed not before, departed not after.
    """
    not_before, first, last, not_after = bounds
    came = (
        f"arrived not after {day_and_time(first)}, and not before {day_and_time(not_before)}"
        if pd.notna(not_before)
        else f"had arrived by {day_and_time(first)}"
    )
    went = (
        f"left not before {day_and_time(last)}, and not after {day_and_time(not_after)}"
        if pd.notna(not_after)
        else f"was still there on {day_and_time(last)}"
    )
    return f"A vessel {length} at {place} {came}; it {went}."


def visits_counted(place: str, number: int, clear: int, share: float, stay_h: float) -> str:
    """Counts with their denominator.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    number : int
        Visits that were seen.
    clear : int
        Clear observations of the period.
    share : float
        Share of stays of `stay_h` that these would have met.
    stay_h : float
        Length of stay in hours.
    """
    return (
        f"{at_least(number, 'visit').capitalize()} to {place} in {plural(clear, 'clear observation')}, which would "
        f"have met {share:.0%} of stays of {stay_h:.0f} h."
    )


def vessels_per_observation(place: str, seen: int, clear: int, rate: tuple[float, float, float]) -> str:
    """A rate with its observations and interval.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    seen : int
        Vessels in all clear observations together.
    clear : int
        Clear observations; 0 gives the sentence that nothing was observed.
    rate : tuple of float
        Mean, and low and high end of its 95 % interval, in vessels an observation.
    """
    if clear == 0:
        return f"{place} had no clear observation: not observed."
    mean, low, high = rate
    return (
        f"{plural(seen, 'vessel')} in {plural(clear, 'clear observation')} at {place}: {mean:.1f} an observation "
        "(95 % interval "
        f"{low:.1f}–{high:.1f})."
    )


def stack(place: str, length_m: float, boxes: tuple[float, float], at: Instant) -> str:
    """Measured: a stack, never a number of boxes.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    length_m : float
        Of all stacks together; rounded to 5 m.
    boxes : tuple of float
        Least and greatest number of 20-ft boxes; rounded to ten.
    at : datetime or Timestamp
        UTC.
    """
    low, high = (int(round(value, -1)) for value in boxes)
    return (
        f"Container stacks about {5 * round(length_m / 5)} m long stood at {place} on {day_and_time(at)}, room "
        "for some "
        f"{low}–{high} 20-ft boxes."
    )


def passage(from_port: str, to_port: str, bounds: tuple[Instant, Instant], length: str) -> str:
    """Inferred: a leg from observations at both ends.

    Parameters
    ----------
    from_port, to_port : str
        Names.
    bounds : tuple of Timestamp
        Earliest departure and latest arrival.
    length : str
        The phrase of `about_length`.
    """
    return (
        f"A vessel {length} that left {from_port} not before {day_and_time(bounds[0])} is presumed to be the one "
        f"at {to_port} "
        f"on {day_and_time(bounds[1])}."
    )


def shuttle(
    port_a: str, port_b: str, crossings: tuple[float, float, float], mmsi: int | None, *, is_wide: bool = False
) -> str:
    """Inferred: one ship that goes to and fro.

    Parameters
    ----------
    port_a, port_b : str
        Names.
    crossings : tuple of float
        Posterior median of how often it crossed, and the 90 % interval.
    mmsi : int, optional
        By which AIS names it.
    is_wide : bool, optional
        Whether the interval says too little: then the lower bound alone is stated.
    """
    ship = "One ship" if mmsi is None else f"The ship with MMSI {mmsi}"
    middle, low, high = (round(value) for value in crossings)
    went = f"{ship} went to and fro between {port_a} and {port_b}"
    if is_wide:
        return (
            f"{went}, {at_least(low, 'crossing')}; how many more is not known."
            if low
            else f"{went}; how often is not known."
        )
    if low == high:
        return f"{went}: {plural(low, 'crossing')}."
    return f"{went}: {low} to {high} crossings, most likely about {middle}."


def crossings_interval(crossings: tuple[float, float, float]) -> str:
    """The note under a shuttle whose interval is too wide to be stated: median and 90 % interval of its crossings."""
    middle, low, high = (round(value) for value in crossings)
    return f"90 % interval of the crossings {low} to {high}, median {middle}"


def chance_of_shuttle(prior: float, by_chance: float) -> str:
    """What the evidence for a shuttle was weighed against.

    Parameters
    ----------
    prior : float
        Probability before any evidence.
    by_chance : float
        Mean probability with one port's observations moved in time.
    """
    return (
        f"before any evidence {100 * prior:.0f} % for these two ports; with one port's observations moved in time, "
        f"unrelated ships gave {100 * by_chance:.0f} % on average"
    )


def chance_of_leg(by_chance: float) -> str:
    """What unrelated ships give for a leg: its probability with one port's observations moved in time."""
    return f"with one port's observations moved in time, unrelated ships gave {100 * by_chance:.0f} % on average"


def consistent_with(names: list[str], excluded: list[str]) -> str:
    """Matched by size alone: a class, with its look-alikes, never a name."""
    if not names:
        return "No ship of the watch list fits."
    among = either(names) if len(names) == 1 else f"one of {either(names)}"
    out = f" Elsewhere at the time: {', '.join(excluded)}." if excluded else ""
    return f"Consistent in length with {among}, and with any other ship of that length.{out}"


def identified(name: str, by: str) -> str:
    """A name, with what gives the right to it: ``AIS`` or ``a reviewer``."""
    return f"{name}, identified by {by}."


def fewer_or_more(place: str, rate: float, expected: tuple[float, float]) -> str:
    """Measured against the past.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    rate : float
        Vessels a clear observation.
    expected : tuple of float
        Interval of that rate after the past; within it the word is "about as many".
    """
    word = "More" if rate > expected[1] else ("Fewer" if rate < expected[0] else "About as many")
    than = "as" if word == "About as many" else "than"
    return (
        f"{word} vessels at {place} {than} its past lets expect: {rate:.1f} a clear observation against "
        f"{expected[0]:.1f}–{expected[1]:.1f}."
    )


def likelihood_line(word: str) -> str:
    """Its own sentence."""
    return f"Likelihood: {word}."


def confidence_line(level: str, reasons: tuple[str, ...]) -> str:
    """Its own sentence, apart from the likelihood."""
    return f"Confidence: {level}{' — ' + '; '.join(reasons) if reasons else ''}."


_COUNTED = {
    "vessels": "Vessels per clear observation",
    "berth": "Vessels at berths per clear observation",
    "anchorage": "Vessels at anchorages per clear observation",
    "open": "Vessels in open water per clear observation",
    "under_way": "Vessels shown under way per clear observation",
    "stacks": "Yards with container stacks per clear observation",
}


def changed(
    what: str, place: str, rates: tuple[float, float], observations: tuple[int, int], bounds: tuple[Instant, Instant]
) -> str:
    """Measured: a rate that was another before.

    Parameters
    ----------
    what : str
        What is counted, as in RATES: ``vessels``, ``stacks`` or a kind of place.
    place : str
        Name of the port or berth.
    rates : tuple of float
        A clear observation, before and after.
    observations : tuple of int
        On which the rates rest, before and after.
    bounds : tuple of Timestamp
        The last observation before and the first after.
    """
    return (
        f"{_COUNTED.get(what, what)} at {place} changed between {day(bounds[0])} and {day(bounds[1])}, from "
        f"{rates[0]:.1f} ({plural(observations[0], 'observation')}) to {rates[1]:.1f} "
        f"({plural(observations[1], 'observation')})."
    )


def false_alarms(per_year: float) -> str:
    """Limits: how often a change may be reported where nothing changes."""
    return (
        f"Change alarms are set so that a port in which nothing changes raises {per_year:.2g} a year at most on "
        "average, all its counts together; ships that stay and are counted again are allowed for."
    )


def feed_silent(start: Instant, end: Instant | None) -> str:
    """Limits: no AIS at all, until `end` or still."""
    if end is None:
        return (
            f"No AIS position has come in since {day_and_time(start)}: what was seen after it cannot be "
            "compared with AIS."
        )
    return (
        f"No AIS position came in from {day_and_time(start)} to {day_and_time(end)}: what was seen in that time "
        "cannot be compared "
        "with AIS."
    )


def unseen_since(place: str, since: Instant, until: Instant) -> str:
    """Limits: how long nothing has been seen.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    since : datetime or Timestamp
        The last observation, UTC.
    until : datetime or Timestamp
        Up to which the days are counted.
    """
    days = (pd.Timestamp(until) - pd.Timestamp(since)).days
    return (
        f"{place} has not been seen for {plural(days, 'day')}, since {day_and_time(since)}: nothing is known of what "
        "lay there."
    )


def taken_back(claim: str, sent: Instant) -> str:
    """A correction: what was reported, and when."""
    return f"This was reported on {day(sent)} and no longer holds: “{claim}”"
