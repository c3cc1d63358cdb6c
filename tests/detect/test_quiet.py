"""Detection opens no socket, starts no program, and writes nothing but its answer; a checkpoint cannot run code."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from tests.detect import harbour

WATCHED = """
import json, os, sys
events = []
def hook(event, args):
    if event.startswith(("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostby", "socket.sendto")):
        events.append([event, repr(args)])
    elif event in ("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.fork"):
        events.append([event, repr(args)])
    elif event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        events.append([event, str(args[0])])
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.symlink", "os.link", "shutil.move"):
        events.append([event, str(args[0])])
sys.addaudithook(hook)
"""
DETECT = """
from monitor.cli import main
sys.argv = ["monitor", "detect", "--image", {image!r}, "--out", {out!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
CHECKPOINT = """
from pathlib import Path
from monitor.detect.yolo.detector import YoloDetector
from tests.detect import harbour
YoloDetector(checkpoint=Path({image!r}))(harbour.raster(96))
"""


def run(code: str, tmp_path: Path) -> tuple[list[list[str]], Path]:
    """What a process did that a quiet one does not, and its home."""
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    environ = {
        **os.environ,
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    environ.pop("YOLO_CONFIG_DIR", None)
    end = f"\nopen({str(tmp_path / 'events.json')!r}, 'w').write(json.dumps(events))\n"
    done = subprocess.run(
        [sys.executable, "-c", WATCHED + code + end], cwd=home, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads((tmp_path / "events.json").read_text(encoding="utf-8")), home


def test_detection_opens_no_socket_and_writes_only_its_answer(tmp_path: Path) -> None:
    folder = harbour.write_port(tmp_path / "port")
    image, out = next(folder.glob("*.tif")), tmp_path / "out" / "ships.geojson"
    out.parent.mkdir()
    events, home = run(DETECT.format(image=str(image), out=str(out)), tmp_path)
    assert json.loads(out.read_text(encoding="utf-8"))["type"] == "FeatureCollection"
    elsewhere = [
        entry
        for entry in events
        if entry[0] not in ("open", "os.mkdir", "os.rename", "os.remove")
        or not (entry[1].startswith(str(out.parent)) or entry[1] in ("/dev/null", str(tmp_path / "events.json")))
    ]
    assert elsewhere == []
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert [path.name for path in out.parent.iterdir()] == ["ships.geojson"]


@pytest.mark.slow
def test_a_checkpoint_opens_no_socket_and_writes_to_the_cache_alone(tmp_path: Path) -> None:
    from monitor.detect.yolo.weights import weights_folder

    events, home = run(CHECKPOINT.format(image=str(weights_folder() / "harbour26.pt")), tmp_path)
    assert [entry for entry in events if entry[0].startswith("socket")] == []
    written = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in written if not path.is_relative_to(home / "cache" / "maritime-monitor")] == []


class Hostile:
    """Unpickled by other than weights-only rules, it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


@pytest.mark.slow
def test_a_checkpoint_with_code_in_it_is_refused_and_its_code_not_run(tmp_path: Path) -> None:
    hostile, mark = tmp_path / "hostile.pt", tmp_path / "ran"
    hostile.write_bytes(pickle.dumps({"model": Hostile(mark)}))
    code = CHECKPOINT.replace("\nYolo", "\nfrom monitor.core.errors import DetectorError\ntry:\n    Yolo")
    code += "    raise SystemExit('opened')\nexcept DetectorError:\n    pass\n"
    run(code.format(image=str(hostile)), tmp_path)
    assert not mark.exists()
