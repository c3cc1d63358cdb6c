"""A detector's boxes on a raster -> the DETECTIONS table."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tables import DETECTIONS
from monitor.detect.base import Detector
from monitor.detect.objects import find_objects


def detect(
    raster: Raster,
    acquisition: Acquisition,
    detector: Detector,
    *,
    aoi: Aoi | None = None,
    water: BaseGeometry | None = None,
    past: Sequence[Raster] = (),
) -> gpd.GeoDataFrame:
    """Everything a detector finds in a raster.

    Parameters
    ----------
    raster : Raster
    acquisition : Acquisition
        Where and when the pixels are from.
    detector : Detector
    aoi : Aoi, optional
        Gives `zone_id` (berth or yard), and water where `water` is not given.
    water : BaseGeometry, optional
        Longitude/latitude polygons of known water; without them, and without an AOI's, water is read from the
        scene.
    past : sequence of Raster
        Other observations of the place, the most alike first: vessels that are new against them are found too. Used
        from three on; rows say how many were.

    Returns
    -------
    DETECTIONS table
        Geometry is an object's box or a stack's outline in EPSG:4326. Empty when nothing was found. The same
        input gives the same ids.

    Raises
    ------
    DetectorError
        The raster does not fit the detector.
    """
    found = find_objects(raster, acquisition, detector, aoi=aoi, water=water, past=past)
    if not len(found):
        return DETECTIONS.empty()
    boxes = found.boxes
    table = pd.DataFrame(
        {
            "detection_id": found.ids,
            "scene_id": acquisition.id,
            "aoi_id": acquisition.aoi_id,
            "acquired_at": pd.Series([pd.Timestamp(acquisition.acquired_at)] * len(found)),
            "sensor": acquisition.sensor,
            "class_name": list(boxes.class_name),
            "score": boxes.score.round(4),
            "length_m": boxes.length_m,
            "length_low_m": boxes.length_low_m,
            "length_high_m": boxes.length_high_m,
            "width_m": boxes.width_m,
            "abreast_low": boxes.abreast_low.astype(int),
            "abreast_high": boxes.abreast_high.astype(int),
            "axis_deg": found.axis_deg,
            "area_m2": found.area_m2,
            "zone": found.zone,
            "zone_id": found.zone_id,
            "detector": detector.key,
            "weights_sha256": boxes.weights_sha256,
            "motion": [motion.state for motion in found.motion],
            "speed_low_kn": [motion.low_kn for motion in found.motion],
            "speed_high_kn": [motion.high_kn for motion in found.motion],
            "past_observations": found.past_observations,
            "geometry": list(found.shapes),
        }
    )
    return DETECTIONS.conform(gpd.GeoDataFrame(table, geometry="geometry", crs=DETECTIONS.crs))
