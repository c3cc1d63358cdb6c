"""Each command is a Workspace method of the same name."""

from __future__ import annotations

import inspect

import pytest

from monitor import serve
from monitor.cli import tables
from monitor.cli.app import app
from monitor.standalone import tools
from monitor.workspace.workspace import Workspace

OTHER_NAMES = {"init": "create"}
HOMES = {"serve": serve, "tables": tables} | dict.fromkeys(("evaluate", "train", "simulate"), tools)


@pytest.mark.parametrize("command", app.registered_commands, ids=lambda c: c.callback.__name__)
def test_a_command_is_a_method(command: object) -> None:
    name = command.callback.__name__  # type: ignore[attr-defined]
    method = getattr(HOMES.get(name, Workspace), OTHER_NAMES.get(name, name))
    assert inspect.getdoc(method)
