"""The sentences of a brief's first screen: short, plain, and quotable as they stand. There are no others.

An observation carries no likelihood; an inference always has its word in the sentence. Confidence never stands in the
same sentence. Dates are days in UTC; hours, intervals and ids are in the evidence.
"""

from __future__ import annotations

from monitor.core.wording import Instant, day, plural

_ADVERBS = {"almost certain": "almost certainly", "very likely": "very likely", "likely": "likely"}


def hedged(likelihood: str, clause: str) -> str:
    """A clause with its word of likelihood before it: ``It is very likely that one ship crossed``.

    Parameters
    ----------
    likelihood : str
        A word of ICD 203; "" for an observation, which then stands by itself.
    clause : str
        Without a capital and without a full stop.
    """
    if not likelihood:
        return clause[:1].upper() + clause[1:]
    opening = "There is a" if likelihood == "roughly even chance" else "It is"
    if likelihood == "almost no chance":
        opening = "There is"
    return f"{opening} {likelihood} that {clause}"


def stated(subject: str, likelihood: str, verb: str) -> str:
    """A headline without full stop: ``One ship very likely crossed``.

    Parameters
    ----------
    subject : str
        Who or what, with its article.
    likelihood : str
        A word of ICD 203; "" for an observation.
    verb : str
        The rest of the sentence, verb first.
    """
    if likelihood and likelihood not in _ADVERBS:
        return hedged(likelihood, f"{subject[:1].lower()}{subject[1:]} {verb}")
    words = (subject, _ADVERBS[likelihood], verb) if likelihood else (subject, verb)
    return " ".join(words)


def lay_without_ais(place: str, at: Instant) -> str:
    """The verb phrase of a dark event.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    at : datetime or Timestamp
        UTC.
    """
    return f"lay at {place} on {day(at)} without AIS"


def no_ais_fits(received: int) -> str:
    """What a dark event rests on, in a sentence.

    Parameters
    ----------
    received : int
        Other vessels whose AIS was received there around that time.
    """
    return f"No AIS position fits it, while AIS of {plural(received, 'other ship')} was received there."


def went_to_and_fro(
    port_a: str, port_b: str, crossings: tuple[float, float], *, is_wide: bool, since: Instant | None = None
) -> str:
    """The verb phrase of a shuttle.

    Parameters
    ----------
    port_a, port_b : str
        Names.
    crossings : tuple of float
        Bounds of the 90 % interval.
    is_wide : bool
        Whether the interval says too little: then the lower bound alone is stated.
    since : datetime or Timestamp, optional
        When the first was, where that lies before what the reader expects; UTC.
    """
    low, high = (round(value) for value in crossings)
    way = f"went to and fro between {port_a} and {port_b}"
    from_when = f" since {day(since)}" if since is not None else ""
    if is_wide and low < 1:
        return f"{way}; how often is not known"
    if is_wide:
        return f"{way}, at least {plural(low, 'crossing')}{from_when}; how many more is not known"
    number = f"{low} to {high} crossings" if low < high else plural(low, "crossing")
    return f"{way}, {number}{from_when}"


def sailed(from_port: str, to_port: str, bounds: tuple[Instant, Instant]) -> str:
    """The verb phrase of a leg.

    Parameters
    ----------
    from_port, to_port : str
        Names.
    bounds : tuple of Timestamp
        Earliest departure and latest arrival.
    """
    return f"sailed from {from_port} to {to_port} between {day(bounds[0])} and {day(bounds[1])}"


def stayed(place: str, bounds: tuple[Instant, Instant]) -> str:
    """The verb phrase of a stay.

    Parameters
    ----------
    place : str
        Name of the port or berth.
    bounds : tuple of Timestamp
        First and last observation with the ship.
    """
    first, last = (day(at) for at in bounds)
    return f"was seen at {place} on {first}" if first == last else f"was seen at {place} from {first} to {last}"


def compared(place: str, rates: tuple[float, float], *, likelihood: str, is_clear: bool, weeks: int) -> str:
    """How full a port was against its past, in a sentence.

    Parameters
    ----------
    place : str
        Name of the port.
    rates : tuple of float
        Vessels a clear observation, now and before.
    likelihood : str
        Of the difference, a word of ICD 203.
    is_clear : bool
        Whether the chance of a difference is enough to state one.
    weeks : int
        Length of the past.
    """
    numbers = f"{rates[0]:.1f} ships a clear observation against {rates[1]:.1f}"
    if not is_clear:
        return f"{place} shows no clear difference from the {weeks} weeks before: {numbers}."
    word = "fuller" if rates[0] > rates[1] else "emptier"
    return f"{place} was {_ADVERBS[likelihood]} {word} than in the {weeks} weeks before: {numbers}."


def looked_like_ships(place: str, number: int, at: Instant) -> str:
    """What the newest observation of a port shows, without a full stop.

    Parameters
    ----------
    place : str
        Name of the port.
    number : int
        Objects that were marked.
    at : datetime or Timestamp
        UTC.
    """
    if not number:
        return f"No object that looks like a ship was seen at {place} on {day(at)}"
    things = "object that looks like a ship was" if number == 1 else "objects that look like ships were"
    return f"{number} {things} seen at {place} on {day(at)}"


def nothing_observed(places: str) -> str:
    """The headline of a period in which no port was seen, without a full stop.

    Parameters
    ----------
    places : str
        Names of the ports.
    """
    return f"No satellite image shows {places} in this period: nothing is known of what lay there"


def only_observed(places: str) -> str:
    """The headline of a period in which places without water were seen and nothing of them is stated.

    Parameters
    ----------
    places : str
        Names of the places.
    """
    return f"Satellite images show {places} in this period; no finding is stated there"


def unseen(place: str, passes: tuple[int, int], blind: tuple[Instant, Instant] | None) -> str:
    """What could not be seen of one port, without a full stop.

    Parameters
    ----------
    place : str
        Name of the port.
    passes : tuple of int
        Passes that showed nothing, and all.
    blind : tuple of Timestamp, optional
        The longest time without a clear observation, where it is worth a word.
    """
    lost, number = passes
    if not number:
        return f"{place} was not passed at all"
    if lost == number:
        return f"{place} was not seen in any of {plural(number, 'pass', 'passes')}"
    shown = f"{place} was hidden in {lost} of {plural(number, 'pass', 'passes')}"
    if not lost:
        times = {1: "once", 2: "in both passes"}.get(number, f"in all {number} passes")
        shown = f"{place} was seen {times}"
    return shown if blind is None else f"{shown} and had nothing clear from {day(blind[0])} to {day(blind[1])}"
