"""Alerts: raise what is worth telling, and send it, each once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from monitor.core.errors import MonitorError, SettingsError
from monitor.core.findings import Finding
from monitor.core.schema import UTC as UTC_DTYPE
from monitor.core.tables import ALERTS, CHANGES, COUNTS, VISITS
from monitor.fuse import AlertRule, Stays, alerts, change_findings, feed_findings, unseen_findings
from monitor.fuse.findings.alerts import FAILED, NEW, SENT, WITHDRAWN, correction, still_held
from monitor.pipeline.alert_plan import AlertPlan, note_raised
from monitor.pipeline.freshness import FINDINGS, Ports, unseen
from monitor.pipeline.outcome import Step
from monitor.report.alerts.messages import BriefPage, Message, message
from monitor.report.alerts.send import Send, Target, send
from monitor.store import findings as texts
from monitor.store.alerts import AlertStore
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore

_MOST_FAILURES = 2
"""A target that failed so often in a row is left alone until the next run."""

_NEAR = timedelta(days=1)

_OF_CORRELATION = ("dark_event", "unmatched", "visit", "shuttle")


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A row of ALERTS that is to be sent, and what is to be said."""

    alert: Mapping[str, object]
    message: Message


def raise_alerts(
    archive: Archive, store: PositionStore, ports: Ports, plan: AlertPlan, *, now: datetime | None = None
) -> Step:
    """Record what is worth telling and was not told before; how many, by rule."""
    now, book = now or datetime.now(UTC), AlertStore(archive)
    told = findings_of(archive, store, ports, plan)
    previous = book.table()
    stays = Stays.of(archive.read_table("visits", VISITS))
    rule = AlertRule(plan.rules, plan.least_likelihood, plan.cool_down, plan.newest, plan.berths)
    made = alerts(told, previous, now=now, as_of=plan.as_of, rule=rule, stays=stays, simulated=_is_simulated(archive))
    gone = _withdrawn(previous[~still_held(previous, told, stays)], _unlooked(archive, ports))
    made = _joined(made, correction(gone, now=now))
    if len(made) or len(gone):
        book.write(_joined(gone, made), now=now)
    note_raised(archive, plan)
    return Step("alerts", len(made), note=_summary(made))


def findings_of(archive: Archive, store: PositionStore, ports: Ports, plan: AlertPlan) -> tuple[Finding, ...]:
    """All that alerts may be about: the correlation's findings, changes of counts, silences, and blindness."""
    names = {aoi.id: aoi.name or aoi.id for aoi in ports.aois}
    counts = archive.read_table("counts", COUNTS)
    spans = [(first, last) for done in store.ingested() for first, last, _ in done.spans]
    return (
        *texts.from_text(archive.read_note(FINDINGS)),
        *change_findings(archive.read_table("changes", CHANGES), names),
        *feed_findings(spans, as_of=plan.as_of, longest=plan.silence),
        *unseen_findings(counts[counts["aoi_id"].isin(list(names))], names, as_of=plan.as_of, longest=plan.unseen),
    )


def _unlooked(archive: Archive, ports: Ports) -> list[datetime]:
    """When the scenes were taken that the detectors in use did not look at yet, as after new weights."""
    scenes = [scene for scene, _ in unseen(archive, ports.aois, ports.detectors, archive.scenes())]
    return [scene.acquisition.acquired_at for scene in scenes]


def _withdrawn(lost: pd.DataFrame, unlooked: Sequence[datetime]) -> pd.DataFrame:
    """Those of the alerts on what is no longer found that were told, or were to be.

    One whose time holds a scene that is still to be looked at may be found again: it stays.
    """
    held = lost["state"].isin([NEW, FAILED, SENT]) & lost["rule"].isin(_OF_CORRELATION)
    for at in unlooked:
        held &= ~((lost["start"] - _NEAR <= at) & (lost["end"] + _NEAR >= at))
    return lost[held].assign(state=WITHDRAWN)


def _joined(*tables: pd.DataFrame) -> pd.DataFrame:
    some = [table for table in tables if len(table)]
    return pd.concat(some, ignore_index=True) if some else ALERTS.empty()


def _is_simulated(archive: Archive) -> bool:
    return any(scene.acquisition.simulated for scene in archive.scenes())


def _summary(made: pd.DataFrame) -> str:
    tally = Counter(made["rule"])
    rules = ", ".join(f"{number} {rule}" for rule, number in sorted(tally.items()))
    kept = int((made["state"] != NEW).sum())
    return f"{rules}; {kept} of them recorded only" if kept else rules


def to_send(archive: Archive, ports: Ports, reports: Path, *, base: str = "") -> list[Waiting]:
    """What waits to be sent, new or not yet arrived, with its message; links go to the newest brief in `reports`."""
    table = AlertStore(archive).table()
    rows = table[table["state"].isin([NEW, FAILED])].to_dict("records")
    if not rows:
        return []
    names, page = {aoi.id: aoi.name or aoi.id for aoi in ports.aois}, newest_brief(reports, base)
    alerts_ = [{str(name): value for name, value in row.items()} for row in rows]
    return [Waiting(row, message(row, port=names.get(str(row["aoi_id"]), ""), brief=page)) for row in alerts_]


def newest_brief(folder: Path, base: str = "") -> BriefPage:
    """The newest brief of a folder, to be linked to: under `base` where one is given, else by its file's name."""
    pages = sorted(folder.glob("*.html"), key=lambda path: path.stat().st_mtime)
    if not pages:
        return BriefPage()
    anchors = frozenset(re.findall(r'\sid="([^"]+)"', pages[-1].read_text(encoding="utf-8", errors="replace")))
    return BriefPage(f"{base.rstrip('/')}/{pages[-1].name}" if base else pages[-1].name, anchors)


def send_alerts(
    archive: Archive,
    told: Sequence[Waiting],
    targets: Sequence[Target],
    *,
    now: datetime | None = None,
    by: Send = send,
) -> Step:
    """Send each message to each target that did not take it before, and record what became of it.

    A target that fails keeps nothing from the others; what did not arrive is tried again when this is next called.

    Raises
    ------
    SettingsError
        There is no target.
    """
    if not targets:
        raise SettingsError("alerts: no target; set MONITOR_ALERTS__URLS, or [alerts] urls_file to a file of URLs")
    book, failing = AlertStore(archive), Counter[str]()
    done, failures = 0, list[tuple[str, str]]()
    for one in told:
        taken, errors = _deliver(str(one.alert["sent_to"]).split(), one.message, targets, failing, by)
        when = now or datetime.now(UTC)
        book.write(_after(one.alert, taken, errors, when), now=when)
        done += not errors
        failures += [(str(one.alert["alert_id"]), why) for why in errors]
    return Step("send", done, tuple(failures))


def _deliver(
    taken: list[str], text: Message, targets: Iterable[Target], failing: Counter[str], by: Send
) -> tuple[list[str], list[str]]:
    errors = []
    for target in targets:
        if target.key in taken:
            continue
        if failing[target.key] >= _MOST_FAILURES:
            errors.append(f"{target}: not tried again in this run")
            continue
        try:
            by(target, text)
        except MonitorError as error:
            failing[target.key] += 1
            errors.append(str(error))
        else:
            failing[target.key] = 0
            taken = [*taken, target.key]
    return taken, errors


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
