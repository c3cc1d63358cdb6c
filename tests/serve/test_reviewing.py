from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest

from monitor.cli.app import run
from monitor.core.timerange import TimeRange
from monitor.detect.evaluation.reader import labelled_folders, read_port, read_scene_truth
from monitor.pipeline import snapshot
from monitor.pipeline.report import brief_input
from monitor.report.sections.summary import header
from monitor.workspace.workspace import Workspace
from tests.serve.conftest import TOKEN, served

pytestmark = [pytest.mark.loopback, pytest.mark.weights, pytest.mark.slow]

RIGHT = {"X-Monitor-Token": TOKEN}


def ships(workspace: Workspace) -> list[str]:
    """Ids of the vessels that the detector marked, oldest first."""
    found = workspace.detections()
    return [str(name) for name in found.loc[found["class_name"] == "vessel", "detection_id"]]


def brief(workspace: Workspace) -> str:
    """The text of a new brief, without its styles, scripts and pictures."""
    text = workspace.report(out=workspace.root / "reports" / "again.html")[0].read_text()
    return re.sub(r"<(style|script).*?</\1>|data:[^\"]+", "", text, flags=re.DOTALL)


def status(workspace: Workspace) -> str:
    """What the header of a brief would announce now."""
    workspace.correlate()
    context = workspace.context()
    scenes = workspace.scenes()["acquired_at"]
    period = TimeRange(scenes.min().floor("D").to_pydatetime(), scenes.max().ceil("D").to_pydatetime())
    return header(brief_input(context, snapshot.read(context), period)).status


def test_a_decision_on_the_page_changes_the_next_brief(workspace: Workspace, client: httpx.Client) -> None:
    before = workspace.counts()["vessels"].sum()
    name = ships(workspace)[0]
    given = {"subject": name, "decision": "reject", "who": "Kim", "note": "a crane"}
    kept = client.post("/api/reviews", json=given, headers=RIGHT)
    assert kept.status_code == 200
    assert kept.json()["now"] == "reject"
    after = brief(workspace)
    assert workspace.counts()["vessels"].sum() == before - 1
    assert name not in set(workspace.matches()["detection_id"]) | set(workspace.dark_events()["detection_id"])
    assert "rejected by Kim: a crane" in after
    assert name in set(workspace.detections()["detection_id"])
    with served(workspace) as reader:
        counted = reader.get("/api/tables/detections").json()["rows"]
        assert name not in {row["detection_id"] for row in counted}
        assert reader.get("/pictures/" + name).status_code == 200
        assert "rejected by Kim" in reader.get("/evidence/" + name).text


def test_what_was_taken_back_counts_again(workspace: Workspace, client: httpx.Client) -> None:
    before, name = workspace.counts(), ships(workspace)[0]
    for decision in ("reject", "fixed"):
        client.post("/api/reviews", json={"subject": name, "decision": decision, "who": "Kim"}, headers=RIGHT)
    for now in ("reject", ""):
        undone = client.post("/api/reviews/undo", json={"who": "Kim"}, headers=RIGHT).json()
        assert (undone["subject"], undone["now"]) == (name, now)
    assert client.post("/api/reviews/undo", json={"who": "Kim"}, headers=RIGHT).status_code == 422
    workspace.correlate()
    assert workspace.counts()["vessels"].tolist() == before["vessels"].tolist()
    assert len(workspace.reviews.table()) == 4


def test_the_page_shows_a_decision_at_once(workspace: Workspace, client: httpx.Client) -> None:
    name = ships(workspace)[0]
    assert "no decision" in client.get("/evidence/" + name).text
    client.post("/api/reviews", json={"subject": name, "decision": "unsure", "who": "Kim <b>"}, headers=RIGHT)
    page = client.get("/evidence/" + name).text
    assert "unsure by Kim &lt;b&gt;" in page
    assert 'aria-pressed="true"' in page


@pytest.mark.parametrize("given", [{"subject": "no-such", "decision": "keep"}, {"subject": "x", "decision": "maybe"}])
def test_a_decision_on_nothing_is_refused(client: httpx.Client, given: dict[str, str]) -> None:
    assert client.post("/api/reviews", json=given, headers=RIGHT).status_code == 422


def test_a_brief_is_reviewed_when_every_finding_was_kept(workspace: Workspace) -> None:
    assert status(workspace) == "DRAFT, not reviewed"
    queue = workspace.reviews.queue()
    of_the_port = queue["aoi_id"] == "made"
    findings = [str(name) for name in queue.loc[of_the_port & (queue["kind"] != "detection"), "subject"]]
    for name in findings[:-1]:
        workspace.review(name, "keep", who="Kim")
    workspace.review(findings[-1], "unsure", who="Lee")
    assert status(workspace).startswith("DRAFT, ")
    queue = workspace.reviews.queue()
    of_the_port = queue["aoi_id"] == "made"
    for name in queue.loc[of_the_port & (queue["kind"] != "detection") & (queue["decision"] != "keep"), "subject"]:
        workspace.review(str(name), "keep", who="Lee")
    assert status(workspace) == "REVIEWED by Kim, Lee"


def test_labels_are_read_by_the_trainer_and_by_evaluate(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ships(workspace)
    root = ["-w", str(workspace.root)]
    assert run(["review", names[0], "keep", *root]) == 0
    assert run(["review", names[1], "reject", "--note", "a crane", *root]) == 0
    assert run(["review", "--export", str(tmp_path / "labels"), *root]) == 0
    ports = {port.name: port for port in map(read_port, labelled_folders(tmp_path / "labels"))}
    assert len(ports) == 2
    port = next(port for port in ports.values() if port.hulls)
    assert len(port.hulls) == 1
    assert port.hulls[0].sure
    assert port.dn.any()
    assert port.ignore
    truth = read_scene_truth(tmp_path / "labels" / port.name, port.epsg)
    kept = workspace.detections().set_index("detection_id").loc[names[0]]
    assert truth.vessels["length_m"].iloc[0] == pytest.approx(kept["length_m"], abs=0.06)
    assert not any(area.intersects(truth.vessels["geometry"].iloc[0]) for area in truth.ignore)
    capsys.readouterr()


def test_the_command_lists_decides_and_takes_back(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    root, name = ["-w", str(workspace.root)], ships(workspace)[0]
    assert run(["review", "--json", *root]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["items"]
    assert run(["review", name, "fixed", "--who", "Kim", *root]) == 0
    assert workspace.reviews.table()["decision"].tolist() == ["fixed"]
    assert run(["review", "--undo", "--who", "Kim", *root]) == 0
    assert workspace.reviews.table()["stands"].tolist() == [False, False]
    assert run(["review", "--undo", "--who", "Kim", *root]) == 2
    assert run(["review", name, *root]) == 2
    assert run(["review", name, "maybe", *root]) == 2
