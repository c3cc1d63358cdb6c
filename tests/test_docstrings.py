"""Docstrings that a renderer can show: the type stands in the type slot, and every parameter is explained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from numpydoc.docscrape import NumpyDocString

MANY = 3
"""Parameters from which on a public callable has a Parameters section."""

SECTIONS = ("Parameters", "Attributes", "Returns", "Yields")

WORDS = frozenset(
    [
        "int",
        "float",
        "str",
        "bool",
        "bytes",
        "object",
        "dict",
        "list",
        "tuple",
        "set",
        "frozenset",
        "array",
        "mapping",
        "sequence",
        "iterable",
        "iterator",
        "callable",
        "collection",
        "generator",
        "of",
        "or",
        "to",
        "and",
        "optional",
        "default",
        "table",
        "tables",
        "path",
        "type",
        "datetime",
        "timedelta",
        "date",
        "shape",
        "self",
        "any",
    ]
)

ROOT = Path(__file__).resolve().parents[1] / "monitor"
FILES = sorted(ROOT.rglob("*.py"))


def _is_type(text: str) -> bool:
    """Whether a type slot holds a type: known words, class names, schemas, literals and shapes, and nothing else."""
    without = re.sub(r"\{[^}]*\}|\([^)]*\)|\"[^\"]*\"", " ", text)
    tokens = re.findall(r"[A-Za-z_][\w.]*|[^\sA-Za-z_,|\[\]\d.:*-]", without)
    return bool(text.strip()) and all(t in WORDS or t[0].isupper() or "." in t for t in tokens)


def _callables(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Public functions, classes and methods, by dotted name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                        yield f"{node.name}.{inner.name}", inner


def _parameters(node: ast.FunctionDef) -> list[str]:
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    given = [a.arg for a in [*named, *([node.args.vararg] if node.args.vararg else [])]]
    return [name for name in given if name not in ("self", "cls")]


def problems(path: Path) -> list[str]:
    """What is wrong with the docstrings of one file, a line each."""
    found = []
    for name, node in _callables(ast.parse(path.read_text(encoding="utf-8"))):
        text = ast.get_docstring(node)
        if text is None:
            continue
        document = NumpyDocString(text)
        for section in SECTIONS:
            for entry in document[section]:
                slot = entry.type or (entry.name if section in ("Returns", "Yields") else "")
                if not _is_type(slot):
                    found.append(f"{name}: {section}: {entry.name} : {slot!r} is no type")
        if isinstance(node, ast.FunctionDef) and "cli" not in path.parts:
            listed = {each.strip("* ") for entry in document["Parameters"] for each in entry.name.split(",")}
            given = _parameters(node)
            missing = [each for each in given if each not in listed]
            if missing and (listed or len(given) >= MANY):
                found.append(f"{name}: Parameters: {', '.join(missing)} missing")
            found += [f"{name}: Parameters: there is no {each}" for each in sorted(listed - set(given))]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_docstrings_have_types_and_explain_every_parameter(path: Path) -> None:
    assert not problems(path)
