"""What the tables hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import session
from monitor.core.errors import SettingsError

if TYPE_CHECKING:
    from monitor.core.dictionary import TableEntry


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(tables)


def tables(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A table.", show_default="all, a line each")] = None,
) -> None:
    """Say what a table holds: its columns with units, its key, its CRS.

    Example: monitor tables visits
    """
    from monitor.core.dictionary import dictionary

    entries = dictionary()
    to = session(context)
    if name is None:
        document = {each: entry.headline for each, entry in entries.items()}
        to.tell(document, "\n".join(f"{each:<16} {headline}" for each, headline in document.items()))
        return
    if name not in entries:
        raise SettingsError(f"no table {name!r}; there are {', '.join(entries)}")
    to.tell(_document(entries[name]), _text(entries[name]))


def _document(entry: TableEntry) -> dict[str, object]:
    schema = entry.schema
    return {
        "table": schema.name,
        "text": " ".join(entry.text.split()),
        "columns": dict(schema.columns),
        "key": list(schema.key),
        "crs": schema.crs,
    }


def _text(entry: TableEntry) -> str:
    schema = entry.schema
    lines = [schema.name, "", " ".join(entry.text.split()), ""]
    lines += [f"  {column:<24} {dtype}" for column, dtype in schema.columns.items()]
    lines += ["", f"key: {', '.join(schema.key) or 'none'}"]
    lines += [f"CRS: {schema.crs}"] if schema.crs else []
    return "\n".join(lines)
