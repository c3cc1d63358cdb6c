"""Which stays were one ship's: ways to divide the stays among ships, sampled as often as they are likely.

Every stay belongs to one ship's chain of stays and underway fixes in order of time. A division of the stays is as
likely as its steps (`monitor.fuse.voyages.transitions`), the lengths measured along each chain, and the berths that
each ship keeps to. They are sampled one after another (Gibbs sampling, with swaps of whole tails and of all stays at a
port, which single moves cannot reach), so what is uncertain as a whole, such as which of two like ships is which, stays
uncertain in each leg.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from monitor.fuse.stays.port_stays import PortStay
from monitor.fuse.voyages.rules import SamplerRule
from monitor.fuse.voyages.transitions import NEVER, Steps

_NEW = -1


@dataclass(frozen=True, slots=True, eq=False)
class ChainModel:
    """What the chains are made of.

    Attributes
    ----------
    stays : sequence of PortStay
        In order of time.
    steps : Steps
        Their log odds, and those of underway fixes, which are items from ``len(stays)`` on.
    fixed : mapping
        Item to the MMSI of the ship that AIS names.
    times : sequence of float
        (items,) hours by which each is put in order.
    Silent : mapping
        stay and MMSI to the log odds against a ship with that MMSI having lain there without AIS.
    passages : sequence
        From and to port of each underway fix.
    """

    stays: Sequence[PortStay]
    steps: Steps
    fixed: Mapping[int, int]
    times: Sequence[float]
    silent: Mapping[tuple[int, int], float] = field(default_factory=dict)
    passages: Sequence[tuple[str, str]] = ()

    def ports(self, item: int) -> tuple[str, ...]:
        """The ports that an item belongs to, in order: one of a stay, two of an underway fix."""
        return (self.stays[item].port,) if item < len(self.stays) else self.passages[item - len(self.stays)]


@dataclass(frozen=True, slots=True)
class Chain:
    """One ship's chain in one draw.

    Attributes
    ----------
    items : tuple of int
        Stays and underway fixes in order of time.
    mmsi : int
        By which AIS knows the ship; 0: none.
    crossings : int
        How often it went from one port to the other.
    """

    items: tuple[int, ...]
    mmsi: int
    crossings: int


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What the samples show.

    Attributes
    ----------
    followers : mapping of (int, int) to float
        Probability that one stay was followed by another in a single passage; only pairs that occur are there.
    chains : sequence of sequence of Chain
        By sample, the chains that crossed between two ports, the most crossings first.
    """

    followers: Mapping[tuple[int, int], float]
    chains: Sequence[Sequence[Chain]]


def sample(model: ChainModel, rule: SamplerRule | None = None) -> Posterior:
    """Divisions of the stays among ships, each as often as it is likely. The same input gives the same rule."""
    rule = rule or SamplerRule()
    number = len(model.stays)
    if not number:
        return Posterior({}, ())
    is_long = number > rule.many
    work = rule.work // 3 if is_long else rule.work
    warm = max(min(rule.warm, work // number), 8)
    kept = max(min(rule.kept, 2 * work // number), 24)
    runs = []
    for restart in range(1 if is_long else rule.restarts):
        state = _State(model, rule, Random(rule.seed + restart))
        for n in range(warm):
            state.sweep(heat=1.0 + rule.heat * (1.0 - n / warm) ** 2)
        runs.append((state.score(), -restart, state))
    best = max(runs, key=lambda run: run[:2])[2]
    tally: dict[tuple[int, int], float] = {}
    seen: list[tuple[Chain, ...]] = []
    for n in range(kept):
        best.sweep(heat=1.0)
        for key, share in best.legs():
            tally[key] = tally.get(key, 0.0) + share
        if n % rule.thinning == 0:
            seen.append(best.chains())
    return Posterior({key: value / kept for key, value in tally.items()}, seen)


class _State:
    """One division of the stays into chains, and the moves that change it."""

    def __init__(self, model: ChainModel, rule: SamplerRule, rng: Random) -> None:
        self._model, self._rule, self._rng = model, rule, rng
        self._rank = {item: n for n, item in enumerate(sorted(range(len(model.times)), key=lambda k: model.times[k]))}
        self._chains: dict[int, list[int]] = {}
        self._of: dict[int, int] = {}
        self._mmsi: dict[int, int] = {}
        self._next = 0
        self._free = [n for n in range(len(model.stays)) if n not in model.fixed]
        self._lengths = [_Length.of(stay, _typical(model.stays), rule) for stay in model.stays]
        self._near = _neighbours(model, rule)
        self._usual = _shares(model.stays)
        by_ship: dict[int, int] = {}
        for item, mmsi in sorted(model.fixed.items()):
            if mmsi not in by_ship:
                by_ship[mmsi] = self._open([])
                self._mmsi[by_ship[mmsi]] = mmsi
            self._put(item, by_ship[mmsi])
        for item in self._free:
            self._put(item, self._open([]))

    def _open(self, items: list[int]) -> int:
        self._next += 1
        self._chains[self._next] = items
        return self._next

    def _put(self, item: int, chain: int) -> None:
        members = self._chains[chain]
        members.insert(bisect_left(members, self._rank[item], key=self._rank.__getitem__), item)
        self._of[item] = chain

    def _take(self, item: int) -> int:
        chain = self._of.pop(item)
        self._chains[chain].remove(item)
        if not self._chains[chain] and chain not in self._mmsi:
            del self._chains[chain]
        return chain

    def sweep(self, *, heat: float) -> None:
        """Draw every nameless stay's ship anew, then try some moves of many stays at once."""
        self._rng.shuffle(self._free)
        for item in self._free:
            self._move(item, heat)
        for _ in range(self._rule.swaps):
            self._swap(heat)

    def _move(self, item: int, heat: float) -> None:
        self._take(item)
        options, weights = [_NEW], [1.0]
        nearby = {self._of[other] for other in self._near[item] if other in self._of}
        for chain in sorted(nearby):
            gain = self._gain(item, chain)
            if gain > self._rule.negligible:
                options.append(chain)
                weights.append(math.exp(gain / heat))
        chosen = self._rng.choices(options, weights)[0]
        self._put(item, self._open([]) if chosen == _NEW else chosen)

    def _gain(self, item: int, chain: int) -> float:
        """By how much the log odds grow when a stay joins a chain."""
        members, step = self._chains[chain], self._model.steps.of
        at = bisect_left(members, self._rank[item], key=self._rank.__getitem__)
        before = members[at - 1] if at else None
        after = members[at] if at < len(members) else None
        gain = 0.0
        if before is not None:
            gain += step(before, item)
        if after is not None:
            gain += step(item, after)
        if gain <= self._rule.negligible:
            return NEVER
        if before is not None and after is not None:
            gain -= step(before, after)
        stays = [member for member in members if member < len(self._model.stays)]
        gain += self._length_fit(item, stays) + self._habit_fit(item, stays)
        return gain + self._model.silent.get((item, self._mmsi.get(chain, 0)), 0.0)

    def _length_fit(self, item: int, stays: list[int]) -> float:
        mine = self._lengths[item]
        if mine is None:
            return 0.0
        weight, total = self._rule.lengths**-2, 0.0
        for other in stays:
            length = self._lengths[other]
            if length is not None:
                weight += length.weight
                total += length.weight * length.off
        if weight == self._rule.lengths**-2:
            return 0.0
        variance = 1.0 / weight + 1.0 / mine.weight
        away = mine.off - total / weight
        fit = math.exp(-0.5 * away * away / variance) / math.sqrt(variance)
        return math.log((1.0 - self._rule.outlier) * fit / mine.base + self._rule.outlier)

    def _habit_fit(self, item: int, stays: list[int]) -> float:
        stay = self._model.stays[item]
        usual = self._usual.get(stay.berth_id)
        if usual is None:
            return 0.0
        here = all_here = 0
        for other in stays:
            mate = self._model.stays[other]
            if mate.port == stay.port and mate.berth_id:
                all_here += 1
                here += mate.berth_id == stay.berth_id
        return math.log((here + self._rule.habit * usual) / (all_here + self._rule.habit) / usual)

    def _swap(self, heat: float) -> None:
        """Exchange the nameless stays of two ships after an instant, or those at one port between two instants."""
        rng, chains = self._rng, sorted(self._chains)
        a = self._of[rng.choice(self._free)] if self._free else None
        if a is None:
            return
        b = rng.choice([*chains, _NEW])
        if a == b:
            return
        cut = sorted((rng.random(), rng.random()))
        first, last = (self._model.times[0] + c * (max(self._model.times) - self._model.times[0]) for c in cut)
        port = rng.choice(sorted({stay.port for stay in self._model.stays})) if rng.random() < 0.5 else ""
        if rng.random() < 0.5:
            last = math.inf
        if rng.random() < 0.4:
            first = -math.inf
        ours, theirs = (self._part(chain, first, last, port) for chain in (a, b))
        if not ours and not theirs:
            return
        before = self._chain_score(a) + self._chain_score(b)
        if b == _NEW:
            b = self._open([])
        self._exchange(a, b, ours, theirs)
        gain = self._chain_score(a) + self._chain_score(b) - before
        if gain < 0 and rng.random() >= math.exp(max(gain / heat, -700.0)):
            self._exchange(a, b, theirs, ours)
        for chain in (a, b):
            if not self._chains[chain] and chain not in self._mmsi:
                del self._chains[chain]

    def _part(self, chain: int, first: float, last: float, port: str) -> list[int]:
        model = self._model
        return [
            item
            for item in self._chains.get(chain, [])
            if item < len(model.stays)
            and item not in model.fixed
            and first <= model.times[item] < last
            and (not port or model.stays[item].port == port)
        ]

    def _exchange(self, a: int, b: int, ours: list[int], theirs: list[int]) -> None:
        for chain, leaves, comes in ((a, ours, theirs), (b, theirs, ours)):
            items = [item for item in self._chains[chain] if item not in leaves] + comes
            self._chains[chain] = sorted(items, key=self._rank.__getitem__)
            for item in comes:
                self._of[item] = chain

    def _chain_score(self, chain: int) -> float:
        items = self._chains.get(chain, [])
        total = sum(self._model.steps.of(a, b) for a, b in pairwise(items))
        stays = [item for item in items if item < len(self._model.stays)]
        mmsi = self._mmsi.get(chain, 0)
        for n, item in enumerate(stays):
            total += self._length_fit(item, stays[:n]) + self._habit_fit(item, stays[:n])
            if item not in self._model.fixed:
                total += self._model.silent.get((item, mmsi), 0.0)
        return total

    def score(self) -> float:
        """Log odds of the whole division."""
        return sum(self._chain_score(chain) for chain in sorted(self._chains))

    def legs(self) -> list[tuple[tuple[int, int], float]]:
        """Stays that follow one another in a chain, and the share of that step which one passage makes.

        Underway fixes between the two are left out.
        """
        found = []
        number = len(self._model.stays)
        for items in self._chains.values():
            for n, item in enumerate(items):
                if item >= number:
                    continue
                m = next((k for k in range(n + 1, len(items)) if items[k] < number), None)
                if m is not None and (share := self._straight(items[n : m + 1])) > 0:
                    found.append(((item, items[m]), share))
        return found

    def chains(self) -> tuple[Chain, ...]:
        """The chains that crossed between ports, the most crossings first."""
        made = []
        for chain, items in self._chains.items():
            ports = [port for item in items for port in self._model.ports(item)]
            crossings = sum(a != b for a, b in pairwise(ports))
            if crossings:
                made.append(Chain(tuple(items), self._mmsi.get(chain, 0), crossings))
        return tuple(sorted(made, key=lambda chain: (-chain.crossings, chain.items)))

    def _straight(self, items: list[int]) -> float:
        """The share of one passage in a step between stays; an underway fix between must be of that very passage."""
        share = self._model.steps.straight
        if len(items) > 3 or (items[0], items[-1]) not in share:
            return 0.0
        if len(items) == 3:
            return share.get((items[0], items[1]), 0.0) * share.get((items[1], items[2]), 0.0)
        return share[items[0], items[1]]


@dataclass(frozen=True, slots=True)
class _Length:
    """A measured length as its log's distance from the typical, its weight, and its density among all ships."""

    off: float
    weight: float
    base: float

    @classmethod
    def of(cls, stay: PortStay, typical: float, rule: SamplerRule) -> _Length | None:
        if not math.isfinite(stay.length_m) or stay.length_m <= 0:
            return None
        variance = max(stay.length_spread, rule.least_spread) ** 2
        off = math.log(stay.length_m) - typical
        whole = variance + rule.lengths**2
        return cls(off, 1.0 / variance, math.exp(-0.5 * off * off / whole) / math.sqrt(whole))


def _typical(stays: Sequence[PortStay]) -> float:
    known = sorted(math.log(s.length_m) for s in stays if math.isfinite(s.length_m) and s.length_m > 0)
    return known[len(known) // 2] if known else 0.0


def _neighbours(model: ChainModel, rule: SamplerRule) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in model.times]
    for (a, b), odds in model.steps.odds.items():
        if odds > rule.negligible:
            near[a].append(b)
            near[b].append(a)
    return near


def _shares(stays: Sequence[PortStay]) -> dict[str, float]:
    """How large a part of its port's stays each berth has."""
    ports: dict[str, list[str]] = {}
    for stay in stays:
        if stay.berth_id:
            ports.setdefault(stay.port, []).append(stay.berth_id)
    return {berth: (all_.count(berth) + 0.5) / (len(all_) + 1.0) for all_ in ports.values() for berth in set(all_)}
