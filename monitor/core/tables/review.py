"""What people decided, were alerted to and published."""

from __future__ import annotations

from monitor.core.schema import UTC, Column, Schema

ALERTS = Schema(
    name="alerts",
    text=(
        "One row a thing worth telling. `state` new | quiet (same rule and `subject`, inside the cool-down that "
        "ended at `quiet_until`) | old (long past when it was first found) | sent | failed (tried `attempts` "
        "times, again at the next run) | withdrawn (what it said ceased to hold; one with `sent_at` is taken back "
        "by an alert of the rule correction). `alert_id` comes from the rule and from what it is about, so running "
        "again raises nothing twice. `sent_to` holds the keys of the targets that took it, separated by spaces; "
        '`error` why the last one did not, without any secret. `aoi_id` is "" for what concerns all ports; '
        '`reasons` and `alternatives` are separated by "; ".'
    ),
    columns={
        "alert_id": Column("str", "", ""),
        "rule": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "subject": Column("str", "", ""),
        "finding_id": Column("str", "", ""),
        "start": Column(UTC, "UTC", ""),
        "end": Column(UTC, "UTC", ""),
        "raised_at": Column(UTC, "UTC", ""),
        "quiet_until": Column(UTC, "UTC", ""),
        "claim": Column("str", "", ""),
        "likelihood": Column("str", "", ""),
        "confidence": Column("str", "", ""),
        "reasons": Column("str", "", ""),
        "alternatives": Column("str", "", ""),
        "is_simulated": Column("bool", "", ""),
        "state": Column("str", "", ""),
        "attempts": Column("int64", "", ""),
        "sent_at": Column(UTC, "UTC", ""),
        "sent_to": Column("str", "", ""),
        "error": Column("str", "", ""),
    },
    key=("alert_id",),
    time=("start", "end"),
)

OBSERVATIONS = Schema(
    name="observations",
    text=(
        "What others published (`origin` published) or an analyst saw (own): evidence beside ours, never mixed "
        "with it. `berth` as the source names it. ``[start, end)`` is as wide as the source leaves it. "
        "`confidence` in the words of whoever wrote the row down."
    ),
    columns={
        "observation_id": Column("str", "", ""),
        "origin": Column("str", "", ""),
        "start": Column(UTC, "UTC", ""),
        "end": Column(UTC, "UTC", ""),
        "port": Column("str", "", ""),
        "berth": Column("str", "", ""),
        "vessel": Column("str", "", ""),
        "event": Column("str", "", ""),
        "containers_low": Column("float64", "", ""),
        "containers_high": Column("float64", "", ""),
        "ais_status": Column("str", "", ""),
        "source": Column("str", "", ""),
        "confidence": Column("str", "", ""),
        "note": Column("str", "", ""),
    },
    key=("observation_id",),
    time=("start", "end"),
)

LEDGER = Schema(
    name="ledger",
    text=(
        "What others saw (`origin` published | own) against what we did (ours). `verdict` matched | external_only | "
        "monitor_only | not_observable | not_comparable; `cause` of what was not observable: before archive | after "
        "archive | no observation | cloud or another word of COVERAGE | too small; `reason` in a sentence, "
        "`observations` the clear observations we had in that time. `visit_id`: our stays that may be the same, "
        "separated by spaces."
    ),
    columns={
        "entry_id": Column("str", "", ""),
        "observation_id": Column("str", "", ""),
        "visit_id": Column("str", "", ""),
        "origin": Column("str", "", ""),
        "port": Column("str", "", ""),
        "berth": Column("str", "", ""),
        "start": Column(UTC, "UTC", ""),
        "end": Column(UTC, "UTC", ""),
        "event": Column("str", "", ""),
        "vessel": Column("str", "", ""),
        "verdict": Column("str", "", ""),
        "cause": Column("str", "", ""),
        "reason": Column("str", "", ""),
        "observations": Column("int64", "", ""),
        "source": Column("str", "", ""),
        "confidence": Column("str", "", ""),
    },
    key=("entry_id",),
    time=("start", "end"),
)

REVIEWS = Schema(
    name="reviews",
    text=(
        "Who decided what of a detection or finding `subject`, oldest first; rows are only added. `decision` keep "
        "| reject | fixed | unsure | undo (then `undoes` names the review that was taken back). `detection_ids`, "
        "separated by spaces, are the detections it holds for; `stands` whether it is what now holds of its "
        "subject."
    ),
    columns={
        "review_id": Column("str", "", ""),
        "at": Column(UTC, "UTC", ""),
        "subject": Column("str", "", ""),
        "decision": Column("str", "", ""),
        "who": Column("str", "", ""),
        "note": Column("str", "", ""),
        "detection_ids": Column("str", "", ""),
        "undoes": Column("str", "", ""),
        "stands": Column("bool", "", ""),
    },
    key=("review_id",),
    time=("at", "at"),
)

QUEUE = Schema(
    name="queue",
    text=(
        "What there is to review: findings (`kind` as theirs), then each detection that is no finding of its own "
        "(`kind` detection), then what was decided and is stated no more (`kind` withdrawn). `detection_id` and "
        '`scene_id` say what to look at, "" where no one detection is meant; `score` is NaN then. `decision` is '
        'what now stands, "" while nobody decided.'
    ),
    columns={
        "subject": Column("str", "", ""),
        "kind": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "at": Column(UTC, "UTC", ""),
        "claim": Column("str", "", ""),
        "likelihood": Column("str", "", ""),
        "confidence": Column("str", "", ""),
        "detection_id": Column("str", "", ""),
        "scene_id": Column("str", "", ""),
        "score": Column("float64", "", ""),
        "decision": Column("str", "", ""),
        "who": Column("str", "", ""),
    },
    key=("subject",),
    time=("at", "at"),
)
