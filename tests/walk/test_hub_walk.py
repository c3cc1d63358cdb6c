"""From a Sentinel Hub service to an archive, through the workspace."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import shutil
from datetime import UTC, datetime

import pytest
from shapely.geometry import mapping

from monitor.cli.app import run as command
from monitor.core.tables import COVERAGE
from monitor.pipeline import snapshot
from monitor.store import Record
from monitor.workspace.workspace import Workspace
from tests.sources.imagery.sentinelhub.hub_places import EAST, T0, WEST, products
from tests.sources.places import aoi_over
from tests.standin.server import CLIENT_ID, CLIENT_SECRET, Fault, StandIn
from tests.standin.worlds import Sea, s2_product

pytestmark = pytest.mark.loopback
MONTH = "2023-10"


@pytest.fixture
def watch(tmp_path, monkeypatch):
    """(stand-in, workspace folder): two ports, both sensors, credentials in the environment."""
    from monitor.sources.imagery.sentinelhub import client

    client._sessions.clear()
    with StandIn(Sea(products())) as standin:
        folder = tmp_path / "watch"
        (folder / "aoi").mkdir(parents=True)
        for name, west in (("rajin", 500_100), ("dunai", 500_700)):
            area = aoi_over(west, 4_670_000, west + 300, 4_670_200, name=name).geometry
            document = {"type": "Feature", "properties": {}, "geometry": mapping(area)}
            (folder / "aoi" / f"{name}.geojson").write_text(json.dumps(document))
        (folder / "monitor.toml").write_text(f'[source]\nname = "sentinelhub"\nperiod = "{MONTH}"\n')
        variables = {
            "DEPLOYMENT": "custom",
            "BASE_URL": standin.url,
            "TOKEN_URL": standin.token_url,
            "CLIENT_ID": CLIENT_ID,
            "CLIENT_SECRET": CLIENT_SECRET,
        }
        for name, value in variables.items():
            monkeypatch.setenv(f"MONITOR_SENTINELHUB__{name}", value)
        yield standin, folder


def test_a_month_over_two_ports_takes_one_request_a_pass_and_then_none(watch):
    standin, folder = watch
    workspace = Workspace.open(folder)
    plan = workspace.pull_plan()
    assert "18 passes, 18 to pull" in plan.title
    assert "processing units" in plan.title
    assert standin.count("process") == 0
    assert all(outcome.ok for outcome in workspace.pull())
    assert standin.count("process") == 18 == len(workspace.archive.scenes())
    before = standin.count("catalog")
    assert workspace.pull() == []
    assert standin.count("process") == 18
    assert standin.count("catalog") - before == 4
    assert "18 passes, 0 to pull" in workspace.pull_plan().title


def test_radar_of_a_depot_is_not_asked_for_and_the_plan_says_so(watch):
    _, folder = watch
    place = folder / "aoi" / "dunai.geojson"
    place.write_text(json.dumps({**json.loads(place.read_text()), "place": "depot"}))
    workspace = Workspace.open(folder)
    plan = workspace.pull_plan()
    assert {row["sensor"] for row in plan.rows if row["aoi"] == "dunai"} == {"s2"}
    assert {row["sensor"] for row in plan.rows if row["aoi"] == "rajin"} == {"s1", "s2"}
    (words,) = [words for words in plan.left_out if "Sentinel-1" in words]
    radar = sum(row["sensor"] == "s1" for row in plan.rows)
    assert words == f"{radar} of Sentinel-1 over dunai, a place without water"
    assert words in plan.text()
    assert len(workspace.pull()) == len(plan.rows)
    assert {scene.sensor for scene in workspace.scenes("dunai").itertuples()} == {"s2"}


def test_secrets_are_in_no_file_and_no_log(watch, caplog, capfd):
    standin, folder = watch
    caplog.set_level(logging.DEBUG)
    standin.fail("process", Fault(500, '{"error": {"message": "oops"}}'), Fault(403, '{"error": {"message": "no"}}'))
    assert command(["--workspace", str(folder), "-vv", "pull"]) == 1
    standin.revoke()
    assert command(["--workspace", str(folder), "-vv", "pull"]) == 0
    command(["--workspace", str(folder), "doctor"])
    command(["--workspace", str(folder), "--json", "status"])
    printed = capfd.readouterr()
    secrets = [CLIENT_SECRET, CLIENT_ID, *standin.tokens]
    for text in (printed.out, printed.err, caplog.text):
        assert not any(secret in text for secret in secrets)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 18 * 4
    for path in files:
        content = path.read_bytes()
        assert not any(secret.encode() in content for secret in secrets), path


def _pull(folder: str, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    Workspace.open(folder).pull()


def test_killed_anywhere_the_next_pull_asks_for_what_was_missing_alone(watch):
    standin, folder = watch
    standin.latency_s = 0.05
    environment = {name: value for name, value in os.environ.items() if name.startswith("MONITOR_")}
    context = multiprocessing.get_context("spawn")
    for number in (3, 9):
        process = context.Process(target=_pull, args=(str(folder), environment))
        process.start()
        while standin.count("process") < number:
            process.join(0.01)
            assert process.exitcode is None
        process.kill()
        process.join()
    standin.latency_s = 0.0
    workspace = Workspace.open(folder)
    before, here = standin.count("process"), workspace.archive.reindex()
    assert 0 < here < 18
    assert all(outcome.ok for outcome in workspace.pull())
    assert standin.count("process") - before == 18 - here
    assert workspace.archive.reindex() == 18
    assert not list(folder.rglob(".tmp-*"))


def test_two_pulls_at_once_ask_for_each_pass_once(watch):
    standin, folder = watch
    standin.latency_s = 0.02
    environment = {name: value for name, value in os.environ.items() if name.startswith("MONITOR_")}
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_pull, args=(str(folder), environment)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    assert standin.count("process") == 18
    assert Workspace.open(folder).archive.reindex() == 18


def test_a_pass_without_pixels_is_not_seen_and_waits(watch):
    standin, folder = watch
    whole = standin.world
    workspace = Workspace.open(folder)
    planned = workspace.pull_plan()
    standin.world = Sea([])
    standin.answer, true_answer = _catalog_of(whole, standin), standin.answer
    outcomes = workspace.pull()
    assert len(outcomes) == 18 == len(planned.rows)
    assert not any(outcome.ok for outcome in outcomes)
    assert standin.count("process") == 18
    assert workspace.pull() == []
    assert standin.count("process") == 18
    table = workspace.passes("rajin", MONTH)
    assert list(table["state"]) == ["no data"] * 9
    standin.world, standin.answer = whole, true_answer


def _catalog_of(world, standin):
    """Lists one world and shows the pixels of the other."""
    true_answer = standin.answer

    def answer(service, body):
        if service == "catalog":
            pixels, standin.world = standin.world, world
            try:
                return true_answer(service, body)
            finally:
                standin.world = pixels
        return true_answer(service, body)

    return answer


def test_a_reprocessed_pass_replaces_the_old_one_and_says_so(watch):
    standin, folder = watch
    workspace = Workspace.open(folder)
    workspace.pull(sensor="s2")
    assert standin.count("process") == 6
    anew = [
        s2_product(T0, WEST, satellite="A", baseline="0510"),
        s2_product(T0, EAST, tile="52TFM", satellite="A", baseline="0510"),
    ]
    standin.world = Sea([*products(), *anew])
    assert len(workspace.pull(sensor="s2")) == 2
    assert standin.count("process") == 8
    item = workspace.archive.item("20231005T021510Z_S2A_L2A_R003_rajin")
    assert any("N0509" in old for old in item["properties"]["monitor:replaces"])
    assert workspace.pull(sensor="s2") == []


def test_passes_tell_what_was_not_acquired_from_what_was_not_looked_for(watch):
    _, folder = watch
    workspace = Workspace.open(folder)
    workspace.pull("2023-10-01/2023-10-12")
    wide = workspace.passes("rajin", "2023-09-20/2023-10-27")
    s2 = wide[(wide["sensor"] == "s2") & (wide["platform"] == "sentinel-2a")]
    assert [(at.day, state) for at, state in zip(s2["at"], s2["state"], strict=True)] == [
        (25, "not looked for"),
        (5, "seen"),
        (15, "not looked for"),
        (25, "not looked for"),
    ]
    workspace.pull("2023-09-01/2023-11-01")
    wide = workspace.passes("rajin", "2023-09-20/2023-10-27")
    s2 = wide[(wide["sensor"] == "s2") & (wide["platform"] == "sentinel-2a")]
    assert list(s2["state"]) == ["not acquired", "seen", "seen", "not acquired"]


def test_doctor_says_what_is_wrong_and_exits_1(watch, capsys, monkeypatch):
    standin, folder = watch
    enough = shutil.disk_usage(folder)._replace(free=10 * 1024**3)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: enough)
    assert command(["--workspace", str(folder), "--json", "doctor"]) == 0
    checks = {check["check"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert {"ports", "disk", "writing", "archive", "credentials", "service", "clock", "login", "quota"} <= set(checks)
    standin.secret = "changed"
    assert command(["--workspace", str(folder), "--json", "doctor"]) == 1
    checks = {check["check"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert "refuses the credentials" in checks["login"]["what"]
    assert "MONITOR_SENTINELHUB__CLIENT_SECRET" in checks["login"]["remedy"]
    monkeypatch.delenv("MONITOR_SENTINELHUB__CLIENT_SECRET")
    (folder / "aoi" / "rajin.geojson").write_text("{}")
    assert command(["--workspace", str(folder), "--json", "doctor"]) == 1
    bad = {check["check"] for check in json.loads(capsys.readouterr().out)["checks"] if not check["ok"]}
    assert bad == {"ports", "credentials"}


def test_the_timer_is_printed(watch, capsys):
    _, folder = watch
    assert command(["--workspace", str(folder), "schedule", "--print", "systemd"]) == 0
    assert "Persistent=true" in capsys.readouterr().out
    assert command(["--workspace", str(folder), "schedule", "--print", "cron"]) == 0
    assert "@reboot" in capsys.readouterr().out
    assert command(["--workspace", str(folder), "schedule"]) == 2


def test_runs_leave_a_record(watch):
    _, folder = watch
    workspace = Workspace.open(folder)
    workspace.archive.record(Record("run", "x", datetime.now(UTC), {"failed": True}))
    [last] = [check for check in workspace.doctor() if check.name == "last run"]
    assert (last.ok, last.remedy) == (False, "correct what failed, then monitor run --due")


def test_the_report_knows_the_passes_that_were_missed(watch):
    _, folder = watch
    workspace = Workspace.open(folder)
    workspace.pull("2023-09-20/2023-10-27", sensor="s2")
    coverage = snapshot.read(workspace.context())[COVERAGE]
    water = coverage[(coverage["kind"] == "water") & (coverage["aoi_id"] == "rajin")]
    assert list(water["reason"]) == ["not acquired"] * 5
    assert set(water["state"]) == {"not observed"}
