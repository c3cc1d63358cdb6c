"""Changes of the ground that last, with how often the same rule answers on the place's own quiet past."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.arrays import Bools, Ints, Pixels
from monitor.core.tables import LAND_CHANGES
from monitor.fuse.land.ground import Cells, cells_of
from monitor.fuse.land.kinds import BARE, BURNT, FLOOD, GROWTH, KINDS, OTHER, STRUCTURE, Ground, alternatives, kind_of
from monitor.fuse.land.local import ordinary
from monitor.fuse.land.patches import Patch, area_of, find_patches, split
from monitor.fuse.land.reference import kinds_of_ground, narrow_kinds, spreads
from monitor.fuse.land.rules import LandRule
from monitor.fuse.land.segments import Events, Kinds, find_events

_STRICTER = (1.0, 1.4)
"""Factors on the rule's thresholds, tried in turn until the quiet past is quiet enough (chosen)."""
_UNSEEN = 0.5
"""Added to the false alarms that were found: none found is not none (Jeffreys' prior of a Poisson rate)."""


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """What is usual at a place.

    Attributes
    ----------
    wide : Kinds
        Kinds of ground, wherever it lies.
    spread : Pixels
        (band, cell) of a quiet observation.
    narrow : Kinds
        Narrow kinds of the watched cells.
    """

    wide: Kinds
    spread: Pixels
    narrow: Kinds


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """A patch that is stated, and what else it could be.

    Attributes
    ----------
    patch : Patch
    kind : str
        As in LAND_CHANGES.
    zone : int
        Number of the zone that most of it lies in.
    fields : float
        Share of similar ground around that changed alike within weeks.
    """

    patch: Patch
    kind: str
    zone: int
    fields: float


def land_changes(aoi: Aoi, profiles: pd.DataFrame, rule: LandRule = LandRule()) -> pd.DataFrame:  # noqa: B008
    """LAND_CHANGES of one place, by the sensor that observed it most often.

    Parameters
    ----------
    aoi : Aoi
    profiles : LAND_PROFILES table
        Of the AOI.
    rule : LandRule

    Notes
    -----
    Goods in the open come and go: what is stored in `open_storage` is in LAND_STATES, not here. Growth of vegetation
    is not stated, nor what ground of the same kind beside it or around the zones does as well: harvest takes whole
    fields, works take a part of the ground.
    """
    cells = cells_of(aoi, profiles)
    if cells is None or len(cells.series.times) < rule.settling + rule.persistence:
        return LAND_CHANGES.empty()
    usual = usual_of(cells, rule)
    found, per_year = _quiet_enough(cells, usual, rule)
    rows = [_row(aoi, cells, usual, one, per_year) for one in found]
    return LAND_CHANGES.conform(pd.DataFrame(rows)) if rows else LAND_CHANGES.empty()


def usual_of(cells: Cells, rule: LandRule) -> Usual:
    """What is usual at a place, by all of its observations.

    Parameters
    ----------
    cells : Cells
    rule : LandRule
    """
    wide = kinds_of_ground(cells.values, cells.clear, cells.around, cells.series.days, rule)
    spread = spreads(cells.values, cells.clear, wide, rule)
    inner = ~cells.around
    narrow = narrow_kinds(cells.values[:, :, inner], cells.clear[:, inner], cells.series.days, cells.xy[inner], rule)
    return Usual(wide, spread, narrow)


def _quiet_enough(cells: Cells, usual: Usual, rule: LandRule) -> tuple[list[Stated], float]:
    """What is stated by the least strict rule that is quiet enough on the quiet past, and its false alarms a year."""
    for factor in _STRICTER:
        strict = replace(rule, departure=factor * rule.departure, least_step=factor * rule.least_step)
        found = stated(cells, usual, strict)
        seen, years = false_alarms(cells, usual, strict, found)
        if seen / years <= rule.false_alarms_per_year:
            break
    return found, (seen + _UNSEEN) / years


def stated(cells: Cells, usual: Usual, rule: LandRule) -> list[Stated]:
    """The patches that a rule states.

    Parameters
    ----------
    cells : Cells
    usual : Usual
    rule : LandRule
    """
    events = find_events(cells.values, cells.clear, usual.wide, usual.spread, rule)
    outside = events.only(cells.around[events.cell])
    least = rule.least_area_m2 / cells.cell_m2
    watched = events.only(~cells.around[events.cell])
    judged: list[Stated | None] = []
    for patch in find_patches(watched, cells.ij, least):
        one = _judged(patch, cells, usual, outside, rule=rule)
        parts = split(patch, cells, least) if one is None else []
        judged += [one, *(_judged(part, cells, usual, outside, rule=rule) for part in parts)]
    for patch in find_patches(watched, cells.ij, least, any_way=True):
        judged.append(_judged(patch, cells, usual, outside, rule=rule))
    for patch in find_patches(_left_behind(cells, usual, rule), cells.ij, least, any_way=True):
        judged.append(_judged(patch, cells, usual, outside, rule=rule, beside=True))
    return _each_once([one for one in judged if one is not None])


def _each_once(found: list[Stated]) -> list[Stated]:
    """The largest patch of each change, by their first observation: ground of two covers is found in parts as well."""
    out: list[Stated] = []
    for one in sorted(found, key=lambda each: -len(each.patch.cells)):
        if not any(_is_same(one.patch, other.patch) for other in out):
            out.append(one)
    return sorted(out, key=lambda each: (each.patch.first_with, int(each.patch.cells[0])))


def _left_behind(cells: Cells, usual: Usual, rule: LandRule) -> Events:
    """Events of watched cells that are bare or burnt since, among cells that are like them and near them."""
    inner = np.flatnonzero(~cells.around)
    events = find_events(cells.values[:, :, inner], cells.clear[:, inner], usual.narrow, usual.spread[:, inner], rule)
    red, infrared = (events.after[:, cells.series.bands.index(band)] for band in ("B04", "B08"))
    bare = infrared - red <= KINDS.bare * (infrared + red)
    return replace(events, cell=inner[events.cell]).only(bare)


def _is_same(one: Patch, other: Patch) -> bool:
    """Whether two patches are one change: much of the same ground, at a time that may be the same."""
    at_once = one.last_before < other.first_with and other.last_before < one.first_with
    common = len(np.intersect1d(one.cells, other.cells))
    return at_once and common >= _SAME * min(len(one.cells), len(other.cells))


def false_alarms(cells: Cells, usual: Usual, rule: LandRule, found: list[Stated]) -> tuple[float, float]:
    """How many changes the rule states in the quiet past, and in how many years.

    The quiet past is every cell up to the change that is stated of it. Parts of it are left out in turn, so that the
    rule learns and judges anew each time; the mean over them counts.

    Parameters
    ----------
    cells : Cells
    usual : Usual
    rule : LandRule
    found : list of Stated
        What the same rule states.
    """
    hidden = np.zeros(cells.clear.shape, dtype=bool)
    for one in found:
        near = _around(one.patch.cells, cells.ij)
        hidden[one.patch.last_before + 1 :, near] = True
    quiet = cells.without(hidden)
    number = len(cells.series.times)
    parts = np.array_split(np.arange(number), min(rule.periods, number))
    counts = []
    for part in parts:
        left_out = np.zeros(cells.clear.shape, dtype=bool)
        left_out[part] = True
        counts.append(len(stated(quiet.without(left_out), usual, rule)))
    return float(np.mean(counts)), max(cells.years * (1.0 - 1.0 / len(parts)), 0.05)


def _around(cells: Ints, ij: Ints) -> Bools:
    """(cell,) those of a patch and within two cells of it."""
    low, high = ij[cells].min(axis=0) - 2, ij[cells].max(axis=0) + 2
    made: Bools = ((ij >= low) & (ij <= high)).all(axis=1)
    return made


def _judged(
    patch: Patch, cells: Cells, usual: Usual, outside: Events, *, rule: LandRule, beside: bool = False
) -> Stated | None:
    """A patch as it is stated; None where it is growth, water, too small, outside the zones, or work in fields.

    Little need set off felled, burnt or built ground, which no harvest looks like. What was found `beside` ground like
    it must lie amid such ground, be bare, built upon or burnt, last unless it burnt, and be no edge of a field.
    """
    zones = cells.zone[patch.cells]
    within = zones >= 0
    if within.mean() < rule.least_inside or within.sum() * cells.cell_m2 < 0.8 * rule.least_area_m2:
        return None
    zone = int(np.bincount(zones[within]).argmax())
    before, after = (Ground.of(spectrum, cells.series.bands) for spectrum in (patch.before, patch.after))
    kind = kind_of(before, after)
    if cells.zones[zone].kind == "open_storage" or kind in (GROWTH, FLOOD):
        return None
    lasts = kind == BURNT or (kind in (BARE, STRUCTURE) and not patch.ended)
    if beside and not (lasts and cells.is_compact(patch.cells)):
        return None
    usually = ordinary(patch, cells, usual.wide.at(patch.last_before), outside)
    own = usually.is_amid or (kind != BARE and usually.is_seldom) or (kind == BURNT and usually.is_alone)
    if not own and (beside or not usually.is_own):
        return None
    whole = beside or _area(patch, cells, usual)[0] <= _MOST_BEYOND * len(patch.cells) * cells.cell_m2
    return Stated(patch, kind, zone, usually.fields) if whole else None


_SAME, _MOST_BEYOND = 0.3, 2.0
"""Share of the smaller of two patches that makes them one change, and most that a change's area may exceed the cells
that departed: more of it is the edge of something larger, such as a field (chosen)."""


def _area(patch: Patch, cells: Cells, usual: Usual) -> tuple[float, float, float]:
    classes = usual.wide.at(patch.last_before)
    return area_of(patch, cells.values, cells.clear, classes=classes, ij=cells.ij, cell_m2=cells.cell_m2)


def _row(aoi: Aoi, cells: Cells, usual: Usual, one: Stated, per_year: float) -> dict[str, object]:
    patch, series = one.patch, cells.series
    area = _area(patch, cells, usual)
    zone = cells.zones[one.zone]
    middle = cells.xy[patch.cells].mean(axis=0).round(-2).astype(int)
    first = series.times[patch.first_with]
    after = Ground.of(patch.after, series.bands)
    what = alternatives(one.kind, after, first.to_pydatetime(), zone.geometry.centroid.y, one.fields)
    return {
        "change_id": f"{zone.id}-{middle[0]}-{middle[1]}-{series.scene_ids[patch.first_with]}",
        "aoi_id": aoi.id,
        "zone_id": zone.id,
        "kind": one.kind,
        "began_after": series.times[patch.last_before],
        "began_before": first,
        "last_seen": series.times[patch.last_with],
        "ended": patch.ended,
        "observations": patch.shown,
        "area_m2": area[0],
        "area_low_m2": area[1],
        "area_high_m2": area[2],
        "probability": _probability(patch, one, per_year),
        "false_alarms_per_year": per_year,
        "alternatives": "; ".join(what),
        "geometry": cells.outline(patch.cells),
    }


_CHANGES_PER_YEAR = 2.0
"""Real changes a year at a place that is watched for them (chosen): the prior beside the false alarms found."""


_MOST_PROBABLE = 85.0 / 92.0
"""No statement is more probable than statements are right: 84 of 90 on made-up seasons (docs/explanation/land.md),
with one right and one wrong added, as few cases cannot exclude either (Laplace's rule of succession)."""


def _probability(patch: Patch, one: Stated, per_year: float) -> float:
    """Chance that a change is real and lasts.

    Real changes beside the false alarms of the rule; each observation beyond the second halves the latter, and
    ground around that does the same adds to them. At most `_MOST_PROBABLE`.
    """
    false = per_year * 0.5 ** min(patch.shown - 2, 4) + 4.0 * one.fields + (0.3 if one.kind == OTHER else 0.0)
    return min(_CHANGES_PER_YEAR / (_CHANGES_PER_YEAR + false), _MOST_PROBABLE)
