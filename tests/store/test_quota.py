from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.store.archive import Archive
from monitor.store.quota import UnitQuota

NOW = datetime(2023, 10, 31, 12, tzinfo=UTC)


def test_units_beyond_the_cap_are_not_reserved(tmp_path):
    quota = UnitQuota(Archive(tmp_path))
    assert quota.reserve(6.0, cap=10.0, what="a", now=NOW)
    assert quota.reserve(6.0, cap=10.0, what="b", now=NOW) is None
    assert quota.spent(NOW) == 6.0


def test_what_was_not_spent_is_free_again_and_a_new_month_starts_at_zero(tmp_path):
    quota = UnitQuota(Archive(tmp_path))
    ticket = quota.reserve(6.0, cap=10.0, what="a", now=NOW)
    quota.settle(ticket or "", 1.5, now=NOW)
    assert quota.spent(NOW) == 1.5
    assert quota.spent(NOW + timedelta(days=1)) == 0.0
