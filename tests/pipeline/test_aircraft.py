from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli.app import run
from monitor.workspace import Workspace

CLAIMS = """date_local,tail,icao24,type,operator,from,to,times_as_reported,source_url,confidence,note
2023-09-26,RA-86559,15521F,Il-62M,Russian Air Force,Moscow,Pyongyang,,https://example.org/a,high,
2023-09-28,RA-86559,15521F,Il-62M,Russian Air Force,Pyongyang,Moscow,,https://example.org/a,high,
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    assert run(["init", str(tmp_path / "watch")]) == 0
    (tmp_path / "claims.csv").write_text(CLAIMS)
    return tmp_path / "watch"


def test_published_flights_are_kept_once_and_are_no_calls(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims = str(workspace.parent / "claims.csv")
    for _ in range(2):
        assert run(["flights", "ingest", claims, "-w", str(workspace), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["rows"][0]["claims"] == 2
    found = Workspace.open(workspace).flights()
    assert len(found.claims) == 2
    assert found.calls.empty
    assert run(["flights", "calls", "2023-09", "-w", str(workspace)]) == 0
    assert "no calls" in capsys.readouterr().out


def test_a_file_of_no_known_layout_is_named(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = workspace.parent / "odd.csv"
    odd.write_text("a,b\n1,2\n")
    assert run(["flights", "ingest", str(odd), "-w", str(workspace)]) == 2
    assert "odd.csv" in capsys.readouterr().err
