"""What AIS and imagery show of one another: matches and gaps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.columns import floats
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.statistics import binomial_interval
from monitor.core.tables import DARK_EVENTS, GAP_CALLS, GAP_RULES, GAPS, MATCHES, NULL_TESTS
from monitor.core.wording import coordinates, hours, minute, number, plural
from monitor.fuse.dark.candidates import SailingRule
from monitor.fuse.dark.events import DARK
from monitor.report.page.blocks import Cell, Section, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import GAP_LIMIT, NOT_COMPARED, STATUS, UNMATCHED_LIMIT, when

MOST_GAPS = 40
DAY_H = 24.0
"""By how many hours AIS is shifted to see what chance alone would match."""
_SAILING = SailingRule()
_ORDER = ("matched", "potential", "unmatched", "ais_only")


def compared(given: BriefInput) -> pd.DataFrame:
    """The MATCHES of the period at the brief's ports that AIS and imagery gave; empty where none were compared."""
    matches = MATCHES.within(given.tables[MATCHES], given.period)
    return matches[matches["aoi_id"].isin([aoi.id for aoi in given.aois]) & (matches["status"] != "not compared")]


def ais(given: BriefInput) -> Section:
    """By observation: how many detections AIS explains, and how many AIS positions imagery does not show."""
    names = {aoi.id: aoi.name or aoi.id for aoi in given.aois}
    matches = compared(given)
    dark = set(given.tables[DARK_EVENTS].loc[given.tables[DARK_EVENTS]["status"] == DARK, "scene_id"])
    scenes, nulls = {a.id: a for a in given.acquisitions}, _nulls(given, names)
    chance = {str(r.scene_id): f"{r.by_chance} of {r.detections}" for r in nulls.itertuples()}
    rows = []
    for (aoi_id, scene_id), group in matches.groupby(["aoi_id", "scene_id"], sort=False):
        tally = group["status"].value_counts()
        events = given.tables[DARK_EVENTS]
        events = events[(events["scene_id"] == scene_id) & (events["status"] == DARK)] if scene_id in dark else []
        scene = scenes.get(str(scene_id))
        at = when(scene) if scene else minute(group["acquired_at"].iloc[0])
        rows.append(
            (
                group["acquired_at"].iloc[0],
                str(scene_id),
                (
                    Cell(at),
                    Cell(names[str(aoi_id)]),
                    *(Cell(str(int(tally.get(s, 0)))) for s in _ORDER),
                    Cell(str(len(events)), "warn" if len(events) else ""),
                    Cell(chance.get(str(scene_id), "–")),
                    Cell(str(scene_id)),
                ),
            )
        )
    table = Table(
        "Detections and AIS, observation by observation",
        (
            "Observation",
            "Port",
            "Matched",
            "Potential",
            "Unmatched",
            "On AIS only",
            "Of the unmatched: dark events",
            "By chance, AIS shifted by a day",
            "Scene",
        ),
        tuple(cells for _, _, cells in sorted(rows, key=lambda row: row[:2])),
        numeric=(2, 3, 4, 5, 6, 7),
        compact=True,
        empty=NOT_COMPARED,
    )
    words = Table(
        "What the words and codes mean",
        ("Code", "Meaning"),
        tuple((Cell(code), Cell(text)) for code, text in STATUS.values()),
        compact=True,
    )
    by_chance = Text((_by_chance(nulls),), "note")
    return Section("ais", "AIS and imagery", (table, by_chance, Text((UNMATCHED_LIMIT,), "limit"), words))


def _nulls(given: BriefInput, ports: Mapping[str, str]) -> pd.DataFrame:
    """The null tests with AIS of another day, of the period's observations that had detections and a known hour."""
    made = NULL_TESTS.within(given.tables[NULL_TESTS], given.period)
    made = made[made["aoi_id"].isin(ports) & (made["shift_h"] == DAY_H)]
    return made[made["chance_rate"].notna()]


def _by_chance(nulls: pd.DataFrame) -> str:
    """How many matches chance alone would give, from AIS of another day."""
    of, by_chance = int(nulls["detections"].sum()), int(nulls["by_chance"].sum())
    if not of:
        return (
            "How many matches chance alone would give is not known for this period: no observation was "
            "compared with AIS "
            "shifted by a day."
        )
    low, high = binomial_interval(by_chance, of, level=0.95)
    return (
        f"By chance, with AIS shifted by a day, {by_chance} of {plural(of, 'detection')} ({by_chance / of:.1%}, 95 % "
        f"interval {low:.1%}–{high:.1%}) would match a ship that was not there; ships that lay there on both days are "
        "not counted as chance. Where the day before has no AIS, this is too low."
    )


def gaps(given: BriefInput) -> Section:
    """AIS gaps that touch the period and left time for a call at a port of the brief, longest first."""
    touching = GAPS.within(given.tables[GAPS], given.period)
    made = touching[could_call(touching, given)]
    shown = made.sort_values(["duration_h", "gap_id"], ascending=[False, True]).head(MOST_GAPS)
    rows = tuple(
        (
            Cell(f"MMSI {r.mmsi}"),
            Cell(minute(r.start)),
            Cell(minute(r.end) if r.is_closed else "open at the cut-off"),
            Cell(hours(r.duration_h)),
            Cell("–" if pd.isna(r.distance_m) else f"{r.distance_m / METRES_PER_NAUTICAL_MILE:.0f} nmi"),
            Cell(number(r.implied_kn, 1, "kn")),
            Cell(coordinates(r.start_lon, r.start_lat, 3)),
            Cell(coordinates(r.end_lon, r.end_lat, 3)),
            Cell(str(r.positions_before_12h)),
            *_explained(given, str(r.gap_id)),
        )
        for r in shown.itertuples()
    )
    left = f" {len(made) - len(shown)} shorter ones are in the export." if len(made) > len(shown) else ""
    if away := len(touching) - len(made):
        left += (
            f" {away} more in the period left no time for a call here at {_SAILING.fastest_kn:.0f} kn, or are of ships "
            f"last received over {_SAILING.longest_silent_d:.0f} days before it; they are in the export."
        )
    table = Table(
        "AIS gaps, longest first",
        (
            "Vessel",
            "Last position",
            "Next position",
            "Lasted",
            "Distance",
            "Speed implied",
            "Last at",
            "Next at",
            "Positions in the 12 h before",
            "Others received there meanwhile",
            "Coastal rule · open-sea rule",
            "Time for a call at",
        ),
        rows,
        "Distance along the geodesic between the two positions; the speed is the least that fits. The rules ask "
        "whether reception explains the silence: the coastal one wants three other vessels received nearby meanwhile "
        "and regular positions before, the open-sea one is that of Welch et al. 2022. Time for a call is computed by "
        "water at the speed the ship has shown; it shows what was possible, not what took place." + left,
        numeric=(3, 4, 5, 8),
        empty="No gap in the positions at hand touches this period and left time for a call here. Without positions "
        "there are no gaps to see." + left,
        compact=True,
    )
    return Section("gaps", "AIS gaps", (table, Text((GAP_LIMIT,), "limit")))


def could_call(gaps: pd.DataFrame, given: BriefInput) -> npt.NDArray[np.bool_]:
    """Whether each gap left time to sail by a port of the brief; along the geodesic, so none that could is left out.

    Parameters
    ----------
    gaps : GAPS table
    given : BriefInput
        Its ports, period and cut-off.
    """
    cut_off = pd.Timestamp(given.cut_off)
    lasted_h = (gaps["end"].fillna(cut_off) - gaps["start"]).dt.total_seconds().to_numpy() / 3600.0
    oldest = pd.Timestamp(given.period.start) - pd.Timedelta(days=_SAILING.longest_silent_d)
    found: npt.NDArray[np.bool_] = np.zeros(len(gaps), dtype=bool)
    for aoi in given.aois:
        port = aoi.geometry.centroid
        there, on = (
            distance_m(floats(gaps, f"{side}_lon"), floats(gaps, f"{side}_lat"), port.x, port.y)
            for side in ("start", "end")
        )
        nmi = (np.nan_to_num(there) + np.nan_to_num(on)) / METRES_PER_NAUTICAL_MILE
        found |= nmi <= lasted_h * _SAILING.fastest_kn
    could: npt.NDArray[np.bool_] = found & (gaps["start"] >= oldest).to_numpy(dtype=bool)
    return could


def _explained(given: BriefInput, gap_id: str) -> tuple[Cell, ...]:
    """Whether others were received, what the rules find, and which ports the silence left time for."""
    rules, calls = given.tables[GAP_RULES], given.tables[GAP_CALLS]
    rule = next(iter(rules[rules["gap_id"] == gap_id].to_dict("records")), None)
    names = given.place_names
    fits = calls[(calls["gap_id"] == gap_id) & calls["is_feasible"]].sort_values("rank")
    ports = [
        f"{names.get(r.port_id, r.port_id)}, {'' if r.by_water else 'at most '}{hours(r.spare_h)} to spare"
        for r in fits.head(3).itertuples()
    ]
    return (
        Cell("–" if rule is None else str(rule["others_during"])),
        Cell("–" if rule is None else f"{rule['coastal']} · {rule['open_sea']}"),
        Cell("; ".join(ports) or "none of these ports"),
    )
