"""A browser without a window, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_WAIT_S = 120


def dumped(page: Path, home: Path, *, width: int = 1400) -> str:
    """A page's document after its scripts have run.

    Parameters
    ----------
    page : Path
        An HTML file.
    home : Path
        Where the browser may write.
    width : int, optional
        Of its window.
    """
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home / 'profile'}", "--dump-dom"]
    sight = [f"--window-size={width},1200", "--virtual-time-budget=20000"]
    command = [str(BROWSER), *flags, *sight, page.as_uri()]
    return subprocess.run(command, capture_output=True, check=True, timeout=_WAIT_S, text=True).stdout
