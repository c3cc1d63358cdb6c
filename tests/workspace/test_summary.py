"""What a workspace shows of itself at a prompt and in a notebook."""

from __future__ import annotations

from pathlib import Path

from monitor.pipeline.outcome import Table
from monitor.workspace.tables import summary_table
from monitor.workspace.workspace import Workspace

ROWS: tuple[dict[str, object], ...] = (
    {"port": "p", "what": "s2", "number": 28, "first": "2023-08-15T02:22:45Z", "last": "2023-10-21T02:13:12Z"},
    {"port": "p", "what": "s1", "number": 0, "first": "", "last": ""},
    {"port": "", "what": "positions", "number": 85700, "first": "2023-08-14T00:00:32Z", "last": "2023-10-22T23:48:02Z"},
)


def test_a_row_of_each_port_and_sensor_has_scenes_and_days() -> None:
    made = summary_table(Table("/watch", ROWS), {"p": "Port P"})
    assert made.title == "/watch, 85,700 AIS positions"
    assert [tuple(row.values()) for row in made.rows] == [
        ("p", "Port P", "s2", 28, "2023-08-15", "2023-10-21"),
        ("p", "Port P", "s1", 0, "–", "–"),
    ]


def test_a_workspace_is_named_on_one_line_and_prints_its_table(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "watch")
    assert repr(workspace) == f"Workspace({str(tmp_path / 'watch')!r})"
    lines = str(workspace).splitlines()
    assert lines[0].endswith("0 AIS positions")
    assert lines[1].split() == ["port", "name", "sensor", "scenes", "first", "last"]
    assert {line.split()[0] for line in lines[2:]} == {aoi.id for aoi in workspace.aois}
    html = workspace._repr_html_()
    assert "<table" in html
    assert all(aoi.name in html for aoi in workspace.aois)
    assert "last run: none" in html
