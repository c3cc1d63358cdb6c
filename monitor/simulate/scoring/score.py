"""Output tables against a season's truth: how much was found, and how much of what was stated is so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.errors import DataError
from monitor.core.findings import LIKELIHOODS
from monitor.simulate.scoring.aviation import air_figures
from monitor.simulate.scoring.chains import chain_figures
from monitor.simulate.scoring.counts import count_figures
from monitor.simulate.scoring.dark import dark_figures, judged_statements, match_figures
from monitor.simulate.scoring.identity import candidate_figures, identity_figures
from monitor.simulate.scoring.imagery import berth_figures, detection_figures, stack_figures
from monitor.simulate.scoring.land import change_figures, oil_figures, state_figures
from monitor.simulate.scoring.pairing import Figure, Tables, pair_vessels, share
from monitor.simulate.scoring.rule import RULE
from monitor.simulate.scoring.shuttles import shuttle_figures
from monitor.simulate.scoring.stays import visit_figures, voyage_figures


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSheet:
    """How well an output agrees with the truth.

    Attributes
    ----------
    figures : DataFrame
        ``table, figure, value, cases``; value NaN where nothing could be scored.
    reliability : DataFrame
        ``word, low, high, cases, observed, holds``; `holds` is missing below 30 cases.
    """

    figures: pd.DataFrame
    reliability: pd.DataFrame

    def value(self, table: str, figure: str) -> float:
        """One figure; NaN when it was not scored."""
        found = self.figures[(self.figures["table"] == table) & (self.figures["figure"] == figure)]
        return float(found["value"].iloc[0]) if len(found) else float("nan")

    def as_json(self) -> dict[str, object]:
        """The sheet as plain values; NaN becomes None."""

        def plain(table: pd.DataFrame) -> list[dict[str, object]]:
            rows = table.astype(object).where(table.notna(), None).to_dict("records")
            return [{str(key): value for key, value in row.items()} for row in rows]

        return {"figures": plain(self.figures), "reliability": plain(self.reliability)}

    def text(self) -> str:
        """The sheet as lines of text."""
        none = self.value("shuttles", "told") == self.value("shuttles", "true") == 0
        figures = self.figures[self.figures["table"] != "shuttles"] if none else self.figures
        lines = [
            f"{row.table:<14} {row.figure:<41} {_number(row.value, 'not scored'):>10}  n={row.cases}"
            for row in figures.itertuples()
        ]
        lines += [f"{'shuttles':<14} none told, none true"] if none else []
        lines += [
            f"{'words':<14} {row.word:<41} {_number(row.observed, 'no cases'):>10}  n={row.cases}"
            for row in self.reliability.itertuples()
        ]
        return "\n".join(lines)


def score(tables: Tables, truth: Tables) -> ScoreSheet:
    """Every output table that is there against the truth.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By name, any of ``detections, berth_states, stacks, counts, matches, dark_events, gap_candidates, visits,
        voyages, shuttles, identity, air_calls, air_positions, airfields, land_states, land_changes, chains,
        chain_links`` as in `core.tables`; those missing are not scored.
    truth : mapping of str to DataFrame
        The tables of `simulate.truth`.

    Notes
    -----
    A thing is *observable* when the season's pixels or AIS could show it at all: a vessel in the swath and not under
    cloud; a stay with at least one clear observation; a leg both of whose stays are observable; a dark vessel that was
    detected while two others were received near the port on either side of the instant. Recall is of observable things.
    """
    vessels = truth["vessels"]
    detections = tables.get("detections")
    pairs = pd.Series(dtype="int64") if detections is None else pair_vessels(detections, vessels)
    figures: list[Figure] = []
    if detections is not None:
        figures += detection_figures(detections, vessels, pairs)
    if "berth_states" in tables:
        figures += berth_figures(tables["berth_states"], truth["berths"])
    if "stacks" in tables:
        figures += stack_figures(tables["stacks"], truth["stacks"])
    if "matches" in tables and detections is not None:
        figures += match_figures(tables["matches"], detections, vessels, pairs)
    dark = tables.get("dark_events")
    judged: list[tuple[float, bool]] = []
    if dark is not None and detections is not None:
        figures += dark_figures(dark, detections, truth, pairs)
        judged += list(judged_statements(dark, vessels, pairs))
    if "visits" in tables:
        figures += visit_figures(tables["visits"], truth["visits"])
    if "voyages" in tables:
        figures += voyage_figures(tables["voyages"], truth)
    if "shuttles" in tables:
        figures += shuttle_figures(tables["shuttles"], truth)
    if "counts" in tables:
        figures += count_figures(tables["counts"], truth)
    if "identity" in tables and "visits" in tables:
        figures += identity_figures(tables["identity"], tables["visits"], truth)
    if "gap_candidates" in tables and dark is not None and detections is not None:
        figures += candidate_figures(tables["gap_candidates"], dark, truth, pairs)
    if "air_calls" in tables and "flights" in truth:
        figures += air_figures(tables, truth["flights"])
    if "zones" in truth:
        figures += _land_figures(tables, truth)
    sheet = pd.DataFrame(figures, columns=["table", "figure", "value", "cases"])
    return ScoreSheet(sheet, reliability(judged))


def _land_figures(tables: Tables, truth: Tables) -> list[Figure]:
    """What is known of places beyond the quay; a season without them has no such truth."""
    figures: list[Figure] = []
    if "land_states" in tables:
        figures += state_figures(tables["land_states"], truth["land_states"])
    if "land_changes" in tables:
        figures += change_figures(tables["land_changes"], truth)
    if "visits" in tables:
        figures += oil_figures(tables["visits"], truth)
    if "chains" in tables and "chain_links" in tables:
        figures += chain_figures(tables["chains"], tables["chain_links"], truth["chain_links"])
    return figures


def with_ids_of(scenes: Collection[str], truth: Tables) -> dict[str, pd.DataFrame]:
    """The truth with its scenes named as the output names them.

    Scenes that were read from a folder of files have the AOI's id behind the season's own.

    Parameters
    ----------
    scenes : collection of str
        Ids of the scenes that the output is made of.
    truth : mapping of str to DataFrame
        As `score` takes it.
    """
    known = set(scenes)
    made = {}
    for name, table in truth.items():
        if "scene_id" in table and "aoi_id" in table:
            read = table["scene_id"] + "_" + table["aoi_id"]
            table = table.assign(scene_id=table["scene_id"].where(~read.isin(known), read))
        made[name] = table
    return made


def check_same_scenes(scenes: Collection[str], truth: Tables) -> None:
    """Refuse a truth that is of other scenes: against it every figure would be 0.

    Parameters
    ----------
    scenes : collection of str
        Ids of the scenes that the output is made of.
    truth : mapping of str to DataFrame
        As `score` takes it.

    Raises
    ------
    DataError
        None of the scenes is in the truth; the message names one of each.
    """
    known = {str(name) for table in truth.values() if "scene_id" in table for name in table["scene_id"].unique()}
    if scenes and known and known.isdisjoint(scenes):
        raise DataError(
            f"the truth is of other scenes ({len(known)}, such as {min(known)}) than the workspace "
            f"({len(scenes)}, such as {min(scenes)}); give the truth of the season that these scenes are of by --truth"
        )


def _number(value: float, missing: str) -> str:
    return missing if np.isnan(value) else f"{value:.3f}"


def reliability(judged: list[tuple[float, bool]]) -> pd.DataFrame:
    """Every likelihood word with the share of its statements that were so.

    Parameters
    ----------
    judged : list of tuple
        Stated probability and outcome, one pair a statement.

    Notes
    -----
    `holds` is whether the observed share lies in the word's range (the outer words reach to 0 and 1); it is missing
    below 30 cases.
    """
    rows = []
    for n, (word, low, high) in enumerate(LIKELIHOODS):
        floor, ceiling = (0.0 if n == 0 else low), (1.0 if n == len(LIKELIHOODS) - 1 else high)
        mine = [so for p, so in judged if floor <= p < ceiling or (p == 1.0 and ceiling == 1.0)]
        observed = share(sum(mine), len(mine))
        holds = None if len(mine) < RULE.word_cases else floor <= observed <= ceiling
        rows.append((word, floor, ceiling, len(mine), observed, holds))
    columns = ["word", "low", "high", "cases", "observed", "holds"]
    return pd.DataFrame(rows, columns=columns).astype({"holds": "boolean"})
