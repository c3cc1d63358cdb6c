"""Fixed wording: times, places, lengths, and the words for what AIS does and does not explain.

The ladder is observed, measured, matched, inferred; nothing here climbs it. Times are UTC first, local second.
"""

from __future__ import annotations

from datetime import timedelta

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.wording import local_time, minute, timestamp

NOT_OBSERVED = "not observed"
HOUR_UNKNOWN = "date only, hour unknown"
UNMATCHED_LIMIT = (
    "Unmatched means that no AIS position known at the cut-off fits the detection in place and time. It is not proof "
    "that AIS was switched off: reception can fail, class B is weak, small craft need not carry AIS, and positions "
    "can arrive late or be false."
)
GAP_LIMIT = (
    "A gap is silence in the positions at hand that lasted longer than the threshold. It says nothing of intent: "
    "coverage, class B, congestion and receiver outages also make gaps."
)
CONTENT_LIMIT = (
    "Contents cannot be seen: containers may be empty, and at 10 m a single 20-foot box covers 0.15 of a pixel, so "
    "stacks are given as length and area, never as a count of boxes. Counts of visits are lower bounds."
)
IDENTITY_LIMIT = (
    "At 10 m a ship of 120 m is 12 pixels long. A detection has a length class, never a name, unless AIS or a reviewer "
    "gives one; names are what the vessel broadcasts of itself."
)
FINE_LIMIT = (
    "Where pixels are 1 m or finer and the model marks single boxes, these are counted from above: a lower bound of "
    "the containers, since tiers below the top one cannot be seen. The upper bound allows for slots that show no box "
    "and for up to three tiers; it holds the model's own error only where one was measured."
)
NOT_COMPARED = (
    "Imagery was not compared with AIS in this period: there is no AIS for it, or the hour of the observations is not "
    "known."
)
SIMULATED = "SIMULATED"
SIMULATED_LINE = "SIMULATED data: made by software for practice and tests. Nothing here was observed."

STATUS: dict[str, tuple[str, str]] = {
    "matched": ("M", "matched: an AIS position fits the detection in place, time and length"),
    "potential": ("P", "potential match: an AIS position fits, but not well enough or not alone"),
    "unmatched": ("U", "unmatched: no AIS position fits"),
    "dark": ("D", "dark event: likely a ship without AIS, where AIS is shown to be received"),
    "unknown": ("N", "not compared with AIS: no AIS for this observation, or its hour is unknown"),
    "fixed": ("F", "fixed object: seen at one spot in observation after observation, so not a ship"),
    "stack": ("S", "container stack: not a vessel, not compared with AIS"),
    "other": ("O", "other object: of a class that the detector names, not a vessel, not compared with AIS"),
}
"""Status -> its code on a tile and its reading; always shown by shape and letter besides colour."""


def acquired(acquisition: Acquisition, aoi: Aoi) -> str:
    """When a scene was seen: UTC then local, or the date alone when the hour is not known."""
    if not acquisition.is_exact:
        first, last = acquisition.start.date(), acquisition.end.date()
        day = (
            f"{first}"
            if first == last or acquisition.end - acquisition.start <= timedelta(days=1)
            else (f"{first} to {last}")
        )
        return f"{day} ({HOUR_UNKNOWN})"
    there = local_time(acquisition.acquired_at, aoi.timezone)
    return timestamp(acquisition.acquired_at) + (f" · {there}" if there else "")


def when(acquisition: Acquisition) -> str:
    """A short UTC label: ``2023-10-05 02:16 UTC`` or ``2022-05-14, hour unknown``."""
    if not acquisition.is_exact:
        return f"{acquisition.start.date()}, hour unknown"
    return minute(acquisition.acquired_at)


def platform(acquisition: Acquisition, otherwise: str) -> str:
    """``Sentinel-2A``, however the source spells it; `otherwise` when it gives none."""
    name = acquisition.platform
    return name.title() if name.islower() else name or otherwise


def short(digest: str) -> str:
    """The first 12 characters of a hash, ``not recorded`` when there is none."""
    return digest[:12] if digest else "not recorded"
