"""Tables of what people decided, were alerted to and published."""

from __future__ import annotations

from monitor.core.schema import UTC, Column, Schema

ALERTS = Schema(
    name="alerts",
    text=(
        "What was alerted to, or recorded only, each thing once: ids come from the rule and its subject. Quiet "
        "rows fell into a cool-down, old ones were long past when found, failed ones are tried again, withdrawn "
        "ones no longer hold; what was sent is then taken back by a correction."
    ),
    columns={
        "alert_id": Column("str", "", "Id, made of the rule and the finding or stay."),
        "rule": Column("str", "", "dark_event | unmatched | visit | oil_stay | … | correction, as in `AlertRule`."),
        "aoi_id": Column("str", "", 'Id of the AOI, "" for what concerns all.'),
        "subject": Column("str", "", "Berth, AOI or count that it is about; the cool-down is per rule and subject."),
        "finding_id": Column("str", "", "Id of the finding."),
        "start": Column(UTC, "UTC", "Beginning of what was found."),
        "end": Column(UTC, "UTC", "End of what was found."),
        "raised_at": Column(UTC, "UTC", "When the alert was raised."),
        "quiet_until": Column(UTC, "UTC", "What ends before this, of the same rule and subject, stays quiet."),
        "claim": Column("str", "", "Sentence of the finding."),
        "likelihood": Column("str", "", 'ICD 203 word, "" for a plain observation.'),
        "confidence": Column("str", "", "high | moderate | low, as the finding has it."),
        "reasons": Column("str", "", 'Why this confidence, separated by "; ".'),
        "alternatives": Column("str", "", 'What else could explain it, separated by "; ".'),
        "is_simulated": Column("bool", "", "Whether it rests on anything simulated."),
        "state": Column("str", "", "new | quiet | old | sent | failed | withdrawn."),
        "attempts": Column("int64", "", "How many times sending was tried."),
        "sent_at": Column(UTC, "UTC", "When every target had taken it, NaT before."),
        "sent_to": Column("str", "", "Keys of the targets that took it, separated by spaces."),
        "error": Column("str", "", 'Why the last attempt failed, without any secret; "" when it did not.'),
    },
    key=("alert_id",),
    time=("start", "end"),
)

OBSERVATIONS = Schema(
    name="observations",
    text=(
        "What others published or an analyst noted: evidence beside the monitor's own, never mixed with it. A "
        "row is as wide in time as its source leaves it."
    ),
    columns={
        "observation_id": Column("str", "", "Id, made of the file, the date and what the row states."),
        "origin": Column("str", "", "published | own (noted by an analyst)."),
        "start": Column(UTC, "UTC", "Beginning of the time that the source gives."),
        "end": Column(UTC, "UTC", "End of that time, exclusive."),
        "port": Column("str", "", "Port as the source names it."),
        "berth": Column("str", "", 'Berth as the source names it, "" when it does not.'),
        "vessel": Column("str", "", 'Vessel as the source names it, "" when it does not.'),
        "event": Column(
            "str",
            "",
            "docked | loading | unloading | unloading+loading | arrived | absent | departed | containers_seen | "
            "anchored | aggregate (a total over the time) | transit | shipyard | night_lights | wagons_seen | "
            "goods_seen | construction | burnt.",
        ),
        "containers_low": Column("float64", "", "Lower bound of the containers reported, NaN when none are."),
        "containers_high": Column("float64", "", "Upper bound of the containers reported, NaN when none are."),
        "ais_status": Column("str", "", 'AIS of the vessel as the source puts it, "" when it does not.'),
        "source": Column("str", "", "Where it is published."),
        "confidence": Column("str", "", "Confidence in words of whoever wrote the row."),
        "note": Column("str", "", "Anything else in words."),
    },
    key=("observation_id",),
    time=("start", "end"),
)

LEDGER = Schema(
    name="ledger",
    text=(
        "What others observed against what the monitor did: each of their observations, then the monitor's visits "
        "that nobody published or noted."
    ),
    columns={
        "entry_id": Column("str", "", "Id, made of that of the observation or visit."),
        "observation_id": Column("str", "", 'Id of the observation, "" for a visit alone.'),
        "visit_id": Column("str", "", "Ids of the visits that may be the same, separated by spaces."),
        "origin": Column("str", "", "published | own (noted by an analyst) | ours (a visit alone)."),
        "port": Column("str", "", "Id of the AOI, or the port as the source names it."),
        "berth": Column("str", "", "Berth as the source, or the AOI file, names it."),
        "start": Column(UTC, "UTC", "Beginning of the time that the source gives; of a visit, its first observation."),
        "end": Column(UTC, "UTC", "End of that time; of a visit, its last observation."),
        "event": Column("str", "", 'Event of the observation, "" for a visit alone.'),
        "vessel": Column("str", "", 'Vessel as the source names it, "" when it does not.'),
        "verdict": Column("str", "", "matched | external_only | monitor_only | not_observable | not_comparable."),
        "cause": Column("str", "", "before archive | after archive | no observation | too small | as in COVERAGE."),
        "reason": Column("str", "", "Why this verdict, in a sentence."),
        "observations": Column("int64", "", "Clear observations in that time; of a visit alone, those that show it."),
        "source": Column("str", "", 'Where it is published, "" for a visit alone.'),
        "confidence": Column("str", "", "Confidence in words of whoever wrote the observation."),
    },
    key=("entry_id",),
    time=("start", "end"),
)

REVIEWS = Schema(
    name="reviews",
    text=(
        "Who decided what of a detection or finding, oldest first. Rows are only ever added: taking a decision "
        "back is a row too."
    ),
    columns={
        "review_id": Column("str", "", "Id, made of the instant and random digits."),
        "at": Column(UTC, "UTC", "When it was decided."),
        "subject": Column("str", "", "Id of the detection or finding."),
        "decision": Column("str", "", "keep | reject | fixed | unsure | undo."),
        "who": Column("str", "", "Name of the reviewer."),
        "note": Column("str", "", "Reason in words, or empty."),
        "detection_ids": Column("str", "", "Ids of the detections that it holds for, separated by spaces."),
        "undoes": Column("str", "", 'Id of the review that undo takes back, else "".'),
        "stands": Column("bool", "", "Whether it is the decision that now holds of its subject."),
    },
    key=("review_id",),
    time=("at", "at"),
)

QUEUE = Schema(
    name="queue",
    text=(
        "What there is to review: findings, then detections that are no finding of their own, then what was "
        "decided and is no longer stated. The id of a dark event is that of its detection."
    ),
    columns={
        "subject": Column("str", "", "Id of the finding or detection."),
        "kind": Column("str", "", "Kind of the finding | detection | withdrawn (no longer stated)."),
        "aoi_id": Column("str", "", 'Id of the AOI, "" for what concerns all.'),
        "at": Column(UTC, "UTC", "When it was; of a visit its end, of what is withdrawn the decision."),
        "claim": Column("str", "", "What is stated, in a sentence."),
        "likelihood": Column("str", "", 'ICD 203 word, "" for a plain observation.'),
        "confidence": Column("str", "", 'high | moderate | low | "" for a detection.'),
        "detection_id": Column("str", "", 'Id of the detection to check, "" when no single one is meant.'),
        "scene_id": Column("str", "", 'Id of the scene to check, "" when no single one is meant.'),
        "score": Column("float64", "", "Score of that detection, NaN without one."),
        "decision": Column("str", "", 'keep | reject | fixed | unsure | "" while undecided.'),
        "who": Column("str", "", 'Name of the reviewer, "" while undecided.'),
    },
    key=("subject",),
    time=("at", "at"),
)
