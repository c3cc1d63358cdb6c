"""The documentation: it builds without a warning, and what its tutorial tells one to type works."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli.app import app, run
from tests.walk import made

pytestmark = pytest.mark.slow


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language in a page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[list[str]]:
    """The arguments of every `monitor` command of a page."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("monitor ")]


def test_the_site_builds_without_a_warning_and_has_every_command_table_and_setting(
    repository: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    reference = tmp_path / "site/reference"
    assert "monitor quickstart" in (reference / "commands/index.html").read_text()
    for page, words in {
        "tables": ("berth_states", "acquired_at"),
        "settings": ("units_per_month", "[stac]"),
        "errors": ("NoData", "not observed"),
        "measured": ("recall, hulls of 60 m and more", "Algiers"),
        "python": ("find_gaps", "duration"),
    }.items():
        text = (reference / page / "index.html").read_text()
        assert all(word in text for word in words), page


def test_what_the_tutorial_types_works(
    season_workspace: Path, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(season_workspace, tmp_path / "demo")
    (tmp_path / "gdynia.geojson").write_text(json.dumps(made.port()))
    (tmp_path / "sightings.csv").write_text(
        "date,port,event,source,source_url,confidence\n2023-09-10,Rajin,docked,A newsroom,https://example.org/a,high\n"
    )
    monkeypatch.chdir(tmp_path)
    typed = [
        arguments for name in ("season", "own-port", "published-case") for arguments in commands(page(repository, name))
    ]
    assert len(typed) > 12
    for arguments in typed:
        if arguments[:3] == ["-w", "watch", "run"]:
            made.write_scene(tmp_path / "watch/scenes", made.FIRST)
        assert run(arguments) == 0, arguments
    assert (tmp_path / "season.gpkg").is_file()
    assert (tmp_path / "rajin.html").is_file()
    assert list((tmp_path / "watch/reports").glob("brief_*.html"))
    for block in blocks(page(repository, "season"), "python"):
        exec(block, {})


def test_every_command_that_a_page_names_is_one(repository: Path) -> None:
    for path in sorted((repository / "docs").rglob("*.md")):
        for arguments in commands(path):
            named = [word for word in arguments if not word.startswith("-")]
            named = named[1:] if arguments[0] in ("-w", "--workspace") else named
            depth = 2 if named[0] in ("ais", "flights") else 1
            with pytest.raises(SystemExit) as ended:
                app(args=[*named[:depth], "--help"])
            assert ended.value.code == 0, (path.name, arguments)


def page(repository: Path, name: str) -> Path:
    """A page of the tutorial."""
    return repository / f"docs/tutorial/{name}.md"
