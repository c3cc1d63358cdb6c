"""What the tables hold."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import Session, command, require

if TYPE_CHECKING:
    from monitor.core.schema import Schema


_WIDTH = 120


@command
def tables(
    session: Session,
    name: Annotated[str | None, typer.Argument(help="A table.", show_default="all, a line each")] = None,
) -> None:
    """Print what a table holds: its columns with units, its key, its CRS.

    Example: monitor tables visits
    """
    from monitor.core.tables import TABLES

    if name is None:
        document = {each: schema.headline for each, schema in TABLES.items()}
        session.print(document, "\n".join(f"{each:<16} {headline}" for each, headline in document.items()))
        return
    require(name in TABLES, f"no table {name!r}; there are {', '.join(TABLES)}")
    session.print(_document(TABLES[name]), _text(TABLES[name]))


def _document(schema: Schema) -> dict[str, object]:
    return {
        "table": schema.name,
        "text": schema.text,
        "columns": {n: {"dtype": c.dtype, "unit": c.unit, "text": c.text} for n, c in schema.columns.items()},
        "key": list(schema.key),
        "crs": schema.crs,
        "time": list(schema.time or ()),
    }


def _text(schema: Schema) -> str:
    lines = [schema.name, "", textwrap.fill(schema.text, _WIDTH), ""]
    rows = [f"  {name:<21} {c.dtype:<19} {c.unit:<3} {c.text}" for name, c in schema.columns.items()]
    lines += [textwrap.fill(row, _WIDTH, subsequent_indent=" " * 48) for row in rows]
    lines += ["", f"key: {', '.join(schema.key) or 'none'}"]
    lines += [f"CRS: {schema.crs}"] if schema.crs else []
    lines += [f"in a period by: {' to '.join(dict.fromkeys(schema.time))}"] if schema.time else []
    return "\n".join(lines)
