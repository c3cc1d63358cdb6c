from __future__ import annotations

import pytest

from monitor.cli.options import chosen_period, exit_code
from monitor.core.errors import ArchiveError, DataError, MonitorError, SettingsError, SourceError
from monitor.core.timerange import TimeRange


def test_a_period_or_the_last_days_but_not_both() -> None:
    assert chosen_period(None, None) is None
    assert chosen_period("2023-10", None) == TimeRange.parse("2023-10")
    last = chosen_period(None, "30d")
    assert last is not None
    assert (last.end - last.start).days == 30
    with pytest.raises(DataError, match="not both"):
        chosen_period("2023-10", "30d")


@pytest.mark.parametrize(
    ("error", "code"),
    [(SourceError("away", transient=True), 1), (SettingsError("s"), 2), (DataError("d"), 2), (ArchiveError("a"), 2)],
)
def test_what_may_work_later_exits_with_1_and_what_must_change_with_2(error: MonitorError, code: int) -> None:
    assert exit_code(error) == code
