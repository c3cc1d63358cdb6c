from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pytest

from monitor.core.errors import DataError
from monitor.core.instants import TimeStyle, believable, latest_instant, parse_instants


def read(*texts: str | None, **style: str) -> list[str]:
    parsed = parse_instants(pa.array(texts, pa.string()), TimeStyle(**style))  # type: ignore[arg-type]
    return ["" if pd.isna(t) else t.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") for t in parsed.t]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-10-05T02:16:09Z", "2023-10-05T02:16:09"),
        ("2023-10-05 02:16:09", "2023-10-05T02:16:09"),
        ("2023-10-05 02:16:09,250", "2023-10-05T02:16:09.25"),
        ("2023-10-05 02:16:09 UTC", "2023-10-05T02:16:09"),
        ("2023-10-05 02:16:09 GMT", "2023-10-05T02:16:09"),
        ("2023-10-05 02:16:09+00", "2023-10-05T02:16:09"),
        ("2023-10-05T11:16:09+09:00", "2023-10-05T02:16:09"),
        ("2023-10-05T11:16:09+0900", "2023-10-05T02:16:09"),
        ("2023-10-05 02:16:09.342017448 +0000 UTC", "2023-10-05T02:16:09.342017"),
        ("2023-10-05 02:16:09Z.515", "2023-10-05T02:16:09.515"),
        ("2023/10/05 02:16", "2023-10-05T02:16:00"),
        ("20231005_021609", "2023-10-05T02:16:09"),
        ("20231005021609", "2023-10-05T02:16:09"),
        ("20231005T021609Z", "2023-10-05T02:16:09"),
        ("5 Oct 2023 02:16:09", "2023-10-05T02:16:09"),
        ("05-October-2023 02:16:09", "2023-10-05T02:16:09"),
        ("13.10.2023 02:16", "2023-10-13T02:16:00"),
        ("1.2.2023 02:16", "2023-02-01T02:16:00"),
        ("10/13/2023 2:16:09 PM", "2023-10-13T14:16:09"),
        ("10/13/2023 12:16 AM", "2023-10-13T00:16:00"),
        ("1696472169", "2023-10-05T02:16:09"),
        ("1696472169.25", "2023-10-05T02:16:09.25"),
        ("1696472169250", "2023-10-05T02:16:09.25"),
        ("1696472169250000", "2023-10-05T02:16:09.25"),
        ("1696472169250000000", "2023-10-05T02:16:09.25"),
        ("1.696472169E+09", "2023-10-05T02:16:09"),
        ("45204.0945486111", "2023-10-05T02:16:09"),
        ("1.69647E+09", ""),
        ("2023-02-30 00:00:00", ""),
        ("2023-10-05 25:00:00", ""),
        ("2023-10-05 02:16:09 EST", ""),
        ("yesterday", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_an_instant_is_read_whatever_its_form(text: str | None, expected: str) -> None:
    assert read(text) == [expected]


def test_one_column_may_hold_several_forms_and_zones() -> None:
    texts = ("2023-10-05T02:16:09Z", "2023-10-05T11:16:09+09:00", "1696472169", "2023-10-05 02:16:09", "1696472169000")
    assert set(read(*texts)) == {"2023-10-05T02:16:09"}
    clock = parse_instants(pa.array(texts)).clock
    assert clock.tolist() == ["stated", "stated", "utc", "unstated", "utc"]


def test_the_dates_of_a_column_show_their_order() -> None:
    assert read("13/10/2023 00:00:00", "02/10/2023 00:00:00")[1] == "2023-10-02T00:00:00"
    assert read("10/13/2023 00:00:00", "10/02/2023 00:00:00")[1] == "2023-10-02T00:00:00"


@pytest.mark.parametrize("texts", [("01/02/2023 00:00:00",), ("13/01/2023 00:00:00", "01/13/2023 00:00:00")])
def test_an_order_that_is_not_shown_is_refused_with_the_option_named(texts: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match="--dates"):
        read(*texts)
    assert read("01/02/2023 00:00:00", order="month first") == ["2023-01-02T00:00:00"]


def test_days_of_the_same_number_as_their_month_need_no_order() -> None:
    assert read("10/10/2023 00:00:00") == ["2023-10-10T00:00:00"]


def test_local_times_that_a_change_of_the_clock_repeats_or_skips_are_unreadable() -> None:
    texts = ("2023-03-26 02:30:00", "2023-10-29 02:30:00", "2023-07-01 12:00:00", "2023-07-01T12:00:00Z")
    assert read(*texts, zone="Europe/Berlin") == ["", "", "2023-07-01T10:00:00", "2023-07-01T12:00:00"]
    with pytest.raises(DataError, match="IANA"):
        read("2023-07-01 12:00:00", zone="Europe/Nowhere")


def test_each_row_may_name_its_zone() -> None:
    column = pa.array(["2023-07-01 12:00:00", "2023-07-01 12:00:00"])
    parsed = parse_instants(column, zones=["Asia/Pyongyang", ""])
    assert parsed.t.dt.hour.tolist() == [3, 12]
    assert parsed.clock.tolist() == ["stated", "unstated"]


def test_seconds_since_a_start_are_no_serial_dates() -> None:
    assert read("36000", "36001", "36002")[0] == "1970-01-01T10:00:00"
    assert read("45204.25", "45205")[1] == "2023-10-06T00:00:00"
    assert read("45204.25", "12.5")[0] == "1970-01-01T12:33:24.25"


def test_what_lies_outside_1990_and_tomorrow_is_not_believed() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    t = parse_instants(pa.array(["0", "1704067200", "1704200000", "1704067200000000000000", "631152000"])).t
    assert believable(t, latest_instant(now)).tolist() == [False, True, False, False, True]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%Y%m%d_%H%M%S", "20231005_021609"),
        ("%d|%m|%Y %H:%M:%S.%f", "05|10|2023 02:16:09.25"),
        ("%Y %j %H:%M:%S%z", "2023 278 11:16:09+0900"),
    ],
)
def test_a_pattern_may_be_given(pattern: str, text: str) -> None:
    assert read(text, "x", pattern=pattern)[0].startswith("2023-10-05T02:16:09")


def test_a_table_without_rows_gives_none() -> None:
    assert parse_instants(pa.array([], pa.string())).t.dtype == "datetime64[us, UTC]"
