"""The steps: each finds what is missing, does it and records it, so that each can be run twice.

A step is imported when it is first asked for: looking at what is there needs none of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.pipeline.air_part import flights_part, timeline_rows
    from monitor.pipeline.air_unusual import unusual_sentences
    from monitor.pipeline.aircraft import flights, take_flights
    from monitor.pipeline.alerts import raise_alerts, send_alerts, to_send
    from monitor.pipeline.brief import write_brief
    from monitor.pipeline.bring import costs, missing, note_search, problems, pull, search
    from monitor.pipeline.correlate import correlate_all, detections_of, scene_tables, standing, summary
    from monitor.pipeline.detect import detect_scenes
    from monitor.pipeline.gaps import stored_gaps
    from monitor.pipeline.hand_out import export, pack_evidence, write_csv
    from monitor.pipeline.intake import IngestReport, Progress, ingest
    from monitor.pipeline.keys import Ports, brief_is_current, is_current, unseen
    from monitor.pipeline.labels import export_labels
    from monitor.pipeline.late import late_scenes
    from monitor.pipeline.ledger import add_sightings, compare_ledger
    from monitor.pipeline.reviewing import review, review_queue
    from monitor.pipeline.show import show_brief, show_map, show_status
    from monitor.pipeline.tracks import (
        all_ports,
        port_points,
        stored_flags,
        stored_gap_calls,
        stored_gap_rules,
        stored_port_calls,
        stored_reception,
        stored_track_at,
    )
    from monitor.pipeline.watch import AlertPlan, alerts_are_raised

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
    "export",
    "export_labels",
    "flights",
    "flights_part",
    "ingest",
    "is_current",
    "late_scenes",
    "missing",
    "note_search",
    "pack_evidence",
    "port_points",
    "problems",
    "pull",
    "raise_alerts",
    "review",
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
    "watch": ("AlertPlan", "alerts_are_raised"),
    "alerts": ("raise_alerts", "send_alerts", "to_send"),
    "keys": ("Ports", "brief_is_current", "is_current", "unseen"),
    "brief": ("write_brief",),
    "air_part": ("flights_part", "timeline_rows"),
    "aircraft": ("flights", "take_flights"),
    "air_unusual": ("unusual_sentences",),
    "show": ("show_brief", "show_map", "show_status"),
    "hand_out": ("export", "pack_evidence", "write_csv"),
    "correlate": ("correlate_all", "detections_of", "scene_tables", "standing", "summary"),
    "detect": ("detect_scenes",),
    "gaps": ("stored_gaps",),
    "late": ("late_scenes",),
    "tracks": (
        "all_ports",
        "port_points",
        "stored_flags",
        "stored_gap_calls",
        "stored_gap_rules",
        "stored_port_calls",
        "stored_reception",
        "stored_track_at",
    ),
    "reviewing": ("review", "review_queue"),
    "ledger": ("add_sightings", "compare_ledger"),
    "labels": ("export_labels",),
    "intake": ("IngestReport", "Progress", "ingest"),
    "bring": ("costs", "missing", "note_search", "problems", "pull", "search"),
}


def __getattr__(name: str) -> object:
    """A step, imported now."""
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(importlib.import_module(f"monitor.pipeline.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'monitor.pipeline' has no attribute {name!r}")
