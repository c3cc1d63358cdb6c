"""A STAC catalogue of scenes and of what was found in them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pystac
from pystac.utils import make_relative_href

from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import COVERAGE
from monitor.io.geojson import feature
from monitor.io.stac_item import PROCESSING, archived_item, scene_item
from monitor.report.export.layers import Content, detections_layer

_SUFFIX = "-detections"


def write_catalogue(content: Content, folder: Path, *, out: Path) -> list[Path]:
    """Write ``catalog.json``, a collection of scenes and one of detections a port, an item each; the files, in order.

    An item of uncertain hour has a null `datetime` between `start_datetime` and `end_datetime`. The item of an archived
    scene is the archive's, its assets the archive's files. What was found in a scene is an item of its own, derived
    from the scene's, with the detections as GeoJSON beside it; a scene that no detector processed has none.

    Parameters
    ----------
    content : Content
    folder : Path
        Where the files are written.
    out : Path
        Where they will lie in the end: the paths of assets are relative to there.
    """
    folders = {scene.id: scene.path for scene in content.scenes}
    detections = detections_layer(content.tables)
    seen = set(content.tables[COVERAGE]["scene_id"]) | set(detections["scene_id"])
    catalogue = _catalogue(content)
    for aoi in content.aois:
        scenes = [a for a in content.acquisitions if a.aoi_id == aoi.id]
        collection = pystac.Collection(
            aoi.id,
            f"Scenes over {aoi.name or aoi.id}",
            extent=_extent(aoi.geometry.bounds, scenes),
            license="proprietary",
            keywords=["SIMULATED"] if content.is_simulated else None,
        )
        catalogue.add_child(collection)
        items = [_item(scene, folders.get(scene.id)) for scene in scenes]
        collection.add_items(items)
        observed = [item for item in items if item.id in seen]
        if observed:
            found = pystac.Collection(
                f"{aoi.id}-detections",
                f"Detections at {aoi.name or aoi.id}",
                license="proprietary",
                extent=_extent(aoi.geometry.bounds, scenes),
            )
            catalogue.add_child(found)
            found.add_items([_derived(item, detections, content.software) for item in observed])
    catalogue.normalize_hrefs(str(folder))
    for item in catalogue.get_items(recursive=True):
        place = Path(item.get_self_href() or "")
        for asset in item.assets.values():
            asset.href = make_relative_href(asset.href, str(out.absolute() / place.relative_to(folder)))
        if not item.id.endswith(_SUFFIX):
            continue
        found = detections[detections["scene_id"] == item.id.removesuffix(_SUFFIX)]
        path = place.parent / "detections.geojson"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_collection(found), ensure_ascii=False), encoding="utf-8")
        item.add_asset(
            "detections",
            pystac.Asset("./detections.geojson", "Detections", media_type=pystac.MediaType.GEOJSON, roles=["data"]),
        )
    catalogue.save(pystac.CatalogType.SELF_CONTAINED)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _derived(scene: pystac.Item, detections: pd.DataFrame, software: str) -> pystac.Item:
    """What was found in a scene, with where it comes from."""
    found = detections[detections["scene_id"] == scene.id]
    times = {key: scene.properties[key] for key in ("start_datetime", "end_datetime", "monitor:simulated")}
    name, _, version = software.partition(" ")
    facts = {
        **times,
        "processing:software": {name: version},
        "monitor:detections": len(found),
        "monitor:detectors": sorted(set(found["detector"])),
    }
    made = pystac.Item(
        f"{scene.id}{_SUFFIX}", scene.geometry, scene.bbox, scene.datetime, facts, stac_extensions=[PROCESSING]
    )
    made.add_link(pystac.Link(pystac.RelType.DERIVED_FROM, scene, pystac.MediaType.JSON))
    return made


def _catalogue(content: Content) -> pystac.Catalog:
    note = "SIMULATED. " if content.is_simulated else ""
    return pystac.Catalog("monitor", f"{note}Scenes and detections written by {content.software}.")


def _extent(bounds: tuple[float, float, float, float], scenes: list[Acquisition]) -> pystac.Extent:
    ends = [min(s.start for s in scenes), max(s.end for s in scenes)] if scenes else [None, None]
    return pystac.Extent(pystac.SpatialExtent([list(bounds)]), pystac.TemporalExtent([ends]))


def _item(acquisition: Acquisition, folder: Path | None) -> pystac.Item:
    made = archived_item(folder) if folder else scene_item(acquisition)
    return pystac.Item.from_dict(made, preserve_dict=False)


def _collection(found: pd.DataFrame) -> dict[str, object]:
    rows = found.to_dict("records")
    return {"type": "FeatureCollection", "features": [feature("detections", row) for row in rows]}
