"""What holds for the whole house."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HEAVY = ("torch", "ultralytics", "sentinelhub", "dask", "matplotlib", "geopandas", "onnxruntime", "rasterio")


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_monitor_loads_nothing_heavy() -> None:
    assert loaded_by("import monitor") == set()


def test_a_workspace_loads_no_model_runtime_and_no_client() -> None:
    assert not loaded_by("import monitor; monitor.Workspace") & {"torch", "ultralytics", "sentinelhub", "dask"}


def test_help_loads_nothing_heavy() -> None:
    quiet = "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()): run(['--help'])"
    code = f"from monitor.cli.app import run\n{quiet}"
    assert loaded_by(code) == set()


def test_the_client_and_the_trainer_are_imported_in_their_rooms_alone(repository: Path) -> None:
    def importers(package: str) -> set[str]:
        files = (repository / "monitor").rglob("*.py")
        lines = {f: f.read_text().splitlines() for f in files}
        begins = (f"import {package}", f"from {package}")
        return {
            f.relative_to(repository / "monitor").as_posix()
            for f, text in lines.items()
            if any(line.strip().startswith(begins) for line in text)
        }

    assert importers("sentinelhub") == {"sources/imagery/sentinelhub/client.py"}
    for package in ("ultralytics", "torch"):
        outside = {f for f in importers(package) if not f.startswith("training/")}
        assert outside == {"detect/yolo/ultralytics.py", "detect/yolo/user_model.py"}


@pytest.mark.parametrize(
    "name",
    [
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "CITATION.cff",
        "Makefile",
        ".ci/run",
        ".github/workflows/test.yml",
        ".pre-commit-config.yaml",
        "monitor/py.typed",
    ],
)
def test_the_repository_has_what_a_stranger_looks_for(repository: Path, name: str) -> None:
    assert (repository / name).stat().st_size > 0 or name.endswith("py.typed")


def test_shipped_weights_do_not_tell_where_they_were_made(repository: Path) -> None:
    roots = {str(repository), str(Path.home()), tempfile.gettempdir(), "/home/", "/Users/"}
    for path in sorted((repository / "weights").glob("harbour*")):
        content = path.read_bytes()
        assert not [root for root in roots if root.encode() in content], path
