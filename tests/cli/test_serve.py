from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def test_the_address_is_printed_for_people_and_scripts(
    printed: Callable[..., str], document: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "http://127.0.0.1:8725/#token=t"
    monkeypatch.setattr("monitor.serve.serve", lambda *_, **named: next(filter(callable, named.values()))(address))
    assert printed("serve", "--no-open").splitlines()[0] == address
    assert document("serve", "--no-open") == {"address": address}


def test_a_port_beyond_the_last_is_wrong_use(refused: Callable[..., str]) -> None:
    assert "65535" in refused("serve", "--port", "70000")
