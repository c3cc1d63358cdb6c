"""Figures, comparisons and bundles of a workspace, by command and by method."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
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


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no OpenSSH here")
def test_a_bundle_has_everything_and_its_checksums_and_signature_hold(finished: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    out = tmp_path / "made.zip"
    assert run(["bundle", "--out", str(out), "--sign", str(key), "-w", str(finished)]) == 0
    with zipfile.ZipFile(out) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if not name.startswith("SHA256SUMS")
    }
    wanted = {"README.txt", "brief.html", "figures/made.png", "figures/pair-made.svg", "figures/timeline.png"}
    assert wanted | {"tables/tables.xlsx", "tables/detections.csv", "gis/layers.gpkg", "gis/layers.qgz"} <= set(files)
    signature = tmp_path / "s.sig"
    signature.write_bytes(files["SHA256SUMS.sig"])
    check = ["ssh-keygen", "-Y", "check-novalidate", "-n", "file", "-s", str(signature)]
    assert subprocess.run(check, input=files["SHA256SUMS"], check=False).returncode == 0
    assert subprocess.run(check, input=files["SHA256SUMS"] + b"x", check=False).returncode != 0


def test_a_key_that_is_none_is_refused_and_nothing_is_written(finished: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("no key")
    with pytest.raises(DataError, match="does not sign with it"):
        Workspace.open(finished).bundle(tmp_path / "out", key=key, evidence=0)
    assert not (tmp_path / "out").exists()
