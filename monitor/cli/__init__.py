"""``monitor``: each command is a `Workspace` method, spelled in the shell."""

from monitor.cli.app import app, main

__all__ = ["app", "main"]
