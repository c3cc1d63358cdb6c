"""Findings that raise an alert, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.findings import LIKELIHOODS, Finding
from monitor.core.schema import UTC
from monitor.core.tables import ALERTS
from monitor.core.timerange import utc
from monitor.fuse.findings import wording

ON_LAND = ("land_change", "first_train", "oil_stay")
RULES = ("dark_event", "unmatched", "visit", "shuttle", "change", "feed", "unseen", *ON_LAND)
"""What can raise an alert: a dark event; an unmatched vessel where AIS reception is not shown; a visit to a watched
berth; a shuttle; a change point of the counts; the AIS feed fallen silent; a port not seen for long; a lasting change
of the ground; the first trains after weeks; a ship at an oil berth."""

DEFAULT_RULES = ("dark_event", "visit", "shuttle", "change", "feed", "unseen", *ON_LAND)
"""The rules in force unless others are chosen."""

NEW, QUIET, OLD, SENT, FAILED, WITHDRAWN = "new", "quiet", "old", "sent", "failed", "withdrawn"

_RENAMED = ("visit", "shuttle", "oil_stay")

CORRECTION = "correction"
"""Rule of the one alert that takes back what was sent and no longer holds; always in force."""

_WORDS = tuple(word for word, _, _ in LIKELIHOODS)
_KNOWN_LATE = {"change": 3, "land_change": 3}
"""A change needs observations on its far side before it can be found: so many times `AlertRule.newest` later."""
_SAME_CHANGE = timedelta(days=21)
"""A change point moves by a few observations as more come in; within this it is the same one."""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Which findings raise an alert.

    Attributes
    ----------
    rules : tuple of str
        Of `RULES`.
    least_likelihood : str
        Findings with a less likely word raise none; plain observations have no word and always do.
    cool_down : timedelta
        What ends within this of another alert of the same rule and place stays ``quiet``; chosen.
    newest : timedelta
        What ended longer ago than this when it was first found is ``old``: a long past is read in without a flood.
    berths : tuple of str
        Ids of berths, or of ports for all of theirs, whose visits raise an alert.

    Raises
    ------
    DataError
        A rule or likelihood word is none.
    """

    rules: tuple[str, ...] = DEFAULT_RULES
    least_likelihood: str = "likely"
    cool_down: timedelta = timedelta(days=3)
    newest: timedelta = timedelta(days=30)
    berths: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if wrong := set(self.rules) - set(RULES):
            raise DataError(f"{', '.join(sorted(wrong))}: no rule of alerts; there are {', '.join(RULES)}")
        if self.least_likelihood not in _WORDS:
            raise DataError(f"{self.least_likelihood!r}: no likelihood; use one of {', '.join(_WORDS)}")


@dataclass(frozen=True, slots=True)
class Stays:
    """Which stay a detection belongs to, and at which berth each stay was: what alerts are about."""

    of_detection: Mapping[str, str] = field(default_factory=dict)
    berth: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, visits: pd.DataFrame) -> Stays:
        """Those of a VISITS table."""
        pairs = zip(visits["visit_id"], visits["detection_ids"], strict=True)
        return cls(
            {name: str(visit) for visit, names in pairs for name in str(names).split()},
            dict(zip(visits["visit_id"].astype(str), visits["berth_id"].astype(str), strict=True)),
        )


def alerts(
    findings: Iterable[Finding],
    previous: pd.DataFrame | None = None,
    *,
    now: datetime,
    as_of: datetime | None = None,
    rule: AlertRule | None = None,
    stays: Stays | None = None,
    simulated: bool = False,
) -> pd.DataFrame:
    """ALERTS for what was not sent before; add them to `previous`.

    Parameters
    ----------
    findings : iterable of Finding
        Of a correlation, of `change_findings`, `feed_findings` and `unseen_findings`.
    previous : ALERTS table, optional
        Of all earlier runs.
    now : datetime
        When this run is, for the record: nothing is decided by it, since a clock may be set back.
    as_of : datetime, optional
        When the watch ends, from which `AlertRule.newest` is counted back; `now` by default.
    rule : AlertRule, optional
        What is reported, from what confidence, and how often.
    stays : Stays, optional
        Makes the observations at one stay one alert, and says which visits are at watched berths.
    simulated : bool
        Whether anything the findings rest on was made up.

    Returns
    -------
    ALERTS table
        New rows only, in order of what they are about; empty when everything was sent. Of several of one rule and
        place in one run the newest is raised, the others are ``quiet``.

    Raises
    ------
    DataError
        An instant has no zone.
    """
    rule, stays = rule or AlertRule(), stays or Stays()
    when, until = pd.Timestamp(utc(now)), utc(as_of or now)
    known = ALERTS.empty() if previous is None else previous
    raised, loud = set(known["alert_id"]), _loud_ends(known)
    now_loud = set[tuple[str, str]]()
    rows: list[dict[str, object]] = []
    for finding in sorted(findings, key=lambda f: (f.end, f.start, f.id), reverse=True):
        name = rule_of(finding)
        about = _stay(finding, stays)
        alert_id, key = f"{name}|{about or finding.id}", (name, _subject(finding, about, stays))
        if alert_id in raised or not _wanted(finding, name, rule, stays) or _moved(finding, key[1], known):
            continue
        raised.add(alert_id)
        late = finding.end < until - rule.newest * _KNOWN_LATE.get(name, 1)
        end = pd.Timestamp(finding.end)
        near = [other for other in loud.get(key, ()) if abs(end - other) < rule.cool_down]
        state = OLD if late else QUIET if near or key in now_loud else NEW
        if state == NEW:
            now_loud.add(key)
            loud.setdefault(key, []).append(end)
        rows.append(
            {
                **_columns(finding),
                "alert_id": alert_id,
                "rule": name,
                "subject": key[1],
                "raised_at": when,
                "quiet_until": max([end, *near]) + rule.cool_down,
                "is_simulated": simulated,
                "state": state,
            }
        )
    if not rows:
        return ALERTS.empty()
    never = pd.Series(pd.NaT, index=range(len(rows)), dtype=UTC)
    table = pd.DataFrame(rows).assign(attempts=0, sent_at=never, sent_to="", error="")
    return ALERTS.conform(table.sort_values(["start", "alert_id"], kind="stable", ignore_index=True))


def still_held(table: pd.DataFrame, findings: Iterable[Finding], stays: Stays) -> pd.Series:
    """Whether what each row of ALERTS states is still found.

    The finding or the stay must be there under its id; a visit or shuttle may also go by another id since, at the same
    berth or port and at a time that overlaps: observations that came later moved where it begins.

    Parameters
    ----------
    table : ALERTS table
        Alerts of any runs.
    findings : iterable of Finding
        All of the present run, over the times of the alerts.
    stays : Stays
        Of the present visits.

    Returns
    -------
    Series of bool
        By the index of `table`.
    """
    current = tuple(findings)
    names = {f.id for f in current} | {f"{rule_of(f)}|{_stay(f, stays) or f.id}" for f in current}
    spans: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    for finding in current:
        if finding.kind in _RENAMED:
            spans.setdefault((finding.kind, _subject(finding, "", stays)), []).append((finding.start, finding.end))
    return pd.Series(
        [
            finding_id in names
            or alert_id in names
            or any(
                start <= pd.Timestamp(last) and end >= pd.Timestamp(first)
                for first, last in spans.get((rule, subject), ())
            )
            for finding_id, alert_id, rule, subject, start, end in zip(
                *(table[name] for name in ("finding_id", "alert_id", "rule", "subject", "start", "end")), strict=True
            )
        ],
        index=table.index,
        dtype=bool,
    )


def correction(gone: pd.DataFrame, *, now: datetime) -> pd.DataFrame:
    """One row of ALERTS that takes back what was sent: of the rows in `gone` those that were sent; empty without any.

    Raises
    ------
    DataError
        `now` has no zone.
    """
    sent = gone[gone["sent_at"].notna()].sort_values(["start", "alert_id"])
    if sent.empty:
        return ALERTS.empty()
    when, ports = pd.Timestamp(utc(now)), set(sent["aoi_id"])
    digest = hashlib.sha256("\n".join(sent["alert_id"]).encode()).hexdigest()[:16]
    claims = [wording.taken_back(claim, at) for claim, at in zip(sent["claim"], sent["sent_at"], strict=True)]
    return ALERTS.conform(
        pd.DataFrame(
            [
                {
                    "alert_id": f"{CORRECTION}|{digest}",
                    "rule": CORRECTION,
                    "aoi_id": ports.pop() if len(ports) == 1 else "",
                    "subject": CORRECTION,
                    "finding_id": sent["finding_id"].iloc[0],
                    "start": sent["start"].min(),
                    "end": sent["end"].max(),
                    "raised_at": when,
                    "quiet_until": sent["end"].max(),
                    "claim": " ".join(claims),
                    "likelihood": "",
                    "confidence": "high",
                    "reasons": "late AIS, a review, or a new observation at the same scenes does not support it",
                    "alternatives": "",
                    "is_simulated": bool(sent["is_simulated"].any()),
                    "state": NEW,
                    "attempts": 0,
                    "sent_to": "",
                    "error": "",
                }
            ]
        ).assign(sent_at=pd.Series([pd.NaT], dtype=UTC))
    )


def rule_of(finding: Finding) -> str:
    """The rule that a finding falls under: its kind, or ``unmatched`` for a vessel where reception is not shown."""
    return "unmatched" if finding.kind == "dark_event" and not finding.likelihood else finding.kind


def _wanted(finding: Finding, name: str, rule: AlertRule, stays: Stays) -> bool:
    if name not in rule.rules:
        return False
    if finding.likelihood and _WORDS.index(finding.likelihood) < _WORDS.index(rule.least_likelihood):
        return False
    return name != "visit" or bool({finding.aoi_id, stays.berth.get(finding.id, "")} & set(rule.berths))


def _stay(finding: Finding, stays: Stays) -> str:
    """The stay that a dark event belongs to, so that its next observation is no news; "" when there is none."""
    of_event = finding.kind == "dark_event" and finding.evidence
    return stays.of_detection.get(finding.evidence[0], "") if of_event else ""


def _moved(finding: Finding, subject: str, known: pd.DataFrame) -> bool:
    """Whether a change is one that raised an alert before and has moved a little."""
    if finding.kind != "change":
        return False
    same = known[(known["rule"] == "change") & (known["subject"] == subject)]
    return bool(((same["start"] - pd.Timestamp(finding.start)).abs() <= _SAME_CHANGE).any())


def _subject(finding: Finding, about: str, stays: Stays) -> str:
    """The place that an alert concerns: berth where there is one, else the port; what is counted, for a change."""
    if finding.kind == "change":
        return finding.id.rpartition("|")[0].removeprefix("change|")
    return stays.berth.get(about or finding.id, "") or finding.aoi_id or finding.kind


def _loud_ends(known: pd.DataFrame) -> dict[tuple[str, str], list[pd.Timestamp]]:
    """When ended what the alerts are about that were not recorded only, by rule and subject."""
    ends: dict[tuple[str, str], list[pd.Timestamp]] = {}
    loud = known[known["state"].isin([NEW, SENT, FAILED])]
    for rule, subject, end in zip(loud["rule"], loud["subject"], loud["end"], strict=True):
        ends.setdefault((rule, subject), []).append(end)
    return ends


def _columns(finding: Finding) -> dict[str, object]:
    return {
        "aoi_id": finding.aoi_id,
        "finding_id": finding.id,
        "start": finding.start,
        "end": finding.end,
        "claim": finding.claim,
        "likelihood": finding.likelihood,
        "confidence": finding.confidence,
        "reasons": "; ".join(finding.reasons),
        "alternatives": "; ".join(finding.alternatives),
    }
