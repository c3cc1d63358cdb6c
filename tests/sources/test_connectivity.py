"""Whether a service can be reached, and what time it is there."""

from __future__ import annotations

import pytest

from monitor.sources.connectivity import check_reachable

pytestmark = pytest.mark.loopback


def test_any_response_is_reached_and_shows_the_clock(serve):
    found = check_reachable(serve().url)
    assert found.reached
    assert found.detail.startswith("status ")
    assert abs(found.skew_s) < 5


def test_nobody_there_is_not_reached_and_names_the_failure():
    found = check_reachable("http://127.0.0.1:9")
    assert (found.reached, found.detail, found.skew_s) == (False, "ConnectionError", None)
