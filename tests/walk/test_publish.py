"""Figures, comparisons and bundles of a workspace, by command and by method."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from monitor.cli.app import run
from monitor.core.errors import DataError
from monitor.workspace.workspace import Workspace
from tests.walk import made

pytestmark = [pytest.mark.weights, pytest.mark.slow]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace after its first run; tests only read it."""
    root = made.write_workspace(tmp_path_factory.mktemp("publish") / "watch")
    assert run(["run", "--due", "-w", str(root)]) == 0
    return root


def test_a_figure_is_named_by_port_scene_anchor_detection_or_timeline(finished: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(finished)
    scene = workspace.scenes().sort_values("acquired_at")["scene_id"].iloc[0]
    detection = workspace.detections("made")["detection_id"].iloc[0]
    anchor = f"tile-{scene}-made-overview"
    for number, subject in enumerate(("made", scene, anchor, detection, "timeline", "pair-made", "film-made")):
        out = tmp_path / f"{number}.png"
        assert run(["figure", subject, "--out", str(out), "-w", str(finished)]) == 0
        with Image.open(out) as image:
            assert image.size == (1600, 900)
    assert f"Scene {scene}" in workspace.figure(scene).content.source


def test_formats_are_asked_for_by_option(finished: Path, tmp_path: Path) -> None:
    asked = ["--png", "--svg", "--gif", "--size", "square", "--out", str(tmp_path / "berths.png")]
    assert run(["figure", "film-made", *asked, "-w", str(finished)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["berths.gif", "berths.png", "berths.svg"]
    with Image.open(tmp_path / "berths.gif") as image:
        assert image.n_frames == len(made.SCENES)  # type: ignore[attr-defined]


def test_an_id_that_is_none_is_refused(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["figure", "nothing", "-w", str(finished)]) == 2
    assert "nothing: no detection, event or finding has this id" in capsys.readouterr().err


def test_a_comparison_shows_both_days_and_what_changed(finished: Path, tmp_path: Path) -> None:
    days = [f"{made.SCENES[k]:%Y-%m-%d}" for k in (1, 2)]
    out = tmp_path / "swipe.html"
    assert run(["compare", "made", *days, "--out", str(out), "-w", str(finished)]) == 0
    html = out.read_text()
    assert f"Before · {days[0]} 02:16 UTC" in html
    assert f"After · {days[1]} 02:16 UTC" in html
    assert "occupied, then empty" in html


def test_a_comparison_without_a_sight_of_a_day_names_the_days(finished: Path) -> None:
    workspace = Workspace.open(finished)
    with pytest.raises(DataError, match=f"{made.SCENES[0]:%Y-%m-%d}"):
        workspace.compare("made", "2023-01-01", f"{made.SCENES[1]:%Y-%m-%d}")
    with pytest.raises(DataError, match="give the earlier date first"):
        workspace.compare("made", f"{made.SCENES[1]:%Y-%m-%d}", f"{made.SCENES[0]:%Y-%m-%d}")


def test_a_bundle_has_everything_and_its_checksums_hold(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "made.zip"
    assert run(["bundle", "--out", str(out), "-w", str(finished)]) == 0
    with zipfile.ZipFile(out) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if not name.startswith("SHA256SUMS")
    }
    wanted = {"README.txt", "brief.html", "figures/made.png", "figures/pair-made.svg", "figures/timeline.png"}
    assert wanted | {"tables/tables.xlsx", "tables/detections.csv", "gis/layers.gpkg", "gis/layers.qgz"} <= set(files)


@dataclass(frozen=True)
class Program:
    """How a signing program makes a key and checks a signature."""

    make: tuple[str, ...]
    check: tuple[str, ...]
    ending: str

    def key(self, folder: Path) -> Path:
        if shutil.which(self.make[0]) is None:
            pytest.skip(f"no {self.make[0]} here")
        subprocess.run(self.make, check=True, capture_output=True, cwd=folder)
        return folder / "key"

    def holds(self, folder: Path) -> bool:
        with (folder / "SHA256SUMS").open("rb") as sums:
            return subprocess.run(self.check, stdin=sums, capture_output=True, cwd=folder, check=False).returncode == 0


PROGRAMS = {
    "openssh": Program(
        ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key"),
        ("ssh-keygen", "-Y", "check-novalidate", "-n", "file", "-s", "SHA256SUMS.sig"),
        "sig",
    ),
    "minisign": Program(
        ("minisign", "-G", "-W", "-p", "key.pub", "-s", "key"),
        ("minisign", "-V", "-p", "key.pub", "-m", "SHA256SUMS"),
        "minisig",
    ),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_the_checksums_are_signed_and_a_changed_one_fails(finished: Path, tmp_path: Path, program: Program) -> None:
    key, out = program.key(tmp_path), tmp_path / "made.zip"
    assert run(["bundle", "--out", str(out), "--sign", str(key), "-w", str(finished), "--evidence", "0"]) == 0
    with zipfile.ZipFile(out) as opened:
        for name in ("SHA256SUMS", f"SHA256SUMS.{program.ending}"):
            (tmp_path / name).write_bytes(opened.read(name))
    assert program.holds(tmp_path)
    with (tmp_path / "SHA256SUMS").open("ab") as sums:
        sums.write(b"x")
    assert not program.holds(tmp_path)


@pytest.mark.parametrize("text", ["no key", "untrusted comment: no key"])
def test_a_key_that_is_none_is_refused_before_anything_is_made(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    key = tmp_path / "key"
    key.write_text(text)
    monkeypatch.setattr("monitor.pipeline.publish.bundle.compose", lambda *_: pytest.fail("a brief was made"))
    with pytest.raises(DataError, match=r"does not sign with it|is not on the PATH"):
        Workspace.open(finished).bundle(tmp_path / "out", key=key, evidence=0)
    assert not (tmp_path / "out").exists()


def test_a_key_that_is_not_there_is_named(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        Workspace.open(finished).bundle(tmp_path / "out", key=tmp_path / "key", evidence=0)
