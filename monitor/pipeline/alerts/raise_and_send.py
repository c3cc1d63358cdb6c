"""Alerts: record those that are due, and send them, each once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from monitor.core.errors import MonitorError, SettingsError
from monitor.core.findings import Finding
from monitor.core.schema import UTC as UTC_DTYPE
from monitor.core.tables import ALERTS, CHANGES, COUNTS, VISITS
from monitor.core.tableset import TableSet
from monitor.fuse import AlertRule, Stays, alerts, change_findings, feed_findings, unseen_findings
from monitor.fuse.findings.alerts import FAILED, NEW, ON_LAND, SENT, WITHDRAWN, correction, still_held
from monitor.pipeline import snapshot
from monitor.pipeline.alerts.plan import AlertPlan, note_raised
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import FINDINGS, without_detections
from monitor.pipeline.outcome import Step
from monitor.report.alerts.messages import HEADS, BriefPage, Message, message
from monitor.report.alerts.send import Send, Target, send
from monitor.store import findings as texts
from monitor.store.alerts import AlertStore
from monitor.store.archive import Archive

_MOST_FAILURES = 2
"""A target that failed so often in a row is left alone until the next run."""

_UNDERWAY = "sent to some targets, not yet to all"

_NEAR = timedelta(days=1)

_OF_CORRELATION = ("dark_event", "unmatched", "visit", "shuttle", *ON_LAND)


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A row of ALERTS that is to be sent, and its message."""

    alert: Mapping[str, object]
    message: Message


def raise_alerts(context: Context, plan: AlertPlan) -> Step:
    """Record what is due an alert and had none before; how many, by rule."""
    tables, store = snapshot.read(context), AlertStore(context.archive)
    found, previous = findings_of(context, tables, plan), tables[ALERTS]
    stays = Stays.of(tables[VISITS])
    rule = AlertRule(plan.rules, plan.least_likelihood, plan.cool_down, plan.newest, plan.berths)
    made = alerts(
        found, previous, now=context.now, as_of=plan.as_of, rule=rule, stays=stays, simulated=context.is_simulated
    )
    lacking = [scene.acquisition.acquired_at for scene, _ in without_detections(context)]
    gone = _withdrawn(previous[~still_held(previous, found, stays)], lacking)
    taken_back = correction(gone, now=context.now)
    made = ALERTS.join([made, taken_back[~taken_back["alert_id"].isin(previous["alert_id"])]])
    if len(made) or len(gone):  # a correction before what it takes back, so that it is not lost when one is cut off
        store.write(ALERTS.join([made, gone]), now=context.now)
    note_raised(context.archive, plan)
    return Step("alerts", len(made), note=_summary(made))


def findings_of(context: Context, tables: TableSet, plan: AlertPlan) -> tuple[Finding, ...]:
    """All that alerts may be about: the correlation's findings, changes of counts, silences, and blindness.

    Parameters
    ----------
    context : Context
        Its ports, and the findings of the last correlation.
    tables : TableSet
        COUNTS and CHANGES.
    plan : AlertPlan
        Which silences are too long.
    """
    names = {aoi.id: aoi.name or aoi.id for aoi in context.aois}
    spans = [(first, last) for done in context.positions.ingested() for first, last, _ in done.spans]
    counts = tables.of(context.ids)[COUNTS]
    return (
        *texts.from_text(context.archive.read_note(FINDINGS)),
        *change_findings(tables[CHANGES], names),
        *feed_findings(spans, as_of=plan.as_of, longest=plan.silence),
        *unseen_findings(counts, names, as_of=plan.as_of, longest=plan.unseen),
    )


def _withdrawn(lost: pd.DataFrame, lacking: Sequence[datetime]) -> pd.DataFrame:
    """Those of the alerts on what is no longer found that were sent, or were to be.

    One whose time holds a scene that still lacks detections may be found again: it stays.
    """
    held = lost["state"].isin([NEW, FAILED, SENT]) & lost["rule"].isin(_OF_CORRELATION)
    for at in lacking:
        held &= ~((lost["start"] - _NEAR <= at) & (lost["end"] + _NEAR >= at))
    return lost[held].assign(state=WITHDRAWN)


def _summary(made: pd.DataFrame) -> str:
    tally = Counter(made["rule"])
    rules = ", ".join(f"{HEADS[rule]}: {number}" for rule, number in sorted(tally.items()))
    kept = int((made["state"] != NEW).sum())
    return f"{rules}; {kept} of them recorded only" if kept else rules


def to_send(context: Context, reports: Path, *, base: str = "") -> list[Waiting]:
    """What waits to be sent, new or not yet arrived, with its message; links go to the newest brief in `reports`.

    Parameters
    ----------
    context : Context
        Its ports give the names.
    reports : Path
        The folder of briefs.
    base : str
        The URL under which that folder is published; "" links by the file's name.
    """
    table = AlertStore(context.archive).table()
    rows = table[table["state"].isin([NEW, FAILED])].to_dict("records")
    if not rows:
        return []
    names, page = {aoi.id: aoi.name or aoi.id for aoi in context.aois}, newest_brief(reports, base)
    waiting = [{str(name): value for name, value in row.items()} for row in rows]
    return [Waiting(row, message(row, port=names.get(str(row["aoi_id"]), ""), brief=page)) for row in waiting]


def newest_brief(folder: Path, base: str = "") -> BriefPage:
    """The brief of a folder whose period ends last, to be linked to: under `base` if given, else by its file's name."""
    pages = sorted(folder.glob("*.html"), key=lambda path: (path.stem.rpartition("_")[2], path.stem))
    if not pages:
        return BriefPage()
    anchors = frozenset(re.findall(r'\sid="([^"]+)"', pages[-1].read_text(encoding="utf-8", errors="replace")))
    return BriefPage(f"{base.rstrip('/')}/{pages[-1].name}" if base else pages[-1].name, anchors)


def send_alerts(
    archive: Archive,
    waiting: Sequence[Waiting],
    targets: Sequence[Target],
    *,
    now: datetime | None = None,
    by: Send = send,
) -> Step:
    """Send each message to each target that has not accepted it yet, and record what became of it.

    A target that fails does not hold up the others; what did not arrive is tried again when this is next called.

    Parameters
    ----------
    archive : Archive
        Where the outcome is recorded.
    waiting : sequence of Waiting
        As `to_send` gives them.
    targets : sequence of Target
        Where to.
    now : datetime, optional
        When this is; the clock by default.
    by : callable
        Sends one message to one target.

    Raises
    ------
    SettingsError
        There is no target.
    """
    if not targets:
        raise SettingsError("alerts: no target; set MONITOR_ALERTS__URLS, or [alerts] urls_file to a file of URLs")
    store, failing = AlertStore(archive), Counter[str]()
    done, failures = 0, list[tuple[str, str]]()
    with archive.lock("send"):  # and look again: another process may have sent them since
        current = {str(row["alert_id"]): row for row in store.table().to_dict("records")}
        for one in waiting:
            alert = {str(k): v for k, v in current.get(str(one.alert["alert_id"]), dict(one.alert)).items()}
            if alert["state"] in (NEW, FAILED):
                errors = _send_one(store, replace(one, alert=alert), targets, failing, now=now, by=by)
                done += not errors
                failures += [(str(alert["alert_id"]), why) for why in errors]
    return Step("send", done, tuple(failures))


def _send_one(
    store: AlertStore, one: Waiting, targets: Sequence[Target], failing: Counter[str], *, now: datetime | None, by: Send
) -> list[str]:
    """Send to each target that has it not, and record each at once: who has it does not get it again after a kill."""
    taken, errors = str(one.alert["sent_to"]).split(), list[str]()
    for target in targets:
        if target.key in taken:
            continue
        reached, fault = _deliver(target, one.message, failing, by)
        if reached:
            taken = [*taken, target.key]
            when = now or datetime.now(UTC)
            store.write(_after(one.alert, taken, [_UNDERWAY], when), now=when)
        else:
            errors.append(fault)
    when = now or datetime.now(UTC)
    store.write(_after(one.alert, taken, errors, when), now=when)
    return errors


def _deliver(target: Target, text: Message, failing: Counter[str], by: Send) -> tuple[bool, str]:
    """Whether a target took a message, or why it did not."""
    if failing[target.key] >= _MOST_FAILURES:
        return False, f"{target}: not tried again in this run"
    try:
        by(target, text)
    except MonitorError as error:
        failing[target.key] += 1
        return False, str(error)
    failing[target.key] = 0
    return True, ""


def _after(alert: Mapping[str, object], taken: list[str], errors: list[str], when: datetime) -> pd.DataFrame:
    sent = pd.Series([pd.NaT if errors else pd.Timestamp(when)], dtype=UTC_DTYPE)
    made = pd.DataFrame([dict(alert)]).assign(
        state=FAILED if errors else SENT,
        attempts=int(str(alert["attempts"])) + 1,
        sent_at=sent,
        sent_to=" ".join(taken),
        error="; ".join(errors),
    )
    return ALERTS.conform(made)
