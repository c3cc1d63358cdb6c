"""Each statement of a season against its truth: visits, legs, links and shuttles."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd

from monitor.core.findings import LIKELIHOODS
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS, MATCHES, POSITIONS, STACKS
from monitor.fuse import CorrelateRules, Linked, link_voyages, visits
from tests.independent.seasons import Season

LIKELY = next(low for word, low, _ in LIKELIHOODS if word == "likely")
LEAST_M = 60.0
"""Visits of shorter ships are not asked for: the detector is not made for them."""
Row: TypeAlias = dict[str, object]
Calls: TypeAlias = dict[str, tuple[int, int] | None]
Correlation: TypeAlias = Callable[[Season], tuple[pd.DataFrame, Linked]]


@dataclass(slots=True)
class Tally:
    """Statements and seasons of one case, as rows: `stated` by kind and probability, `seasons` with their counts."""

    stated: list[Row] = field(default_factory=list)
    seasons: list[Row] = field(default_factory=list)

    def of(self, kind: str) -> pd.DataFrame:
        """The statements of one kind (visit | leg | link | shuttle); empty with all columns when there are none."""
        rows = [row for row in self.stated if row["kind"] == kind]
        columns = ["kind", "seed", "probability", "true", "mixed", "own", "arrival", "departure", *CROSSED, *INTERVALS]
        table = pd.DataFrame(rows, columns=columns)
        return table.assign(mixed=table["mixed"] == True).astype({"probability": float, "true": bool})  # noqa: E712


CROSSED = ("crossed", "crossed_in_span")
INTERVALS = ("low_90", "high_90", "low_50", "high_50", "median")


def correlated(made: Season, rules: CorrelateRules | None = None) -> tuple[pd.DataFrame, Linked]:
    """The package's visits and voyages of a season, as `monitor.fuse.correlate` asks for them."""
    tables, rules = made.tables, rules or CorrelateRules()
    states = tables[BERTH_STATES]
    stays = visits(states, tables[DETECTIONS], tables[MATCHES], coverage=tables[COVERAGE], rule=rules.visits)
    linked = link_voyages(
        stays, made.aois, stacks=tables[STACKS], positions=tables[POSITIONS], berth_states=states, rule=rules.links
    )
    return stays, linked


def add(tally: Tally, made: Season, seed: int, how: Correlation = correlated) -> None:
    """Add one season's statements and counts to a tally."""
    begun = time.process_time()
    stays, linked = how(made)
    seconds = time.process_time() - begun
    truth = made.truth
    who = {v: _ship_of(str(ids), made) for v, ids in zip(stays["visit_id"], stays["detection_ids"], strict=True)}
    tally.stated += [{"kind": "visit", "seed": seed, **row} for row in _visits(stays, who, made)]
    legs = linked.voyages[linked.voyages["evidence"] != "ais"]
    calls = {row["visit_id"]: _call(row, who[row["visit_id"]], made) for row in stays.to_dict("records")}
    for kind, table in (("leg", legs), ("link", linked.links)):
        ends = zip(table["from_visit"], table["to_visit"], table["probability"], strict=True)
        rows = [{"probability": p, "true": _follows(calls.get(a), calls.get(b))} for a, b, p in ends]
        tally.stated += [{"kind": kind, "seed": seed, **row} for row in rows]
    for row in linked.shuttles.to_dict("records"):
        ships = [who.get(v, 0) for v in str(row["visit_ids"]).split()]
        ship = _most(ships) if pd.isna(row["mmsi"]) else _named(int(str(row["mmsi"])), made)
        tally.stated.append(
            {
                "kind": "shuttle",
                "seed": seed,
                "probability": row["probability"],
                "true": ship in truth.crossing_ships,
                "mixed": ship == 0 and 2 * sum(s in truth.crossing_ships for s in ships) > len(ships),
                "ship": ship,
                "own": float(np.mean([s == ship for s in ships])) if ships else np.nan,
                "crossed": truth.crossed.get(ship, 0),
                "crossed_in_span": _crossed_in(made, ship, row),
                **_interval(row),
            }
        )
    tally.seasons.append({"seed": seed, "seconds": seconds, **_recall(stays, calls, made, tally, seed)})


def _crossed_in(made: Season, ship: int, row: Row) -> int:
    """Crossings of a ship that share an instant with the span of a shuttle's row."""
    mine = made.truth.crossings[made.truth.crossings["ship"] == ship]
    return int(((mine["arrived_at"] >= row["first"]) & (mine["departed_at"] <= row["last"])).sum())


def _follows(first: tuple[int, int] | None, then: tuple[int, int] | None) -> bool:
    """Whether the one call is a ship's next after the other."""
    return first is not None and then is not None and first[0] == then[0] and then[1] == first[1] + 1


def _most(ships: Sequence[int]) -> int:
    """The ship that more than half are; 0 when none is."""
    if not ships:
        return 0
    ship, count = Counter(ships).most_common(1)[0]
    return ship if 2 * count > len(ships) else 0


def _named(mmsi: int, made: Season) -> int:
    """The ship that sends this MMSI, be it at sea alone; 0 when none does."""
    ships = made.truth.ships
    sends = ships.index[(ships["mmsi"] == mmsi) | (ships["mmsi_at_sea"] == mmsi)]
    return int(sends[0]) if len(sends) else 0


def _ship_of(detection_ids: str, made: Season) -> int:
    return _most([made.truth.ship_of[d] for d in detection_ids.split()])


def _stay(row: Row, ship: int, made: Season) -> int | None:
    """The row of the one true stay within which the ship lay at the berth from first to last sighting; else None."""
    stays = made.truth.stays
    held = stays[
        (stays["ship"] == ship)
        & (stays["berth"] == row["berth_id"])
        & (stays["arrived_at"] <= row["arrived_not_after"])
        & (stays["departed_at"] >= row["departed_not_before"])
    ]
    return int(held.index[0]) if len(held) else None


def _call(row: Row, ship: int, made: Season) -> tuple[int, int] | None:
    """Ship and number of the call that a visit is of, by its first sighting; None when it is of no call."""
    stays = made.truth.stays
    held = stays[
        (stays["ship"] == ship)
        & (stays["port"] == row["aoi_id"])
        & (stays["arrived_at"] <= row["departed_not_before"])
        & (stays["departed_at"] >= row["arrived_not_after"])
    ]
    return (ship, int(held["call"].iloc[0])) if ship and len(held) else None


def _visits(stays: pd.DataFrame, who: dict[str, int], made: Season) -> Iterator[Row]:
    """Each visit, whether it is right (one a true stay), and whether the bounds of a right one hold."""
    claimed: set[int] = set()
    for row in stays.sort_values("probability", ascending=False, kind="stable").to_dict("records"):
        ship = who[row["visit_id"]]
        stay = _stay(row, ship, made) if ship else None
        true = stay is not None and stay not in claimed
        said: Row = {"probability": row["probability"], "true": true, "ship": ship}
        if true and stay is not None:
            claimed.add(stay)
            real = made.truth.stays.loc[stay]
            said["arrival"] = _holds(row["arrived_not_before"], real["arrived_at"], row["arrived_not_after"])
            said["departure"] = _holds(row["departed_not_before"], real["departed_at"], row["departed_not_after"])
        yield said | {"stay": stay if true else None}


def _holds(low: object, value: object, high: object) -> bool:
    return (pd.isna(low) or value >= low) and (pd.isna(high) or value <= high)  # type: ignore[operator]


def _interval(row: Row) -> Row:
    """Crossings as stated; of tables without them the bounds of the legs stand for the 90 % interval."""
    if "crossings_low_90" in row:
        return {name: row[f"crossings_{name}"] for name in INTERVALS}
    return {"low_90": row["legs_low"], "high_90": row["legs_high"]}


def _recall(stays: pd.DataFrame, calls: Calls, made: Season, tally: Tally, seed: int) -> Row:
    """Counts of true stays that could be found and were, and of shuttles."""
    truth = made.truth
    told = {
        row["stay"]
        for row in tally.stated
        if row["kind"] == "visit" and row["seed"] == seed and row["true"] and float(str(row["probability"])) >= 0.5
    }
    wanted = truth.stays[(truth.stays["port"] != "") & truth.stays["observed"] & (truth.stays["length_m"] >= LEAST_M)]
    seen = {(ship, at) for ship, at in _sightings(made)}
    detected = [
        any(s == row.ship and row.arrived_at <= at < row.departed_at for s, at in seen) for row in wanted.itertuples()
    ]
    mine = [row for row in tally.stated if row["kind"] == "shuttle" and row["seed"] == seed]
    sure = {row["ship"] for row in mine if float(str(row["probability"])) >= LIKELY}
    return {
        "observed": len(wanted),
        "detected": int(np.sum(detected)),
        "observed_found": sum(i in told for i in wanted.index),
        "detected_found": sum(i in told for i, d in zip(wanted.index, detected, strict=True) if d),
        "unlinked": _unlinked(stays, calls, tally, seed),
        "shuttles": len(truth.shuttles),
        "shuttles_found": len(truth.shuttles & sure),
        "told": len(sure) > 0,
    }


def _unlinked(stays: pd.DataFrame, calls: Calls, tally: Tally, seed: int) -> int:
    """Pairs of calls that follow one another at two ports, both seen, and that no link joins."""
    port_of = {calls[visit]: port for visit, port in zip(stays["visit_id"], stays["aoi_id"], strict=True)}
    pairs = sum((c[0], c[1] + 1) in port_of and port_of[c[0], c[1] + 1] != port for c, port in port_of.items() if c)
    return pairs - sum(row["kind"] == "link" and row["seed"] == seed and bool(row["true"]) for row in tally.stated)


def _sightings(made: Season) -> Iterator[tuple[int, pd.Timestamp]]:
    at = made.tables[DETECTIONS].set_index("detection_id")["acquired_at"]
    return ((ship, at[name]) for name, ship in made.truth.ship_of.items() if ship)
