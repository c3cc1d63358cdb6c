"""Each cell against its own past: when it left its level, and whether it stays away.

One pass through the observations in order of time, all cells at once, so that what is stated of a day rests on what
came before it and on the observation that confirms it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Bools, Floats, Ints, Pixels
from monitor.fuse.land.rules import LandRule


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Times at which a cell left its level for at least two clear observations, one entry an event.

    Attributes
    ----------
    cell : Ints
        Number of the cell.
    last_before, first_with : Ints
        Last clear observation without the change, and first with it.
    last_with : Ints
        Last clear observation that shows it.
    shown : Ints
        Clear observations that show it.
    ended : Bools
        Whether the ground came back to what it would be without it.
    strength : Floats
        How far the confirming observations lie from the level, in spreads.
    before, after : Pixels
        (event, band) reflectance expected without the change, and seen, at the first observations with it.
    """

    cell: Ints
    last_before: Ints
    first_with: Ints
    last_with: Ints
    shown: Ints
    ended: Bools
    strength: Floats
    before: Pixels
    after: Pixels

    def only(self, chosen: npt.NDArray[np.bool_] | Ints) -> Events:
        """Some of the events, by mask or number."""
        return Events(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Kinds of ground, whose cells do alike but for what is sought, as they were known at each time.

    Attributes
    ----------
    since : Ints
        (part,) number of the observation from which each is used; the first is 0.
    of : Ints
        (part, cell) number of the kind.
    days : Floats
        (time,) days since the first observation.
    beside : bool
        Whether the kinds are so narrow (one crop, near by) that a cell departs when it leaves them, though it has not
        moved itself: bare ground in a field that is ploughed and sown around it.
    """

    since: Ints
    of: Ints
    days: Floats
    beside: bool

    def at(self, now: int) -> Ints:
        """(cell,) number of the kind at an observation.

        Parameters
        ----------
        now : int
            Number of the observation.
        """
        made: Ints = self.of[self.part(now)]
        return made

    def part(self, now: int) -> int:
        """Number of the part of time in which an observation lies.

        Parameters
        ----------
        now : int
            Number of the observation.
        """
        return max(int(np.searchsorted(self.since, now, side="right")), 1) - 1


@dataclass(slots=True, eq=False)
class _State:
    """Where every cell stands after some observations; arrays are (cell,) or (band, cell)."""

    own: Pixels
    common: Pixels
    count: Ints
    last_ok: Ints
    pending: Ints
    held: Bools
    first: Ints
    seen: Pixels
    expected: Pixels
    strength: Pixels
    event: Ints
    ghost: Pixels
    size: Pixels
    back: Ints
    restless: Ints
    kind: Ints
    was: Ints
    found: list[dict[str, npt.NDArray[np.generic]]] = field(default_factory=list)
    number: int = 0
    part: int = 0


def find_events(values: Pixels, clear: Bools, kinds: Kinds, spread: Pixels, rule: LandRule) -> Events:
    """Every lasting departure of a cell from its level.

    Parameters
    ----------
    values : Pixels
        (time, band, cell) reflectance.
    clear : Bools
        (time, cell) where the ground was seen.
    kinds : Kinds
        By which season, sun and haze are taken out.
    spread : Pixels
        (band, cell) deviation of a quiet observation from its level.
    rule : LandRule

    Notes
    -----
    A cell departs when it is far both from its own running level, and from that level moved by what cells of its kind
    did since: the first protects a lawn when every field around is cut, the second when everything turns green. Among
    kinds `beside` only the second counts. Where the ground looked already as it does, the change may be as old as that,
    and it must last for longer: a field may be ploughed weeks after its neighbours. The
    harmonic models of CCDC and BFAST (as in `nrt`) need a year or two of history before the first day that they judge,
    and a place is often watched for less; here the surroundings show the season from the third observation on.
    """
    time, bands, cells = values.shape
    state = _begun(bands, cells, kinds.of[0])
    for now in range(time):
        ok = clear[now]
        if ok.sum() < rule.least_cells:
            continue
        _step(state, now, (values, clear, kinds.days), kinds=kinds, spread=spread, rule=rule)
    return _collected(state, bands)


def innovations(values: Pixels, clear: Bools, kinds: Kinds, rule: LandRule) -> Pixels:
    """(time, band, cell) what each observation adds to the one before it, less what its kind of ground did.

    Parameters
    ----------
    values : Pixels
        (time, band, cell) reflectance.
    clear : Bools
        (time, cell) where the ground was seen.
    kinds : Kinds
    rule : LandRule
    """
    out = np.full(values.shape, np.nan, dtype=np.float32)
    last = np.full(values.shape[1:], np.nan, dtype=np.float32)
    for now in range(len(values)):
        ok, classes = clear[now], kinds.at(now)
        if ok.sum() < rule.least_cells:
            continue
        step, number = values[now] - last, int(classes.max(initial=0)) + 1
        out[now] = step - _by_kind(step, ok & np.isfinite(last[0]), classes, number)[:, classes]
        last[:, ok] = values[now][:, ok]
    return out


def _begun(bands: int, cells: int, classes: Ints) -> _State:
    def numbers(fill: float) -> Pixels:
        return np.full((bands, cells), fill, dtype=np.float32)

    def whole(fill: int) -> Ints:
        return np.full(cells, fill, dtype=np.int64)

    return _State(
        own=numbers(0.0),
        common=numbers(0.0),
        count=whole(0),
        last_ok=whole(-1),
        pending=whole(0),
        held=np.zeros(cells, dtype=bool),
        first=whole(-1),
        seen=numbers(0.0),
        expected=numbers(0.0),
        strength=np.zeros(cells, dtype=np.float32),
        event=whole(-1),
        ghost=numbers(0.0),
        size=np.zeros(cells, dtype=np.float32),
        back=whole(0),
        restless=whole(0),
        kind=classes.copy(),
        was=classes.copy(),
    )


def _by_kind(step: Pixels, ok: Bools, kind: Ints, number: int) -> Pixels:
    """(band, kind + 1) the median step of each kind of ground; 0 where too few of it were seen, and in the last."""
    made = np.zeros((len(step), number + 1), dtype=np.float32)
    seen_kind = np.where(ok, kind, number)
    order = np.argsort(seen_kind, kind="stable")
    starts = np.searchsorted(seen_kind[order], np.arange(number + 1))
    for one in range(number):
        seen = order[starts[one] : starts[one + 1]]
        if len(seen) >= _LEAST_OF_KIND:
            made[:, one] = _middle(step[:, seen[:: max(1, len(seen) // _MOST_READ)]])
    return made


def _middle(values: Pixels) -> Pixels:
    """(band,) median over the cells; `np.median` takes several times as long for so few."""
    low, high = (values.shape[1] - 1) // 2, values.shape[1] // 2
    ordered = np.partition(values, (low, high), axis=1)
    return np.asarray((ordered[:, low] + ordered[:, high]) / 2, dtype=np.float32)


_LEAST_OF_KIND, _MOST_READ = 30, 1500
"""Fewest cells that show what their kind did, and about how many of them are read (chosen)."""
_NO_KIND = -1
"""Kind of ground that changed: it follows nothing but its own level."""
_RAIN = (0.65, 1.5)
"""By what factor rain darkens bare ground, and drying brightens it, at most (chosen)."""
_SURELY = 0.6
"""Part of the thresholds below which an observation surely lacks a change (chosen)."""
_GONE = 3
"""Clear observations without a change after which another one is a new one (chosen)."""
_SHOWN, _BACK = 0.5, 0.3
"""Share of a change from which an observation shows it, and below which it shows the ground as before (chosen): winter
grass is less unlike bare soil than that of summer."""
_SETTLED = 4
"""Clear observations at its new level after which ground that changed is of a kind again (chosen)."""
_LOOKS = 0.4
"""Least part of a change by which an earlier observation lacks it (chosen)."""
_RESTLESS = 6
"""Observations in a row that agree neither with the level nor with each other, after which the level is dropped."""


def _step(
    s: _State, now: int, past: tuple[Pixels, Bools, Floats], *, kinds: Kinds, spread: Pixels, rule: LandRule
) -> None:
    values, clear, days = past
    x, ok, classes = values[now], clear[now], kinds.at(now)
    known = s.count >= rule.settling
    if kinds.part(now) != s.part:
        _renew(s, kinds.of[s.part], classes)
        s.part = kinds.part(now)
    quiet = ok & (s.count > 0) & (s.pending == 0)
    moved = _by_kind(x - s.common, quiet, s.kind, int(classes.max(initial=0)) + 1)
    s.common += moved[:, s.kind]
    s.ghost += moved[:, s.was]
    far, wide = _departure(x, s, spread, beside=kinds.beside)
    away = ok & known & (far > rule.departure) & (wide > rule.least_step)
    _settle(s, x, ok & ~away, rule)
    s.last_ok[ok & ~(known & (far > _SURELY * rule.departure) & (wide > _SURELY * rule.least_step))] = now
    _wait(s, now, x, away, far)
    ready = away & (s.pending >= rule.persistence)
    if kinds.beside:
        _look_back(s, values, clear, np.flatnonzero(ready & (s.pending == rule.persistence)))
        lasts = (s.pending >= rule.unmoved_observations) & (days[now] - days[s.first] >= rule.unmoved_days)
        ready &= ~s.held | lasts
    confirmed = np.flatnonzero(ready)
    _follow(s, now, x, ok)
    if len(confirmed):
        _confirm(s, now, confirmed, rule)


def _renew(s: _State, before: Ints, after: Ints) -> None:
    """The kinds as they are known now.

    A cell that is away, and what a cell that changed would be without it, go with what was of its kind before. One that
    has stayed at its level for long enough since it changed is of a kind again.
    """
    settled = (s.pending == 0) & (s.kind != _NO_KIND)
    number = int(max(before.max(), after.max())) + 1
    moves = np.bincount(before[settled] * number + after[settled], minlength=number**2).reshape(number, number)
    goes = moves.argmax(axis=1)
    rejoins = (s.kind == _NO_KIND) & (s.pending == 0) & (s.count >= _SETTLED)
    s.kind = np.where(settled | rejoins, after, np.where(s.kind == _NO_KIND, _NO_KIND, goes[s.kind]))
    s.was = np.where((s.event >= 0) | (s.kind == _NO_KIND), goes[s.was], s.kind)


def _departure(x: Pixels, s: _State, spread: Pixels, *, beside: bool) -> tuple[Pixels, Pixels]:
    """How far each cell is from its levels, the nearer one, in spreads and in reflectance.

    Ground that changed before is mostly bare, and rain darkens it in all bands alike: that is no departure of it.
    """
    far = np.full(x.shape[1], np.inf, dtype=np.float32)
    wide = np.full(x.shape[1], np.inf, dtype=np.float32)
    changed = np.flatnonzero(s.kind == _NO_KIND)
    for level in (s.common,) if beside else (s.own, s.common):
        step = x - level
        if len(changed):
            step[:, changed] = beyond_rain(x[:, changed], level[:, changed])
        far = np.minimum(far, np.sqrt(np.mean((step / spread) ** 2, axis=0)))
        wide = np.minimum(wide, np.sqrt(np.mean(step**2, axis=0)))
    return far, wide


def beyond_rain(x: Pixels, dry: Pixels) -> Pixels:
    """(band, cell) what is left of a step from one spectrum to another when rain may have darkened all bands alike.

    Parameters
    ----------
    x, dry : Pixels
        (band, cell) reflectance after and before.
    """
    gain = (x * dry).sum(axis=0) / np.maximum((dry**2).sum(axis=0), 1e-9)
    return np.asarray(x - np.clip(gain, *_RAIN) * dry, dtype=np.float32)


def _look_back(s: _State, values: Pixels, clear: Bools, c: Ints) -> None:
    """Cells that ground like them left behind: they may have changed as soon as they looked as they do."""
    size = np.sqrt(np.mean((s.seen[:, c] - s.expected[:, c]) ** 2, axis=0))
    looking, s.held[c] = np.ones(len(c), dtype=bool), False
    for before in range(int(s.first[c].max(initial=0)) - 1, -1, -1):
        past = looking & clear[before][c] & (before < s.first[c])
        rest = beyond_rain(values[before][:, c[past]], s.seen[:, c[past]])
        same = np.sqrt(np.mean(rest**2, axis=0)) < _LOOKS * size[past]
        s.last_ok[c[past]] = before
        s.held[c[past]] |= same
        looking[np.flatnonzero(past)[~same]] = False
        if not looking.any():
            return


def _settle(s: _State, x: Pixels, quiet: Bools, rule: LandRule) -> None:
    """Cells at their level: it follows them, and what was pending was passing."""
    c = np.flatnonzero(quiet)
    for level, memory in ((s.own, rule.own_memory), (s.common, rule.memory)):
        share = (1.0 / np.minimum(s.count[c] + 1, memory)).astype(np.float32)
        level[:, c] += share * (x[:, c] - level[:, c])
    s.count[c] += 1
    s.pending[c] = 0
    s.restless[c] = 0


def _wait(s: _State, now: int, x: Pixels, away: Bools, far: Pixels) -> None:
    """Cells away from their level: a second observation counts where it agrees with the first."""
    c = np.flatnonzero(away)
    if not len(c):
        return
    step = np.sqrt(np.mean((x[:, c] - s.common[:, c]) ** 2, axis=0))
    apart = np.sqrt(np.mean((x[:, c] - s.seen[:, c]) ** 2, axis=0))
    agrees = (s.pending[c] > 0) & (apart < 0.6 * step)
    again, new = c[agrees], c[~agrees]
    s.seen[:, again] += (x[:, again] - s.seen[:, again]) / (s.pending[again] + 1)
    s.strength[again] = np.minimum(s.strength[again], far[again])
    s.pending[again] += 1
    s.seen[:, new], s.expected[:, new], s.strength[new] = x[:, new], s.common[:, new], far[new]
    s.pending[new], s.first[new] = 1, now
    s.restless[c] += 1
    lost = c[(s.restless[c] >= _RESTLESS) & (s.pending[c] == 1)]
    s.own[:, lost], s.common[:, lost], s.count[lost], s.pending[lost], s.restless[lost] = (
        x[:, lost],
        x[:, lost],
        1,
        0,
        0,
    )


def _follow(s: _State, now: int, x: Pixels, ok: Bools) -> None:
    """Cells that changed before: whether this observation still shows it."""
    c = np.flatnonzero(ok & (s.event >= 0))
    if not len(c):
        return
    step = np.sqrt(np.mean((x[:, c] - s.ghost[:, c]) ** 2, axis=0))
    shown, back = step > _SHOWN * s.size[c], step < _BACK * s.size[c]
    s.back[c] = np.where(back, s.back[c] + 1, np.where(shown, 0, s.back[c]))
    s.found.append({"event": s.event[c].copy(), "now": np.full(len(c), now), "shown": shown, "back": back})
    s.event[c[s.back[c] >= _GONE]] = -1


def _confirm(s: _State, now: int, c: Ints, rule: LandRule) -> None:
    """Cells that have been away for long enough: an event each, or the end of the one before."""
    size = np.sqrt(np.mean((s.seen[:, c] - s.expected[:, c]) ** 2, axis=0))
    from_ghost = np.sqrt(np.mean((s.seen[:, c] - s.ghost[:, c]) ** 2, axis=0))
    returned = (s.event[c] >= 0) & (from_ghost < _BACK * s.size[c])
    s.back[c[returned]] = rule.persistence
    new = c[~returned]
    count = len(new)
    s.found.append(
        {
            "made": np.arange(s.number, s.number + count),
            "cell": new,
            "last_before": s.last_ok[new].copy(),
            "first_with": s.first[new].copy(),
            "confirmed": np.full(count, now),
            "pending": s.pending[new].copy(),
            "strength": s.strength[new].copy(),
            "before": s.expected[:, new].T.copy(),
            "after": s.seen[:, new].T.copy(),
        }
    )
    s.event[new] = np.arange(s.number, s.number + count)
    s.number += count
    s.ghost[:, new] = s.common[:, new]
    s.was[new] = np.where(s.kind[new] == _NO_KIND, s.was[new], s.kind[new])
    s.size[new] = size[~returned]
    s.back[new] = 0
    s.own[:, c] = s.seen[:, c]
    s.common[:, c] = s.seen[:, c]
    s.count[c] = rule.persistence
    s.kind[c] = _NO_KIND
    s.last_ok[c] = now
    s.pending[c] = 0
    s.restless[c] = 0
    s.event[c[returned]] = -1


def _collected(s: _State, bands: int) -> Events:
    made = [part for part in s.found if "made" in part]
    if not s.number:
        none = np.empty(0, dtype=np.int64)
        numbers = np.empty((0, bands), dtype=np.float32)
        return Events(none, none, none, none, none, none.astype(bool), none.astype(np.float64), numbers, numbers)
    whole = {name: np.concatenate([part[name] for part in made]) for name in made[0]}
    last, shown = whole["confirmed"].copy(), whole["pending"].copy()
    after = np.zeros(s.number, dtype=np.int64)
    for part in s.found:
        if "event" not in part:
            continue
        e, seen, back = part["event"], part["shown"].astype(bool), part["back"].astype(bool)
        last[e[seen]] = part["now"][seen]
        shown[e[seen]] += 1
        after[e] = np.where(seen, 0, after[e] + back)
    return Events(
        cell=whole["cell"],
        last_before=whole["last_before"],
        first_with=whole["first_with"],
        last_with=last,
        shown=shown,
        ended=after >= 2,
        strength=whole["strength"].astype(np.float64),
        before=whole["before"],
        after=whole["after"],
    )
