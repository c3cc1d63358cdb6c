"""Whether a checkpoint holds weights alone."""

from __future__ import annotations

from pathlib import Path

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
from ultralytics.nn.tasks import _SafeLoad, torch_safe_load

from monitor.core.errors import DetectorError


def check_weights_only(path: Path) -> None:
    """Raise where a ``.pt`` holds more than the weights of a known network; nothing in the file is run.

    Ultralytics opens checkpoints by weights alone only where ``ULTRALYTICS_SAFE_LOAD`` was set before it was first
    imported, which a notebook or another library may have done without: each file is opened so once, before anything
    else opens it.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DetectorError
        torch is too old to open a file so.
    TypeError, RuntimeError and others of torch
        The file is damaged or holds more than weights.
    """
    if not _SafeLoad.SUPPORTED:
        raise DetectorError(f"{path}: a .pt is opened by weights alone, for which torch must be 2.6 or newer")
    torch_safe_load(str(path), safe_only=True)
