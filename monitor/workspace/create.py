"""A new workspace's folder, and the inputs of the embedded season."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.core.aoi import as_collection, parse_aoi, started
from monitor.core.errors import DataError, SettingsError
from monitor.io.vectors import read_outlines
from monitor.workspace.factory import shipped_place, shipped_ports
from monitor.workspace.settings import FILE_NAME, template

if TYPE_CHECKING:
    from monitor.simulate import Season


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What a new workspace watches.

    Attributes
    ----------
    files : tuple of Path
        GeoJSON, KML, KMZ, GeoPackage or Shapefile, one place each; the shipped ports without.
    kind : str
        What kind of place each of the files is, one of `PLACE_KINDS`; "" when not given.
    beside : tuple of str
        Ids of shipped places that are watched as well.
    """

    files: tuple[Path, ...] = ()
    kind: str = ""
    beside: tuple[str, ...] = ()


def create_folder(root: Path, settings: Mapping[str, Mapping[str, str]], places: Places) -> None:
    """Write a commented monitor.toml, the ports and empty folders; what is there stays as it is.

    Parameters
    ----------
    root : Path
        The workspace's folder.
    settings : mapping of str to mapping
        Settings that are written in force, by section, as TOML values.
    places : Places

    Raises
    ------
    SettingsError
        The folder cannot be written, there is no such shipped place, or a kind of place is given without a file.
    DataError
        A file holds no place, or one whose id is taken; or there is no such kind of place.
    """
    if places.kind and not places.files:
        raise SettingsError(
            f"--kind {places.kind} starts a place from its outline: draw the watched area as one polygon, for instance "
            f"in QGIS or at geojson.io, and give it by --port FILE"
        )
    own = _own_ports(root / "aoi", places)
    shipped = [*([] if own else sorted(shipped_ports().glob("*.geojson"))), *map(shipped_place, places.beside)]
    try:
        for name in ("aoi", "ais", "archive", "reports"):
            (root / name).mkdir(parents=True, exist_ok=True)
        for target, text in own.items():
            if not target.exists():
                target.write_text(text, encoding="utf-8")
        for path in shipped:
            if not (root / "aoi" / path.name).exists():
                shutil.copyfile(path, root / "aoi" / path.name)
        if not (root / FILE_NAME).exists():
            (root / FILE_NAME).write_text(template(**settings), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{root}: cannot be written ({error.strerror}); choose another folder") from error


def _own_ports(folder: Path, places: Places) -> dict[Path, str]:
    """The text of each place's file, by where it goes."""
    own: dict[Path, str] = {}
    for path in places.files:
        target, text = folder / f"{_port_id(path)}.geojson", _port(path, places.kind)
        if target in own:
            raise DataError(f"{path}: another of these files makes port {target.stem} as well; rename one")
        if target.exists() and not _says_the_same(target, text):
            raise DataError(f"{target}: is there already with another outline; delete it first, or rename {path}")
        own[target] = text
    return own


def _says_the_same(path: Path, text: str) -> bool:
    """Whether a file is the same document, however its lines are broken."""
    there = path.read_text(encoding="utf-8")
    try:
        return there == text or bool(json.loads(there) == json.loads(text))
    except ValueError:
        return False


def _port_id(path: Path) -> str:
    """The id of a port from its file's name: lower case, with _ for what an id cannot have."""
    return re.sub(r"[^a-z0-9_-]+", "_", path.stem.lower()).strip("_") or "port"


def _port(path: Path, kind: str) -> str:
    """The GeoJSON of a place in a file, once it was read as one."""
    outlines = read_outlines(path)
    parse_aoi(outlines, id=_port_id(path), where=str(path))
    outlines = started(as_collection(outlines, where=str(path)), kind) if kind else outlines
    return json.dumps(outlines, ensure_ascii=False, indent=1) + "\n"


def write_season_inputs(season: Season, root: Path) -> None:
    """Write the truth, the AIS and the aircraft traces of a season into a workspace."""
    from monitor.sources.simulated.ais import write_ais
    from monitor.sources.simulated.aviation import write_air
    from monitor.sources.simulated.files import write_truth

    write_truth(season, root / "truth")
    write_ais(season, root / "ais")
    write_air(season, root)
