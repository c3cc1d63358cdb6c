"""How far a long step is reaches who listens, and nobody else."""

from __future__ import annotations

import pytest

from monitor.core.parallel import each, open_pool
from monitor.core.progress import listening, report


@pytest.mark.parametrize("pool", [None, "threads:2"])
def test_each_item_that_is_done_is_reported(pool: str | None) -> None:
    told: list[tuple[str, int, int]] = []
    with open_pool(pool) as workers, listening(lambda *step: told.append(step)):
        each(abs, [-1, -2, -3], workers, step="detect")
    report("detect", 1, 1)  # nobody listens any more
    assert told == [("detect", 1, 3), ("detect", 2, 3), ("detect", 3, 3)]
