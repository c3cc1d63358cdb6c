"""What every table holds, in words, for people who open one."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType

from monitor.core import revisit
from monitor.core.schema import Schema
from monitor.core.tables import ais, aviation, fusion, imagery, review


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table's schema and what is said of it in the source, line breaks and all."""

    schema: Schema
    text: str

    @property
    def headline(self) -> str:
        """What comes before the first stop of any kind."""
        return re.split(r"[.:;](?: |$)", " ".join(self.text.split()))[0]


def dictionary() -> Mapping[str, TableEntry]:
    """Every table by name, in the order in which they are declared; `text` is "" for one that nothing is said of."""
    entries = [entry for module in (imagery, ais, fusion, review, revisit, aviation) for entry in _entries(module)]
    return MappingProxyType({entry.schema.name: entry for entry in entries})


def _entries(module: ModuleType) -> Iterator[TableEntry]:
    """The schemas that a module assigns, each with the string that stands below it."""
    body = ast.parse(inspect.getsource(module)).body
    for statement, below in zip(body, [*body[1:], None], strict=True):
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        schema = getattr(module, statement.targets[0].id)
        if isinstance(schema, Schema):
            yield TableEntry(schema, _text(below))


def _text(statement: ast.stmt | None) -> str:
    value = statement.value if isinstance(statement, ast.Expr) else None
    said = value.value if isinstance(value, ast.Constant) else None
    return said if isinstance(said, str) else ""
