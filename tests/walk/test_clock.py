"""A clock that was set back or ahead between two runs decides nothing after the next one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest

from monitor.cli.app import run
from monitor.core.tables import ALERTS
from monitor.pipeline.snapshot import DERIVED
from monitor.store.alerts import AlertStore
from monitor.workspace.workspace import Workspace
from tests.walk import made

CLOCKS = ("pipeline.pull", "pipeline.alerts.raise_and_send", "workspace.search", "workspace.run", "workspace.workspace")
CLOCKED = {"matched_at", "raised_at", "as_of"}
"""Columns that say when a run was."""


@contextmanager
def clock(ahead: timedelta) -> Iterator[None]:
    """The clock of a run, so far ahead of ours."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + ahead

    with ExitStack() as stack:
        for name in (*CLOCKS, "core.instants", "store.positions"):
            stack.enter_context(mock.patch(f"monitor.{name}.datetime", Shifted))
        yield


def content(root: Path) -> dict[str, str]:
    """Every derived table of a workspace, and its alerts, without when they were made."""
    workspace = Workspace.open(root)
    tables = {schema.name: workspace.table(schema.name) for schema in DERIVED}
    tables |= {ALERTS.name: AlertStore(workspace.archive).table(), "positions": workspace.positions.read()}
    return {n: pd.DataFrame(t).drop(columns=[c for c in t if c in CLOCKED]).to_csv() for n, t in tables.items()}


def runs(root: Path, first: timedelta | None, folder: Path) -> dict[str, str]:
    """What there is after a run by a shifted clock (none for None), late AIS, and runs by ours."""
    made.write_workspace(root)
    if first is not None:
        with clock(first):
            run(["run", "--due", "-w", str(root)])
    late = made.write_late_ais(folder / f"{root.parent.name}.csv", made.SCENES[1])
    shutil.copy(late, root / "ais" / "late.csv")
    for _ in range(2):
        run(["run", "--due", "-w", str(root)])
    return content(root)


@pytest.mark.slow
@pytest.mark.parametrize(
    "first", [timedelta(minutes=10), timedelta(days=3650), -timedelta(minutes=10), -timedelta(days=3650)]
)
def test_a_run_by_another_clock_leaves_nothing_after_the_next(first: timedelta, tmp_path: Path) -> None:
    nothing_yet = first < -timedelta(days=365)  # before the first scene
    straight = runs(tmp_path / "straight" / "watch", None if nothing_yet else timedelta(), tmp_path)
    after = runs(tmp_path / "shifted" / "watch", first, tmp_path)
    assert [name for name in straight if after[name] != straight[name]] == []
