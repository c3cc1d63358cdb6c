"""Findings that a watch needs beside those on ships: counts that changed, a feed fallen silent, a port not seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import pandas as pd

from monitor.core.columns import stamp
from monitor.core.findings import Finding
from monitor.core.timerange import utc
from monitor.core.wording import plural
from monitor.fuse.findings import wording
from monitor.fuse.series.together import NOT_OBSERVED

Span = tuple[datetime, datetime]

LONGEST_SILENCE = timedelta(hours=24)
LONGEST_UNSEEN = timedelta(days=14)
_SURE_PER_YEAR = 0.05
"""A change is stated with high confidence when a port without one shows one as clear once in twenty years. Chosen."""
_SURE_OBSERVATIONS = 10


def change_findings(changes: pd.DataFrame, names: Mapping[str, str]) -> tuple[Finding, ...]:
    """A finding of kind ``change`` for each row of CHANGES; `names` gives the ports' names by id."""
    return tuple(_changed(row, names) for row in changes.to_dict("records"))


def _changed(row: Mapping[object, object], names: Mapping[str, str]) -> Finding:
    aoi, what = str(row["aoi_id"]), str(row["what"])
    start, end = _at(row["not_before"]), _at(row["not_after"])
    rates = (float(str(row["rate_before"])), float(str(row["rate_after"])))
    observations = (int(str(row["observations_before"])), int(str(row["observations_after"])))
    per_year, stay = float(str(row["false_alarms_per_year"])), float(str(row["mean_stay_d"]))
    return Finding(
        str(row["change_id"]),
        "change",
        aoi,
        start,
        end,
        wording.changed(what, names.get(aoi, aoi), rates, observations, (start, end)),
        "",
        "high" if per_year <= _SURE_PER_YEAR and min(observations) >= _SURE_OBSERVATIONS else "moderate",
        (
            f"{observations[0]} observations before, {observations[1]} after; with stays of {stay:.1f} days a port "
            f"without a change shows one as clear {per_year:.2g} times a year",
        ),
        (),
        ("the season", "observations at other hours or by another sensor"),
    )


def feed_findings(
    spans: Iterable[Span], *, as_of: datetime, longest: timedelta = LONGEST_SILENCE
) -> tuple[Finding, ...]:
    """A finding of kind ``feed`` for each silence of the whole AIS feed that is longer than `longest`.

    Parameters
    ----------
    spans : iterable of Span
        First and last instant of what came in, in any order; those of one day may stand for all of that day.
    as_of : datetime
        When the watch ends; the last silence runs to it.
    longest : timedelta
        Silence that is still usual.

    Returns
    -------
    tuple of Finding
        In order of time. None when nothing ever came in: then there is no feed that could be out.
    """
    ordered = sorted((utc(first), utc(last)) for first, last in spans)
    if not ordered:
        return ()
    found, latest = list[Finding](), ordered[0][1]
    for first, last in [*ordered[1:], (utc(as_of), utc(as_of))]:
        if first - latest > longest:
            found.append(_silent(latest, first if first < utc(as_of) else None, utc(as_of)))
        latest = max(latest, last)
    return tuple(found)


def _silent(start: datetime, end: datetime | None, as_of: datetime) -> Finding:
    return Finding(
        f"feed|{stamp(start)}",
        "feed",
        "",
        start,
        end or as_of,
        wording.feed_silent(start, end),
        "",
        "high",
        (f"{((end or as_of) - start) / timedelta(hours=1):.0f} h without a position of any vessel",),
        (),
        ("files that were not delivered", "a receiver or provider that is down"),
    )


def unseen_findings(
    counts: pd.DataFrame, names: Mapping[str, str], *, as_of: datetime, longest: timedelta = LONGEST_UNSEEN
) -> tuple[Finding, ...]:
    """A finding of kind ``unseen`` for each port of which nothing was seen for longer than `longest` up to `as_of`.

    Parameters
    ----------
    counts : COUNTS table
        Its observations; one seen in part counts as seen. A port without any observation is not in it and gives no
        finding.
    names : mapping of str to str
        Port id to the name in the sentence; the id where it is missing.
    as_of : datetime
        End of the watch; later observations are left out.
    longest : timedelta
        Time without an observation that is still usual.
    """
    until = pd.Timestamp(utc(as_of))
    return tuple(_unseen(counts[counts["acquired_at"] <= until], names, until, longest))


def _unseen(
    counts: pd.DataFrame, names: Mapping[str, str], until: pd.Timestamp, longest: timedelta
) -> Iterator[Finding]:
    for key, observations in counts.groupby("aoi_id", sort=True):
        aoi, seen = str(key), observations[observations["state"] != NOT_OBSERVED]
        last = (seen if len(seen) else observations)["acquired_at"].agg("max" if len(seen) else "min")
        if until - last <= longest:
            continue
        since = observations[observations["acquired_at"] > last] if len(seen) else observations
        passes = f"{plural(len(since), 'pass', 'passes')} since then, none of them clear"
        yield Finding(
            f"unseen|{aoi}|{stamp(last)}",
            "unseen",
            aoi,
            _at(last),
            _at(until),
            wording.unseen_since(names.get(aoi, aoi), last, until),
            "",
            "high",
            (passes,),
            tuple(since["scene_id"].astype(str)),
            (),
        )


def _at(value: object) -> datetime:
    at: datetime = pd.Timestamp(value).to_pydatetime()
    return at
