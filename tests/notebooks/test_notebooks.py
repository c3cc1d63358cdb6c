"""The notebooks run from top to bottom on the embedded season, and both halves of a pair say the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = ("01_first_look", "02_detections", "03_ais_and_gaps", "04_findings", "05_your_own_port", "06_a_depot")


@pytest.fixture(scope="module")
def beside_the_season(season_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of notebooks with the season's workspace at ``../demo``, as in the repository after `make demo`."""
    root = tmp_path_factory.mktemp("repository")
    (root / "demo").symlink_to(season_workspace, target_is_directory=True)
    (root / "notebooks").mkdir()
    return root / "notebooks"


def _run(name: str, folder: Path) -> nbformat.NotebookNode:
    done = folder / f"{name}.ipynb"
    shutil.copyfile(NOTEBOOKS / done.name, done)
    command = [sys.executable, "-c", "from nbclient.cli import main; main()", "--inplace", "--timeout=300", str(done)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return nbformat.read(done, as_version=4)


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_from_top_to_bottom_and_draws(name: str, beside_the_season: Path) -> None:
    cells = [cell for cell in _run(name, beside_the_season).cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    warned = [output.text for output in outputs if output.get("name") == "stderr"]
    assert warned == []


def test_there_are_no_other_notebooks() -> None:
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_both_halves_of_a_pair_say_the_same_and_hold_no_output(name: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    script = jupytext.read(NOTEBOOKS / f"{name}.py")
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [
        (cell.cell_type, cell.source) for cell in script.cells
    ]
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)
