"""Every file of a folder of scenes: which are pictures, which are products, and which are neither."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shapely import Point

from monitor.core.aoi import Aoi
from monitor.core.wording import plural
from monitor.sources.imagery.local.bandset import is_picture, scenes_of
from monitor.sources.imagery.local.safe import is_product

_OTHER_PICTURES = {
    **dict.fromkeys((".img", ".vrt", ".nc", ".hdf", ".h5", ".ntf", ".gif", ".bmp", ".webp"), "convert it to a GeoTIFF"),
    **dict.fromkeys((".zip", ".tar", ".gz", ".tgz", ".7z", ".rar"), "not a packed Sentinel-2 product"),
}


@dataclass(frozen=True, slots=True)
class Files:
    """What lies in a folder and below.

    Attributes
    ----------
    images : tuple of tuple of Path
        Pictures by scene, in the order of their names: one file each, or one of each band.
    products : tuple of Path
        Sentinel-2 products in folders or zips, in the order of their names.
    unknown : tuple of tuple of str
        Pictures and packed files that cannot be read: place below the folder, and why.
    """

    images: tuple[tuple[Path, ...], ...]
    products: tuple[Path, ...]
    unknown: tuple[tuple[str, str], ...]

    def account(self, *, over: int, outside: int, damaged: int) -> str:
        """What became of each file, such as ``3 read: 1 over the port, 2 outside; 1 not recognised``.

        Parameters
        ----------
        over, outside : int
            How many of those that were read lie over the port, and elsewhere.
        damaged : int
            How many were refused.
        """
        parts = [f"{over + outside} read: {over} over the port, {outside} outside"]
        parts += [f"{damaged} refused"] if damaged else []
        parts += [f"{len(self.unknown)} not recognised"] if self.unknown else []
        return "; ".join(parts)


def scene_files(root: Path) -> Files:
    """Every picture and product of a folder and those below; hidden ones are left out."""
    images: list[Path] = []
    products: list[Path] = []
    unknown: list[tuple[str, str]] = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(part.startswith(".") for part in parts) or any(path.is_relative_to(product) for product in products):
            continue
        if is_product(path):
            products.append(path)
        elif is_picture(path):
            images.append(path)
        elif path.is_file() and (why := _OTHER_PICTURES.get(path.suffix.lower())):
            unknown.append((path.relative_to(root).as_posix(), f"not recognised: {why}"))
        elif path.is_dir() and path.suffix.upper() == ".SAFE":
            unknown.append((path.relative_to(root).as_posix(), "not recognised: no Sentinel-2 product (MTD_MSIL*.xml)"))
    return Files(tuple(scenes_of(images)), tuple(products), tuple(unknown))


def nothing_here(files: Files, aoi: Aoi, scenes: Point | None) -> str:
    """Why no file of a folder is of a port, with a hint where coordinates look swapped.

    Parameters
    ----------
    files : Files
        Of the folder.
    aoi : Aoi
        The port.
    scenes : Point or None
        The middle of all scenes, in EPSG:4326; None where there is none.
    """
    if scenes is None:
        more = f" ({plural(len(files.unknown), 'file')} not recognised)" if files.unknown else ""
        return (
            f"no GeoTIFF and no Sentinel-2 product in it, nor a JPEG 2000, PNG or JPEG{more}; set [source] folder to "
            "where scenes are"
        )
    port = aoi.geometry.centroid
    are_tiff = all(scene[0].suffix.lower() in (".tif", ".tiff") for scene in files.images)
    counts = ((len(files.images), "GeoTIFF" if are_tiff else "image"), (len(files.products), "product"))
    what = " and ".join(plural(number, word) for number, word in counts if number)
    swapped = max(abs(scenes.x - port.y), abs(scenes.y - port.x)) < _SWAPPED_DEG
    hint = "swapped?" if swapped else "scenes of another place"
    return f"{what}, none touches {aoi.id} (AOI {_place(port.x, port.y)}, scenes {_place(scenes.x, scenes.y)}: {hint})"


_SWAPPED_DEG = 1.5
"""Scenes nearer than this to the port with longitude and latitude swapped are of the port that was meant; chosen."""


def _place(lon: float, lat: float) -> str:
    return f"{abs(lon):.1f}° {'E' if lon >= 0 else 'W'} {abs(lat):.1f}° {'N' if lat >= 0 else 'S'}"
