"""An airframe's track to stops: seen at a field, or hidden in a silence."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from monitor.aviation import airframes
from monitor.aviation.calls import reachability
from monitor.aviation.calls.reachability import Candidate, Fix, aloft_chi2, candidates, named
from monitor.aviation.calls.stays import UNLISTED, FieldRun, Track, comes_in, goes_out, pieces, resting, runs_at_fields
from monitor.core.geo.geodesy import distance_m

NAN = math.nan
LowTraffic = Callable[[float, float], frozenset[int]]


@dataclass(frozen=True, slots=True)
class StopRule:
    """When a silence hides a stop; chosen on made-up seasons (`monitor.simulate`).

    Attributes
    ----------
    aloft_margin : float
        A landing must fit better than plain flight by this much chi-square.
    worst_chi2 : float
        Above it no listed field explains a silence.
    detour_chi2 : float
        A stop before the field where the aircraft is seen next must fit that much better than flying straight there.
    longest_detour_s : float
        With a track on one side only, what a longer silence hides cannot be decided.
    open_chi2 : float
        A trace that ends or begins in the air points at fields that fit no worse.
    """

    aloft_margin: float = 4.0
    worst_chi2: float = 25.0
    detour_chi2: float = 9.0
    longest_detour_s: float = 24 * 3600.0
    open_chi2: float = 9.0


RULE = StopRule()


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop.

    Attributes
    ----------
    status : str
        ``landed``, ``consistent``, ``track begins`` or ``track ends``.
    place : int
        Row of the airfield, or `UNLISTED`.
    arrived, departed : tuple of float
        Bounds in Unix seconds, NaN where open.
    seen : FieldRun
        Positions at the field; None for a stop that a silence hides.
    before, after : Fix
        Ends of the silence; None without one.
    found, others : tuple of Candidate
        The fields that the stop names, and those that also fit.
    closest_m : float
    left_open, right_open : bool
        Whether the run of positions begins or ends on the ground.
    silent_s : float
        Longest silence within a stay.
    """

    status: str
    place: int
    arrived: tuple[float, float] = (NAN, NAN)
    departed: tuple[float, float] = (NAN, NAN)
    seen: FieldRun | None = None
    before: Fix | None = None
    after: Fix | None = None
    found: tuple[Candidate, ...] = ()
    others: tuple[Candidate, ...] = ()
    closest_m: float = NAN
    left_open: bool = field(default=False)
    right_open: bool = field(default=False)
    silent_s: float = 0.0


def find_stops(track: Track, airfields: pd.DataFrame, low_traffic: LowTraffic) -> list[Stop]:
    """Stops of one airframe in order of time: ``landed``, ``consistent``, ``track begins``, ``track ends``.

    Parameters
    ----------
    track : Track
    airfields : AIRFIELDS table
    low_traffic : callable
        For a silence (start and end in Unix seconds) the rows of fields near which others were received low.
    """
    stretches = pieces(track)
    pieces_stops = [_piece_stops(track, a, b) for a, b in stretches]
    stops = list(pieces_stops[0])
    if not (stops and stops[0].left_open):
        stops.insert(0, _open_end(None, track.fix(0), airfields))
    for (_, a), (b, _), later in zip(stretches, stretches[1:], pieces_stops[1:], strict=False):
        last = stops.pop() if stops and stops[-1].right_open else None
        first = later[0] if later and later[0].left_open else None
        stops += _across(track, (a, b), (last, first), airfields, low_traffic)
        stops += later[1:] if first is not None else later
    if not (stops and stops[-1].right_open):
        stops.append(_open_end(track.fix(len(track.t_s) - 1), None, airfields))
    return [_tidy(stop) for stop in stops]


def _tidy(stop: Stop) -> Stop:
    return stop if stop.status in ("track begins", "track ends") else replace(stop, left_open=False, right_open=False)


def _piece_stops(track: Track, first: int, last: int) -> list[Stop]:
    stops = []
    t = track.t_s
    for seen in runs_at_fields(track, first, last):
        if seen.role == "passes":
            continue
        down, up = resting(track, seen)
        left = seen.first == first and not comes_in(track, seen)
        right = seen.last == last and not goes_out(track, seen)
        arrived = (NAN if left else float(t[max(first, down - 1)]), float(t[down]))
        departed = (float(t[up]), NAN if right else float(t[min(last, up + 1)]))
        closest = float(track.metres[seen.first : seen.last + 1].min())
        stops.append(
            Stop("landed", seen.place, arrived, departed, seen, closest_m=closest, left_open=left, right_open=right)
        )
    return stops


def _across(
    track: Track,
    rows: tuple[int, int],
    sides: tuple[Stop | None, Stop | None],
    airfields: pd.DataFrame,
    low_traffic: LowTraffic,
) -> list[Stop]:
    """The stops on either side of a silence, with what the silence hides between them."""
    last, first = sides
    before, after = track.fix(rows[0]), track.fix(rows[1])
    low = low_traffic(before.t_s, after.t_s)
    if last is not None and first is not None:
        if last.place == first.place:
            return [_same(last, first)]
        return list(_direct(last, first, before, after))
    if last is None and first is None:
        return _hidden(before, after, airfields, low)
    if first is not None:
        hidden = _detour(before, None, first.place, (before, after), airfields, low)
        lowest = before.t_s + _seconds(before, after)
        if hidden is None:
            return [replace(first, arrived=(lowest, first.arrived[1]), before=before)]
        return [hidden, replace(first, arrived=(hidden.departed[0], first.arrived[1]), before=before)]
    assert last is not None
    hidden = _detour(None, after, last.place, (before, after), airfields, low)
    latest = after.t_s - _seconds(before, after)
    if hidden is None:
        return [replace(last, departed=(last.departed[0], latest), after=after)]
    return [replace(last, departed=(last.departed[0], hidden.arrived[1]), after=after), hidden]


def _same(last: Stop, first: Stop) -> Stop:
    seen = last.seen
    if seen is not None and first.seen is not None:
        seen = FieldRun(seen.place, seen.first, first.seen.last, seen.rest + first.seen.rest, "down")
    closest = min(last.closest_m, first.closest_m)
    silent = max(last.silent_s, first.silent_s, first.arrived[1] - last.departed[0])
    return replace(
        last,
        departed=first.departed,
        seen=seen,
        closest_m=closest,
        right_open=first.right_open,
        after=first.after,
        silent_s=silent,
    )


def _direct(last: Stop, first: Stop, before: Fix, after: Fix) -> tuple[Stop, Stop]:
    flight = _seconds(before, after)
    return (
        replace(last, departed=(last.departed[0], after.t_s - flight), after=after),
        replace(first, arrived=(before.t_s + flight, first.arrived[1]), before=before),
    )


def _seconds(a: Fix, b: Fix) -> float:
    return float(distance_m(a.lon, a.lat, b.lon, b.lat)) / airframes.RULE.max_speed_ms


def _hidden(before: Fix, after: Fix, airfields: pd.DataFrame, low: frozenset[int]) -> list[Stop]:
    """Nothing when plain flight explains the silence; one stop when a field does; else a track that ends and begins."""
    found = candidates(before, after, airfields, low_traffic=low)
    aloft = aloft_chi2(before, after)
    best = found[0].chi2 if found else math.inf
    if best + RULE.aloft_margin > aloft and aloft < RULE.worst_chi2:
        return []
    if best <= RULE.worst_chi2:
        return [_inferred(before, after, found)]
    return [_open_end(before, None, airfields), _open_end(None, after, airfields)]


def _inferred(before: Fix, after: Fix, found: list[Candidate]) -> Stop:
    chosen = named(found)
    earliest = min(before.t_s + c.before_m / airframes.RULE.max_speed_ms for c in chosen)
    latest = max(after.t_s - c.after_m / airframes.RULE.max_speed_ms for c in chosen)
    shortest = reachability.RULE.min_ground_s
    return Stop(
        status="consistent",
        place=chosen[0].index,
        arrived=(earliest, latest - shortest),
        departed=(earliest + shortest, latest),
        before=before,
        after=after,
        found=tuple(chosen),
        others=tuple(found[len(chosen) :]),
        closest_m=min(chosen[0].before_m, chosen[0].after_m),
    )


def _detour(
    before: Fix | None,
    after: Fix | None,
    field_at: int,
    ends: tuple[Fix, Fix],
    airfields: pd.DataFrame,
    low: frozenset[int],
) -> Stop | None:
    """A stop hidden between a place in the air and the field at the other end, or None when flying straight fits.

    The end at the field has no direction: only the end in the air counts.
    """
    if ends[1].t_s - ends[0].t_s > RULE.longest_detour_s:
        return None
    first = before or replace(ends[0], altitude_m=NAN, track_deg=NAN, climb_ms=NAN)
    second = after or replace(ends[1], altitude_m=NAN, track_deg=NAN, climb_ms=NAN)
    found = candidates(first, second, airfields, low_traffic=low)
    one_sided = {c.index: c.chi2 for c in candidates(before, after, airfields, low_traffic=low)}
    if not found or field_at == UNLISTED:
        return None
    elsewhere = [c for c in found if c.index != field_at]
    straight = one_sided.get(field_at, RULE.worst_chi2)
    if not elsewhere or one_sided.get(elsewhere[0].index, math.inf) + RULE.detour_chi2 > straight:
        return None
    total = sum(c.weight for c in elsewhere)
    scaled = [replace(c, weight=c.weight / total) for c in elsewhere] if total > 0 else elsewhere
    return _inferred(first, second, scaled)


def _open_end(before: Fix | None, after: Fix | None, airfields: pd.DataFrame) -> Stop:
    """Where a trace begins or ends in the air: the fields it points at, and nothing claimed."""
    fix = before or after
    assert fix is not None
    found = [c for c in candidates(before, after, airfields) if c.chi2 <= RULE.open_chi2]
    metres = [c.before_m if before is not None else c.after_m for c in found]
    status = "track ends" if before is not None else "track begins"
    bounds = (fix.t_s, NAN) if before is not None else (NAN, fix.t_s)
    chosen = named(found) if found else []
    return Stop(
        status=status,
        place=found[0].index if found else UNLISTED,
        arrived=bounds if before is not None else (NAN, NAN),
        departed=bounds if before is None else (NAN, NAN),
        before=before,
        after=after,
        found=tuple(chosen),
        others=tuple(found[len(chosen) :]),
        closest_m=float(np.min(metres)) if metres else NAN,
    )
