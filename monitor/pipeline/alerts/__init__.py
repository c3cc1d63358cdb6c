"""Alerts: which are due, and their sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.pipeline.alerts import plan as plan
    from monitor.pipeline.alerts import raise_and_send as raise_and_send

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["plan", "raise_and_send"])
