"""Peak memory and seconds of reading each file of `tests.sources.bombs`, in a process of its own.

`python -m tests.benchmarks.bombs [WORD]` reads those whose name has the word.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from monitor.core.errors import MonitorError
from tests.sources.bombs import BOMBS


def peak_mb() -> float:
    """The highest resident memory of this process since `reset_peak`."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def reset_peak() -> None:
    """Count the peak of memory from now on."""
    Path("/proc/self/clear_refs").write_text("5")


def measured(name: str, folder: Path) -> None:
    """Print what became of one bomb, from a child process."""
    write, file, read = BOMBS[name]
    path = folder / file
    write(path)
    size = path.stat().st_size
    child = os.fork()
    if child == 0:
        reset_peak()
        begun = time.monotonic()
        try:
            result = f"READ {str(read(path))[-60:]!r}"
        except MonitorError as error:
            result = str(error).replace(str(folder), "")
        except BaseException as error:  # noqa: BLE001 - the figure is what was raised
            result = f"FOREIGN {error!r}"
        print(f"{name}: {size} B, {peak_mb():.0f} MB, {time.monotonic() - begun:.1f} s: {result[:170]}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    for one in BOMBS:
        if len(sys.argv) < 2 or sys.argv[1] in one:
            with tempfile.TemporaryDirectory() as home:
                measured(one, Path(home))
