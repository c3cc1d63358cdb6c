"""Settings for ultralytics, made before it is imported: offline, no installs, writes to a cache alone."""

from __future__ import annotations

import os

from platformdirs import user_cache_path

SETTINGS = {
    "YOLO_OFFLINE": "1",
    "YOLO_AUTOINSTALL": "0",
    "YOLO_VERBOSE": "0",
    "ULTRALYTICS_SAFE_LOAD": "1",
    "ULTRALYTICS_SKIP_REQUIREMENTS_CHECKS": "1",
    "OMP_WAIT_POLICY": "passive",
}


def stay_quiet() -> None:
    """Set the environment; call it before ultralytics is imported. Variables that are set already stay."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    if "YOLO_CONFIG_DIR" not in os.environ:
        folder = user_cache_path("maritime-monitor") / "ultralytics"
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["YOLO_CONFIG_DIR"] = str(folder)
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))


stay_quiet()
