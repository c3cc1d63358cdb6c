"""A new workspace's folder, and the inputs of the embedded season."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.core.errors import SettingsError
from monitor.workspace.factory import shipped_ports
from monitor.workspace.settings import FILE_NAME, template

if TYPE_CHECKING:
    from monitor.simulate import Season


def create_folder(root: Path, source: Mapping[str, str]) -> None:
    """Write a commented monitor.toml, the shipped ports and empty folders; what is there stays as it is.

    Parameters
    ----------
    root : Path
        The workspace's folder.
    source : mapping of str to str
        Settings of ``[source]`` that are written in force, as TOML values.

    Raises
    ------
    SettingsError
        The folder cannot be written.
    """
    try:
        for name in ("aoi", "ais", "archive", "reports"):
            (root / name).mkdir(parents=True, exist_ok=True)
        for path in sorted(shipped_ports().glob("*.geojson")):
            if not (root / "aoi" / path.name).exists():
                shutil.copyfile(path, root / "aoi" / path.name)
        if not (root / FILE_NAME).exists():
            (root / FILE_NAME).write_text(template(source=source), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{root}: cannot be written ({error.strerror}); choose another folder") from error


def write_season_inputs(season: Season, root: Path) -> None:
    """Write the truth, the AIS and the aircraft traces of a season into a workspace."""
    from monitor.sources.simulated.ais import write_ais
    from monitor.sources.simulated.aviation import write_air
    from monitor.sources.simulated.files import write_truth

    write_truth(season, root / "truth")
    write_ais(season, root / "ais")
    write_air(season, root)
