from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.store.records import Record, latest_records, read_records

T0 = datetime(2023, 10, 5, tzinfo=UTC)


def test_a_cut_line_is_passed_over_and_no_file_is_no_record(tmp_path):
    record = Record("review", "r1", T0, {"note": "a\u2028b"})
    path = tmp_path / "review.jsonl"
    assert read_records(path) == []
    path.write_text(record.to_json() + "\n" + record.to_json()[:20], encoding="utf-8")
    assert read_records(path) == [record]


def test_the_last_record_of_an_id_stays_in_order_of_time():
    first, second = Record("x", "a", T0, {}), Record("x", "b", T0 + timedelta(hours=1), {})
    again = Record("x", "a", T0 + timedelta(hours=2), {"v": 2})
    assert latest_records([first, second, again]) == [second, again]
