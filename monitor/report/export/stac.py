"""A STAC catalogue of scenes and of what was found in them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pystac
from shapely.geometry import mapping

from monitor.core.scene import Acquisition
from monitor.core.sensors import sensor
from monitor.core.tables import COVERAGE
from monitor.core.timerange import isoformat
from monitor.io.geojson import feature
from monitor.report.export.layers import Content, detections_layer

_SUFFIX = "-detections"
_PROCESSING = "https://stac-extensions.github.io/processing/v1.2.0/schema.json"
_EXTENSIONS = [
    "https://stac-extensions.github.io/sat/v1.0.0/schema.json",
    "https://stac-extensions.github.io/eo/v1.1.0/schema.json",
]


def write_catalogue(content: Content, folder: Path) -> list[Path]:
    """Write ``catalog.json``, a collection of scenes and one of detections a port, an item each; the files, in order.

    An item of uncertain hour has a null `datetime` between `start_datetime` and `end_datetime`. What was found in a
    scene is an item of its own, derived from the scene's, with the detections as GeoJSON beside it; a scene that
    nobody processed has none.
    """
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
        items = [_item(scene) for scene in scenes]
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
        if not item.id.endswith(_SUFFIX):
            continue
        found = detections[detections["scene_id"] == item.id.removesuffix(_SUFFIX)]
        path = Path(item.get_self_href() or "").parent / "detections.geojson"
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
        f"{scene.id}{_SUFFIX}", scene.geometry, scene.bbox, scene.datetime, facts, stac_extensions=[_PROCESSING]
    )
    made.add_link(pystac.Link(pystac.RelType.DERIVED_FROM, scene, pystac.MediaType.JSON))
    return made


def _catalogue(content: Content) -> pystac.Catalog:
    note = "SIMULATED. " if content.is_simulated else ""
    return pystac.Catalog("monitor", f"{note}Scenes and detections written by {content.software}.")


def _extent(bounds: tuple[float, float, float, float], scenes: list[Acquisition]) -> pystac.Extent:
    ends = [min(s.start for s in scenes), max(s.end for s in scenes)] if scenes else [None, None]
    return pystac.Extent(pystac.SpatialExtent([list(bounds)]), pystac.TemporalExtent([ends]))


def _item(scene: Acquisition) -> pystac.Item:
    kind = sensor(scene.sensor)
    properties: dict[str, object] = {
        "start_datetime": isoformat(scene.start),
        "end_datetime": isoformat(scene.end),
        "platform": scene.platform.lower(),
        "constellation": kind.name.lower(),
        "instruments": [kind.instrument.lower()],
        "gsd": kind.gsd_m,
        "monitor:simulated": scene.simulated,
        "monitor:products": list(scene.product_ids),
    }
    if scene.relative_orbit is not None:
        properties["sat:relative_orbit"] = scene.relative_orbit
    if scene.orbit_state:
        properties["sat:orbit_state"] = scene.orbit_state
    if scene.cloud_cover is not None:
        properties["eo:cloud_cover"] = round(scene.cloud_cover * 100, 2)
    at = scene.acquired_at if scene.is_exact else None
    return pystac.Item(
        scene.id,
        mapping(scene.footprint),
        list(scene.footprint.bounds),
        at,
        properties,
        stac_extensions=list(_EXTENSIONS),
    )


def _collection(found: pd.DataFrame) -> dict[str, object]:
    rows = found.to_dict("records")
    return {"type": "FeatureCollection", "features": [feature("detections", row) for row in rows]}
