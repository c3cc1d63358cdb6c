"""What others published, compared with what we saw; beside it, never mixed with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import as_file, files
from pathlib import Path

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.instants import TimeRange, utc
from monitor.core.tables import BERTH_STATES, COVERAGE, LEDGER, OBSERVATIONS, STACKS, VISITS
from monitor.fuse.looks import EMPTY, OCCUPIED

BOTH, THERE, HERE = "both", "only there", "only here"
NOT_OBSERVABLE, NOT_COMPARABLE = "not observable", "not comparable"

PRESENT = frozenset({"docked", "loading", "unloading", "unloading+loading", "arrived"})
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What we have, to compare with: tables default to empty."""

    visits: pd.DataFrame = field(default_factory=VISITS.empty)
    berth_states: pd.DataFrame = field(default_factory=BERTH_STATES.empty)
    stacks: pd.DataFrame = field(default_factory=STACKS.empty)
    coverage: pd.DataFrame = field(default_factory=COVERAGE.empty)


def when(text: str) -> TimeRange:
    """The period that a date of a source stands for: an instant, a day, a month, or from one to the other inclusive.

    Raises
    ------
    DataError
        The text has none of these forms.
    """
    first, _, last = text.strip().partition("/")
    return TimeRange(_part(first).start, _part(last or first).end)


def _part(text: str) -> TimeRange:
    if "T" in text:
        instant = utc(text)
        return TimeRange(instant, instant + timedelta(minutes=1))
    if _MONTH.fullmatch(text) or len(text) == 10:
        return TimeRange.parse(text)
    raise DataError(f"{text!r} is not a date such as 2023-10-20, 2023-10, 2023-10-20T11:01+09:00 or two with a slash")


def read_observations(path: Path | None = None) -> pd.DataFrame:
    """OBSERVATIONS from a CSV file, or the published ones that come with the package.

    The file has the columns ``date, port, berth, vessel, event, containers_low, containers_high, ais_status,
    source, confidence, note``; an analyst's own sightings are a file of the same kind.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, or holds a date that is none; the message names the line.
    """
    if path is None:
        with as_file(files("monitor.fuse") / "data" / "observations.csv") as shipped:
            return read_observations(shipped)
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path}: not a readable list of observations in CSV ({error})") from error
    if "date" not in raw:
        raise DataError(f"{path}: column date missing; there are {', '.join(raw.columns)}")
    spans = []
    for line, text in enumerate(raw["date"], 2):
        try:
            spans.append(when(text))
        except DataError as error:
            raise DataError(f"{path}, line {line}: {error}") from error
    raw["start"] = pd.to_datetime([span.start for span in spans], utc=True)
    raw["end"] = pd.to_datetime([span.end for span in spans], utc=True)
    for column in ("containers_low", "containers_high"):
        raw[column] = pd.to_numeric(raw.get(column, pd.Series("", index=raw.index)), errors="coerce")
    raw["observation_id"] = [f"{path.stem}:{line}" for line in range(2, len(raw) + 2)]
    return OBSERVATIONS.conform(raw)


def compare(observations: pd.DataFrame, aois: Iterable[Aoi], seen: Seen) -> pd.DataFrame:
    """LEDGER: each observation against ours, then our visits that nobody published.

    Parameters
    ----------
    observations : OBSERVATIONS table
    aois : ports; an observation belongs to one when its ``port`` is the port's id
    seen : Seen
        VISITS, BERTH_STATES, STACKS and COVERAGE of these ports.

    Returns
    -------
    LEDGER table
        ``both``: a stay (or stack) of ours may be the same; ``only there``: we looked clearly in that time and saw
        none; ``only here``: ours, where they saw none or published nothing; ``not observable``: no clear look of ours
        falls in that time, with the reason; ``not comparable``: totals, and ports that are not watched.
    """
    ports = {aoi.id.casefold(): aoi.id for aoi in aois}
    rows, explained = [], set[str]()
    for row in observations.to_dict("records"):
        entry = _entry(row, ports.get(str(row["port"]).casefold()), seen)
        explained |= set(str(entry["visit_id"]).split())
        rows.append(entry)
    for visit in seen.visits.to_dict("records"):
        if visit["visit_id"] not in explained and visit["aoi_id"] in ports.values():
            rows.append(_ours(visit))
    return LEDGER.conform(pd.DataFrame(rows)) if rows else LEDGER.empty()


def _entry(row: Mapping[object, object], port: str | None, seen: Seen) -> dict[str, object]:
    entry: dict[str, object] = {
        "entry_id": f"ledger|{row['observation_id']}", "observation_id": row["observation_id"], "visit_id": "",
        "port": port or str(row["port"]), "start": row["start"], "end": row["end"], "looks": 0,
    }  # fmt: skip
    event = str(row["event"])
    if event in ("aggregate", "transit"):
        return entry | {"verdict": NOT_COMPARABLE, "reason": "a total or a passage, not a sighting in a port"}
    if port is None:
        return entry | {"verdict": NOT_COMPARABLE, "reason": "no watched port of that name"}
    if event not in PRESENT | {"absent", "departed", "containers_seen"}:
        return entry | {"verdict": NOT_COMPARABLE, "reason": f"{event or 'the event'} is not a stay at a berth"}
    clear = _clear(port, row, seen)
    entry["looks"] = clear
    if event == "containers_seen":
        return entry | _stacks(port, row, seen)
    return entry | _stays(port, row, event, clear, seen)


def _clear(port: str, row: Mapping[object, object], seen: Seen) -> int:
    states = seen.berth_states
    mine = states[(states["aoi_id"] == port) & states["state"].isin([OCCUPIED, EMPTY])
                  & (states["acquired_at"] >= row["start"]) & (states["acquired_at"] < row["end"])]  # fmt: skip
    return int(mine["scene_id"].nunique())


def _stays(
    port: str, row: Mapping[object, object], event: str, clear: int, seen: Seen
) -> dict[str, object]:  # fmt: skip
    mine = seen.visits[seen.visits["aoi_id"] == port]
    sure = mine[(mine["arrived_not_after"] < row["end"]) & (mine["departed_not_before"] >= row["start"])]
    may = mine[~(mine["arrived_not_before"] >= row["end"]) & ~(mine["departed_not_after"] < row["start"])]
    ids = " ".join(sure["visit_id"]) or " ".join(may["visit_id"])
    if event == "absent":
        if len(sure):
            return {"verdict": HERE, "reason": "we saw a ship at a berth in that time", "visit_id": ids}
        if clear:
            return {"verdict": BOTH, "reason": "no ship in our clear looks either"}
        return {"verdict": NOT_OBSERVABLE, "reason": _why(port, row, seen)}
    if len(sure):
        return {"verdict": BOTH, "reason": "a stay of ours covers that time", "visit_id": ids}
    if len(may):
        return {"verdict": BOTH, "reason": "a stay of ours may cover that time", "visit_id": ids}
    if clear:
        return {"verdict": THERE, "reason": "no ship at a berth in our clear looks"}
    return {"verdict": NOT_OBSERVABLE, "reason": _why(port, row, seen)}


def _stacks(port: str, row: Mapping[object, object], seen: Seen) -> dict[str, object]:
    mine = seen.stacks[(seen.stacks["aoi_id"] == port) & seen.stacks["area_m2"].notna()]
    mine = mine[(mine["acquired_at"] >= row["start"]) & (mine["acquired_at"] < row["end"])]
    if mine.empty:
        return {"verdict": NOT_OBSERVABLE, "reason": _why(port, row, seen)}
    if (mine["area_m2"] > 0).any():
        return {"verdict": BOTH, "reason": "stacks in our clear looks too"}
    return {"verdict": THERE, "reason": "no stack in our clear looks"}


def _why(port: str, row: Mapping[object, object], seen: Seen) -> str:
    mine = seen.coverage[(seen.coverage["aoi_id"] == port) & (seen.coverage["acquired_at"] >= row["start"])
                         & (seen.coverage["acquired_at"] < row["end"])]  # fmt: skip
    if mine.empty:
        return "no satellite pass of ours in that time"
    reasons = sorted({str(reason) for reason in mine["reason"] if reason})
    return f"our passes in that time were not clear: {', '.join(reasons) or 'berths not observed'}"


def _ours(visit: Mapping[object, object]) -> dict[str, object]:
    return {
        "entry_id": f"ledger|{visit['visit_id']}", "observation_id": "", "visit_id": visit["visit_id"],
        "port": visit["aoi_id"], "start": visit["arrived_not_after"], "end": visit["departed_not_before"],
        "verdict": HERE, "reason": "nothing published for that time", "looks": visit["looks"],
    }  # fmt: skip
