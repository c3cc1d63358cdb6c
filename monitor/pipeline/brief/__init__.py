"""The parts of a brief that come from the archive: where numbers come from, what changed, what others saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.pipeline.brief import history as history
    from monitor.pipeline.brief import ledger as ledger
    from monitor.pipeline.brief import notebook as notebook
    from monitor.pipeline.brief import provenance as provenance

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["history", "ledger", "notebook", "provenance"])
