from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.core.errors import ArchiveError, DataError
from monitor.pipeline.boundary import read_each, reading


def test_our_own_errors_and_interrupts_pass() -> None:
    for error in (ArchiveError("full"), KeyboardInterrupt()):
        with pytest.raises(type(error)), reading("a.csv"):
            raise error


@pytest.mark.parametrize("error", [ZeroDivisionError(), RecursionError("deep"), MemoryError(), UnicodeError("odd")])
def test_any_other_error_names_the_item_and_logs_its_trace(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DataError, match=f"a.csv: cannot be read .{type(error).__name__}"), reading("a.csv"):
        raise error
    assert "Traceback" in caplog.text


def test_what_is_done_with_the_values_is_not_part_of_reading() -> None:
    def values() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    read = read_each(values, "a.csv")
    assert next(read) == 1
    with pytest.raises(DataError, match=r"a\.csv"):
        next(read)
    assert list(read_each(lambda: [1, 2], "b")) == [1, 2]
