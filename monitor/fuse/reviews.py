"""What a reviewer's decision changes: detections that no longer count, and those that are sure."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from monitor.core.columns import lonlat, texts
from monitor.core.geo.geodesy import distance_m
from monitor.core.tables import DETECTIONS

KEEP, REJECT, FIXED = "keep", "reject", "fixed"
_SAME_SPOT_M = 60.0


@dataclass(frozen=True, slots=True)
class ReviewDecisions:
    """Detections by what reviewers decided of them; ids that no table holds do no harm.

    Attributes
    ----------
    rejected : frozenset of str
        Not what the detector reported; counted nowhere.
    fixed : frozenset of str
        Objects, not ships: set aside, and counted nowhere.
    kept : frozenset of str
        Confirmed by a person, whatever their score.
    statements : frozenset of str
        Ids of visits, voyages and other findings that were rejected.
    """

    rejected: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()

    @property
    def set_aside(self) -> frozenset[str]:
        """Everything that is counted nowhere."""
        return self.rejected | self.fixed


def decisions(reviews: pd.DataFrame, detections: pd.DataFrame | None = None) -> ReviewDecisions:
    """The decisions that the REVIEWS in force add up to.

    Parameters
    ----------
    reviews : REVIEWS table
        All rows; those that do not stand count for nothing.
    detections : DETECTIONS table
        Where they are given, a fixed object away from berths also sets aside what is seen within 60 m of it in other
        scenes, of the same class and unless it was kept: it stands there in every observation. At a berth another
        ship may lie where the object is, so there the decision holds for its own detection alone.
    """
    stand = reviews[reviews["stands"]]
    latest: dict[str, str] = {}
    statements = set()
    for subject, decision, ids in zip(stand["subject"], stand["decision"], stand["detection_ids"], strict=True):
        latest.update(dict.fromkeys(str(ids).split(), str(decision)))
        if decision == REJECT and not ids:
            statements.add(str(subject))
    of = {word: frozenset(name for name, last in latest.items() if last == word) for word in (KEEP, REJECT, FIXED)}
    fixed = of[FIXED]
    if detections is not None and fixed and len(detections):
        fixed |= _beside(detections, fixed) - of[KEEP]
    return ReviewDecisions(of[REJECT], fixed, of[KEEP], frozenset(statements))


def without(detections: pd.DataFrame, reviewed: ReviewDecisions) -> pd.DataFrame:
    """The detections that still count."""
    if not reviewed.set_aside:
        return detections
    kept = detections[~detections["detection_id"].isin(list(reviewed.set_aside))].reset_index(drop=True)
    return DETECTIONS.conform(kept) if kept.empty else kept


def _beside(detections: pd.DataFrame, fixed: frozenset[str]) -> frozenset[str]:
    away = detections[[zone != "berth" for zone in texts(detections, "zone")]].reset_index(drop=True)
    known = away[away["detection_id"].isin(list(fixed))]
    if known.empty:
        return frozenset()
    lon, lat = lonlat(away)
    found: set[str] = set()
    for index in known.index:
        near = distance_m(lon[index], lat[index], lon, lat) <= _SAME_SPOT_M
        same = away["class_name"] == away["class_name"].iloc[index]
        found |= set(away.loc[near & same.to_numpy(), "detection_id"].astype(str))
    return frozenset(found)
