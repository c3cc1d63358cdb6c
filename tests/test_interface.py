"""Names that users' scripts rely on are where they are promised, and reach what they name."""

from __future__ import annotations

import importlib
import inspect

import pytest

NAMES = {
    "monitor": "open",
    "monitor.core": "read_aoi Acquisition TimeRange likelihood_word",
    "monitor.ais": "find_gaps gap_rules track_at port_calls voyages",
    "monitor.detect": "detect evaluate berth_states",
    "monitor.fuse": (
        "match pair MatchModel DEFAULT_MODEL dark_events DarkRule visits link_voyages rates change_points azimuth_shift"
    ),
    "monitor.sources": "read_positions",
    "monitor.core.tables": "MATCHES VISITS GAPS DARK_EVENTS VOYAGES SHUTTLES COUNTS TABLES",
}
METHODS = ("scenes", "detections", "gaps", "matches", "dark_events", "visits", "voyages", "counts", "coverage")


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in NAMES.items() for name in names.split()]
)
def test_a_promised_name_is_there_and_is_no_module(module: str, name: str) -> None:
    assert not inspect.ismodule(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("name", METHODS)
def test_a_workspace_has_the_promised_tables(name: str) -> None:
    from monitor import Workspace

    assert callable(getattr(Workspace, name))
