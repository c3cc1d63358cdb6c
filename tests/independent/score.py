"""How often stated visits, legs and shuttles come true in independent seasons.

Run ``python -m tests.independent.score CASE... --seeds 0-19 [--shift DAYS] [--out FILE.csv]``; ``all`` and ``nulls``
stand for every case and for those without a shuttle. ``--shift`` moves the observations of all ports but the first by
so many days, so that no leg between ports is true. Prints the tables; every statement goes to the CSV file.

Told is what is stated at "likely" or above. A leg is true when both visits are mostly of one ship, and its next call
after the first is the second. A shuttle is true when most of its visits are of one ship that went to and fro; "of
several": when they are of several such ships, which counts as false all the same. "told in" is the share of seasons
with a shuttle in which any is told, "found in" that in which one that is told is a true silent one. "holds" and "width"
(over the truth) are of the crossings of true ones. A visit is right when it lies within one stay of the ship that most
of its detections are of; recall is over stays of ships of 60 m and more that a detection met, and, as "R of observed",
that a clear observation could have met.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from monitor.core.findings import LIKELIHOODS, likelihood_word
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS, MATCHES, POSITIONS, STACKS
from monitor.fuse import Linked, link_voyages, visits
from tests.independent.cases import CASES, NULLS
from tests.independent.seasons import Season, season, shifted

LIKELY = next(low for word, low, _ in LIKELIHOODS if word == "likely")
LEAST_M = 60.0
"""Visits of shorter ships are not asked for: the detector is not made for them."""
ENOUGH = 30
"""Statements from which a share says something."""
Row: TypeAlias = dict[str, object]
Correlation: TypeAlias = Callable[[Season], tuple[pd.DataFrame, Linked]]


@dataclass(slots=True)
class Tally:
    """Statements and seasons of one case, as rows: `stated` by kind and probability, `seasons` with their counts."""

    stated: list[Row] = field(default_factory=list)
    seasons: list[Row] = field(default_factory=list)

    def of(self, kind: str) -> pd.DataFrame:
        """The statements of one kind (visit | leg | shuttle); empty with all columns when there are none."""
        rows = [row for row in self.stated if row["kind"] == kind]
        columns = ["kind", "seed", "probability", "true", "mixed", "arrival", "departure", "crossed", *INTERVALS]
        table = pd.DataFrame(rows, columns=columns)
        return table.assign(mixed=table["mixed"] == True).astype({"probability": float, "true": bool})  # noqa: E712


INTERVALS = ("low_90", "high_90", "low_50", "high_50", "median")


def correlated(made: Season) -> tuple[pd.DataFrame, Linked]:
    """The package's visits and voyages of a season, as `monitor.fuse.correlate` asks for them."""
    tables = made.tables
    stays = visits(tables[BERTH_STATES], tables[DETECTIONS], tables[MATCHES], coverage=tables[COVERAGE])
    linked = link_voyages(
        stays, made.aois, stacks=tables[STACKS], positions=tables[POSITIONS], berth_states=tables[BERTH_STATES]
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
    for leg in legs.to_dict("records"):
        start, end = (calls.get(leg[side]) for side in ("from_visit", "to_visit"))
        true = start is not None and end is not None and start[0] == end[0] and end[1] == start[1] + 1
        tally.stated.append({"kind": "leg", "seed": seed, "probability": leg["probability"], "true": true})
    for row in linked.shuttles.to_dict("records"):
        ships = [who.get(v, 0) for v in str(row["visit_ids"]).split()]
        ship = _most(ships)
        tally.stated.append(
            {
                "kind": "shuttle",
                "seed": seed,
                "probability": row["probability"],
                "true": ship in truth.crossing_ships,
                "mixed": ship == 0 and 2 * sum(s in truth.crossing_ships for s in ships) > len(ships),
                "ship": ship,
                "crossed": truth.crossed.get(ship, 0),
                **_interval(row),
            }
        )
    tally.seasons.append({"seed": seed, "seconds": seconds, **_recall(stays, who, made, tally, seed)})


def _most(ships: Sequence[int]) -> int:
    """The ship that more than half are; 0 when none is."""
    if not ships:
        return 0
    ship, count = Counter(ships).most_common(1)[0]
    return ship if 2 * count > len(ships) else 0


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


def _recall(stays: pd.DataFrame, who: dict[str, int], made: Season, tally: Tally, seed: int) -> Row:
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
        "shuttles": len(truth.shuttles),
        "shuttles_found": len(truth.shuttles & sure),
        "told": len(sure) > 0,
    }


def _sightings(made: Season) -> Iterator[tuple[int, pd.Timestamp]]:
    at = made.tables[DETECTIONS].set_index("detection_id")["acquired_at"]
    return ((ship, at[name]) for name, ship in made.truth.ship_of.items() if ship)


def case_row(case: str, tally: Tally) -> Row:
    """The figures of one case in a row; shares and means of nothing are NaN."""
    seasons = pd.DataFrame(tally.seasons)
    legs, shuttles, stays = tally.of("leg"), tally.of("shuttle"), tally.of("visit")
    told, known = legs[legs["probability"] >= LIKELY], shuttles[shuttles["probability"] >= LIKELY]
    real = known[known["true"]]
    right = stays[stays["probability"] >= 0.5]
    precision = right["true"].mean() if len(right) else np.nan
    met = seasons[["observed", "observed_found", "detected", "detected_found"]].sum()
    recall = met["detected_found"] / met["detected"] if met["detected"] else np.nan
    with_one = seasons[seasons["shuttles"] > 0]
    width = (real["high_90"].astype(float) - real["low_90"].astype(float)) / real["crossed"].astype(float)
    good = stays[stays["true"]]
    return {
        "case": case,
        "seasons": len(seasons),
        "legs": len(told),
        "stated": told["probability"].mean(),
        "true": told["true"].mean() if len(told) else np.nan,
        "false legs/season": (~told["true"]).sum() / len(seasons),
        "shuttles": len(known),
        "false shuttles/season": (~known["true"]).sum() / len(seasons),
        "of several": int(known["mixed"].sum()),
        "told in": with_one["told"].mean() if len(with_one) else np.nan,
        "found in": (with_one["shuttles_found"] > 0).mean() if len(with_one) else np.nan,
        "holds 90": _coverage(real, "90"),
        "holds 50": _coverage(real, "50"),
        "width": width.median() if len(width) else np.nan,
        "visit P": precision,
        "visit R": recall,
        "F1": 2 * precision * recall / (precision + recall),
        "R of observed": met["observed_found"] / met["observed"] if met["observed"] else np.nan,
        "arrival holds": good["arrival"].astype(float).mean(),
        "departure holds": good["departure"].astype(float).mean(),
        "s/season": seasons["seconds"].mean(),
    }


def _coverage(told: pd.DataFrame, level: str) -> float:
    """The share of true shuttles whose crossings lie in the interval; an end that is not stated is open."""
    low, high = (
        pd.to_numeric(told[f"{end}_{level}"]).to_numpy(dtype=float, na_value=np.nan) for end in ("low", "high")
    )
    stated = np.isfinite(low) | np.isfinite(high)
    if not stated.any():
        return float("nan")
    crossed = told["crossed"].to_numpy(dtype=float)
    return float((~(crossed < low) & ~(crossed > high))[stated].mean())


def reliability(tally: Tally, kind: str) -> pd.DataFrame:
    """``kind, word, statements, stated, true, holds`` by word; `holds`: within 0.07, "" of less than 30 statements."""
    table = tally.of(kind)
    word = table["probability"].map(likelihood_word)
    rows = []
    for name, _, _ in LIKELIHOODS:
        mine = table[word == name]
        if len(mine):
            stated, true = float(mine["probability"].mean()), float(mine["true"].mean())
            holds = str(abs(stated - true) <= 0.07) if len(mine) >= ENOUGH else ""
            rows.append((kind, name, len(mine), stated, true, holds))
    return pd.DataFrame(rows, columns=["kind", "word", "statements", "stated", "true", "holds"])


def pooled(tallies: Sequence[Tally]) -> Tally:
    """The statements of several tallies in one."""
    return Tally([row for t in tallies for row in t.stated], [row for t in tallies for row in t.seasons])


def scored(case: str, seeds: Sequence[int], *, shift_days: float = 0.0, how: Correlation = correlated) -> Tally:
    """A case over some seeds."""
    tally = Tally()
    for seed in seeds:
        made = season(case, seed)
        add(tally, shifted(made, shift_days) if shift_days else made, seed, how)
    return tally


def seeds_of(text: str) -> range:
    """``0-19``: both ends belong to it; ``7`` is one seed."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def report(tallies: dict[str, Tally]) -> str:
    """The tables of some cases as text: figures by case, then reliability over all cases."""
    table = pd.DataFrame([case_row(case, tally) for case, tally in tallies.items()]).round(3)
    parts, columns = [], list(table.columns[1:])
    for shown in (columns[:13], columns[13:]):
        parts.append(table[["case", *shown]].to_string(index=False, na_rep="–"))
    whole = pooled(list(tallies.values()))
    words = pd.concat([reliability(whole, kind) for kind in ("visit", "leg", "shuttle")]).round(3)
    return "\n\n".join([*parts, words.to_string(index=False)])


def main(arguments: Sequence[str]) -> None:
    """Print the tables of the cases asked for."""
    parser = argparse.ArgumentParser(prog="tests.independent.score")
    parser.add_argument("cases", nargs="+", choices=[*CASES, "all", "nulls"], metavar="CASE")
    parser.add_argument("--seeds", type=seeds_of, default=range(20))
    parser.add_argument("--shift", type=float, default=0.0, metavar="DAYS")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    groups = {"all": tuple(CASES), "nulls": NULLS}
    names = list(dict.fromkeys(c for asked_for in asked.cases for c in groups.get(asked_for, (asked_for,))))
    tallies = {}
    for name in names:
        begun = time.monotonic()
        tallies[name] = scored(name, asked.seeds, shift_days=asked.shift)
        print(f"{name}: {len(asked.seeds)} seasons in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print(
        f"seeds {asked.seeds.start}-{asked.seeds.stop - 1}" + (f", shifted {asked.shift} days" if asked.shift else "")
    )
    print(report(tallies))
    if asked.out is not None:
        pd.concat([pd.DataFrame(t.stated).assign(case=c) for c, t in tallies.items()]).to_csv(asked.out, index=False)


if __name__ == "__main__":
    main(sys.argv[1:])
