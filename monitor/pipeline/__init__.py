"""The steps: each finds what is missing, does it and records it, so that each can be run twice.

A step is a module, imported when it is first named (`pipeline.report.write_brief`): a workspace's status needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.pipeline import ais as ais
    from monitor.pipeline import alerts as alerts
    from monitor.pipeline import aviation as aviation
    from monitor.pipeline import brief as brief
    from monitor.pipeline import context as context
    from monitor.pipeline import correlate as correlate
    from monitor.pipeline import detect as detect
    from monitor.pipeline import export as export
    from monitor.pipeline import freshness as freshness
    from monitor.pipeline import outcome as outcome
    from monitor.pipeline import planning as planning
    from monitor.pipeline import publish as publish
    from monitor.pipeline import pull as pull
    from monitor.pipeline import report as report
    from monitor.pipeline import review as review
    from monitor.pipeline import snapshot as snapshot

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "ais",
        "alerts",
        "aviation",
        "brief",
        "context",
        "correlate",
        "detect",
        "export",
        "freshness",
        "outcome",
        "planning",
        "publish",
        "pull",
        "report",
        "review",
        "snapshot",
    ],
)
