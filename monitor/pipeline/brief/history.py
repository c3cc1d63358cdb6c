"""What the last issue of a brief stated, what of it no longer holds and why, and whether findings were reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import pandas as pd

from monitor.core.findings import Finding
from monitor.core.tables import MATCHES, REVIEWS
from monitor.core.tableset import TableSet
from monitor.fuse.matching.versions import SUPERSEDED
from monitor.pipeline import snapshot
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import NOTE
from monitor.pipeline.review.queue import subject_of
from monitor.report.page.model import Correction
from monitor.store.records import Record
from monitor.store.reviews import ReviewStore

_KIND = "issue"
_MOST = 40
_LATE_AIS = "AIS that came later"
_WHY = {"reject": "rejected", "fixed": "seen to be a fixed object"}


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a brief: when, from which derived tables, and each finding's claim by id.

    `known` are the reviews and revised matches that were there, so that no clock says what came later; None where an
    older version wrote the issue.
    """

    at: datetime
    made_from: str
    claims: Mapping[str, str]
    known: frozenset[str] | None = None

    def later(self, ids: pd.Series, at: pd.Series) -> pd.Series:
        """Which rows, by id, came after the issue; by the clock where the issue does not say what it knew."""
        return at > pd.Timestamp(self.at) if self.known is None else ~ids.isin(self.known)


def last_issue(context: Context) -> Issue | None:
    """The last issue about these ports that was made from other tables than there are now; None when there is none."""
    found = [_issue(r) for r in context.archive.records(_KIND) if r.body.get("ports") == _scope(context)]
    current = context.archive.read_note(NOTE).strip()
    return next((issue for issue in reversed(found) if issue.made_from != current), None)


def note_issue(context: Context, stated: Iterable[Finding]) -> None:
    """Record what an issue stated; the same tables make the same issue, however often it is written."""
    made_from, scope = context.archive.read_note(NOTE).strip(), _scope(context)
    matches = context.archive.read_table(MATCHES.name, MATCHES)
    known = [*(r.id for r in ReviewStore(context.archive).rows()), *_versions(matches[matches["version"] > 1])]
    body = {"ports": scope, "made_from": made_from, "claims": {f.id: f.claim for f in stated}, "known": known}
    at = context.now.replace(microsecond=0)
    context.archive.record(Record(_KIND, f"{scope}|{made_from[:16]}", at, body))


def corrections(context: Context, tables: TableSet, stated: Sequence[Finding]) -> tuple[Correction, ...]:
    """What the last issue stated that no longer holds, newest first: reviews, late AIS, and claims that changed.

    Parameters
    ----------
    context : Context
        The ports of the brief.
    tables : TableSet
        DETECTIONS and MATCHES as they are, all versions; REVIEWS.
    stated : sequence of Finding
        Every finding that stands now, of any period.

    Returns
    -------
    tuple of Correction
        Empty without an earlier issue. At most forty, with a line that states how many more there are.
    """
    since = last_issue(context)
    if since is None:
        return ()
    found = [*_reviewed(tables, since), *_rematched(tables, since, snapshot.decisions(tables).set_aside)]
    explained = {subject_of(c.what) for c in found}
    now, claims = context.now.replace(microsecond=0), {f.id: f.claim for f in stated}
    for name, claim in since.claims.items():
        if claims.get(name) == claim or subject_of(name) in explained:
            continue
        after = claims.get(name)
        what = f"No longer stated: {claim}" if after is None else f"Was: {claim} Is now: {after}"
        found.append(Correction(now, what, "the detections, AIS or coverage behind it changed"))
    made = [Correction(c.when, _spelled(c.what, since), c.why) for c in found]
    made.sort(key=lambda c: (-c.when.timestamp(), c.what))
    if len(made) > _MOST:
        more = Correction(now, f"{len(made) - _MOST} more changes", "`monitor review` and the matches table list them")
        made = [*made[:_MOST], more]
    return tuple(made)


def reviewers(tables: TableSet, stated: Sequence[Finding]) -> tuple[str, int]:
    """Who kept these findings, and how many of them have a decision; "" unless every one of them was kept."""
    table = tables[REVIEWS]
    stand = table[table["stands"]].set_index("subject")
    subjects = [subject_of(f.id) for f in stated]
    known = [name for name in subjects if name in stand.index]
    kept = [name for name in known if stand.loc[name, "decision"] == "keep"]
    if not stated or len(kept) < len(subjects):
        return "", len(known)
    return ", ".join(sorted({str(stand.loc[name, "who"]) for name in kept})), len(known)


def _reviewed(tables: TableSet, since: Issue) -> list[Correction]:
    table = tables[REVIEWS]
    later = table[table["stands"] & table["decision"].isin(list(_WHY)) & since.later(table["review_id"], table["at"])]
    return [
        Correction(
            row["at"].to_pydatetime(),
            str(row["subject"]),
            f"{_WHY[row['decision']]} by {row['who']}" + (f": {row['note']}" if row["note"] else ""),
        )
        for row in later.to_dict("records")
    ]


def _rematched(tables: TableSet, since: Issue, set_aside: frozenset[str]) -> list[Correction]:
    table = tables[MATCHES].sort_values(["match_id", "version"], kind="stable")
    revised = table[(table["version"] > 1) & (table["detection_id"] != "")]
    late = revised[since.later(_versions(revised), revised["as_of"])]
    made = []
    for row in late.to_dict("records"):
        earlier = table[(table["match_id"] == row["match_id"]) & (table["version"] < row["version"])]
        before = str(earlier["status"].iloc[-1]) if len(earlier) else SUPERSEDED
        name = str(row["detection_id"])
        if SUPERSEDED in (before, row["status"]) or name in set_aside:
            continue
        ship = "" if pd.isna(row["mmsi"]) else f" (MMSI {row['mmsi']})"
        why = f"{_LATE_AIS}: was {before}, is {row['status']}{ship}"
        made.append(Correction(row["as_of"].to_pydatetime(), name, why))
    return made


def _versions(matches: pd.DataFrame) -> pd.Series:
    """What names each version of a match."""
    return matches["match_id"].astype("str") + " " + matches["version"].astype("str")


def _spelled(what: str, since: Issue) -> str:
    """The claim that the last issue made of a subject, or the subject itself."""
    claims = {subject_of(name): claim for name, claim in since.claims.items()}
    return f"{claims[what]} ({what})" if what in claims else what


def _scope(context: Context) -> str:
    return " ".join(sorted(context.ids))


def _issue(record: Record) -> Issue:
    claims = cast("Mapping[str, str]", record.body.get("claims") or {})
    known = cast("list[str] | None", record.body.get("known"))
    made_from = str(record.body.get("made_from", ""))
    return Issue(record.at, made_from, claims, None if known is None else frozenset(known))
