"""Areas of interest: one GeoJSON file a place, its id the file's name."""

from __future__ import annotations

from monitor.core.aoi.measures import how_to_draw as how_to_draw
from monitor.core.aoi.measures import measures as measures
from monitor.core.aoi.measures import missing as missing
from monitor.core.aoi.measures import started as started
from monitor.core.aoi.reading import OTHER_VECTORS as OTHER_VECTORS
from monitor.core.aoi.reading import as_collection as as_collection
from monitor.core.aoi.reading import parse_aoi as parse_aoi
from monitor.core.aoi.reading import read_aoi as read_aoi
from monitor.core.aoi.reading import read_aois as read_aois
from monitor.core.aoi.zones import BERTH_KINDS as BERTH_KINDS
from monitor.core.aoi.zones import KINDS as KINDS
from monitor.core.aoi.zones import LAND_KINDS as LAND_KINDS
from monitor.core.aoi.zones import LOCATED_M as LOCATED_M
from monitor.core.aoi.zones import PLACE_KINDS as PLACE_KINDS
from monitor.core.aoi.zones import TRACK_WIDTH_M as TRACK_WIDTH_M
from monitor.core.aoi.zones import WATCHED_KINDS as WATCHED_KINDS
from monitor.core.aoi.zones import WHOLE_KINDS as WHOLE_KINDS
from monitor.core.aoi.zones import Aoi as Aoi
from monitor.core.aoi.zones import Zone as Zone
