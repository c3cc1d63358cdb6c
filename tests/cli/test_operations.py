from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.app import run


def test_without_scenes_no_pass_is_known(printed: Callable[..., str], document: Callable[..., Any]) -> None:
    assert printed("passes") == "no pass is known yet; run `monitor pull` first\n"
    assert document("passes", "2023-10") == {"passes": []}


def test_a_plan_tells_what_each_set_of_satellites_would_show(
    printed: Callable[..., str], document: Callable[..., Any]
) -> None:
    made = document("plan", "rajin", "--partner", "dunai", "--stay", "2d", "--season", "60d")
    assert (made["aoi"], made["partner"], made["stay_h"], made["season_d"]) == ("rajin", "dunai", 48.0, 60.0)
    assert 5.0 < made["passage_h"] < 20.0
    first, both, daily = made["prospects"]
    assert first["satellites"] == "Sentinel-2"
    assert list(first["seen"]) == ["6h", "12h", "24h", "48h", "72h"]
    assert first["seen"]["24h"] < both["seen"]["24h"] < daily["seen"]["24h"] < 1.0
    assert first["crossings_width_90"] > 0.0
    shown = printed("plan", "rajin")
    assert "45% of optical passes clear, as over land on average" in shown
    assert "passes of Sentinel-2 and Sentinel-1 and a daily 3 m constellation as usual at 42° latitude" in shown


def test_a_plan_needs_a_port_that_is_there(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in ((["atlantis"], "atlantis"), (["rajin", "--stay", "soon"], "soon")):
        assert run(["plan", *arguments, "-w", str(workspace)]) == 2
        assert said in capsys.readouterr().err


def test_a_timer_is_printed_for_this_workspace(printed: Callable[..., str], workspace: Path) -> None:
    for kind in ("systemd", "cron"):
        shown = printed("schedule", "--print", kind)
        assert str(workspace.absolute()) in shown
        assert "run --due" in shown


@pytest.mark.parametrize(
    "line, message",
    [
        ("", "one of --print, --install and --remove"),
        ("--print cron --install", "one of --print, --install and --remove"),
        ("--print launchd", "'launchd': use systemd or cron"),
    ],
)
def test_schedule_takes_exactly_one_of_its_actions(refused: Callable[..., str], line: str, message: str) -> None:
    assert message in refused("schedule", *line.split())


def test_the_doctor_names_the_fault_and_its_fix(
    printed: Callable[..., str], document: Callable[..., Any], workspace: Path
) -> None:
    (workspace / "monitor.toml").write_text('[source]\nname = "folder"\nfolder = "nowhere"\n')
    shown = printed("doctor", code=1).splitlines()
    fault = next(number for number, line in enumerate(shown) if line.startswith("BAD  source"))
    assert shown[fault + 1].startswith("     fix: put GeoTIFF scenes there")
    assert document("doctor", code=1)["ok"] is False
