"""What people decided, were alerted to and published."""

from __future__ import annotations

from monitor.core.schema import UTC, Schema

ALERTS = Schema(
    "alerts",
    {
        "alert_id": "str",
        "rule": "str",
        "aoi_id": "str",
        "subject": "str",
        "finding_id": "str",
        "start": UTC,
        "end": UTC,
        "raised_at": UTC,
        "quiet_until": UTC,
        "claim": "str",
        "likelihood": "str",
        "confidence": "str",
        "reasons": "str",
        "alternatives": "str",
        "is_simulated": "bool",
        "state": "str",
        "attempts": "int64",
        "sent_at": UTC,
        "sent_to": "str",
        "error": "str",
    },
    ("alert_id",),
)
"""One row a thing worth telling. `state` new | quiet (same rule and `subject`, inside the cool-down that ended at
`quiet_until`) | old (long past when it was first found) | sent | failed (tried `attempts` times, again at the next
run) | withdrawn (what it said ceased to hold; one with `sent_at` is taken back by an alert of the rule correction).
`alert_id` comes from the rule and from what it is about, so running again raises nothing twice. `sent_to` holds the
keys of the targets that took it, separated by spaces; `error` why the last one did not, without any secret. `aoi_id` is
"" for what concerns all ports; `reasons` and `alternatives` are separated by "; "."""

OBSERVATIONS = Schema(
    "observations",
    {
        "observation_id": "str",
        "origin": "str",
        "start": UTC,
        "end": UTC,
        "port": "str",
        "berth": "str",
        "vessel": "str",
        "event": "str",
        "containers_low": "float64",
        "containers_high": "float64",
        "ais_status": "str",
        "source": "str",
        "confidence": "str",
        "note": "str",
    },
    ("observation_id",),
)
"""What others published (`origin` published) or an analyst saw (own): evidence beside ours, never mixed with it.
`berth` as the source names it. ``[start, end)`` is as wide as the source leaves it. `confidence` in the words of
whoever wrote the row down."""

LEDGER = Schema(
    "ledger",
    {
        "entry_id": "str",
        "observation_id": "str",
        "visit_id": "str",
        "origin": "str",
        "port": "str",
        "berth": "str",
        "start": UTC,
        "end": UTC,
        "event": "str",
        "vessel": "str",
        "verdict": "str",
        "cause": "str",
        "reason": "str",
        "observations": "int64",
        "source": "str",
        "confidence": "str",
    },
    ("entry_id",),
)
"""What others saw (`origin` published | own) against what we did (ours). `verdict` both | only there | only here |
not observable | not comparable; `cause` of what was not observable: before archive | after archive | no observation
| cloud or another word of COVERAGE | too small; `reason` in a sentence, `observations` the clear observations we
had in that time. `visit_id`: our stays that may be the same, separated by spaces."""

REVIEWS = Schema(
    "reviews",
    {
        "review_id": "str",
        "at": UTC,
        "subject": "str",
        "decision": "str",
        "who": "str",
        "note": "str",
        "detection_ids": "str",
        "undoes": "str",
        "stands": "bool",
    },
    ("review_id",),
)
"""Who decided what of a detection or finding `subject`, oldest first; rows are only added. `decision` keep | reject |
fixed | unsure | undo (then `undoes` names the review that was taken back). `detection_ids`, separated by spaces, are
the detections it holds for; `stands` whether it is what now holds of its subject."""

QUEUE = Schema(
    "queue",
    {
        "subject": "str",
        "kind": "str",
        "aoi_id": "str",
        "at": UTC,
        "claim": "str",
        "likelihood": "str",
        "confidence": "str",
        "detection_id": "str",
        "scene_id": "str",
        "score": "float64",
        "decision": "str",
        "who": "str",
    },
    ("subject",),
)
"""What there is to review: findings (`kind` as theirs), then each detection that is no finding of its own (`kind`
detection), then what was decided and is stated no more (`kind` withdrawn). `detection_id` and `scene_id` say what to
look at, "" where no one detection is meant; `score` is NaN then. `decision` is what now stands, "" while nobody
decided."""
