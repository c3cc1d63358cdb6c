"""An archive in an object store: the same tables as on disk, and the index on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal
from s3fs import S3FileSystem

from monitor.cli.app import run
from monitor.core.errors import ArchiveError, SettingsError
from monitor.io.remote import remote_path
from monitor.store.archive import Archive
from monitor.workspace.workspace import Workspace
from tests.walk import made

pytestmark = [pytest.mark.weights, pytest.mark.slow, pytest.mark.loopback]

DERIVED = ("berth_states", "visits", "matches", "counts")


@pytest.fixture(scope="module", params=["memory", "s3"])
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a folder in a store: of this process, or of an S3 server on 127.0.0.1 where moto is installed."""
    if request.param == "memory":
        yield "memory://ports/watch"
        return
    moto = pytest.importorskip("moto.server", reason="pip install 'maritime-monitor[s3-server]'")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    given = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    before = dict(os.environ)
    os.environ.update(given)
    boto3.client("s3").create_bucket(Bucket="ports")
    yield "s3://ports/watch"
    server.stop()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def both(store: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same workspace after its first run, once with its archive on disk and once in the store."""
    roots = [made.write_workspace(tmp_path_factory.mktemp(name) / "watch") for name in ("disk", "store")]
    with (roots[1] / "monitor.toml").open("a") as settings:
        settings.write(f'\n[archive]\nurl = "{store}"\n')
    for root in roots:
        assert run(["run", "--due", "-w", str(root)]) == 0
    return roots[0], roots[1]


def test_tables_are_the_same_as_on_disk(both: tuple[Path, Path]) -> None:
    on_disk, in_store = (Workspace.open(root) for root in both)
    assert_frame_equal(in_store.detections(), on_disk.detections())
    for name in DERIVED:
        drop = ["as_of"] if name == "matches" else []
        assert_frame_equal(in_store.table(name).drop(columns=drop), on_disk.table(name).drop(columns=drop))
    assert not list((both[1] / "archive").rglob("*.tif"))


def test_a_second_run_has_nothing_to_do_and_every_file_is_as_written(
    both: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", "--due", "-w", str(both[1])]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all("nothing to do" in line for line in lines if line.startswith(("pull", "detect", "ingest", "correlate")))
    assert run(["verify", "-w", str(both[1])]) == 0
    assert " 0 damaged" in capsys.readouterr().out


def test_another_machine_finds_what_is_there(both: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(both[1], tmp_path / "watch", ignore=shutil.ignore_patterns("archive", "reports"))
    other = Workspace.open(tmp_path / "watch")
    assert list(other.scenes()["scene_id"]) == list(Workspace.open(both[1]).scenes()["scene_id"])
    assert len(other.visits()) == len(Workspace.open(both[0]).visits())


def test_a_store_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    S3FileSystem.clear_instance_cache()
    with pytest.raises(ArchiveError, match=r"s3://ports/none/archive\.json: the store was not reached"):
        Archive(remote_path("s3://ports/none"), tmp_path)


def test_an_unknown_protocol_is_refused_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"\[archive\] url nowhere://x"):
        remote_path("nowhere://x")
