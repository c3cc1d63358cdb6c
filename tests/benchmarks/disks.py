"""Runs on disks too small for them, made larger and run again: everything must equal an undisturbed run.

`python -m tests.benchmarks.disks` mounts a tmpfs of seven sizes, one after the other, and so needs root on Linux.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from monitor.cli.app import run
from tests.benchmarks.kills import compared, content, in_a_child
from tests.walk import made

_SIZES = 7
_MORE_KB = 20_000


def used_kb(folder: Path) -> int:
    """Kilobytes of disk that a folder takes."""
    return sum(path.stat().st_blocks for path in folder.rglob("*")) // 2


def due(root: Path) -> int:
    """The exit code of a run, in a process of its own."""
    return in_a_child(lambda: run(["run", "--due", "-w", str(root)]))


def main() -> None:
    """Print, for each size, how the first run ended, and how the workspace after the second differs."""
    with tempfile.TemporaryDirectory() as name:
        base, disk = Path(name), Path(name) / "disk"
        disk.mkdir()
        template = made.write_workspace(base / "template" / "watch")
        first = shutil.copytree(template, base / "first" / "watch")
        assert due(first) == 0
        assert in_a_child(lambda: content(first, base / "whole") or 0) == 0  # type: ignore[func-returns-value]
        small, large = used_kb(template), used_kb(first)
        for number in range(1, _SIZES + 1):
            size = small + (large - small) * number // (_SIZES + 1)
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", disk], check=True)
            try:
                root = shutil.copytree(template, disk / "watch")
                full = due(root)
                subprocess.run(["mount", "-o", f"remount,size={size + _MORE_KB}k", disk], check=True)
                code = due(root)
                found = [f"exit {code}"] if code else compared(root, base / f"after{number}", base / "whole")
                print(f"{size} KB: exit {full}; after: {', '.join(found) or 'as undisturbed'}", flush=True)
            finally:
                subprocess.run(["umount", disk], check=True)


if __name__ == "__main__":
    main()
