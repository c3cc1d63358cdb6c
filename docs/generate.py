"""Pages of the reference that are made from the code when the site is built, so that they cannot be out of date."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from monitor.cli.app import app
from monitor.core import errors as core_errors
from monitor.core.errors import MonitorError
from monitor.core.tables import TABLES
from monitor.detect.sar.detector import MEASURED
from monitor.sources import errors as source_errors
from monitor.workspace.settings import Settings, template

ROOT = Path(__file__).resolve().parent.parent


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The site's files with the generated pages among them."""
    for name, page in PAGES.items():
        files.append(File.generated(config, f"reference/{name}.md", content=page()))
    return files


def commands() -> str:
    """Every command with its arguments, options and example."""
    lines = ["# Commands", "", "Each is a `Workspace` method of the same name. Exit codes: 0 all well, 1 some items"]
    lines += ["failed (run again), 2 usage or settings, 3 a bug.", ""]
    return "\n".join([*lines, *_commands(typer.main.get_command(app), "monitor")])


def _commands(command: object, name: str) -> Iterator[str]:
    for key, child in sorted(getattr(command, "commands", {}).items()):
        whole = f"{name} {key}"
        yield from (f"## `{whole}`", "", _plain(child.help or ""), "")
        if rows := [_parameter(parameter) for parameter in child.params if not getattr(parameter, "hidden", False)]:
            yield from ("| argument or option | meaning | default |", "|---|---|---|", *rows, "")
        yield from _commands(child, whole)


def _parameter(parameter: object) -> str:
    given, text = getattr(parameter, "opts", []), getattr(parameter, "help", "") or ""
    name = ", ".join(given) if given and given[0].startswith("-") else str(getattr(parameter, "name", "")).upper()
    shown = getattr(parameter, "show_default", None)
    default = getattr(parameter, "default", None)
    said = shown if isinstance(shown, str) else "" if default in (None, False, ()) or callable(default) else default
    return f"| `{name}` | {_cell(text)} | {_cell(str(said))} |"


def settings() -> str:
    """Every section of monitor.toml."""
    lines = ["# Settings", "", "What `monitor.toml` may hold. Each is also `MONITOR_SECTION__NAME` in the environment."]
    for section, field in Settings.model_fields.items():
        model = field.annotation
        assert isinstance(model, type)
        lines += [
            "",
            f"## `[{section}]`",
            "",
            _plain(inspect.getdoc(model) or ""),
            "",
            "| name | meaning |",
            "|---|---|",
        ]
        lines += [f"| `{n}` | {_cell(s.description or '')} |" for n, s in model.model_fields.items()]
    return "\n".join([*lines, "", "## A new file", "", "```toml", template().rstrip(), "```", ""])


def tables() -> str:
    """Every table with its columns, units and key."""
    lines = ["# Tables", "", "`ws.table(name)`, `monitor export` and `monitor tables` give them by these names."]
    for name, schema in sorted(TABLES.items()):
        key = ", ".join(f"`{column}`" for column in schema.key) or "none"
        lines += ["", f"## `{name}`", "", schema.text, "", f"Key: {key}. CRS: {schema.crs or 'none'}.", ""]
        lines += ["| column | type | unit | meaning |", "|---|---|---|---|"]
        lines += [f"| `{n}` | {c.dtype} | {c.unit} | {_cell(c.text)} |" for n, c in schema.columns.items()]
    return "\n".join([*lines, ""])


def errors() -> str:
    """Every kind of error, and what each means."""
    lines = ["# Errors", "", "A message names the thing, what is wrong, and what to do. All are `MonitorError`."]
    lines += ["", "| error | is a | meaning |", "|---|---|---|"]
    for module in (core_errors, source_errors):
        for name, kind in vars(module).items():
            if inspect.isclass(kind) and issubclass(kind, MonitorError) and kind.__module__ == module.__name__:
                base = kind.__mro__[1].__name__
                lines.append(f"| `{name}` | `{base}` | {_cell((inspect.getdoc(kind) or '').splitlines()[0])} |")
    return "\n".join([*lines, ""])


def measured() -> str:
    """The measured errors of the shipped weights, as briefs print them, and their card."""
    known = tomllib.loads((ROOT / "weights/weights.toml").read_text(encoding="utf-8"))
    lines = ["# Measured errors", "", "What briefs print of the detectors. The card below it has every port by itself."]
    lines += ["", "## Radar", "", "| what | value | measured on |", "|---|---|---|"]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in MEASURED]
    for name, entry in known.items():
        lines += ["", f"## {name} on Sentinel-2", "", "| what | value | measured on |", "|---|---|---|"]
        lines += [f"| {' | '.join(map(_cell, row))} |" for row in entry.get("measured", [])]
        card = (ROOT / f"weights/{name}.md").read_text(encoding="utf-8")
        lines += ["", *(f"#{line}" if line.startswith("#") else line for line in card.splitlines())]
    return "\n".join([*lines, ""])


def _plain(text: str) -> str:
    return inspect.cleandoc(text.replace("\f", "")).strip()


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


PAGES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "settings": settings,
    "tables": tables,
    "errors": errors,
    "measured": measured,
}
