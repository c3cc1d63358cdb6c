from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_without_scenes_no_pass_is_known(printed: Callable[..., str], document: Callable[..., Any]) -> None:
    assert printed("passes") == "no pass is known yet; run `monitor pull` first\n"
    assert document("passes", "2023-10") == {"passes": []}


def test_a_timer_is_printed_for_this_workspace(printed: Callable[..., str], workspace: Path) -> None:
    for kind in ("systemd", "cron"):
        shown = printed("schedule", "--print", kind)
        assert str(workspace.absolute()) in shown
        assert "run --due" in shown


def test_schedule_takes_exactly_one_of_its_actions(printed: Callable[..., str]) -> None:
    printed("schedule", code=2)
    printed("schedule", "--print", "cron", "--install", code=2)
    printed("schedule", "--print", "launchd", code=2)


def test_the_doctor_names_the_fault_and_its_fix(
    printed: Callable[..., str], document: Callable[..., Any], workspace: Path
) -> None:
    (workspace / "monitor.toml").write_text('[source]\nname = "folder"\nfolder = "nowhere"\n')
    shown = printed("doctor", code=1).splitlines()
    fault = next(number for number, line in enumerate(shown) if line.startswith("BAD  source"))
    assert shown[fault + 1].startswith("     fix: put GeoTIFF scenes there")
    assert document("doctor", code=1)["ok"] is False
