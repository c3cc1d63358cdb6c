"""What others saw, compared with what we saw; beside it, never mixed with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.tables import BERTH_STATES, COVERAGE, LEDGER, STACKS, VISITS
from monitor.core.tableset import TableSet
from monitor.core.wording import at_least, day, day_and_time, plural
from monitor.fuse.ledger.observations import PRESENT
from monitor.fuse.stays.berth_observations import EMPTY, OCCUPIED

MATCHED, EXTERNAL_ONLY, MONITOR_ONLY = "matched", "external_only", "monitor_only"
NOT_OBSERVABLE, NOT_COMPARABLE = "not_observable", "not_comparable"
VERDICTS = (MATCHED, EXTERNAL_ONLY, MONITOR_ONLY, NOT_OBSERVABLE, NOT_COMPARABLE)
OURS = "ours"

LEAST_M = 60.0
"""Shorter hulls are no promise at 10 m: the detector's recall was measured from this length on."""

_LENGTH = re.compile(r"\((\d+) m\)")
_PIERS = re.compile(r"piers?\D{0,8}(\d)(?:\s*[–-]\s*(\d))?", re.IGNORECASE)
_LETTERED = re.compile(r"\b[Pp]ier ([A-Z])\b")
_LENGTH_SLACK = 0.1

_BOUNDS = ("arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after")

Row = Mapping[object, object]
LedgerRow = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class _Port:
    aoi: Aoi
    visits: pd.DataFrame
    states: pd.DataFrame
    stacks: pd.DataFrame
    coverage: pd.DataFrame
    names: Mapping[str, str]
    first: pd.Timestamp
    last: pd.Timestamp

    def clear(self, start: object, end: object) -> pd.Series:
        """The instants of the observations in which a berth was seen, or where berths are not known, the water."""
        seen = self.states[self.states["state"].isin([OCCUPIED, EMPTY])]
        if self.states.empty and len(self.coverage):
            seen = self.coverage[self.coverage["state"] != "not observed"]
        return _inside(seen, start, end)["acquired_at"].drop_duplicates().sort_values()


def _port(aoi: Aoi, tables: TableSet) -> _Port:
    """What concerns one port."""
    own = tables.of(aoi.id)
    visits, states, stacks, coverage = own[VISITS], own[BERTH_STATES], own[STACKS], own[COVERAGE]
    times = pd.concat(
        [*(table["acquired_at"] for table in (states, stacks, coverage)), *(visits[name] for name in _BOUNDS)]
    ).dropna()
    first, last = (times.min(), times.max()) if len(times) else (pd.NaT, pd.NaT)
    names = {zone.id: zone.name or zone.id for zone in aoi.zones}
    return _Port(
        aoi=aoi, visits=visits, states=states, stacks=stacks, coverage=coverage, names=names, first=first, last=last
    )


def compare(observations: pd.DataFrame, aois: Iterable[Aoi], tables: TableSet) -> pd.DataFrame:
    """LEDGER: each observation against ours, then our visits that nobody published or noted.

    Parameters
    ----------
    observations : OBSERVATIONS table
    aois : iterable of Aoi
        The ports; an observation belongs to one when its ``port`` is the port's id or name.
    tables : TableSet
        VISITS, BERTH_STATES, STACKS and COVERAGE.

    Returns
    -------
    LEDGER table
        ``matched``: a stay (or stack, or absence) of ours may be the same; ``external_only``: we had a clear
        observation in that time and saw none; ``monitor_only``: ours, where they saw none or report nothing;
        ``not_observable``: we could not have seen it, with the cause; ``not_comparable``: totals, and what is no stay
        at a watched port.
    """
    ports = [_port(aoi, tables) for aoi in aois]
    by_name = {name.casefold(): port for port in ports for name in (port.aoi.id, port.aoi.name) if name}
    rows, explained = [], set[str]()
    for row in observations.to_dict("records"):
        entry = _entry(row, by_name.get(str(row["port"]).casefold()), ports)
        explained |= set(str(entry["visit_id"]).split())
        rows.append(entry)
    for port in ports:
        rows += [_ours(visit, port) for visit in port.visits.to_dict("records") if visit["visit_id"] not in explained]
    return LEDGER.conform(pd.DataFrame(rows)) if rows else LEDGER.empty()


def _entry(row: Row, port: _Port | None, ports: list[_Port]) -> LedgerRow:
    entry: LedgerRow = {
        "entry_id": f"ledger|{row['observation_id']}",
        "visit_id": "",
        "cause": "",
        "observations": 0,
        **{
            str(name): row[name]
            for name in ("observation_id", "origin", "berth", "start", "end", "event", "vessel", "source", "confidence")
        },
        "port": port.aoi.id if port else str(row["port"]),
    }
    event = str(row["event"])
    if event in ("aggregate", "transit"):
        return entry | _total(row, event, ports)
    if port is None:
        named = sum(one.aoi.id.casefold() in str(row["port"]).casefold() for one in ports)
        why = "the source leaves the port open" if named > 1 else "no watched port of that name"
        return entry | {"verdict": NOT_COMPARABLE, "reason": why}
    if event not in PRESENT | {"absent", "departed", "containers_seen"}:
        return entry | {"verdict": NOT_COMPARABLE, "reason": f"{event.replace('_', ' ')}: not a stay at a berth"}
    entry["observations"] = len(port.clear(row["start"], row["end"]))
    if pd.isna(port.first) or row["end"] <= port.first or row["start"] > port.last:
        return entry | _unarchived(row, port)
    if event == "containers_seen":
        return entry | _stacks(row, port)
    return entry | _stays(row, event, port)


def _total(row: Row, event: str, ports: list[_Port]) -> LedgerRow:
    if event == "transit":
        return {"verdict": NOT_COMPARABLE, "reason": "a passage, not a sighting in a port"}
    named = [port for port in ports if port.aoi.id.casefold() in str(row["port"]).casefold()]
    ours = [
        f"{at_least(len(_reaching(port, row)), 'visit')} at {port.aoi.id} in {plural(len(clear), 'clear observation')}"
        for port in named
        if len(clear := port.clear(row["start"], row["end"]))
    ]
    beside = f"; ours in that time: {', '.join(ours)}" if ours else ""
    return {"verdict": NOT_COMPARABLE, "reason": f"a total, not a sighting{beside}"}


def _unarchived(row: Row, port: _Port) -> LedgerRow:
    if pd.isna(port.first):
        return _unseen("no observation", "nothing of this port is archived")
    if row["end"] <= port.first:
        return _unseen("before archive", f"before the archive begins on {day(port.first)}")
    return _unseen("after archive", f"after the last archived observation on {day(port.last)}")


def _stays(row: Row, event: str, port: _Port) -> LedgerRow:
    sure = _best(row, port, _reaching(port, row, surely=True))
    clear = port.clear(row["start"], row["end"])
    if event == "absent":
        if len(sure):
            return {
                "verdict": MONITOR_ONLY,
                "reason": f"we saw a ship there: {_described(row, port, sure)}",
                **_ids(sure),
            }
        if len(clear):
            return {"verdict": MATCHED, "reason": f"no ship in our {_observations(clear)} either"}
        return _why(row, port)
    ours = _fitting(row, sure)
    if len(ours):
        return {
            "verdict": MATCHED,
            "reason": f"a stay of ours covers that time: {_described(row, port, ours)}",
            **_ids(ours),
        }
    may = _fitting(row, _best(row, port, _reaching(port, row), only=bool(_piers(str(row["berth"])))))
    if len(may):
        return {
            "verdict": MATCHED,
            "reason": f"a stay of ours may be the same: {_described(row, port, may)}",
            **_ids(may),
        }
    other = f"; what we saw there was of another length: {_described(row, port, sure)}" if len(sure) else ""
    if _length(row) < LEAST_M:
        short = f"too small: {_length(row):.0f} m, and hulls under {LEAST_M:.0f} m are not sure to be found"
        return _unseen("too small", short + other)
    if len(clear):
        return {
            "verdict": EXTERNAL_ONLY,
            "reason": f"no such ship at a berth in our {_observations(clear)}, a snapshot each{other}",
        }
    return _why(row, port)


def _fitting(row: Row, stays: pd.DataFrame) -> pd.DataFrame:
    """Those whose length allows what the source states of it; all where either is not known."""
    stated = _length(row)
    if stated == float("inf") or stays.empty:
        return stays
    low, high = stays["length_low_m"] * (1 - _LENGTH_SLACK), stays["length_high_m"] * (1 + _LENGTH_SLACK)
    return stays[~(stated < low) & ~(stated > high)]


def _reaching(port: _Port, row: Row, *, surely: bool = False) -> pd.DataFrame:
    """Our stays that reach into a time: surely, or as far as their bounds allow; the archive's ends bound the rest."""
    stays = port.visits
    came = stays["arrived_not_after"] if surely else stays["arrived_not_before"].fillna(port.first)
    went = stays["departed_not_before"] if surely else stays["departed_not_after"].fillna(port.last)
    return stays[(came < row["end"]) & (went >= row["start"])]


def _best(row: Row, port: _Port, stays: pd.DataFrame, *, only: bool = False) -> pd.DataFrame:
    """Those at the pier that the source names, else beside it; all when there are none, unless `only` these will do."""
    named = _piers(str(row["berth"]))
    ours = [_piers(port.names.get(str(berth), str(berth))) for berth in stays["berth_id"]]
    at, near = ([bool(p) and p <= named for p in ours], [bool(p & named) for p in ours])
    return stays[at] if any(at) else stays[near] if only or any(near) else stays


def _same_pier(row: Row, port: _Port, berth: str) -> bool:
    return bool(_piers(str(row["berth"])) & _piers(port.names.get(berth, berth)))


def _piers(text: str) -> set[str]:
    return {number for found in _PIERS.findall(text) for number in found if number} | set(_LETTERED.findall(text))


def _described(row: Row, port: _Port, stays: pd.DataFrame) -> str:
    """Berth and length of the first of our stays, and how they fit what the source states."""
    first = stays.iloc[0]
    place = port.names.get(str(first["berth_id"]), str(first["berth_id"]))
    if _piers(str(row["berth"])) and not _same_pier(row, port, str(first["berth_id"])):
        place += " (the source names another berth)"
    stated, low, high = _length(row), first["length_low_m"], first["length_high_m"]
    measured = ", of unknown length" if pd.isna(low) else f", {low:.0f}–{high:.0f} m"
    fits = measured if stated != float("inf") else ""
    more = f", and {len(stays) - 1} more" if len(stays) > 1 else ""
    return f"{place}{fits}{more}"


def _length(row: Row) -> float:
    found = _LENGTH.search(str(row["vessel"]))
    return float(found[1]) if found else float("inf")


def _ids(stays: pd.DataFrame) -> LedgerRow:
    return {"visit_id": " ".join(stays["visit_id"].astype(str))}


def _observations(clear: pd.Series) -> str:
    if len(clear) == 1:
        return f"clear observation of {day_and_time(clear.iloc[0])}"
    return plural(len(clear), "clear observation")


def _stacks(row: Row, port: _Port) -> LedgerRow:
    mine = _inside(port.stacks[port.stacks["area_m2"].notna()], row["start"], row["end"])
    if mine.empty:
        return _why(row, port)
    observed = _observations(mine["acquired_at"].drop_duplicates())
    if (mine["area_m2"] > 0).any():
        return {"verdict": MATCHED, "reason": f"stacks in our {observed} too"}
    high = float(str(row["containers_high"]))
    few = f"; {high:.0f} boxes may be too few to be seen at 10 m" if high < 30 else ""
    never = "" if (port.stacks["area_m2"] > 0).any() else "; we never found any at this port, and may be missing them"
    return {"verdict": EXTERNAL_ONLY, "reason": f"no stack in our {observed}{few}{never}"}


def _why(row: Row, port: _Port) -> LedgerRow:
    mine = _inside(port.coverage, row["start"], row["end"])
    if mine.empty:
        return _unseen("no observation", f"no satellite pass of ours in that time{_nearest(row, port)}")
    reasons = sorted({str(reason) for reason in mine["reason"] if reason}) or ["berths not observed"]
    return _unseen(", ".join(reasons), f"our passes in that time were not clear ({', '.join(reasons)})")


def _nearest(row: Row, port: _Port) -> str:
    observations = port.clear(port.first, port.last + timedelta(seconds=1))
    before, after = observations[observations < row["start"]], observations[observations >= row["end"]]
    texts = [
        f"{name} {day_and_time(at)}"
        for name, at in (("the one before", before.max()), ("the one after", after.min()))
        if pd.notna(at)
    ]
    return f"; clear observations: {', '.join(texts)}" if texts else ""


def _unseen(cause: str, reason: str) -> LedgerRow:
    return {"verdict": NOT_OBSERVABLE, "cause": cause, "reason": reason}


def _inside(table: pd.DataFrame, start: object, end: object) -> pd.DataFrame:
    return table[(table["acquired_at"] >= start) & (table["acquired_at"] < end)]


def _ours(visit: Row, port: _Port) -> LedgerRow:
    blank: LedgerRow = dict.fromkeys(("observation_id", "event", "vessel", "cause", "source", "confidence"), "")
    return blank | {
        "entry_id": f"ledger|{visit['visit_id']}",
        "visit_id": visit["visit_id"],
        "origin": OURS,
        "port": port.aoi.id,
        "berth": port.names.get(str(visit["berth_id"]), str(visit["berth_id"])),
        "start": visit["arrived_not_after"],
        "end": visit["departed_not_before"],
        "verdict": MONITOR_ONLY,
        "reason": "nothing is on record for that time",
        "observations": visit["observations"],
    }
