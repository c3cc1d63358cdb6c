from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from monitor.core.version import VERSION

HERE = {"monitor", "tests"}


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ;]", requirement)[0].lower().replace("_", "-")


def imported(folder: Path) -> dict[str, str]:
    """Top-level package to a file that imports it."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            found |= {name.split(".")[0]: str(path) for name in names}
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names | HERE}


def test_what_is_imported_is_declared(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [requirement for group in project["optional-dependencies"].values() for requirement in group]
    declared = {plain(requirement) for requirement in [*project["dependencies"], *extras]}
    known = packages_distributions()
    missing = {
        name: path
        for name, path in imported(repository / "monitor").items()
        if not {plain(distribution) for distribution in known.get(name, [name])} & declared
    }
    assert missing == {}


def test_the_list_without_torch_has_every_other_dependency(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (repository / "docs/install/without-torch.txt").read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if not line.startswith("#")}
    assert set(project["dependencies"]) - listed == {"torch", "ultralytics>=8.4"}
    assert listed <= set(project["dependencies"])


CONDA = {"py-opencv": "opencv-python", "pytorch": "torch"}
"""Names that conda-forge gives differently."""


def test_the_conda_recipe_has_every_dependency_and_the_version(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    recipe = (repository / "docs/install/recipe.yaml").read_text(encoding="utf-8")
    assert f'version: "{VERSION}"' in recipe
    lines = recipe.split("  run:\n")[1].split("\n\n")[0].splitlines()
    named = [plain(line.strip("- ")) for line in lines if "python >=" not in line]
    assert {CONDA.get(name, name) for name in named} == {plain(requirement) for requirement in project["dependencies"]}
