"""A workspace: a folder, its settings and its methods."""

from monitor.workspace.workspace import Workspace

__all__ = ["Workspace"]
