"""Every command, setting and table is documented where its user reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from monitor.cli.app import app
from monitor.core.tables import TABLES
from monitor.core.version import VERSION
from monitor.workspace.settings import Settings, template

COMMANDS = get_command(app).commands  # type: ignore[attr-defined]
TEMPLATE = template()


def _leaves() -> dict[str, str]:
    """Command lines and their help texts."""
    found: dict[str, str] = {}
    for name, command in COMMANDS.items():
        inner = getattr(command, "commands", None)
        leaves = {f"{name} {each}": leaf for each, leaf in inner.items()} if inner else {name: command}
        found |= {line: leaf.help or "" for line, leaf in leaves.items()}
    return found


@pytest.mark.parametrize("line", _leaves())
def test_a_command_shows_an_example_of_itself(line: str) -> None:
    text = _leaves()[line]
    assert "Example" in text
    assert f"monitor {line}" in text.split("Example", 1)[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_overview_of_commands_has_each(name: str, repository: Path) -> None:
    commands = (repository / "docs/reference/index.md").read_text(encoding="utf-8").split("## Commands", 1)[1]
    assert f"`monitor {name}" in commands or f"`{name}`" in commands or f"`{name} " in commands


@pytest.mark.parametrize(
    ("section", "name"),
    [(section, name) for section, field in Settings.model_fields.items() for name in field.annotation.model_fields],  # type: ignore[union-attr]
)
def test_a_setting_is_explained_in_a_new_workspace(section: str, name: str) -> None:
    part = TEMPLATE.split(f"\n[{section}]\n", 1)[1].split("\n[", 1)[0]
    line = next(line for line in part.splitlines() if line.startswith((f"# {name} =", f"# {name}:", f"{name} =")))
    meaning = line.rsplit("#", 1)[1] if "=" in line else line.split(":", 1)[1]
    assert len(meaning.split()) >= 2


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_it_holds(name: str) -> None:
    shown = CliRunner().invoke(app, ["tables", name])
    assert shown.exit_code == 0
    schema = TABLES[name]
    assert len(schema.text.split()) >= 5
    assert all(column in shown.output for column in schema.columns)
    assert ("EPSG:4326" in shown.output) == ("geometry" in schema.columns)


def test_contributors_are_sent_to_files_that_exist(repository: Path) -> None:
    text = (repository / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:monitor|tests|weights)/[^`\s]*)`", text))
    assert len(named) > 15
    assert not sorted(path for path in named if "NAME" not in path and not (repository / path).exists())


def test_every_room_has_a_line_for_contributors(repository: Path) -> None:
    text = (repository / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (repository / "monitor").glob("*/__init__.py")}
    assert {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")} == rooms


def test_citation_and_changelog_have_the_version(repository: Path) -> None:
    assert f"version: {VERSION}\n" in (repository / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {VERSION}\n" in (repository / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_shipped_file_that_is_no_code_has_its_licence_named(repository: Path) -> None:
    page = (repository / "docs/licences.md").read_text(encoding="utf-8")
    named = re.findall(r"`([^`]+)`", page)
    places = [path for folder in ("aoi", "monitor", "weights") for path in (repository / folder).rglob("*")]
    code = {".py", ".j2", ".css", ".js", ".typed", ".pyc", ".txt"}
    shipped = [p.relative_to(repository) for p in places if p.is_file() and p.suffix not in code]
    missing = [
        str(path)
        for path in shipped
        if path.name not in named
        and not any(path.match(name) or str(path).startswith(name) for name in named if "/" in name)
    ]
    assert missing == []
