"""Kill a run at each write in turn, run again, and compare everything with an undisturbed run.

`python -m tests.benchmarks.kills [STEP [FIRST]]` kills before every STEP-th write (1 by default), from FIRST on.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pandas as pd

from monitor.cli.app import run
from monitor.core.tables import ALERTS
from monitor.pipeline.snapshot import DERIVED
from monitor.store.alerts import AlertStore
from monitor.store.index import Index
from monitor.workspace.workspace import Workspace
from tests.walk import made

_KILLED = 77
_TABLES = ("detections", "coverage", *(schema.name for schema in DERIVED))
_CLOCKED = {"version", "matched_at", "raised_at", "quiet_until", "as_of"}


@contextmanager
def deadly(at: int) -> Iterator[list[int]]:
    """The process dies at write number `at`: a rename, a removal, an appended line, a commit of the index."""
    count = [0]

    def wrapped(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **named: object) -> object:
            count[0] += 1
            if count[0] == at:
                os._exit(_KILLED)
            return real(*args, **named)

        return call

    commits = {name: wrapped(getattr(Index, name)) for name in ("add", "forget", "rebuild")}
    files = {name: wrapped(getattr(Path, name)) for name in ("replace", "unlink")}
    with (
        mock.patch.multiple(Path, **files),
        mock.patch.multiple(Index, **commits),
        mock.patch("os.fsync", wrapped(os.fsync)),
    ):
        yield count


def in_a_child(work: Callable[[], int]) -> int:
    """The exit code of `work` in a process of its own."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def content(root: Path, out: Path) -> None:
    """Every table of a workspace, its vessels and alerts, as files in a folder."""
    workspace = Workspace.open(root)
    tables = {name: workspace.table(name) for name in _TABLES}
    tables |= {"vessels": workspace.positions.vessels(), "positions": workspace.positions.read()}
    tables[ALERTS.name] = AlertStore(workspace.archive).table()
    out.mkdir(parents=True)
    for name, table in tables.items():
        kept = pd.DataFrame(table).drop(columns=[c for c in table if c in _CLOCKED])
        (out / f"{name}.csv").write_text(kept.to_csv(index=False))
    assert len(workspace.archive.records("issue")) == 1
    assert not workspace.verify().damaged
    assert len(list((root / "reports").glob("*.html"))) == 1
    assert not list(root.rglob(".tmp-*"))


def compared(root: Path, folder: Path, whole: Path) -> list[str]:
    """The tables of a workspace that differ from the undisturbed ones."""
    assert in_a_child(lambda: content(root, folder) or 0) == 0  # type: ignore[func-returns-value]
    return [path.name for path in sorted(whole.iterdir()) if path.read_bytes() != (folder / path.name).read_bytes()]


def main(step: int = 1, start: int = 1) -> None:
    """Print each kill that left a difference, and the sums."""
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        template = made.write_workspace(base / "template" / "watch")
        first = shutil.copytree(template, base / "first" / "watch")
        counted = base / "count"

        def count_writes() -> int:
            with deadly(0) as count:
                code = run(["run", "--due", "-w", str(first)])
            counted.write_text(str(count[0]))
            return code

        assert in_a_child(count_writes) == 0
        writes = int(counted.read_text())
        assert in_a_child(lambda: content(first, base / "whole") or 0) == 0  # type: ignore[func-returns-value]
        print(f"{writes} writes in an undisturbed run", flush=True)
        wrong = done = 0
        for at in range(start, writes + 1, step):
            root = shutil.copytree(template, base / "killed" / "watch")

            def killed(root: Path = root, at: int = at) -> int:
                with deadly(at):
                    return run(["run", "--due", "-w", str(root)])

            assert in_a_child(killed) == _KILLED
            code = in_a_child(lambda root=root: run(["run", "--due", "-w", str(root)]))  # type: ignore[misc]
            found = [f"exit {code}"] if code else compared(root, base / "after", base / "whole")
            done, wrong = done + 1, wrong + bool(found)
            print(f"write {at}: {', '.join(found) or 'as undisturbed'}", flush=True)
            shutil.rmtree(base / "killed")
            shutil.rmtree(base / "after", ignore_errors=True)
        print(f"{done} kills, {wrong} with another result than an undisturbed run")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
