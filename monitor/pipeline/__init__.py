"""The steps: each finds what is missing, does it and records it, so that each can be run twice.

A step is imported when it is first asked for: looking at what is there needs none of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.pipeline.ais_tables import (
        all_ports,
        port_points,
        stored_flags,
        stored_gap_calls,
        stored_gap_rules,
        stored_port_calls,
        stored_reception,
        stored_track_at,
    )
    from monitor.pipeline.alert_plan import AlertPlan, alerts_are_raised
    from monitor.pipeline.alerts import raise_alerts, send_alerts, to_send
    from monitor.pipeline.aviation.derive import flights, take_flights
    from monitor.pipeline.aviation.rates import unusual_sentences
    from monitor.pipeline.aviation.section import flights_part, timeline_rows
    from monitor.pipeline.correlate import correlate_all, detections_of, scene_tables, standing, summary
    from monitor.pipeline.detect import detect_scenes
    from monitor.pipeline.export import export_tables, pack_evidence, write_csv
    from monitor.pipeline.freshness import Ports, brief_is_current, is_current, unseen
    from monitor.pipeline.gaps import stored_gaps
    from monitor.pipeline.ingest import IngestReport, Progress, ingest_files
    from monitor.pipeline.labels import export_labels
    from monitor.pipeline.ledger import add_sightings, compare_ledger
    from monitor.pipeline.notebook import show_brief, show_map, show_status
    from monitor.pipeline.pull import costs, missing, note_search, problems, pull_scenes, search
    from monitor.pipeline.rematch import late_scenes
    from monitor.pipeline.report import write_brief
    from monitor.pipeline.review import record_review, review_queue

__all__ = [
    "AlertPlan",
    "IngestReport",
    "Ports",
    "Progress",
    "add_sightings",
    "alerts_are_raised",
    "all_ports",
    "brief_is_current",
    "compare_ledger",
    "correlate_all",
    "costs",
    "detect_scenes",
    "detections_of",
    "export_labels",
    "export_tables",
    "flights",
    "flights_part",
    "ingest_files",
    "is_current",
    "late_scenes",
    "missing",
    "note_search",
    "pack_evidence",
    "port_points",
    "problems",
    "pull_scenes",
    "raise_alerts",
    "record_review",
    "review_queue",
    "scene_tables",
    "search",
    "send_alerts",
    "show_brief",
    "show_map",
    "show_status",
    "standing",
    "stored_flags",
    "stored_gap_calls",
    "stored_gap_rules",
    "stored_gaps",
    "stored_port_calls",
    "stored_reception",
    "stored_track_at",
    "summary",
    "take_flights",
    "timeline_rows",
    "to_send",
    "unseen",
    "unusual_sentences",
    "write_brief",
    "write_csv",
]

_HOMES = {
    "alert_plan": ("AlertPlan", "alerts_are_raised"),
    "alerts": ("raise_alerts", "send_alerts", "to_send"),
    "freshness": ("Ports", "brief_is_current", "is_current", "unseen"),
    "report": ("write_brief",),
    "aviation.section": ("flights_part", "timeline_rows"),
    "aviation.derive": ("flights", "take_flights"),
    "aviation.rates": ("unusual_sentences",),
    "notebook": ("show_brief", "show_map", "show_status"),
    "export": ("export_tables", "pack_evidence", "write_csv"),
    "correlate": ("correlate_all", "detections_of", "scene_tables", "standing", "summary"),
    "detect": ("detect_scenes",),
    "gaps": ("stored_gaps",),
    "rematch": ("late_scenes",),
    "ais_tables": (
        "all_ports",
        "port_points",
        "stored_flags",
        "stored_gap_calls",
        "stored_gap_rules",
        "stored_port_calls",
        "stored_reception",
        "stored_track_at",
    ),
    "review": ("record_review", "review_queue"),
    "ledger": ("add_sightings", "compare_ledger"),
    "labels": ("export_labels",),
    "ingest": ("IngestReport", "Progress", "ingest_files"),
    "pull": ("costs", "missing", "note_search", "problems", "pull_scenes", "search"),
}


def __getattr__(name: str) -> object:
    """A step, imported now."""
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(importlib.import_module(f"monitor.pipeline.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'monitor.pipeline' has no attribute {name!r}")
